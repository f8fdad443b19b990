"""Stops Python code where there are no threads: in a browser (Pyodide).

Pyodide looks at a buffer every few instructions, and interrupts the program when there is a number in it. A page that
may share memory lets another thread write it. This buffer is a clock instead: it answers with the number of SIGINT as
soon as the time is up, so that no other thread is needed and the program is not slowed down.

Calls that never end are stopped too: too deep ones would not raise RecursionError but end Python itself, because a
browser's stack is smaller than what Python takes for granted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Calls within calls that a browser's stack holds, also where each goes through compiled code, such as ``sum``: it held
#: 800 under node, and Python's own limit is 1,000.
_DEEPEST = 500

#: The clock: ``fired`` tells an interrupt of its own from one that the page has asked for (the buffer before it).
_CLOCK = """
(seconds, again, before) => ({
  due: performance.now() + 1000 * seconds,
  fired: false,
  get 0() {
    if (performance.now() >= this.due) {
      this.due = performance.now() + 1000 * again;
      this.fired = true;
      return 2;
    }
    return before ? before[0] : 0;
  },
  set 0(number) { if (before) before[0] = number; },
})
"""


@contextmanager
def interrupted(seconds: float, again: float, stop: Callable[[FrameType | None], None]) -> Iterator[None]:
    """Call ``stop`` with the frame that runs, after ``seconds`` and then again and again, until the block ends.

    What it raises is raised there. Blocks may stand in one another; an interrupt that the page asks for goes on to whom
    it went before.
    """
    import pyodide_js
    from pyodide.code import run_js

    module: Any = pyodide_js._module
    before = getattr(module, "Py_EmscriptenSignalBuffer", None)
    clock = run_js(_CLOCK)(seconds, again, before)

    def handle(number: int, frame: FrameType | None) -> None:
        if clock.fired:
            clock.fired = False
            stop(frame)
        elif callable(handled_before):
            handled_before(number, frame)

    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(min(depth, _DEEPEST))
    handled_before = signal.signal(signal.SIGINT, handle)
    pyodide_js.setInterruptBuffer(clock)
    try:
        yield
    finally:
        pyodide_js.setInterruptBuffer(before)
        signal.signal(signal.SIGINT, handled_before)
        sys.setrecursionlimit(depth)
