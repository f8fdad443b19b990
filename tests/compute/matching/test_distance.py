import numpy as np
import pytest

from defi_lib.compute import (
    EARTH_RADIUS,
    draw_places,
    great_circle,
    mean_nearest_distance,
    nearest_distance,
    round_trip,
    split_token_time,
)
from tests.support.contracts import assert_refuses

LONDON, SYDNEY = (51.5074, -0.1278), (-33.8688, 151.2093)


def test_distances_on_the_globe():
    assert great_circle((0.0, 0.0), (0.0, 90.0)) == pytest.approx(EARTH_RADIUS * np.pi / 2)
    assert great_circle((90.0, 12.0), (-90.0, 80.0)) == pytest.approx(EARTH_RADIUS * np.pi)
    assert great_circle(LONDON, SYDNEY) == pytest.approx(16_994, abs=5)
    assert great_circle((10.0, 10.0), (10.0, 10.0)) == 0
    # A metre keeps its digits.
    assert great_circle((0.0, 0.0), (0.0, 1e-5)) == pytest.approx(np.deg2rad(1e-5) * EARTH_RADIUS, rel=1e-9)


def test_light_needs_time():
    assert round_trip(1000.0, 1.0) == pytest.approx(2000 * 1.468 / 299_792.458)
    assert round_trip(great_circle(LONDON, SYDNEY)) == pytest.approx(0.2497, rel=1e-3)
    assert round_trip(0.0, processing=0.01) == 0.01


def test_mean_distance_to_the_nearest_node():
    assert mean_nearest_distance(1) == pytest.approx(EARTH_RADIUS * np.pi / 2)
    assert mean_nearest_distance(2) == pytest.approx(EARTH_RADIUS * np.pi * 3 / 8)
    many = mean_nearest_distance(np.array([10_000, 40_000]))
    np.testing.assert_allclose(many, EARTH_RADIUS * np.sqrt(np.pi / np.array([1e4, 4e4])), rtol=1e-4)


@pytest.mark.parametrize("nodes", [1, 5, 40])
def test_drawn_places_agree_with_the_formula(nodes):
    random = np.random.default_rng(12)
    found = [nearest_distance(draw_places(1, random), draw_places(nodes, random))[0] for _ in range(4000)]
    assert np.mean(found) == pytest.approx(mean_nearest_distance(nodes), abs=4 * np.std(found) / np.sqrt(4000))


def test_hubs_leave_the_rest_of_the_world_far():
    random = np.random.default_rng(3)
    users = draw_places(2000, random)
    even, crowded = draw_places(200, random), draw_places(200, random, hubs=[LONDON, (40.7, -74.0)])
    assert nearest_distance(users, crowded).mean() > 4 * nearest_distance(users, even).mean()
    near = great_circle(draw_places(20_000, random, hubs=LONDON, spread=1.0), LONDON)
    # Two independent directions of one degree each: Rayleigh, whose mean is √(π/2).
    assert near.mean() == pytest.approx(EARTH_RADIUS * np.deg2rad(1) * np.sqrt(np.pi / 2), rel=0.02)
    assert draw_places(0, random).shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: round_trip(-1.0), r"distance = -1 .*\[0, inf\)"),
        (lambda: round_trip(1.0, 0.5), r"detour = 0.5 .*\[1, inf\)"),
        (lambda: round_trip(1.0, processing=-1.0), r"processing = -1 .*\[0, inf\)"),
        (lambda: great_circle((91.0, 0.0), LONDON), r"latitude of places = 91 .*\[-90, 90\]"),
        (lambda: great_circle(LONDON, [[0.0, 0.0], [-91.0, 0.0]]), r"latitude of others\[1\] = -91 .*\[-90, 90\]"),
        (lambda: great_circle((1.0, 2.0, 3.0), LONDON), r"places has shape \(3,\)"),
        (lambda: nearest_distance([LONDON], np.empty((0, 2))), r"number of nodes = 0 .*>= 1"),
        (lambda: mean_nearest_distance(0), r"nodes = 0 .*from 1"),
        (lambda: draw_places(-1, np.random.default_rng(1)), r"count = -1 .*>= 0"),
        (lambda: draw_places(1, np.random.default_rng(1), LONDON, 0.0), r"spread = 0 .*\(0, inf\)"),
        (lambda: split_token_time(-1.0, 1, 0.0), r"compute_time = -1 .*\[0, inf\)"),
        (lambda: split_token_time(1.0, 0, 0.0), r"places = 0 .*from 1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
