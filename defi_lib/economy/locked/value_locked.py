"""Value locked, counted: what is there, what is counted again as a receipt, and what is there because it is owed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import Truth
from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, plain, ratio, representable, whole


class ValueCounts(NamedTuple):
    """What stands in the contracts of all protocols together (dollars), in parts; one number or one per scenario.

    Three counts, each with the meaning it has on the other side of the balance sheets::

        gross          = coins + receipts + minted + lent    what was deposited, everywhere
        net_of_claims  = gross − receipts                    without what one protocol holds of another's deposits
        redeemable     = net_of_claims − minted − lent       without what is there only since somebody owes it: coins

    A debt is taken off only where what it financed is counted: 70 lent by others are counted where they were deposited
    and where the borrower put them, so taking 70 off leaves their 70; minted ones have no deposit behind them.
    """

    coins: Amount  #: that no protocol made, wherever they lie
    staked: Amount  #: of these, lie with protocols that stake them
    receipts: Amount  #: of deposits with other protocols and shares of pools, held by a protocol
    minted: Amount  #: coins that a protocol minted against a loan, held by another protocol
    lent: Amount  #: deposited, lent on, and counted as deposits still

    @property
    def gross(self) -> Amount:
        """All that was deposited, as often as it was deposited."""
        return plain(np.asarray(self.coins + self.receipts + self.minted + self.lent))

    @property
    def net_of_claims(self) -> Amount:
        """Gross without receipts."""
        return plain(np.asarray(self.coins + self.minted + self.lent))

    @property
    def redeemable(self) -> Amount:
        """Net of claims and of what is borrowed: the coins, which is all that can leave if everybody goes."""
        return self.coins

    def published(self, receipts: Truth = True, staked: Truth = True, borrowed: Truth = False) -> Amount:
        """What a site shows (dollars): each of three parts counted or not.

        Minted coins are coins to a site, so they are always counted. Without receipts *and* without staked coins it may
        be less than what is there: ether whose receipt was lent on appears nowhere.

        Args:
            receipts, staked, borrowed: whether these are counted: True or False, or an array of them.

        Source: DefiLlama's methodology (github.com/DefiLlama/docs): no protocol is counted twice within itself; liquid
        staking is followed, but left out of a chain's total by default.

        >>> counts = stacked_counts(100.0, layers=2, loan_to_value=0.7)
        >>> counts.published(), counts.published(receipts=False), counts.published(receipts=False, staked=False)
        (340.0, 170.0, 70.0)
        """
        left_out = np.where(staked, 0.0, self.staked)
        added = np.where(receipts, self.receipts, 0.0) + np.where(borrowed, self.lent, 0.0)
        return plain(np.asarray(self.coins + self.minted + added - left_out))


def times_counted(part: Amount, times: Whole) -> Amount:
    """How often a coin is counted that is deposited, and a part of it again: ``(1 − part^times)/(1 − part)``.

    Args:
        part: of each deposit that is deposited again, 0 to 1.
        times: deposits in a row, a whole number >= 0.

    >>> times_counted(0.5, 3), times_counted(1.0, 4)
    (1.75, 4.0)
    """
    part, times = between("part", part, 0.0, 1.0), whole("times", times)
    broadcastable(part=part, times=times)
    count, again = np.asarray(times, dtype=float), np.asarray(part)
    left = 1.0 - again
    with np.errstate(divide="ignore", invalid="ignore"):  # all deposited again: answered below
        far = (1.0 - again**count) / left
        near = -np.expm1(count * np.log1p(-np.minimum(left, 0.5))) / left  # where 1 − partⁿ would lose its digits
    return plain(np.where(left == 0.0, count, np.where(left > 0.1, far, near)))


@representable
def stacked_counts(
    coins: Amount,
    layers: Whole = 1,
    part: Amount = 1.0,
    loan_to_value: Amount = 0.0,
    loan_layers: Whole = 2,
    lent: Truth = False,
    fall: Amount = 0.0,
) -> ValueCounts:
    """Counts of coins that pass through protocols, are lent on, and of the loan, which passes through more.

    The coins are staked, the receipt is deposited, that receipt again; part of the last deposit is borrowed in dollars
    and put into a pool, the pool's share into a farm. Nobody is liquidated and no loan is repaid when the price falls,
    so a debt may be larger than what secures it; a real fall takes away more of the gross count.

    Args:
        coins: staked (dollars before the fall), >= 0.
        layers: protocols that they or their receipts are deposited with, >= 1.
        part: of each receipt that is deposited with the next, 0 to 1.
        loan_to_value: borrowed against the last deposit, as a ratio of it before the fall, in [0, 1).
        loan_layers: protocols that the loan or its receipts are deposited with; 0: it is spent or kept at home.
        lent: whether others had deposited the dollars; otherwise they are minted for the loan. True or False, or an
            array of them.
        fall: of the coins' price, 0 to 1; dollars stay.

    Raises:
        ValueError: an argument outside its range, or counts that no float can hold.

    Source: Luo, Feng, Xu and Tasca, Piercing the Veil of TVL (arXiv:2404.11745); their total value redeemable sums the
    deposited tokens that stand for no other, as the coins do here. Their fall of the price liquidates.

    100 of ether staked, the receipt lent on, 70 minted against it, in a pool, its share in a farm:

    >>> counts = stacked_counts(100.0, layers=2, loan_to_value=0.7)
    >>> counts.gross, counts.net_of_claims, counts.redeemable
    (340.0, 170.0, 100.0)

    Had somebody deposited the 70, 170 would be there:

    >>> counts = stacked_counts(100.0, layers=2, loan_to_value=0.7, lent=True)
    >>> counts.gross, counts.net_of_claims, counts.redeemable
    (410.0, 240.0, 170.0)
    """
    coins, loan_to_value = non_negative("coins", coins), ratio("loan_to_value", loan_to_value)
    layers, part = whole("layers", layers, 1), between("part", part, 0.0, 1.0)
    loan_layers, fall = whole("loan_layers", loan_layers), between("fall", fall, 0.0, 1.0)
    by_others = np.asarray(lent, dtype=bool)
    numbers = {"coins": coins, "layers": layers, "part": part, "loan_layers": loan_layers, "fall": fall}
    shape = broadcastable(**numbers, loan_to_value=loan_to_value, lent=by_others.astype(float))
    now = coins * (1.0 - np.asarray(fall))
    loan = coins * np.asarray(part) ** (np.asarray(layers) - 1.0) * loan_to_value
    inside = np.where(np.asarray(loan_layers) > 0, loan, 0.0)
    again = now * (times_counted(part, layers) - 1.0) + loan * np.maximum(times_counted(part, loan_layers) - 1.0, 0.0)
    parts = (
        now + np.where(by_others, inside, 0.0),
        now,
        again,
        np.where(by_others, 0.0, inside),
        np.where(by_others, loan, 0.0),
    )
    return ValueCounts(*(plain(np.array(np.broadcast_to(each, shape))) for each in parts))


class DepositLoop(NamedTuple):
    """Deposited, borrowed against, deposited again (dollars); one number or one per scenario."""

    deposits: Amount
    debt: Amount

    @property
    def own(self) -> Amount:
        """Deposits less debt: what the depositor would keep; below 0 it is missing, and the lenders' loss."""
        return plain(np.asarray(self.deposits - self.debt))

    def after_fall(self, fall: Amount, debt_falls: bool = False) -> DepositLoop:
        """After a fall of the deposited coin's price (0 to 1), before anybody sells: liquidation is left out.

        A debt in dollars stays, so what is own falls ``deposits/own`` times as much, and is gone at a fall of 1 − l;
        a debt in the same coin falls with it.

        >>> loop_deposits(1.0, 0.75).after_fall(0.25)
        DepositLoop(deposits=3.0, debt=3.0)
        """
        left = 1.0 - np.asarray(between("fall", fall, 0.0, 1.0))
        broadcastable(deposits=self.deposits, fall=left)
        return DepositLoop(plain(self.deposits * left), plain(np.asarray(self.debt * (left if debt_falls else 1.0))))

    def transfers(self, user: str = "user", protocol: str = "protocol", asset: str = "USD") -> tuple[Transfer, ...]:
        """All deposits one way and all loans the other, each with the claim that it leaves."""
        return actual(
            (
                Transfer(user, protocol, self.deposits, asset, "deposit"),
                Transfer(protocol, user, self.deposits, f"deposit of {asset}", "deposit"),
                Transfer(protocol, user, self.debt, asset, "loan"),
                Transfer(user, protocol, self.debt, f"debt of {asset}", "loan"),
            )
        )


@representable
def loop_deposits(own: Amount, loan_to_value: Amount, rounds: Whole | None = None) -> DepositLoop:
    """Borrow against a deposit and deposit that again: ``own·(1 − l^(rounds + 1))/(1 − l)``, at last ``own/(1 − l)``.

    In one coin and one protocol the coins that are there are ``own``, and a site that leaves out borrowed coins shows
    just that. Where dollars are borrowed and sold for the coin, the coins deposited are all there, and it is the
    lenders' dollars that have left.

    Args:
        own: what the depositor begins with (dollars), >= 0.
        loan_to_value: borrowed of each deposit, in [0, 1).
        rounds: how often it is borrowed, a whole number >= 0; by default without end.

    Raises:
        ValueError: an argument outside its range, or deposits that no float can hold.

    >>> loop_deposits(1.0, 0.75), loop_deposits(1.0, 0.75, rounds=1)
    (DepositLoop(deposits=4.0, debt=3.0), DepositLoop(deposits=1.75, debt=0.75))
    """
    own, loan_to_value = non_negative("own", own), ratio("loan_to_value", loan_to_value)
    broadcastable(own=own, loan_to_value=loan_to_value, rounds=0 if rounds is None else rounds)
    left = 1.0 - np.asarray(loan_to_value)
    if rounds is None:
        return DepositLoop(plain(own / left), plain(own * loan_to_value / left))
    rounds = whole("rounds", rounds, 0, 2**53)
    deposits = own * np.asarray(times_counted(loan_to_value, np.asarray(rounds) + 1))
    return DepositLoop(plain(deposits), plain(own * loan_to_value * np.asarray(times_counted(loan_to_value, rounds))))
