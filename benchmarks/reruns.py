"""Memory that a kernel gains when the cell of an explorer with 20,000 points is run 200 times (MB); goal: none.

As a front end runs it: a kernel of its own, and requests that name the cell.
"""

from __future__ import annotations

import psutil
from jupyter_client.manager import start_new_kernel

RUNS, POINTS, GOAL = 200, 20_000, 5.0
WARM_UP = 10

SETUP = f"""
import numpy as np
from defi_lib.explore import Axis, Line, Plot, Slider, explore
plot = Plot(Line("x", "y"), x=Axis("x"), y=Axis("y"))
def wave(speed):
    x = np.linspace(0, 1, {POINTS})
    return {{"x": x, "y": np.sin(speed * x)}}
"""
CELL = "explore(wave, plot=plot, say='{speed}', speed=Slider('Speed', '', 0, 9, start=1))"


def gained(with_ids: bool) -> float:
    """What the kernel holds more after many runs of one cell than after a few."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        process = psutil.Process(manager.provisioner.pid)

        def run(code: str) -> None:
            request = client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True})
            request["metadata"] = {"cellId": f"cell-{hash(code)}"} if with_ids else {}
            client.shell_channel.send(request)
            reply = client.get_shell_msg(timeout=60)
            if reply["content"]["status"] != "ok":
                raise RuntimeError(reply["content"]["evalue"])

        run(SETUP)
        for _ in range(WARM_UP):
            run(CELL)
        before = process.memory_info().rss
        for _ in range(RUNS):
            run(CELL)
        return (process.memory_info().rss - before) / 1e6
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    """With the cell's id, as JupyterLab and VS Code send it, and without."""
    gains = {"with ids of cells": gained(True), "without": gained(False)}
    for name, megabytes in gains.items():
        print(f"{megabytes:6.1f} MB after {RUNS} runs, {name} (goal <= {GOAL:g})")
    if max(gains.values()) > GOAL:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
