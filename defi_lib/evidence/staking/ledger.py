"""Whether a change of the past is found, and what never stood in the ledger."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.staking.chain.block import draft_block, find_tampering, mine, sign_transaction
from defi_lib.staking.chain.keys import key_pair_from_phrase

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

#: What the forger does, in the order of the options of the table.
AMOUNT, HASHES, OWN = range(3)
HALF = 0.5  #: of the writers: more of them make the longer chain

_NO_MATTER = {"liars": 0.2, "writers": 0.0, "compared": 0}


@EVIDENCE.model(
    "P8a",
    placebos=[{"changed": 0.0}],  # nothing is changed: nobody raises an alarm
    controls=[
        # Two changed entries, each read with a half; no hash is changed.
        Control({"forgery": AMOUNT, "changed": 2, "checked": 0.5, "sources": 1, **_NO_MATTER}, 0.75),
        # Read with a half, and told by the only source, which lies with a fifth: 1 − 0.5 · 0.2.
        Control({"forgery": HASHES, "changed": 1, "checked": 0.5, "sources": 1, **_NO_MATTER}, 0.9),
        # Every signature is right: it stays unseen if both sources lie.
        Control({"forgery": OWN, "changed": 1, "checked": 1, "sources": 2, **_NO_MATTER}, 0.96),
        # Most writers join in: all honest sources show the forged chain too. A note of one's own is worth more.
        Control({"forgery": OWN, "changed": 1, "checked": 1, "sources": 9, **_NO_MATTER, "writers": 0.6}, 0.0),
        Control({"forgery": OWN, "changed": 1, "checked": 1, "sources": 9, "liars": 0.2, "writers": 0.6,
                 "compared": 1}, 1.0),
    ],
)  # fmt: skip
def forgeries_found(
    forgery: Worlds, changed: Worlds, checked: Worlds, compared: Worlds, sources: Worlds, liars: Worlds,
    writers: Worlds,
) -> Worlds:  # fmt: skip
    """Chance that the reader finds out that the past was changed."""
    traces = [_traces(False), _traces(True)]
    in_entries, in_hashes = (
        np.array([[each[part] for each in rows] for rows in traces])[
            (changed > 0).astype(np.int64), forgery.astype(np.int64)
        ]
        for part in (0, 1)
    )
    reads_one = 1 - (1 - checked) ** changed
    is_told = np.where(writers < HALF, 1 - liars**sources, 0.0)
    has_true_hash = np.where(compared == 1, 1.0, is_told)
    return np.asarray(1 - (1 - in_entries * reads_one) * (1 - in_hashes * has_true_hash))


@EVIDENCE.figures("P8b")
def losses_that_began_on_the_ledger() -> Count:
    """How much of what attackers took in a year began with something that was there to read."""
    off, audited, in_audited = (
        figure(f"hacks.{name}")
        for name in (
            "share_2024_losses_off_chain",
            "hundred_largest_protocol_hacks_share_been",
            "hundred_largest_protocol_hacks_share_losses",
        )
    )
    on = 100 - float(off.value)
    return Count(
        true=on > 100 * HALF,
        says=f"{off.value:.1f} % of the losses of {off.date} began off the ledger, with stolen keys and deceived "
        f"people; {on:.1f} % began on it, in code that anybody could read.",
        who=f"Counted by Halborn ({off.date}).",
        turns="keys and people become so safe that more than half of a year's losses begin in code",
        sources=(off.id, audited.id, in_audited.id),
        other=f"Where somebody had read the code, less was lost: of the hundred largest attacks {audited.value:.0f} % "
        f"hit audited protocols, with {in_audited.value:.1f} % of the losses.",
    )


class Trace(NamedTuple):
    """Where a forgery shows."""

    in_entries: bool  #: to whoever checks the block
    in_hash: bool  #: to whoever knows the true hash


@cache
def _traces(changed: bool) -> tuple[Trace, ...]:
    """Each forgery of the same block, tried out; the amount is the old one if nothing is ``changed``."""
    ada, forger = key_pair_from_phrase("Ada"), key_pair_from_phrase("forger")
    paid, owed = sign_transaction(ada, "ben", 30), sign_transaction(forger, "ben", 30)
    first = draft_block(None, [], "nobody", 0, 1)
    true = mine(draft_block(first, [paid, owed], "carl", 12, 16))
    amount = 60 if changed else 30
    raised, own = paid._replace(amount=amount), sign_transaction(forger, "ben", amount)
    attempts = (
        true._replace(transfers=(raised, owed)),
        mine(draft_block(first, [raised, owed], "carl", 12, 16)),
        mine(draft_block(first, [paid, own], "carl", 12, 16)),
    )
    return tuple(Trace(find_tampering([first, each]) is not None, each.hash != true.hash) for each in attempts)
