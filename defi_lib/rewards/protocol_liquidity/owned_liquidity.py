"""Liquidity for a protocol's token: bought once by bonds and owned, or rented with rewards for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer
from defi_lib.rewards.farming.capital_flows import per_step
from defi_lib.rounding import below
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, ratio


class LiquiditySide(NamedTuple):
    """One of two pools on the same market; one entry per step first, then per scenario (USD)."""

    value: NDArray[np.float64]  #: in the pool at the start of each step, and at the end: one entry more
    fees: NDArray[np.float64]  #: that traders paid
    divergence: NDArray[np.float64]  #: gain of the pool against holding the assets of the step's start, <= 0
    rewards: NDArray[np.float64]  #: that the protocol paid to providers; nothing if it owns the pool

    @property
    def depth(self) -> NDArray[np.float64]:
        """USD on one side of the pool."""
        return self.value / 2

    def trade_cost(self, size: Amount, fee: Amount = 0.003) -> NDArray[np.float64]:
        """Shortfall (ratio) of who buys for ``size`` (USD, >= 0), fee included: ``1 − γ/(1 + γ·size/depth)``.

        Raises:
            ValueError: an argument outside its range.
        """
        kept = 1 - ratio("fee", fee)
        return 1 - kept * self.depth / (self.depth + kept * non_negative("size", size))

    def transfers(
        self,
        provider: str = "protocol",
        protocol: str = "protocol",
        traders: str = "traders",
        arbitrageurs: str = "arbitrageurs",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """What the pool earned, what it lost against holding, and what the protocol paid for it, over all steps.

        Args:
            provider: who owns the liquidity; the protocol itself, or who rents it out.
            protocol, traders, arbitrageurs: the names of the others.
            asset: in which all is counted.
        """
        moves = [
            Transfer(traders, provider, np.sum(self.fees, axis=0), asset, "fee"),
            Transfer(provider, arbitrageurs, -np.sum(self.divergence, axis=0), asset, "divergence"),
        ]
        if provider != protocol:
            moves.append(Transfer(protocol, provider, np.sum(self.rewards, axis=0), asset, "reward"))
        return tuple(moves)


class LiquidityComparison(NamedTuple):
    """The same market with owned and with rented liquidity; results are cumulated, one entry per step (USD)."""

    owned: LiquiditySide
    rented: LiquiditySide
    premium: Amount  #: given away to bond buyers: worth of the tokens sold less what was paid for them (USD)

    @property
    def owner_result(self) -> NDArray[np.float64]:
        """Of the protocol that owns: fees and divergence, less the premium of the bonds."""
        return np.cumsum(self.owned.fees + self.owned.divergence, axis=0) - self.premium

    @property
    def renter_result(self) -> NDArray[np.float64]:
        """Of the protocol that rents: what it paid."""
        return -np.cumsum(self.rented.rewards, axis=0)

    @property
    def provider_result(self) -> NDArray[np.float64]:
        """Of those who lend their liquidity: fees, rewards and divergence."""
        return np.cumsum(self.rented.fees + self.rented.rewards + self.rented.divergence, axis=0)

    @property
    def break_even(self) -> int | NDArray[np.int64]:
        """Steps after which owning has for the first time cost less than renting; the number of steps + 1 if never."""
        better = ~np.asarray(below(self.owner_result, self.renter_result))
        steps = np.where(np.any(better, axis=0), np.argmax(better, axis=0), len(better)) + 1
        return int(steps) if steps.ndim == 0 else steps


def compare_liquidity(
    prices: Amount,
    liquidity: Amount,
    volume: Amount,
    *,
    reward: Amount,
    discount: Amount = 0.1,
    fee: Amount = 0.003,
    outside_yield: Amount = 0.05,
    loyal: Amount = 0.05,
    speed: Amount = 0.1,
    step_years: float = 1 / DAYS_PER_YEAR,
) -> LiquidityComparison:
    """Lead a pool that the protocol owns, and one that it rents, along the same path of prices and volume.

    Owned: bonds are sold at ``discount`` for liquidity worth ``liquidity``, which stays. The tokens sold are worth
    ``liquidity/(1 − discount)``; the difference is the premium. Rented: providers bring as much at first; then what is
    not loyal closes each step a part ``1 − e^(−speed)`` of the gap to where fees and rewards pay ``outside_yield``.
    A pool of value V gains ``−V/2·(√g − 1)²`` against holding when the price moves by the factor g.

    Args:
        prices: of the token (USD), > 0; time along the first axis, two entries or more.
        liquidity: value of either pool at the start (USD), > 0.
        volume: traded in the pool (USD per step), >= 0, the same in both; one number, or one per step.
        reward: paid to providers (USD per step), >= 0, likewise; 0 from the step on where rewards stop.
        discount: of the bonds, in [0, 1).
        fee: of the pool, in [0, 1).
        outside_yield: what providers earn elsewhere (ratio per year), > 0.
        loyal: part of the first liquidity that stays whatever happens, in (0, 1].
        speed: of providers per step, >= 0.
        step_years: > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model. Divergence: models of impermanent loss and loss versus rebalancing (arXiv:2208.06046). Who
    controls the owned pool can also take it away: see the removal of liquidity in the exchange module.
    """
    path = np.atleast_1d(positive("prices", prices))
    if len(path) < 2:
        raise ValueError("prices has 1 entry: allowed are 2 or more along the first axis")
    steps = len(path) - 1
    volumes, payments = per_step("volume", volume, steps), per_step("reward", reward, steps)
    start, part = positive("liquidity", liquidity), ratio("discount", discount)
    fee, outside = ratio("fee", fee), positive("outside_yield", outside_yield)
    stays = between("loyal", loyal, 0.0, 1.0, low_open=True) * np.asarray(start)
    kept = np.exp(-np.asarray(non_negative("speed", speed)))
    shape = broadcastable(
        prices=path[0], liquidity=start, volume=volumes[0], reward=payments[0], discount=part, fee=fee,
        outside_yield=outside, loyal=stays, speed=kept,
    )  # fmt: skip
    moves = _spread(np.sqrt(path[1:] / path[:-1]), shape)
    fees, rewards = _spread([traded * fee for traded in volumes], shape), _spread(payments, shape)
    drawn = (fees + rewards) / (outside * positive("step_years", step_years))
    owned = rented = np.broadcast_to(start, shape)
    values = [(owned, rented)]
    for move, target in zip(moves, drawn, strict=True):
        owned, stays = owned * move, stays * move
        rented = np.maximum(target, stays) * (1 - kept) + rented * move * kept
        values.append((owned, rented))
    owned_value, rented_value = (np.stack(column) for column in zip(*values, strict=True))
    divergence = -((moves - 1) ** 2) / 2
    return LiquidityComparison(
        LiquiditySide(owned_value, fees, owned_value[:-1] * divergence, np.zeros_like(rewards)),
        LiquiditySide(rented_value, fees, rented_value[:-1] * divergence, rewards),
        plain(start * part / (1 - part)),
    )


def _spread(rows: Iterable[Amount], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Every row in every scenario."""
    return np.stack([np.broadcast_to(row, shape) for row in rows])
