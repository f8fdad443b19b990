import numpy as np
import pytest

from defi_lib.ledger import PRICE_CHANGE, TOTAL, Ledger, concentration, profits, who_profits
from defi_lib.measures import gini

ROLES = {"alice": "trader", "bob": "trader", "pool": "liquidity provider", "farmer": "farmer"}
SCENARIOS = 5


def simulated(seed=0, steps=60, keep_history=True, scenarios=SCENARIOS):
    """A random ledger, and the wealth change by price, added up mark by mark without the ledger's help."""
    rng = np.random.default_rng(seed)
    ledger = Ledger(ROLES, keep_history=keep_history)
    held = {(party, asset): np.zeros(scenarios) for party in ROLES for asset in ("ETH", "UNI")}
    price = {"ETH": np.full(scenarios, 2000.0), "UNI": np.full(scenarios, 5.0)}
    start = dict.fromkeys(ROLES, 0.0)
    gained = dict.fromkeys(ROLES, 0.0)
    for asset, first in price.items():
        ledger.mark(asset, first, time=0)
    for party in ROLES:
        ledger.open(party, "ETH", 10.0)
        held[party, "ETH"] += 10
        start[party] = 10 * price["ETH"]
    for step in range(steps):
        payer, payee = rng.choice(list(ROLES), 2, replace=False)
        asset, reason, amount = rng.choice(["ETH", "UNI"]), rng.choice(["trade", "fee"]), rng.uniform(0, 1, scenarios)
        ledger.record(payer, payee, amount, asset, reason, time=step)
        held[payer, asset] = held[payer, asset] - amount
        held[payee, asset] = held[payee, asset] + amount
        ledger.mint("farmer", 0.5, "UNI")
        held["farmer", "UNI"] = held["farmer", "UNI"] + 0.5
        ledger.burn(payer, 0.01, "ETH", "gas")
        held[payer, "ETH"] = held[payer, "ETH"] - 0.01
        for name in price:
            new = price[name] * np.exp(0.1 * rng.standard_normal(scenarios))
            for party in ROLES:
                gained[party] = gained[party] + held[party, name] * (new - price[name])
            price[name] = new
            ledger.mark(name, new)
    return ledger, start, gained


def test_columns_add_up_to_the_change_of_wealth():
    ledger, start, gained = simulated()
    result = profits(ledger, by="party")
    assert list(result) == [*ROLES, TOTAL]
    for party in ROLES:
        row = result[party]
        np.testing.assert_allclose(row[TOTAL], ledger.wealth(party) - start[party], rtol=1e-11, atol=1e-9)
        np.testing.assert_allclose(row[PRICE_CHANGE], gained[party], rtol=1e-11, atol=1e-9)
        np.testing.assert_array_equal(row[TOTAL], sum(value for name, value in row.items() if name != TOTAL))


def test_rows_add_up_to_what_was_created():
    ledger, _, _ = simulated()
    for by in ("role", "party"):
        result = profits(ledger, by)
        total = result.pop(TOTAL)
        assert np.all(total["trade"] == 0.0) and np.all(total["fee"] == 0.0)
        assert np.all(total["emission"] > 0) and np.all(total["gas"] < 0)
        for column in total:
            np.testing.assert_allclose(
                sum(row[column] for row in result.values()), total[column], rtol=1e-11, atol=1e-8
            )


def test_roles_add_up_their_parties():
    ledger, _, _ = simulated()
    by_role, by_party = profits(ledger), profits(ledger, by="party")
    for column in by_role["trader"]:
        want = by_party["alice"][column] + by_party["bob"][column]
        np.testing.assert_allclose(by_role["trader"][column], want, rtol=1e-10, atol=1e-8)


def test_totals_only_gives_the_same_table():
    kept, _, _ = simulated()
    compact, _, _ = simulated(keep_history=False)
    assert compact.history is None
    for scenario in ("mean", 2, 0.25):
        assert who_profits(kept, scenario=scenario).equals(who_profits(compact, scenario=scenario))


def test_worked_example():
    ledger = Ledger({"alice": "trader", "pool": "liquidity provider"})
    ledger.open("pool", "ETH", 10)
    ledger.mark("ETH", 100)
    ledger.record("alice", "pool", 99, "USD", "trade", time=1)
    ledger.record("alice", "pool", 1, "USD", "fee")
    ledger.record("pool", "alice", 0.9, "ETH", "trade")
    ledger.mark("ETH", 150, time=2)
    table = who_profits(ledger)
    assert table.columns.tolist() == ["trade", "fee", PRICE_CHANGE, TOTAL]
    assert table.index.tolist() == ["liquidity provider", "trader", TOTAL]
    assert table.index.name == "role"
    np.testing.assert_allclose(table, [[9, 1, 455, 465], [-9, -1, 45, 35], [0, 0, 500, 500]], rtol=1e-14)


def test_an_asset_is_worth_its_first_mark_before_it():
    ledger = Ledger({"alice": "trader", "bob": "miner"})
    ledger.open("alice", "ETH", 2)
    ledger.record("alice", "bob", 1, "ETH", "fee", time=1)
    ledger.mark("ETH", 100, time=2)
    ledger.mint("bob", 1, "ETH", time=2)
    np.testing.assert_allclose(who_profits(ledger), [[100, 100, 0, 200], [-100, 0, 0, -100], [0, 100, 0, 100]])
    ledger.mark("ETH", 110, time=3)
    np.testing.assert_allclose(
        who_profits(ledger), [[100, 100, 20, 220], [-100, 0, 10, -90], [0, 100, 30, 130]], rtol=1e-12
    )


def test_price_change_is_exactly_zero_where_no_price_changed():
    ledger = Ledger({"alice": "trader", "bob": "miner"})
    ledger.mark("ETH", 0.1)
    for _ in range(100):
        ledger.record("alice", "bob", 1 / 3, "ETH", "fee")
        ledger.record("alice", "bob", 0.7, "USD", "fee")
    assert who_profits(ledger)[PRICE_CHANGE].tolist() == [0, 0, 0]


def test_within_a_role_nothing_is_earned():
    ledger = Ledger({"alice": "trader", "bob": "trader"})
    ledger.record("alice", "bob", 0.1, "USD", "loss")
    assert profits(ledger)["trader"]["loss"] == 0
    assert profits(ledger, by="party")["bob"]["loss"] == 0.1
    assert not np.signbit(who_profits(ledger)).to_numpy().any()


def test_scenarios_agree_with_one_at_a_time():
    ledger, _, _ = simulated()
    table = np.stack([who_profits(ledger, scenario=k).sort_index() for k in range(SCENARIOS)])
    np.testing.assert_allclose(who_profits(ledger).sort_index(), table.mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(who_profits(ledger, scenario=0.5).sort_index(), np.median(table, axis=0), atol=1e-9)


def test_the_most_profitable_come_first():
    ledger, _, _ = simulated()
    for scenario in range(SCENARIOS):
        totals = who_profits(ledger, scenario=scenario)[TOTAL][:-1].tolist()
        assert totals == sorted(totals, reverse=True)


def test_an_empty_ledger():
    assert who_profits(Ledger({"alice": "trader"})).to_numpy().tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda b: who_profits(b), r"asset = 'ETH' has no price: call ledger\.mark"),
        (lambda b: who_profits(b, by="asset"), "by = 'asset' is not allowed"),
        (lambda b: concentration(b), "asset = 'ETH' has no price"),
        (lambda b: concentration(b, asset="ETH", role="bank"), "role = 'bank' has no party"),
        (lambda b: concentration([1, -1]), r"values\[1\] = -1"),
        (lambda b: concentration([]), "values is empty"),
    ],
)
def test_errors(call, message):
    ledger = Ledger(ROLES)
    ledger.mint("alice", np.ones(3), "ETH")
    with pytest.raises(ValueError, match=message):
        call(ledger)


def test_concentration_of_values():
    table = concentration([50, 30, 20])
    assert table.columns.tolist() == ["value"]
    assert table["value"].to_dict() == pytest.approx(
        {
            "parties": 3,
            "Gini coefficient": 0.2,
            "share of the top 1 %": 0.015,
            "share of the top 10 %": 0.15,
            "Herfindahl–Hirschman index": 3800,
            "effective number": 1 / 0.38,
            "Nakamoto coefficient": 2,
        }
    )


def test_concentration_of_a_ledger_beside_a_baseline():
    ledger = Ledger({"alice": "trader", "bob": "trader", "bank": "bank"})
    ledger.open("alice", "ETH", np.array([1.0, 3.0]))
    ledger.open("bob", "ETH", 1)
    ledger.open("bank", "USD", 96)
    ledger.mark("ETH", 1)
    table = concentration({"exchange": ledger, "baseline": [1, 1]}, asset="ETH", role="trader")
    assert table.loc["Gini coefficient"].tolist() == [pytest.approx((0 + 0.25) / 2), 0]
    wealth = concentration(ledger, scenario=1)["value"]
    assert wealth["Gini coefficient"] == pytest.approx(gini([3, 1, 96]))
    assert wealth["parties"] == 3
