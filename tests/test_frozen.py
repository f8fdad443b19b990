import copy
import pickle

import numpy as np
import pytest

from defi_lib.frozen import FrozenDict, kept


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
