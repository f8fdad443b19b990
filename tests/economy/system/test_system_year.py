"""A year of the whole economy: books that agree, placebos, and parts that a hand can follow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import (
    NO_PRICES,
    REMEDIES,
    ROLES,
    SystemSetting,
    arbitrage_a_day,
    draw_world,
    measure_year,
    role_returns,
    system_measures,
    system_parameters,
    system_year,
    twin_year,
    who_paid,
)
from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import OUTSIDE
from defi_lib.rewards import Vesting

WORLD = draw_world(6, 400)
YEAR = system_year(WORLD)
TWIN = twin_year(WORLD)


def within(name):
    row = system_parameters()[name]
    return st.floats(row.low, row.high)


ANY_PARAMETERS = st.sampled_from(list(system_parameters())).flatmap(lambda name: st.tuples(st.just(name), within(name)))
ANY = st.fixed_dictionaries({}, optional={name: st.sampled_from([0.0, 0.3, 1.0]) for name in REMEDIES}).flatmap(
    lambda on: st.lists(ANY_PARAMETERS, max_size=4).map(lambda some: on | dict(some))
)


@settings(max_examples=40, deadline=None)
@given(ANY, st.integers(0, 1000))
def test_the_books_agree_whatever_is_chosen(changes, first):
    world, setting = draw_world(2, 60, first), SystemSetting(changes)
    for year in (system_year(world, setting), twin_year(world, setting)):
        wealth = year.people.wealth.sum(axis=1)
        assert np.all(np.isfinite(year.profit)) and np.all(np.isfinite(year.benefit)) and np.all(year.benefit >= 0)
        assert np.abs(year.book.residual() / wealth).max() < 1e-12
        accounts = year.book.accounts()
        by_role = {name: (year.profit * year.people.wishes(name)).sum(axis=1) for name in ROLES}
        for name, sums in by_role.items():
            np.testing.assert_allclose(accounts.get(name, np.zeros(2)), sums, atol=1e-9 * wealth.max())
        np.testing.assert_allclose(sum(who_paid(year).values()), 0, atol=1e-12 * wealth.max())
    assert system_year(world, setting).gap.max() < 1e-9


def test_firms_keep_nothing():
    keep = {OUTSIDE, "thieves", "nobody", "developers", "state", "paper gains", "sellers of accounts"}
    setting = SystemSetting({**dict.fromkeys(REMEDIES, 1.0), "exit_at_pool_price": 1.0})
    for year in (system_year(WORLD, setting), TWIN):
        left = {name for name, amount in year.book.firms.items() if np.abs(amount).max() > 1e-6}
        assert left <= keep, left
    assert {"paper gains", "state"} <= set(system_year(WORLD, setting).book.firms)


def test_placebo_no_prices_and_all_alike_nobody_gains_or_loses():
    setting = SystemSetting(NO_PRICES)
    for year in (system_year(WORLD, setting), twin_year(WORLD, setting)):
        assert np.all(year.profit == 0.0), "every role exactly zero"
        assert year.volume.min() > 0, "the whole path runs: people trade"


def test_placebo_prices_on_roles_differ_and_deciles_of_nothing_do_not():
    """All have the same wealth and skill: what differs is what the services cost, not who somebody is."""
    alike = {"wealth_spread": 0.0, "skill_spread": 0.0, "skill_wealth": 0.0, "insider_heads": 0.0}
    year = system_year(draw_world(40, 400), SystemSetting(alike))
    returns = role_returns(year)
    assert max(returns.values()) - min(returns.values()) > 0.02
    tenths = year.profit.reshape(40, 10, 40).mean(axis=2)  # people as they were drawn: no order
    tenths = tenths - tenths.mean(axis=1, keepdims=True)
    z = tenths.mean(axis=0) / (tenths.std(axis=0, ddof=1) / 40**0.5)
    assert np.abs(z).max() < 3.5


def test_a_remedy_of_no_strength_changes_nothing_and_a_seed_gives_the_same_again():
    again = system_year(WORLD, SystemSetting(dict.fromkeys(REMEDIES, 0.0)))
    np.testing.assert_array_equal(again.profit, YEAR.profit)
    alone = system_year(draw_world(1, 400, first=3))
    np.testing.assert_array_equal(alone.profit[0], YEAR.profit[3])


@pytest.mark.parametrize("remedy", REMEDIES)
def test_every_remedy_does_something_and_half_of_it_something_else(remedy):
    half, full = (system_year(WORLD, SystemSetting({remedy: s, "fair_votes": 1.0, "hack": 0.5})) for s in (0.5, 1.0))
    none = system_year(WORLD, SystemSetting({"fair_votes": float(remedy == "identity"), "hack": 0.5}))
    assert not np.array_equal(full.profit, none.profit) and not np.array_equal(half.profit, none.profit)


def test_one_scenario_each_is_the_same_as_one_after_the_other():
    strength = np.array([0.0, 1.0, 0.0, 1.0, 0.5, 1.0])
    together = system_year(WORLD, SystemSetting({"vesting": strength, "pool_fee": 0.001 * (1 + strength)}))
    for seed, value in enumerate(strength):
        alone = system_year(
            draw_world(1, 400, seed), SystemSetting({"vesting": value, "pool_fee": 0.001 * (1 + value)})
        )
        np.testing.assert_allclose(alone.profit[0], together.profit[seed], rtol=1e-9, atol=1e-9)


def test_no_volatility_no_arbitrage_and_no_loan_is_sold():
    reasons = {entry.reason for entry in system_year(WORLD, SystemSetting({"volatility": 0.0})).book.entries}
    assert not reasons & {"arbitrage", "liquidations"} and {"interest", "trading fees"} <= reasons
    assert {"arbitrage", "liquidations"} <= {entry.reason for entry in YEAR.book.entries}


def test_a_simulated_week_block_by_block_agrees_with_the_closed_form():
    """Blocks at random times, as the closed form has them; arbitrageurs trade in each block."""
    rng, paths, minutes = np.random.default_rng(5), 60, 5.0
    setting = SystemSetting({"block_time": 60 * minutes})
    blocks = int(7 * 24 * 60 / minutes)
    pool, price, profit = ConstantProductPool((np.ones(paths), np.ones(paths)), fee=setting["pool_fee"]), 1.0, 0.0
    day = setting["volatility"] / 365**0.5
    for _ in range(blocks):
        wait = rng.exponential(minutes / 1440, paths)
        price = price * np.exp(day * np.sqrt(wait) * rng.standard_normal(paths) - day**2 * wait / 2)
        for trade in pool.trade_to(price, after_fee=True):
            paid, got = (price, 1.0) if trade.token_in == 0 else (1.0, price)
            profit = profit + (trade.amount_out * got - trade.amount_in * paid) / (2 * np.sqrt(price))
            pool = trade.pool
    mean, error = profit.mean() / 7, profit.std(ddof=1) / paths**0.5 / 7
    assert abs(mean - arbitrage_a_day(setting)) < max(4 * error, 0.03 * mean)


def test_shorter_blocks_take_less_and_layer_2_mixes():
    slow, fast = (arbitrage_a_day(SystemSetting({"block_time": time})) for time in (12.0, 2.0))
    assert fast < slow
    mixed = arbitrage_a_day(SystemSetting({"layer_2": 0.25, "layer_2_block": 2.0}))
    assert mixed == pytest.approx(0.75 * slow + 0.25 * fast)


def test_insiders_sell_by_the_schedule():
    """All 467,000 tokens are sold in three months; with vesting a quarter of them in the year."""
    sold = 467_000.0, 467_000.0 * float(Vesting(duration=48.0).vested(12.0))
    pool, money = 0.05 * 1e6, 0.05 * 0.1 * 400 * 500 * np.exp(SystemSetting()["wealth_spread"] ** 2 / 2)
    for vesting, tokens in zip((0.0, 1.0), sold, strict=True):
        nobody_else = {"airdrop": 0.0, "emission": 0.0, "token_budget": 0.0, "grants": 0.0, "vesting": vesting}
        year = system_year(WORLD, SystemSetting(nobody_else))
        assert year.first_price == pytest.approx(money / pool)
        # At once or in pieces, only the fee that stays in the pool differs.
        once = ConstantProductPool((pool, money)).swap_exact_in(tokens)
        assert year.token_price[-1] == pytest.approx(once.pool.price(), rel=0.01)


def test_unsold_tokens_at_the_pool_price_come_from_nobody():
    paper = system_year(WORLD, SystemSetting({"exit_at_pool_price": 1.0}))
    assert paper.book.balance("paper gains").max() < 0
    assert paper.profit.sum() > YEAR.profit.sum()


def test_owners_can_be_everybody():
    alike = system_year(WORLD, SystemSetting({"rich_own": 0.0}))
    firm = alike.book.by_reason["profit of issuer"]
    assert np.ptp(firm, axis=1).max() == pytest.approx(0.0, abs=1e-9) and firm.min() > 0
    rich = YEAR.book.by_reason["profit of issuer"]
    top = YEAR.people.richest_tenth()
    assert (rich * top).sum() / rich.sum() > 0.9


def test_the_twin_goes_by_wishes_and_remedies_do_not_change_it():
    dear = SystemSetting({"gas_price": 0.4619, "layer_2": 1.0, "simple_interface": 1.0})
    np.testing.assert_array_equal(twin_year(WORLD, dear).profit, TWIN.profit)
    gas = twin_year(WORLD, SystemSetting({"gas_price": 500.0}))
    wishes = gas.people.wishes("provider", "active")
    np.testing.assert_array_equal(wishes, TWIN.people.wishes("provider", "active"))
    assert gas.volume == pytest.approx(TWIN.volume)


NOBODY_ELSE = {"insider_tokens": 0.0, "token_budget": 0.0, "twin_token": 1.0}


def test_a_gift_in_the_twin_is_sold_and_goes_to_all_customers_alike():
    """Nobody else sells or buys: what receivers get is what the pool pays for all of the gift."""
    nobody = {**NOBODY_ELSE, "airdrop_many": 0.0, "airdrop_sold": 1.0, "pool_fee": 0.0}
    given = twin_year(WORLD, SystemSetting({**nobody, "twin_gift": 1.0}))
    pool, money = 0.05 * 1e6, 0.05 * 0.1 * 400 * 500 * np.exp(SystemSetting()["wealth_spread"] ** 2 / 2)
    worth = ConstantProductPool((pool, money), fee=0.0).swap_exact_in(0.1 * 1e6).amount_out
    got, served = given.book.by_reason["token sales"], given.people.served
    assert got.sum(axis=1) == pytest.approx(worth)
    assert np.all(got[~served] == 0)
    np.testing.assert_allclose(
        np.where(served, got, worth / served.sum(axis=1)[:, np.newaxis]).std(axis=1), 0, atol=1e-9
    )
    half = twin_year(WORLD, SystemSetting({**nobody, "twin_gift": 1.0, "airdrop": 0.05}))
    both = twin_year(WORLD, SystemSetting({**nobody, "twin_gift": 0.5}))
    np.testing.assert_array_equal(half.profit, both.profit)


def test_rewards_in_the_twin_go_to_who_would_farm_and_grants_to_owners():
    """Grants are given to owners in proportion: with nobody but farmers, farmers have all."""
    nobody = {**NOBODY_ELSE, "twin_rewards": 1.0}
    year = twin_year(WORLD, SystemSetting(nobody))
    got = year.book.by_reason["token sales"]
    assert np.all(got[~year.people.is_("farmer")] == 0) and np.all(got.sum(axis=1) > 0)
    without = twin_year(WORLD, SystemSetting({**nobody, "grants": 0.0}))
    assert np.all(without.book.by_reason["token sales"].sum(axis=1) < got.sum(axis=1))
    np.testing.assert_array_equal(
        twin_year(WORLD, SystemSetting({**NOBODY_ELSE, "emission": 0.0, "grants": 0.0})).profit,
        twin_year(WORLD, SystemSetting(NOBODY_ELSE)).profit,
    )


def test_a_twin_that_sells_no_token_gives_none():
    some = twin_year(WORLD, SystemSetting({"twin_gift": 1.0, "twin_rewards": 1.0}))
    np.testing.assert_array_equal(some.profit, TWIN.profit)


def test_service_falls_as_gas_rises_and_simple_interfaces_bring_people_back():
    served = [
        system_measures(system_year(WORLD, SystemSetting({"gas_price": gas})))["served"].mean() for gas in (0, 5, 50)
    ]
    assert served[0] > served[1] > served[2]
    simple = system_measures(system_year(WORLD, SystemSetting({"simple_interface": 1.0})))
    assert np.all(simple["served"] > system_measures(YEAR)["served"])


def test_cover_pays_where_a_protocol_is_robbed():
    robbed = SystemSetting({"hack": 1.0, "cover": 1.0})
    year = system_year(WORLD, robbed)
    paid = sum(sum(e.payers.values()) for e in year.book.entries if e.reason == "claims paid")
    stolen = sum(sum(e.payers.values()) for e in year.book.entries if e.reason == "robberies")
    capital = robbed["premium"] + robbed["cover_capital"]
    np.testing.assert_allclose(paid / stolen, capital / robbed["hack_part"], rtol=1e-9)


def test_the_library_ledger_tells_the_same():
    ledger = YEAR.book.ledger(seed=2)
    accounts = YEAR.book.accounts()
    for name in ("insider", "holder", "thieves"):
        own = sum(value[2] for value in YEAR.book.reasons(name).values())
        assert own == pytest.approx(accounts[name][2])
        inner = ledger.balance(name, "USD")
        assert inner == pytest.approx(accounts[name][2], rel=1e-9, abs=1e-6)


def test_measures_have_their_units_and_accounts_add_up():
    found = measure_year(YEAR)
    assert np.all((found["served"] > 0) & (found["served"] <= 100))
    assert np.all(found["gains of the top hundredth"] > 1)
    total = sum(values for name, values in found.items() if name.startswith("to "))
    np.testing.assert_allclose(total, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nonsense": 1.0}, "name = 'nonsense'"),
        ({"vesting": 1.5}, "vesting"),
        ({"pool_fee": -0.1}, "pool_fee"),
        ({"pool_fee": float("nan")}, "pool_fee"),
        ({"hack": np.array([[0.1]])}, "hack has 2 axes"),
        ({"hack": np.array([0.1, 0.2]), "pool_fee": np.array([0.1, 0.1, 0.1])}, "hack"),
    ],
)
def test_bad_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        SystemSetting(changes)


def test_bad_worlds_and_lengths_are_refused():
    for arguments, words in (((0, 100), "seeds"), ((1, 5), "people"), ((1, 100, -1), "first")):
        with pytest.raises(ValueError, match=words):
            draw_world(*arguments)
    for run in (system_year, twin_year):
        with pytest.raises(ValueError, match="hack has 2 entries"):
            run(WORLD, SystemSetting({"hack": np.array([0.0, 1.0])}))
    with pytest.raises(ValueError, match="volatility"):
        WORLD.prices(-1.0)
