"""A pool of machines that break down: the others go on serving the common line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.serving.queueing import Queue
from defi_lib.frozen import kept
from defi_lib.rounding import below
from defi_lib.validation import Amount, broadcastable, fulfilled, integer, plain, positive

#: Beyond it the matrices become slow.
_MOST_SERVERS = 200

_MOST_ITERATIONS = 60


def unreliable_pool(arrival_rate: Amount, service_rate: Amount, servers: int, mtbf: Amount, mttr: Amount) -> Queue:
    """M/M/c whose servers break down, busy or not; a request whose server fails goes on at the next one that is free.

    Exact, from the balance of all states (requests present, servers working), with a relative error of some 10⁻¹⁵
    over the square of ``1 − ρ``. With one server it is
    :func:`defi_lib.compute.unreliable_queue`, without failures :func:`defi_lib.compute.mmc_queue`. What a request
    waits after its server has failed counts as waiting.

    Args:
        arrival_rate: λ, of all requests, per second, > 0; below ``c·μ·mtbf/(mtbf + mttr)``.
        service_rate: μ, requests per second and working server, > 0.
        servers: c, 1 to 200, one number.
        mtbf: mean time from repair to the next failure of a server (seconds, exponential), > 0.
        mttr: mean time to repair (seconds, exponential), > 0; every server is repaired by itself.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, a load without steady state, or one
            so near to it that no solution is found.

    Source: Mitrany, Avi-Itzhak, *A Many-Server Queue with Service Interruptions* (1968); solved by the logarithmic
    reduction of Latouche, Ramaswami (1993).

    >>> round(unreliable_pool(1.0, 1.0, 2, 9.0, 1.0).wait, 3)
    0.646
    """
    arrival_rate = kept(positive("arrival_rate", arrival_rate))
    service_rate = kept(positive("service_rate", service_rate))
    integer("servers", servers, 1, _MOST_SERVERS)
    mtbf, mttr = positive("mtbf", mtbf), positive("mttr", mttr)
    shape = broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, mtbf=mtbf, mttr=mttr)
    load = np.asarray(arrival_rate * (mtbf + mttr) / (servers * service_rate * mtbf))
    no_steady = "are values in [0, 1): at 1 or more there is no steady state, the queue grows without end"
    fulfilled("utilisation ρ = arrival rate/capacity that works", load, below(load, 1.0), no_steady)
    # Time in units of 1/μ; the last two axes are the numbers of working servers before and after.
    came, fails, repairs = (
        np.broadcast_to(np.asarray(rate, dtype=float), shape)[..., np.newaxis, np.newaxis]
        for rate in (arrival_rate / service_rate, 1 / (service_rate * mtbf), 1 / (service_rate * mttr))
    )
    working = np.arange(servers + 1.0)
    moves = fails * np.diag(working[1:], -1) + repairs * np.diag(servers - working[:-1], 1)
    moves = moves - np.sum(moves, axis=-1, keepdims=True) * np.eye(servers + 1)

    def stays(present: int) -> NDArray[np.float64]:
        """Minus the rates of a level of ``present`` requests to itself."""
        return came * np.eye(servers + 1) + np.diag(np.minimum(working, present)) - moves

    down = _first_passage(came * np.eye(servers + 1), stays(servers), np.diag(working))
    beyond = came * np.linalg.inv(stays(servers) - came * down)  # chances at one more request per those at this one
    steps = [beyond]
    for present in range(servers, 0, -1):
        leaving = np.minimum(working, present + 1)
        steps.append(came * np.linalg.inv(stays(present) - steps[-1] * leaving))
    steps.reverse()  # steps[n]: from n requests to n + 1
    chances = [_stationary(stays(0) - steps[0] * np.minimum(working, 1.0))]
    for step in steps[:-1]:
        chances.append(chances[-1] @ step)
    # From c requests on the chances are a geometric series of matrices.
    rest = np.linalg.inv(np.eye(servers + 1) - beyond)
    tail = chances.pop() @ rest
    levels = np.stack([level[..., 0, :] for level in chances], axis=-2)
    number = np.arange(servers)[:, np.newaxis]
    total = np.sum(levels, axis=(-2, -1)) + np.sum(tail, axis=(-2, -1))
    waiting = np.sum(np.maximum(number - working, 0.0) * levels, axis=(-2, -1))
    waiting = waiting + np.sum((servers - working) * tail + tail @ beyond @ rest, axis=(-2, -1))
    waits = np.sum(np.where(number >= working, levels, 0.0), axis=(-2, -1)) + np.sum(tail, axis=(-2, -1))
    return Queue(arrival_rate, service_rate, servers, plain(waits / total), plain(waiting / total / arrival_rate))


def _first_passage(up: NDArray, stays: NDArray, down: NDArray) -> NDArray[np.float64]:
    """Chances of where the servers stand when the requests are one fewer for the first time."""
    higher, lower = np.linalg.solve(stays, up), np.linalg.solve(stays, np.broadcast_to(down, stays.shape))
    passage, path = lower, higher
    for _ in range(_MOST_ITERATIONS):
        left = np.eye(stays.shape[-1]) - higher @ lower - lower @ higher
        higher, lower = np.linalg.solve(left, higher @ higher), np.linalg.solve(left, lower @ lower)
        added = path @ lower
        passage, path = passage + added, path @ higher
        if np.all(np.max(added, axis=(-2, -1), initial=0.0) < np.finfo(float).eps):
            return passage
    raise ValueError(f"no solution found in {_MOST_ITERATIONS} steps: the load is too near to 1")


def _stationary(balance: NDArray) -> NDArray[np.float64]:
    """Row vector whose product with ``balance`` is zero; its sum is 1."""
    equations = np.swapaxes(balance, -1, -2).copy()
    equations[..., -1, :] = 1.0
    right = np.zeros((*balance.shape[:-1], 1))
    right[..., -1, 0] = 1.0
    return np.swapaxes(np.linalg.solve(equations, right), -1, -2)
