"""Every result of Frax's first pool, to the last unit, and that nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import FraxPool, FraxPrices, FraxRules, FraxUser
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

WAD, MILLION = 10**18, 10**6
CASES = cases("frax_v1")
STATES = {"set_prices", "warp", "refresh"}  # they give the pool itself: nothing moved


def whole(numbers):
    return {key: int(value) for key, value in numbers.items()}


def pool_of(params, state, blocks=None):
    """The pool of a case; when each user redeemed last is not in the file, and comes from the steps before."""
    rules = whole(params)
    rules.pop("missing_decimals")
    inside, blocks = whole(state["pool"]), blocks or {}
    inside.pop("value")
    users = {user: FraxUser(**whole(held), last_redeemed=blocks.get(user, 0)) for user, held in state["users"].items()}
    times = {key: int(state[key]) for key in ("last_refresh", "block_number", "block_timestamp")}
    supplies = {key: int(state[key]) for key in ("collateral_ratio", "supply", "share_supply")}
    return FraxPool(
        FraxRules(**rules), FraxPrices(**whole(state["prices"])), **supplies, **times, **inside, users=users
    )


def step(pool, case):
    inputs = {key: value if key == "user" else int(value) for key, value in case["inputs"].items()}
    result = getattr(pool, case["op"])(**inputs)
    return (result, None) if case["op"] in STATES else (result.after, result)


def blocks_of(pool):
    return {name: user.last_redeemed for name, user in pool.users.items()}


def test_vectors_in_sequence():
    pool, reverted = pool_of(CASES[0]["params"], CASES[0]["state_before"]), 0
    for case in CASES:
        before = pool_of(case["params"], case["state_before"], blocks_of(pool))
        assert pool == before
        assert pool.value == int(case["state_before"]["pool"]["value"]), case["id"]
        assert pool.excess == int(case["state_before"]["excess"]), case["id"]
        if case["outputs"]["reverted"]:
            reverted += 1
            with pytest.raises(ValueError, match=r"allowed"):
                step(pool, case)
            continue
        pool, change = step(pool, case)
        assert pool == pool_of(case["params"], case["state_after"], blocks_of(pool)), case["id"]
        for key in set(case["outputs"]) - {"reverted"} if change else ():
            assert getattr(change, key) == int(case["outputs"][key]), (case["id"], key)
    assert reverted == sum(case["outputs"]["reverted"] for case in CASES) == 10


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case["outputs"]["reverted"]], ids=lambda case: case["id"]
)
def test_each_vector_alone(case):
    pool, _ = step(pool_of(case["params"], case["state_before"]), case)
    assert pool == pool_of(case["params"], case["state_after"], blocks_of(pool))


def rich(ratio=MILLION, rules=None, **prices):
    users = {"ann": FraxUser(shares=10**40, collateral=10**20), "bob": FraxUser(shares=10**40, collateral=10**20)}
    return FraxPool(rules or FraxRules(), FraxPrices(**prices), ratio, users=users)


def mint(pool, user, collateral):
    if pool.collateral_ratio == MILLION:
        return pool.mint_1t1(user, collateral)
    if pool.collateral_ratio:
        return pool.mint_fractional(user, collateral, 10**40)
    return pool.mint_algorithmic(user, collateral * 10**12)


def redeem(pool, user, stable):
    ways = {MILLION: pool.redeem_1t1, 0: pool.redeem_algorithmic}
    return ways.get(pool.collateral_ratio, pool.redeem_fractional)(user, stable)


ratios = st.one_of(st.sampled_from([0, 1, 999_999, MILLION]), st.integers(0, MILLION))
prices = st.integers(1, 10**9)


@given(ratios, prices, st.integers(500_000, 1_500_000), st.integers(0, 10**13), st.integers(0, 10**5))
def test_there_and_back_conserves_and_never_pays(ratio, share, dollar, amount, fee):
    pool = rich(ratio, FraxRules(minting_fee=fee, redemption_fee=fee), share=share, collateral=dollar)
    ledger = Ledger(new_parties="by name")
    changes = [mint(pool, "ann", amount)]
    changes.append(redeem(changes[-1].after, "ann", changes[0].stable_change))
    changes.append(changes[-1].after.warp(13, 1).collect("ann"))
    for change in changes:
        ledger.book(change)
        after, people = change.after, list(change.after.users.values())
        assert after.supply == sum(user.stable for user in people)
        assert after.share_supply == sum(user.shares for user in people) + after.unclaimed_shares
        assert after.collateral + sum(user.collateral for user in people) == 2 * 10**20
        assert after.unclaimed_collateral == sum(user.claim_collateral for user in people)
        assert after.unclaimed_shares == sum(user.claim_shares for user in people)
    ledger.check_conserved()
    end, start = changes[-1].after.user("ann"), pool.user("ann")
    worth = [user.shares * share + user.collateral * pool.unit * dollar for user in (start, end)]
    assert worth[1] <= worth[0] + share, "more than what rounding a share down gives"
    assert end.stable == 0


@given(st.integers(1, 10**13))
def test_placebo_a_full_reserve_at_par_pays_everybody(amount):
    pool = mint(rich(), "ann", amount).after
    change = redeem(pool, "ann", pool.user("ann").stable)
    assert change.claim_collateral_change == amount and change.after.supply == change.after.value == 0


def test_a_run_on_three_quarters_pays_the_rest_in_shares():
    """B13: at 0.75 with worthless shares a coin is worth 0.75; at 3e-8 dollars it would mint 8,333,333 shares."""
    pool = mint(rich(750_000), "ann", 750_000_000).after
    change = pool.set_prices(700_000, 1, MILLION).redeem_fractional("ann", WAD)
    assert change.claim_collateral_change == 750_000
    assert change.claim_shares_change * change.before.prices.share // MILLION == WAD // 4
    assert pytest.approx(8_333_333, abs=1) == 0.25 / 3e-8


def test_the_ratio_moves_by_steps_and_stops_at_its_ends():
    pool = rich(2_000).warp(3600, 300).set_prices(1_005_001, MILLION, MILLION)
    assert pool.refresh().collateral_ratio == 0
    assert pool.set_prices(1_005_000, MILLION, MILLION).refresh().collateral_ratio == 2_000
    assert pool.set_prices(994_999, MILLION, MILLION).refresh().collateral_ratio == 4_500
    full = rich(999_000).warp(3600, 300).set_prices(0, MILLION, MILLION).refresh()
    assert full.collateral_ratio == MILLION and full.last_refresh == 3600
    assert_refuses(lambda: full.warp(3599, 1).refresh(), r"seconds since the last refresh = 3599 .* >= 3600")


def test_claims_are_no_backing():
    pool = mint(rich(), "ann", 10**9).after
    change = redeem(pool, "ann", 400 * WAD)
    assert change.after.collateral == 10**9 and change.after.value == change.after.required == 600 * WAD


def test_a_fall_of_the_collateral_is_made_good_at_a_bonus():
    pool = mint(rich(), "ann", 10**9).after.set_prices(MILLION, 2 * MILLION, 900_000)
    change = pool.recollateralize("bob", 10**12)
    assert change.collateral_change == -111_111_111
    assert change.shares_change == 100 * WAD * 10_075 // 10_000 // 2
    assert_refuses(lambda: pool.set_prices(MILLION, MILLION, MILLION).buyback("bob", 1), r"excess = 0")
    rise = pool.set_prices(MILLION, MILLION, 1_100_000)
    assert rise.buyback("bob", 100 * WAD).collateral_change == 90_909_090
    assert_refuses(lambda: rise.buyback("bob", 100 * WAD + 10**12), r"value of the shares")
    assert_refuses(lambda: rise.recollateralize("bob", 1), r"part of the collateral that is missing = -100000")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FraxPool(collateral_ratio=MILLION + 1), r"collateral_ratio = 1000001"),
        (lambda: FraxPool(collateral_ratio=-1), r"collateral_ratio = -1"),
        (lambda: FraxPool(collateral=-1), r"collateral = -1"),
        (lambda: FraxPool(collateral=1, unclaimed_collateral=2), r"unclaimed_collateral = 2 is more than"),
        (lambda: FraxRules(collateral_decimals=19), r"collateral_decimals = 19"),
        (lambda: FraxRules(price_band=MILLION + 1), r"price_band = 1000001"),
        (lambda: FraxRules(minting_fee=-1), r"minting_fee = -1"),
        (lambda: FraxPrices(share=0.5), r"share = 0.5"),
        (lambda: FraxUser(stable=-1), r"stable = -1"),
        (lambda: rich().redeem_1t1("ann", 1), r"stable = 1 is more than what 'ann' holds"),
        (lambda: rich(5, share=0).mint_fractional("ann", 100, 100), r"price = 0"),
        (lambda: rich(0).mint_1t1("ann", 1), r"collateral_ratio = 0 does not allow"),
        (lambda: rich().recollateralize("ann", 1), r"supply = 0"),
        (lambda: rich(rules=FraxRules(minting_fee=MILLION + 1)).mint_1t1("ann", 1), r"fee = 1000001"),
        (lambda: rich().warp(-1, 0), r"seconds = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
