"""A server of a course for a room of two readers, as ``make audience`` starts one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.browser import server


@contextmanager
def room_for_two(course: Path, lesson: str) -> Iterator[str]:
    """Two places, and a lesson ready for each, for readers only; gives the server's address."""
    options = (f"--Room.lesson={lesson}", "--Room.readers=2", "--Room.spare=1", "--Room.only_reading=True")
    command = ("jupyterlab", "--config=jupyter_server_config.py", "--allow-root", "--IdentityProvider.token=")
    with server(*command, *options, directory=course, probe="read/places") as address:
        yield address
