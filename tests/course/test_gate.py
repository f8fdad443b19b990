"""A server for readers only: what they may ask for, and what happens in a real one."""

import asyncio
import json
import re
import shutil
import socket
import urllib.error
import urllib.request
import uuid

import nbformat
import pytest
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.websocket import websocket_connect

from defi_lib.course.gate import is_open
from tests.support.rooms import room_for_two
from tools.browser import ROOT

KERNEL = "0b2c6a0e-7f0e-4e42-8f4f-0d9f3f0a5d11"
LESSON, SLOW = "course/1_quick/01_quick.ipynb", "course/1_quick/02_slow.ipynb"


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "read"),
        ("GET", "read/places"),
        ("GET", "read/course/glossary.md"),
        ("GET", "read/ASSUMPTIONS.md"),
        ("HEAD", "voila/render/course/1_exchange/01_swaps.ipynb"),
        ("GET", "voila/static/voila.js"),
        ("GET", "voila/templates/course/static/course.css"),
        ("GET", f"api/kernels/{KERNEL}"),
        ("GET", f"api/kernels/{KERNEL}/channels"),
        ("POST", f"voila/api/shutdown/{KERNEL}"),
        ("GET", "site/lite/index.html"),
        ("POST", "login"),
    ],
)
def test_what_readers_need(method, path):
    assert is_open(method, f"/user/ada/{path}", "/user/ada/")
    assert not is_open(method, f"/{path}", "/user/ada/")
    assert not is_open("DELETE", f"/user/ada/{path}", "/user/ada/")


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "lab"),
        ("GET", "lab/tree/labs/1_exchange/01_swaps.ipynb"),
        ("GET", "api/kernels"),
        ("POST", "api/kernels"),
        ("POST", f"api/kernels/{KERNEL}/restart"),
        ("GET", "api/contents/solutions"),
        ("PUT", "api/contents/course/00_start_here.ipynb"),
        ("GET", "api/terminals"),
        ("GET", "terminals/websocket/1"),
        ("GET", "files/solutions/1_exchange/01_swaps.ipynb"),
        ("GET", "voila/files/defi_lib/labs/swaps.py"),
        ("GET", "voila/render/solutions/1_exchange/01_swaps.ipynb"),
        ("GET", "voila/render/course/../solutions/1_exchange/01_swaps.ipynb"),
        ("GET", "voila/render/course/%2e%2e/solutions/1_exchange/01_swaps.ipynb"),
        ("GET", "voila/render/course%2f..%2fsolutions/1_exchange/01_swaps.ipynb"),
        ("GET", "read/docs/teaching/exam.md"),
        ("GET", "read/course/../docs/teaching/exam.md"),
        ("GET", "teach/notes/course/1_exchange/01_swaps.ipynb"),
        ("GET", "formgrader"),
    ],
)
def test_what_readers_have_no_access_to(method, path):
    assert not is_open(method, f"/{path}")


def write(file, code):
    """A lesson of one cell."""
    words = nbformat.v4.new_markdown_cell("# A lesson\n\n**You will be able to** wait.\n\n5 minutes")
    notebook = nbformat.v4.new_notebook(cells=[words, nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of a lesson that takes no time, and one that takes for ever."""
    copy = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "share", copy / "share")
    shutil.copy(ROOT / "jupyter_server_config.py", copy)
    write(copy / LESSON, "print('quick')")
    write(copy / SLOW, "import time; time.sleep(1000)")
    return copy


@pytest.fixture(scope="module")
def room(course):
    """Two places and a lesson for each, for readers only."""
    with room_for_two(course, LESSON) as address:
        yield address


def get(address):
    """Status and text."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def places(room):
    return json.loads(get(f"{room}read/places?json")[1])


async def until(room, **wanted):
    """Wait for the numbers of the room."""
    for _ in range(300):
        now = await asyncio.to_thread(places, room)
        if wanted.items() <= now.items():
            return now
        await asyncio.sleep(0.1)
    raise AssertionError(f"{now}, not {wanted}")


def look_in(room, path):
    """Ask for a page, and leave when it begins to come; gives its status."""
    host, port = room.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        return int(connection.recv(100).split()[1])


def leave(room, kernel):
    urllib.request.urlopen(urllib.request.Request(f"{room}voila/api/shutdown/{kernel}", b""), timeout=60).close()


async def run_code(room, kernel):
    """Ask a kernel to run code, then what it is; gives the kinds of its answers."""
    address = room.replace("http", "ws", 1)
    protocols = ["v1.kernel.websocket.jupyter.org"]
    channel = await websocket_connect(f"{address}api/kernels/{kernel}/channels?session_id=x", subprotocols=protocols)
    code = {"code": "print(1 + 1)", "silent": False, "store_history": False, "user_expressions": {}}
    for kind, content in (("execute_request", code), ("kernel_info_request", {})):
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "username": "", "version": "5.3"}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        await channel.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
    kinds = set()
    while "kernel_info_reply" not in kinds:
        _, parts = deserialize_msg_from_ws_v1(await asyncio.wait_for(channel.read_message(), 30))
        kinds.add(json.loads(parts[0])["msg_type"])
    channel.close()
    return kinds


def test_a_room_for_two(room):
    """All that happens in it, in turn: a server and its kernels take seconds to start."""

    async def story():
        ready = await until(room, ready=True, waiting=3)
        assert ready["readers"] == 2 and ready["taken"] == 0
        pages = [get(f"{room}voila/render/{LESSON}") for _ in range(2)]
        assert [status for status, _ in pages] == [200, 200]
        kernels = [re.search(r'"kernelId": ?"([\w-]+)"', text)[1] for _, text in pages]
        assert kernels[0] != kernels[1]
        assert "With its code" not in pages[0][1] and "quick" in pages[0][1]

        status, text = get(f"{room}voila/render/{LESSON}")
        assert status == 503 and "The room is full" in text and "All 2 places are taken" in text
        assert "2 of 2 places are taken" in get(f"{room}read/places")[1]

        for path in ("lab", "api/kernels", "api/contents", f"voila/render/{LESSON[7:]}"):
            status, text = get(f"{room}{path}")
            assert status == 404 and "Not here" in text
        answers = await run_code(room, kernels[0])
        assert "kernel_info_reply" in answers
        assert not {"execute_reply", "execute_input", "stream"} & answers

        leave(room, kernels[0])
        leave(room, kernels[0])  # said by the page and by Voilà
        leave(room, KERNEL)
        assert places(room)["taken"] == 1
        for _ in range(4):  # loaded anew before it is there: no kernel stays
            assert await asyncio.to_thread(look_in, room, f"voila/render/{SLOW}") == 200
            await until(room, taken=1)
        status, text = get(f"{room}voila/render/{LESSON}")  # the spare one
        assert status == 200 and re.search(r'"kernelId": ?"([\w-]+)"', text)[1] not in kernels

    asyncio.run(story())


def test_the_full_room_names_the_site_and_the_browser_edition(course, room):
    site = course / "build/site"
    (site / "lite/notebooks").mkdir(parents=True)
    for file in (site / "index.html", site / "lite/notebooks/index.html"):
        file.write_text("<p>without a kernel</p>")
    for _ in range(3):
        status, text = get(f"{room}voila/render/{LESSON}")
    assert status == 503
    assert f'href="/site/lite/notebooks/index.html?path={LESSON}"' in text and 'href="/site/"' in text
    assert get(f"{room}site/") == get(f"{room}site/lite/notebooks/index.html") == (200, "<p>without a kernel</p>")
    assert get(f"{room}site/../jupyter_server_config.py")[0] in (403, 404)
