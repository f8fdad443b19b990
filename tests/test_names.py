"""Names: those of an earlier version still work, with a warning, and new ones are said in one way."""

import importlib
import inspect
import warnings

import numpy as np
import pytest

from defi_lib import units

PACKAGES = ("exchange", "lending", "staking", "rewards", "compute")


def public(package):
    module = importlib.import_module(f"defi_lib.{package}")
    return {name: getattr(module, name) for name in module.__all__}


def arguments(thing):
    return set(inspect.signature(thing).parameters) if inspect.isfunction(thing) else set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_generator_is_called_rng_and_random_still_works(package):
    drawing = {name: thing for name, thing in public(package).items() if arguments(thing) & {"rng", "random"}}
    for name, thing in drawing.items():
        assert "random" not in arguments(thing), name
        with pytest.warns(DeprecationWarning, match=rf"{name}\(random=…\) is now"), pytest.raises(TypeError):
            thing(random=np.random.default_rng(1), nonsense=1)


def test_the_lengths_of_time_fit_together_and_have_one_home():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from defi_lib.compute import EPOCHS_PER_YEAR, HOURS_PER_YEAR
        from defi_lib.lending import BLOCKS_PER_YEAR, DAY, SECONDS_PER_YEAR
        from defi_lib.rewards import EPOCHS_PER_YEAR as REBASES
    assert units.DAYS_PER_YEAR * units.SECONDS_PER_DAY == SECONDS_PER_YEAR == 31_536_000
    assert units.DAYS_PER_YEAR * units.HOURS_PER_DAY == HOURS_PER_YEAR == 8760
    assert units.SECONDS_PER_HOUR * units.HOURS_PER_DAY == units.SECONDS_PER_DAY == DAY
    assert units.SECONDS_PER_WEEK == 7 * DAY
    assert EPOCHS_PER_YEAR * 30 == BLOCKS_PER_YEAR * 15 == REBASES * 8 * 3600 == SECONDS_PER_YEAR
    assert units.ETHEREUM_EPOCHS_PER_DAY * 32 * 12 == DAY


@pytest.mark.parametrize(
    ("package", "old", "new"),
    [
        ("exchange", "largest_front_run", "max_front_run"),
        ("exchange", "smallest_victim", "min_victim"),
        ("lending", "largest_leverage", "max_leverage"),
        ("rewards", "run_farm", "simulate_farm"),
        ("rewards", "run_launch", "simulate_launch"),
        ("rewards", "smallest_capital", "min_capital"),
        ("staking", "DifficultyPath", "DifficultyRun"),
        ("staking", "FeeMarketPath", "FeeMarketRun"),
        ("staking", "MiningPath", "MiningRun"),
        ("staking", "StakeHistory", "StakeRun"),
        ("staking", "Transfer", "Transaction"),
        ("staking", "sign_transfer", "sign_transaction"),
        ("staking", "smallest_amount", "min_amount"),
        ("staking", "transfer_leaf", "transaction_leaf"),
    ],
)
def test_a_name_of_an_earlier_version_still_works(package, old, new):
    module = importlib.import_module(f"defi_lib.{package}")
    with pytest.warns(DeprecationWarning, match=rf"{old} is now defi_lib\.{package}\.{new}"):
        assert getattr(module, old) is getattr(module, new)
    assert old not in module.__all__


def test_a_bound_is_called_by_its_kind_and_the_earlier_word_still_works():
    staking = importlib.import_module("defi_lib.staking")
    with pytest.warns(DeprecationWarning, match=r"next_inflation\(largest_change=…\) is now"):
        old = staking.next_inflation(0.1, 0.5, 1.0, largest_change=0.2)
    assert old == staking.next_inflation(0.1, 0.5, 1.0, max_change=0.2)
