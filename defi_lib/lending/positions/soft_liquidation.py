"""Soft liquidation: a pledge that is sold step by step as its price falls, and bought back as it rises."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, at_least, between, non_negative, plain, positive, ratio

Array = NDArray[np.float64]


class _State(NamedTuple):
    coins: Array
    collateral: Array
    top: Amount
    amplification: Amount
    fee: Amount


class SoftLiquidation(_State):
    """A pledge in bands of prices, each a small pool in which anybody may trade it for coins of the loan.

    Band n reaches from ``up = top·((A − 1)/A)^n`` down to ``up·(A − 1)/A``. Above it the band holds the pledge,
    below it coins. Its own price runs ahead of the market's, as the third power: it offers the pledge cheaply as soon
    as the price p falls, and asks for it back as soon as p rises. What arbitrageurs gain, the borrower loses. ::

        (f + x)·(g + y) = A²·p·y₀²,   f = A·y₀·p²/up,   g = (A − 1)·y₀·up/p

    with x coins and y of the pledge in the band; y₀ is the larger solution of
    ``A·p·y₀² − y₀·((A − 1)·x·up/p + A·y·p²/up) − x·y = 0``.

    Args:
        coins: x of each band (last axis) and scenario, >= 0.
        collateral: y of each, >= 0.
        top: price at which the first band begins, > 0.
        amplification: A; a band is 1/A of the price wide, > 1.
        fee: of each trade, in [0, 1); it stays in the band.

    Raises:
        ValueError: an argument outside its range, or bands that do not fit together.

    The contract rounds, moves all bands with the interest, lets the oracle's price follow slowly, and raises the fee
    when that price jumps; if the loan is worth too little even so, the rest is sold at once.

    Source: Egorov, *Curve stablecoin design* (2022); curvefi/curve-stablecoin, AMM.vy.

    >>> pledge = SoftLiquidation.pledged(10.0, top=2_000.0, bands=4, amplification=100)
    >>> low = pledge.arbitrage(1_960.0).position
    >>> round(float(low.collateral.sum()), 2), round(float(low.coins.sum()))
    (4.97, 9653)
    >>> back = low.arbitrage(2_010.0).position
    >>> round(float(back.collateral.sum()), 3)
    9.634
    """

    __slots__ = ()

    def __new__(
        cls, coins: Array, collateral: Array, top: Amount, amplification: Amount = 100.0, fee: Amount = 0.0
    ) -> Self:
        """Check the arguments and build the position."""
        x, y = (
            np.atleast_1d(np.asarray(non_negative(*each), float))
            for each in (("coins", coins), ("collateral", collateral))
        )
        if x.shape[-1] != y.shape[-1]:
            raise ValueError(f"coins has {x.shape[-1]} bands and collateral has {y.shape[-1]}: allowed are as many")
        checked = kept(positive("top", top)), kept(between("amplification", amplification, 1.0, 1e9, low_open=True))
        return super().__new__(cls, kept(x), kept(y), *checked, kept(ratio("fee", fee)))

    @classmethod
    def pledged(
        cls, collateral: Amount, top: Amount, bands: int = 10, amplification: Amount = 100.0, fee: Amount = 0.0
    ) -> Self:
        """A new loan: the pledge in equal parts over so many bands, while the price is above all of them.

        Raises:
            ValueError: an argument outside its range, or no band.
        """
        parts = np.asarray(non_negative("collateral", collateral), float)[..., None] / at_least("bands", bands, 1)
        each = np.broadcast_to(parts, (*parts.shape[:-1], bands))
        return cls(np.zeros_like(each), each, top, amplification, fee)

    @property
    def ends(self) -> tuple[Array, Array]:
        """Upper and lower price of each band."""
        step = 1.0 - 1.0 / np.asarray(self.amplification, float)[..., None]
        upper = np.asarray(self.top, float)[..., None] * step ** np.arange(self.coins.shape[-1])
        return upper, upper * step

    def worth(self, price: Amount) -> Amount:
        """Coins, and the pledge at this price."""
        return plain(
            np.sum(self.coins + self.collateral * np.asarray(non_negative("price", price))[..., None], axis=-1)
        )

    def arbitrage(self, price: Amount) -> SoftStep:
        """The market's price is now this; arbitrageurs trade until no band offers them a gain.

        Args:
            price: of the pledge, in coins, > 0; the oracle says the same.

        Raises:
            ValueError: a price that is not positive.
        """
        p = np.asarray(positive("price", price), float)[..., None]
        f, g, product = self._curve(p)
        keeps = 1.0 - np.asarray(self.fee, float)[..., None]
        filled = product > 0
        safe_f, safe_g = np.where(filled, f, 1.0), np.where(filled, g, 1.0)
        own = (safe_f + self.coins) / (safe_g + self.collateral)
        # The pledge is cheap here: it is bought until the band's price, and the fee, are the market's.
        coins_at = np.clip(np.sqrt(product * p * keeps) - f, self.coins, np.maximum(product / safe_g - f, self.coins))
        # It is dear here: it is sold back to the band.
        held_at = np.clip(
            np.sqrt(product / (p / keeps)) - g, self.collateral, np.maximum(product / safe_f - g, self.collateral)
        )
        buys, sells = filled & (own < p * keeps), filled & (own > p / keeps)
        held = np.where(buys, np.clip(product / (safe_f + coins_at) - g, 0.0, self.collateral), self.collateral)
        coins = np.where(sells, np.clip(product / (safe_g + held_at) - f, 0.0, self.coins), self.coins)
        paid = np.where(buys, (coins_at - self.coins) / keeps, 0.0)
        given = np.where(sells, (held_at - self.collateral) / keeps, 0.0)
        after = type(self)(coins + paid, held + given, self.top, self.amplification, self.fee)
        return SoftStep(
            self,
            after,
            price,
            *(plain(np.sum(each, axis=-1)) for each in (self.collateral - held, paid, given, self.coins - coins)),
        )

    def _curve(self, p: Array) -> tuple[Array, Array, Array]:
        """f, g and the product of each band at the oracle's price."""
        upper, _ = self.ends
        size = np.asarray(self.amplification, float)[..., None]
        b = (size - 1.0) * self.coins * upper / p + size * self.collateral * p**2 / upper
        y0 = (b + np.sqrt(b**2 + 4.0 * size * p * self.coins * self.collateral)) / (2.0 * size * p)
        return size * y0 * p**2 / upper, (size - 1.0) * y0 * upper / p, size**2 * p * y0**2


class SoftStep(NamedTuple):
    """What arbitrageurs did to a pledge in bands when the price moved."""

    before: SoftLiquidation
    position: SoftLiquidation  #: after
    price: Amount
    sold: Amount  #: pledge that left the bands
    paid: Amount  #: coins that came for it, the fee included
    bought: Amount  #: pledge that came back, the fee included
    spent: Amount  #: coins that went for it

    @property
    def loss(self) -> Amount:
        """What the borrower lost by these trades, at the market's price (coins)."""
        gone = np.asarray(self.price) * (np.asarray(self.sold) - self.bought)
        return plain(gone + self.spent - self.paid)

    def transfers(
        self, borrower: str = "borrower", trader: str = "arbitrageurs", assets: tuple[str, str] = ("USD", "ETH")
    ) -> tuple[Transfer, ...]:
        """Coins one way, the pledge the other; ``assets`` are coin and pledge."""
        coin, pledge = assets
        return actual(
            (
                Transfer(borrower, trader, self.sold, pledge, "soft liquidation"),
                Transfer(trader, borrower, self.paid, coin, "soft liquidation"),
                Transfer(trader, borrower, self.bought, pledge, "bought back"),
                Transfer(borrower, trader, self.spent, coin, "bought back"),
            )
        )
