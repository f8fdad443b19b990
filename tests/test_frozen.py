import copy
import pickle
from typing import NamedTuple

import numpy as np
import pytest

from defi_lib.frozen import FrozenDict, Parts, kept


def test_an_array_is_copied_once_and_locked():
    mine = np.arange(3.0)
    its = kept(mine)
    mine[0] = 9
    assert its.tolist() == [0, 1, 2] and kept(its) is its
    with pytest.raises(ValueError, match="read-only"):
        its[0] = 1


def test_a_view_of_a_locked_array_is_no_lock():
    mine = np.arange(3.0)
    view = mine[:2]
    view.setflags(write=False)
    its = kept(view)
    mine[0] = 9
    assert its[0] == 0


class Tank(Parts, NamedTuple("Tank", [("level", np.ndarray), ("pair", tuple)])):
    """A state that is made of something else than its fields."""

    def __new__(cls, size):
        return super().__new__(cls, np.zeros(size), (np.ones(size), 1.0))


def test_a_state_with_a_constructor_of_its_own_travels_as_it_is_and_arrives_locked():
    tank = Tank(2)._replace(level=np.array([5.0, 6.0]))
    for again in (pickle.loads(pickle.dumps(tank)), copy.deepcopy(tank)):
        assert type(again) is Tank and again.level.tolist() == [5.0, 6.0] and again.pair[0].tolist() == [1.0, 1.0]
        assert not again.level.flags.writeable and not again.pair[0].flags.writeable


def test_what_is_no_array_stays():
    assert kept(5.0) == 5.0 and kept("word") == "word"


def test_a_frozen_mapping_is_read_copied_and_pickled_but_not_written():
    entries = {"alice": 5}
    frozen = FrozenDict(entries)
    entries["bob"] = 6
    assert frozen == {"alice": 5} == copy.deepcopy(frozen) == pickle.loads(pickle.dumps(frozen))
    assert frozen | {"bob": 7} == {"alice": 5, "bob": 7} and "bob" not in frozen and hash(frozen) == hash(frozen | {})
    with pytest.raises(TypeError):
        frozen["alice"] = 1
