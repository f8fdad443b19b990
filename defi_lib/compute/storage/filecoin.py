"""Filecoin: minting that waits for real capacity, and the pledge a provider must lock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.units import FILECOIN_EPOCHS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, increasing, non_negative, plain, positive, representable

EPOCHS_PER_YEAR = FILECOIN_EPOCHS_PER_YEAR
HALF_LIFE = 6.0  #: years, of simple minting, and of baseline minting in effective time
SIMPLE_TOTAL = 330e6  #: FIL minted by time alone
BASELINE_TOTAL = 770e6  #: FIL minted as capacity follows its baseline
BASELINE_START = 2.5057  #: EiB; the baseline doubles every year


def simple_minting(years: Amount) -> Amount:
    """FIL minted by time alone until ``years`` (>= 0) after the start: ``330e6·(1 − 2^(−t/6))``.

    Raises:
        ValueError: a negative time.

    Source: filecoin-project/builtin-actors, reward/logic.rs.

    >>> simple_minting(6.0)
    165000000.0
    """
    return _decaying(SIMPLE_TOTAL, non_negative("years", years))


def baseline_power(years: Amount) -> Amount:
    """Capacity (EiB) that the network should have ``years`` (0 to 1000) after the start: ``2.5057·2^t``.

    Raises:
        ValueError: a time outside its range.
    """
    return BASELINE_START * 2.0 ** between("years", years, 0.0, 1000.0)


def baseline_minting(times: Amount, power: Amount) -> NDArray[np.float64]:
    """FIL minted for capacity until each time: ``770e6·(1 − 2^(−θ/6))`` with the effective network time θ.

    Only capacity up to the baseline counts, and θ is the time in which the baseline itself would have added up to as
    much: ``∫₀^θ baseline = ∫₀^t min(power, baseline)``. A network that stays behind mints later, not less.

    Args:
        times: years, increasing, the first 0.
        power: EiB from each time on until the next (the last does not matter), >= 0; time along the first axis.

    Raises:
        ValueError: times that do not increase or do not begin at 0, or power that is negative or does not fit.

    Source: filecoin-project/builtin-actors, reward/logic.rs, which adds epoch by epoch.
    """
    moments, power = increasing("times", times), np.atleast_1d(non_negative("power", power))
    if moments[0] != 0 or len(power) != len(moments):
        raise ValueError(
            f"times begin at {moments[0]:.12g} and power has {len(power)} entries: allowed are 0, {len(moments)}"
        )
    between("times", moments, 0.0, 1000.0)
    column = (slice(None), *(np.newaxis,) * (power.ndim - 1))
    begin, end, held = moments[:-1][column], moments[1:][column], power[:-1]
    # Below the crossing the baseline is the smaller, above it the capacity.
    reached = np.log2(np.maximum(held, 1e-300) / BASELINE_START)
    crossing = np.clip(reached, begin, end)
    counted = BASELINE_START * 2.0**begin * np.expm1((crossing - begin) * np.log(2)) / np.log(2)
    counted = counted + held * (end - crossing)
    total = np.concatenate([np.zeros((1, *power.shape[1:])), np.cumsum(counted, axis=0)])
    effective = np.log1p(total * np.log(2) / BASELINE_START) / np.log(2)
    return np.asarray(_decaying(BASELINE_TOTAL, effective))


def consensus_pledge(
    circulating: Amount, sector_power: Amount, network_power: Amount, baseline: Amount = 0.0, share: Amount = 0.3
) -> Amount:
    """FIL to lock for a sector: ``share·circulating·sector/max(network, baseline)``.

    Args:
        circulating: FIL, >= 0.
        sector_power: of the sector, any unit of capacity, >= 0.
        network_power: of all, in the same unit, > 0.
        baseline: in the same unit, >= 0.
        share: of the circulating supply that pledges are to lock, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: filecoin-project/builtin-actors, miner/monies.rs; later proposals blend in a term without baseline.

    >>> round(consensus_pledge(7e8, 32.0, 20 * 2.0**30), 4)
    0.3129
    """
    circulating, sector = non_negative("circulating", circulating), non_negative("sector_power", sector_power)
    network, baseline = positive("network_power", network_power), non_negative("baseline", baseline)
    share = between("share", share, 0.0, 1.0)
    named = {"circulating": circulating, "sector_power": sector, "network_power": network}
    broadcastable(**named, baseline=baseline, share=share)
    return plain(share * circulating * (sector / np.maximum(network, baseline)))


@representable
def storage_pledge(daily_reward: Amount, days: Amount = 20.0) -> Amount:
    """FIL to lock for a sector besides: what it is expected to earn in ``days``.

    Args:
        daily_reward: of the sector, FIL per day, >= 0.
        days: >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: filecoin-project/builtin-actors, miner/monies.rs.
    """
    daily_reward, days = non_negative("daily_reward", daily_reward), non_negative("days", days)
    broadcastable(daily_reward=daily_reward, days=days)
    return daily_reward * days


def _decaying(total: float, years: Amount) -> Amount:
    return plain(-total * np.expm1(-years * (np.log(2) / HALF_LIFE)))
