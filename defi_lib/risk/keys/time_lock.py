"""An upgrade that waits: who sees in time that it takes his money, and gets out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, non_negative, non_negative_or_infinite, plain, positive


class HostileUpgrade(NamedTuple):
    """An upgrade that takes what is there when it comes (in the unit of the deposits)."""

    deposits: Amount  #: before
    warned: Amount  #: of those, whose owners saw it in time
    left: Amount  #: what got out
    stopped: Amount  #: chance that a guardian cancels it
    taken: Amount  #: on average

    def transfers(
        self, users: str = "users", protocol: str = "protocol", insider: str = "insider", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """What users get out in time, and what the insider takes on average."""
        return actual(
            (
                Transfer(protocol, users, self.left, asset, "withdrawal"),
                Transfer(protocol, insider, self.taken, asset, "hostile upgrade"),
            )
        )


def seen_in_time(delay: Amount, notice: Amount, watching: Amount = 1.0) -> Amount:
    """Part of the users who see an announced upgrade before it comes: ``watching·(1 − e^{−delay/notice})``.

    Args:
        delay: days from its announcement until it comes, >= 0.
        notice: days that those who watch take on average, > 0.
        watching: part of the users who watch at all, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> round(seen_in_time(2.0, 1.0, 0.5), 4), seen_in_time(0.0, 1.0)
    (0.4323, 0.0)
    """
    delay, notice = non_negative("delay", delay), positive("notice", notice)
    watching = between("watching", watching, 0.0, 1.0)
    broadcastable(delay=delay, notice=notice, watching=watching)
    return plain(watching * -np.expm1(-np.asarray(delay) / notice))


def hostile_upgrade(
    deposits: Amount,
    delay: Amount,
    notice: Amount,
    *,
    watching: Amount = 1.0,
    exit_limit: Amount = np.inf,
    guardians: int = 0,
    guardian_sees: Amount = 0.0,
) -> HostileUpgrade:
    """Let an insider announce an upgrade that takes all deposits: some users leave, a guardian may cancel it.

    Args:
        deposits: >= 0.
        delay: days until it comes, >= 0; without a delay nobody gets out.
        notice: days that whoever watches takes on average, > 0.
        watching: part of the deposits whose owners watch, in [0, 1].
        exit_limit: what can leave in a day at most, >= 0: a queue, or assets that must first be sold.
        guardians: who may cancel it, >= 0.
        guardian_sees: chance that each of them sees it in time, in [0, 1], independently; nothing without a delay.

    Raises:
        ValueError: an argument outside its range.

    >>> step = hostile_upgrade(100.0, delay=7.0, notice=2.0, watching=0.5)
    >>> round(step.left, 2), round(step.taken, 2)
    (48.49, 51.51)
    """
    deposits = non_negative("deposits", deposits)
    part = seen_in_time(delay, notice, watching)
    limit = np.asarray(non_negative_or_infinite("exit_limit", exit_limit))
    if not isinstance(guardians, (int, np.integer)) or isinstance(guardians, bool) or guardians < 0:
        raise ValueError(f"guardians = {guardians!r} is outside the allowed range: an integer >= 0")
    sees = between("guardian_sees", guardian_sees, 0.0, 1.0)
    broadcastable(deposits=deposits, part=part, exit_limit=limit, guardian_sees=sees)
    warned = np.asarray(deposits) * part
    with np.errstate(invalid="ignore"):
        room = np.where(np.asarray(delay) > 0, limit * delay, 0.0)
    left = np.minimum(warned, room)
    stopped = np.where(np.asarray(delay) > 0, 1 - (1 - np.asarray(sees)) ** guardians, 0.0)
    taken = (np.asarray(deposits) - left) * (1 - stopped)
    return HostileUpgrade(deposits, plain(warned), plain(left), plain(stopped), plain(taken))
