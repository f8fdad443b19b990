"""Time of `import defi_lib.exchange` as a multiple of `import numpy`, both in fresh interpreters; goal: at most 1.3."""

import statistics
import subprocess
import sys

RUNS = 15
GOAL = 1.3


def seconds(module: str) -> float:
    """Seconds that a fresh interpreter takes to import a module, its own start included in neither."""
    code = f"import time; begin = time.perf_counter(); import {module}; print(time.perf_counter() - begin)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Alternate between the two, so that both see the same machine."""
    pairs = [(seconds("numpy"), seconds("defi_lib.exchange")) for _ in range(RUNS)]
    numpy, exchange = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import numpy {numpy * 1e3:.0f} ms, import defi_lib.exchange {exchange * 1e3:.0f} ms")
    print(f"ratio {exchange / numpy:.2f} (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
