"""What every public state and record promises: it travels, it cannot be changed, and it keeps its own numbers.

The classes are found by themselves: a new one that cannot keep the promise, or be made, fails here.
"""

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from defi_lib.simulation import sweep
from tests.support.states import (
    NO_STATES,
    STATES,
    Hand,
    arrays_in,
    example,
    is_protocol,
    is_record,
    public_classes,
    returned,
    same_value,
)

CLASSES = {name: kind for name, kind in public_classes() if name not in NO_STATES and not is_protocol(kind)}
CHECKED = {name: kind for name, kind in CLASSES.items() if not (issubclass(kind, tuple) and is_record(kind))}
every_class = pytest.mark.parametrize("name", CLASSES)
every_state = pytest.mark.parametrize("name", CHECKED)


def test_the_list_of_examples_is_of_today():
    known = dict(public_classes())
    assert not [name for name in (*STATES, *NO_STATES) if name not in known], "take them out of tests/support/states.py"
    assert len(CHECKED) > 50 and len(CLASSES) > 200


@every_class
def test_it_pickles_and_copies(name):
    state = example(name, CLASSES[name])
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert same_value(pickle.loads(pickle.dumps(state, protocol)), state)
    assert same_value(copy.deepcopy(state), state) and same_value(copy.copy(state), state)


@every_class
def test_it_cannot_be_changed(name):
    state = example(name, CLASSES[name])
    fields = state._fields if hasattr(state, "_fields") else [field.name for field in dataclasses.fields(state)]
    for field in fields:
        with pytest.raises((AttributeError, TypeError)):
            setattr(state, field, 1)
        if isinstance(getattr(state, field), Mapping):
            with pytest.raises(TypeError):
                getattr(state, field)["new"] = 1


@every_state
def test_it_keeps_its_own_numbers_and_locks_them(name):
    hand = Hand()
    state = example(name, CHECKED[name], hand)
    before = pickle.dumps(state)
    handed = [given for given in hand.given if isinstance(given, np.ndarray)]
    for array in arrays_in(state):
        assert not array.flags.writeable or not any(np.array_equal(array, given) for given in handed), array
    hand.change()
    assert same_value(state, pickle.loads(before))


def test_they_are_parameters_and_results_of_a_sweep_in_other_processes():
    states = [example(name, kind) for name, kind in CLASSES.items()]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        results = sweep(returned, {"state": states}, pool, progress=False).results
    for name, state, result in zip(CLASSES, states, results, strict=True):
        assert same_value(result["state"], state), name


def test_same_value_sees_differences():
    assert not same_value(np.array([1.0]), np.array([1])) and not same_value((1,), [1])
    assert not same_value({"a": np.array([1.0])}, {"a": np.array([2.0])})
