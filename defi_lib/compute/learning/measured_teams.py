"""Six people who train together: what each team of them would reach, and who earns what by coming and going.

Trained once and kept, because an explorer cannot train 64 teams for each move of a slider.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.learning.classifier import Samples, load_digits
from defi_lib.compute.learning.contribution import contributions_by_round, retrained_accuracy
from defi_lib.compute.learning.data_value import Game
from defi_lib.compute.learning.federated import flip_labels, split_samples
from defi_lib.compute.learning.robust_aggregation import idle
from defi_lib.validation import one_of

Array = NDArray[np.float64]

#: Six who claim 150 pictures each: three know the digits 0 to 7, one 8 and 9; the others bring nothing, or harm.
CAST = ("one of three", "one of three", "one of three", "rare digits", "free rider", "wrong labels")
#: How alike the data of six are who come and go; what one of them misses; rounds and splits.
MIXES = {"a fair sample": 1e3, "a few digits": 0.1}
PRESENCE = ("the second half", "the first half", "every second round", "nothing")
ROUNDS, SPLITS, TRAINING = 20, 4, 20


def cast(rare_alone: bool) -> list[Samples]:
    """The pictures of the six of :data:`CAST`.

    Args:
        rare_alone: whether the fourth alone knows the digits 8 and 9, or the first three have some of them, too.
    """
    data = load_digits(np.random.default_rng(1)).train
    rng = np.random.default_rng(3)
    order = rng.permutation(data.size)
    is_rare = data.labels[order] >= 8
    rare = rng.permutation(order[is_rare])[:150]
    others = order[~is_rare] if rare_alone else order[~np.isin(order, rare)]
    parts = [data.part(chosen) for chosen in np.split(others[:750], 5)]
    return [*parts[:3], data.part(rare), parts[3], flip_labels(parts[4])]


def measure_teams(rare_alone: bool) -> Array:
    """Accuracy that each of the 64 teams reaches by itself in twenty rounds; member k is bit k of a team's number."""
    test = load_digits(np.random.default_rng(1)).test
    members = (np.arange(64)[:, np.newaxis] >> np.arange(6)) & 1 == 1
    return retrained_accuracy(cast(rare_alone), test, TRAINING, behaviours={4: idle})(members)


def team_accuracy(rare_alone: bool = True) -> Game:
    """The value of teams as it was trained: a function of masks, one row for each team, one column for each member.

    Args:
        rare_alone: as in :func:`cast`.

    >>> game = team_accuracy()
    >>> bool(game(np.array([[1, 1, 1, 1, 0, 0]], dtype=bool)).item() > 0.9)
    True
    """
    values = _kept()["teams"][0 if rare_alone else 1]
    return lambda teams: values[np.asarray(teams, bool) @ (1 << np.arange(6))]


def measure_turns(alike: float) -> Array:
    """What one earns who misses each of :data:`PRESENCE`, as a part of all that twenty rounds add; mean of splits.

    Three of six miss something, each in another way; all take each place in turn, so that nobody's data are better.
    Each round's gain in accuracy is shared out by Shapley values.

    Args:
        alike: concentration of the Dirichlet draw.
    """
    digits, there, half = load_digits(np.random.default_rng(1)), np.ones((ROUNDS, 6), bool), ROUNDS // 2
    there[half:, 0] = there[:half, 1] = there[1::2, 2] = False
    earned = np.zeros(6)
    for split in range(SPLITS):
        six = split_samples(digits.train, 6, np.random.default_rng(2 + split), alike=alike)
        for first in range(6):
            run = contributions_by_round(six[first:] + six[:first], digits.test, there)
            earned += np.sum(run.values, axis=0)
    return np.append(earned[:3], np.mean(earned[3:])) / np.sum(earned)


def earned_by_turns(mix: str = "a fair sample") -> dict[str, float]:
    """What one of six earns who misses rounds, as a part of all that is learned (see :func:`measure_turns`).

    Args:
        mix: ``"a fair sample"`` or ``"a few digits"``.

    Raises:
        ValueError: a mix that was not tried.

    >>> earned = earned_by_turns()
    >>> bool(earned["the first half"] < 0.1 * earned["nothing"])
    True
    """
    one_of("mix", mix, tuple(MIXES))
    return dict(zip(PRESENCE, _kept()["turns"][tuple(MIXES).index(mix)].tolist(), strict=True))


@cache
def _kept() -> dict[str, Array]:
    with resources.files(__package__).joinpath("teams.npz").open("rb") as file, np.load(file) as data:
        return {name: data[name] for name in data.files}
