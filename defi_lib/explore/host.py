"""Where an explorer runs: the shell and the kernel around it, if there are any."""

from __future__ import annotations

from typing import Any


def shell() -> Any:
    """The IPython shell, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def request() -> dict[str, Any]:
    """The message of the page that the kernel deals with now; empty outside of a kernel."""
    kernel = getattr(shell(), "kernel", None)
    return kernel.get_parent() if kernel is not None else {}


def is_moved_in_page() -> bool:
    """Whether the kernel deals with a control that was moved in the page, and not with a cell."""
    return request().get("header", {}).get("msg_type") == "comm_msg"
