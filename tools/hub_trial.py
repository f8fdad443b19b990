"""A class of twelve on the recipe of docs/teaching/jupyterhub: does it work, how long does it take, how much memory?

Once (not into .venv; git and node are needed):

    python3 -m venv .hub && .hub/bin/pip install -r requirements-hub.txt -r requirements.txt
    npm install --prefix .hub configurable-http-proxy@5.3.0

Then, as an ordinary user (root may write everywhere, and nothing would be learned about the shared folder):

    .venv/bin/python tools/hub_trial.py --hub .hub/bin/jupyterhub --proxy .hub/node_modules/.bin/configurable-http-proxy

The student edition is written and made read-only; JupyterHub runs with the recipe's settings, but lets anybody in and
starts all servers as this user. Everything is in a temporary folder, and on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RECIPE = ROOT / "docs/teaching/jupyterhub"
LESSON, LAB = "course/1_exchange/01_swaps.ipynb", "labs/1_exchange/01_swaps.ipynb"
#: Seconds without work after which a kernel, then a server ends, in the second part.
IDLE = 15

SETTINGS = """
import os
load_subconfig({recipe!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.environment["PYTHONPATH"] = {course!r}  # in place of pip install
c.JupyterHub.services = [{{"name": "trial", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "trial", "services": ["trial"], "scopes": scopes}}]

def prepared(spawner):
    spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
    if spawner.user.name.startswith("guest"):  # comes by nbgitpuller's link, into an empty home
        spawner.cmd = ["jupyterhub-singleuser"]
        spawner.args += [{config!r}]
        spawner.default_url = "/lab"
    if os.path.exists("soon"):
        times = ["MappingKernelManager.cull_idle_timeout", "ServerApp.shutdown_no_activity_timeout"]
        spawner.args += [f"--{{name}}={idle}" for name in times] + ["--MappingKernelManager.cull_interval=5"]

c.Spawner.pre_spawn_hook = prepared
"""


class Hub:
    """A running hub with its folder, and what is asked of it."""

    def __init__(self, folder: Path, hub: Path, proxy: Path) -> None:
        self.folder, self.course, self.homes = folder, folder / "srv/course", folder / "homes"
        self.token = uuid.uuid4().hex
        self.port, hub_port, proxy_port = _free_ports(3)
        self._shared_course()
        self.homes.mkdir()
        shutil.copytree(RECIPE, folder / "hub")
        words = {
            "recipe": str(folder / "hub/jupyterhub_config.py"),
            "proxy": str(proxy.absolute()),
            "token": self.token,
        }
        words |= {"port": self.port, "hub_port": hub_port, "proxy_port": proxy_port, "idle": IDLE}
        words["config"] = f"--config={self.course / 'jupyter_server_config.py'}"
        words |= {"homes": str(self.homes), "course": str(self.course)}
        (folder / "trial_config.py").write_text(SETTINGS.format(**words))
        environment = os.environ | {"COURSE": str(self.course), "COURSE_HUB": str(folder / "hub")}
        environment["PATH"] = f"{hub.absolute().parent}{os.pathsep}{environment['PATH']}"
        environment.pop("PYTHONPATH", None)
        command = [str(hub.absolute()), "--config=trial_config.py"]
        with (folder / "hub.log").open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

    def _shared_course(self) -> None:
        from defi_lib.teaching.handout import commit, write

        commit(self.course, write(ROOT, self.course), "The course")
        for path in [self.course, *self.course.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)

    async def ask(self, path: str, method: str = "GET", body: Any = None, seconds: float = 300) -> Any:
        """What the hub, or a user's server behind it, answers; nothing for an empty answer."""
        told = json.dumps(body) if body is not None else ("" if method in ("POST", "PUT") else None)
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(f"{self.address}{path}", method, headers, told, request_timeout=seconds)
        answer = await AsyncHTTPClient(max_clients=100).fetch(request)
        return json.loads(answer.body) if answer.body else None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def started(self) -> None:
        """Wait until it answers."""
        for _ in range(240):
            try:
                await self.ask("/hub/api/")
                return
            except (OSError, HTTPClientError):
                await asyncio.sleep(0.5)
        raise RuntimeError((self.folder / "hub.log").read_text()[-3000:])

    async def start(self, user: str) -> None:
        """Start a user's server, and wait until it answers."""
        while True:
            try:
                await self.ask(f"/hub/api/users/{user}/server", "POST")
                break
            except HTTPClientError as error:
                if error.code != 429:  # too many start at once: the page asks to try again
                    raise
                await asyncio.sleep(5)
        while True:
            server = (await self.ask(f"/hub/api/users/{user}"))["servers"].get("", {})
            if server.get("ready"):
                return
            if not server.get("pending"):
                raise RuntimeError(f"the server of {user} has not started")
            await asyncio.sleep(0.3)

    async def stopped(self, users: list[str]) -> None:
        """Stop their servers, and wait until they have ended."""
        for user in users:
            if (await self.ask(f"/hub/api/users/{user}"))["servers"]:
                await self.ask(f"/hub/api/users/{user}/server", "DELETE")
        while any([(await self.ask(f"/hub/api/users/{user}"))["servers"] for user in users]):
            await asyncio.sleep(0.5)

    async def run(self, user: str, notebook: str) -> str:
        """Open a notebook, start its kernel and run all its cells; gives the kernel's id.

        Raises:
            RuntimeError: a cell has failed.
        """
        model = await self.ask(f"/user/{user}/api/contents/{notebook}")
        asked = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.ask(f"/user/{user}/api/sessions", "POST", asked)
        sources = [cell["source"] for cell in model["content"]["cells"] if cell["cell_type"] == "code"]
        await self.execute(user, session["kernel"]["id"], sources)
        return session["kernel"]["id"]

    async def execute(self, user: str, kernel: str, sources: list[str]) -> str:
        """Run cells; gives what they print."""
        where = f"ws://127.0.0.1:{self.port}/user/{user}/api/kernels/{kernel}/channels"
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(where, headers=headers, connect_timeout=300, request_timeout=300)
        socket = await websocket_connect(request, max_message_size=10**9)
        said = ""
        for source in sources:
            message = _message(source)
            await socket.write_message(json.dumps(message))
            while True:
                came = json.loads(await socket.read_message())
                if came["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                    continue
                if came["msg_type"] == "error":
                    raise RuntimeError(f"{user}: {came['content']['ename']}: {came['content']['evalue']}")
                said += came["content"].get("text", "") if came["msg_type"] == "stream" else ""
                if came["msg_type"] == "status" and came["content"]["execution_state"] == "idle":
                    break
        socket.close()
        return said

    def memory(self) -> dict[str, dict[str, float]]:
        """Megabytes of each user's processes, what they share divided among them."""
        found: dict[str, dict[str, float]] = {}
        for process in psutil.process_iter():
            try:
                home = Path(process.environ().get("HOME", ""))
                kind = "kernels" if "ipykernel_launcher" in process.cmdline() else "server"
                if home.parent == self.homes:
                    of = found.setdefault(home.name, {"kernels": 0.0, "server": 0.0})
                    of[kind] += process.memory_full_info().pss / 1e6
            except psutil.Error:  # it has ended meanwhile, or is another user's
                continue
        return found

    def stop(self) -> None:
        """End the hub, its proxy and all servers that it started."""
        if self.process.poll() is not None:
            return
        ours = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(120)
        for process in psutil.wait_procs(ours, 20)[1]:
            process.kill()


async def trial(hub: Hub, names: list[str], look: int) -> None:
    """Go through a lesson of a class, and say what was found."""
    await hub.started()
    await hub.ask("/hub/api/users", "POST", {"usernames": names})
    await _all("their servers have started, the course in their homes", names, hub.start)
    kernels: dict[str, str] = {}

    async def lesson(user: str) -> None:
        kernels[user] = await hub.run(user, LESSON)

    async def lab(user: str) -> None:
        await hub.run(user, LAB)

    await _all("lesson 1.1 is open and all its cells have run", names, lesson)
    await _all("lab 1.1 too", names, lab)
    _tell_memory(hub.memory())
    await _shared(hub, names[0], kernels[names[0]])
    await _correction(hub, names[0])
    if look:
        guests = [f"guest{number}" for number in range(1, look + 1)]
        await asyncio.to_thread(_by_link, hub, guests)
        await hub.stopped(guests)
    await _culling(hub, names)


async def _shared(hub: Hub, user: str, kernel: str) -> None:
    """The library is the shared one, and a student's code cannot write there."""
    code = "import defi_lib, pathlib\nprint(defi_lib.__file__)\n(pathlib.Path(defi_lib.__file__).parent / 'x').touch()"
    try:
        await hub.execute(user, kernel, [code])
        _right(False, "the shared folder is read-only (are you root?)")
    except RuntimeError as error:
        _right("PermissionError" in str(error), f"the shared folder is read-only: {error}")
    said = await hub.execute(user, kernel, ["print(defi_lib.__file__)"])
    _right(str(hub.course) in said, "the library is the one of the shared folder")


async def _correction(hub: Hub, user: str) -> None:
    """What a student wrote into a lab stays, and a corrected lesson comes with the next start."""
    lab = await hub.ask(f"/user/{user}/api/contents/{LAB}")
    (cell,) = [each for each in lab["content"]["cells"] if each["source"].startswith("def swap(")]
    cell["source"] = "def swap(amount_in, reserve_in, reserve_out, fee):\n    return 42"
    await hub.ask(f"/user/{user}/api/contents/{LAB}", "PUT", lab)
    lesson = await hub.ask(f"/user/{user}/api/contents/{LESSON}")
    await hub.ask(f"/user/{user}/api/contents/{LESSON}", "PUT", lesson)
    await hub.stopped([user])
    _corrected(hub.course)
    await hub.start(user)
    home = hub.homes / user / "course"
    _right("CORRECTED" in (home / LESSON).read_text(encoding="utf-8"), "a corrected lesson has come")
    _right("return 42" in (home / LAB).read_text(encoding="utf-8"), "what the student wrote into the lab is there")


def _corrected(course: Path) -> None:
    for path in [course, *course.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    file = course / LESSON
    file.write_text(file.read_text(encoding="utf-8").replace("# ", "# CORRECTED ", 1), encoding="utf-8")
    who = ["-c", "user.name=Teacher", "-c", "user.email=teacher@localhost"]
    subprocess.run(["git", "-C", course, *who, "commit", "-qam", "Correct a lesson"], check=True)


async def _culling(hub: Hub, names: list[str]) -> None:
    """Servers that start with short limits: kernels end, then servers; and how long a second start takes."""
    await hub.stopped(names)
    (hub.folder / "soon").touch()
    await _all("their servers have started again", names, hub.start)
    await asyncio.gather(*(hub.run(user, LESSON) for user in names))
    begin = time.monotonic()
    for kind, words in (("kernels", "kernels"), ("server", "servers")):
        while any(of[kind] for of in hub.memory().values()):
            if time.monotonic() - begin > 20 * IDLE:
                raise RuntimeError(f"not all {words} have ended after {20 * IDLE} s")
            await asyncio.sleep(1)
        _right(True, f"idle {words} have ended, {time.monotonic() - begin:.0f} s after the last work (limit {IDLE} s)")


def _by_link(hub: Hub, names: list[str]) -> None:
    """In Chromium: who comes by nbgitpuller's link, to a home without the course, reads lesson 1.1 and drags."""
    from defi_lib.teaching.handout import pull_link
    from tools.browser import browser, run_all_cells, scroll_to

    link = pull_link(hub.address, f"file://{hub.course}", LESSON)
    with browser() as opened:
        for name in names:
            begin = time.monotonic()
            page = opened.new_context(viewport={"width": 1280, "height": 720}).new_page()
            page.set_default_timeout(180_000)
            page.goto(link)
            page.fill("input[name=username]", name)
            page.fill("input[name=password]", "any")
            page.click("input[type=submit]")
            run_all_cells(page, 180)
            scroll_to(page, ".defi-explorer .defi-canvas .bk-Figure")
            live = time.monotonic() - begin
            sentence = page.locator(".defi-explorer .defi-say").first
            before = sentence.text_content()
            page.locator(".defi-explorer .noUi-handle").first.press("ArrowRight")
            while sentence.text_content() == before:
                page.wait_for_timeout(50)
            page.screenshot(path=f"screenshots/hub_{name}.png")
            _right(True, f"{name} came by the link; its first plot was live after {live:.0f} s, and followed a key")
            page.context.close()


async def _all(what: str, names: list[str], act: Callable[[str], Awaitable[None]]) -> None:
    """Let all do the same at once, and say how long it took them."""

    async def timed(user: str) -> float:
        begin = time.monotonic()
        await act(user)
        return time.monotonic() - begin

    times = sorted(await asyncio.gather(*map(timed, names)))
    load = os.getloadavg()[0]
    print(f"{what}: median {statistics.median(times):.1f} s, last {times[-1]:.1f} s (load {load:.1f})", flush=True)


def _tell_memory(memory: dict[str, dict[str, float]]) -> None:
    for kind, words in (("server", "server of a user"), ("kernels", "kernels of lesson and lab of a user")):
        sizes = [of[kind] for of in memory.values()]
        print(f"memory, {words}: median {statistics.median(sizes):.0f} MB, most {max(sizes):.0f} MB", flush=True)
    total = sum(sum(of.values()) for of in memory.values())
    print(f"memory, all {len(memory)}: {total:.0f} MB, {total / len(memory):.0f} MB each", flush=True)


def _right(is_so: bool, what: str) -> None:
    print(f"{'right' if is_so else 'WRONG'}: {what}", flush=True)
    if not is_so:
        raise SystemExit(1)


def _message(source: str) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "trial"}
    content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
    return {
        "header": {**header, "version": "5.3", "date": "2026-01-01T00:00:00Z"},
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def main() -> int:
    """Run the trial; gives 0 if all is right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=Path, required=True, help="the program jupyterhub")
    parser.add_argument("--proxy", type=Path, required=True, help="the program configurable-http-proxy")
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--look", type=int, default=0, help="so many open the lesson in Chromium besides")
    given = parser.parse_args()
    names = [f"student{number}" for number in range(1, given.users + 1)]
    with tempfile.TemporaryDirectory(prefix="hub-trial-", ignore_cleanup_errors=True) as folder:
        hub = Hub(Path(folder), given.hub, given.proxy)
        try:
            asyncio.run(trial(hub, names, given.look))
        except BaseException:
            print((Path(folder) / "hub.log").read_text(errors="replace")[-4000:], file=sys.stderr)
            raise
        finally:
            hub.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
