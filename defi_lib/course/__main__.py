"""``python -m defi_lib.course``: the same commands on Linux, macOS and Windows; ``make`` calls them.

open    the course in JupyterLab, on the first page or on the notebook that is named
read    the course as pages without code, in Voilà: an index, or the lesson that is named
audience  the same for a room of readers (--readers=20), who can do nothing else; one lesson is made ready for all
check   starts the server, runs lesson and lab 1.1, and stops: does it work on this machine?
place   writes the place of the repository (owner/name on GitHub) wherever it is needed: make publish

What else is given goes to Jupyter, such as --port=9000 or --no-browser.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from defi_lib.course import place
from defi_lib.course.place import FIRST_PAGE

ROOT = Path(__file__).resolve().parents[2]
TRIED = ("course/1_exchange/01_swaps.ipynb", "labs/1_exchange/01_swaps.ipynb")
PAGES = ("read", "lab", "voila/templates/course/static/course.css")
LOOPBACK = "127.0.0.1"
PORT = 8888
READERS = 20

AS_ROOT = "You are root, which is fine here: the server answers {machines} and asks for a token."
FROM_OUTSIDE = """\
To see it from another machine, forward the port and open the address below there:
  over ssh:   ssh -L {port}:{loopback}:{port} you@this-machine
  of Docker:  docker run -p {loopback}:{port}:{port} ..., and in it:  {course} --ip=0.0.0.0{option}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m defi_lib.course", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["open", "read", "audience", "check", "place"])
    parser.add_argument("what", nargs="?", default="", help="a notebook; for place: owner/name")
    parser.add_argument("--readers", type=int, default=READERS, help="for audience: so many have a place (20)")
    given, others = parser.parse_known_args(arguments)
    if given.command == "place":
        return publish(given.what)
    if not (ROOT / FIRST_PAGE).is_file():
        parser.error("this is the library alone; lessons and labs are in the repository, where this command opens them")
    if given.command == "check":
        return check()
    if given.what and not (ROOT / given.what).is_file():
        parser.error(f"there is no {given.what} in {ROOT}")
    if given.command == "audience":
        if given.readers < 1:
            parser.error(f"--readers must be at least 1, not {given.readers}")
        os.environ["DEFI_COURSE_PROGRESS"] = "off"  # what many readers do is nobody's progress
        others = [*room_arguments(given.what, given.readers), *others]
    return serve(given.command, given.what, others)


def room_arguments(lesson: str, readers: int) -> list[str]:
    """What a server for many readers is told."""
    named = [f"--Room.lesson={Path(lesson).as_posix()}"] if lesson else []
    return [f"--Room.readers={readers}", "--Room.only_reading=True", *named]


def serve(command: str, notebook: str, others: Sequence[str]) -> int:
    """Start JupyterLab's server, in this process, until it is stopped."""
    from jupyterlab.labapp import main as jupyterlab

    print("\n".join(greeting(others, command)), flush=True)
    os.chdir(ROOT)
    jupyterlab(server_arguments(command, notebook, others))
    return 0


def server_arguments(command: str, notebook: str, others: Sequence[str] = ()) -> list[str]:
    """What JupyterLab is told; an address, a port or a page that the user names comes before ours."""
    arguments = [f"--config={ROOT / 'jupyter_server_config.py'}"]
    if not answers_others(others):
        arguments.append(f"--ip={LOOPBACK}")
    if is_root():
        arguments.append("--allow-root")
    name = Path(notebook).as_posix() if notebook else ""
    lesson = f"/voila/render/{name}" if name else "/read"
    page = {"open": f"/lab/tree/{name or FIRST_PAGE}", "audience": "/read/places"}.get(command, lesson)
    return [*arguments, f"--LabApp.default_url={page}", *others]


def greeting(others: Sequence[str] = (), command: str = "open") -> list[str]:
    """What is said before the server starts, with the command and the port that the user names."""
    named = [other.partition("=")[2] for other in others if other.startswith(("--port=", "--ServerApp.port="))]
    port = named[-1] if named else PORT
    lines = ["The course is starting; stop it with Ctrl + C."]
    outside = answers_others(others)
    if is_root():
        lines.append(AS_ROOT.format(machines="other machines, too," if outside else "this machine alone"))
    distant = "SSH_CONNECTION" in os.environ or any(map(os.path.exists, ("/.dockerenv", "/run/.containerenv")))
    if not outside and (is_root() or distant):
        option = f" --port={port}" if named else ""
        course = f"python -m defi_lib.course {command}"
        lines.append(FROM_OUTSIDE.format(port=port, loopback=LOOPBACK, course=course, option=option))
    return lines


def answers_others(others: Sequence[str]) -> bool:
    """Whether the user names the address on which the server answers."""
    return any(other.startswith(("--ip", "--ServerApp.ip")) for other in others)


def is_root() -> bool:
    """Whether Jupyter would refuse to start without being told that root may; never on Windows."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def check() -> int:
    """Start the server, ask it for its pages, run lesson and lab 1.1; gives 0 if all works."""
    with tempfile.TemporaryFile() as log:
        try:
            with _server(log) as address:
                for page in PAGES:
                    urllib.request.urlopen(address.format(page), timeout=60).close()
                    print(f"right: the server shows /{page}", flush=True)
            for notebook in TRIED:
                print(f"right: {notebook}, {_run(ROOT / notebook):.0f} s", flush=True)
        except Exception as error:
            log.seek(0)
            print(f"wrong: {error}\n\nWhat the server said last:\n{log.read()[-2000:].decode(errors='replace')}")
            return 1
    return 0


def publish(repository: str) -> int:
    """Write where the repository is, and say what is left to do by hand."""
    try:
        changed = place.put(repository, ROOT)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    where = place.found(ROOT)
    print("\n".join(f"changed: {file}" for file in changed) or "nothing to change")
    print(f"The site will be at {where.site}; docs/releasing.md says what GitHub must be told once.")
    return 0


@contextlib.contextmanager
def _server(log: IO[bytes]) -> Iterator[str]:
    """A server on loopback with a token of its own; gives the form of its addresses."""
    token, port = secrets.token_hex(8), _free_port()
    arguments = server_arguments("read", "", [f"--port={port}", "--no-browser", f"--IdentityProvider.token={token}"])
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://{LOOPBACK}:{port}/api", server)
        yield f"http://{LOOPBACK}:{port}/{{}}?token={token}"
    finally:
        server.terminate()
        server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=20).close()
            return
        except OSError:  # not yet
            time.sleep(0.3)
    raise RuntimeError("the server did not start")


def _run(notebook: Path) -> float:
    """Seconds that it takes; an untouched lab has no errors either. What a check does is not a reader's progress."""
    import nbformat
    from nbclient import NotebookClient

    start = time.monotonic()
    client = NotebookClient(nbformat.read(notebook, as_version=4), timeout=300, kernel_name="python3")
    environment = os.environ | {"DEFI_COURSE_PROGRESS": "off"}
    client.execute(cwd=str(notebook.parent), env=environment, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
