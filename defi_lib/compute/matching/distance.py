"""Distance costs time: light in fibre, how near the nearest node is, and a model that is spread over many places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.validation import (
    Amount,
    Whole,
    at_least,
    between,
    broadcastable,
    finite,
    non_negative,
    one_number,
    plain,
    positive,
    representable,
    whole,
)

EARTH_RADIUS = 6371.0  #: km
FIBRE_SPEED = 299_792.458 / 1.468  #: km per second: light in glass

#: More nodes than any network has.
_MOST_NODES = 10_000_000


@representable
def round_trip(distance: Amount, detour: Amount = 1.5, processing: Amount = 0.0) -> Amount:
    """Seconds there and back: ``2·distance·detour/(speed in fibre) + processing``.

    Args:
        distance: great circle, km, >= 0.
        detour: length of the cable per great circle, >= 1; cables follow coasts and roads.
        processing: in routers and on the last mile (seconds), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(1000 * round_trip(505.0), 1)  # milliseconds
    7.4
    """
    distance, processing = non_negative("distance", distance), non_negative("processing", processing)
    detour = between("detour", detour, 1.0, np.inf, high_open=True)
    broadcastable(distance=distance, detour=detour, processing=processing)
    return 2 * distance * detour / FIBRE_SPEED + processing


def great_circle(places: Amount, others: Amount) -> Amount:
    """Distance on the globe (km) between places of (latitude, longitude) in degrees along the last axis.

    Args:
        places: latitude in [-90, 90], longitude any.
        others: as many, or one, or with axes that fit.

    Raises:
        ValueError: a latitude outside its range, or shapes that do not fit.

    Source: haversine formula, Sinnott (1984), which keeps its digits for places close to each other.

    >>> round(great_circle([52.5, 13.4], [48.1, 11.6]))
    506
    """
    (here, east), (there, other_east) = _radians("places", places), _radians("others", others)
    broadcastable(places=here, others=there)
    across = np.sin((east - other_east) / 2) ** 2
    half = np.sin((here - there) / 2) ** 2 + np.cos(here) * np.cos(there) * across
    return plain(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


@renamed(random="rng")
def draw_places(
    count: int, rng: np.random.Generator, hubs: Amount | None = None, spread: float = 5.0
) -> NDArray[np.float64]:
    """Places (latitude, longitude in degrees) of nodes: evenly on the globe, or around hubs.

    Args:
        count: nodes, >= 0.
        rng: where the randomness comes from.
        hubs: places of the hubs, one or more; each node has one at random.
        spread: mean offset from the hub in each of the two directions, as a standard deviation in degrees of arc, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    count, spread = at_least("count", count, 0), one_number("spread", positive("spread", spread))
    if hubs is None:
        points = rng.standard_normal((count, 3))
    else:
        latitude, longitude = _radians("hubs", np.atleast_2d(np.asarray(hubs, dtype=float)))
        centres = np.stack(
            [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
        )
        at_least("number of hubs", len(centres), 1)
        width = np.deg2rad(spread)
        points = centres[rng.integers(len(centres), size=count)] + width * rng.standard_normal((count, 3))
    norms = np.linalg.norm(points, axis=-1)
    x, y, z = (points / norms[:, np.newaxis]).T
    return np.stack([np.rad2deg(np.arcsin(z)), np.rad2deg(np.arctan2(y, x))], axis=-1)


def nearest_distance(users: Amount, nodes: Amount) -> NDArray[np.float64]:
    """Distance (km) from each user to the nearest node.

    Args:
        users: places (latitude, longitude in degrees).
        nodes: places, one or more.

    Raises:
        ValueError: no node, or a latitude outside its range.
    """
    users, nodes = np.atleast_2d(users), np.atleast_2d(nodes)
    at_least("number of nodes", len(nodes) if nodes.size else 0, 1)
    return np.min(great_circle(users[:, np.newaxis, :], nodes), axis=1)


def mean_nearest_distance(nodes: Whole) -> Amount:
    """Mean distance (km) from anywhere to the nearest of n nodes that lie evenly at random on the globe.

    ``R·π·C(2n, n)/4ⁿ ≈ R·√(π/n)``: to halve it takes four times as many nodes.

    Args:
        nodes: n, 1 to 10 million.

    Raises:
        ValueError: a number outside its range.

    Source: own derivation, ``∫₀^π cos(θ/2)^(2n) dθ``.
    """
    nodes = whole("nodes", nodes, 1, _MOST_NODES)
    steps = np.log1p(-0.5 / np.arange(1, int(np.max(nodes, initial=0)) + 1))
    return plain(EARTH_RADIUS * np.pi * np.exp(np.cumsum(steps)[np.asarray(nodes) - 1]))


def split_token_time(compute_time: Amount, places: Whole, hop: Amount) -> Amount:
    """Seconds for a token of one sequence whose model lies in parts at several places: ``compute + places·hop``.

    The token visits all parts in a ring, and the next one cannot begin before. In one building a hop takes
    microseconds; across the internet, tens of milliseconds, which no faster card can save.

    Args:
        compute_time: of all parts together (seconds), >= 0.
        places: number of parts, >= 1; with one there is no hop.
        hop: seconds from a place to the next, half a round trip, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Borzunov et al., *Petals*, arXiv:2209.01188.
    """
    compute_time, places = non_negative("compute_time", compute_time), whole("places", places, 1)
    hop = non_negative("hop", hop)
    broadcastable(compute_time=compute_time, places=places, hop=hop)
    return plain(compute_time + np.where(np.asarray(places) > 1, places, 0) * hop)


def _radians(name: str, places: Amount) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places = np.asarray(finite(name, places))
    if places.ndim == 0 or places.shape[-1] != 2:
        raise ValueError(f"{name} has shape {places.shape}: allowed are latitude and longitude along the last axis")
    return np.deg2rad(between(f"latitude of {name}", places[..., 0], -90.0, 90.0)), np.deg2rad(places[..., 1])
