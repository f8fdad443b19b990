"""Isolated markets and the vaults over them, in exact integers: who is paid, who waits, who bears a loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import CuratedVault, IsolatedMarket, run_on_vault

M = 10**6
AMOUNTS = st.integers(0, 10**15)
CAPS = {"coin": 600 * M, "ether": 10_000 * M}


def two_markets():
    return {"ether": IsolatedMarket("ether"), "coin": IsolatedMarket("coin")}


def lent(vaults, parts):
    """Markets after deposits of a thousand in each vault, with a part of each market lent out."""
    markets, after = two_markets(), []
    for vault in vaults:
        step = vault.deposit(f"lender of {vault.name}", 1_000 * M, markets)
        markets, after = step.markets, [*after, step.vault]
    loans = {name: int(market.claims.total_assets * parts[name]) for name, market in markets.items()}
    return after, {name: market.lend("borrowers", loans[name]).market for name, market in markets.items()}


def careful_and_bold(waits=False):
    return [
        CuratedVault("careful", "Carla", {"ether": 10_000 * M}, fee=0.1, waits=waits),
        CuratedVault("bold", "Bo", CAPS, fee=0.1, waits=waits),
    ]


def test_a_loss_ends_where_nobody_lent():
    (careful, bold), markets = lent(careful_and_bold(), {"ether": 0.5, "coin": 1.0})
    markets["coin"] = markets["coin"].write_off(450 * M).market
    assert careful.balance_of("lender of careful", markets) == 1_000 * M
    assert bold.balance_of("lender of bold", markets) == 550 * M


def test_one_market_only_is_a_shared_pool():
    """The same loans in one market: both vaults bear the loss in proportion, whatever each would have chosen."""
    pool = IsolatedMarket("all").supply("careful", 1_000 * M).market.supply("bold", 1_000 * M).market
    pool = pool.lend("borrowers", 1_300 * M).market.write_off(450 * M).market
    assert pool.claim_of("careful") == pool.claim_of("bold") == 775 * M
    vault = CuratedVault("only", "Cy", {"ether": 2_000 * M}, fee=0.0)
    step = vault.deposit("careful", 1_000 * M, two_markets())
    step = step.vault.deposit("bold", 1_000 * M, step.markets)
    markets = dict(step.markets, ether=step.markets["ether"].lend("borrowers", 1_300 * M).market.write_off(450 * M)[1])
    assert step.vault.balance_of("careful", markets) == step.vault.balance_of("bold", markets) == 775 * M


def test_without_a_failure_both_keep_all():
    vaults, markets = lent(careful_and_bold(), {"ether": 0.5, "coin": 1.0})
    assert [vault.balance_of(f"lender of {vault.name}", markets) for vault in vaults] == [1_000 * M] * 2


def test_the_curator_gets_a_part_of_the_interest_and_of_no_loss():
    (_, bold), markets = lent(careful_and_bold(), {"ether": 0.5, "coin": 1.0})
    markets["coin"] = markets["coin"].accrue(100 * M).market
    seen = bold.accrue(markets)
    assert seen.assets == pytest.approx(100 * M, abs=2)
    assert seen.vault.balance_of("Bo", markets) == pytest.approx(10 * M, abs=2)
    assert seen.vault.balance_of("lender of bold", markets) == pytest.approx(1_090 * M, abs=2)
    markets["coin"] = markets["coin"].write_off(330 * M).market
    # He loses only what lies in the vault: the same 30 % as everybody.
    assert seen.vault.balance_of("Bo", markets) == pytest.approx(7 * M, abs=2)
    assert seen.vault.accrue(markets).assets == 0


@pytest.mark.parametrize("waits", [False, True])
def test_who_comes_first_is_paid_as_the_formula_says(waits):
    (_, bold), markets = lent([careful_and_bold(waits)[0], CuratedVault("bold", "Bo", CAPS, waits=waits)],
                              {"ether": 6 / 7, "coin": 1.0})  # fmt: skip
    markets["coin"] = markets["coin"].write_off(500 * M).market
    step = bold.deposit("late", 0, markets)
    liquid = step.vault.liquidity(markets)
    assert liquid == 200 * M
    run = run_on_vault(0.2, 0.5, 1.0, waits)
    step = step.vault.withdraw("lender of bold", liquid, markets)
    left = step.vault.shares.total_shares / bold.shares.total_shares
    assert 1 - left == pytest.approx(run.served, rel=1e-6)
    assert run.early == (1.0 if waits else 0.5)
    assert step.vault.worth(step.markets) / (1_000 * M * left) == pytest.approx(run.late, rel=1e-6)
    with pytest.raises(ValueError, match="assets = 1 is outside the allowed range: an integer from 0 to 0"):
        step.vault.withdraw("lender of bold", 1, step.markets)


def test_lenders_of_a_vault_that_chose_well_may_have_to_wait():
    """Two vaults share the market of ether: who leaves the bold vault takes what the careful one could be paid by."""
    (careful, bold), markets = lent(careful_and_bold(), {"ether": 6 / 7, "coin": 1.0})
    assert careful.liquidity(markets) == 200 * M
    markets["coin"] = markets["coin"].write_off(100 * M).market
    step = bold.withdraw("lender of bold", 200 * M, markets)
    assert careful.liquidity(step.markets) == 0
    assert careful.balance_of("lender of careful", step.markets) == 1_000 * M


def test_a_cap_and_idle_money():
    vault = CuratedVault("small", "Cy", {"ether": 30, "coin": 50}, fee=0.0)
    step = vault.deposit("ann", 100, two_markets())
    assert {name: market.claim_of("small") for name, market in step.markets.items()} == {"ether": 30, "coin": 50}
    assert step.vault.idle == 20
    step = step.vault.withdraw("ann", 40, step.markets)
    assert step.vault.idle == 0 and step.markets["ether"].claim_of("small") == 10


@given(st.lists(st.tuples(st.sampled_from(["in", "out", "lend", "repay", "interest", "loss"]), AMOUNTS), max_size=12))
def test_nothing_is_created_and_shares_are_never_worth_more_than_there_is(actions):
    vault, markets, ledger = CuratedVault("v", "Cy", {"ether": 10**14, "coin": 10**15}), two_markets(), Ledger(
        new_parties="by name"
    )  # fmt: skip
    for at, (name, amount) in enumerate(actions):
        each = ("ether", "coin")[at % 2]
        market = markets[each]
        if name in ("in", "out"):
            most = min(vault.balance_of("ann", markets), vault.liquidity(markets))
            step = vault.deposit("ann", amount, markets) if name == "in" else None
            step = step or vault.withdraw("ann", min(amount, most), markets)
            vault, markets = step.vault, dict(step.markets)
        else:
            moves = {
                "lend": lambda m, x: m.lend("zoe", min(x, m.available)),
                "repay": lambda m, x: m.repay("zoe", min(x, m.borrowed)),
                "interest": lambda m, x: m.accrue(x if m.borrowed else 0),
                "loss": lambda m, x: m.write_off(min(x, m.borrowed)),
            }
            step = moves[name](market, amount)
            markets[each] = step.market
        ledger.book(step)
        ledger.check_conserved()
        seen = vault.accrue(markets).vault
        assert seen.shares.assets_for(seen.shares.total_shares) <= seen.worth(markets)
        assert 0 <= seen.liquidity(markets) <= seen.worth(markets)


def test_what_is_not_allowed_says_so():
    market = IsolatedMarket("ether").supply("ann", 10).market
    for call, words in (
        (lambda: market.lend("zoe", 11), "assets = 11 .* from 0 to 10"),
        (lambda: market.lend("zoe", 4).market.withdraw("ann", 7), "assets = 7 .* from 0 to 6"),
        (lambda: market.repay("zoe", 1), "assets = 1 .* from 0 to 0"),
        (lambda: market.write_off(1), "assets = 1 .* from 0 to 0"),
        (lambda: market.accrue(-1), "interest = -1"),
        (lambda: IsolatedMarket("ether", None, 1), "borrowed = 1 .* from 0 to 0"),
        (lambda: CuratedVault("v", "c", {"ether": -1}), r"caps\['ether'\] = -1"),
        (lambda: CuratedVault("v", "c", {}, fee=0.6), "fee = 0.6"),
        (lambda: CuratedVault("v", "c", {}, idle=-1), "idle = -1"),
        (lambda: CuratedVault("v", "c", {}).withdraw("ann", 1, {}), "assets = 1 .* from 0 to 0"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
