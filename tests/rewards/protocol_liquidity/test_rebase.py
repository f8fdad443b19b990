from __future__ import annotations

import numpy as np
import pytest

from defi_lib.ledger import Ledger
from defi_lib.rewards import RebasingToken, rebase_apy, share_factor


def test_reference_value_of_the_yield():
    assert rebase_apy(0.003928) == pytest.approx(72.166, rel=1e-4)
    assert rebase_apy(1e-15, 1.0) == pytest.approx(1e-15, rel=1e-12)


def test_the_yield_is_dilution_when_all_stake():
    assert share_factor(0.003928, 1.0) == 1.0
    assert share_factor(0.003928, 0.0, 10.0) == pytest.approx(1.003928**10, rel=1e-13)
    # The tenth who does not stake pays: its share falls to almost nothing in a year.
    assert share_factor(0.003928, 0.9) == pytest.approx(1 / (0.9 + 0.1 / (1 + rebase_apy(0.003928))), rel=1e-12)
    assert share_factor(1.0, 0.5, 1e6) == 2.0


def test_rebases_agree_with_the_closed_form():
    token = RebasingToken(900.0, 100.0, 1e5)
    before = token.staked_share
    for _ in range(100):
        token = token.rebase(0.004).token
    assert token.staked_share / before == pytest.approx(share_factor(0.004, 0.9, 100.0), rel=1e-12)
    assert token.supply == pytest.approx(900 * 1.004**100 + 100, rel=1e-12)
    assert token.backing == pytest.approx(1e5 / token.supply, rel=1e-15)


def test_reserves_end_the_rebases():
    token = RebasingToken(900.0, 100.0, 2000.0)
    epochs = token.runway(0.01)
    assert 900 * 1.01**epochs + 100 == pytest.approx(2000.0, rel=1e-12)
    for _ in range(int(epochs)):
        token = token.rebase(0.01).token
    with pytest.raises(ValueError, match=r"minted = .* is outside the allowed range \[0, "):
        token.rebase(0.01)


def test_the_books_agree():
    change = RebasingToken([900.0, 10.0], 100.0, 1e5).rebase(0.01)
    ledger = Ledger({"stakers": "staker"})
    ledger.book(change.transfers)
    np.testing.assert_allclose(ledger.supply("token"), change.token.supply - change.before.supply, rtol=1e-12)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: rebase_apy(-0.1), r"rate = -0.1 is outside the allowed range \[0, inf\)"),
        (lambda: rebase_apy(1.0, 1e5), r"apy = inf"),
        (lambda: rebase_apy(0.1, 0.0), r"epochs = 0"),
        (lambda: share_factor(0.1, 1.5), r"staked_share = 1.5 is outside the allowed range \[0, 1\]"),
        (lambda: share_factor(0.1, 0.5, -1.0), r"epochs = -1"),
        (lambda: RebasingToken(-1.0, 5.0, 9.0), r"staked = -1"),
        (lambda: RebasingToken(0.0, 0.0, 9.0), r"staked \+ unstaked = 0"),
        (lambda: RebasingToken(5.0, 5.0, 9.0), r"reserves = 9 is outside the allowed range \[10, inf\)"),
        (lambda: RebasingToken(5.0, 5.0, 19.0).rebase(-0.1), r"rate = -0.1"),
        (lambda: RebasingToken(5.0, 5.0, 19.0).rebase(2.0), r"minted = 10 is outside the allowed range \[0, 9\]"),
        (lambda: RebasingToken(0.0, 5.0, 19.0).runway(0.1), r"staked = 0"),
        (lambda: RebasingToken(5.0, 5.0, 19.0).runway(0.0), r"rate = 0"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
