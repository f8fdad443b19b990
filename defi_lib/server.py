"""A part of the Jupyter server, for smooth sliders: used by ``jupyter_server_config.py`` only."""

from __future__ import annotations

import asyncio
import time

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's websocket that sends every message at once.

    By default the operating system holds a small packet back until the one before is acknowledged, which the browser
    may put off for 40 ms: a stutter in a plot that follows a slider.
    """

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]
        """Connect to the kernel, with TCP_NODELAY on the way to the browser."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Hand on what a page says, and remember when that was: the room of readers asks."""
        self.kernel_manager.heard = time.monotonic()
        super().handle_incoming_message(incoming_msg)  # type: ignore[arg-type]
