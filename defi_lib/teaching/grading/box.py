"""A process in a box: limits on time, memory and processes; on Linux nothing outside its folder can be written.

With bubblewrap (``bwrap``) it sees the system and the packages read-only, of the course only ``defi_lib``, no network
and no other process. Without it, it has the same limits, but the rights of whoever grades. A :class:`Kernel` runs
cells, a plain :class:`Box` any module of the course.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from defi_lib.teaching.grading.settings import Limits

#: Characters that one cell may print or show; a billion lines fill no disk.
MOST = 20_000
#: Seconds between looks at what the kernel and its children use.
_LOOK = 0.5
_START = 120.0
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store")
_ETC = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "passwd",
    "group",
    "nsswitch.conf",
    "localtime",
    "alternatives",
    "fonts",
)


class Ran(NamedTuple):
    """What a cell left: its outputs, as in a notebook, and how it ended: well, or what stopped the kernel."""

    outputs: list[dict[str, Any]]
    ended: str = ""


def confined() -> bool:
    """Whether a box keeps its kernel from everything else: tried once."""
    return bool(_bwrap())


TIME_OVER = "the time for the whole lab is over"
NOT_CONFINED = (
    "Students' code runs with your rights: it can read and write what you can. On Linux install bubblewrap (apt "
    "install bubblewrap), elsewhere grade in a container or as another user: docs/teaching/grading.md says how."
)


@functools.cache
def _bwrap() -> str:
    """The path of bubblewrap, if it is there and may make a box."""
    found = shutil.which("bwrap") if sys.platform == "linux" else None
    if not found or os.environ.get("DEFI_COURSE_BOX") == "off":
        return ""
    with tempfile.TemporaryDirectory(prefix="box-") as folder:
        command = [*_walls(found, Path(folder)), *_python(), "-c", "import ipykernel"]
        try:
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(_packages_elsewhere())}
            tried = subprocess.run(command, capture_output=True, timeout=60, env=environment)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return found if tried.returncode == 0 else ""


def _python() -> list[str]:
    """The interpreter, by the path under which the box shows it."""
    return [str(Path(sys.prefix).resolve() / Path(sys.executable).relative_to(sys.prefix)), "-P"]


def _walls(bwrap: str, folder: Path) -> list[str]:
    """The command line of bubblewrap: all that the box shows."""
    package = Path(__file__).resolve().parents[2]
    shown = [each for each in _SYSTEM if os.path.exists(each)]
    shown += [f"/etc/{each}" for each in _ETC if os.path.exists(f"/etc/{each}")]
    prefixes = (sys.prefix, sys.base_prefix)
    paths = dict.fromkeys([*prefixes, *map(os.path.realpath, prefixes), *_packages_elsewhere(), str(package)])
    walls = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"]
    walls += ["--tmpfs", "/tmp"]
    for path in [*shown, *paths]:
        walls += (
            ["--symlink", os.readlink(path), path]
            if path in shown and os.path.islink(path)
            else ["--ro-bind", path, path]
        )
    return [*walls, "--bind", str(folder), str(folder), "--chdir", str(folder), "--cap-drop", "ALL", "--"]


def _packages_elsewhere() -> list[str]:
    """Folders of packages outside the interpreter's own, such as those of a user."""
    own = tuple(f"{prefix}{os.sep}" for prefix in (sys.prefix, sys.base_prefix))
    found = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages") and os.path.isdir(path)]
    return [path for path in found if not path.startswith(own)]


class Box:
    """A process in its box, until it is closed.

    Args:
        limits: of all that it runs.
        seconds: that it may live.

    Attributes:
        folder: the only one in which it can write; removed when it is closed.
        killed: why it was ended, if it was.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, limits: Limits, seconds: float) -> None:
        self.limits, self.killed = limits, ""
        self.folder = Path(tempfile.mkdtemp(prefix="lab-"))
        self._end = time.monotonic() + seconds
        self._closed = threading.Event()

    def start(self, module: str, *arguments: str) -> None:
        """Start a module of the course; it sets its own limits by :func:`inside.limit`, with the last argument."""
        with open(self.folder / ".said", "wb") as said:
            self.process = subprocess.Popen(
                self._command(module, *arguments), cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self) -> str:
        """Wait until it has ended; gives why it was ended, or ""."""
        while self.process.poll() is None and time.monotonic() < self._end:
            time.sleep(0.02)
        if self.process.poll() is None:
            self.kill(TIME_OVER)
        return self.killed

    def _command(self, module: str, *arguments: str) -> list[str]:
        limits = json.dumps({"memory": self.limits.memory, "seconds": self.limits.lab})
        start = ["-m", module, *arguments, limits]
        if bwrap := _bwrap():
            return [*_walls(bwrap, self.folder), *_python(), *start]
        return [sys.executable, "-P", *start]

    def _environment(self) -> dict[str, str]:
        """Nothing of the user's own but what a process needs to start."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "PATH") if name in os.environ}
        home = str(self.folder)
        return kept | {
            "HOME": home,
            "IPYTHONDIR": f"{home}/.ipython",
            "JUPYTER_CONFIG_DIR": f"{home}/.jupyter",
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[3]), *_packages_elsewhere()]),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DEFI_COURSE_PROGRESS": "off",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "NBGRADER_EXECUTION": "autograde",
        }

    def _watch(self) -> None:
        """Ends the process when it, with its children, uses more than it may."""
        import psutil

        while not self._closed.wait(_LOOK):
            if self.process.poll() is not None:
                return
            with contextlib.suppress(psutil.Error):
                family = psutil.Process(self.process.pid).children(recursive=True)
                if len(family) > self.limits.processes:
                    self.kill(f"more than {self.limits.processes} processes")
                elif sum(_memory(each) for each in family) > self.limits.memory * 1e6:
                    self.kill(f"more than {self.limits.memory:g} MB of memory")
            if time.monotonic() > self._end:
                self.kill(TIME_OVER)

    def kill(self, why: str) -> None:
        """End the process and its children; ``why`` is remembered."""
        self.killed = self.killed or why
        import psutil

        with contextlib.suppress(psutil.Error, OSError):
            family = psutil.Process(self.process.pid).children(recursive=True)
            for each in [*family, psutil.Process(self.process.pid)]:
                with contextlib.suppress(psutil.Error):
                    each.kill()

    def close(self) -> None:
        """End it, and remove its folder."""
        self._closed.set()
        if hasattr(self, "process"):
            self.kill("closed")
            if os.name == "posix":
                with contextlib.suppress(OSError):
                    os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Kernel(Box):
    """A kernel in its box, until it is closed."""

    def __init__(self, limits: Limits, seconds: float) -> None:
        from jupyter_client import BlockingKernelClient

        super().__init__(limits, seconds)
        self.client = BlockingKernelClient()
        try:
            file = self._connection_file()
            self.start("defi_lib.teaching.grading.inside", str(file))
            self.client.load_connection_file(str(file))
            self.client.start_channels()
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _connection_file(self) -> Path:
        from jupyter_client.connect import write_connection_file

        file = self.folder / ".kernel.json"
        if os.name == "posix":
            ports = {
                f"{name}_port": number for number, name in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)
            }
            write_connection_file(str(file), transport="ipc", ip=str(self.folder / ".io"), **ports)  # type: ignore[arg-type]
        else:
            write_connection_file(str(file))
        return file

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _START
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(RuntimeError):
                self.client.wait_for_ready(timeout=5)
                return
        said = (self.folder / ".said").read_bytes()[-500:].decode(errors="replace")
        raise RuntimeError(f"no kernel could be started: {said.strip() or 'it did not answer'}")

    def close(self) -> None:
        """End it, and remove its folder."""
        super().close()
        self.client.stop_channels()

    def run(self, code: str, seconds: float, tries: int = 3) -> Ran:
        """Run a cell; after ``seconds`` it is interrupted, if need be several times, and then the kernel is ended."""
        request, outputs = self.client.execute(code, allow_stdin=False, stop_on_error=False), _Outputs()
        end, interrupted, answered = time.monotonic() + seconds, 0, 0.0
        while True:
            message = self._next_message()
            now = time.monotonic()
            if message is None and self.process.poll() is not None:
                return Ran(outputs.list, self.killed or "the kernel was ended by this cell")
            if message and message["parent_header"].get("msg_id") == request:
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    return Ran(outputs.list, "")
                outputs.add(message)
            answered = answered or (now if self._answered(request) else 0.0)
            if answered and now > answered + 3:  # the word "idle" was lost in a flood
                return Ran(outputs.list, "")
            if now > end + 2 * interrupted and not answered:
                if interrupted == tries:
                    self.kill(f"the cell took more than {seconds:g} seconds and could not be interrupted")
                    return Ran(outputs.list, self.killed)
                self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
                interrupted += 1

    def _next_message(self) -> Any:
        from queue import Empty

        try:
            return self.client.get_iopub_msg(timeout=0.2)
        except (Empty, ValueError, KeyError, TypeError, UnicodeDecodeError):  # what is no message, too
            return None

    def _answered(self, request: str) -> bool:
        from queue import Empty

        with contextlib.suppress(Empty, ValueError, KeyError, TypeError, UnicodeDecodeError):
            return bool(self.client.get_shell_msg(timeout=0)["parent_header"].get("msg_id") == request)
        return False


def _memory(process: Any) -> int:
    import psutil

    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


class _Outputs:
    """Outputs of one cell, as a notebook has them, up to a size."""

    def __init__(self) -> None:
        self.list: list[dict[str, Any]] = []
        self.room = MOST

    def add(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            self._stream(str(content.get("name", "stdout")), str(content.get("text", "")))
        elif kind == "error":
            trace = [str(each)[:2_000] for each in content.get("traceback", [])][-30:]
            names = {name: str(content.get(name, ""))[:2_000] for name in ("ename", "evalue")}
            self._append({"output_type": "error", **names, "traceback": trace}, 0)
        elif kind in ("execute_result", "display_data"):
            size = sum(len(str(each)) for each in content["data"].values())
            data = content["data"] if size <= 50 * MOST else {"text/plain": "(too large to show)"}
            output = {"output_type": kind, "data": data, "metadata": {}}
            self._append(
                output | ({"execution_count": None} if kind == "execute_result" else {}), min(size, MOST // 20)
            )
        elif kind == "clear_output":
            self.list.clear()

    def _append(self, output: dict[str, Any], size: int) -> None:
        if self.room >= 0 or output["output_type"] != "display_data":
            self.list = [*self.list, output][-200:]
            self.room -= size

    def _stream(self, name: str, text: str) -> None:
        if self.room < 0:
            return
        if len(text) > self.room:
            text = text[: self.room] + "\n(… and more than can be shown here)\n"
            self.room = -1
        else:
            self.room -= len(text)
        last = self.list[-1] if self.list else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.list.append({"output_type": "stream", "name": name, "text": text})
