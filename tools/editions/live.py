"""How a page leads to the edition that runs in the browser, and what it says about it: one place for both editions."""

from __future__ import annotations

from urllib.parse import quote

#: Where the browser edition stands, from the site's root.
FOLDER = "lite"
#: What a lesson's page fetches at its first visit, and how many seconds its Python needs on two cores: what both
#: editions say, and what tests/editions compares with what is measured.
MEGABYTES, SECONDS = 25, "15 to 25"

COST = f"about {MEGABYTES} MB once, and {SECONDS} seconds each time until it runs"


def address(path: str, root: str = "") -> str:
    """Where a notebook runs, seen from a page.

    Args:
        path: of the notebook, from the course's folder.
        root: the way from the page to the site's root, ``"../../"``.

    >>> address("course/glossary.ipynb", "../")
    '../lite/notebooks/index.html?path=course/glossary.ipynb'
    """
    return f"{root}{FOLDER}/notebooks/index.html?path={quote(path)}"
