"""A server for readers only: whoever has its address can read lessons and move what stands in them, and nothing else.

A Jupyter server lets everybody who has its token run any code. That is right for one's own machine, and wrong for a
lecture hall.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

#: What readers may ask for, behind the server's own address.
_OPEN = {
    "GET": re.compile(
        r"(read/?|read/places|read/(course/[\w/]+|ASSUMPTIONS)\.md"
        r"|voila/render/course/.*\.ipynb"
        r"|voila/(static|templates|labextensions|api/themes)/.*"
        r"|api/kernels/[\w-]{36}(/channels)?"
        r"|site(/.*)?|static/.*|login|logo|favicon\.ico|)"
    ),
    "POST": re.compile(r"voila/api/shutdown/[\w-]{36}|login"),
}
#: What a page may say to its kernel: what widgets say, and no code.
_SAID = ["comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"]


def is_open(method: str, path: str, base_url: str = "/") -> bool:
    """Whether readers may ask for this."""
    allowed, path = _OPEN.get("GET" if method == "HEAD" else method), unquote(path)
    inside = path.startswith(base_url) and ".." not in path
    return bool(allowed and inside and allowed.fullmatch(path.removeprefix(base_url)))


def close_all_but_reading(app: Any, kernels: Any, closed: type) -> None:
    """Let readers have nothing but pages.

    Args:
        app: the server's web application.
        kernels: its kernel manager.
        closed: the handler that answers everything else.
    """
    kernels.allowed_message_types = _SAID
    find = app.find_handler

    def found(request: Any, **kwargs: Any) -> Any:
        if is_open(request.method, request.path, app.settings["base_url"]):
            return find(request, **kwargs)
        return app.get_handler_delegate(request, closed)

    app.find_handler = found
