"""``python -m tools.editions.lite [serve]``: build the browser edition into ``build/lite``, or serve it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.editions.lite.build import LITE, SITE, build
from tools.editions.lite.serve import served
from tools.editions.packages import MissingPackagesError


def main() -> int:
    """Do what the command line asks for; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.editions.lite", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["build", "serve"], default="build")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--out", type=Path, default=LITE)
    given = parser.parse_args()
    if given.what == "serve":
        folder = SITE if (SITE / "lite").exists() and given.out == LITE else given.out
        with served(folder, given.port) as site:
            print(f"{folder} is at {site.address}; stop it with Ctrl + C.")
            try:
                site.wait()
            except KeyboardInterrupt:
                return 0
    try:
        made = build(given.out)
    except MissingPackagesError as reason:
        print(reason, file=sys.stderr)
        return 1
    print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
