"""What every state promises: it keeps what it was given, nobody can change it, and it travels."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from defi_lib.frozen import FrozenDict


def state_classes(package: Any) -> set[str]:
    """Public classes of a package with a constructor of their own: states, in contrast to plain records."""
    found = set()
    for name in package.__all__:
        known = vars(getattr(package, name)) if isinstance(getattr(package, name), type) else {}
        plain = "__orig_bases__" in known  # a NamedTuple, whose constructor is made for it
        if not plain and {"__new__", "__post_init__"} & set(known):
            found.add(name)
    return found


def arrays(value: Any) -> Iterator[np.ndarray]:
    """All arrays in a state or record."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from arrays(part)
    elif isinstance(value, (dict, FrozenDict)):
        for part in value.values():
            yield from arrays(part)


def check_keeps(make: Callable[..., Any], *given: Any) -> None:
    """A state of ``given`` arrays and mappings does not change when the caller changes these, nor by itself."""
    mine = tuple(copy.deepcopy(part) for part in given)
    state = make(*mine)
    for array in arrays(mine):
        assert array.flags.writeable, "the caller's array was locked"
        array[...] = 0.5
    for part in mine:
        if isinstance(part, dict):
            part.clear()
    np.testing.assert_equal(state, make(*given))
    assert all(not array.flags.writeable for array in arrays(state)), "an array of the state can be changed"


def check_travels(state: Any) -> None:
    """It is the same after pickling and copying, and its arrays are as locked as before."""
    for traveller in (pickle.loads(pickle.dumps(state)), copy.deepcopy(state), copy.copy(state)):
        assert type(traveller) is type(state)
        np.testing.assert_equal(traveller, state)
