"""What there is to read, in order: modules, lessons, their minutes and labs, as the notebooks themselves say it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from defi_lib.course.place import NOWHERE, Place

#: Where the course is kept; ``make publish REPOSITORY=owner/name`` puts the true place here and everywhere.
REPOSITORY = "https://github.com/OWNER/REPO"
PLACE = Place(*REPOSITORY.split("/")[-2:])
#: Whether anybody has said so: before, no page leads there.
PUBLISHED = PLACE != NOWHERE
NO_ADVICE = "The models explain; nothing in this course is investment advice."
HOW_TO_RUN = "**Run ▸ Run All Cells, then read.**"

MODULES = (
    ("Exchange", "swaps, liquidity, pool designs, arbitrage: who pays for a trade"),
    ("Lending", "interest, collateral, liquidations, cascades"),
    ("Staking", "blocks, keys and gas; proof of work and of stake"),
    ("Rewards", "farming, vesting, launches, bonds"),
    ("Governance", "votes that can be bought, borrowed and delegated"),
    ("Risk", "stablecoins, contagion, insurance, rug pulls"),
    ("Compute", "sharing machines: what they earn and cost, whom to trust, waiting, tokens, learning, storage, carbon"),
    (
        "Economy",
        "who takes what on the way, who can take part, licences; the whole system, and all verdicts in one book",
    ),
)

#: Ways through, by the numbers of the lessons. Of the first way only the first page is read whole.
TWO_HOURS = ("0", "1.1", "2.4", "3.7", "4.1", "7.1")
TEN_HOURS = (
    *("0", "1.1", "1.2", "1.4", "1.5", "2.1", "2.2", "2.4", "3.1", "3.3", "3.5", "3.7", "3.8"),
    *("4.1", "4.2", "4.3", "7.1", "7.2", "7.4", "7.8", "7.11", "7.13", "7.14", "7.17", "7.19", "7.23", "8.15"),
)


#: What a reader does there, and the words that take as long to read.
ACTS = ("explore", "predict", "bet", "show_evidence", "quiz")
_ACTS = re.compile(rf"^(?:\w+ = )?(?:{'|'.join(ACTS)})\(", re.MULTILINE)
WORDS_OF_AN_ACT = 150


class Page(NamedTuple):
    """A lesson or a lab.

    Args:
        number: ``"1.2"``, and ``"0"`` for the first page.
        title: as its first line says.
        minutes: as it says; 0 if it does not.
        path: from the folder of the course, with ``/``.
        points: of a lab, as it says; 0 if it does not.
    """

    number: str
    title: str
    minutes: int
    path: str
    points: int = 0

    @property
    def name(self) -> str:
        """The title up to its colon."""
        return self.title.partition(":")[0]


class Module(NamedTuple):
    """A part of the course, with its lessons and labs in reading order."""

    number: str
    title: str
    about: str
    lessons: list[Page]
    labs: list[Page]


def lessons(root: Path) -> list[Page]:
    """All lessons in reading order, the first page first."""
    return _pages(root, "course", first="0")


def labs(root: Path) -> list[Page]:
    """All labs in the order of their lessons."""
    return _pages(root, "labs")


def modules(root: Path) -> list[Module]:
    """All modules, in order."""
    read, work = lessons(root), labs(root)
    return [
        Module(number, title, about, _of(number, read), _of(number, work))
        for number, (title, about) in ((str(n), m) for n, m in enumerate(MODULES, start=1))
    ]


def lessons_of_readings(root: Path) -> dict[str, Page]:
    """The lesson of each reading, by its id: the one that bets on it, or else the first that shows its evidence."""
    found: dict[str, Page] = {}
    sources = {page: _sources(root / page.path) for page in lessons(root)}
    read = {page: "\n".join(text for kind, text in own if kind == "code") for page, own in sources.items()}
    for asked in (r"""\bbet\(\s*["'](\w+)""", r"""evidence\(\s*["'](\w+)"""):
        for page, code in read.items():
            found.update({id: page for id in re.findall(asked, code) if id not in found})
    return found


def neighbours(path: str, pages: Sequence[Page]) -> tuple[Page | None, Page | None]:
    """The pages before and after ``path``; none where there is none, or where ``path`` is no page."""
    places = [page.path for page in pages]
    if path not in places:
        return None, None
    here = places.index(path)
    return (pages[here - 1] if here else None), (pages[here + 1] if here + 1 < len(pages) else None)


def page(root: Path, path: str, number: str = "") -> Page:
    """Title, minutes and points of one notebook."""
    first = "".join(json.loads((root / path).read_text(encoding="utf-8"))["cells"][0]["source"])
    title = re.search(r"^# (.+)", first, re.MULTILINE)
    minutes, points = _said(r"About (\d+) minutes", first), _said(r"About \d+ minutes,\s+(\d+) points", first)
    return Page(number, title[1] if title else Path(path).stem, minutes, path, points)


def two_hours(root: Path, pages: Sequence[Page]) -> int:
    """Minutes of the first way: of each lesson all up to its first plot, the verdict and the questions."""
    known = {page.number: page for page in pages}
    parts = [(known[number], _first_part(root, known[number])) for number in TWO_HOURS if number in known]
    return _rounded(sum(page.minutes * (1 if page.number == "0" else part) for page, part in parts))


def ten_hours(pages: Sequence[Page]) -> int:
    """Minutes of the second way, whose lessons are read whole."""
    return _rounded(sum(page.minutes for page in pages if page.number in TEN_HOURS))


def words_and_acts(root: Path, page: Page) -> tuple[int, int]:
    """How many words a notebook's text has, and how often its reader does something: explores, predicts, bets, answers.

    An act takes as long as reading :data:`WORDS_OF_AN_ACT` words: that is our choice.
    """
    sources = _sources(root / page.path)
    words = sum(len(source.split()) for kind, source in sources if kind == "markdown")
    return words, sum(len(_ACTS.findall(source)) for kind, source in sources if kind == "code")


def first_cell(root: Path, page: Page) -> str:
    """The text at the head of a notebook."""
    return "".join(json.loads((root / page.path).read_text(encoding="utf-8"))["cells"][0]["source"])


def _first_part(root: Path, page: Page) -> float:
    """Share of a lesson's time that goes to what comes up to its first plot, to its verdict and to its questions."""
    read, whole, heading, up_to_the_plot = 0, 0, "", True
    for kind, source in _sources(root / page.path):
        if kind == "markdown" and (title := re.search(r"^## (.+)", source, re.MULTILINE)):
            up_to_the_plot = up_to_the_plot and not heading.startswith("Explore")
            heading = title[1]
        acts = WORDS_OF_AN_ACT * len(_ACTS.findall(source))
        words = len(source.split()) if kind == "markdown" else acts
        whole += words
        read += words * (up_to_the_plot or heading.startswith(("The verdict", "Check yourself")))
    return read / whole if whole else 0.0


def _sources(path: Path) -> list[tuple[str, str]]:
    """The kind and the text of each cell of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def _rounded(minutes: float) -> int:
    return 5 * round(minutes / 5)


def _said(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def _pages(root: Path, folder: str, first: str = "") -> list[Page]:
    found = []
    for file in sorted((root / folder).glob("[0-9]*/[0-9][0-9]_*.ipynb")):
        number = f"{int(file.parent.name.partition('_')[0])}.{int(file.name.partition('_')[0])}"
        found.append(page(root, file.relative_to(root).as_posix(), number))
    start = root / folder / "00_start_here.ipynb"
    return [page(root, start.relative_to(root).as_posix(), first), *found] if first and start.is_file() else found


def _of(number: str, pages: list[Page]) -> list[Page]:
    return [page for page in pages if page.number.partition(".")[0] == number]
