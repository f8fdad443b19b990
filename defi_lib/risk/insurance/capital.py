"""How much capital an insurance mutual must have, in whole numbers: the requirement follows the cover that it sold."""

from __future__ import annotations

from typing import NamedTuple, Self

from defi_lib.integers import UINT256_MAX
from defi_lib.risk.insurance.mutual import WHOLE, mcr_ratio
from defi_lib.units import SECONDS_PER_DAY
from defi_lib.validation import integer


class CapitalRules(NamedTuple):
    """Parameters of a capital requirement; basis points, where nothing else is said."""

    floor_threshold: int = 13_000  #: ratio from which on the floor rises
    floor_increment: int = 100  #: by which the floor rises a day, and at most in one update
    max_increment: int = 500  #: by which the requirement moves a day
    max_adjustment: int = 100  #: by which it moves at most between two updates
    gearing: int = 48_000  #: active cover for each unit of capital
    min_update_time: int = 3_600  #: seconds

    def checked(self) -> CapitalRules:
        """The same, if every number is in its range.

        Raises:
            ValueError: a negative number, a movement above 100 %, or a gearing of nothing.
        """
        for name, value in zip(self._fields, self, strict=True):
            integer(name, value, int(name == "gearing"), UINT256_MAX)
        integer("max_adjustment", self.max_adjustment, 0, WHOLE)
        return self


#: What the contract was deployed with.
NEXUS_CAPITAL = CapitalRules()


class _State(NamedTuple):
    block_timestamp: int
    pool_value: int
    active_cover: int
    stored_mcr: int
    desired_mcr: int
    mcr_floor: int
    last_update: int
    rules: CapitalRules


class CapitalRequirement(_State):
    """A minimum capital requirement that moves step by step towards what the cover sold asks for (wei, seconds).

    The virtual requirement :attr:`mcr` leaves the stored one towards the desired one by
    ``⌊max_increment·seconds/day⌋`` basis points, at most ``max_adjustment``, never beyond.

    Args:
        block_timestamp: now, >= ``last_update``.
        pool_value: what the mutual owns, >= 0.
        active_cover: cover in force, >= 0.
        stored_mcr: the requirement at the last update, >= 1.
        desired_mcr: where it is going, >= 0.
        mcr_floor: below which it shall not be led, >= 0.
        last_update: when it was stored.
        rules: its parameters.

    Raises:
        ValueError: an argument outside its range.

    Source: Nexus Mutual, MCR.sol (version 2.1.1): the floor made the mutual keep what it once had.

    >>> now = CapitalRequirement(0, 180_000, 700_000, stored_mcr=150_000, desired_mcr=145_833, mcr_floor=100_000)
    >>> later = now.warp(3_600)
    >>> later.mcr, later.ratio
    (149700, 12024)
    """

    __slots__ = ()

    def __new__(
        cls,
        block_timestamp: int,
        pool_value: int,
        active_cover: int,
        stored_mcr: int,
        desired_mcr: int,
        mcr_floor: int = 0,
        last_update: int = 0,
        rules: CapitalRules = NEXUS_CAPITAL,
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            integer("block_timestamp", block_timestamp, last_update, UINT256_MAX),
            integer("pool_value", pool_value, 0, UINT256_MAX),
            integer("active_cover", active_cover, 0, UINT256_MAX),
            integer("stored_mcr", stored_mcr, 1, UINT256_MAX),
            integer("desired_mcr", desired_mcr, 0, UINT256_MAX),
            integer("mcr_floor", mcr_floor, 0, UINT256_MAX),
            integer("last_update", last_update, 0, UINT256_MAX),
            rules.checked(),
        )

    @property
    def mcr(self) -> int:
        """The requirement now."""
        rules, passed = self.rules, self.block_timestamp - self.last_update
        part = min(rules.max_increment * passed // SECONDS_PER_DAY, rules.max_adjustment)
        if self.desired_mcr > self.stored_mcr:
            return min(self.stored_mcr * (WHOLE + part) // WHOLE, self.desired_mcr)
        return max(self.stored_mcr * (WHOLE - part) // WHOLE, self.desired_mcr)

    @property
    def ratio(self) -> int:
        """Capital as a part of the requirement; 10,000 is 100 %."""
        return mcr_ratio(self.pool_value, self.mcr)

    def warp(self, seconds: int) -> Self:
        """The same, so many seconds (>= 0) later.

        Raises:
            ValueError: a step back in time.
        """
        return self._with(block_timestamp=self.block_timestamp + integer("seconds", seconds, 0, UINT256_MAX))

    def set_pool_value(self, pool_value: int) -> Self:
        """The same with another capital (wei, >= 0).

        Raises:
            ValueError: an amount outside its range.
        """
        return self._with(pool_value=pool_value)

    def set_active_cover(self, active_cover: int) -> Self:
        """The same with another cover in force (wei, >= 0); the requirement notices at its next update.

        Raises:
            ValueError: an amount outside its range.
        """
        return self._with(active_cover=active_cover)

    def update_mcr(self) -> Self:
        """Store the requirement as it is now, and aim anew; within ``min_update_time`` nothing happens.

        A mutual whose capital is at least ``floor_threshold`` of the stored requirement raises the floor first.
        """
        rules, passed = self.rules, self.block_timestamp - self.last_update
        if passed < rules.min_update_time:
            return self
        floor = self.mcr_floor
        if passed and mcr_ratio(self.pool_value, self.stored_mcr) >= rules.floor_threshold:
            part = min(rules.floor_increment * passed // SECONDS_PER_DAY, rules.floor_increment)
            floor = floor * (WHOLE + part) // WHOLE
        desired = max(self.active_cover * WHOLE // rules.gearing, floor)
        return self._with(stored_mcr=self.mcr, desired_mcr=desired, mcr_floor=floor, last_update=self.block_timestamp)

    def _with(self, **changes: int) -> Self:
        return type(self)(**{**self._asdict(), **changes})
