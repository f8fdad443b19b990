"""When a protocol fails whose coin others lend on, do their users lose more than its own? Reading X14b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.figures import figure
from defi_lib.risk import Bridge, Failure, fail_one, spend_forged
from defi_lib.validation import Amount, plain

EVIDENCE = Registry("risk")

KELPDAO_COINS = 116_500  #: rsETH stolen, as the figure of the loss says

Array = NDArray[np.float64]

_ALONE = {"linked": 0.0, "isolated": 0.0, "recovered": 1.0, "shared": 0.0, "depth": 1.0}
_HALF = _ALONE | {"exposed": 0.5, "hole": 0.5, "others": 1.0}


@EVIDENCE.model(
    "X14b",
    placebos=[
        {"exposed": 0.0, "linked": 0.0, "shared": 0.0},  # no claims on each other and no common assets
    ],
    controls=[
        # Nobody has anything of his own: half is paid, on what others hold and to its users alike.
        Control(_HALF | {"cushion": 0.0}, 0.5),
        # Debts of 0.9, assets of 0.5: 0.2 is missing on either half, and the other bears 0.1 of it.
        Control(_HALF | {"cushion": 0.1}, 1 / 3),
        # The same, lent in isolated markets: the other's own money does not stand before its lenders.
        Control(_HALF | {"cushion": 0.1, "isolated": 1.0}, 1 / 2),
        # Defaults cost a fifth: it pays 0.4 of 0.9, and the other, in default too, 0.8 · 0.55 + 0.2 of 0.9.
        Control(_HALF | {"cushion": 0.1, "recovered": 0.8}, 0.26 / 0.51),
        # Half of the assets are one token: both sell 0.25 into a pool of 0.25, for a third of the price.
        Control(_HALF | {"cushion": 0.0, "shared": 0.5, "depth": 0.25}, 0.5 / (0.5 + 1 / 3)),
    ],
)
def users_outside(
    exposed: Array,
    hole: Array,
    cushion: Array,
    others: Array,
    linked: Array,
    isolated: Array,
    recovered: Array,
    shared: Array,
    depth: Array,
) -> Array:
    """Which part of what users lose falls on users of other protocols (ratio; 0 where no user loses anything).

    What is withdrawn in fear and paid is no loss, and nobody comes to the rescue: who pays for the failed protocol
    pays on both sides alike.

    Args:
        exposed: part of the failed protocol's debts that other protocols hold.
        hole: part of its assets that is gone.
        cushion: what each protocol can bear of its own, in parts of its assets.
        others: how many other protocols as large as it are exposed.
        linked: part of the others' debts that they owe one another.
        isolated: part of its debts that was lent in isolated markets, whose lenders bear it themselves.
        recovered: what a failed protocol's assets still bring.
        shared: part of the assets that all of them hold, and sell in need.
        depth: dollars of the pool in which it is sold, in units of one protocol's assets.
    """
    done = failure(exposed, hole, cushion, others, linked, isolated, recovered, shared, depth)
    inside, outside = np.asarray(done.inside), np.asarray(done.outside)
    users = inside + outside
    return np.where(users > _NOTHING, outside / np.where(users > _NOTHING, users, 1.0), 0.0)


#: Losses below this part of one protocol's assets are rounding.
_NOTHING = 1e-9


def failure(
    exposed: ArrayLike,
    hole: ArrayLike,
    cushion: ArrayLike,
    others: ArrayLike,
    linked: ArrayLike = 0.0,
    isolated: ArrayLike = 0.0,
    recovered: ArrayLike = 1.0,
    shared: ArrayLike = 0.0,
    depth: ArrayLike = 1.0,
    rescue: ArrayLike = 0.0,
) -> Failure:
    """What a failure of X14b does to everybody, in units of the failed protocol's assets; halves of others are rounded.

    >>> found = failure(exposed=0.5, hole=0.5, cushion=0.1, others=1)
    >>> [round(float(loss), 3) for loss in (found.inside, found.outside, found.owners, found.stolen)]
    [0.2, 0.1, 0.2, 0.5]
    """
    return fail_one(
        np.asarray(hole, dtype=float),
        others=np.rint(others),
        leverage=1.0 / np.maximum(cushion, _NOTHING / 1000),
        linked=linked,
        exposed=exposed,
        isolated=isolated,
        recovered=recovered,
        shared=shared,
        depth=depth,
        rescue=rescue,
    )


def who_bears(
    gone: Amount, cushion: Amount, isolated: Amount, destroyed: Amount = 0.0, exposed: Amount = 0.4, others: Amount = 10
) -> dict[str, Amount]:
    """What lesson 6.4 explores: who bears a hole, in per cent of the failed protocol's assets.

    Args:
        gone: part of its assets that is gone, ``hole`` in X14b.
        cushion: what each protocol can bear of its own, as in X14b.
        isolated: part of what others hold that was lent in isolated markets, as in X14b.
        destroyed: part of its assets that a failure destroys.
        exposed, others: as in X14b.

    >>> found = who_bears(gone=0.5, cushion=0.1, isolated=0.0, exposed=0.5, others=1)
    >>> {who: round(float(loss), 1) for who, loss in found.items()}
    {'Its own users': 20.0, 'Users of others': 10.0, 'Owners and funds': 20.0, 'gone': 50.0, 'added': 0.0}
    """
    done = failure(exposed, gone, cushion, others, isolated=isolated, recovered=1.0 - np.asarray(destroyed))
    added = np.asarray(done.costs) + done.bought + done.paper
    losses = {"Its own users": done.inside, "Users of others": done.outside, "Owners and funds": done.owners}
    return {
        who: plain(100.0 * np.asarray(loss)) for who, loss in (losses | {"gone": done.stolen, "added": added}).items()
    }


def kelpdao(minutes: float | None = None, cap: float | None = None) -> float:
    """Million dollars unpaid at lending markets after KelpDAO's robbery (18 April 2026), had it been stopped otherwise.

    What was lent on each coin follows from the bad debt; that the coins were pledged evenly until the pause is our
    choice. Holders of before are paid in full: who shares in it is decided afterwards, and hits borrowers on the same
    coin too, who are not in the model.

    Args:
        minutes: until all is paused, >= 0; by default as it was.
        cap: coins that the lending markets take at most, >= 0; by default as many as they took.

    >>> round(kelpdao()), round(kelpdao(minutes=23))
    (246, 123)
    """
    stolen, bad, pledged, pause = (
        float(figure(series, allow_unreliable=True).value)
        for series in (
            "hacks.kelpdao_bridge_exploit_loss",
            "contagion.kelpdao_exploit_bad_debt_aave",
            "contagion.kelpdao_pledged",
            "contagion.kelpdao_minutes_until_paused",
        )
    )
    price = stolen / KELPDAO_COINS
    spent = spend_forged(
        Bridge(KELPDAO_COINS),
        KELPDAO_COINS,
        price,
        bad / (pledged * price),
        pledged / pause,
        pause if minutes is None else minutes,
        KELPDAO_COINS if cap is None else cap,
    )
    return float(spent.lenders_loss)
