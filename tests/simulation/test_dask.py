"""A sweep on a cluster: here one of two workers on this machine, of which one dies in the middle."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from distributed import Client, LocalCluster

from defi_lib.exchange import ConstantProductPool
from defi_lib.simulation import SweepError, sweep

LIMIT = 60.0  #: seconds
GRID = {"pool": [ConstantProductPool((1.0, 2000.0)), ConstantProductPool((9.0, 18000.0))], "seed": range(20)}


def traded(pool, seed):
    """A trade of random size: a state is a parameter, and a result."""
    time.sleep(0.05)
    swap = pool.swap_exact_in(np.random.default_rng(seed).uniform(0, 0.1))
    return {"paid": swap.amount_out, "pool": swap.pool}


def failing(value):
    return 1 / value


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1"}
    folder = str(tmp_path_factory.mktemp("workers"))
    with (
        LocalCluster(**options, dashboard_address=None, local_directory=folder) as cluster,
        Client(cluster, timeout=LIMIT) as client,
    ):
        yield client


def within_limit(call):
    """What ``call`` returns, or an error when it takes too long."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(call).result(timeout=LIMIT)
    finally:
        pool.shutdown(wait=False)


def test_every_result_arrives_though_a_worker_is_killed(client):
    want = sweep(traded, GRID)
    process = next(iter(client.run(os.getpid).values()))
    threading.Timer(0.4, os.kill, (process, signal.SIGKILL)).start()
    found = within_limit(lambda: sweep(traded, GRID, client))
    assert process not in client.run(os.getpid).values()  # it had died, and another has taken its place
    assert found.points == want.points and found.results == want.results


def test_batches_and_failures(client):
    assert within_limit(lambda: sweep(traded, GRID, client, batch=7)).results == sweep(traded, GRID).results
    with pytest.raises(SweepError, match="failed at value = 0: ZeroDivisionError"):
        within_limit(lambda: sweep(failing, {"value": [2, 1, 0, 3]}, client, batch=2))
