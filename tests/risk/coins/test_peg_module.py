"""Every result of Maker's peg module, to the last unit, and that nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import PegModule, Wallet
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

WAD, RAY = 10**18, 10**27
CASES = cases("maker_psm")


def module_of(params, state):
    users = {user: Wallet(**{key: int(value) for key, value in held.items()}) for user, held in state["users"].items()}
    numbers = {key: int(state[key]) for key in ("tin", "tout", "dai_supply", "vow_dai")}
    inside = {key: int(value) for key, value in state["module"].items()}
    return PegModule(int(params["gem_decimals"]), int(params["line"]), **numbers, **inside, users=users)


def step(module, case):
    op, inputs = case["op"], dict(case["inputs"])
    if op == "set_fees":
        return module.set_fees(int(inputs["tin"]), int(inputs["tout"])), None
    user, amount = inputs.pop("user"), int(inputs.pop("amount"))
    change = getattr(module, op)(user, *inputs.values(), amount)
    return change.after, change


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_vectors(case):
    before, after = (module_of(case["params"], case[key]) for key in ("state_before", "state_after"))
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError, match=r"is more than"):
            step(before, case)
        assert before == after
        return
    got, change = step(before, case)
    assert got == after
    for key in set(case["outputs"]) - {"reverted", "revert_reason"}:
        assert getattr(change, key) == int(case["outputs"][key])


def test_vectors_in_sequence():
    module = module_of(CASES[0]["params"], CASES[0]["state_before"])
    for case in CASES:
        if not case["outputs"]["reverted"]:
            module, _ = step(module, case)
        assert module == module_of(case["params"], case["state_after"])


amounts = st.integers(0, 10**15)
fees = st.integers(0, WAD)


@given(amounts, amounts, fees, fees, st.integers(0, 18))
def test_there_and_back_conserves_and_never_pays(sold, bought, tin, tout, decimals):
    module = PegModule(decimals, tin=tin, tout=tout, users={"ann": (10**15, 0), "bob": (0, 10**40)})
    ledger = Ledger(new_parties="by name")
    first = module.sell_gem("ann", sold)
    second = first.after.buy_gem("bob", min(bought, sold))
    for change in (first, second):
        ledger.book(change)
        assert change.after.debt == change.after.gem * change.after.unit
        held = sum(wallet.gem for wallet in change.after.users.values()) + change.after.gem
        assert held == 10**15
        spread = change.after.dai_supply * RAY + change.after.vow_dai - module.dai_supply * RAY
        assert spread == change.after.debt * RAY
    ledger.check_conserved()
    back = first.after.buy_gem("bob", sold)
    assert first.dai_received <= sold * module.unit <= back.dai_paid


@given(st.integers(1, 10**12))
def test_without_fees_it_is_par_and_leaves_nothing(amount):
    module = PegModule(users={"ann": (amount, 0)})
    there = module.sell_gem("ann", amount)
    assert there.after.buy_gem("ann", amount).after == module._replace(users={"ann": Wallet(amount, 0)})
    assert there.fee == 0 and there.after.band == (1.0, 1.0)


def test_limits_are_met_exactly():
    line = 5 * WAD * RAY
    module = PegModule(6, line, users={"ann": (10_000_000, 0)})
    assert module.room == 5_000_000
    full = module.sell_gem("ann", 5_000_000).after
    assert full.room == 0 and full.sell_gem("ann", 0).after == full
    assert_refuses(lambda: full.sell_gem("ann", 1), r"amount = 1 is more than the room .* \[0, 0\]")
    assert_refuses(lambda: full.buy_gem("bob", 1), r"dai to pay = 1000000000000 is more than what 'bob' holds")
    rich = PegModule(users={"bob": (0, 10**30)})
    assert_refuses(lambda: rich.buy_gem("bob", 1), r"amount = 1 is more than the gem in the module")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PegModule(19), r"gem_decimals = 19"),
        (lambda: PegModule(line=-1), r"line = -1"),
        (lambda: PegModule(tin=-1), r"tin = -1"),
        (lambda: PegModule(tout=2**256), r"tout = .* is more than what the contract can hold"),
        (lambda: Wallet(gem=0.5), r"gem = 0.5"),
        (lambda: PegModule().sell_gem("ann", -1), r"amount = -1"),
        (lambda: PegModule().transfer("ann", "bob", 1), r"amount = 1 is more than what 'ann' holds"),
    ],
)
def test_errors(make, message):
    assert_refuses(make, message)


def test_a_fee_that_no_contract_holds_is_refused():
    module = PegModule(tin=2**255, users={"ann": (1, 0)})
    assert_refuses(lambda: module.sell_gem("ann", 1), r"amount · fee = .* is more than what the contract can hold")
    assert module.sell_gem("ann", 0).dai_received == 0
