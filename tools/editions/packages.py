"""What runs the course in WebAssembly, in one folder: Pyodide's core, its compiled packages, pure wheels, the course.

``python -m tools.editions.packages`` makes the folder ``build/wasm/pyodide``; ``… fetch`` first gets the compiled
packages from Pyodide's official release. Everything fetched is compared with a hash: the core and the pure wheels
with those of ``downloads.csv``, the compiled packages with those that Pyodide's own ``pyodide-lock.json`` names.
The folder has a lock file of its own that names nothing else, so that node and JupyterLite ask nobody for more.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name, parse_wheel_filename

from defi_lib.teaching.handout import is_kept
from tools.editions.wheels import repacked, requirements, top_modules

ROOT = Path(__file__).resolve().parents[2]
BUILD, CACHE = ROOT / "build", ROOT / "build" / "cache"
DOWNLOADS = Path(__file__).with_name("downloads.csv")

#: Pyodide itself: what a page or node loads before any package.
CORE = ("pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js", "pyodide.mjs", "python_stdlib.zip", "package.json")

#: Where Pyodide publishes the files of a release, one by one.
RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"

#: What the course imports wherever it runs; and by which of its modules' names more is loaded.
COURSE_NEEDS = ("anywidget", "bokeh", "ipywidgets", "numpy", "pandas", "simpy", "tqdm")
LOADED_WITH = {"scipy": ("defi_lib.compute", "defi_lib.economy", "defi_lib.evidence", "defi_lib.labs.compute")}

#: What a notebook's kernel in the browser needs besides.
KERNEL_NEEDS = ("comm", "ipython", "jedi", "micropip", "packaging", "sqlite3", "ssl")

#: What a package asks for and does not need here, with the reason.
NOT_NEEDED = {"widgetsnbextension": "shows widgets in the classic notebook"}
#: What a package needs and its metadata leave out, with the reason.
NEEDED_TOO = {
    "bokeh": ["pandas"],  # our explorers give it data frames
    "pandas": ["tzdata"],  # as its own metadata say; Pyodide's lock file takes pytz for enough
}


class MissingPackagesError(Exception):
    """The compiled packages are not there; the message says how to get them."""


class Download(NamedTuple):
    """One row of ``downloads.csv``."""

    kind: str  #: ``npm``, ``wheel``, or ``extension``: a wheel that is used where it is built, not published
    name: str
    version: str
    sha256: str
    what_for: str


def downloads() -> dict[str, Download]:
    """What is fetched from npm and PyPI, by name."""
    with DOWNLOADS.open(encoding="utf-8", newline="") as file:
        return {row["name"]: Download(**row) for row in csv.DictReader(file)}


def fetch(name: str) -> Path:
    """The archive of a row of ``downloads.csv``, fetched by npm or pip unless it is in ``build/cache`` already.

    Raises:
        ValueError: what came has another hash than the table.
    """
    row = downloads()[name]
    folder = CACHE / row.kind / f"{row.name}-{row.version}"
    for path in folder.glob("*"):
        if sha256(path) == row.sha256:
            return path
    with _scratch() as scratch:
        _client(row, scratch)
        (came,) = scratch.iterdir()
        if (found := sha256(came)) != row.sha256:
            raise ValueError(f"{came.name} has the sha256 {found}, but {DOWNLOADS.name} says {row.sha256}")
        return _moved(came, folder)


def unpacked(name: str) -> Path:
    """A wheel of ``downloads.csv`` as a folder from which Python imports: what must not be installed."""
    wheel = fetch(name)
    folder = CACHE / "unpacked" / wheel.stem
    if not folder.exists():
        with zipfile.ZipFile(wheel) as archive, _scratch() as scratch:
            archive.extractall(scratch / wheel.stem)
            _moved(scratch / wheel.stem, folder.parent)
    return folder


def core() -> Path:
    """Pyodide's core, unpacked from npm's package, with the official lock file."""
    folder = CACHE / f"pyodide-core-{downloads()['pyodide'].version}"
    names = (*CORE, "pyodide-lock.json")
    if not all((folder / name).exists() for name in names):
        with tarfile.open(fetch("pyodide")) as package, _scratch() as scratch:
            for name in names:
                file = package.extractfile(f"package/{name}")
                assert file is not None
                (scratch / name).write_bytes(file.read())
                _moved(scratch / name, folder)
    return folder


def official() -> dict[str, dict[str, Any]]:
    """The packages that Pyodide's own lock file names, by normal name, with file, hash and needs."""
    lock = json.loads((core() / "pyodide-lock.json").read_text(encoding="utf-8"))
    return {
        canonicalize_name(name): {**entry, "depends": [canonicalize_name(each) for each in entry["depends"]]}
        for name, entry in lock["packages"].items()
    }


def compiled_names() -> list[str]:
    """The packages taken as Pyodide publishes them: all that is needed and is no wheel of ``downloads.csv``."""
    known, pure = official(), {name for name, row in downloads().items() if row.kind == "wheel"}
    needed = {name: _true(name, entry["depends"]) for name, entry in known.items()}
    needed |= {name: requirements_of(fetch(name)) for name in pure}
    return sorted(_closure([*COURSE_NEEDS, *LOADED_WITH, *KERNEL_NEEDS], needed) - pure)


def compiled_folder() -> Path:
    """Where Pyodide's compiled packages are: ``DEFI_WASM_PACKAGES``, or what ``… fetch`` has brought."""
    return Path(os.environ.get("DEFI_WASM_PACKAGES") or CACHE / "pyodide").resolve()


def compiled(folder: Path | None = None) -> dict[str, Path]:
    """The compiled packages, each with exactly the official hash.

    Raises:
        MissingPackagesError: some are not there.
        ValueError: one is not what Pyodide published.
    """
    folder, known = folder or compiled_folder(), official()
    files = {name: folder / known[name]["file_name"] for name in compiled_names()}
    if absent := [path.name for path in files.values() if not path.exists()]:
        raise MissingPackagesError(
            f"{len(absent)} of {len(files)} compiled packages of Pyodide {downloads()['pyodide'].version} are not in "
            f"{folder}: {', '.join(absent[:3])}{' …' if len(absent) > 3 else ''}. Run `python -m "
            "tools.editions.packages fetch` once, with internet: it brings them from Pyodide's official release and "
            "checks their hashes; or say in DEFI_WASM_PACKAGES in which folder they are."
        )
    for name, path in files.items():
        if (found := sha256(path)) != known[name]["sha256"]:
            raise ValueError(f"{path} is not what Pyodide published: sha256 {found}, not {known[name]['sha256']}")
    return files


def fetch_compiled(folder: Path | None = None, release: str | None = None) -> None:
    """Bring the compiled packages from Pyodide's official release; what has another hash is not kept.

    Args:
        folder: where they go; by default where they are looked for.
        release: address of the release, with ``/`` at its end.
    """
    folder, known = folder or compiled_folder(), official()
    release = release or RELEASE.format(version=downloads()["pyodide"].version)
    folder.mkdir(parents=True, exist_ok=True)
    for name in compiled_names():
        path, expected = folder / known[name]["file_name"], known[name]["sha256"]
        if path.exists() and sha256(path) == expected:
            continue
        part = path.with_name(path.name + ".part")
        with urllib.request.urlopen(release + path.name) as answer, part.open("wb") as file:
            shutil.copyfileobj(answer, file)
        if (found := sha256(part)) != expected:
            part.unlink()
            raise ValueError(f"{release}{path.name} has the sha256 {found}, not the official {expected}: not kept")
        part.replace(path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, as published")


def pure() -> dict[str, Path]:
    """The pure wheels by name; slimmed, or without their compiled part, where that is said in ``_KEPT``."""
    wheels = {}
    for name, row in downloads().items():
        if row.kind == "wheel":
            wheels[name] = fetch(name)
            if name in _KEPT:
                with _scratch() as scratch:
                    wheels[name] = _moved(repacked(wheels[name], scratch, _KEPT[name]), CACHE / "pure")
    return wheels


def course_wheel(course: Path = ROOT, whole: bool = False) -> Path:
    """The wheel of a course's library; made anew only if it has changed.

    Args:
        course: a folder with the course: this one, or a copy for students.
        whole: with what instructors run; else with what a student's copy has.
    """
    licences = tomllib.loads((course / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license-files"]
    sources = [course / "pyproject.toml", course / "README.md"]
    sources += sorted(path for pattern in licences for path in course.glob(pattern))
    for path in sorted((course / "defi_lib").rglob("*")):
        kept = whole or is_kept(path.relative_to(course).as_posix())
        if path.is_file() and "__pycache__" not in path.parts and kept:
            sources.append(path)
    state = hashlib.sha256("".join(f"{path.relative_to(course)} {sha256(path)}\n" for path in sources).encode())
    folder = CACHE / "course" / state.hexdigest()[:16]
    if not list(folder.glob("*.whl")):
        with _scratch() as copy:
            for path in sources:
                target = copy / "sources" / path.relative_to(course)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            _pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(copy / "made"), str(copy / "sources"))
            (made,) = (copy / "made").iterdir()
            _moved(repacked(made, copy, lambda name: True), folder)
    return next(folder.glob("*.whl"))


def distribution(out: Path, course: Path = ROOT) -> Path:
    """A folder from which Pyodide runs the course: core, packages, the course's wheel and a lock file of its own.

    Args:
        out: the folder.
        course: whose library it has: this one, or a copy for students.

    Raises:
        MissingPackagesError: the compiled packages are not there.
    """
    ready, known = compiled(), official()
    lock = json.loads((core() / "pyodide-lock.json").read_text(encoding="utf-8"))
    entries = {name: {**known[name], "depends": _true(name, known[name]["depends"])} for name in ready}
    wheels = {**pure(), "defi-course": course_wheel(course)}
    entries |= {name: _entry(name, wheel) for name, wheel in wheels.items()}
    entries["defi-course"] |= {"imports": ["defi_lib"], "depends": list(COURSE_NEEDS)}
    for name, modules in LOADED_WITH.items():
        entries[name]["imports"] = [*entries[name]["imports"], *modules]
    if unknown := {each for entry in entries.values() for each in entry["depends"]} - set(entries):
        raise ValueError(f"packages that nobody brings are needed: {', '.join(sorted(unknown))}")
    out.mkdir(parents=True, exist_ok=True)
    files = [*(core() / name for name in CORE), *ready.values(), *wheels.values()]
    for path in out.iterdir():
        if path.name not in {each.name for each in files}:
            path.unlink()
    for path in files:
        if not (target := out / path.name).exists() or sha256(target) != sha256(path):
            shutil.copyfile(path, target)
    text = json.dumps({"info": lock["info"], "packages": dict(sorted(entries.items()))}, indent=1)
    (out / "pyodide-lock.json").write_text(text + "\n", encoding="utf-8")
    return out


def requirements_of(wheel: Path) -> list[str]:
    """What a wheel of ``downloads.csv`` needs here."""
    return _true(canonicalize_name(parse_wheel_filename(wheel.name)[0]), requirements(wheel))


def sha256(path: Path) -> str:
    """The hash of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for what is not finished, so that two processes may make the same thing at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        yield Path(folder)


def _moved(path: Path, folder: Path) -> Path:
    """A finished file in its place."""
    folder.mkdir(parents=True, exist_ok=True)
    return path.replace(folder / path.name)


def _entry(name: str, wheel: Path) -> dict[str, Any]:
    return {
        "name": name,
        "version": str(parse_wheel_filename(wheel.name)[1]),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": top_modules(wheel),
        "depends": requirements_of(wheel),
        "unvendored_tests": False,
    }


def _true(name: str, needs: Iterable[str]) -> list[str]:
    """What a package really needs here."""
    return sorted({*needs, *NEEDED_TOO.get(name, [])} - NOT_NEEDED.keys())


def _closure(names: Iterable[str], needs: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs[name]
    return found


def _slim_bokeh(name: str) -> bool:
    """Of BokehJS our explorers ask for one file; the rest of it is four fifths of the wheel."""
    return not name.startswith("bokeh/server/static/") or name == "bokeh/server/static/js/bokeh.min.js"


def _without_compiled(name: str) -> bool:
    return not name.endswith(".so")


_KEPT = {"bokeh": _slim_bokeh, "markupsafe": _without_compiled, "pyyaml": _without_compiled}


def _client(row: Download, folder: Path) -> None:
    """Let npm or pip fetch it."""
    if row.kind == "npm":
        command = ["npm", "pack", "--silent", f"{row.name}@{row.version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return
    # Of a package with a compiled part that can be taken out, the wheel for Linux: everywhere the same file.
    platform = "manylinux2014_x86_64" if row.name in _KEPT and row.name != "bokeh" else "any"
    chosen = ["--no-deps", "--only-binary=:all:", "--platform", platform, "--python-version", "312"]
    _pip("download", "--quiet", *chosen, "--dest", str(folder), f"{row.name}=={row.version}")


def _pip(*arguments: str) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"pip {arguments[0]} failed:\n{done.stderr.strip()}")


def main() -> int:
    """Make the folder, or fetch the compiled packages first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["make", "fetch"], default="make")
    parser.add_argument("--from", dest="release", help="another copy of the release, an address that ends in /")
    parser.add_argument("--out", type=Path, default=BUILD / "wasm" / "pyodide")
    options = parser.parse_args()
    try:
        if options.what == "fetch":
            fetch_compiled(release=options.release)
        folder = distribution(options.out)
    except MissingPackagesError as reason:
        print(reason, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder}: {len(list(folder.iterdir()))} files, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
