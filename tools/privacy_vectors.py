"""Writes `tests/vectors/gaussian_privacy.json`: what Google's `dp-accounting` says of Gaussian noise.

It needs an environment of its own, because its pins do not fit this course's:

    python -m venv /tmp/privacy && /tmp/privacy/bin/pip install dp-accounting==0.6.0
    /tmp/privacy/bin/python tools/privacy_vectors.py
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from dp_accounting import GaussianDpEvent, SelfComposedDpEvent
from dp_accounting.pld import PLDAccountant
from dp_accounting.pld.common import DifferentialPrivacyParameters
from dp_accounting.pld.privacy_loss_mechanism import GaussianPrivacyLoss

TARGET = Path(__file__).parents[1] / "tests/vectors/gaussian_privacy.json"
ONE = [(0.1, 1e-5), (0.5, 1e-5), (1.0, 1e-5), (2.0, 1e-5), (8.0, 1e-6), (30.0, 1e-9), (0.01, 0.1), (1e-3, 1e-3)]
NOISES = [(0.3, 5.0), (0.5, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 4.0), (2.0, 0.5), (5.0, 0.1), (8.92, 0.3)]
ROUNDS = [(8.92, 20, 1e-5), (31.4, 20, 1e-5), (11.18, 20, 1e-5), (1.0, 1, 1e-5), (3.0, 100, 1e-6), (50.0, 1_000, 1e-7)]


def spent(noise: float, rounds: int, delta: float) -> float:
    """ε of so many rounds, composed round by round from the distribution of the privacy loss."""
    accountant = PLDAccountant(value_discretization_interval=1e-5)
    accountant.compose(SelfComposedDpEvent(GaussianDpEvent(noise), rounds))
    return float(accountant.get_epsilon(delta))


vectors = {
    "sources": [f"dp-accounting {version('dp-accounting')}, Apache 2.0, github.com/google/differential-privacy"],
    "conventions": [
        "noise is a standard deviation as a multiple of the sensitivity, of one client added or removed",
        "noises: dp-accounting searches until it is at most 1e-7 above, never below",
        "rounds: the loss's distribution on a grid of 1e-5, rounded up: at most 1e-8 above, never below",
    ],
    "deltas": [
        {"noise": s, "epsilon": e, "delta": float(GaussianPrivacyLoss(s).get_delta_for_epsilon(e))} for s, e in NOISES
    ],
    "noises": [
        {
            "epsilon": e,
            "delta": d,
            "noise": float(
                GaussianPrivacyLoss.from_privacy_guarantee(DifferentialPrivacyParameters(e, d)).standard_deviation
            ),
        }
        for e, d in ONE
    ],
    "rounds": [{"noise": s, "rounds": n, "delta": d, "epsilon": spent(s, n, d)} for s, n, d in ROUNDS],
}
TARGET.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
