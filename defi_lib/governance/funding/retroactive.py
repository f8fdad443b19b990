"""Retroactive funding: a jury says afterwards what was useful, and a pool pays for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below
from defi_lib.validation import Amount, at_least, between, non_negative, one_number, one_of


class Awards(NamedTuple):
    """What a jury pays (tokens); projects along the last axis."""

    scores: NDArray[np.float64]  #: what the jury as one thinks each is worth
    awards: NDArray[np.float64]  #: out of the pool

    def transfers(
        self, pool: str = "reward pool", projects: str = "project", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """The award of each project, ``"project 0"`` and so on."""
        count = self.awards.shape[-1]
        return actual(Transfer(pool, f"{projects} {i}", self.awards[..., i], asset, "award") for i in range(count))


def award(scores: Amount, pool: float, by: str = "median", least: float = 0.0, quorum: int = 1) -> Awards:
    """Divide a pool by what each juror thinks each project is worth.

    Args:
        scores: >= 0; the last two axes are jurors and projects. Who says nothing says 0.
        pool: tokens, >= 0, of which all is paid unless no project gets anything.
        by: ``"median"`` of the jurors who gave a project something, as in Optimism's rounds, or ``"mean"`` of all.
        least: part of the pool below which a project gets nothing, in [0, 1].
        quorum: jurors who must have given a project something, >= 1.

    Raises:
        ValueError: an argument outside its range.

    One juror who asks for the moon moves a mean, and no median:

    >>> scores = [[5.0, 5.0], [5.0, 5.0], [5.0, 1e6]]
    >>> award(scores, 100.0).awards, award(scores, 100.0, by="mean").awards.round(2)
    (array([50., 50.]), array([  0., 100.]))

    Source: Optimism, retroactive public goods funding, rounds 3 and 4; ballots of round 4 weigh metrics.
    """
    given = np.asarray(non_negative("scores", scores))
    pool, least = one_number("pool", non_negative("pool", pool)), one_number("least", between("least", least, 0.0, 1.0))
    by, quorum = one_of("by", by, ("median", "mean")), at_least("quorum", quorum, 1)
    if given.ndim < 2 or not given.size:
        raise ValueError(f"scores has shape {given.shape}: allowed are 2 axes or more, jurors and projects")
    heard = given > 0
    value = np.mean(given, axis=-2) if by == "mean" else _median(given, heard)
    value = np.where(np.count_nonzero(heard, axis=-2) >= quorum, value, 0.0)
    parts = _parts(value)
    return Awards(locked(value), locked(pool * _parts(np.where(below(parts, least), 0.0, parts))))


def captured(scores: Amount, project: int, jurors: int, pool: float, by: str = "median") -> float:
    """What a project gains (tokens) if the first ``jurors`` collude, and give the most that anybody gave, to it alone.

    Args:
        scores: honest ones, >= 0, jurors and projects on two axes.
        project: its position.
        jurors: who collude, from 0 to all.
        pool, by: as in :func:`award`.

    Raises:
        ValueError: an argument outside its range.

    >>> scores = np.ones((5, 2))
    >>> [round(captured(scores, 0, k, 100.0), 1) for k in (0, 2, 5)]
    [0.0, 0.0, 50.0]

    Source: own derivation. A median holds while less than half of those who score a project collude.
    """
    honest = np.asarray(non_negative("scores", scores))
    before = award(honest, pool, by).awards
    jurors, project = at_least("jurors", jurors, 0), at_least("project", project, 0)
    if honest.ndim != 2 or jurors > honest.shape[0] or project >= honest.shape[1]:
        raise ValueError(f"jurors = {jurors}, project = {project}: allowed are those of scores of shape {honest.shape}")
    bought = np.array(honest)
    bought[:jurors] = 0.0
    bought[:jurors, project] = np.max(honest, initial=0.0)
    return float(award(bought, pool, by).awards[project] - before[project])


def _median(given: NDArray[np.float64], heard: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median of those above 0, and 0 where there is none."""
    ordered = np.sort(np.where(heard, given, np.inf), axis=-2)
    count = np.count_nonzero(heard, axis=-2)[..., np.newaxis, :]
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=-2)
    high = np.take_along_axis(ordered, np.minimum(count // 2, given.shape[-2] - 1), axis=-2)
    middle = np.where(count > 0, low, 0.0) / 2 + np.where(count > 0, high, 0.0) / 2
    return np.asarray(middle[..., 0, :])


def _parts(value: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.sum(value, axis=-1, keepdims=True)
    return value / np.where(total > 0, total, 1.0)
