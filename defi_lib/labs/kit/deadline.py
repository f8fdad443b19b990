"""Stops Python code that runs for ever, on every platform and in every thread."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from defi_lib.labs.kit.interrupts import interrupted

#: Code that swallowed the exception gets it again after this pause (seconds), so many times.
_AGAIN, _TIMES = 0.1, 100


class TookTooLongError(BaseException):
    """Not an ``Exception``, so that a student's ``except Exception`` does not swallow it."""

    def __str__(self) -> str:
        """What the student reads."""
        return "Stopped after a few seconds: is there a loop that never ends? Change it and run the cell again."

    def _render_traceback_(self) -> list[str]:
        """In a notebook, the sentence without a traceback."""
        return [f"∞ {self}"]


class _InTimeError(BaseException):
    """Takes the place of what was sent in the last moment."""


@contextmanager
def deadline(seconds: float, again: float = _AGAIN) -> Iterator[None]:
    """Raise :class:`TookTooLongError` in the calling thread once the block has run for ``seconds``.

    Python delivers it between two of its instructions: a loop is stopped, one long call into compiled code is not.
    Nor is a first import stopped, which on a busy machine takes its time. What may loop is a function that the block
    calls: where the loop stands in the block itself, Python 3.13 can pass by the block's end and its ``except``.

    Args:
        seconds: that the block may take.
        again: seconds until it is raised once more, if the block has swallowed it.
    """
    if sys.platform == "emscripten":
        with interrupted(seconds, again, _raise_unless_importing):
            yield
        return
    thread, finished, sent = threading.get_ident(), False, False
    sending, begin, end = threading.Lock(), threading.Lock(), threading.Lock()

    def watch() -> None:
        nonlocal sent
        begin.acquire()  # what is sent before the block could not be taken back, and would be sent again and again
        for pause in (seconds, *[again] * _TIMES):
            if end.acquire(timeout=pause):
                return
            while _imports(sys._current_frames().get(thread)):
                if end.acquire(timeout=pause):
                    return
            with sending:
                if not finished:
                    sent = True
                    _raise_in(thread, TookTooLongError)

    begin.acquire()
    end.acquire()
    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        begin.release()
        yield
    finally:
        # Single steps that cannot be left half done, because the exception may arrive between any two of them.
        finished = True
        end.release()
        with sending:
            pending = sent
        if pending:
            _take_back(thread)


def _imports(frame: FrameType | None) -> bool:
    """Whether what runs in this frame is imported just now."""
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _raise_unless_importing(frame: FrameType | None) -> None:
    if not _imports(frame):
        raise TookTooLongError


def _take_back(thread: int) -> None:
    """Nothing is on its way to this thread any more.

    To send ``None`` would leave the interpreter waiting for an exception: Python 3.11 then hangs in the next function
    that a debugger traces. So another exception takes the place of the first, and is caught.
    """
    with contextlib.suppress(_InTimeError):
        _raise_in(thread, _InTimeError)
        while True:
            pass


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    """Raise ``exception`` in ``thread`` soon, instead of any that is on its way there."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))
