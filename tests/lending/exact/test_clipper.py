"""Prices, seizures and purchases of Maker's auctions, to the last unit."""

import pytest

from defi_lib.lending import (
    exact_exponential_price,
    exact_linear_price,
    exact_purchase,
    exact_seizure,
    exact_stairstep_price,
)
from tests.support.vectors import cases

CASES = cases("maker_liquidation")
TAKES = [case for case in CASES if case["op"] == "take" and not case["outputs"]["reverted"]]
BARKS = [case for case in CASES if case["op"] == "bark"]


def price_of(curve, top, seconds):
    numbers = {key: int(value) for key, value in curve.items() if key != "kind"}
    if curve["kind"] == "linear":
        return exact_linear_price(top, seconds, numbers["tau"])
    if curve["kind"] == "stairstep":
        return exact_stairstep_price(top, seconds, numbers["cut"], numbers["step"])
    return exact_exponential_price(top, seconds, numbers["cut"])


@pytest.mark.parametrize("case", [case for case in CASES if case["op"] == "price"], ids=lambda case: case["id"])
def test_prices(case):
    inputs = case["inputs"]
    assert price_of(case["params"]["curve"], int(inputs["top"]), int(inputs["seconds"])) == int(
        case["outputs"]["price"]
    )


@pytest.mark.parametrize("case", TAKES, ids=lambda case: case["id"])
def test_purchases(case):
    before, after, number = case["state_before"], case["state_after"], case["inputs"]["sale"]
    sale = {key: int(value) for key, value in before["sales"][number].items() if str(value).isdigit()}
    seconds = int(before["block_timestamp"]) - sale["start"]
    price = price_of(case["params"]["curve"], sale["top"], seconds)
    assert price == sale["price"]
    least = int(case["params"]["chost"])
    got = exact_purchase(sale["tab"], sale["lot"], int(case["inputs"]["amount"]), price, least)
    assert (got.bought, got.paid) == (int(case["outputs"]["bought"]), int(case["outputs"]["paid"]))
    if number in after["sales"]:
        assert (got.tab, got.lot) == (int(after["sales"][number]["tab"]), int(after["sales"][number]["lot"]))
    else:
        assert got.tab == 0 or got.lot == 0


@pytest.mark.parametrize("case", BARKS, ids=lambda case: case["id"])
def test_seizures(case):
    before, params = case["state_before"], {key: case["params"][key] for key in ("hole", "ilk_hole", "chop", "dust")}
    hole, ilk_hole, chop, dust = map(int, params.values())
    room = max(min(hole - int(before["dog"]["dirt"]), ilk_hole - int(before["dog"]["ilk_dirt"])), 0)
    vault, ilk = before["users"][case["inputs"]["vault"]], before["ilk"]
    arguments = (int(vault["ink"]), int(vault["art"]), int(ilk["rate"]), int(ilk["spot"]), room, chop, dust)
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError, match=r"not unsafe|room"):
            exact_seizure(*arguments)
        return
    got, after = exact_seizure(*arguments), case["state_after"]
    sale = after["sales"][case["outputs"]["sale"]]
    assert (got.tab, got.collateral) == (int(sale["tab"]), int(sale["lot"]))
    left = after["users"][case["inputs"]["vault"]]
    assert int(vault["art"]) - got.normalised_debt == int(left["art"])
    assert int(vault["ink"]) - got.collateral == int(left["ink"])
    queued = int(after["vow"]["queued_bad_debt"]) - int(before["vow"]["queued_bad_debt"])
    assert got.debt == queued


def test_one_unit_decides():
    with pytest.raises(ValueError, match="not unsafe"):
        exact_seizure(3 * 10**18, 3 * 10**18, 10**27, 10**27, 10**50, 10**18, 0)
    assert exact_seizure(3 * 10**18 - 1, 3 * 10**18, 10**27, 10**27, 10**50, 10**18, 0).collateral == 3 * 10**18 - 1
    with pytest.raises(ValueError, match="tab = 5 is not more than least_rest = 5"):
        exact_purchase(5, 5, 1, 1, 5)
    assert exact_purchase(6, 5, 2, 1, 5) == (1, 1, 5, 4)
    with pytest.raises(ValueError, match="cut = "):
        exact_exponential_price(1, 1, 10**27 + 1)
