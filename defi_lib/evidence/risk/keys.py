"""Are nine keys better than one, where some lie in one hand and all sign what one program shows? Reading X20c."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.risk import committee_stuck, committee_taken

EVIDENCE = Registry("risk")

Array = NDArray[np.float64]

KEYS = 9  #: of the vault, as at the Ronin bridge in 2022
APART = (1,) * KEYS  #: operators with one key each

_NEVER = {"robbed": 0.0, "gone": 0.0, "at_once": 0.0}
_SIX = _NEVER | {"held": 4.0, "needed": 6.0}


@EVIDENCE.model(
    "X20c",
    placebos=[
        {"held": 9.0},  # all in one hand: one of one
        {"robbed": 0.0, "gone": 0.0},  # only what takes all at once
    ],
    controls=[
        # Nine apart, all nine needed, each robbed in one year of two: (1/2)^9 against 1/2.
        Control(_NEVER | {"held": 1.0, "needed": 9.0, "robbed": 0.5}, 0.5**8 - 1),
        # Six needed: the operator of four and two of five others: 1/2 · 26/32.
        Control(_SIX | {"robbed": 0.5}, 26 / 32 - 1),
        # Four gone are enough to lock it: the operator, or four of the five others: 1/2 + 1/2 · 6/32.
        Control(_SIX | {"gone": 0.5}, 6 / 32),
        # Robbed 1/2, else gone 1/2, so 1/4; locked with 1/4 + 3/4 · 1/64; one key with 3/4.
        Control(
            _SIX | {"robbed": 0.5, "gone": 0.5, "at_once": 0.2},
            (0.2 + 0.8 * (13 / 32 + 1 / 4 + 3 / 256)) / (0.2 + 0.8 * 3 / 4) - 1,
        ),
        # Halves are rounded: 4.4 is four, 5.6 is six.
        Control(_SIX | {"held": 4.4, "needed": 5.6, "robbed": 0.5}, 26 / 32 - 1),
    ],
)
def several_keys_against_one(held: Array, needed: Array, robbed: Array, gone: Array, at_once: Array) -> Array:
    """How much more often several keys lose what they guard than one key does (part of how often that loses it).

    An operator is robbed of all his keys, or else he may lose them; a vault is emptied as soon as a thief has enough
    keys, and locked as soon as too few are left. Both cannot be: together they would need more keys than there are.
    What takes all at once takes the one key too.

    Args:
        held: keys with one operator; the others lie with one operator each.
        needed: keys that open the vault.
        robbed: chance a year that an operator is robbed.
        gone: chance a year that one who is not robbed loses his keys for good.
        at_once: chance a year of what takes all keys at once.
    """
    one = at_once + (1 - at_once) * (robbed + (1 - robbed) * gone)
    several = at_once + (1 - at_once) * _lost(held, needed, robbed, (1 - robbed) * gone)
    return np.asarray(several / one - 1)


def _lost(held: Array, needed: Array, robbed: Array, gone: Array) -> Array:
    """Chance that so many operators are robbed, or lose their keys, that the vault is emptied or locked."""
    whole = np.rint(np.stack(np.broadcast_arrays(held, needed))).astype(np.int64)
    found = np.empty(whole.shape[1])
    for many, least in np.unique(whole, axis=1).T:
        here = (whole[0] == many) & (whole[1] == least)
        operators = [many, *APART[many:]]
        taken = committee_taken(least, operators, robbed[here])
        found[here] = taken + committee_stuck(least, operators, gone[here])
    return found


def ways_to_hold(robbed: ArrayLike, at_once: ArrayLike, held: int, needed: int, keys: int = 7) -> dict[str, ArrayLike]:
    """What lesson 6.6 explores: how often a vault is emptied in a year, by who holds its keys.

    Args:
        robbed: chance a year that an operator is robbed of all his keys.
        at_once: chance a year of what takes all keys at once.
        held: keys with one operator; the others lie with one operator each.
        needed: keys that open the vault.
        keys: of the vault.

    >>> found = ways_to_hold(0.05, 0.0, held=2, needed=3, keys=5)
    >>> {name: round(float(chance), 5) for name, chance in found.items()}
    {'One key': 0.05, 'As they are held': 0.00725, 'All apart': 0.00116}
    """
    return {
        "One key": committee_taken(1, 1, robbed, at_once),
        "As they are held": committee_taken(needed, [held] + [1] * (keys - held), robbed, at_once),
        "All apart": committee_taken(needed, keys, robbed, at_once),
    }
