"""``python -m defi_lib.progress hand-in``: saves what you hand in to a class, without a name, and shows what is in it.

Nothing is sent. The page My progress does the same with buttons.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from defi_lib.progress import file, handing_in, place
from defi_lib.progress.records import Entry, Records


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.progress", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="hand-in")
    command = commands.add_parser("hand-in", description=handing_in.PROMISE)
    command.add_argument("--to", type=Path, default=Path(handing_in.NAME), help=f"the file; {handing_in.NAME} if none")
    command.add_argument("--lessons", nargs="+", metavar="1.1", help="only these lessons")
    command.add_argument("--without", nargs="+", default=[], choices=list(handing_in.PARTS), help="leave these out")
    command.add_argument("--days", action="store_true", help="with the days on which you answered")
    given = parser.parse_args(arguments)
    parts = [part for part in handing_in.PARTS if part not in given.without]
    try:
        records = handing_in.chosen(_remembered(), given.lessons, parts, given.days)
        if not records:
            print("There is nothing to hand in yet: nothing is remembered of these lessons.", file=sys.stderr)
            return 1
        given.to.write_text(handing_in.text_of(records), encoding="utf-8", errors="replace")
    except file.LaterVersionError:
        print("Your progress comes from a later version of the course: update the course.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The file cannot be written or read: {error}", file=sys.stderr)
        return 1
    _show(records)
    print(f"{handing_in.many(records)} answers are in {given.to}. {handing_in.PROMISE}")
    return 0


def _remembered() -> Records:
    """What the reader's file holds: here somebody asks for it, though no notebook is open."""
    return {} if place.switched_off() else file.read(place.path())


def _show(records: Records) -> None:
    for lesson in handing_in.lessons_in(records):
        print(f"Lesson {lesson}" if lesson != "start" else "First page")
        for kind in records:
            for item, entry in records[kind].get(lesson, {}).items():
                print(f"  {_said(entry)}  ({entry.get('asked', item)})")


def _said(entry: Entry) -> str:
    day = f"{entry['day']} " if "day" in entry else ""
    if "first" in entry:
        tried = f": {entry['chosen']}" if "chosen" in entry else ""
        return f"{day}first try {'right' if entry['first'] else 'wrong'}{tried}"
    sure = f", {entry['sure']:.0%} sure" if "sure" in entry else ""
    return f"{day}said {entry['value']}{sure}"


if __name__ == "__main__":
    sys.exit(main())
