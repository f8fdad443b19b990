"""Where the course is published: ``owner/name`` on GitHub, and everything whose address follows from that.

``make publish REPOSITORY=owner/name`` calls :func:`put`, which writes the place wherever a file names it, again and
again if it changes. Before, it is :data:`NOWHERE`, and no page leads there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

FIRST_PAGE = "course/00_start_here.ipynb"
#: The file that says which place the others name now.
TOLD_BY = "defi_lib/course/contents.py"
#: How addresses of the repository are written in running text.
ADDRESSES = ("github.com/{owner}/{name}", "github.com%2F{owner}%2F{name}", "urlpath=lab%2Ftree%2F{name}")
#: From a comment "place" to a comment "end of place": lines that read differently once the place is known.
BLOCK = re.compile(r"^(?P<begin>(?:#|<!--) place\b.*\n)(?P<lines>(?:.*\n)*?)(?P<end>(?:#|<!--) end of place)", re.M)

_OWNER = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NAME = re.compile(r"(?!\.{1,2}$)(?!.*\.git$)[A-Za-z0-9._-]{1,100}")


class Place(NamedTuple):
    """A repository on GitHub."""

    owner: str
    name: str

    @classmethod
    def named(cls, repository: str) -> Place:
        """The place that ``"owner/name"`` says.

        Raises:
            ValueError: GitHub would not allow such an owner or such a name.

        Example:
            >>> Place.named("ada/course").site
            'https://ada.github.io/course/'
        """
        owner, _, name = repository.partition("/")
        if not (_OWNER.fullmatch(owner) and len(owner) <= 39 and _NAME.fullmatch(name)):
            raise ValueError(f"repository is {repository!r}; write it as owner/name on GitHub, such as ada/course")
        return cls(owner, name)

    @property
    def repository(self) -> str:
        """Its address, without a slash at the end."""
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """Where GitHub Pages shows its site."""
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}/" if self.name.lower() == host else f"https://{host}/{self.name}/"

    def in_browser(self, notebook: str = FIRST_PAGE) -> str:
        """The address of a notebook in the browser edition."""
        return f"{self.site}lite/notebooks/index.html?path={quote(notebook)}"

    @property
    def binder(self) -> str:
        """The address that starts the course on Binder."""
        return f"https://mybinder.org/v2/gh/{self.owner}/{self.name}/HEAD?urlpath=lab/tree/{FIRST_PAGE}"


NOWHERE = Place("OWNER", "REPO")


def put(repository: str, root: Path) -> list[str]:
    """Write the place of the repository wherever the files below ``root`` name it.

    Args:
        repository: ``"owner/name"``.
        root: the folder of the course.

    Returns:
        The files that have changed.

    Raises:
        ValueError: the repository is not written as owner/name, or ``root`` is not a copy of the whole course.
    """
    new, old = Place.named(repository), found(root)
    texts = {file: (root / file).read_bytes().decode() for file in FILES}
    written = {file: _written(text, file, old, new) for file, text in texts.items()}
    changed = [file for file in texts if written[file] != texts[file]]
    for file in changed:
        (root / file).write_bytes(written[file].encode())
    return changed


def found(root: Path) -> Place:
    """The place that the files name now."""
    if not all((root / file).is_file() for file in FILES):
        raise ValueError(f"root is {root}, where the repository's files are not: this needs a clone of it")
    said = re.search(r'github\.com/([^/"]+)/([^/"]+)"', (root / TOLD_BY).read_text(encoding="utf-8"))
    if said is None:
        raise ValueError(f"root is {root}; its {TOLD_BY} does not say where the course is kept")
    return Place(*said.groups())


def moved(text: str, file: str, old: Place, new: Place) -> str:
    """The text of a file with the addresses of one repository in place of those of another.

    Raises:
        ValueError: a sentence that leads there is not in it.
    """
    before, after = (None if place == NOWHERE else place for place in (old, new))
    if file in PHRASES:
        phrase = PHRASES[file]
        if text.count(phrase(before)) != 1:
            raise ValueError(f"{file} does not say {phrase(before)!r} once")
        text = text.replace(phrase(before), phrase(after))
    for address in ADDRESSES:
        # a longer name that begins alike is another repository
        there = re.escape(address.format(**old._asdict())) + r"(?![\w-]|\.\w)"
        text = re.sub(there, address.format(**new._asdict()), text)
    return text


def _written(text: str, file: str, old: Place, new: Place) -> str:
    text = moved(text, file, old, new)
    if file not in BLOCKS:
        return text
    lines = BLOCKS[file](None if new == NOWHERE else new)
    text, blocks = BLOCK.subn(lambda block: block["begin"] + lines + block["end"], text)
    if blocks != 1:
        raise ValueError(f"{file} has {blocks} parts between comments 'place' and 'end of place', not one")
    return text


def _readme(place: Place | None) -> str:
    if place is None:
        return (
            "\nThis copy does not know yet where it is published: `make publish REPOSITORY=owner/name` writes\n"
            "here the badges and the links to its site, to the edition in the browser, which needs no\n"
            "installing, and to Binder.\n\n"
        )
    tests = f"{place.repository}/actions/workflows/test.yml"
    return (
        f"\n[![tests]({tests}/badge.svg)]({tests})\n"
        f"[![Binder](https://mybinder.org/badge_logo.svg)]({place.binder})\n\n"
        f"Without installing: [read it]({place.site}) · [run it in your browser]({place.in_browser()}) · "
        f"[on a machine of Binder's]({place.binder}). On a phone: read it.\n\n"
    )


def _citation(place: Place | None) -> str:
    return f"repository-code: {place.repository}\nurl: {place.site}\n" if place else ""


def _package(place: Place | None) -> str:
    if place is None:
        return ""
    return (
        "[project.urls]\n"
        f'Homepage = "{place.site}"\n'
        f'Repository = "{place.repository}"\n'
        f'Issues = "{place.repository}/issues"\n'
        f'Changelog = "{place.repository}/blob/HEAD/CHANGELOG.md"\n'
    )


def _first_page(place: Place | None) -> str:
    return f"[Report it]({place.repository}/issues), please:" if place else "Tell whoever gave you the course, please:"


def _mistakes(place: Place | None) -> str:
    return f"please [report it]({place.repository}/issues)." if place else "please tell whoever gave you this copy."


#: Files with such a part, and what it says.
BLOCKS = {"README.md": _readme, "CITATION.cff": _citation, "pyproject.toml": _package}
#: Half a sentence that leads there, once the place is known.
PHRASES = {"README.md": _mistakes, FIRST_PAGE: _first_page}
#: Files that name its address in running text.
NAMED = (FIRST_PAGE, TOLD_BY, "docs/teaching/platforms.md")
FILES = (*BLOCKS, *NAMED)
