"""What every function of the library promises, asked in one place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

#: A message is a sentence, not a print of the data.
LONGEST = 500


def assert_refuses(call: Callable[[], object], message: str) -> None:
    """Bad input gets a ``ValueError`` that says which argument, fits ``message``, and prints at most a few entries."""
    with pytest.raises(ValueError, match=message) as caught:
        call()
    said = str(caught.value)
    assert len(said) <= LONGEST, f"{len(said)} characters: show a few entries (validation.shown)"
    assert not re.search(r"\bdtype=|\bName: |<function|object at 0x", said), f"prints an object: {said}"


def assert_broadcasts(call: Callable[..., Any], *arguments: Any, exactly: bool = False) -> None:
    """Arrays of scenarios give what the scalars give, one by one, in every number of the result.

    Args:
        call: of the arguments; its result is a number, or a tuple (a record) of numbers and other things.
        arguments: arrays of one shape, or scalars.
        exactly: to the last digit; by default to 1e-12.
    """
    shape = np.broadcast_shapes(*(np.shape(each) for each in arguments))
    together = list(_numbers(call(*arguments)))
    for where in np.ndindex(shape):
        one = list(_numbers(call(*(each[where] if np.shape(each) else each for each in arguments))))
        assert len(one) == len(together)
        for all_of_them, single in zip(together, one, strict=True):
            got = np.broadcast_to(all_of_them, shape)[where]
            assert got == single if exactly else got == pytest.approx(single, rel=1e-12, abs=1e-300)


def _numbers(result: Any) -> Any:
    """All numbers and arrays of numbers in a result, in order; a state inside a record is looked into too."""
    if isinstance(result, tuple):
        for part in result:
            yield from _numbers(part)
        return
    kind = np.asarray(result).dtype.kind if isinstance(result, (float, int, np.number, np.ndarray)) else ""
    if kind and kind in "fiu":
        yield result
