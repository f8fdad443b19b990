import numpy as np
import pytest

from defi_lib.ledger import Ledger


@pytest.fixture
def ledger():
    ledger = Ledger({"alice": "trader", "bob": "trader", "pool": "pool"})
    ledger.open("alice", "USD", 100)
    ledger.record("alice", "pool", 10, "USD", "fee", time=1)
    ledger.mint("bob", np.array([1.0, 3.0]), "ETH", time=1)
    ledger.mark("ETH", 50, time=1)
    ledger.record("bob", "pool", 1, "ETH", "trade", time=3)
    ledger.mark("ETH", np.array([40.0, 60.0]), time=4)
    return ledger


def test_by_party(ledger):
    table = ledger.by_party()
    assert table.index.tolist() == ["alice", "bob", "pool"]
    assert table.columns.tolist() == ["USD", "ETH"]
    np.testing.assert_array_equal(table, [[90, 0], [0, 1], [10, 1]])
    np.testing.assert_array_equal(ledger.by_party(scenario=1), [[90, 0], [0, 2], [10, 1]])


def test_by_role(ledger):
    table = ledger.by_role(scenario=0.25)
    assert table.index.tolist() == ["trader", "pool"]
    np.testing.assert_array_equal(table, [[90, 0.5], [10, 1]])


def test_by_reason(ledger):
    table = ledger.by_reason()
    assert table.index.tolist() == ["opening", "fee", "emission", "trade"]
    np.testing.assert_array_equal(table, [[100, 0], [10, 0], [0, 2], [0, 1]])


def test_transfers(ledger):
    table = ledger.transfers(scenario=1)
    assert table.columns.tolist() == ["time", "payer", "payee", "asset", "amount", "reason"]
    assert table.iloc[2].tolist() == [1, "outside", "bob", "ETH", 3, "emission"]
    assert len(table) == 4


def test_over_time(ledger):
    table = ledger.over_time()
    assert table.index.tolist() == [0, 1, 3, 4]
    assert table.columns.tolist() == ["trader", "pool"]
    np.testing.assert_array_equal(table, [[100, 0], [90 + 100, 10], [90 + 50, 60], [90 + 60, 60]])
    np.testing.assert_array_equal(table.iloc[-1], [np.mean(ledger.wealth("alice") + ledger.wealth("bob")), 60])
    tokens = ledger.over_time("ETH", by="party", scenario=0)
    np.testing.assert_array_equal(tokens, [[0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])


def test_no_history():
    ledger = Ledger({"alice": "trader"}, keep_history=False)
    ledger.mint("alice", 1, "USD")
    assert ledger.by_party().loc["alice", "USD"] == 1
    for call in (ledger.transfers, ledger.over_time):
        with pytest.raises(ValueError, match="keep_history = False"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda b: b.by_party("median"), "scenario = 'median' is not allowed"),
        (lambda b: b.by_party(2), r"scenario = 2 is not one of the scenarios, whose shape is \(2,\)"),
        (lambda b: b.by_party(1.5), r"scenario = 1.5 .*\[0, 1\]"),
        (lambda b: b.over_time("BTC"), "asset = 'BTC' is not allowed: choose one of 'USD', 'ETH'"),
        (lambda b: b.over_time(by="asset"), "by = 'asset' is not allowed"),
    ],
)
def test_errors(ledger, call, message):
    with pytest.raises(ValueError, match=message):
        call(ledger)


def test_wealth_over_time_needs_prices():
    ledger = Ledger({"alice": "trader"})
    ledger.mint("alice", 1, "ETH")
    with pytest.raises(ValueError, match="asset = 'ETH' has no price"):
        ledger.over_time()
    assert ledger.over_time("ETH").loc[0.0, "trader"] == 1


def test_several_axes_of_scenarios():
    ledger = Ledger({"alice": "trader"})
    ledger.mint("alice", np.arange(6.0).reshape(2, 3), "USD")
    assert ledger.by_party().loc["alice", "USD"] == 2.5
    assert ledger.by_party((1, 2)).loc["alice", "USD"] == 5
    with pytest.raises(ValueError, match="scenario = 1 is not one of the scenarios"):
        ledger.by_party(1)
