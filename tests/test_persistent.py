import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.persistent import SharedDict


@given(st.lists(st.tuples(st.integers(-300, 300), st.integers()), max_size=400), st.integers(0, 400))
@settings(max_examples=40, deadline=None)
def test_it_is_a_dictionary_in_the_order_of_the_keys_and_the_one_before_stays(entries, cut):
    shared, plain = SharedDict(), {}
    for number, (key, value) in enumerate(entries):
        if number == cut:
            before, then = shared, dict(plain)
        shared, plain[key] = shared.with_entry(key, value), value
    assert list(shared.items()) == list(plain.items()) and len(shared) == len(plain)
    if cut < len(entries):
        assert list(before.items()) == list(then.items())


def test_a_step_copies_a_small_part():
    whole = SharedDict({number: str(number) for number in range(10_000)})
    after = whole.with_entry(5, "other")
    assert whole[5] == "5" and after[5] == "other"
    others = [one is two for one, two in zip(whole._parts, after._parts, strict=True)]
    assert others.count(False) == 1 and len(others) > 100


def test_it_travels_and_cannot_be_changed():
    shared = SharedDict({("ann", 1): 2.0, "bob": 3.0})
    for other in (pickle.loads(pickle.dumps(shared)), copy.deepcopy(shared)):
        assert other == shared == {("ann", 1): 2.0, "bob": 3.0} and list(other) == list(shared)
    assert hash(shared) == hash(SharedDict(dict(shared)))
    with pytest.raises(TypeError):
        shared["bob"] = 4.0
    with pytest.raises(KeyError):
        shared["cat"]
    assert repr(SharedDict({"ann": 1})) == "SharedDict({'ann': 1})"
