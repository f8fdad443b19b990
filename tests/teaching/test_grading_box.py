"""The box in which students' code runs: limits, and on Linux no way out."""

import json
import sys
from contextlib import closing

import pytest

from defi_lib.teaching.grading import box
from defi_lib.teaching.grading.settings import Limits

pytestmark = [pytest.mark.notebooks, pytest.mark.xdist_group("grade")]
#: How the operating system says no.
NO = {"OSError", "PermissionError", "FileNotFoundError", "ConnectionRefusedError", "ProcessLookupError"}
LIMITS = Limits(cell=6, lab=60, memory=1_500, processes=60)


@pytest.fixture
def kernel():
    with closing(box.Kernel(LIMITS, 60)) as made:
        yield made


@pytest.fixture(scope="module")
def lasting():
    with closing(box.Kernel(LIMITS, 300)) as made:
        yield made


def shown(ran):
    """All that a cell showed, in one text."""
    return json.dumps(ran.outputs)


def test_outputs_are_those_of_a_notebook(lasting):
    ran = lasting.run("import sys; print('out'); print('err', file=sys.stderr); 1 + 1", 6)
    assert ran.ended == ""
    assert {each["output_type"] for each in ran.outputs} == {"stream", "execute_result"}
    assert ran.outputs[-1]["data"]["text/plain"] == "2"
    assert lasting.run("1 / 0", 6).outputs[-1]["ename"] == "ZeroDivisionError"


def test_a_loop_is_interrupted_and_the_kernel_lives(lasting):
    ran = lasting.run("while True: pass", 1)
    assert ran.ended == "" and "KeyboardInterrupt" in shown(ran)
    assert lasting.run("1", 6).outputs[-1]["data"]["text/plain"] == "1"


def test_what_cannot_be_interrupted_is_ended(kernel):
    ran = kernel.run("sum(range(10**12))", 1, tries=2)
    assert "could not be interrupted" in ran.ended


def test_a_flood_of_words_is_cut(lasting):
    ran = lasting.run("for i in range(10**9): print(i)", 2)
    assert ran.ended == "" and len(shown(ran)) < 3 * box.MOST
    assert "more than can be shown" in shown(ran)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os; os._exit(3)", "ended by this cell"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by this cell"),
        ("kept = []\nwhile True: kept.append(bytearray(b'x' * 10_000_000))", ""),
    ],
)
def test_a_kernel_that_ends_is_noticed(kernel, code, why):
    ran = kernel.run(code, 20)
    assert why in ran.ended if why else ("memory" in ran.ended or "MemoryError" in shown(ran))


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_processes_without_end_are_ended(kernel):
    ran = kernel.run("import os, time\nfor i in range(200):\n    if os.fork() == 0: time.sleep(100)\ntime.sleep(5)", 6)
    assert "more than" in ran.ended


def test_its_folder_and_its_processes_are_gone_afterwards():
    import psutil

    with closing(box.Kernel(LIMITS, 60)) as made:
        made.run("import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])", 6)
        family = psutil.Process(made.process.pid).children(recursive=True)
        assert family
    _, alive = psutil.wait_procs([each for each in family if each.is_running()], timeout=10)
    assert not alive and not made.folder.exists()


@pytest.mark.parametrize(
    "code",
    [
        "import sys; open(sys.prefix + '/x', 'w')",
        "import defi_lib; open(defi_lib.__path__[0] + '/x', 'w')",
        "open('/usr/x', 'w')",
        "import defi_lib; open(defi_lib.__path__[0] + '/../README.md')",
        "import defi_lib; open(defi_lib.__path__[0] + '/../solutions/1_exchange/01_swaps.ipynb')",
        "open('/etc/shadow')",
        "import socket; socket.create_connection(('127.0.0.1', 22), 2)",
        "import os; os.kill(%d, 0)",
    ],
)
def test_nothing_outside_can_be_written_or_reached(lasting, code):
    import os

    if not box.confined():  # a machine that makes no boxes: the limits stay, and the report says so
        assert lasting.run("1", 6).ended == "" and "your rights" in box.NOT_CONFINED
        return
    ran = lasting.run(code % os.getpid() if "%d" in code else code, 6)
    assert ran.outputs[-1]["output_type"] == "error", shown(ran)
    assert ran.outputs[-1]["ename"] in NO


def test_files_outside_stay_as_they_are(lasting, tmp_path):
    file = str(tmp_path / "x")
    if box.confined():
        lasting.run(f"import os\nos.makedirs({str(tmp_path)!r}, exist_ok=True)\nopen({file!r}, 'w').write('x')", 6)
    assert list(tmp_path.iterdir()) == []


def test_without_bubblewrap_the_limits_stay(monkeypatch):
    monkeypatch.setattr(box, "_bwrap", lambda: "")
    assert not box.confined()
    with closing(box.Kernel(LIMITS, 60)) as made:
        assert "could not be interrupted" in made.run("sum(range(10**12))", 1, tries=1).ended


def test_packages_outside_the_interpreter_are_shown_and_the_course_s_folder_is_not(monkeypatch, tmp_path):
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(packages), str(tmp_path / "missing/site-packages"), *sys.path])
    assert box._packages_elsewhere() == [str(packages)]
    walls = box._walls("bwrap", tmp_path / "kernel")
    assert str(packages) in walls and str(tmp_path) not in walls


def test_a_kernel_that_does_not_start_says_why(monkeypatch):
    command = [sys.executable, "-c", "raise SystemExit('no kernel')"]
    monkeypatch.setattr(box.Kernel, "_command", lambda self, *start: command)
    with pytest.raises(RuntimeError, match="no kernel"), closing(box.Kernel(LIMITS, 60)):
        pass
