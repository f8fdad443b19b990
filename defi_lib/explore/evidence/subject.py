"""What a bet, the evidence and the map are about: a registered reading, or an effect that somebody has built."""

from __future__ import annotations

from functools import cached_property

from defi_lib.claims import Reading, reading
from defi_lib.evidence import Count, Effect, Evidence, Proof, effect, evidence, evidence_on


class Subject:
    """A reading with what tests it.

    Args:
        of: the id of a reading, or an effect.

    Raises:
        ValueError: no such reading, or one that is not yet tested.
    """

    def __init__(self, of: str | Effect) -> None:
        self.effect: Effect | None = of if isinstance(of, Effect) else None
        self.reading: Reading = of.reading if isinstance(of, Effect) else reading(of)
        self._id = of if isinstance(of, str) else ""
        if self._id and self.reading.kind == "model":
            self.effect = effect(self._id)
        elif self._id:
            self.found  # noqa: B018 - it is there, and takes no time

    @cached_property
    def found(self) -> Evidence | Count | Proof:
        """What is known; over worlds it takes a moment, the first time."""
        if self._id:
            return evidence(self._id)
        assert self.effect is not None
        return evidence_on(self.effect)
