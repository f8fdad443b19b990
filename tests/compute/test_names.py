"""Names of an earlier version, which old notebooks use."""

import inspect

import numpy as np
import pytest

from defi_lib import compute


def test_every_generator_is_called_rng_and_random_still_works():
    drawing = {}
    for name in compute.__all__:
        thing = getattr(compute, name)
        if callable(thing) and not (isinstance(thing, type) and issubclass(thing, tuple)):
            drawing[name] = set(inspect.signature(thing).parameters) & {"rng", "random"}
    drawing = {name: found for name, found in drawing.items() if found}
    assert len(drawing) >= 17 and set().union(*drawing.values()) == {"rng"}
    for name in drawing:
        thing = getattr(compute, name)
        with pytest.warns(DeprecationWarning, match=rf"{name}\(random=…\) is now"), pytest.raises(TypeError):
            thing(random=np.random.default_rng(1), nonsense=1)


def test_the_same_draws_by_either_name():
    with pytest.warns(DeprecationWarning):
        old = compute.poisson_arrivals(1.0, 5, random=np.random.default_rng(1))
    assert np.array_equal(old, compute.poisson_arrivals(1.0, 5, rng=np.random.default_rng(1)))


@pytest.mark.parametrize("name", ["treasury", "token_economy"])
def test_runs_are_simulated(name):
    with pytest.warns(DeprecationWarning, match=f"run_{name} is now .*simulate_{name}"):
        assert getattr(compute, f"run_{name}") is getattr(compute, f"simulate_{name}")
