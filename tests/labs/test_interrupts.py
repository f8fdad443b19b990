"""The deadline of a browser, tried here: a thread looks at the buffer as Pyodide does between two instructions.

What Pyodide itself does with it is tried in tests/editions/test_wasm.py.
"""

import _thread
import signal
import sys
import threading
import time
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import pytest

from defi_lib.labs.kit import deadline as kit
from defi_lib.labs.kit.deadline import TookTooLongError
from defi_lib.labs.kit.interrupts import interrupted


class Clock:
    """What the script makes, in Python."""

    def __init__(self, seconds, again, before):
        self.due, self.again, self.before, self.fired = time.perf_counter() + seconds, again, before, False

    def number(self):
        if time.perf_counter() >= self.due:
            self.due, self.fired = time.perf_counter() + self.again, True
            return 2
        return self.before.number() if self.before else 0


@pytest.fixture
def page(monkeypatch):
    """A page with Pyodide, as far as the deadline asks it."""
    module = SimpleNamespace()

    def put(buffer):
        module.Py_EmscriptenSignalBuffer = buffer

    here = SimpleNamespace(module=module, ended=False)

    def watch():
        while not here.ended:
            buffer = getattr(module, "Py_EmscriptenSignalBuffer", None)
            if buffer and buffer.number():
                _thread.interrupt_main(signal.SIGINT)
            time.sleep(0.005)

    code = ModuleType("pyodide.code")
    code.run_js = lambda text: Clock
    monkeypatch.setitem(sys.modules, "pyodide_js", SimpleNamespace(_module=module, setInterruptBuffer=put))
    monkeypatch.setitem(sys.modules, "pyodide", ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.code", code)
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield here
    here.ended = True
    thread.join()


def stop(frame):
    assert frame is not None
    raise TookTooLongError


def spin():
    while True:
        pass


def test_a_loop_is_stopped_and_everything_is_as_before(page):
    handler, depth = signal.getsignal(signal.SIGINT), sys.getrecursionlimit()
    begun = time.perf_counter()
    with pytest.raises(TookTooLongError), interrupted(0.1, 5, stop):
        assert sys.getrecursionlimit() <= 500
        spin()
    assert 0.1 <= time.perf_counter() - begun < 1
    assert (signal.getsignal(signal.SIGINT), sys.getrecursionlimit()) == (handler, depth)
    assert page.module.Py_EmscriptenSignalBuffer is None


def test_what_swallows_it_gets_it_again(page):
    caught = 0
    with pytest.raises(TookTooLongError), interrupted(0.05, 0.05, stop):
        while caught < 2:
            try:
                spin()
            except TookTooLongError:
                caught += 1
        spin()
    assert caught == 2


def test_an_inner_limit_leaves_the_outer_one(page):
    with interrupted(5, 5, stop):
        outer = page.module.Py_EmscriptenSignalBuffer
        with pytest.raises(TookTooLongError), interrupted(0.05, 5, stop):
            spin()
        assert page.module.Py_EmscriptenSignalBuffer is outer
    with pytest.raises(TookTooLongError), interrupted(0.1, 5, stop), interrupted(5, 5, stop):
        spin()


def test_what_the_page_asks_for_goes_to_whom_it_went_before(page):
    page.module.Py_EmscriptenSignalBuffer = Clock(0.05, 5, None)  # the reader interrupts
    with pytest.raises(KeyboardInterrupt), interrupted(5, 5, stop):
        spin()


def test_where_there_are_no_threads_none_is_started(monkeypatch):
    asked = []

    @contextmanager
    def noted(seconds, again, stop):
        asked.append((seconds, again))
        yield

    monkeypatch.setattr(kit, "interrupted", noted)
    monkeypatch.setattr(kit, "threading", None)
    monkeypatch.setattr(kit, "sys", SimpleNamespace(platform="emscripten"))
    with kit.deadline(3.0):
        pass
    assert asked == [(3.0, 0.1)]


def test_an_import_is_not_stopped():
    program = compile("stop(sys._getframe())", "<frozen importlib._bootstrap>", "exec")
    exec(program, {"sys": sys, "stop": kit._raise_unless_importing})
    with pytest.raises(TookTooLongError):
        kit._raise_unless_importing(sys._getframe())
