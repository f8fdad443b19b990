"""Stops Python code that runs for ever, on every platform and in every thread."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Pause before code that swallowed the exception gets it again (seconds).
_AGAIN = 0.1


class TookTooLongError(BaseException):
    """Not an ``Exception``, so that a student's ``except Exception`` does not swallow it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLongError` in the calling thread once the block has run for ``seconds``.

    Python delivers it between two of its instructions: a loop is stopped, one long call into compiled code is not.
    """
    thread, lock, finished = threading.get_ident(), threading.Lock(), threading.Event()

    def watch() -> None:
        wait = seconds
        while not finished.wait(wait):
            with lock:
                if not finished.is_set():
                    _raise_in(thread, TookTooLongError)
            wait = _AGAIN

    watcher = threading.Thread(target=watch, name="deadline", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while not finished.is_set():  # even if the exception arrives just now
            with suppress(TookTooLongError):
                finished.set()
        with lock:  # what was sent in the last moment is taken back
            _raise_in(thread, None)


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    argument = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)
