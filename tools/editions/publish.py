"""What is published, made ready: ``python -m tools.editions.publish site|wheel``; ``make pages``, ``make wheel``.

``site`` takes ``build/site`` with the browser edition in its folder ``lite``, puts the texts of all licences beside
them, and fails if somebody else's file is in it that THIRD_PARTY.md does not name. ``wheel`` puts the library into
``build/wheel``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.editions.packages import BUILD, course_wheel
from tools.editions.third_party import complete, copy_texts

#: How many things that are wrong are named.
SHOWN = 20
#: What GitHub allows a site, in bytes.
LARGEST = 1_000_000_000


def site(folder: Path = BUILD / "site") -> str:
    """Make the folder ready; gives a sentence on what is in it.

    Raises:
        ValueError: a part is missing, the folder is too large, or something in it has no licence that is known.
    """
    for part, target in (("index.html", "site"), ("lite/notebooks/index.html", "lite")):
        if not (folder / part).is_file():
            raise ValueError(f"{folder / part} is missing: make {target} makes it")
    texts = copy_texts(folder)
    if wrong := complete(folder):
        raise ValueError(
            "\n".join([*wrong[:SHOWN], *([f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else [])])
        )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > LARGEST:
        raise ValueError(f"{folder} has {size / 1e6:.0f} MB; GitHub publishes at most {LARGEST / 1e6:.0f}")
    return f"{folder}: {size / 1e6:.0f} MB, {texts} texts of licences; ready to be published"


def wheel(folder: Path = BUILD / "wheel") -> str:
    """Put the library's wheel into the folder, alone; gives its path."""
    made = course_wheel(whole=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return str(shutil.copy(made, folder))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives the exit status."""
    commands = {"site": site, "wheel": wheel}
    asked = list(sys.argv[1:] if arguments is None else arguments)
    if len(asked) != 1 or asked[0] not in commands:
        print("python -m tools.editions.publish site|wheel", file=sys.stderr)
        return 2
    try:
        print(commands[asked[0]]())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
