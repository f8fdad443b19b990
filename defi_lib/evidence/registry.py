"""All evidence of the course, by reading. A reading without any is *not yet tested*."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec

from defi_lib.claims import reading, readings
from defi_lib.evidence.effects import Count, Effect, Proof, Registry
from defi_lib.evidence.situations import Case
from defi_lib.evidence.verdicts import Evidence, evidence_on


def effect(id: str) -> Effect:
    """The effect that tests a reading of kind "model".

    Raises:
        ValueError: no such reading, one of another kind, or one that is not yet tested.
    """
    found = _registry(reading(id).module).effects.get(id)
    if found is None:
        kind = reading(id).kind
        why = "is not yet tested" if kind == "model" else f"is of kind {kind!r}: it has no worlds"
        raise ValueError(f"id = {id!r} {why}")
    return found


def evidence(id: str, case: Case | None = None) -> Evidence | Count | Proof:
    """What is known about a reading: over worlds, counted or proved, by its kind.

    Args:
        id: of the reading.
        case: a person and a time, for readings of kind "model"; the headline if none is given.

    Raises:
        ValueError: no such reading, or one that is not yet tested.
    """
    return _headline(id) if case is None else evidence_on(effect(id), case)


@cache
def _headline(id: str) -> Evidence | Count | Proof:
    found = _registry(reading(id).module)
    return found.others[id]() if id in found.others else evidence_on(effect(id))


def tested() -> list[str]:
    """The ids of all readings that have evidence, in the order of the claims."""
    return [each.id for each in readings() if _registry(each.module).has(each.id)]


@cache
def models() -> tuple[str, ...]:
    """Those of them that are tested by the worlds of a model, in the same order."""
    return tuple(id for id in tested() if reading(id).kind == "model")


@cache
def _registry(module: str) -> Registry:
    name = f"defi_lib.evidence.{module}"
    found = importlib.import_module(name).EVIDENCE if find_spec(name) else Registry(module)
    assert isinstance(found, Registry)
    return found
