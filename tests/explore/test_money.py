import pytest

from defi_lib.explore import show_concentration, show_profits
from defi_lib.ledger import Ledger


def test_profits_are_shown_by_role_and_reason():
    ledger = Ledger({"ann": "trader", "pool": "liquidity provider"})
    ledger.open("ann", "USD", 100.0)
    ledger.record("ann", "pool", 3.0, "USD", "fee")
    ledger.record("ann", "pool", 7.0, "USD", "price impact")
    view = show_profits(ledger)
    shown = view.shown
    assert dict(zip(shown["role"], shown["fee"], strict=True)) == {"liquidity provider": 3.0, "trader": -3.0}
    assert "**liquidity provider** gains most (10.00 USD)" in view.sentence
    assert shown["price impact to"].tolist() == [10.0, -10.0]


def test_concentration_shows_one_curve_for_each_name():
    view = show_concentration({"votes": [0.0, 0.0, 0.0, 1.0], "people": [1.0, 1.0]})
    assert view.shown["votes"].tolist() == [0, 0, 0, 0, 1]
    assert "votes **0.750**; people **0.000**" in view.sentence
    with pytest.raises(ValueError):
        show_concentration({"nobody": []})
