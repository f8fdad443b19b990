"""What a cover costs at an insurance mutual, in whole numbers: a price that demand bumps and time lowers."""

from __future__ import annotations

from typing import NamedTuple, Self

from defi_lib.integers import UINT256_MAX
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.insurance.mutual import ETHER, WHOLE
from defi_lib.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from defi_lib.validation import integer

UNITS = 100  #: allocation units in a token, in which cover and capacity are counted


class CoverRules(NamedTuple):
    """Parameters of the price of covers."""

    surge_threshold: int = 9_000  #: part of the capacity, in basis points, above which a surge is paid
    surge_ratio: int = 2 * ETHER  #: how dear, above the threshold, a use of the whole capacity would be; 10¹⁸ is 100 %
    bump_ratio: int = 2_000  #: basis points by which a cover of the whole capacity raises the price
    price_change_per_day: int = 50  #: basis points by which a raised price falls

    def checked(self) -> CoverRules:
        """The same, if every number is in its range.

        Raises:
            ValueError: a negative number.
        """
        for name, value in zip(self._fields, self, strict=True):
            integer(name, value, 0, UINT256_MAX)

        return self


class CoverPrice(NamedTuple):
    """What a cover costs (smallest units of the token)."""

    cover: int  #: hundredths of a token
    base_price: int  #: basis points a year
    premium_per_year: int
    premium: int  #: for the period

    def transfers(self, buyer: str = "buyer", stakers: str = "stakers", asset: str = "NXM") -> tuple[Transfer, ...]:
        """The premium, in whole tokens."""
        return actual((Transfer(buyer, stakers, self.premium / ETHER, asset, "premium"),))


class CoverSale(NamedTuple):
    """A cover that was bought."""

    product: CoverProduct  #: after
    price: CoverPrice

    @property
    def after(self) -> CoverProduct:
        """The product after the sale."""
        return self.product

    @property
    def premium(self) -> int:
        """What was paid (smallest units of the token)."""
        return self.price.premium

    def transfers(self, buyer: str = "buyer", stakers: str = "stakers", asset: str = "NXM") -> tuple[Transfer, ...]:
        """The premium, in whole tokens."""
        return self.price.transfers(buyer, stakers, asset)


#: What the contract was deployed with.
NEXUS_COVER = CoverRules()


class _State(NamedTuple):
    block_timestamp: int
    target_price: int
    bumped_price: int
    bump_time: int
    capacity: int
    capacity_used: int
    rules: CoverRules


class CoverProduct(_State):
    """A protocol that can be covered, with its price and its capacity (basis points, hundredths of a token, seconds).

    The base price is ``max(target, bumped − ⌊change·seconds/day⌋)``; a cover costs ``cover·base`` a year and the surge
    on what uses the capacity above the threshold; afterwards the price is bumped by ``⌊2000·cover/capacity⌋``.

    Args:
        block_timestamp: now, >= ``bump_time``.
        target_price: price without demand (10,000 is 100 % a year), >= 0.
        bumped_price: price after the last cover, >= 0.
        bump_time: when that was.
        capacity: what all covers together may be, >= 1.
        capacity_used: covers in force, >= 0; may exceed the capacity, which stakers can lower.
        rules: its parameters.

    Raises:
        ValueError: an argument outside its range.

    Source: Nexus Mutual, StakingProducts.sol (version 2.1.1). The capacity is limited elsewhere, by the staking pool.

    >>> product = CoverProduct(0, target_price=260, bumped_price=260, bump_time=0, capacity=10**7, capacity_used=0)
    >>> sale = product.buy_cover(cover=10**6, period=30 * SECONDS_PER_DAY)
    >>> sale.premium, sale.after.bumped_price
    (21369863013698630136, 460)
    """

    __slots__ = ()

    def __new__(
        cls,
        block_timestamp: int,
        target_price: int,
        bumped_price: int,
        bump_time: int,
        capacity: int,
        capacity_used: int,
        rules: CoverRules = NEXUS_COVER,
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            integer("block_timestamp", block_timestamp, bump_time, UINT256_MAX),
            integer("target_price", target_price, 0, UINT256_MAX),
            integer("bumped_price", bumped_price, 0, UINT256_MAX),
            integer("bump_time", bump_time, 0, UINT256_MAX),
            integer("capacity", capacity, 1, UINT256_MAX),
            integer("capacity_used", capacity_used, 0, UINT256_MAX),
            rules.checked(),
        )

    @property
    def base_price(self) -> int:
        """The price now, without surge; 10,000 is 100 % a year."""
        fallen = self.rules.price_change_per_day * (self.block_timestamp - self.bump_time) // SECONDS_PER_DAY
        return max(self.target_price, self.bumped_price - fallen)

    def quote(self, cover: int, period: int) -> CoverPrice:
        """What a cover would cost.

        Args:
            cover: hundredths of a token, >= 0.
            period: seconds, >= 0.

        Raises:
            ValueError: an argument outside its range.
        """
        cover, period = integer("cover", cover, 0, UINT256_MAX), integer("period", period, 0, UINT256_MAX)
        base = cover * (ETHER // UNITS) * self.base_price // WHOLE
        start = self.capacity * self.rules.surge_threshold // WHOLE
        surge = self._surge(self.capacity_used + cover - start) - self._surge(self.capacity_used - start)
        return CoverPrice(cover, self.base_price, base + surge, (base + surge) * period // SECONDS_PER_YEAR)

    def buy_cover(self, cover: int, period: int) -> CoverSale:
        """Buy a cover: the same arguments and errors as :meth:`quote`; the next buyer pays a higher price."""
        price = self.quote(cover, period)
        bumped = price.base_price + self.rules.bump_ratio * price.cover // self.capacity
        used = self.capacity_used + price.cover
        return CoverSale(self._with(bumped_price=bumped, bump_time=self.block_timestamp, capacity_used=used), price)

    def warp(self, seconds: int) -> Self:
        """The same, so many seconds (>= 0) later.

        Raises:
            ValueError: a step back in time.
        """
        return self._with(block_timestamp=self.block_timestamp + integer("seconds", seconds, 0, UINT256_MAX))

    def expire(self, cover: int) -> Self:
        """The same after a cover (hundredths of a token) has ended: its capacity is free again.

        Raises:
            ValueError: more than is in force.
        """
        return self._with(capacity_used=self.capacity_used - integer("cover", cover, 0, self.capacity_used))

    def _surge(self, above: int) -> int:
        """A year's surge on all that is above the threshold: linear from 0 % by 2 % for each 1 % of the capacity."""
        above = max(above, 0)
        return above * self.rules.surge_ratio * above // self.capacity // 2 // UNITS

    def _with(self, **changes: int) -> Self:
        return type(self)(**{**self._asdict(), **changes})
