"""Terra's market against the chain's own functions, case by case and in sequence."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import TerraMarket
from defi_lib.risk.mint_to_redeem.decimal import ONE, divide_decimal, multiply
from tests.support.vectors import cases

CASES = cases("terra_market")
FIELDS = ("base_pool", "min_spread", "recovery_period", "delta")


def market_of(case):
    state = case["state_before"]
    numbers = {name: int(state[name]) for name in FIELDS}
    tables = {name: {coin: int(x) for coin, x in state[name].items()} for name in ("rates", "supply", "fees")}
    return TerraMarket(**numbers, **tables, tobin_tax={k: int(x) for k, x in case["params"]["tobin_tax"].items()})


def act(market, case):
    numbers = {name: int(x) if x.isdigit() else x for name, x in case["inputs"].items()}
    return getattr(market, case["op"])(**numbers)


def same_state(market, state):
    for name in FIELDS:
        assert getattr(market, name) == int(state[name]), name
    for name in ("rates", "supply", "fees"):
        assert dict(getattr(market, name)) == {coin: int(x) for coin, x in state[name].items()}, name


def step(market, case):
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError):
            act(market, case)
        return market
    done = act(market, case)
    if case["op"] != "swap":
        return done
    for name in ("received", "fee", "spread"):
        assert getattr(done, name) == int(case["outputs"][name])
    return done.after


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_case_alone(case):
    same_state(step(market_of(case), case), case["state_after"])


def test_all_cases_in_sequence():
    assert len(CASES) == 22
    market = market_of(CASES[0])
    for case in CASES:
        market = step(market, case)
        same_state(market, case["state_after"])


def plain_market(base=1000, least=0, **more):
    rates = {"usdr": ONE // 2, "uusd": ONE}
    return TerraMarket(base * ONE * 10**6, least, 36, rates, {"uusd": 0, "usdr": ONE // 100}, **more)


def test_check_values_of_the_formula():
    swap = plain_market().swap("usdr", "uluna", 100 * 10**6)
    assert swap.received == 181_818_181 and swap.fee == 18_181_819  # of 200 LUNA of face value
    assert swap.spread == 90_909_090_909_090_909


@given(
    base=st.integers(1, 10**9),
    amounts=st.lists(st.tuples(st.booleans(), st.integers(1, 10**15)), min_size=1, max_size=6),
    least=st.integers(0, ONE // 10),
)
def test_nothing_is_made_of_nothing(base, amounts, least):
    """At a fixed price no way there and back wins, and what is minted is at most the face value of what was burned."""
    market = plain_market(base, least)
    for down, amount in amounts:
        offer, ask = ("uusd", "uluna") if down else ("uluna", "uusd")
        swap = market.swap(offer, ask, amount)
        assert swap.received + swap.fee <= amount  # one LUNA is one dollar here
        assert 0 <= swap.spread <= ONE and swap.spread >= least
        terra, luna = swap.after.pools
        assert terra > 0 and luna > 0
        back = swap.after.swap(ask, offer, swap.received).received if swap.received else 0
        assert back <= amount
        market = swap.after
    forgotten = market.replenish(10)
    assert abs(forgotten.delta) <= abs(market.delta) and market.replenish(0) == market


@given(first=st.integers(-(10**40), 10**40), second=st.integers(-(10**30), 10**30))
def test_decimals_round_half_to_even(first, second):
    exact = Fraction(first * second, ONE)
    assert multiply(first, second) == round(exact)  # Python rounds fractions half to even too
    if second:
        quotient = divide_decimal(first, second)
        assert abs(Fraction(first * ONE, second) - quotient) <= Fraction(1, 2)


@pytest.mark.parametrize("table", ["rates", "supply", "fees", "tobin_tax"])
def test_tables_are_its_own_and_cannot_be_changed(table):
    mine = {"uusd": ONE}
    market = TerraMarket(ONE, 0, 36, **({"rates": {}} | {table: mine}))
    mine["uusd"] = 5
    assert getattr(market, table)["uusd"] == ONE
    with pytest.raises(TypeError):
        getattr(market, table)["uusd"] = 1
    assert pickle.loads(pickle.dumps(market)) == market


def test_ledger():
    swap = plain_market(least=ONE // 50).swap("uusd", "uluna", 10**8)
    ledger = Ledger(new_parties="by name")
    ledger.open("Ann", "uusd", 1e8)
    ledger.book(swap, trader="Ann")
    assert ledger.balance("Ann", "uluna") == swap.received and ledger.balance("oracle", "uluna") == swap.fee


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: plain_market().swap("uusd", "uusd", 1), "equals offer"),
        (lambda: plain_market().swap("ueur", "uluna", 1), "no price"),
        (lambda: plain_market().swap("uusd", "ueur", 1), "no price"),
        (lambda: plain_market().swap("uusd", "uluna", 0), "worth no"),
        (lambda: plain_market().swap("uusd", "uluna", -1), "amount = -1"),
        (lambda: plain_market().set_rate("uusd", 0).swap("uusd", "uluna", 1), "no price"),
        (lambda: plain_market().set_rate("ueur", ONE).swap("uusd", "ueur", 1), "Tobin tax"),
        (lambda: plain_market(delta=-1000 * ONE * 10**6).swap("uusd", "uluna", 1), "divide"),
        (lambda: plain_market().set_params(1, ONE + 1, 36), "min_spread"),
        (lambda: plain_market().set_params(1, 0, 0), "recovery_period"),
        (lambda: plain_market().replenish(-1), "blocks = -1"),
        (lambda: plain_market(base=-1), "base_pool"),
        (lambda: plain_market().swap("uusd", "uluna", 10**90), "outside"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
