"""Time of the whole notebook test, as `make test` runs it; goal for all of `make test`, again: at most 4 minutes."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOAL = 240
STRICT = ["--nbval", "--nbval-sanitize-with", "tests/notebooks/sanitize.cfg", "course", "solutions"]
LAX = ["--nbval-lax", "labs"]


def main() -> None:
    """Strictly for course/ and solutions/, lax for labs/."""
    total = 0.0
    for arguments in (STRICT, LAX):
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "2", "--dist", "loadfile", *arguments],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - begin
        total += seconds
        print(f"{seconds:6.1f} s  {' '.join(arguments)}")
    print(f"{total:6.1f} s  together, {total / GOAL:.2f} of the goal")


if __name__ == "__main__":
    main()
