"""Where notebooks run: Pyodide under node, and CPython with the same versions of the same packages."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tools.editions.packages import BUILD, CACHE, ROOT, distribution, downloads, sha256

HERE = Path(__file__).resolve().parent
RUNNER = HERE / "runner.py"

#: After so many seconds without an answer a process is ended: a notebook that never ends must not hold the others up.
PATIENCE = 900
#: A process of node gives no memory back: after so many notebooks a new one takes over.
TURNS = 25

#: Packages of Pyodide's lock file that are no packages for CPython.
_OF_PYODIDE = {"defi-course", "micropip", "openblas", "openssl", "sqlite3", "ssl"}
#: What CPython has besides, because the course needs it where it can be had.
_BESIDES = ("cffi", "cryptography", "pycparser")


class World(NamedTuple):
    """Where notebooks run."""

    name: str
    command: list[str]
    state: str  #: a hash of all that is not the course's and can change what a notebook says


class StoppedError(Exception):
    """A process did not answer."""


def wasm(folder: Path | None = None) -> World:
    """Pyodide under node, made ready in ``folder``.

    Raises:
        MissingPackagesError: the compiled packages are not there.
    """
    folder = distribution(folder or BUILD / "wasm" / "pyodide")
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    others = sorted(entry["sha256"] for name, entry in lock.items() if name != "defi-course")
    program = HERE / "run.mjs"
    state = _hash([downloads()["pyodide"].sha256, *others, sha256(program), sha256(RUNNER)])
    return World("wasm", ["node", str(program), str(folder), str(ROOT), str(RUNNER)], state)


def pinned() -> World:
    """CPython as the course pins it: the environment in which this runs."""
    versions = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return World("pinned", [sys.executable, str(RUNNER)], _hash([versions, sys.version, sha256(RUNNER)]))


def cpython() -> World:
    """CPython in an environment of its own, with the versions that Pyodide has; made if it is not there yet."""
    wanted = _requirements()
    base = _python()
    state = _hash([*wanted, base, sha256(RUNNER)])
    folder = CACHE / f"cpython-{_hash([*wanted, base])[:16]}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
        install = [*pip, "install", "--quiet", "--no-compile", "--no-deps", "--only-binary=:all:", *wanted]
        done = subprocess.run(install, text=True, capture_output=True)
        if done.returncode:
            raise RuntimeError(f"the environment for CPython cannot be made:\n{done.stderr.strip()}")
        (folder / "complete").touch()
    return World("cpython", [str(python), str(RUNNER)], state)


class Process:
    """One process of a world, which runs notebooks one after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._process: subprocess.Popen[str] | None = None
        self._turns = 0

    def run(self, notebook: str) -> dict[str, Any]:
        """What the runner says of one notebook, a path from the course's folder."""
        if self._process is None or self._turns >= TURNS:
            self.close()
            self._begin()
        assert self._process is not None and self._process.stdin is not None
        self._turns += 1
        print(notebook, file=self._process.stdin, flush=True)
        try:
            answer: dict[str, Any] = json.loads(self._line())
        except StoppedError as reason:
            self.close()
            return {"failed": f"{notebook} {reason}"}
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _begin(self) -> None:
        environment = os.environ | {"DEFI_COURSE_PROGRESS": "off", "PYTEST_VERSION": "none", "PYTHONPATH": str(ROOT)}
        environment.pop("DEFI_LIB_STATIC_PICTURES", None)
        said = (BUILD / "wasm" / f"{self.world.name}.log").open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            self.world.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=ROOT,
        )
        self._turns = 0
        if (line := self._line()) != "ready":
            raise RuntimeError(f"{self.world.name} said {line!r} instead of being ready")

    def _line(self) -> str:
        assert self._process is not None and self._process.stdout is not None
        watch = threading.Timer(PATIENCE, self._process.kill)
        watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            raise StoppedError(f"ended without an answer; see build/wasm/{self.world.name}.log")
        return line.strip()


@contextmanager
def running(world: World) -> Iterator[Callable[[str], dict[str, Any]]]:
    """A process of a world for as long as the block lasts."""
    process = Process(world)
    try:
        yield process.run
    finally:
        process.close()


@cache
def _requirements() -> tuple[str, ...]:
    """What CPython gets: the versions of Pyodide's lock file, and what the course pins besides."""
    folder = distribution(BUILD / "wasm" / "pyodide")
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    same = [f"{name}=={entry['version']}" for name, entry in lock.items() if name not in _OF_PYODIDE]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return tuple(sorted([*same, *(line for line in pinned if line.split("==")[0] in _BESIDES), *_HELD]))


#: IPython for CPython asks for it, to read keys at a terminal.
_HELD = ("pexpect==4.9.0", "ptyprocess==0.7.0")


@cache
def _python() -> str:
    """Python 3.12, which Pyodide is, if the machine has it; else the one that runs this."""
    found = shutil.which("python3.12")
    if found and subprocess.run([found, "-c", "import venv"], capture_output=True).returncode == 0:
        return found
    return sys.executable


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
