"""Bonds: a protocol sells its own token, delivered later and below the market price, for assets it keeps."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept, locked
from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.rounding import below, rest, within
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

#: Names in the transfers of bonds.
BONDERS, DEPOSITORY, TREASURY = "bonders", "bond depository", "treasury"


class _State(NamedTuple):
    control_variable: Amount
    term: Amount
    supply: Amount
    debt: Amount
    minimum_price: Amount
    max_payout: Amount


class BondDepository(_State):
    """Sells the protocol's token at ``1 + BCV·debt/supply`` units of the reserve asset, dearer the more is outstanding.

    The price is at least ``minimum_price`` until the formula reaches it at a deposit, or right after one; then the
    minimum is dropped for good, as in the contract.

    Args:
        control_variable: BCV, >= 0: how fast the price rises with the debt.
        term: days until a bond is paid out in full, > 0; the debt decays over the same time.
        supply: tokens in total, > 0.
        debt: outstanding (tokens, as the backing value of what was paid in), >= 0.
        minimum_price: in reserve units, >= 0.
        max_payout: largest bond as a part of the supply, in [0, 1].

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: OlympusDAO/olympus-contracts, BondDepository.sol (version 1). Left out: the contract cuts its price to two
    decimals, adjusts BCV step by step, and mints a fee for the DAO on top; to its last unit it is
    :class:`~defi_lib.rewards.OlympusDepository`.
    """

    __slots__ = ()

    def __new__(
        cls,
        control_variable: Amount,
        term: Amount,
        supply: Amount,
        debt: Amount = 0.0,
        minimum_price: Amount = 0.0,
        max_payout: Amount = 1.0,
    ) -> Self:
        """Check the arguments and build the depository."""
        control_variable, term = non_negative("control_variable", control_variable), positive("term", term)
        supply, debt = positive("supply", supply), non_negative("debt", debt)
        minimum_price = non_negative("minimum_price", minimum_price)
        max_payout = between("max_payout", max_payout, 0.0, 1.0)
        broadcastable(
            control_variable=control_variable, term=term, supply=supply, debt=debt, minimum_price=minimum_price,
            max_payout=max_payout,
        )  # fmt: skip
        return super().__new__(cls, *map(kept, (control_variable, term, supply, debt, minimum_price, max_payout)))

    @property
    def debt_ratio(self) -> Amount:
        """Outstanding debt as a part of the supply (ratio)."""
        return self.debt / self.supply

    @property
    def price(self) -> Amount:
        """Reserve units that one token costs by bond: ``1 + BCV·debt_ratio``, never below the minimum."""
        return plain(np.maximum(self._curve_price, self.minimum_price))

    def discount(self, market_price: Amount) -> Amount:
        """By how much a bond is cheaper than the market (ratio); below 0 it is dearer.

        Raises:
            ValueError: a market price (reserve units per token) that is not positive.
        """
        return 1 - self.price / positive("market_price", market_price)

    def after(self, days: Amount) -> Self:
        """The depository ``days`` (>= 0) later: the debt has decayed by ``days/term`` of itself.

        As in the contract the decay starts anew each time it is booked: many short steps leave more than one long one.

        Raises:
            ValueError: a negative time.
        """
        left = np.maximum(rest(1.0, non_negative("days", days) / self.term), 0.0)
        return self._replace(debt=locked(plain(self.debt * left)))

    def deposit(self, value: Amount) -> BondSale:
        """Pay assets worth ``value`` (reserve units, >= 0) for tokens that are delivered evenly over the term.

        The whole amount is sold at the price before; the tokens are minted at once and held back.

        Raises:
            ValueError: a negative value, or a bond above the largest.
        """
        value = non_negative("value", value)
        price = self.price
        payout = within("payout", value / price, 0.0, self.max_payout * self.supply)
        sold = self._without_minimum()._replace(supply=locked(self.supply + payout), debt=locked(self.debt + value))
        depository = sold._without_minimum()
        return BondSale(self, depository, value, payout, price)

    @property
    def _curve_price(self) -> Amount:
        return 1 + self.control_variable * self.debt_ratio

    def _without_minimum(self) -> Self:
        """The depository without its minimum price where the formula has reached it."""
        if not np.any(self.minimum_price):
            return self
        needed = below(self._curve_price, self.minimum_price)
        return self._replace(minimum_price=locked(plain(np.where(needed, self.minimum_price, 0.0))))


class BondSale(NamedTuple):
    """What happened when a bond was sold."""

    before: BondDepository
    depository: BondDepository  #: after
    paid: Amount  #: reserve units
    payout: Amount  #: tokens, delivered over the term
    price: Amount  #: reserve units per token

    @property
    def after(self) -> BondDepository:
        """:attr:`depository`, by the name that every record has for what is left."""
        return self.depository

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Who paid whom what at the sale."""
        return (
            Transfer(BONDERS, TREASURY, self.paid, "reserve", "bond"),
            Transfer(OUTSIDE, DEPOSITORY, self.payout, "token", "bond"),
        )

    def delivered(self, days: Amount) -> Amount:
        """Tokens that the buyer could take after ``days`` (>= 0): evenly over the term.

        Raises:
            ValueError: a negative time.
        """
        part = non_negative("days", days) / self.before.term
        return plain(self.payout * np.where(below(part, 1.0), part, 1.0))
