"""Edges of the compute models: tiny correlations, extreme prices, values that are no numbers."""

from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest

from defi_lib.compute import (
    Nodes,
    Tasks,
    burn_and_mint,
    cheapest_servers,
    copies_needed,
    correlated_loss,
    deterring_stake,
    draw_places,
    draw_services,
    estimate,
    footprint,
    loss_probability,
    network_growth,
    optimal_schedule,
    young_interval,
)
from tests.support.contracts import assert_refuses


def beta_binomial(needed, pieces, lost, correlation):
    """As fractions: each piece that is seen makes the next like it more likely."""
    seen = correlation / (1 - correlation)

    def together(part, count):
        return prod((part + i * seen for i in range(count)), start=Fraction(1))

    chances = (comb(pieces, kept) * together(1 - lost, kept) * together(lost, pieces - kept) for kept in range(needed))
    return sum(chances) / together(Fraction(1), pieces)


@pytest.mark.parametrize("correlation", [1e-300, 1e-17, 1e-14, 1e-9, 1e-3, 0.3, 1 - 2.0**-40])
@pytest.mark.parametrize(("needed", "pieces", "lost"), [(1, 3, 0.1), (4, 6, 0.25), (29, 40, 0.1)])
def test_losses_that_come_together_are_as_in_fractions(needed, pieces, lost, correlation):
    exact = float(beta_binomial(needed, pieces, Fraction(lost), Fraction(correlation)))
    assert correlated_loss(needed, pieces, lost, correlation) == pytest.approx(exact, rel=1e-10)


def test_next_to_no_correlation_is_none():
    assert correlated_loss(29, 80, 0.3, 5e-324) == pytest.approx(loss_probability(29, 80, 0.3), rel=1e-10)


def test_times_that_hardly_vary_are_their_mean():
    rng = np.random.default_rng(1)
    assert draw_services(2.0, 3, rng, variation=1e-300).tolist() == [2.0] * 3
    assert np.abs(draw_services(2.0, 1_000, rng, variation=1e-9) - 2).max() < 1e-7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: estimate([1.0, 2.0]).covers(np.nan), "value = nan"),
        (lambda: draw_places(1, np.random.default_rng(1), spread=np.nan), "spread = nan"),
        (lambda: draw_services(1.0, 3, np.random.default_rng(1), variation=1e200), "variation = 1e"),
        (lambda: draw_services(1.0, 2.5, np.random.default_rng(1)), "shape = 2.5"),
        (lambda: correlated_loss(1, 3, [0.1], 0.1), r"piece_loss has shape \(1,\)"),
        (lambda: cheapest_servers([8.0], 1.0, 1.0, 0.001), r"arrival_rate has shape \(1,\)"),
        (lambda: copies_needed([0.1, 0.2], 0.01), r"error has shape \(2,\)"),
        (lambda: optimal_schedule(Tasks([1.0]), Nodes([1.0]), seconds=[1.0, 2.0]), r"seconds has shape \(2,\)"),
        (lambda: burn_and_mint(100.0, 5e-324, 1.0), "beyond what a float can hold"),
        (lambda: deterring_stake(0.1, 1e308), "beyond what a float can hold"),
        (lambda: footprint(1e308, 1e308, 1.0), "beyond what a float can hold"),
        (lambda: network_growth(1e200, 1.0, 3.0), "beyond what a float can hold"),
        (lambda: young_interval(1e308, 1e308), "beyond what a float can hold"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
