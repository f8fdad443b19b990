"""One sweep of 10,000 points: here, on a pool of processes, and on a Dask cluster of this machine's cores.

Each point leads a pool along a random path of prices, hour by hour for four days. Cluster and pool are started before
the clock, as they would be for more than one sweep.
"""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from distributed import Client, LocalCluster

from defi_lib.exchange import ConstantProductPool, arbitrage_along
from defi_lib.simulation import GeometricBrownian, sweep

WORKERS = os.cpu_count() or 1
GRID = {"fee": np.geomspace(1e-4, 1e-1, 20).tolist(), "volatility": [0.2, 0.4, 0.6, 0.8, 1.0], "seed": range(100)}
TIMES = np.arange(96) / 8760


def income(fee: float, volatility: float, seed: int) -> dict[str, float]:
    """What the pool earned, and what arbitrageurs took from it (quote tokens)."""
    prices = GeometricBrownian(2000.0, volatility).paths(TIMES, 1, np.random.default_rng(seed))
    run = arbitrage_along(ConstantProductPool((1000.0, 2e6), fee), prices)
    return {"profit": float(run.arbitrage_profit[0]), "trades": float(run.trades[0])}


def main() -> None:
    """Print seconds and speed-ups, and check that all agree."""
    with (
        ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as processes,
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=folder
        ) as cluster,
        Client(cluster) as client,
    ):
        ways = {
            "here": (None, 1),
            "processes, one by one": (processes, 1),
            "processes, 100 at once": (processes, 100),
            "Dask, one by one": (client, 1),
            "Dask, 100 at once": (client, 100),
        }
        for executor in (processes, client):  # the workers import what they need before the clock
            sweep(income, {"fee": [0.003], "volatility": [0.5], "seed": range(4 * WORKERS)}, executor, progress=False)
        seconds, results = {}, []
        for name, (executor, batch) in ways.items():
            begin = time.perf_counter()
            results.append(sweep(income, GRID, executor, progress=False, batch=batch))
            seconds[name] = time.perf_counter() - begin
            print(f"{name:24}{seconds[name]:8.2f} s{seconds['here'] / seconds[name]:8.2f} times as fast", flush=True)
    if any(result.results != results[0].results for result in results):
        raise SystemExit("the results differ")


if __name__ == "__main__":
    main()
