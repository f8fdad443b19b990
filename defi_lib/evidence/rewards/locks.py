"""Do buyers lose less if insiders are locked, and what happens around unlocks? Readings R1a and R1b.

Both sides have the same buyers, the same news and the same insiders, who sell evenly whatever they may sell: only the
time of release differs, and what of it buyers count. A token costs the project's worth over the tokens that they count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.rewards.insiders import LOCK, RELEASE
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure
from defi_lib.rewards import Vesting, price_of_counted

EVIDENCE = Registry("rewards")

Worlds = NDArray[np.float64]

#: Months after the launch at which everything is counted, and times at which buyers pay: the middles of 120 steps.
END, STEPS = 24.0, 120

_LOCKED = Vesting(LOCK, 0.0, RELEASE)
#: A quarter trades, a half comes, evenly over a year or after the lock; nobody leaves.
_PLAIN = {"insiders": 0.5, "sold": 1.0, "traded": 0.25, "hurry": 12.0, "lost": 0.0}
_STILL = {"growth": 1.0, "news": 0.0}


def price(
    month: Worlds, schedule: Vesting, insiders: Worlds, sold: Worlds, traded: Worlds, counted: Worlds, lost: Worlds
) -> Worlds:
    """What a token costs (a part of the worth at the launch), had there been no news."""
    released = np.asarray(schedule.vested(month))
    foreseen = released + counted * (1 - released)
    coming = insiders * sold
    trading = traded + coming * released
    return np.asarray(price_of_counted(1 - lost * foreseen, trading, coming * (1 - released), counted))


def kept_of_a_dollar(
    month: Worlds,
    schedule: Vesting,
    insiders: Worlds,
    sold: Worlds,
    traded: Worlds,
    counted: Worlds,
    lost: Worlds,
    news: Worlds,
) -> Worlds:
    """What a dollar that was paid in ``month`` is worth at the end."""
    own = (schedule, insiders, sold, traded, counted, lost)
    return np.asarray((1 + news) ** (1 - month / END) * price(np.array(END), *own) / price(month, *own))


def kept_by_all(schedule: Vesting, growth: Worlds, *own: Worlds, steps: int = STEPS) -> Worlds:
    """What a dollar of all buyers together is worth at the end; ``own`` as in :func:`kept_of_a_dollar`."""
    month = (np.arange(steps) + 0.5)[:, None] * END / steps
    paid = np.asarray(growth) ** month
    return np.asarray(np.sum(paid * kept_of_a_dollar(month, schedule, *own), axis=0) / np.sum(paid, axis=0))


@EVIDENCE.model(
    "R1a",
    placebos=[
        {
            "counted": 1.0,
            "foreseen": 1.0,
        },  # all is in the price: no schedule changes what a dollar becomes
        {"sold": 0.0, "lost": 0.0},  # nobody sells
    ],
    controls=[
        # Price down with the tokens: 1 − (0.5 + 0.75)/2 / 0.75 = 1/6 is lost; with the lock 0.3, all before the end.
        Control({**_PLAIN, **_STILL, "counted": 0.0, "foreseen": 0.0}, 1 / 6 - 0.3, within=1e-5),
        # Half is counted: 0.6875 of 0.75, and 0.5 or on the mean 0.541667 of 0.583333.
        Control(
            {**_PLAIN, **_STILL, "counted": 0.5, "foreseen": 0.5},
            0.6875 / 0.75 * -1 + 0.5208333333333334 / 0.5833333333333334,
            1e-5,
        ),
        # All is counted of the calendar, half of free sales: nothing is lost, or half of 1/6.
        Control({**_PLAIN, **_STILL, "counted": 1.0, "foreseen": 0.5}, 1 - 0.6875 / 0.75, 1e-5),
        # Money falls as the worth does, to a quarter: what is paid at any time counts alike.
        Control(
            {**_PLAIN, "growth": 0.25 ** (1 / 24), "news": -0.75, "counted": 0.0, "foreseen": 0.0},
            (0.7 - 0.625 / 0.75) * 0.25 * np.log(4) / 0.75,
            within=1e-4,
        ),
        # No token is sold, but half of the worth leaves with those who might: ln 2 and 5 ln 1.2 instead of 1.
        Control(
            {**_PLAIN, **_STILL, "sold": 0.0, "counted": 0.0, "foreseen": 0.0, "lost": 0.5},
            (5 / 6 + 5 * np.log(1.2)) / 2 - (np.log(2) + 1) / 2,
            within=1e-3,
        ),
    ],
)
def saved_by_a_lock(
    insiders: Worlds,
    sold: Worlds,
    traded: Worlds,
    counted: Worlds,
    foreseen: Worlds,
    hurry: Worlds,
    growth: Worlds,
    lost: Worlds,
    news: Worlds,
) -> Worlds:
    """Gain of buyers with the lock less that without (part of what they paid)."""
    with_lock = kept_by_all(_LOCKED, growth, insiders, sold, traded, counted, lost, news)
    return with_lock - kept_by_all(Vesting(0.0, 0.0, hurry), growth, insiders, sold, traded, foreseen, lost, news)


def by_purchase(month: ArrayLike, counted: float, hurry: float, insiders: float, lost: float) -> dict[str, Worlds]:
    """What lesson 4.4 explores: gain at the end of who buys in ``month``, without news.

    What trades and what is sold are today's.

    >>> found = by_purchase(0, counted=0.0, hurry=3, insiders=0.25, lost=0.0)
    >>> {name: round(float(gain), 3) for name, gain in found.items()}  # 0.125/0.3 and 0.125/0.183 are left
    {'Insiders locked': -0.318, 'Free to sell': -0.583}
    """
    known = assumptions("R1a", ("sold", "traded"))
    sold, traded = known["sold"].today, known["traded"].today
    own = tuple(np.asarray(each, float) for each in (insiders, sold, traded, counted, lost, 0.0))
    time = np.asarray(month, float)
    return {
        "Insiders locked": kept_of_a_dollar(time, _LOCKED, *own) - 1,
        "Free to sell": kept_of_a_dollar(time, Vesting(0.0, 0.0, hurry), *own) - 1,
    }


@EVIDENCE.figures("R1b")
def around_unlocks() -> Count:
    """How often prices fall around unlocks, how far, and how far at the end of lock-ups of shares."""
    falls, team = (
        figure("launch.token_unlocks_followed_preceded_price"),
        figure("launch.mean_price_effect_unlocks_team"),
    )
    few, shares = figure("launch.mean_price_effect_unlocks_ecosystem"), figure("lockup.ipo_three_day_abnormal_return")
    small = figure("unlock.small_and_large")
    return Count(
        true=float(falls.value) > 50,
        says=f"Around {falls.value:.0f} % of 16,000 unlocks of all kinds the price fell; at those of teams by "
        f"{abs(float(team.value)):.0f} %, while at those for the ecosystem it rose by {few.value:.1f} %",
        who=f"A firm that makes markets in such tokens, Keyrock ({falls.date}); how it took out the market's own fall "
        "was not seen",
        turns="the market's own trend explains more than four falls of ten: most tokens fall in most months anyway",
        sources=(falls.id, team.id, few.id, shares.id, small.id),
        other=f"at the end of lock-ups of shares, less what the market did, {shares.value:.1f} % ({shares.date}); of "
        f"tokens, unlocks of less than a hundredth of what trades left no trace ({small.date})",
    )
