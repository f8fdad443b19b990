"""Many readers at once: how long they wait for a lesson, how fast a slider answers, what a reader costs.

Each reader is what Voilà's page is to the server: the page, the files that a browser asks for, the kernel's websocket,
the states of all widgets, every figure; then a slider that is dragged at ten events a second. One reader is a real
Chromium: it says which files it asks for, and when a plot is painted. All run on the same machine as the server.

``python benchmarks/readers.py`` prints the tables of docs/teaching/many.md; with ``--write`` it puts them there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from playwright.async_api import Browser, async_playwright
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tools.browser import ARGUMENTS, ROOT, chromium, free_port

PAGE = ROOT / "docs/teaching/many.md"
LESSON = "course/1_exchange/01_swaps.ipynb"
#: For the second table: a light one, and those that take most to open, to move, and in memory.
LESSONS = (
    LESSON,
    "course/2_lending/04_cascades.ipynb",
    "course/3_staking/07_proof_of_work.ipynb",
    "course/8_economy/08_coins_as_savings.ipynb",
)
EVENTS = 10  # a second, while a slider is dragged
DRAG = 10.0  # seconds
BUSY = 0.7  # of a core: above, those who drag wait for each other
FIGURE = ".defi-explorer .defi-canvas .bk-Figure"
#: A browser asks a server for so many files at the same time.
AT_ONCE = 6


class Cost(NamedTuple):
    """Processor time (s) that was used up to now, and memory (bytes) that is used."""

    server: float
    kernels: float
    memory: float
    running: int


class Server:
    """The course's server for readers, in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.process, self.address = psutil.Process(process.pid), address

    def cost(self, kernel: str = "kernel") -> Cost:
        """What the server and its kernels, or one of them, cost until now."""
        kernels = [each for each in self.process.children() if kernel in " ".join(_command(each))]
        own = self.process.cpu_times()
        cpu, memory = 0.0, 0.0
        for kernel in kernels:
            with contextlib.suppress(psutil.Error):
                times, used = kernel.cpu_times(), kernel.memory_full_info()
                cpu += times.user + times.system
                memory += getattr(used, "pss", used.uss)
        return Cost(own.user + own.system, cpu, memory, len(kernels))

    async def places(self) -> dict[str, Any]:
        """What the room says of itself."""
        answer = await AsyncHTTPClient().fetch(f"{self.address}read/places?json")
        return json.loads(answer.body)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextlib.asynccontextmanager
async def served(*options: str, seconds: float = 180) -> AsyncIterator[Server]:
    """A server, ready with all that it makes ready ahead."""
    port = free_port()
    command = [sys.executable, "-m", "defi_lib.course", "audience", *options, f"--port={port}", "--no-browser"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--IdentityProvider.token="], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        server = Server(process, f"http://127.0.0.1:{port}/")
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end and process.poll() is None:
                with contextlib.suppress(OSError, ConnectionError, asyncio.TimeoutError):
                    if (await server.places())["ready"]:
                        break
                await asyncio.sleep(0.3)
            else:
                log.seek(0)
                raise RuntimeError(f"the server is not ready:\n{log.read()[-3000:].decode(errors='replace')}")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


class Reader:
    """One who opens a lesson and drags a slider, without drawing anything."""

    def __init__(self, server: Server, lesson: str, files: list[str]) -> None:
        self.server, self.lesson, self.files = server, lesson, files
        self.session = uuid.uuid4().hex
        self.sliders: list[tuple[str, dict[str, Any]]] = []
        self.socket: WebSocketClientConnection | None = None
        self.opened = 0.0
        self.latencies: list[float] = []
        self._arrived: asyncio.Queue[tuple[float, dict[str, Any], dict[str, Any], dict[str, Any]]] = asyncio.Queue()

    async def open(self) -> None:
        """Everything until the last figure is there; ``opened`` says how long it took (s)."""
        begin = time.perf_counter()
        request = HTTPRequest(f"{self.server.address}voila/render/{self.lesson}", request_timeout=170)
        body = (await AsyncHTTPClient().fetch(request)).body.decode()
        found = re.search(r'"kernelId": ?"([\w-]+)"', body)
        assert found, "a page without a kernel"
        self.kernel = found[1]
        await self._fetch_files()
        await AsyncHTTPClient().fetch(f"{self.server.address}api/kernels/{self.kernel}")
        address = f"{self.server.address.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        self.socket = await websocket_connect(
            f"{address}?session_id={self.session}",
            subprotocols=["v1.kernel.websocket.jupyter.org"],
            max_message_size=2**28,
        )
        self.socket.protocol.set_nodelay(True)  # as browsers do
        self._listening = asyncio.create_task(self._listen())
        await self._answer(self._say("kernel_info_request", {}), "kernel_info_reply")
        control = uuid.uuid4().hex
        data = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
        self._say("comm_open", data, {"version": "1.0.0"})
        asked = self._say("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        states = (await self._answer(asked, "comm_msg"))["data"]["states"]
        self._say("comm_close", {"comm_id": control, "data": {}})
        views = [
            name for name, each in states.items() if "_esm" in each["state"] and "defi-canvas" in each["state"]["_esm"]
        ]
        self.sliders = [
            (name, each["state"]) for name, each in states.items() if each["model_name"] == "SelectionSliderModel"
        ]
        await self._ask(views[0], {"ask": "bokehjs"})
        for view in views:
            await self._ask(view, {"ask": "figure", "dark": False})
        self.opened = time.perf_counter() - begin

    async def drag(self, seconds: float) -> None:
        """Move the first slider to and fro; ``latencies`` says when the plot's message came (s)."""
        name, state = self.sliders[0]
        count = len(state["_options_labels"])
        index, step = state["index"], 1
        while not self._arrived.empty():
            self._arrived.get_nowait()
        sent: dict[str, float] = {}
        listening = asyncio.create_task(self._time(sent))
        turn = time.perf_counter()
        end = turn + seconds
        while turn < end:
            await asyncio.sleep(max(0.0, turn - time.perf_counter()))
            step = -step if not 0 <= index + step < count else step
            index += step
            data = {"method": "update", "state": {"index": index}, "buffer_paths": []}
            at = time.perf_counter()
            sent[self._say("comm_msg", {"comm_id": name, "data": data})] = at
            turn += 1 / EVENTS if state["continuous_update"] else 1.0  # a slow plot follows when the slider is let go
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(listening, 15)  # ends when every event has had its plot
        self.latencies += [15.0] * len(sent)

    async def close(self) -> None:
        """Leave, as a browser does."""
        if self.socket:
            self._listening.cancel()
            self.socket.close()
            address = f"{self.server.address}voila/api/shutdown/{self.kernel}"
            await AsyncHTTPClient().fetch(address, method="POST", body="")

    async def _time(self, sent: dict[str, float]) -> None:
        """Take out of ``sent`` each event whose plot has come.

        The plot's answer names the event that it follows. Events that came while it was computed share the next answer
        after the kernel took them in, which its word that it is idle again tells.
        """
        taken: list[str] = []
        last = time.perf_counter()
        while sent or time.perf_counter() - last < 1.5:
            try:
                at, header, parent, content = await asyncio.wait_for(self._arrived.get(), 1.5)
            except TimeoutError:
                continue
            event, last = parent.get("msg_id", ""), time.perf_counter()
            if _is_plot(header, content):
                for done in {event, *taken} & set(sent):
                    self.latencies.append(at - sent.pop(done))
                taken.clear()
            elif header["msg_type"] == "status" and content["execution_state"] == "idle" and event in sent:
                taken.append(event)

    async def _fetch_files(self) -> None:
        """What a browser without a cache asks for, on six connections."""
        waiting = list(self.files)
        host = urlsplit(self.server.address)

        async def one_connection() -> None:
            reader, writer = await asyncio.open_connection(host.hostname, host.port)
            while waiting:
                writer.write(f"GET {waiting.pop(0)} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = re.search(r"content-length: (\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
            writer.close()

        await asyncio.gather(*(one_connection() for _ in range(AT_ONCE)))

    def _say(self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> str:
        name = uuid.uuid4().hex
        date = datetime.now(UTC).isoformat()
        header = {
            "msg_id": name,
            "msg_type": kind,
            "session": self.session,
            "username": "",
            "date": date,
            "version": "5.3",
        }
        parts = [json.dumps(part).encode() for part in (header, {}, metadata or {}, content)]
        assert self.socket is not None
        self.socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        return name

    async def _listen(self) -> None:
        assert self.socket is not None
        while isinstance(message := await self.socket.read_message(), bytes):
            at = time.perf_counter()
            _, parts = deserialize_msg_from_ws_v1(message)
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            if header["msg_type"] == "comm_msg" and content["data"].get("method") == "update":
                dict(self.sliders).get(content["comm_id"], {}).update(content["data"]["state"])
            self._arrived.put_nowait((at, header, parent, content))

    async def _answer(self, asked: str, kind: str) -> dict[str, Any]:
        while True:
            _, header, parent, content = await asyncio.wait_for(self._arrived.get(), 120)
            if header["msg_type"] == kind and parent.get("msg_id") == asked:
                return content

    async def _ask(self, view: str, question: dict[str, Any]) -> None:
        content = question | {"id": uuid.uuid4().hex}
        await self._answer(
            self._say("comm_msg", {"comm_id": view, "data": {"method": "custom", "content": content}}), "comm_msg"
        )


def _is_plot(header: dict[str, Any], content: dict[str, Any]) -> bool:
    data = content.get("data", {}) if header["msg_type"] == "comm_msg" else {}
    return data.get("method") == "custom" and "say" in data["content"]


async def in_chromium(browser: Browser, server: Server, lesson: str) -> tuple[float, list[str], Any]:
    """Seconds until the first plot is on a real page, the files it asked for, and the page."""
    page = await browser.new_page(viewport={"width": 1280, "height": 720})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    begin = time.perf_counter()
    await page.goto(f"{server.address}voila/render/{lesson}", timeout=170_000)
    await page.locator(FIGURE).first.wait_for(timeout=170_000)
    seconds = time.perf_counter() - begin
    files = [
        f"{urlsplit(url).path}?{urlsplit(url).query}" for url in asked if "/static/" in url or "/labextensions/" in url
    ]
    return seconds, files, page


class Crowd(NamedTuple):
    """What happened when many came at the same time."""

    warming: float  # s, before they came
    opened: list[float]  # s
    painted: float  # s, until the plot stood in Chromium
    latencies: list[float]  # s
    memory: float  # bytes, of all kernels, after
    kernels: int
    cores: tuple[float, float]  # that the server and the kernels kept busy during the drag
    server: float  # processor time (s) of the server for one event


async def crowd(browser: Browser, readers: int, files: list[str], *options: str) -> Crowd:
    """So many open lesson 1.1 at the same time, one of them in Chromium; then all others drag."""
    begin = time.perf_counter()
    async with served(*options, f"--readers={readers}") as server:
        warming = time.perf_counter() - begin
        others = [Reader(server, LESSON, files) for _ in range(readers - 1)]
        (painted, _, page), *_ = await asyncio.gather(
            in_chromium(browser, server, LESSON), *(each.open() for each in others)
        )
        await asyncio.sleep(2)
        before = server.cost()
        start = time.perf_counter()
        await asyncio.gather(*(each.drag(DRAG) for each in others))
        after, seconds = server.cost(), time.perf_counter() - start
        await page.goto("about:blank")  # says goodbye, which closing does not
        for each in others:
            await each.close()
    cores = (after.server - before.server) / seconds, (after.kernels - before.kernels) / seconds
    opened = sorted(each.opened for each in others)
    latencies = sorted(latency for each in others for latency in each.latencies)
    server_time = (after.server - before.server) / len(latencies)
    return Crowd(warming, opened, painted, latencies, after.memory, after.running, cores, server_time)


class Lone(NamedTuple):
    """What one reader of a lesson costs."""

    opening: float  # processor time (s) of server and kernel
    memory: float  # bytes
    kernel: float  # processor time (s) of the kernel for one event
    events: float  # a second, while a slider is dragged


async def lone(server: Server, lesson: str, files: list[str]) -> Lone:
    """One reader alone."""
    before = server.cost().server
    reader = Reader(server, lesson, files)
    await reader.open()
    await asyncio.sleep(1)
    opened = server.cost(reader.kernel)
    await reader.drag(4)
    moved, events = server.cost(reader.kernel), len(reader.latencies)
    await reader.close()
    opening = opened.server - before + opened.kernels
    return Lone(opening, moved.memory, (moved.kernels - opened.kernels) / events, events / 4)


def at_once(cost: Lone, server: float, cores: int) -> int:
    """Readers who can drag at the same time until all cores are busy for 70 %, or the one on which the server runs."""
    return int(min(BUSY * cores / (cost.events * (cost.kernel + server)), BUSY / (cost.events * server)))


def quantile(values: list[float], part: float) -> float:
    """Of sorted values."""
    return values[min(len(values) - 1, int(part * len(values)))]


def crowd_table(readers: int, pooled: Crowd, cold: Crowd) -> Iterator[str]:
    """Both crowds side by side, in Markdown."""
    yield f"| {readers} readers open lesson 1.1 at the same time | made ready | not made ready |"
    yield "|---|---|---|"
    rows = {
        "Before they come, s": lambda c: f"{c.warming:.0f}",
        "The first has all figures after, s": lambda c: f"{c.opened[0]:.1f}",
        "Half of them have, s": lambda c: f"{statistics.median(c.opened):.1f}",
        "**The last has, s**": lambda c: f"**{c.opened[-1]:.1f}**",
        "The one in Chromium sees the first plot, s": lambda c: f"{c.painted:.1f}",
        "All drag: half of the plots follow within, ms": lambda c: f"{1000 * quantile(c.latencies, 0.5):.0f}",
        "**All drag: 95 % of the plots follow within, ms**": lambda c: f"**{1000 * quantile(c.latencies, 0.95):.0f}**",
        "Cores that the server and the kernels keep busy then": lambda c: f"{c.cores[0]:.2f} and {c.cores[1]:.2f}",
        "Kernels, and their memory together": lambda c: f"{c.kernels}, {c.memory / 1e9:.1f} GB",
    }
    for name, value in rows.items():
        yield f"| {name} | {value(pooled)} | {value(cold)} |"


def lone_table(costs: dict[str, Lone], server: float) -> Iterator[str]:
    """What a reader costs in light and heavy lessons, in Markdown."""
    yield "| Lesson | Opening, CPU s | Memory, MB | Kernel, ms an event | Events a second | On 2, 4, 8 cores |"
    yield "|---|---|---|---|---|---|"
    for lesson, cost in costs.items():
        module, number = re.findall(r"/(\d+)_", lesson)
        many = ", ".join(str(at_once(cost, server, cores)) for cores in (2, 4, 8))
        yield (
            f"| {int(module)}.{int(number)} | {cost.opening:.1f} | {cost.memory / 1e6:.0f} | {1000 * cost.kernel:.1f} "
            f"| {cost.events:.0f} | {many} |"
        )


async def measured(readers: int) -> list[str]:
    """All lines of the tables."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        async with served(f"--readers={len(LESSONS) + 1}") as server:
            _, files, page = await in_chromium(browser, server, LESSON)
            await page.goto("about:blank")
            costs = {lesson: await lone(server, lesson, files) for lesson in LESSONS}
        pooled = await crowd(browser, readers, files, LESSON)
        cold = await crowd(browser, readers, files)
        await browser.close()
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    head = f"{datetime.now(UTC):%Y-%m-%d}, commit {git.stdout.strip()}, {cores} cores, on which the readers ran, too; "
    head += f"load before: {load:.1f}. For an event the server takes {1000 * pooled.server:.1f} ms."
    return [head, "", *crowd_table(readers, pooled, cold), "", *lone_table(costs, pooled.server)]


def write(lines: list[str]) -> None:
    """Into the page, between its two marks."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- measured -->\n", "<!-- end -->"
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(before + begin + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.relative_to(ROOT)}")
    given = parser.parse_args()
    AsyncHTTPClient.configure(None, max_clients=1000, max_body_size=2**28)
    lines = asyncio.run(measured(given.readers))
    print("\n".join(lines))
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
