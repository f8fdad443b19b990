"""Stops Python code that runs for ever, on every platform and in every thread."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Code that swallowed the exception gets it again after this pause (seconds), so many times.
_AGAIN, _TIMES = 0.1, 100


class TookTooLongError(BaseException):
    """Not an ``Exception``, so that a student's ``except Exception`` does not swallow it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLongError` in the calling thread once the block has run for ``seconds``.

    Python delivers it between two of its instructions: a loop is stopped, one long call into compiled code is not.
    """
    thread, finished = threading.get_ident(), False
    sending, end = threading.Lock(), threading.Lock()

    def watch() -> None:
        for pause in (seconds, *[_AGAIN] * _TIMES):
            if end.acquire(timeout=pause):
                return
            with sending:
                if not finished:
                    _raise_in(thread, TookTooLongError)

    end.acquire()
    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        yield
    finally:
        # Single steps that cannot be left half done, because the exception may arrive between any two of them.
        finished = True
        end.release()
        with sending:  # what was sent in the last moment is taken back
            _raise_in(thread, None)


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    argument = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)
