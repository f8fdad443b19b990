"""Key press to repaint in a real Chromium: an explorer against ``interact`` with matplotlib on the same model.

Run on an idle machine: ``make bench``. Prints the median and the 95th percentile of both in one run.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile

import nbformat

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tools.browser import ROOT, browser, run_all_cells, server

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

# A repaint is over when the frame after the last drawing call (Bokeh) or the new picture (matplotlib) is on screen.
WATCH = """() => {
  window.pressed = 0; window.latencies = []; let drawn = false;
  addEventListener("keydown", () => { window.pressed = performance.now(); drawn = false; }, true);
  const seen = () => {
    if (!window.pressed || drawn) return;
    drawn = true;
    requestAnimationFrame(() => { window.latencies.push(performance.now() - window.pressed); window.pressed = 0; });
  };
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...a) { seen(); return stroke.apply(this, a); };
  new MutationObserver((records) => {
    for (const r of records) for (const n of r.addedNodes) {
      const image = n.querySelector?.("img") ?? (n.tagName === "IMG" ? n : null);
      if (image) image.decode().then(seen, seen);
    }
  }).observe(document.body, {childList: true, subtree: true});
}"""


def measure(cell: str, ready: str, presses: int) -> list[float]:
    """Latencies (ms) of single key presses on the slider that ``cell`` shows."""
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
            page.locator(".noUi-handle").first.focus()
            page.evaluate(WATCH)
            for number in range(presses):
                page.keyboard.press("ArrowRight" if number < presses / 2 else "ArrowLeft")
                page.wait_for_function("n => window.latencies.length > n", arg=number, timeout=20_000, polling=20)
                page.wait_for_timeout(60)
            return page.evaluate("window.latencies")


def summary(latencies: list[float]) -> tuple[float, float]:
    """Median and 95th percentile; the first presses warm up."""
    kept = sorted(latencies[10:])
    return statistics.median(kept), kept[int(0.95 * len(kept))]


def main() -> None:
    """Measure both and print one table."""
    ours = summary(measure(EXPLORER, ".defi-canvas canvas", PRESSES))
    theirs = summary(measure(INTERACT, ".jp-OutputArea img", PRESSES // 2))
    print("key press to repaint (ms)       median     p95")
    print(f"explorer                      {ours[0]:8.1f} {ours[1]:7.1f}")
    print(f"interact with matplotlib      {theirs[0]:8.1f} {theirs[1]:7.1f}")
    print(f"ratio                         {theirs[0] / ours[0]:8.1f} {theirs[1] / ours[1]:7.1f}")


if __name__ == "__main__":
    main()
