"""``python -m defi_lib.teaching quizbank [folder]``: all quizzes for a learning platform, in ``build/quizbank``.

``moodle.xml`` is one file for Moodle, with a category for each module and lesson. ``qti/`` has one assessment of
QTI 1.2 for each lesson and a manifest; ``qti.zip`` is the same as a package.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element, indent, tostring

from defi_lib.teaching.quizbank import moodle, qti
from defi_lib.teaching.quizbank.banks import Bank, banks

FOLDER = "build/quizbank"


def written(root: Element) -> bytes:
    """An element and all in it as a file: the same bytes each time."""
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def files(found: list[Bank]) -> dict[str, bytes]:
    """Every file of the bank by its name."""
    made = {"moodle.xml": written(moodle.quiz(found))}
    for bank in found:
        made[f"qti/{bank.lesson}.xml"] = written(qti.assessment(bank.lesson, bank.title, bank.questions))
    return made | {f"qti/{qti.MANIFEST}": written(qti.manifest([bank.lesson for bank in found]))}


def main(arguments: list[str]) -> int:
    """Write the bank; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching quizbank", description=__doc__)
    parser.add_argument("folder", nargs="?", default=FOLDER, help=f"where to write; {FOLDER} if none is given")
    folder = Path(parser.parse_args(arguments).folder)
    found = banks()
    made = files(found)
    try:
        (folder / "qti").mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (folder / name).write_bytes(data)
        with zipfile.ZipFile(folder / "qti.zip", "w") as package:
            for name, data in made.items():
                if name.startswith("qti/"):
                    package.writestr(zipfile.ZipInfo(name.removeprefix("qti/")), data, zipfile.ZIP_DEFLATED)
    except OSError as error:
        print(f"The quiz bank cannot be written to {folder}: {error.strerror}. Name another folder.", file=sys.stderr)
        return 1
    count = sum(len(bank.questions) for bank in found)
    print(f"{count} questions of {len(found)} lessons are in {folder}: moodle.xml, and qti.zip for other platforms.")
    print("They hold the right answers: keep them where students cannot read them.")
    return 0
