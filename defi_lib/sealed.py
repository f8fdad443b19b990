"""Texts that are not meant to be read in passing: what is right, in a student's copy of the course.

A seal is no lock. Whoever wants to open it needs one line; but nobody comes upon an answer by opening a file, by a
search through the folder, or by an import. It does not depend on the version of Python, so it works in a browser too.
"""

from __future__ import annotations

import base64
import zlib


def sealed(text: str) -> str:
    """One line of letters that hold ``text``.

    >>> unsealed(sealed("right = true"))
    'right = true'
    """
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unsealed(line: str) -> str:
    """The text that was sealed.

    Raises:
        ValueError: the line is damaged.
    """
    try:
        return zlib.decompress(base64.b64decode(line.strip(), validate=True)).decode()
    except (ValueError, zlib.error) as error:
        raise ValueError(f"line = {line[:20]!r}… is damaged ({error}): get this file of the course anew") from error
