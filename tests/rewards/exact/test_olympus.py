from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import BondDepository, ControlAdjustment, OlympusBond, OlympusDepository
from tests.support.vectors import cases

CASES = cases("olympus_bonds")
TOKEN, RESERVE = 10**9, 10**18


def depository_in(case, state):
    change = state["adjustment"]
    names = ("rate", "target", "buffer", "last_block")
    return OlympusDepository(
        int(state["control_variable"]),
        int(case["params"]["vesting_term"]),
        int(state["supply"]),
        int(state["minimum_price"]),
        max_payout=int(case["params"]["max_payout"]),
        fee=int(case["params"]["fee"]),
        max_debt=int(case["params"]["max_debt"]),
        total_debt=int(state["total_debt"]),
        last_decay=int(state["last_decay"]),
        block=int(state["block_number"]),
        adjustment=change and ControlAdjustment(change["add"], *(int(change[name]) for name in names)),
        bonds={
            name: OlympusBond(*(int(bond[field]) for field in ("payout", "vesting", "last_block")))
            for name, bond in state["bonds"].items()
        },
    )


def act(depository, operation, inputs):
    """The contract after one operation of the vectors, what it paid, and who paid whom."""
    arguments = {name: value if name in {"user", "add"} else int(value) for name, value in inputs.items()}
    if operation in {"roll", "set_adjustment"}:
        name = {"roll": "after"}.get(operation, operation)
        return getattr(depository, name)(**arguments), 0, ()
    change = getattr(depository, operation)(**arguments)
    return change.depository, change.payout, change.transfers


def check_views(depository, state):
    for name in ("current_debt", "debt_ratio", "price", "largest_payout"):
        assert getattr(depository, name) == int(state[name])
    for name, bond in state["bonds"].items():
        assert depository.percent_vested(name) == int(bond["percent_vested"])
        assert depository.pending(name) == int(bond["pending"])


def holdings(state):
    kept = {name: int(state[name]) for name in ("dao", "depository", "treasury")}
    users = {
        (name, asset): int(user[asset]) for name, user in state["users"].items() for asset in ("reserve", "tokens")
    }
    return kept | users


def moved(before, transfers):
    """What everybody holds after the transfers."""
    parties = {"bond depository": "depository", "DAO": "dao", "treasury": "treasury"}
    after = dict(before)
    for payer, payee, amount, asset, _ in transfers:
        for party, sign in ((payer, -1), (payee, 1)):
            if party != "outside":
                key = parties.get(party) or (party, {"token": "tokens"}.get(asset, asset))
                after[key] += sign * amount
    return after


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_step_matches_the_contract(case):
    depository = depository_in(case, case["state_before"])
    check_views(depository, case["state_before"])
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError):
            act(depository, case["op"], case["inputs"])
        return
    after, paid, transfers = act(depository, case["op"], case["inputs"])
    assert after == depository_in(case, case["state_after"])
    assert paid == int(case["outputs"].get("payout", case["outputs"].get("paid", 0)))
    assert moved(holdings(case["state_before"]), transfers) == holdings(case["state_after"])


def test_the_whole_sequence_matches_the_contract():
    depository = depository_in(CASES[0], CASES[0]["state_before"])
    for case in CASES:
        if not case["outputs"]["reverted"]:
            depository, _, _ = act(depository, case["op"], case["inputs"])
        check_views(depository, case["state_after"])
    assert depository == depository_in(CASES[-1], CASES[-1]["state_after"])


@pytest.mark.parametrize("case", [case for case in CASES if case["op"] == "deposit"], ids=lambda case: case["id"])
def test_the_float_model_is_as_close_as_two_decimals_allow(case):
    exact, state = depository_in(case, case["state_before"]), case["state_before"]
    smooth = BondDepository(
        float(exact.control_variable),
        float(exact.vesting_term),
        exact.supply / TOKEN,
        exact.total_debt / TOKEN,
        exact.minimum_price / 100,
        exact.max_payout / 1e5,
    ).after(float(exact.block - exact.last_decay))
    assert smooth.debt == pytest.approx(int(state["current_debt"]) / TOKEN, rel=1e-9)
    assert 0 <= smooth.price - int(state["price"]) / 100 < 0.0101
    if not case["outputs"]["reverted"]:
        sale = smooth.deposit(int(case["inputs"]["amount"]) / RESERVE)
        assert sale.payout == pytest.approx(int(case["outputs"]["payout"]) / TOKEN, rel=0.0056)
        assert sale.depository.minimum_price == int(case["state_after"]["minimum_price"]) / 100


def test_a_fee_for_the_dao_is_minted_on_top():
    depository = OlympusDepository(0, 100, 10**14, 200, fee=1_000)
    change = depository.deposit("alice", 10 * RESERVE)
    assert (change.payout, change.fee) == (5 * TOKEN, TOKEN // 2)
    assert change.depository.supply == 10**14 + 5 * TOKEN + TOKEN // 2
    with pytest.raises(ValueError, match=r"value = 10000000000 .* >= 11000000000"):
        depository._replace(minimum_price=0).deposit("alice", 10 * RESERVE)


def test_a_minimum_price_stays_below_and_is_dropped_once_it_is_reached():
    below = OlympusDepository(1, 100, 10**14, 200).deposit("alice", RESERVE).depository
    assert below.minimum_price == 200
    at = OlympusDepository(100, 100, 10**14, 200, total_debt=10**12)  # 1 + 100·1 % is exactly 2
    assert at.price == 200
    assert at.deposit("alice", RESERVE).depository.minimum_price == 0


def test_a_control_variable_may_fall_to_its_target():
    depository = OlympusDepository(100, 100, 10**14, 150).set_adjustment(False, 2, 97, 10)
    for variable in (98, 96, 96):
        depository = depository.after(10).deposit("alice", RESERVE).depository
        assert depository.control_variable == variable


def test_debt_above_its_bound_stops_the_sale():
    depository = OlympusDepository(1, 100, 10**14, 200, max_debt=10**9, total_debt=2 * 10**9)
    with pytest.raises(ValueError, match="debt = 2000000000 is above max_debt"):
        depository.deposit("alice", RESERVE)
    assert depository.after(50).deposit("alice", RESERVE).payout == TOKEN // 2


def test_a_contract_with_bonds_travels():
    depository = OlympusDepository(1, 100, 10**14, 200).deposit("alice", RESERVE).depository
    assert pickle.loads(pickle.dumps(depository)) == copy.deepcopy(depository) == depository


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["alice", "bob"]), st.integers(0, 150), st.integers(1, 1000), st.booleans()),
        max_size=12,
    ),
    st.integers(0, 500),
    st.integers(0, 1000),
)
def test_nothing_is_created(actions, control_variable, fee):
    depository = OlympusDepository(control_variable, 100, 10**14, 200, fee=fee)
    ledger = Ledger(
        {"alice": "user", "bob": "user", "bond depository": "protocol", "DAO": "protocol", "treasury": "protocol"}
    )
    for user, blocks, amount, buy in actions:
        depository = depository.after(blocks)
        try:
            change = depository.deposit(user, amount * RESERVE) if buy else depository.redeem(user)
        except ValueError:
            continue
        ledger.book(change.transfers)
        depository = change.depository
        assert all(0 <= bond.vesting <= 100 for bond in depository.bonds.values())
    ledger.check_conserved()
    owed = sum(bond.payout for bond in depository.bonds.values())
    assert ledger.balance("bond depository", "token") == owed
    minted = sum(ledger.balance(name, "token") for name in ("alice", "bob", "bond depository", "DAO"))
    assert depository.supply == 10**14 + minted
    assert ledger.balance("treasury", "reserve") * TOKEN >= minted * RESERVE


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: OlympusDepository(-1, 100, 1), "control_variable = -1"),
        (lambda d: OlympusDepository(1, 0, 1), "vesting_term = 0"),
        (lambda d: OlympusDepository(1, 1, 0), "supply = 0"),
        (lambda d: OlympusDepository(1.5, 1, 1), "control_variable = 1.5"),
        (lambda d: OlympusDepository(1, 1, 1, -1), "minimum_price = -1"),
        (lambda d: OlympusDepository(1, 1, 1, fee=10_001), "fee = 10001"),
        (lambda d: OlympusDepository(1, 1, 1, last_decay=1), "last_decay = 1"),
        (lambda d: OlympusDepository(1, 1, 1, bonds={"a": OlympusBond(-1, 0, 0)}), r"bonds\['a'\].payout = -1"),
        (lambda d: OlympusDepository(1, 1, 1, bonds={"a": OlympusBond(1, 0, 9)}), r"bonds\['a'\].last_block = 9"),
        (lambda d: d.after(-1), "blocks = -1"),
        (lambda d: d.set_adjustment(True, 3, 110, 0), "rate = 3 .* from 0 to 2"),
        (lambda d: d.set_adjustment(True, 1, -1, 0), "adjustment.target = -1"),
        (lambda d: d.deposit("a", -1), "amount = -1"),
        (lambda d: d.deposit("a", RESERVE, 199), "price = 200 .* from 0 to 199"),
        (lambda d: d.deposit("a", RESERVE // 100), "payout = 5000000 "),
        (lambda d: d.redeem("a"), "user = 'a' has no bond: allowed are none"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call(OlympusDepository(100, 100, 10**14, 200))
