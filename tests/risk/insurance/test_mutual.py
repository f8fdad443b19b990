import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.risk import (
    CapitalRequirement,
    CapitalRules,
    CoverProduct,
    CoverRules,
    Mutual,
    buy_tokens,
    mcr_ratio,
    sell_tokens,
    token_price,
)
from tests.support.vectors import cases

ETHER = 10**18
CASES = cases("nexus_mutual")
named = {"ids": lambda case: case["id"]}


def numbers(entries, *without):
    return {name: int(value) for name, value in entries.items() if name not in without}


def of(group, *operations):
    return [case for case in CASES if case["group"].startswith(group) and (case["op"] in operations or not operations)]


FORMULAS = {"token_price": lambda **given: None, "buy": buy_tokens, "sell": sell_tokens}


@pytest.mark.parametrize("case", of("formula", "token_price"), **named)
def test_the_token_price_of_the_contract(case):
    given, wanted = numbers(case["inputs"]), case["outputs"]
    assert token_price(**given) == int(wanted["price"]) and mcr_ratio(**given) == int(wanted["ratio"])


@pytest.mark.parametrize("case", of("formula", "buy", "sell"), **named)
def test_buying_and_selling_as_the_contract(case):
    given, wanted = numbers(case["inputs"]), case["outputs"]
    if wanted["reverted"]:
        with pytest.raises(ValueError, match="allowed"):
            FORMULAS[case["op"]](**given)
    else:
        trade = FORMULAS[case["op"]](**given)
        assert (trade.tokens if trade.bought else trade.eth) == int(wanted["tokens" if trade.bought else "eth"])
        assert trade.bought == (case["op"] == "buy")


def requirement(state, params):
    floor = {name: int(params[name]) for name in CapitalRules._fields}
    return CapitalRequirement(**numbers(state, "mcr", "ratio"), rules=CapitalRules(**floor))


@pytest.mark.parametrize("case", of("mcr"), **named)
def test_the_requirement_of_the_contract(case):
    before, after = (requirement(case[when], case["params"]) for when in ("state_before", "state_after"))
    assert getattr(before, case["op"])(**numbers(case["inputs"])) == after
    assert (after.mcr, after.ratio) == tuple(int(case["state_after"][name]) for name in ("mcr", "ratio"))


def test_the_requirement_in_sequence():
    state = requirement(of("mcr")[0]["state_before"], of("mcr")[0]["params"])
    for case in of("mcr"):
        state = getattr(state, case["op"])(**numbers(case["inputs"]))
        assert state == requirement(case["state_after"], case["params"])


def product(state, params):
    return CoverProduct(**numbers(state), rules=CoverRules(**numbers(params)))


@pytest.mark.parametrize("case", of("cover"), **named)
def test_covers_of_the_contract(case):
    before, after = (product(case[when], case["params"]) for when in ("state_before", "state_after"))
    given, wanted = numbers(case["inputs"]), numbers(case["outputs"], "reverted")
    if case["op"] == "warp":
        assert before.warp(**given) == after
        return
    quote = before.quote(**given)
    assert {name: getattr(quote, name) for name in wanted} == wanted
    if case["op"] == "buy_cover":
        sale = before.buy_cover(**given)
        assert sale.price == quote and sale.after == after
    else:
        assert before == after


@pytest.mark.parametrize("group", ["cover", "cover_split"])
def test_covers_in_sequence(group):
    mine = [case for case in CASES if case["group"] == group]
    state = product(mine[0]["state_before"], mine[0]["params"])
    for case in mine:
        if case["op"] == "warp":
            state = state.warp(**numbers(case["inputs"]))
        elif case["op"] == "buy_cover":
            state = state.buy_cover(**numbers(case["inputs"])).after
        assert state == product(case["state_after"], case["params"])


amounts = st.integers(1, 10**24)


@settings(max_examples=60, deadline=None)
@given(st.integers(10**18, 10**25), st.integers(5_000, 39_000), st.integers(1, 500))
def test_nobody_gains_by_going_in_and_out(mcr, ratio, part):
    pool = mcr * ratio // 10_000
    eth = max(mcr * part // 10_000, 10**10)
    there = buy_tokens(eth, pool, mcr)
    assert sell_tokens(there.tokens, pool + eth, mcr).eth <= eth


@settings(max_examples=60, deadline=None)
@given(st.integers(10**18, 10**25), st.integers(10_000, 39_000), st.integers(1, 400))
def test_a_mutual_conserves_ether_and_tokens(mcr, ratio, part):
    mutual = Mutual(mcr * ratio // 10_000, mcr, 10**30)
    change = mutual.buy(mcr * part // 10_000)
    assert change.after.pool_value - mutual.pool_value == change.trade.eth
    assert change.after.supply - mutual.supply == change.trade.tokens
    back = change.after.sell(change.trade.tokens)
    assert change.after.pool_value - back.after.pool_value == back.trade.eth and back.after.supply == mutual.supply
    assert back.after.pool_value >= mutual.pool_value  # the spread stays


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 10**9))
def test_more_use_never_makes_a_cover_cheaper(used, cover, more, capacity):
    low = CoverProduct(0, 260, 260, 0, capacity, used)
    high = CoverProduct(0, 260, 260, 0, capacity, used + more)
    assert low.quote(cover, 10**7).premium <= high.quote(cover, 10**7).premium + 1
    assert low.quote(cover, 10**7).premium_per_year >= cover * 10**16 * 260 // 10**4


def test_the_whole_contract_has_limits_that_the_formula_does_not_know():
    rich = Mutual(401 * ETHER, 100 * ETHER)
    assert buy_tokens(ETHER, 401 * ETHER, 100 * ETHER).tokens > 0
    with pytest.raises(ValueError, match=r"ratio = 40100 is outside"):
        rich.buy(ETHER)
    assert Mutual(400 * ETHER, 100 * ETHER).buy(ETHER).trade.tokens > 0
    poor = Mutual(100 * ETHER, 100 * ETHER, 10**25)
    with pytest.raises(ValueError, match=r"after the sale is below mcr"):
        poor.sell(ETHER)
    with pytest.raises(ValueError, match=r"tokens = 11 is outside"):
        Mutual(200 * ETHER, 100 * ETHER, 10).sell(11)


def test_a_requirement_that_aims_at_where_it_is_stands_still():
    still = CapitalRequirement(0, 100, 48, 1000, 1000, 1000)
    assert still.warp(10**6).mcr == 1000 and still.warp(10**6).update_mcr().desired_mcr == 1000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: token_price(-1, 1), "pool_value = -1"),
        (lambda: token_price(1, 0), "mcr = 0"),
        (lambda: token_price(1.5, 1), r"pool_value = 1\.5"),
        (lambda: token_price(10**60, 1), "beyond|outside"),
        (lambda: buy_tokens(-1, 10, 10), "eth = -1"),
        (lambda: buy_tokens(501, 10**4, 10**4), "eth = 501 .* 0 to 500"),
        (lambda: sell_tokens(-1, 10, 10), "tokens = -1"),
        (lambda: sell_tokens(10**30, 10, 10), "are worth"),
        (lambda: Mutual(-1, 1), "pool_value = -1"),
        (lambda: Mutual(1, 1, -1), "supply = -1"),
        (lambda: CapitalRequirement(5, 1, 1, 1, 1, 1, 6), "block_timestamp = 5"),
        (lambda: CapitalRequirement(5, 1, 1, 0, 1, 1, 5), "stored_mcr = 0"),
        (lambda: CapitalRequirement(5, 1, -1, 1, 1), "active_cover = -1"),
        (lambda: CapitalRequirement(5, 1, 1, 1, 1, rules=CapitalRules(gearing=0)), "gearing = 0"),
        (lambda: CapitalRequirement(5, 1, 1, 1, 1, rules=CapitalRules(max_adjustment=10_001)), "max_adjustment"),
        (lambda: CapitalRequirement(5, 1, 1, 1, 1).warp(-1), "seconds = -1"),
        (lambda: CoverProduct(0, 1, 1, 0, 0, 0), "capacity = 0"),
        (lambda: CoverProduct(0, 1, 1, 1, 1, 0), "block_timestamp = 0"),
        (lambda: CoverProduct(0, 1, 1, 0, 9, 0).quote(-1, 1), "cover = -1"),
        (lambda: CoverProduct(0, 1, 1, 0, 9, 0).quote(1, -1), "period = -1"),
        (lambda: CoverProduct(0, 1, 1, 0, 9, 3).expire(4), "cover = 4"),
        (lambda: CoverProduct(0, 1, 1, 0, 9, 3, CoverRules(bump_ratio=-1)), "bump_ratio = -1"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_ended_cover_makes_room():
    assert CoverProduct(0, 1, 1, 0, 9, 3).expire(2).capacity_used == 1
