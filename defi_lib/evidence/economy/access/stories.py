"""What is told, and what became of all who took part: readings X16b and X16a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import VANISHING, told_results
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.integers import positions
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

# A fair game with a spread of one, of which winners alone are heard: half and half of a deviation, Φ(1/2)/Φ(−1/2).
_FAIR = {"spread": 1.0, "change": 0.0, "winner_tells": 0.4, "loser_tells": 0.0, "vanished": 0.0, "who": 2, "fees": 0.0}
_BELOW_HALF = 0.6914624612740131
_WINNERS = _BELOW_HALF / (1 - _BELOW_HALF)


@EVIDENCE.model(
    "X16b",
    placebos=[
        {"winner_tells": 0.3, "loser_tells": 0.3, "vanished": 0.0},  # all tell alike, and all are there
        {"winner_tells": 0.3, "loser_tells": 0.3, "who": 2},  # who is gone is anybody
    ],
    controls=[
        Control(_FAIR, _WINNERS - 1),
        Control(_FAIR | {"vanished": 0.5}, _WINNERS - 1),
        Control(_FAIR | {"loser_tells": 0.4, "vanished": _BELOW_HALF, "who": 0}, _WINNERS - 1),  # all losers are gone
        Control(_FAIR | {"loser_tells": 0.4, "vanished": _BELOW_HALF, "who": 1}, _WINNERS - 1),
        # Half of the losers are gone, whichever: as if each told half as often.
        Control(
            _FAIR | {"loser_tells": 0.4, "vanished": _BELOW_HALF / 2, "who": 1},
            (_BELOW_HALF + (1 - _BELOW_HALF) / 2) / (1 - _BELOW_HALF / 2) - 1,
        ),
        Control(_FAIR | {"loser_tells": 0.1}, (0.75 * _BELOW_HALF + 0.25) / (1 - 0.75 * _BELOW_HALF) - 1),
        Control(_FAIR | {"spread": 2.0, "loser_tells": 0.4, "vanished": 0.5, "who": 0}, 0.9544997361036416),
        # A dollar is a whole deviation above the middle: e^(−1/2) on average and after fees.
        Control(_FAIR | {"change": np.exp(-0.5) - 1}, 0.5 / 0.15865525393145707 - 1),
        Control(_FAIR | {"fees": 1 - np.exp(-0.5)}, 0.5 / 0.15865525393145707 - 1),
    ],
)
def told_beyond_all(
    spread: Array,
    change: Array,
    winner_tells: Array,
    loser_tells: Array,
    vanished: Array,
    who: Array,
    fees: Array,
) -> Array:
    """How much more those who are heard got on average than all (part of the latter), as what a dollar became.

    Args:
        spread: standard deviation of the logarithm of the results.
        change: of a dollar on average, before fees.
        winner_tells, loser_tells: chances that who got back a dollar or more, or less, tells.
        vanished: part of all that tells nothing, because the token, the account or the person is gone.
        who: option of ``VANISHING``, counted from 0.
        fees: part of the result.
    """
    ways = [
        told_results(spread, winner_tells, loser_tells, vanished, fees, mean=1 + change, vanish=way).exaggeration
        for way in VANISHING
    ]
    return np.choose(positions(who), ways) - 1


#: Counts of what became of all who took part: per cent below the yardstick, and the figure.
_COUNTS = {
    "users of bitcoin apps (2015 to 2022), lost": "retail.bitcoin_app_users_lost_money_low",
    "addresses at Pump.fun (2025), lost": "launch.pump_fun_addresses_losses_low",
    "positions at Uniswap v3 (2021), below holding": "lp_losses.uniswap_v3_lp_positions_studied",
    "leveraged stakers at Aave (2020 to 2023), below plain staking": "leverage.steth_leverage_staking_aave_v2_share",
}


def below() -> dict[str, float]:
    """Per cent of all who took part that stayed below the yardstick, by count; the lower end where two are given.

    >>> round(below()["leveraged stakers at Aave (2020 to 2023), below plain staking"], 1)
    18.3
    """
    parts = {name: float(figure(key).value) for name, key in _COUNTS.items()}
    above = next(name for name in parts if "plain staking" in name)  # the study gives the part above
    return parts | {above: 100 - parts[above]}


@EVIDENCE.figures("X16a")
def most_lost() -> Count:
    """In how many published counts more than half of all who took part stayed below."""
    parts = below()
    more = [name for name, part in parts.items() if part > 50]
    fees, gone, net = (
        float(figure(f"lp_losses.{name}").value)
        for name in (
            "fees_earned_lps_studied_uniswap",
            "impermanent_loss_lps_studied_uniswap",
            "net_result_lps_versus_holding",
        )
    )
    tokens = figure("launch.2025_token_launches_below_launch")
    return Count(
        true=len(more) == len(parts),
        says=f"In {len(more)} of {len(parts)}: " + "; ".join(f"{name} {part:.3g} %" for name, part in parts.items()),
        who="Bank for International Settlements (2022, from downloads and prices), Dune (2025), Loesch et al. (2021), "
        "Xiong et al. (2023)",
        turns="among the providers one in a hundred more, and among the stakers a third of all more, had stayed below",
        sources=(*_COUNTS.values(), tokens.id),
        other=f"By money the providers did lose: {fees:.0f} million dollars of fees against {gone:.0f} million beside "
        f"holding, {-net:.0f} million together. Counted by tokens, not by people, {tokens.value:.0f} % of the "
        "launches of 2025 stood below their start",
    )


def hears(spread: ArrayLike, losers: float, vanished: float, who: str) -> dict[str, ArrayLike]:
    """What lesson 8.6 explores: a fair game, and what is heard of it (what a dollar became).

    Args:
        spread: as above, one number or many.
        losers: how often a loser tells, as a part of how often a winner does.
        vanished: as above.
        who: a way of ``VANISHING``.

    >>> found = hears(1.0, 0.2, 0.2, "worst")
    >>> round(float(found["Told, on average"]), 2), round(float(found["Middle of all"]), 2)
    (1.84, 0.61)
    """
    heard = told_results(spread, 1.0, losers, vanished, vanish=who)
    found = {
        "Told, on average": heard.told_mean,
        "Told, the middle": heard.told_median,
        "All, on average": heard.mean,
        "Middle of all": heard.median,
        "losing": heard.losing,
    }
    return {name: np.broadcast_to(np.asarray(each, float), np.shape(spread)) for name, each in found.items()}


def tosses(times: int = 10) -> Array:
    """What a dollar became in each of the equally likely ways a coin can fall: heads half more, tails half less.

    >>> results = tosses(10)
    >>> len(results), float(results.mean()), round(float(np.median(results)), 3)
    (1024, 1.0, 0.237)
    """
    results = np.ones(1)
    for _ in range(times):
        results = np.concatenate([results * 1.5, results * 0.5])
    return results


def pot(fee: float, shared: bool = False) -> Ledger:
    """A dollar of each of a thousand and more players goes into a pot, which pays by :func:`tosses`, less a fee.

    Args:
        fee: of the house (part of what is paid out).
        shared: whether all get the mean instead, as from a fund that holds every result.
    """
    results = np.sort(tosses())
    paid = np.full_like(results, results.mean()) if shared else results
    groups = {
        "up to 6 heads": results < 1,
        "7 or 8 heads": (results >= 1) & (results < 10),
        "9 or 10 heads": results >= 10,
    }
    ledger = Ledger([*groups, "pot", "house"])
    for name, group in groups.items():
        ledger.record(name, "pot", float(group.sum()), "USD", "stake")
        ledger.record("pot", name, float(paid[group].sum()) * (1 - fee), "USD", "result")
    ledger.record("pot", "house", float(paid.sum()) * fee, "USD", "fee")
    ledger.check_conserved()
    return ledger
