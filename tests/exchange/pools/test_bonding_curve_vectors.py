"""The bonding curve against the contract's formulas, in integers.

Tolerance: one unit and 1e-12, and 1e-11 where the contract itself uses fewer bits: more than 88 % of the supply sold,
or a source that grows a million times. It never gives more than the exact value, and never asks for less.
"""

import pytest

from defi_lib.exchange import BondingCurve, cross_reserve_return, fund_cost
from tests.support.vectors import cases

CASES = cases("bancor_formula")
PPM = 1e6


def result_of(op, given):
    match op:
        case "buy":
            curve = BondingCurve(given["reserve"], given["supply"], given["weight"] / PPM)
            return curve.buy(given["amount"]).amount_out
        case "sell":
            curve = BondingCurve(given["reserve"], given["supply"], given["weight"] / PPM)
            return curve.sell(given["amount"]).amount_out
        case "fund":
            return fund_cost(given["reserve"], given["supply"], given["weight"] / PPM, given["amount"])
        case "cross":
            weights = given["source_weight"] / PPM, given["target_weight"] / PPM
            return cross_reserve_return(
                given["source_reserve"], weights[0], given["target_reserve"], weights[1], given["amount"]
            )
    raise AssertionError(op)


def test_all_cases_are_there():
    assert len(CASES) == 65 and {case["op"] for case in CASES} == {"buy", "sell", "fund", "cross"}


#: Powers that only the contract cannot compute: its fixed point ends before the formula does.
ONLY_THE_CONTRACT = ("the base 10^21 is too much", "the same at a weight of 10%", "power out of range")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_formula_of_the_contract(case):
    given = {name: int(value) for name, value in case["inputs"].items()}
    if case["description"].startswith("more than the supply"):
        given["amount"] = given["supply"] * 1_000_001 // 1_000_000  # a float cannot tell one unit more of 10^21
    if case["outputs"]["reverted"]:
        if any(words in case["description"] for words in ONLY_THE_CONTRACT):
            assert 0 < result_of(case["op"], given) <= given["reserve"]
        else:
            with pytest.raises(ValueError, match=r"(supply|reserve|reserve_ratio|tokens) = \S+ is outside"):
                result_of(case["op"], given)
        return
    want, got = int(case["outputs"]["result"]), result_of(case["op"], given)
    coarse = case["op"] in ("sell", "cross") and (
        given["amount"] > 0.88 * given["supply"]
        if case["op"] == "sell"
        else given["amount"] >= 1e6 * given["source_reserve"]
    )
    assert got == pytest.approx(want, rel=1e-11 if coarse else 1e-12, abs=1)
    if case["op"] == "fund" and given["weight"] <= PPM:
        curve = BondingCurve(given["reserve"], given["supply"], given["weight"] / PPM)
        assert curve.buy_exact(given["amount"]).amount_in == got
