"""Key press to repaint in a real Chromium: an explorer against ``interact`` with matplotlib on the same model.

Run on an idle machine: ``make bench``. Prints the median and the 95th percentile of both in one run.
"""

from __future__ import annotations

import pathlib
import sys
import tempfile

import nbformat

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tools.browser import ROOT, browser, run_all_cells, server
from tools.latency import Latency, keys

PRESSES = 120

MODEL = """
import numpy as np
from defi_lib.exchange import ConstantProductPool

def cost_curve(trade):
    pool = ConstantProductPool((250.0, 1e6))
    size = np.linspace(1.0, 1e6 * trade / 100, 2000)
    swap = pool.swap_exact_in(size, 1, 0)
    return {"Trade": size, "Cost": swap.cost, "Impact": swap.price_impact, "Fee": np.full(2000, 0.003)}
"""
EXPLORER = """
from defi_lib.explore import Axis, Lines, Slider, explore
explore(cost_curve, trade=Slider("Trade", "%", 1, 90, start=20, step=0.5),
        plot=Lines("Trade", ["Cost", "Impact", "Fee"], y_axis=Axis("Cost", format="percent")), say="{trade:.1f} %")
"""
INTERACT = """
import matplotlib.pyplot as plt
import ipywidgets

@ipywidgets.interact(trade=ipywidgets.FloatSlider(20, min=1, max=90, step=0.5))
def draw(trade):
    data = cost_curve(trade)
    figure, axes = plt.subplots(figsize=(9, 3.2))
    for name in ["Cost", "Impact", "Fee"]:
        axes.plot(data["Trade"], data[name], label=name)
    axes.legend()
    plt.show()
"""


def measure(cell: str, ready: str, presses: int) -> Latency:
    """Of single key presses on the slider that ``cell`` shows."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in (MODEL, cell)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, directory / "model.ipynb")
        config = f"--config={ROOT / 'jupyter_server_config.py'}"
        here = f"--ServerApp.root_dir={directory}"
        command = ("jupyterlab", config, here, "--allow-root", "--ServerApp.token=", "--ServerApp.password=")
        with server(*command, directory=directory, probe="lab") as address, browser() as chromium:
            page = chromium.new_page(viewport={"width": 1300, "height": 1000})
            page.goto(address + "lab/tree/model.ipynb?reset")
            run_all_cells(page)
            page.wait_for_selector(ready, timeout=60_000)
            page.wait_for_timeout(1500)
            return keys(page, presses, ".noUi-handle")


def main() -> None:
    """Measure both and print one table."""
    ours = measure(EXPLORER, ".defi-canvas canvas", PRESSES)
    theirs = measure(INTERACT, ".jp-OutputArea img", PRESSES // 2)
    print("key press to repaint (ms)       median     p95")
    print(f"explorer                      {ours[0]:8.1f} {ours[1]:7.1f}")
    print(f"interact with matplotlib      {theirs[0]:8.1f} {theirs[1]:7.1f}")
    print(f"ratio                         {theirs[0] / ours[0]:8.1f} {theirs[1] / ours[1]:7.1f}")


if __name__ == "__main__":
    main()
