"""Who earns more per coin, and whose part of the stake grows, under proof of stake. Readings X1a, X6a and X6b."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Proof, Registry
from defi_lib.figures import figure
from defi_lib.numerals import number, percent
from defi_lib.staking.stake.delegation import net_staking_return, restaked_growth
from defi_lib.staking.stake.stake_shares import share_moments
from defi_lib.validation import Amount

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

YEARS = 10
HOUSE, HOME = 10_000.0, 32.0  #: ETH staked
POOL, AT_HOME = 0, 1  #: the options of ``way``


def _year(rate: float) -> float:
    """What a rate brings in a year if each month is staked again."""
    return float((1 + rate / 12) ** 12 - 1)


_NO_COST = {"pool_fee": 0.0, "house_cost": 0.0, "extra": 0.0, "home_cost": 0.0, "home_missed": 0.0}
_BY_HAND = {
    "gross_rate": 0.05, "pool_fee": 0.2, "house_cost": 0.1, "extra": 0.02, "home_cost": 640, "home_missed": 0.01,
    "ether_price": 1_000, "step": 0,
}  # fmt: skip


@EVIDENCE.model(
    "X6a",
    placebos=[{**_NO_COST, "step": 0.0}],  # no fee, no cost, nothing missed, all staked again at once
    controls=[
        # Staked again each month. The house keeps 0.05 · 1.02 · 0.9 = 0.0459 a year, the pool's customer 0.04.
        Control(_BY_HAND | {"way": POOL}, _year(0.0459) - _year(0.04)),
        # At home 0.049 are earned, and the machine costs 640 of 32,000 dollars.
        Control(_BY_HAND | {"way": AT_HOME}, _year(0.0459) - (_year(0.049) - 0.02)),
        # Steps of 10,000 ether. In ten years the house earns 5,000 and fills no second step; a pool of many does not
        # wait. At home there is not even the first step.
        Control(_BY_HAND | _NO_COST | {"step": 10_000, "way": POOL}, 1.5**0.1 - 1 - _year(0.05)),
        Control(_BY_HAND | _NO_COST | {"step": 10_000, "way": AT_HOME}, 1.5**0.1 - 1),
    ],
)
def house_earns_more(
    gross_rate: Worlds, way: Worlds, pool_fee: Worlds, house_cost: Worlds, extra: Worlds, home_cost: Worlds,
    home_missed: Worlds, ether_price: Worlds, step: Worlds,
) -> Worlds:  # fmt: skip
    """How much more each ether of a house with 10,000 of them brings than that of a small staker (ratio a year)."""
    of_house = _yearly(net_staking_return(gross_rate * (1 + extra), HOUSE, house_cost), HOUSE, step)
    in_pool = _yearly(net_staking_return(gross_rate, HOME, pool_fee), HOME, 0.0)
    machine = home_cost / (HOME * ether_price)  # paid by other money
    at_home = _yearly(gross_rate * np.maximum(1 - 2 * home_missed, 0.0), HOME, step) - machine
    return np.asarray(of_house - np.where(way == AT_HOME, at_home, in_pool))


def _yearly(rate: Amount, stake: float, step: Amount) -> Worlds:
    """By which factor a stake grows in a year on average, all rewards staked again in steps."""
    return np.asarray(restaked_growth(rate, stake, YEARS, step) ** (1 / YEARS))


@EVIDENCE.logic("X1a")
def same_rate_for_all() -> Proof:
    """Multiply all stakes by the same factor, and ask what an urn expects of a tenth of all."""
    stakes = np.random.default_rng(4).lognormal(math.log(10), 1.5, 1_000)
    later = stakes * restaked_growth(0.05, 1.0, 50)
    before, after = (float(np.sort(each)[-100:].sum() / each.sum()) for each in (stakes, later))
    assert abs(after - before) < 1e-12
    luck = share_moments(before, 1.0, 1e-8)  # a reward of one in a hundred million of the stake, for ever
    assert luck.mean == before
    return Proof(
        False,
        f"What is multiplied by the same factor keeps its part. Of 1,000 holders the richest tenth have "
        f"{percent(before, 3)}; after 50 years at 5 % they hold {number(float(later.sum() / stakes.sum()), 3)} times "
        f"as many coins, and {percent(after, 3)}. If each reward goes by lot to one holder, this holds on average; "
        f"if each is a hundred-millionth of all stake, luck moves it by {number(100 * float(luck.variance) ** 0.5, 1)} "
        "points.",
        "rates rise with size (X6a), or the small do not stake again what they earn",
    )


@EVIDENCE.figures("X6b")
def two_largest_stakers() -> Count:
    """The part of all staked ether that the two largest stakers hold, at two dates."""
    ids = ("lido_share.2024-01-01", "coinbase_share.2024-02", "lido_share.2025-07-24", "binance_share.2025-07")
    lido, coinbase, lido_later, binance = (figure(f"staking.{id}") for id in ids)
    third, three = figure("staking.coinbase_share.2025-07"), figure("staking.three_largest_share")
    before, after = (float(a.value) + float(b.value) for a, b in ((lido, coinbase), (lido_later, binance)))
    return Count(
        true=after > before,
        says=f"At the beginning of 2024 Lido and Coinbase had {lido.value} and {coinbase.value} %, together "
        f"{before:.4g} %; in July 2025 Lido and Binance had {lido_later.value} and {binance.value} %, together "
        f"{after:.4g} %. Coinbase fell to {third.value} %.",
        who="Counted on Dune (2025: weak source).",
        turns="stakers leave smaller houses for the largest two; or Lido's operators are counted one by one (then both "
        "numbers fall), or all that Coinbase keeps for others is counted as its own",
        sources=(lido.id, coinbase.id, lido_later.id, binance.id, third.id, three.id),
        other=f"Sentora counts nearly {float(three.value):.0f} % for the three largest in June 2025, against "
        f"{before:.4g} % for two before",
    )
