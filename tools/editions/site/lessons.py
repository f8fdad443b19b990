"""Notebooks as pages: what is folded there is folded here, and what needs a kernel says what it would show."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import struct
from collections.abc import Collection
from typing import Any

from defi_lib.course.contents import HOW_TO_RUN
from defi_lib.words import LIVE
from tools.editions import live
from tools.editions.site import questions
from tools.editions.site.links import relinked

SHOW_CODE = "Show code"
WITHHELD = "What this cell shows gives the answer away: commit to yours, then open"
THE_EVIDENCE = "The evidence: place your bet, then open"
AFTER_THE_BET = "More on the verdict: place your bet, then open"

#: The source of a cell that only shows; MyST leaves out a cell without source, and shows none of this.
_SHOWN_ABOVE = "# see above"
_FOLDS = (WITHHELD, THE_EVIDENCE, AFTER_THE_BET)
_HOW_TO_RUN = re.compile(rf"^{re.escape(HOW_TO_RUN)}[^\n]*\n+", re.MULTILINE)
#: What only a run shows.
_RUNS = re.compile(r" *\*Run ▸ Run All Cells\* shows it\.")
_OWN = re.compile(r"<em>Run ▸ Run All Cells</em> shows your own\.")
_BOOK = "All of them stand in docs/verdicts.md."
#: In some labs a heading of the third level comes before any of the second.
_SUBHEADING = re.compile(r"^### ", re.MULTILINE)
_QUIZ = re.compile(r"""^quiz\(["']([\w.]+)["']\)""", re.MULTILINE)
_STORED = re.compile(r'<img src="data:image/png;base64,([^"]+)"([^>]*)>')
_PAGE = re.compile(r"(\]\((?!\w+:)[^)\s#]+)\.(?:md|ipynb)(?=[)#])")
_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
_LIVE = re.compile(rf"<em>{re.escape(LIVE)}\.?</em>")
_EVIDENCE = f"<details><summary>{questions.BET_FIRST}</summary>"

#: The folder of pictures, from the site's root.
PICTURES = "pictures"

Cell = dict[str, Any]


def page(
    text: str, path: str, pages: Collection[str], pictures: dict[str, bytes] | None = None, repository: str = ""
) -> str:
    """The source of a notebook's page.

    Args:
        text: of the notebook.
        path: from the course's folder.
        pages: every file that the site has.
        pictures: takes the stored pictures, by the name of their file.
        repository: where other files can be read, or "".
    """
    notebook = json.loads(text)
    way = Way(path, pages, {} if pictures is None else pictures, repository)
    cells: list[Cell] = []
    for cell, follows in zip(notebook["cells"], [*notebook["cells"][1:], {}], strict=True):
        if cell["cell_type"] == "code":
            folded = "above" if cells and _is_withheld(cells[-1]) else "below" if _withholds(follows) else ""
            new = _code(cell, way, folded)
            if cells and _only_folded(cells[-1]) and _tags(new[0]) == ["hide-input"]:  # one fold, not two in a row
                new[0]["source"] = f"{cells.pop()['source']}\n\n{new[0]['source']}"
            cells += new
        else:
            source = _RUNS.sub("", _HOW_TO_RUN.sub("", "".join(cell["source"])))
            if way.kind == "lab":
                source = _SUBHEADING.sub("## ", source)
            cells.append(cell | {"source": relinked(source, path, pages, repository)})
    cells[0]["source"] = _with_button(cells[0]["source"], way)
    return json.dumps(notebook | {"cells": cells}, ensure_ascii=False)


class Way:
    """From a notebook's page to the edition that runs it."""

    def __init__(self, path: str, pages: Collection[str], pictures: dict[str, bytes], repository: str = "") -> None:
        self.path, self.pages, self.pictures, self.repository = path, pages, pictures, repository
        self.root = "../" * path.count("/")
        self.address = live.address(path, self.root)
        module, name = path.split("/")[-2:]
        self.number = f"{module[0]}.{int(name[:2])}" if module[0].isdigit() else ""
        self.kind = "lab" if path.startswith("labs/") else "lesson" if path[7:8].isdigit() else "page"

    def link(self, words: str) -> str:
        """HTML of a link that runs this notebook."""
        return f'<a href="{html.escape(self.address)}">{words}</a>'

    def led(self, text: str) -> str:
        """Markdown that a cell shows: Sphinx does not look after its links, so they name the page itself."""
        return _PAGE.sub(r"\1.html", relinked(text, self.path, self.pages, self.repository))

    def book(self) -> str:
        """Where all verdicts stand, and where their strips are."""
        claims = f'<a href="{self.root}evidence/claims.html">claims and verdicts</a>'
        return f"All of them stand in {claims}; their strips are drawn where the lesson runs. {self.link('Run it.')}"

    def picture(self, found: re.Match[str]) -> str:
        """A stored picture as a file, with its size, so that the page does not jump; a touch shows it alone."""
        content = base64.b64decode(found[1])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.png"
        self.pictures[name] = content
        width, height = struct.unpack(">II", content[16:24])
        address = f"{self.root}{PICTURES}/{name}"
        image = f'<img src="{address}" width="{width}" height="{height}" loading="lazy"{found[2]}>'
        return f'<a class="course-picture" href="{address}">{image}</a>'

    def button(self) -> str:
        """What stands at the head of the page."""
        own = f'<a href="{self.root}README.html#three-commands">your own machine</a>'
        return (
            f'<div class="course-run">\n<a class="course-button" href="{html.escape(self.address)}">'
            f"Run this {self.kind} in the browser</a>\n"
            f'<p class="course-narrow"><b>On a phone, read here</b>: {_NARROW[self.kind]}.</p>\n'
            f'<p><span class="course-wide">{_SAYS[self.kind]} </span>Nothing to install: {live.COST}.'
            f'<span class="course-wide"> Or run it in JupyterLab on {own}.</span></p>\n</div>'
        )


_SAYS = {
    "lesson": "There every slider moves, and questions take your answers.",
    "lab": "There you write the answers, and each check says what it finds.",
    "page": "There it shows what you have done.",
}
_NARROW = {
    "lesson": "sliders need a wider screen and more memory",
    "lab": "writing code needs a wider screen and more memory",
    "page": "your progress is shown where lessons run",
}


def _with_button(source: str, way: Way) -> str:
    title, _, rest = source.partition("\n")
    return f"{title}\n\n{way.button()}\n\n{rest.lstrip()}"


def _is_withheld(cell: Cell) -> bool:
    return cell.get("metadata", {}).get("mystnb", {}).get("code_prompt_show") in _FOLDS


def _withholds(cell: Cell) -> bool:
    """Whether a notebook's cell hides what it shows, and will be folded."""
    return bool(cell.get("outputs")) and cell["metadata"].get("jupyter", {}).get("outputs_hidden", False)


def _tags(cell: Cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def _only_folded(cell: Cell) -> bool:
    """Whether a cell is folded code that shows nothing, such as imports."""
    return cell["cell_type"] == "code" and _tags(cell) == ["hide-input"] and not cell["outputs"]


def _code(cell: Cell, way: Way, fold_is: str) -> list[Cell]:
    """A code cell; what its output gives away becomes a folded cell of its own."""
    source = "".join(cell["source"])
    jupyter = cell["metadata"].get("jupyter", {})
    if quiz := _QUIZ.search(source):
        return [_only_shown(cell, [_html(questions.quiz(quiz[1]))])]
    outputs = [_output(output, source, way, fold_is) for output in cell["outputs"]]
    if jupyter.get("source_hidden") and any(questions.ASKS in _text(output) for output in outputs):
        return [_only_shown(cell, outputs)]
    shown = cell | {"source": source, "outputs": outputs, "metadata": {"tags": []}}
    if jupyter.get("source_hidden"):
        shown["metadata"] = {"tags": ["hide-input"], "mystnb": {"code_prompt_show": SHOW_CODE}}
    if not (jupyter.get("outputs_hidden") and outputs):
        return [shown]
    fold = THE_EVIDENCE if "show_evidence(" in source else AFTER_THE_BET if "mine.withhold()" in source else WITHHELD
    folded = _only_shown(cell | {"id": f"{cell['id']}-shows"}, [_opened(output) for output in outputs])
    folded["metadata"] = {"tags": ["remove-input", "hide-output"], "mystnb": {"code_prompt_show": fold}}
    return [shown | {"outputs": []}, folded]


def _only_shown(cell: Cell, outputs: list[Cell]) -> Cell:
    """A cell of which the page shows no code."""
    return cell | {"source": _SHOWN_ABOVE, "outputs": outputs, "metadata": {"tags": ["remove-input"]}}


def _text(output: Cell) -> str:
    return "".join(output.get("data", {}).get("text/html", ""))


def _output(output: Cell, source: str, way: Way, fold_is: str) -> Cell:
    """An output as the page shows it; ``fold_is`` says where beside it a fold holds what is withheld."""
    data = output.get("data", {})
    if "text/html" in data:
        return _html(_of_a_page(_text(output), way), output)
    if "text/markdown" in data:
        return output | {"data": data | {"text/markdown": way.led("".join(data["text/markdown"]))}}
    text = "".join(data.get("text/plain", ""))
    if text.startswith(questions.ASKED):
        return _html(questions.asked(text, source, way.link("Or answer it where the lesson runs.")), output)
    if text == questions.WAITS:
        return _html(questions.compared(fold_is, way.number, way.link("Run it.")), output)
    if text.endswith(_BOOK):
        return _html(f"<p>{text.removesuffix(_BOOK)}{way.book()}</p>", output)
    return output


def _opened(output: Cell) -> Cell:
    """Of two folds, one in the other, the inner one is open."""
    if _EVIDENCE not in _text(output):
        return output
    head, _, tail = _text(output).replace(_EVIDENCE, "<div>", 1).rpartition("</details>")
    return _html(f"{head}</div>{tail}", output)


def _of_a_page(text: str, way: Way) -> str:
    """Stored HTML: tables that scroll, explorers that say where they move."""
    text = _STORED.sub(way.picture, text)
    text = _OWN.sub(way.link("Your own is shown where the page runs") + ".", text)
    text = _LIVE.sub(way.link("Move the sliders where the lesson runs"), text)
    if "<table" not in text:
        return text
    text = _STYLE.sub("", text).replace("<th></th>", "<td></td>").replace(' border="1"', "")
    return f'<div class="course-scroll" tabindex="0" role="group" aria-label="Table">{text}</div>'


def _html(text: str, output: Cell | None = None) -> Cell:
    data = {"text/html": text, "text/plain": ""}
    empty: Cell = {"output_type": "display_data", "metadata": {}}
    return {**(output or empty), "data": data}
