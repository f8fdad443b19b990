"""Liquidity for a protocol's token: bought once by bonds and owned, or rented with rewards for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.providing.divergence import arbitrage_part, lvr_rate, pool_divergence
from defi_lib.ledger.transfer import Transfer
from defi_lib.rewards.farming.capital_flows import per_step
from defi_lib.rounding import below
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    finite,
    non_negative,
    plain,
    positive,
    ratio,
    representable,
)


class OwnOrRent(NamedTuple):
    """What a pool of value 1 is after some time, and what it costs to own or to rent it (parts of its first value)."""

    pool: Amount  #: worth at the end
    pool_years: Amount  #: worth over the time, added up: a year of the first value counts 1
    rent: Amount  #: paid to providers in all
    premium: Amount  #: worth at the end of the tokens given to buyers of bonds on top of what they paid


@representable
def own_or_rent(price_ratio: Amount, years: Amount, net: Amount, wanted: Amount, discount: Amount = 0.0) -> OwnOrRent:
    """A pool that grows evenly to ``√r·e^(g·T)``, and the rent that just keeps it: ``max(w − g, 0)`` of it a year.

    Fees stay in the pool. Providers count fees and losses, so that more trading lowers the rent by as much as it
    brings the owner; nobody foresees where the price goes.

    Args:
        price_ratio: r, the token's price at the end over the first, > 0.
        years: T, > 0.
        net: g, fees less what arbitrageurs and the protocol of the exchange keep (ratio per year).
        wanted: w, what providers want above holding the same coins (ratio per year), >= 0.
        discount: of the bonds, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or a result that no float can hold.

    Source: own model; for ``net`` see :func:`~defi_lib.exchange.providing_rates`.

    >>> flat = own_or_rent(1.0, years=3.0, net=0.0, wanted=0.2, discount=0.2)
    >>> flat.pool, round(flat.rent, 4), flat.premium
    (1.0, 0.6, 0.25)
    """
    years, net, wanted = positive("years", years), finite("net", net), non_negative("wanted", wanted)
    part = ratio("discount", discount)
    price_ratio = positive("price_ratio", price_ratio)
    broadcastable(price_ratio=price_ratio, years=years, net=net, wanted=wanted, discount=part)
    growth = np.log(price_ratio) / 2 + np.asarray(net) * years
    moving = np.where(growth == 0, 1.0, growth)
    pool_years = years * np.where(growth == 0, 1.0, np.expm1(moving) / moving)
    pool = pool_divergence(1.0, price_ratio).pool * np.exp(np.asarray(net) * years)
    rent = np.maximum(np.asarray(wanted) - net, 0.0) * pool_years
    return OwnOrRent(plain(pool), plain(pool_years), plain(rent), plain(price_ratio * part / (1 - part)))


class LiquiditySide(NamedTuple):
    """One of two pools on the same market; one entry per step first, then per scenario (USD)."""

    value: NDArray[np.float64]  #: in the pool at the start of each step, and at the end: one entry more
    fees: NDArray[np.float64]  #: that traders paid
    divergence: NDArray[np.float64]  #: gain against holding the assets of the step's start, less what comes back, <= 0
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
    reward: Amount | None,
    discount: Amount = 0.1,
    fee: Amount = 0.003,
    outside_yield: Amount = 0.05,
    loyal: Amount = 0.05,
    speed: Amount = 0.1,
    step_years: float = 1 / DAYS_PER_YEAR,
    volatility: Amount | None = None,
    block_time: Amount = 12.0,
) -> LiquidityComparison:
    """Lead a pool that the protocol owns, and one that it rents, along the same path of prices and volume.

    Owned: bonds are sold at ``discount`` for liquidity worth ``liquidity``, which stays. The tokens sold are worth
    ``liquidity/(1 − discount)``; the difference is the premium. Rented: providers bring as much at first; then what is
    not loyal closes each step a part ``1 − e^(−speed)`` of the gap to where fees and rewards pay ``outside_yield``.
    A pool of value V gains ``−V/2·(√g − 1)²`` against holding when the price moves by the factor g: all of it goes to
    arbitrageurs if they come once a step, or pay no fee. With ``volatility`` they come once a block and pay the fee:
    what comes back of it is not lost. ``reward=None`` keeps the rented pool as deep as the owned one: each step is paid
    what fees leave wanting of ``outside_yield`` and the loss that providers expect.

    Args:
        prices: of the token (USD), > 0; time along the first axis, two entries or more.
        liquidity: value of either pool at the start (USD), > 0.
        volume: traded in the pool (USD per step), >= 0, the same in both; one number, or one per step.
        reward: paid to providers (USD per step), >= 0, likewise; 0 from the step on where rewards stop; ``None`` is
            what keeps the depth, and needs ``volatility``.
        discount: of the bonds, in [0, 1).
        fee: of the pool, in [0, 1).
        outside_yield: what providers earn elsewhere (ratio per year), > 0.
        loyal: part of the first liquidity that stays whatever happens, in (0, 1].
        speed: of providers per step, >= 0.
        step_years: > 0.
        volatility: of the token (ratio per √year), > 0, with a fee above 0; ``None``: arbitrageurs keep all.
        block_time: seconds between two blocks, at even times, > 0; counts only with ``volatility``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model. Divergence: models of impermanent loss and loss versus rebalancing (arXiv:2208.06046); what comes
    back: :func:`~defi_lib.exchange.arbitrage_part`. Who controls the owned pool can also take it away: see the removal
    of liquidity in the exchange module.

    >>> calm = np.ones(366)
    >>> year = compare_liquidity(calm, 1e6, 1e5, reward=None, outside_yield=0.2, volatility=0.8)
    >>> round(float(year.renter_result[-1]), -3), bool(np.all(year.rented.value == year.owned.value))
    (-97000.0, True)
    """
    path = np.atleast_1d(positive("prices", prices))
    if len(path) < 2:
        raise ValueError("prices has 1 entry: allowed are 2 or more along the first axis")
    steps = len(path) - 1
    volumes, payments = per_step("volume", volume, steps), per_step("reward", 0.0 if reward is None else reward, steps)
    start, part = positive("liquidity", liquidity), ratio("discount", discount)
    fee, outside = ratio("fee", fee), positive("outside_yield", outside_yield)
    stays = between("loyal", loyal, 0.0, 1.0, low_open=True) * np.asarray(start)
    stay = np.exp(-np.asarray(non_negative("speed", speed)))
    lost, loss_rate = _arbitrage(volatility, fee, block_time, reward is None)
    shape = broadcastable(
        prices=path[0], liquidity=start, volume=volumes[0], reward=payments[0], discount=part, fee=fee,
        outside_yield=outside, loyal=stays, speed=stay, volatility=lost,
    )  # fmt: skip
    moves = _spread(np.sqrt(path[1:] / path[:-1]), shape)
    fees, rewards = _spread([traded * fee for traded in volumes], shape), _spread(payments, shape)
    owned = np.concatenate([np.ones((1, *shape)), np.cumprod(moves, axis=0)]) * start
    if reward is None:
        rented, needed = owned, (outside + loss_rate) * positive("step_years", step_years)
        rewards = np.maximum(owned[:-1] * needed - fees, 0.0)
    else:
        drawn = (fees + rewards) / (outside * positive("step_years", step_years))
        rented = _followed(np.broadcast_to(start, shape), moves, drawn, stays, stay)
    divergence = -((moves - 1) ** 2) / 2 * lost
    return LiquidityComparison(
        LiquiditySide(owned, fees, owned[:-1] * divergence, np.zeros_like(rewards)),
        LiquiditySide(rented, fees, rented[:-1] * divergence, rewards),
        plain(start * part / (1 - part)),
    )


def _arbitrage(volatility: Amount | None, fee: Amount, block_time: Amount, needed: bool) -> tuple[Amount, Amount]:
    """The part of the loss that arbitrageurs keep, and that loss as providers expect it (ratio per year)."""
    if volatility is None:
        if needed:
            raise ValueError("volatility is missing: with reward=None providers must know what they expect to lose")
        return 1.0, 0.0
    between("fee", fee, 0.0, 1.0, low_open=True, high_open=True)
    blocks = SECONDS_PER_YEAR / np.asarray(positive("block_time", block_time))
    part = arbitrage_part(volatility, -np.log1p(-np.asarray(fee)), blocks)
    return part, lvr_rate(volatility) * part


def _followed(
    start: NDArray[np.float64],
    moves: NDArray[np.float64],
    drawn: NDArray[np.float64],
    stays: Amount,
    stay: Amount,
) -> NDArray[np.float64]:
    """What providers hold: each step a part of them goes where fees and rewards pay enough."""
    values = [start]
    for move, target in zip(moves, drawn, strict=True):
        stays = stays * move
        values.append(np.maximum(target, stays) * (1 - stay) + values[-1] * move * stay)
    return np.stack(values)


def _spread(rows: Iterable[Amount], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Every row in every scenario."""
    return np.stack([np.broadcast_to(row, shape) for row in rows])
