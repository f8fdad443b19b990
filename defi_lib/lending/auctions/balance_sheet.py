"""An issuer's income and losses: what it may auction, as in Maker's Vow."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import Parts, kept
from defi_lib.lending.auctions.surplus_debt import TERMS, AuctionTerms, DebtAuction, SurplusAuction
from defi_lib.rounding import above, below, rest
from defi_lib.validation import Amount, between, finite, fulfilled, non_negative, plain

_LARGEST = float(np.finfo(float).max)


class _Rules(NamedTuple):
    wait: Amount
    debt_lot: Amount
    first_tokens: Amount
    surplus_lot: Amount
    surplus_buffer: Amount
    most_on_sale: Amount


class SheetRules(_Rules):
    """When an issuer auctions its surplus and its losses.

    Args:
        wait: seconds that the debt of a seized position waits for the proceeds of its auction, >= 0 (``wait``).
        debt_lot: coins that a debt auction raises, >= 0 (``sump``).
        first_tokens: governance tokens that it offers at first, >= 0 (``dump``).
        surplus_lot: coins that a surplus auction sells, >= 0 (``bump``).
        surplus_buffer: coins of surplus that stay as a cushion, >= 0 (``hump``).
        most_on_sale: coins that all surplus auctions together may sell, >= 0 (``lid``).

    Raises:
        ValueError: an argument outside its range.

    >>> SheetRules(debt_lot=50_000.0, first_tokens=250.0).debt_lot
    50000.0
    """

    __slots__ = ()

    def __new__(
        cls,
        wait: Amount = 0.0,
        debt_lot: Amount = 0.0,
        first_tokens: Amount = 0.0,
        surplus_lot: Amount = 0.0,
        surplus_buffer: Amount = 0.0,
        most_on_sale: Amount = _LARGEST,
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            kept(non_negative("wait", wait)),
            kept(non_negative("debt_lot", debt_lot)),
            kept(non_negative("first_tokens", first_tokens)),
            kept(non_negative("surplus_lot", surplus_lot)),
            kept(non_negative("surplus_buffer", surplus_buffer)),
            kept(non_negative("most_on_sale", most_on_sale)),
        )


class Queued(NamedTuple):
    """Debt of positions that were seized at one time."""

    time: float  #: seconds
    debt: Amount  #: coins


class _State(NamedTuple):
    rules: SheetRules
    surplus: Amount
    free_debt: Amount
    on_auction: Amount
    on_sale: Amount
    queue: tuple[Queued, ...]


class BalanceSheet(Parts, _State):
    """What an issuer owns and what it has lost: coins beside debt that nobody owes any more.

    Both stand side by side until :meth:`heal` cancels them against each other. The debt of a seized position waits in a
    queue, since its auction may still pay it; then it is free. Free debt that no surplus can heal is auctioned for
    newly issued governance tokens; a surplus beyond the buffer is auctioned for such tokens, which are destroyed.

    Args:
        rules: when what is auctioned.
        surplus: coins, >= 0.
        free_debt: coins that nobody owes any more, >= 0.
        on_auction: such coins that debt auctions are to raise, >= 0.
        on_sale: coins that surplus auctions hold, >= 0.
        queue: debt that waits, oldest first.

    Amounts may be arrays of scenarios; the queue has the same times in all.

    Raises:
        ValueError: an argument outside its range; a transition raises where the contract reverts.

    Source: makerdao/dss, Vow and Vat (``sin`` is all debt here: free, on auction and queued).

    >>> sheet = BalanceSheet(SheetRules(), surplus=30.0, free_debt=100.0).heal(30.0)
    >>> sheet.surplus, sheet.free_debt
    (0.0, 70.0)
    """

    __slots__ = ()

    def __new__(
        cls,
        rules: SheetRules,
        surplus: Amount = 0.0,
        free_debt: Amount = 0.0,
        on_auction: Amount = 0.0,
        on_sale: Amount = 0.0,
        queue: tuple[Queued, ...] = (),
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            rules,
            kept(non_negative("surplus", surplus)),
            kept(non_negative("free_debt", free_debt)),
            kept(non_negative("on_auction", on_auction)),
            kept(non_negative("on_sale", on_sale)),
            tuple(Queued(time, kept(non_negative("queue", debt))) for time, debt in queue),
        )

    @property
    def queued(self) -> Amount:
        """Debt that waits (coins)."""
        return plain(sum((entry.debt for entry in self.queue), 0.0))

    @property
    def bad_debt(self) -> Amount:
        """All debt that nobody owes any more (coins)."""
        return self.free_debt + self.on_auction + self.queued

    def earn(self, coins: Amount) -> Self:
        """Income (coins, >= 0): fees, or proceeds of an auction.

        Raises:
            ValueError: a negative amount.
        """
        return self._replace(surplus=self.surplus + non_negative("coins", coins))

    def issue(self, coins: Amount) -> Self:
        """Coins (>= 0) that were issued for nothing: incentives of keepers, interest of savers.

        Raises:
            ValueError: a negative amount.
        """
        return self._replace(free_debt=self.free_debt + non_negative("coins", coins))

    def enqueue(self, debt: Amount, time: float) -> Self:
        """Debt (coins, >= 0) of a position that was seized now (seconds).

        Raises:
            ValueError: a negative amount, or a time before the last in the queue.
        """
        debt = non_negative("debt", debt)
        if self.queue and time == self.queue[-1].time:
            return self._replace(queue=(*self.queue[:-1], Queued(time, self.queue[-1].debt + debt)))
        between("time", finite("time", time), self.queue[-1].time if self.queue else -np.inf, np.inf)
        return self._replace(queue=(*self.queue, Queued(time, debt)))

    def release(self, since: float, now: float) -> Self:
        """Free the debt that was queued at ``since`` (seconds), if it has waited long enough ``now``.

        Raises:
            ValueError: debt that must wait longer.
        """
        early = below(now, np.add(since, self.rules.wait))
        fulfilled("now", now, ~np.asarray(early), "is since + wait or later")
        freed = plain(sum((entry.debt for entry in self.queue if entry.time == since), 0.0))
        queue = tuple(entry for entry in self.queue if entry.time != since)
        return self._replace(free_debt=self.free_debt + freed, queue=queue)

    def heal(self, coins: Amount) -> Self:
        """Cancel free debt against surplus (coins, >= 0).

        Raises:
            ValueError: more than the surplus or the free debt.
        """
        coins = non_negative("coins", coins)
        fulfilled("coins", coins, ~np.asarray(above(coins, self.surplus)), "is at most the surplus")
        fulfilled("coins", coins, ~np.asarray(above(coins, self.free_debt)), "is at most the free debt")
        return self._replace(surplus=_left(self.surplus, coins), free_debt=_left(self.free_debt, coins))

    def pay_auctioned(self, coins: Amount) -> Self:
        """Cancel debt on auction against coins that a bidder paid for it (coins, >= 0).

        Raises:
            ValueError: more than is on auction.
        """
        coins = non_negative("coins", coins)
        fulfilled("coins", coins, ~np.asarray(above(coins, self.on_auction)), "is at most what is on auction")
        return self._replace(on_auction=_left(self.on_auction, coins))

    def start_debt_auction(self, time: Amount, terms: AuctionTerms = TERMS) -> tuple[Self, DebtAuction]:
        """Sell new governance tokens for coins to heal free debt with.

        Raises:
            ValueError: less free debt than an auction raises, or a surplus that should heal it first.
        """
        lot = self.rules.debt_lot
        fulfilled("free_debt", self.free_debt, ~np.asarray(below(self.free_debt, lot)), "is debt_lot or more")
        fulfilled("surplus", self.surplus, np.equal(self.surplus, 0), "is 0: heal first")
        sheet = self._replace(free_debt=_left(self.free_debt, lot), on_auction=self.on_auction + lot)
        return sheet, DebtAuction(lot, self.rules.first_tokens, time, terms)

    def start_surplus_auction(self, time: Amount, terms: AuctionTerms = TERMS) -> tuple[Self, SurplusAuction]:
        """Sell coins of the surplus for governance tokens, which will be destroyed.

        Raises:
            ValueError: a surplus that does not cover all debt, the lot and the buffer; free debt that should be healed
                first; or more on sale than is allowed.
        """
        rules = self.rules
        needed = self.bad_debt + rules.surplus_lot + rules.surplus_buffer
        allowed = "is all debt, surplus_lot and surplus_buffer or more"
        fulfilled("surplus", self.surplus, ~np.asarray(below(self.surplus, needed)), allowed)
        fulfilled("free_debt", self.free_debt, np.equal(self.free_debt, 0), "is 0: heal first")
        on_sale = self.on_sale + rules.surplus_lot
        fulfilled("on_sale after", on_sale, ~np.asarray(above(on_sale, rules.most_on_sale)), "is most_on_sale or less")
        sheet = self._replace(surplus=_left(self.surplus, rules.surplus_lot), on_sale=on_sale)
        return sheet, SurplusAuction(rules.surplus_lot, time, terms)

    def sold(self, coins: Amount) -> Self:
        """A surplus auction of ``coins`` (>= 0) is over.

        Raises:
            ValueError: more than is on sale.
        """
        coins = non_negative("coins", coins)
        fulfilled("coins", coins, ~np.asarray(above(coins, self.on_sale)), "is at most what is on sale")
        return self._replace(on_sale=_left(self.on_sale, coins))


def _left(whole: Amount, part: Amount) -> Amount:
    return plain(np.maximum(rest(whole, part), 0.0))
