"""Writes THIRD_PARTY.md, what others made of all that is published and installed; ``make third-party``.

Packages of Python say themselves who they are and under which licence: those that are installed, and the wheels of the
browser edition in ``build/lite``. All else stands in ``third_party.csv``, whose column *files* says which published
files a row speaks of. :func:`complete` is asked before anything is published: every file is ours or in the table, and
:func:`copy_texts` puts the texts of the licences beside them.
"""

from __future__ import annotations

import csv
import email
import re
import sys
import zipfile
from collections.abc import Iterable
from email.message import Message
from fnmatch import fnmatchcase
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.editions.packages import downloads, unpacked

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("third_party.csv")
PAGE = ROOT / "THIRD_PARTY.md"
SITE = ROOT / "build" / "site"
WHEELS = "lite/static/pyodide"

#: Files of the site that the course itself makes.
OURS = (
    *("**.html", "*.inv", "searchindex.js", ".nojekyll", "LICENSE*"),
    *("pictures/**", "_images/**", "_downloads/**", "licences/**"),
    *("_static/course.css", "_static/course.js", "_static/icon.svg"),
    *("lite/files/**", "lite/pages/**", "lite/overrides.json", "lite/extensions/defi-course-browser/**"),
    *(f"{WHEELS}/defi_course-*.whl", f"{WHEELS}/nothing-1.0-py3-none-any.whl", f"{WHEELS}/pyodide-lock.json"),
)
#: Where what `make course` installs is looked up: its markers hold on Linux with CPython 3.11.
LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}
#: Names of licences as packages write them.
KNOWN = {
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 3-clause license": "BSD-3-Clause",
    "historical permission notice and disclaimer (hpnd)": "HPND",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "new bsd license": "BSD-3-Clause",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
_LICENCE_FILE = re.compile(r"(^|[/_.-])(licen[cs]e|copying)", re.IGNORECASE)


class Row(NamedTuple):
    """One line of the page."""

    name: str
    version: str
    licence: str
    text: str  #: where the text of the licence is: in this repository, or in the package itself
    note: str = ""


class Entry(NamedTuple):
    """One line of ``third_party.csv``."""

    edition: str  #: library, site or browser
    name: str
    package: str  #: of Python, installed: it says the version and the licence
    version: str
    licence: str
    text: str
    files: str  #: patterns, with blanks between: the published files that it speaks of
    note: str

    def row(self) -> Row:
        """What the page says of it."""
        if not self.package:
            return Row(self.name, self.version, self.licence, self.text, self.note)
        return installed(self.package)._replace(name=self.name, note=self.note)


def entries() -> list[Entry]:
    """The lines of ``third_party.csv``."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [Entry(**line) for line in csv.DictReader(file)]


def installed(name: str) -> Row:
    """What an installed package says of itself.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    found = _distribution(name)
    files = {path.as_posix(): path for path in found.files or [] if ".." not in path.parts}
    return _row(found.metadata, found.version, files, lambda path: files[path].read_text(encoding="utf-8"))


def _distribution(name: str) -> Distribution:
    """A package that is installed, or used without."""
    used = [str(unpacked(name))] if name in downloads() and downloads()[name].kind == "extension" else sys.path
    for found in distributions(name=name, path=used):
        return found
    raise PackageNotFoundError(name)


def wheel(path: Path) -> Row:
    """What a wheel says of itself."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        said = email.message_from_string(archive.read(metadata).decode())
        return _row(said, said["Version"], names, lambda name: archive.read(name).decode(errors="replace"))


def _row(metadata, version, files, read) -> Row:
    text = _main_text(files)
    return Row(metadata["Name"], version, _licence(metadata, read(text) if text else ""), text)


def _main_text(files: Iterable[str]) -> str:
    """Of the files of a package, the text of its licence: the one nearest to the top of its metadata."""
    texts = [
        name for name in files if _LICENCE_FILE.search(name.rsplit("/", 1)[-1]) and not name.endswith((".py", ".pyc"))
    ]
    texts.sort(key=lambda name: (".dist-info/" not in name, name.count("/"), len(name), name))
    return texts[0] if texts else ""


def _licence(metadata: Message, text: str) -> str:
    """The licence as a package's metadata say; BSD's two forms are told apart by the text."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    said = (metadata.get("License") or "").strip()
    if said and "\n" not in said and len(said) <= 40 and said not in ("BSD", "Dual License", "UNKNOWN"):
        return KNOWN.get(said.lower(), said)
    kinds = [
        each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")
    ]
    named = [KNOWN.get(kind.lower(), kind) for kind in kinds if kind != "OSI Approved"]
    bsd = (
        "BSD-3-Clause" if re.search(r"neither the name|contributors may( not)? be used", text, re.I) else "BSD-2-Clause"
    )
    named = [bsd if name == "BSD License" else name for name in named]
    if not named and "Redistribution and use in source and binary forms" in text:
        named = [bsd]
    return " or ".join(sorted(set(named)))


def needed_by(requirements: Path) -> list[str]:
    """Names of all packages that a file of requirements installs on Linux, with what they need in turn."""
    waiting = [
        Requirement(line.partition("#")[0])
        for line in requirements.read_text(encoding="utf-8").splitlines()
        if re.match(r"\w", line)
    ]
    names: dict[str, set[str]] = {}
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        extras = names.setdefault(name, set())
        new = {"", *one.extras} - extras
        extras |= new
        try:
            needs = map(Requirement, _distribution(name).requires or [])
        except PackageNotFoundError:
            continue
        waiting += [need for need in needs for extra in new if _holds(need, extra)]
    return sorted(names)


def _holds(need: Requirement, extra: str) -> bool:
    if need.marker is None:
        return extra == ""
    on_linux = need.marker.evaluate(LINUX | {"extra": extra})
    return on_linux and (extra == "" or not need.marker.evaluate(LINUX | {"extra": ""}))


def installed_rows() -> list[Row]:
    """A row for each package that `make course` installs, as far as it is installed here."""
    rows = []
    for name in needed_by(ROOT / "requirements.txt"):
        try:
            rows.append(installed(name))
        except PackageNotFoundError:  # on another system
            continue
    return rows


def wheel_rows(site: Path) -> list[Row]:
    """A row for each wheel of somebody else's in the browser edition of which ``third_party.csv`` does not speak."""
    known = [*OURS, *(pattern for entry in entries() for pattern in entry.files.split())]
    wheels = sorted((site / WHEELS).glob("*.whl"))
    return [wheel(path) for path in wheels if not _matches(f"{WHEELS}/{path.name}", known)]


def page(browser: list[Row]) -> str:
    """The text of THIRD_PARTY.md.

    Args:
        browser: the wheels of the browser edition.
    """
    table = entries()
    parts = {
        edition: [entry.row() for entry in table if entry.edition == edition]
        for edition in ("library", "site", "browser")
    }
    return TEXT.format(
        library=_table(parts["library"]),
        site=_table(parts["site"]),
        browser=_table(parts["browser"]),
        wheels=_table(browser),
        installed=_table(installed_rows()),
    )


def _table(rows: Iterable[Row]) -> str:
    lines = [
        f"| {row.name}{f': {row.note}' if row.note else ''} | {row.version} | {row.licence} | `{row.text}` |"
        for row in rows
    ]
    return "\n".join(["| What | Version | Licence | Its text |", "|---|---|---|---|", *lines])


def written_wheels() -> list[Row]:
    """The wheels as THIRD_PARTY.md says them now: what holds where the browser edition is not built."""
    if not PAGE.exists():
        return []
    part = PAGE.read_text(encoding="utf-8").partition(WHEELS_BEGIN)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")][2:]
    return [Row(name, version, licence, text.strip("`")) for name, version, licence, text in lines]


def complete(site: Path) -> list[str]:
    """What is wrong with a published folder: files that nobody answers for, wheels that the page does not have.

    Rows that speak of nothing are wrong, too, as soon as both editions are there.
    """
    patterns = [*OURS, *(pattern for entry in entries() for pattern in entry.files.split())]
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*")) if path.is_file()]
    others = (name for name in names if not name.endswith(".whl") and not _matches(name, patterns))
    wrong = [f"{name}: no row of {TABLE.name} speaks of it" for name in others]
    wheels = wheel_rows(site)
    silent = (row for row in wheels if not (row.licence and row.text))
    wrong += [f"{row.name} {row.version}: its wheel says no licence, or has no text of it" for row in silent]
    if (site / WHEELS).is_dir() and wheels != written_wheels():
        wrong.append("THIRD_PARTY.md lists other wheels than the browser edition has: run make third-party")
    if (site / WHEELS).is_dir() and (site / "_static").is_dir():
        published = (entry for entry in entries() if entry.edition != "library")
        idle = (entry for entry in published if not any(_matches(name, entry.files.split()) for name in names))
        wrong += [f"{entry.name}: a row of {TABLE.name}, and no such file" for entry in idle]
    return wrong


def _matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a path fits one of the patterns, in which ``*`` stays in one folder and ``**`` does not."""
    return any(
        fnmatchcase(name, pattern.replace("**", "*")) and ("**" in pattern or pattern.count("/") == name.count("/"))
        for pattern in patterns
    )


def copy_texts(site: Path) -> int:
    """Put the licences of everything published into ``licences/`` of the site; gives how many."""
    folder = site / "licences"
    texts = {f"course/{name}": (ROOT / name).read_bytes() for name in ("LICENSE", "LICENSE-text")}
    for entry in entries():
        if entry.package:
            texts |= _installed_texts(_distribution(entry.package))
        else:
            texts[f"{_slug(entry.name)}-{_slug(entry.version)}/{Path(entry.text).name}"] = (
                ROOT / entry.text
            ).read_bytes()
    for path in sorted((site / WHEELS).glob("*.whl")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if _LICENCE_FILE.search(name.rsplit("/", 1)[-1]) and not name.endswith((".py", "/", ".json")):
                    texts[f"{'-'.join(path.name.split('-')[:2])}/{name.replace('/', '_')}"] = archive.read(name)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return len(texts)


def _installed_texts(found: Distribution) -> dict[str, bytes]:
    row = installed(found.metadata["Name"])
    return {
        f"{_slug(row.name)}-{row.version}/{Path(row.text).name}": Path(str(found.locate_file(row.text))).read_bytes()
    }


def _slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name).strip("-")


WHEELS_BEGIN = "### Packages of Python in it"
TEXT = f"""# What others made

Made by `make third-party` from what packages say of themselves and from [a table](tools/editions/third_party.csv).
The course's own code is under the [MIT licence](LICENSE), its text under [CC BY 4.0](LICENSE-text). A text that is
named `….dist-info/…` stands in the package itself. The site that is published has all texts in its folder `licences`.

## In the library

{{library}}

The numbers in `defi_lib/figures.csv` are facts that others published; each stands beside its source.

## On the site

{{site}}

## In the edition that runs in the browser

{{browser}}

{WHEELS_BEGIN}

{{wheels}}

## What `make course` installs

Not part of the course: pip fetches it from the Python Package Index (on Linux, with Python 3.11).

{{installed}}
"""


def main() -> int:
    """Write the page; the wheels are those of the site, of ``build/lite``, or as they were."""
    built = next((folder for folder in (SITE, ROOT / "build") if (folder / WHEELS).is_dir()), None)
    if built is None:
        print("The browser edition is not built (make lite): its packages are left as they were.", file=sys.stderr)
    PAGE.write_text(page(wheel_rows(built) if built else written_wheels()), encoding="utf-8")
    print(f"{PAGE.name} is as packages and {TABLE.name} say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
