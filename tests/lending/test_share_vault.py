"""The share vault against OpenZeppelin's, to the last unit, and the attack on the first depositor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import ShareVault, inflation_attack
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("oz_erc4626")
AMOUNTS = st.integers(0, 10**24)


def vault_from(state, offset):
    shares = {user: int(amount) for user, amount in state["shares"].items()}
    return ShareVault(int(state["total_assets"]), shares, offset)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_deployed_vault(case):
    vault = vault_from(case["state_before"], int(case["params"]["decimals_offset"]))
    inputs, outputs, op = case["inputs"], case["outputs"], case["op"]
    amount = int(inputs["shares"] if op in ("mint", "redeem") else inputs["assets"])
    if outputs["reverted"]:
        with pytest.raises(ValueError, match="assets = 1 is outside the allowed range: an integer from 0 to 0"):
            getattr(vault, op)(inputs["user"], amount)
        return
    change = getattr(vault, op)(inputs.get("user", "anybody"), amount)
    for name in ("assets", "shares"):
        if name in outputs:
            assert getattr(change, name) == int(outputs[name])
    after = case["state_after"]
    assert change.vault.total_assets == int(after["total_assets"])
    assert change.vault.total_shares == int(after["total_shares"])
    assert {user: change.vault.shares_of(user) for user in after["shares"]} == {
        user: int(shares) for user, shares in after["shares"].items()
    }


@given(st.integers(1, 10**24), AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from([None, 0, 3, 6]))
def test_rounding_never_favours_a_user(first, gift, deposit, minted, offset):
    vault = ShareVault(decimals_offset=offset).deposit("alice", first).vault.donate("strategy", gift).vault
    bought = vault.deposit("bob", deposit)
    assert bought.vault.redeem("bob", bought.shares).assets <= deposit
    bought = vault.mint("bob", minted)
    assert bought.vault.assets_for(minted) <= bought.assets
    worth = bought.vault.assets_for(bought.vault.shares_of("bob"))
    taken = bought.vault.withdraw("bob", worth)
    assert taken.shares <= bought.vault.shares_of("bob")
    assert taken.vault.total_assets == bought.vault.total_assets - worth


@given(st.lists(st.tuples(st.sampled_from(["deposit", "mint", "donate", "withdraw", "redeem"]), AMOUNTS), max_size=12))
def test_nothing_is_created(actions):
    vault, paid = ShareVault(), 0
    for name, amount in actions:
        limits = {"withdraw": vault.assets_for(vault.shares_of("a")), "redeem": vault.shares_of("a")}
        change = getattr(vault, name)("a", min(amount, limits.get(name, amount)))
        paid += sum(t.amount * (1 if t.payer == "a" else -1) for t in change.transfers if t.asset == "asset")
        vault = change.vault
        assert vault.total_assets == paid >= 0
        assert vault.assets_for(vault.total_shares) <= vault.total_assets


def test_the_first_depositor_loses_everything_without_virtual_shares():
    attack = inflation_attack(ShareVault(decimals_offset=None), 10**18, 10**18)
    assert attack.victim_shares == 0
    assert attack.victim_loss == attack.attacker_profit == 10**18


def test_virtual_shares_make_the_attack_a_loss():
    same = inflation_attack(ShareVault(), 10**18, 10**18)
    assert same.victim_shares == 1
    assert same.attacker_profit < 0
    whole = inflation_attack(ShareVault(), 10**18, 2 * 10**18)
    assert whole.victim_loss == 10**18
    assert whole.attacker_profit == pytest.approx(-(10**18) / 2, rel=1e-12)
    offset = inflation_attack(ShareVault(decimals_offset=3), 10**18, 2 * 10**21)
    assert offset.victim_loss == 10**18
    assert offset.attacker_profit == pytest.approx(-(10**21), rel=1e-2)


@given(st.integers(1, 10**24), st.integers(0, 10**27), st.sampled_from([0, 1, 6]))
def test_virtual_shares_never_let_the_attacker_win(victim, donation, offset):
    attack = inflation_attack(ShareVault(decimals_offset=offset), victim, donation)
    assert attack.attacker_profit <= 0 <= attack.victim_loss


def test_a_refused_action_changes_nothing():
    vault = ShareVault().deposit("alice", 100).vault
    with pytest.raises(ValueError, match=r"shares = 101 .* from 0 to 100"):
        vault.redeem("alice", 101)
    assert vault == ShareVault(100, {"alice": 100})
    with pytest.raises(TypeError):
        vault.holdings["alice"] = 10**9


def test_an_older_vault_without_assets_gives_no_shares():
    ruined = ShareVault(0, {"alice": 5}, None)
    assert ruined.shares_for(100) == 0
    with pytest.raises(ValueError, match=r"assets = 100 has no price: the vault has 5 shares and no assets"):
        ruined.deposit("bob", 100)
    with pytest.raises(ValueError, match=r"shares = 7 has no price"):
        ruined.mint("bob", 7)
    assert ruined.deposit("bob", 0).shares == ruined.mint("bob", 0).assets == 0
    assert ruined.redeem("alice", 5).vault.deposit("bob", 100).shares == 100
    # With virtual shares there is always a price.
    assert ShareVault(0, {"alice": 5}, 0).deposit("bob", 100).shares == 600


@pytest.mark.parametrize("offset", [None, 0, 2])
def test_a_deposit_below_the_price_of_a_share_is_refused_to_whoever_asks(offset):
    vault = ShareVault(10**9, {"alice": 10}, offset)
    assert vault.deposit("bob", 1).shares == 0
    with pytest.raises(ValueError, match=r"min_shares = 1 is more than the 0 shares that assets = 1 are worth"):
        vault.deposit("bob", 1, min_shares=1)
    enough = vault.assets_for(3, round_up=True)
    assert vault.deposit("bob", enough, min_shares=3).shares == 3
    with pytest.raises(ValueError, match=r"min_shares = 4"):
        vault.deposit("bob", enough, min_shares=4)
    with pytest.raises(ValueError, match=r"min_shares = -1 .* an integer >= 0"):
        vault.deposit("bob", 1, min_shares=-1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ShareVault(-1), r"total_assets = -1 .* an integer >= 0"),
        (lambda: ShareVault(1, {"a": -1}), r"holdings\['a'\] = -1"),
        (lambda: ShareVault(decimals_offset=-1), r"decimals_offset = -1"),
        (lambda: ShareVault().deposit("a", 1.5), r"assets = 1.5 .* an integer >= 0"),
        (lambda: ShareVault().mint("a", -1), r"shares = -1"),
        (lambda: ShareVault().withdraw("a", -1), r"assets = -1"),
        (lambda: ShareVault().redeem("a", -1), r"shares = -1"),
        (lambda: ShareVault().donate("a", -1), r"assets = -1"),
        (lambda: inflation_attack(ShareVault(), 0, 1), r"victim_deposit = 0 .* >= 1"),
        (lambda: inflation_attack(ShareVault(), 1, -1), r"donation = -1"),
        (lambda: inflation_attack(ShareVault(), 1, 1, 0), r"first_deposit = 0 .* >= 1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_in_an_older_vault_a_gift_to_nobody_belongs_to_the_first_depositor():
    vault = ShareVault(decimals_offset=None).donate("somebody", 10).vault.deposit("alice", 1).vault
    assert vault.redeem("alice", 1).assets == 11
