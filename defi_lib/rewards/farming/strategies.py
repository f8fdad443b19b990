"""What farming strategies end with, over many scenarios: a distribution, and rarely a symmetric one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.rounding import below
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, plain, positive


class Outcomes(NamedTuple):
    """Profit of one strategy by its sources (USD), one entry per scenario; they add up to the profit."""

    capital: Amount  #: put in (USD)
    fees: NDArray[np.float64]
    emissions: NDArray[np.float64]  #: rewards at the price of the start
    reward_price_change: NDArray[np.float64]  #: until they were sold
    deposit_price_change: NDArray[np.float64]  #: until the end, or until the farm failed
    failure: NDArray[np.float64]  #: deposit lost when the farm failed, <= 0
    gas: NDArray[np.float64]  #: of all harvests, <= 0

    @property
    def profit(self) -> NDArray[np.float64]:
        """What the farmer has more than at the start (USD)."""
        return sum(self[2:], self.fees)

    @property
    def returns(self) -> NDArray[np.float64]:
        """Profit as a ratio of the capital."""
        return self.profit / self.capital


class Summary(NamedTuple):
    """Shape of a distribution of returns (ratios)."""

    mean: Amount
    median: Amount  #: what the typical farmer gets; far below the mean if a few win big
    losing: Amount  #: share of scenarios that lose
    worst_tenth: Amount  #: mean of the worst tenth of scenarios
    best_tenth_of_gains: Amount  #: share of all gains that falls on the best tenth; 0 without any gain
    skewness: Amount  #: third standardised moment; 0 if all are equal


@renamed(random="rng")
def farm_outcomes(
    reward_price: Amount,
    deposit_price: Amount = 1.0,
    *,
    emission_yield: Amount,
    fee_yield: Amount = 0.0,
    capital: Amount = 1.0,
    sold: float = 1.0,
    gas: Amount = 0.0,
    harvests: int = 1,
    failure_rate: float = 0.0,
    loss: Amount = 1.0,
    years: float = 1.0,
    rng: np.random.Generator | None = None,
) -> Outcomes:
    """Deposit once, collect fees and rewards, leave at the end, or when the farm fails.

    A step's rewards are tokens; the part ``sold`` is sold at the end of the step and the rest at the end of all. The
    farm fails at an exponential time (exploit or rug pull): from the step in which that happens the farmer earns
    nothing, loses ``loss`` of the deposit, and holds the rest as money.

    Args:
        reward_price: USD per reward token, > 0 at the start, then >= 0; time along the first axis, two entries or more.
        deposit_price: of the deposited asset, likewise; one number is a stable asset.
        emission_yield: reward tokens per USD deposited, at the first reward price (ratio per year), >= 0; one number or
            one per step.
        fee_yield: fees per USD deposited (ratio per year), >= 0; one number or one per step.
        capital: USD, > 0.
        sold: part of the rewards sold as they come, in [0, 1].
        gas: of a harvest (USD), >= 0.
        harvests: over the whole time, >= 0.
        failure_rate: per year, >= 0; needs ``rng`` if > 0.
        loss: of the deposit when the farm fails, in [0, 1].
        years: from the first to the last price, > 0.
        rng: source of the failures.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; real outcomes: Augustin, Chen-Zhang, Shin, SSRN 4063228.
    """
    reward, deposit, steps = _paths(reward_price, deposit_price)
    scenarios = reward.shape[1:]
    step_years = positive("years", years) / steps
    fails = _failure_step(failure_rate, step_years, steps, scenarios, rng)
    step = np.arange(steps).reshape(-1, *(1 for _ in scenarios))
    alive = step < fails
    money = np.asarray(positive("capital", capital)) * step_years
    fees = np.sum(_per_step("fee_yield", fee_yield, step) * alive, axis=0) * money
    emitted = _per_step("emission_yield", emission_yield, step) * alive
    growth, part = reward[1:] / reward[0], between("sold", sold, 0.0, 1.0)
    change = part * (growth - 1) + (1 - part) * (growth[-1] - 1)
    last = np.broadcast_to(np.minimum(fails + 1, steps), scenarios)
    worth = np.take_along_axis(deposit, last[np.newaxis], axis=0)[0] / deposit[0] * capital
    failed = fails < steps
    paid_gas = at_least("harvests", harvests, 0) * non_negative("gas", gas)
    return Outcomes(
        capital,
        *np.broadcast_arrays(
            fees,
            np.sum(emitted, axis=0) * money,
            np.sum(emitted * change, axis=0) * money,
            worth - capital,
            -np.where(failed, between("loss", loss, 0.0, 1.0), 0.0) * worth,
            0.0 - paid_gas,
        ),
    )


def summarise(returns: Amount, axis: int = -1) -> Summary:
    """Shape of the distribution of ``returns`` (ratios, at least one) along ``axis``.

    Raises:
        ValueError: returns that are not finite, or none.
    """
    values = np.moveaxis(np.atleast_1d(finite("returns", returns)), axis, -1)
    count = values.shape[-1]
    if count == 0:
        raise ValueError("returns is empty: allowed are the returns of at least one scenario")
    ranked = np.sort(values, axis=-1)
    tenth = max(count // 10, 1)
    mean = np.mean(values, axis=-1)
    # In units of the largest deviation, so that neither huge nor tiny returns leave the range of floats.
    deviation = values - mean[..., np.newaxis]
    scale = np.max(np.abs(deviation), axis=-1, keepdims=True)
    relative = deviation / np.where(scale > 0, scale, 1.0)
    spread = np.mean(relative**2, axis=-1) ** 1.5
    gains = np.maximum(ranked, 0.0)
    all_gains = np.sum(gains, axis=-1)
    return Summary(
        plain(mean),
        plain(np.median(values, axis=-1)),
        plain(np.mean(below(values, 0.0, scale=1.0), axis=-1)),
        plain(np.mean(ranked[..., :tenth], axis=-1)),
        plain(np.sum(gains[..., count - tenth :], axis=-1) / np.where(all_gains > 0, all_gains, 1.0)),
        plain(np.mean(relative**3, axis=-1) / np.where(spread > 0, spread, 1.0)),
    )


def _paths(reward_price: Amount, deposit_price: Amount) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    reward = np.atleast_1d(non_negative("reward_price", reward_price))
    deposit = np.atleast_1d(non_negative("deposit_price", deposit_price))
    steps = len(reward) - 1
    if steps < 1:
        raise ValueError("reward_price has 1 entry: allowed are 2 or more along the first axis")
    if len(deposit) not in (1, steps + 1):
        raise ValueError(f"deposit_price has {len(deposit)} entries: allowed are 1, or {steps + 1} as in reward_price")
    positive("reward_price[0]", reward[0])
    positive("deposit_price[0]", deposit[0])
    scenarios = broadcastable(reward_price=reward[0], deposit_price=deposit[0])
    return _spread(reward, steps, scenarios), _spread(deposit, steps, scenarios), steps


def _spread(path: NDArray[np.float64], steps: int, scenarios: tuple[int, ...]) -> NDArray[np.float64]:
    """The path in every scenario, time along the first axis."""
    between_axes = (1,) * (len(scenarios) + 1 - path.ndim)
    return np.broadcast_to(path.reshape(len(path), *between_axes, *path.shape[1:]), (steps + 1, *scenarios))


def _per_step(name: str, value: Amount, step: NDArray[np.int64]) -> NDArray[np.float64]:
    rate = np.asarray(non_negative(name, value))
    if rate.ndim == 0:
        return rate
    if rate.shape != (len(step),):
        raise ValueError(f"{name} has shape {rate.shape}: allowed is one number, or one for each of {len(step)} steps")
    return rate.reshape(step.shape)


def _failure_step(
    rate: float, step_years: Amount, steps: int, scenarios: tuple[int, ...], rng: np.random.Generator | None
) -> NDArray[np.int64]:
    """Number of the step in which each scenario fails; ``steps`` if it does not."""
    if non_negative("failure_rate", rate) == 0:
        return np.full(scenarios, steps)
    if rng is None:
        raise ValueError("rng = None: allowed is a numpy.random.Generator, as farms fail at random")
    moment = rng.exponential(1 / rate, scenarios) / step_years
    return np.minimum(moment, steps).astype(np.int64)
