"""Keep what a cell prints and displays from the page, from one line of it to its end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from IPython import get_ipython
from IPython.core.displaypub import DisplayPublisher

Output = dict[str, Any]


class _Printed:
    """Stands for ``sys.stdout``: what is printed becomes outputs of a notebook's cell."""

    def __init__(self, outputs: list[Output]) -> None:
        self._outputs = outputs

    def write(self, text: str) -> int:
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream":
            last["text"] += text
        else:
            self._outputs.append({"output_type": "stream", "name": "stdout", "text": text})
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""

    def isatty(self) -> bool:
        return False


class _Displayed(DisplayPublisher):
    """Stands for the publisher of what is displayed."""

    def __init__(self, outputs: list[Output], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._outputs = outputs

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        self._outputs.append({"output_type": "display_data", "data": data, "metadata": metadata or {}})

    def clear_output(self, wait: bool = False) -> None:
        self._outputs.clear()


def until_the_cell_ends(then: Callable[[], None]) -> list[Output]:
    """Keep what the running cell prints and displays from now on; outside of IPython nothing is kept.

    Args:
        then: is called when the cell has ended, also by an exception.

    Returns:
        the outputs, a list that fills.
    """
    shell, outputs = get_ipython(), list[Output]()
    if shell is None or isinstance(sys.stdout, _Printed):  # what is withheld already stays so
        return outputs
    stdout, publisher = sys.stdout, shell.display_pub

    def result(value: Any) -> None:
        if value is not None:
            data, metadata = shell.display_formatter.format(value)
            shell.display_pub.publish(data, metadata)

    def ends(_: Any) -> None:
        shell.events.unregister("post_run_cell", ends)
        sys.stdout, shell.display_pub = stdout, publisher
        then()

    shell.events.register("post_run_cell", ends)
    sys.stdout, shell.display_pub = _Printed(outputs), _Displayed(outputs)
    sys.displayhook = result  # IPython puts back its own when the cell has ended
    return outputs
