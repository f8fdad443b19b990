"""Balance sheets of many protocols: what users own, net, is what is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import ProtocolSheets, price_fall, stacked_counts

ETHER, DOLLAR = 0, 1


def one_stack(layers, part, loan_to_value, loan_layers, lent, coins=100.0):
    """The stack as sheets: stakers and lenders, the bank of the loan, then pool and farms."""
    count = layers + loan_layers
    held, loans, claims, amount = np.zeros((count, 2)), np.zeros((count, 2)), [], coins
    held[0, ETHER] = coins
    for at in range(1, layers):
        amount *= part
        claims.append((at, at - 1, ETHER, amount))
    loan = amount * loan_to_value
    loans[layers - 1, DOLLAR] = loan
    if loan_layers and lent:
        held[layers, DOLLAR] = loan
    elif loan_layers:
        claims.append((layers, layers - 1, DOLLAR, loan))
    for at in range(layers + 1, count):
        loan *= part
        claims.append((at, at - 1, DOLLAR, loan))
    marks = np.arange(count)
    staked, mints = marks == 0, (marks == layers - 1) & (not lent)
    return ProtocolSheets(held, *np.array(claims).reshape(-1, 4).T, loans, staked, mints)


@given(
    st.integers(2, 5),
    st.floats(0.0, 1.0),
    st.floats(0.0, 0.99),
    st.integers(0, 4),
    st.booleans(),
    st.floats(0.0, 1.0),
)
def test_the_sheets_count_as_the_formula_does(layers, part, loan_to_value, loan_layers, lent, fall):
    sheets = one_stack(layers, part, loan_to_value, loan_layers, lent)
    run = price_fall(sheets, [fall, 0.0])
    for found, lost in ((run.before, 0.0), (run.after, fall)):
        expected = stacked_counts(100.0, layers, part, loan_to_value, loan_layers, lent, lost)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-7)
        for switches in np.ndindex(2, 2, 2):
            shown = [bool(each) for each in switches]
            assert found.published(*shown) == pytest.approx(expected.published(*shown), rel=1e-9, abs=1e-7)


def test_340_against_100():
    counts = one_stack(2, 1.0, 0.7, 2, lent=False).counts()
    assert (counts.published(), counts.net_of_claims, counts.redeemable) == (340.0, 170.0, 100.0)


class Wallets:
    """A second bookkeeping, purse by purse: coins move, and whoever gives them gets a claim."""

    def __init__(self, count, rng):
        self.rng, self.count = rng, count
        self.coins, self.loans = np.zeros((count, 2)), np.zeros((count, 2))
        self.between = np.zeros((count, count, 2))  # holder, issuer
        self.users = np.zeros((count, 2))  # what users have with each protocol
        self.entered = np.zeros(2)

    def step(self):
        """A user deposits coins or a receipt, borrows to keep or to deposit, or takes coins out."""
        at, other = self.rng.choice(self.count, 2, replace=False)
        kind, what = self.rng.integers(2), self.rng.integers(4)
        if what == 0:
            amount = self.rng.exponential(10.0)
            self.coins[at, kind] += amount
            self.users[at, kind] += amount
            self.entered[kind] += amount
        elif what == 1:
            amount = self.rng.random() * self.users[at, kind]
            self.users[at, kind] -= amount
            self.between[other, at, kind] += amount
            self.users[other, kind] += amount
        elif what == 2:
            amount = self.rng.random() * self.coins[at, kind]
            self.coins[at, kind] -= amount
            self.loans[at, kind] += amount
            self.coins[other, kind] += amount
            self.users[other, kind] += amount
        else:
            amount = self.rng.random() * min(self.coins[at, kind], self.users[at, kind])
            self.coins[at, kind] -= amount
            self.users[at, kind] -= amount
            self.entered[kind] -= amount

    def sheets(self):
        """As balance sheets."""
        holder, issuer, kind = np.nonzero(self.between)
        return ProtocolSheets(self.coins, holder, issuer, kind, self.between[holder, issuer, kind], self.loans)


@pytest.mark.parametrize("seed", range(5))
def test_purse_by_purse_users_own_what_came_in(seed):
    wallets = Wallets(6, np.random.default_rng(seed))
    for _ in range(400):
        wallets.step()
    sheets, prices = wallets.sheets(), np.array([2_000.0, 1.0])
    counts = sheets.counts(prices)
    assert np.allclose(sheets.users, wallets.users)
    assert np.allclose(sheets.users.sum(0) - sheets.loans.sum(0), wallets.entered)
    assert counts.redeemable == pytest.approx(prices @ wallets.entered)
    assert counts.net_of_claims == pytest.approx(prices @ wallets.users.sum(0))
    assert counts.receipts == pytest.approx(sheets.matrix(prices).sum()) and counts.receipts > 0.0
    assert counts.published() == pytest.approx(sheets.held(prices).sum())
    assert counts.gross > 1.2 * counts.redeemable


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 12))
def test_claims_among_protocols_cancel(seed, count, kinds, claims):
    rng = np.random.default_rng(seed)
    claims = claims if count > 1 else 0
    issuer = rng.integers(count, size=claims)
    holder = (issuer + rng.integers(1, max(count, 2), size=claims)) % count
    sheets = ProtocolSheets(
        rng.exponential(9.0, (count, kinds)),
        holder,
        issuer,
        rng.integers(kinds, size=claims),
        rng.exponential(9.0, claims),
        rng.exponential(3.0, (count, kinds)),
        rng.random(count) < 0.5,
        rng.random(count) < 0.5,
    )
    assert np.allclose(sheets.claims.sum(0), sheets.owed.sum(0))
    assert np.allclose(sheets.users.sum(0) - sheets.loans.sum(0), sheets.coins.sum(0))
    fall = rng.random(kinds)
    lost = price_fall(sheets, fall).lost
    assert lost.redeemable == pytest.approx(fall @ sheets.coins.sum(0))
    assert lost.redeemable <= lost.net_of_claims <= lost.gross
    assert sheets.counts().published() == pytest.approx(sheets.held().sum())


def test_placebo_protocols_without_claims_are_counted_once():
    counts = ProtocolSheets([[5.0, 2.0], [1.0, 0.0]]).counts([10.0, 1.0])
    assert counts.gross == counts.published() == counts.net_of_claims == counts.redeemable == 62.0


def test_a_ring_of_receipts_counts_any_amount_of_nothing():
    counts = ProtocolSheets([[0.0], [0.0]], holder=[0, 1], issuer=[1, 0], kind=[0, 0], amount=[1e9, 1e9]).counts()
    assert counts.published() == 2e9 and counts.redeemable == 0.0


def test_what_is_minted_against_coins_of_the_issuer_counts_once():
    """A dollar coin minted for dollars, not for a loan: the pool's 70 are a claim on 70 that are there."""
    counts = ProtocolSheets(
        [[70.0], [0.0]], holder=[1], issuer=[0], kind=[0], amount=[70.0], mints=[True, False]
    ).counts()
    assert (counts.gross, counts.redeemable, counts.published(receipts=False)) == (140.0, 70.0, 140.0)


def test_many_prices_are_each_price():
    sheets = one_stack(3, 0.8, 0.5, 2, lent=True)
    prices = np.array([[1.0, 1.0], [0.5, 1.0], [0.0, 0.9]])
    many = sheets.counts(prices)
    for at, row in enumerate(prices):
        assert np.allclose([part[at] for part in many], sheets.counts(row))
    assert sheets.held(prices).shape == (3, 5)
    falls = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert price_fall(sheets, falls).lost.redeemable.tolist() == [0.0, 100.0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: ProtocolSheets([1.0, 2.0]), "coins has shape"),
        (lambda: ProtocolSheets(np.zeros((0, 2))), "coins has shape"),
        (lambda: ProtocolSheets([[-1.0]]), r"coins\[0, 0\] = -1"),
        (lambda: ProtocolSheets([[1.0], [1.0]], [0], [0], [0], [1.0]), r"issuer\[0\] = 0 equals holder"),
        (lambda: ProtocolSheets([[1.0], [1.0]], [2], [0], [0], [1.0]), r"holder\[0\] = 2 "),
        (lambda: ProtocolSheets([[1.0], [1.0]], [1], [0], [1], [1.0]), r"kind\[0\] = 1 "),
        (lambda: ProtocolSheets([[1.0], [1.0]], [1], [0], [0], [-1.0]), r"amount\[0\] = -1"),
        (lambda: ProtocolSheets([[1.0], [1.0]], [1, 0], [0], [0], [1.0]), "holder has shape"),
        (lambda: ProtocolSheets([[1.0], [1.0]], amount=[[1.0]]), "amount has shape"),
        (lambda: ProtocolSheets([[1.0]], loans=[1.0]), "loans has shape"),
        (lambda: ProtocolSheets([[1.0]], loans=[[-1.0]]), r"loans\[0, 0\] = -1"),
        (lambda: ProtocolSheets([[1.0]], staked=[1]), "staked = .*True or False"),
        (lambda: ProtocolSheets([[1.0]], mints=[True, False]), "mints = .*1 protocols"),
        (lambda: ProtocolSheets([[1.0]]).counts([1.0, 2.0]), "prices has shape"),
        (lambda: ProtocolSheets([[1.0]]).counts([-1.0]), r"prices\[0\] = -1"),
        (lambda: ProtocolSheets([[1.0]]).matrix([[1.0], [2.0]]), "one row of prices"),
        (lambda: price_fall(ProtocolSheets([[1.0]]), [1.5]), r"fall\[0\] = 1.5"),
        (lambda: price_fall(ProtocolSheets([[1.0]]), 0.5), "fall has shape"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
