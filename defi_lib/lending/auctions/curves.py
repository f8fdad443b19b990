"""Price curves of Dutch auctions: how the asking price falls from its start, as in Maker's Abacus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import floor
from defi_lib.validation import Amount, between, non_negative, plain, positive


class PriceCurve(Protocol):
    """How a price falls."""

    def price(self, top: Amount, seconds: Amount) -> Amount:
        """The price (coins per token) ``seconds`` (>= 0) after it started at ``top`` (>= 0)."""


@dataclass(frozen=True)
class LinearDecrease:
    """The price falls by the same amount each second: ``top·(1 − t/duration)``, and is 0 from ``duration`` on.

    Args:
        duration: seconds, > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, abaci.sol (``tau``). The contract rounds the price down to 1e-27.

    >>> LinearDecrease(3600.0).price(100.0, 900.0)
    75.0
    """

    duration: Amount

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", kept(positive("duration", self.duration)))

    def price(self, top: Amount, seconds: Amount) -> Amount:
        """The price (coins per token) ``seconds`` (>= 0) after it started at ``top`` (>= 0)."""
        left = np.maximum(np.subtract(self.duration, non_negative("seconds", seconds)), 0.0)
        return plain(non_negative("top", top) * (left / self.duration))


@dataclass(frozen=True)
class StairstepDecrease:
    """The price is cut by the same ratio at each step: ``top·cut^⌊t/step⌋``.

    Args:
        cut: what is left of the price after a step (ratio), in [0, 1]; 0.99 is a fall of 1 %.
        step: seconds, > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, abaci.sol. The contract rounds each product of the power to 1e-27.

    >>> StairstepDecrease(0.99, 90.0).price(100.0, 89.0), StairstepDecrease(0.99, 90.0).price(100.0, 90.0)
    (100.0, 99.0)
    """

    cut: Amount
    step: Amount

    def __post_init__(self) -> None:
        object.__setattr__(self, "cut", kept(between("cut", self.cut, 0.0, 1.0)))
        object.__setattr__(self, "step", kept(positive("step", self.step)))

    def price(self, top: Amount, seconds: Amount) -> Amount:
        """The price (coins per token) ``seconds`` (>= 0) after it started at ``top`` (>= 0)."""
        steps = floor(non_negative("seconds", seconds) / self.step)
        return plain(non_negative("top", top) * self.cut**steps)


@dataclass(frozen=True)
class ExponentialDecrease:
    """The price is cut by the same ratio every second: ``top·cut^t``.

    Args:
        cut: what is left of the price after a second (ratio), in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, abaci.sol. The contract rounds each product of the power to 1e-27.

    >>> round(ExponentialDecrease(0.9999).price(100.0, 6931.0), 3)
    50.001
    """

    cut: Amount

    def __post_init__(self) -> None:
        object.__setattr__(self, "cut", kept(between("cut", self.cut, 0.0, 1.0)))

    def price(self, top: Amount, seconds: Amount) -> Amount:
        """The price (coins per token) ``seconds`` (>= 0) after it started at ``top`` (>= 0)."""
        return plain(non_negative("top", top) * self.cut ** non_negative("seconds", seconds))
