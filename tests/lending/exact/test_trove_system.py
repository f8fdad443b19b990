"""Every result of Liquity's troves, to the last unit, and that nothing is lost on the way."""

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import (
    ExactStabilityPool,
    TroveSystem,
    exact_borrowing_fee,
    exact_borrowing_rate,
    exact_decayed_base_rate,
    exact_redemption_fee,
    exact_redemption_rate,
    liquidate_trove,
    redeem_coins,
)
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

WAD = 10**18
CASES = cases("liquity_troves")
RATES = [case for case in CASES if case["group"] == "rate"]
STEPS = [case for case in CASES if case["group"] == "troves"]
RESERVE = 200 * WAD


@pytest.mark.parametrize("case", RATES, ids=lambda case: case["id"])
def test_rates(case):
    inputs, outputs = {key: int(value) for key, value in case["inputs"].items()}, case["outputs"]
    rate = exact_decayed_base_rate(inputs["base_rate"], inputs["seconds"])
    assert rate == int(outputs["decayed_base_rate"])
    assert exact_redemption_rate(rate) == int(outputs["redemption_rate"])
    assert exact_borrowing_rate(rate) == int(outputs["borrowing_rate"])
    assert exact_borrowing_fee(rate, inputs["amount"]) == int(outputs["borrowing_fee"])
    if outputs["redemption_fee"] is None:
        with pytest.raises(ValueError, match="eaten up by the fee"):
            exact_redemption_fee(rate, inputs["amount"])
    else:
        assert exact_redemption_fee(rate, inputs["amount"]) == int(outputs["redemption_fee"])


def play(system, case):
    """The system after the case, its transfers, and the results that the case names."""
    op, user = case["op"], case["inputs"].get("user")
    number = {key: int(value) for key, value in case["inputs"].items() if value.isdigit()}
    amount, limit = number.get("amount", 0), number.get("max_fee", WAD)
    if op == "set_price":
        return system.at_price(number["price"]), (), {}
    if op == "warp":
        return system.after(number["seconds"]), (), {}
    if op == "liquidate":
        done = liquidate_trove(system, case["inputs"]["trove"], user)
        results = {
            "caller_collateral": done.compensation.collateral,
            "caller_coins": done.compensation.debt,
            "pool_debt": done.offset.debt,
            "pool_collateral": done.offset.collateral,
        }
        return done.system, done.transfers, results
    if op == "redeem":
        done = redeem_coins(system, amount, user, limit)
        results = {"coins_paid": done.paid, "collateral_received": done.drawn - done.fee, "fee": done.fee}
        return done.system, done.transfers, results
    change = {
        "open": lambda: system.open(user, amount, number["collateral"], limit),
        "provide": lambda: system.provide(user, amount),
        "borrow": lambda: system.adjust(user, debt=amount, max_fee=limit),
        "repay": lambda: system.adjust(user, debt=-amount),
        "withdraw_collateral": lambda: system.adjust(user, collateral=-amount),
        "close": lambda: system.close(user),
        "claim_surplus": lambda: system.claim_surplus(user),
    }[op]()
    return change.system, change.transfers, {"fee": change.fee}


def compare(system, state):
    assert (system.time, system.price) == (int(state["block_timestamp"]), int(state["price"]))
    assert (system.base_rate, system.last_fee_time) == (int(state["base_rate"]), int(state["last_fee_time"]))
    assert (system.ratio, system.in_recovery) == (int(state["tcr"]), state["recovery_mode"])
    assert system.book.total == (int(state["total_debt"]), int(state["total_collateral"]))
    assert system.book.spread == (int(state["spread"]["debt"]), int(state["spread"]["collateral"]))
    assert system.pool.total == int(state["pool"]["coins"])
    assert system.surplus == {name: int(value) for name, value in state["surplus"].items()}
    for name, want in state["troves"].items():
        trove = system.book.troves[name]
        assert trove.status.replace(" ", "_") == want["status"]
        if want["status"] == "active":
            assert system.book.entire(name) == (int(want["debt"]), int(want["collateral"]))
            assert system.book.pending(name) == (int(want["pending_debt"]), int(want["pending_collateral"]))
            assert (system.ratio_of(name), trove.stake) == (int(want["ratio"]), int(want["stake"]))


def test_the_whole_sequence():
    first = STEPS[0]["state_before"]
    system = TroveSystem(int(first["price"]), int(first["block_timestamp"]))
    wallets = {(name, asset): 0 for name in [*first["users"], "stability pool"] for asset in ("coin", "collateral")}
    for case in STEPS:
        compare(system, case["state_before"])
        if case["outputs"]["reverted"]:
            with pytest.raises(ValueError):
                play(system, case)
            continue
        system, transfers, results = play(system, case)
        for key, value in results.items():
            if key in case["outputs"]:
                assert value == int(case["outputs"][key]), case["id"]
        for payer, payee, amount, asset, _ in transfers:
            for party, sign in ((payer, -1), (payee, 1)):
                if (party, asset) in wallets:
                    wallets[party, asset] += sign * amount
        compare(system, case["state_after"])
        holders = {**case["state_after"]["users"], "stability pool": case["state_after"]["pool"]}
        for name, user in holders.items():
            assert (wallets[name, "coin"], wallets[name, "collateral"]) == (int(user["coins"]), int(user["collateral"]))


WHALE = TroveSystem(2000 * WAD, 1000).open("whale", 100_000 * WAD, 200 * WAD).system


def with_troves(**troves):
    """``WHALE`` and further troves: name=(coins, tokens)."""
    system = WHALE
    for name, (coins, tokens) in troves.items():
        system = system.open(name, int(coins * WAD), int(tokens * WAD)).system
    return system


def test_recovery_mode_caps_what_the_pool_gets():
    low = with_troves(alice=(10_000, 8)).provide("whale", 50_000 * WAD).system.adjust("whale", debt=91_000 * WAD).system
    low = low.at_price(1450 * WAD)
    assert 11 * WAD // 10 < low.ratio_of("alice") < low.ratio < 3 * WAD // 2
    done = liquidate_trove(low, "alice")
    debt = low.book.entire("alice").debt
    capped = debt * 11 // 10 * WAD // low.price
    assert done.offset.debt == debt
    assert abs(done.offset.collateral + done.compensation.collateral - capped) <= 2
    assert (
        done.surplus == done.system.surplus["alice"] == 8 * WAD - done.offset.collateral - done.compensation.collateral
    )
    assert done.system.claim_surplus("alice").transfers[0].amount == done.surplus
    # Without coins enough in the pool nothing may be done.
    with pytest.raises(ValueError, match=r"user = 'alice' has a ratio"):
        liquidate_trove(low._replace(pool=ExactStabilityPool().deposit("whale", debt - 1).pool), "alice")


def test_recovery_mode_spreads_a_trove_without_worth():
    system = with_troves(alice=(10_000, 8), bob=(10_000, 10)).provide("whale", 50_000 * WAD).system
    system = system.adjust("whale", debt=30_000 * WAD).system.at_price(1000 * WAD)
    assert system.in_recovery and system.ratio_of("alice") < WAD
    done = liquidate_trove(system, "alice")
    assert done.offset == (0, 0)
    assert done.spread == (system.book.entire("alice").debt, 8 * WAD - done.compensation.collateral)
    assert done.system.book.total.debt == system.book.total.debt


def test_recovery_mode_allows_no_new_risk():
    system = WHALE.adjust("whale", debt=30_000 * WAD).system.at_price(950 * WAD)
    assert system.in_recovery
    with pytest.raises(ValueError, match="no collateral is withdrawn in recovery mode"):
        system.adjust("whale", collateral=-1)
    with pytest.raises(ValueError, match="in recovery mode"):
        system.adjust("whale", debt=1)
    with pytest.raises(ValueError, match="no trove"):
        system.adjust("bob", debt=1)
    safer = system.adjust("whale", collateral=WAD)
    assert safer.fee == 0
    assert system.open("bob", 2000 * WAD, 4 * WAD).fee == 0
    with pytest.raises(ValueError, match="recovery mode"):
        system.open("bob", 2000 * WAD, 4 * WAD).system.close("bob")


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["open", "adjust", "price", "liquidate", "redeem", "provide", "close", "claim_surplus"]),
        st.sampled_from(["a", "b", "c", "whale"]),
        st.integers(0, 20_000),
        st.integers(0, 30),
    ),
    max_size=20,
)


def attempt(system, name, user, coins, tokens):
    if name == "open":
        return system.open(user, coins * WAD + 7, tokens * WAD + 3)
    if name == "adjust":
        return system.adjust(user, (tokens - 15) * WAD, (coins - 10_000) * WAD)
    if name == "liquidate":
        return liquidate_trove(system, user)
    if name == "redeem":
        return redeem_coins(system, coins * WAD + 11)
    if name == "provide":
        return system.provide(user, coins * WAD)
    return getattr(system, name)(user)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_coins_and_collateral_add_up(actions):
    parties = ["a", "b", "c", "whale", "issuer", "stability pool", "stakers", "reserve", "liquidator", "redeemer"]
    coins, collateral = dict.fromkeys([*parties, "outside"], 0), dict.fromkeys(parties, 0)
    system = TroveSystem(2000 * WAD).after(15 * 86_400)
    for name, user, first, second in [("open", "whale", 50_000, 100), *actions]:
        if name == "price":
            system = system.at_price((500 + 100 * second) * WAD)
            continue
        try:
            change = attempt(system, name, user, first, second)
        except ValueError:
            continue
        system = change.system
        for payer, payee, amount, asset, _ in change.transfers:
            wallets = {"coin": coins, "collateral": collateral}.get(asset)
            if wallets is not None:
                wallets[payer] -= amount
                wallets[payee] += amount
        book = system.book
        # All coins are owed by somebody; what is pending lags behind by less than a unit for each trove and time.
        assert -coins["outside"] == book.total.debt
        assert collateral["issuer"] == book.total.collateral + sum(system.surplus.values())
        entire = [book.entire(each) for each in book.open]
        lag = len(actions) * len(book.open) * 1000
        assert 0 <= book.total.debt - sum(each.debt for each in entire) <= lag
        assert 0 <= book.total.collateral - sum(each.collateral for each in entire) <= lag
        assert coins["stability pool"] == system.pool.total
        assert coins["reserve"] == RESERVE * len(book.open)


def test_who_profits_from_a_liquidation():
    names = ("whale", "alice", "issuer", "stakers", "reserve", "liquidator", "stability pool")
    ledger = Ledger({name: name for name in names})
    steps = [TroveSystem(2000 * WAD).open("whale", 100_000 * WAD, 200 * WAD)]
    steps.append(steps[-1].system.open("alice", 10_000 * WAD, 8 * WAD))
    steps.append(steps[-1].system.provide("whale", 50_000 * WAD))
    system = steps[-1].system.at_price(1380 * WAD)
    done = liquidate_trove(system, "alice")
    ledger.book(*steps, done)
    ledger.check_conserved()
    assert ledger.balance("alice", "coin debt") == 0.0
    assert ledger.balance("alice", "coin") == 1e4 * WAD
    assert ledger.balance("whale", "coin debt") == pytest.approx(-100_700 * WAD)
    worth = done.offset.collateral * system.price // WAD
    assert done.offset.debt < worth < done.offset.debt * 11 // 10
    assert done.compensation == (RESERVE, 8 * WAD // 200)


def test_it_travels():
    system = with_troves(alice=(10_000, 8))
    assert pickle.loads(pickle.dumps(system)) == copy.deepcopy(system) == system


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TroveSystem(0), "price = 0"),
        (lambda: TroveSystem(1, -1), "time = -1"),
        (lambda: TroveSystem(1, 5, start=6), "start = 6"),
        (lambda: WHALE.after(-1), "seconds = -1"),
        (lambda: WHALE.at_price(0), "price = 0"),
        (lambda: WHALE.open("whale", 2000 * WAD, 9 * WAD), "user = 'whale' has a trove"),
        (lambda: WHALE.open("a", 1.5, 1), r"amount = 1\.5"),
        (lambda: WHALE.open("a", 2000 * WAD, 9 * WAD, max_fee=1), "max_fee = 1 is outside"),
        (lambda: WHALE.adjust("whale"), "collateral = 0 and debt = 0"),
        (lambda: WHALE.adjust("whale", collateral=-201 * WAD), "collateral = -201"),
        (lambda: WHALE.adjust("whale", debt=-100_000 * WAD), "leaves less than the least debt"),
        (lambda: WHALE.close("whale"), "ratio|last"),
        (lambda: WHALE.close("a"), "user = 'a' has no trove"),
        (lambda: WHALE.claim_surplus("a"), "nothing to claim"),
        (lambda: WHALE.provide("a", 0), "amount = 0"),
        (lambda: WHALE.withdraw("a", 1), "no deposit"),
        (lambda: redeem_coins(WHALE, 0), "coins = 0"),
        (lambda: redeem_coins(WHALE, 1), "first 14 days"),
        (lambda: redeem_coins(WHALE.after(10**7), 10**18, max_fee=1), "max_fee = 1"),
        (lambda: liquidate_trove(WHALE, "whale"), "may not be liquidated"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
