"""A page of feedback for each hand-in, which works offline: points by question, lateness, the notebook as it ran."""

from __future__ import annotations

import copy
import html
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from defi_lib.teaching.grading.formulas import Formulas
from defi_lib.teaching.grading.handed_in import platform_name
from defi_lib.teaching.grading.klass import Class
from defi_lib.teaching.grading.report import Line
from defi_lib.teaching.grading.run import question_of

_STYLE = """\
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: #111; background: #fff }
table { border-collapse: collapse } th, td { text-align: left; padding: .2rem .8rem; border-bottom: 1px solid #ccc }
td.n, th.n { text-align: right } pre, code { font-family: ui-monospace, monospace; font-size: .9em }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 }
.code { background: #f5f5f5; padding: .4rem .8rem; border-radius: .3rem }
.out { padding: 0 .8rem; color: #222; overflow-x: auto }
.check { border: 1px solid #888; border-radius: .3rem; padding: .4rem .8rem; margin: .8rem 0 }
.note { color: saddlebrown }
img { max-width: 100% }
"""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: Of the HTML that a cell shows, what is kept.
_TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "details",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
#: The lab's own cells that count points: the grading's checks stand apart, so that these would say 0 to everybody.
_TALLIES = ("setup", "progress_end")
_PILCROW = re.compile(r'<a class="anchor-link"[^>]*>(?:¶|&#[1]82;)</a>')
#: A link into the course's folders, or to a place of the page where it was written.
_INNER = re.compile(r'<a href="(?!https?:|mailto:)[^"]*">(.*?)</a>', re.DOTALL)


def write_pages(klass: Class, report: Sequence[Line]) -> None:
    """``feedback/lab_1_1/<student>.html`` for each line of the report; those that are as they were are left alone."""
    for line in report:
        lab = klass.labs.get(line.graded.lab)
        if lab is None:
            continue
        file = klass.folder / "feedback" / lab.assignment / f"{line.graded.student}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        if line.grade is not None and file.is_file() and not klass.scores(line.graded.student, lab.number):
            continue  # the lab was changed since: the page stays as it was
        page = page_of(klass, line)
        if not file.is_file() or file.read_text(encoding="utf-8") != page:
            file.write_text(page, encoding="utf-8", errors="replace")


def write_zips(klass: Class, report: Sequence[Line]) -> None:
    """``feedback/lab_1_1.zip``: the pages under the names by which Moodle and Canvas know whose they are."""
    names: dict[str, list[tuple[str, Path]]] = {}
    for line in report:
        lab = klass.labs.get(line.graded.lab)
        known = platform_name(line.graded.path)
        if lab is not None and known:
            page = klass.folder / "feedback" / lab.assignment / f"{line.graded.student}.html"
            names.setdefault(lab.assignment, []).append((f"{known}feedback.html", page))
    for assignment, pages in names.items():
        with zipfile.ZipFile(klass.folder / "feedback" / f"{assignment}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in pages:
                archive.write(page, name)


def page_of(klass: Class, line: Line) -> str:
    """The page of one hand-in, also of one that could not be graded."""
    graded, lab = line.graded, klass.labs[line.graded.lab]
    title = f"Lab {lab.number} · {lab.title}"
    head = [f"<h1>{html.escape(title)}</h1>", f"<p><strong>{html.escape(graded.name)}</strong>{_time(line)}</p>"]
    if graded.why:
        head.append(f'<p class="note">Not graded: {html.escape(graded.why)}.</p>')
    shown = [each for each in graded.remarks if not each.startswith("to look at")]
    head += [f'<p class="note">{html.escape(each)}</p>' for each in shown]
    body: list[str] = []
    file = klass.folder / "autograded" / graded.student / lab.assignment / f"{lab.stem}.ipynb"
    if not graded.why and file.is_file():
        notebook = json.loads(file.read_text(encoding="utf-8"))
        headings = _headings(klass.release(lab.number))
        scores = klass.scores(graded.student, lab.number)
        head.append(_table(headings, scores, line))
        body = _cells(notebook, headings, scores)
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    begin = f'<html lang="en"><head>{meta}<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>'
    return "\n".join(["<!DOCTYPE html>", begin, *head, *body, "</body></html>\n"])


def _time(line: Line) -> str:
    if line.graded.when is None:
        return ""
    late = f", {line.days_late} {'day' if line.days_late == 1 else 'days'} late" if line.days_late else ""
    return f", handed in {line.graded.when:%d %B %Y, %H:%M}{late}"


def _headings(released: dict[str, Any]) -> dict[str, str]:
    """Check cell → the heading above it."""
    found, heading = {}, ""
    for cell in released["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and (match := re.search(r"^## (.+)", source, re.MULTILINE)):
            heading = re.sub(r"\s*\([\d.]+ points?\)$", "", match[1])
        if question_of(cell):
            found[cell["metadata"]["nbgrader"]["grade_id"]] = heading
    return found


def _table(headings: dict[str, str], scores: dict[str, tuple[float, float]], line: Line) -> str:
    rows = []
    for grade_id, heading in headings.items():
        points, out_of = scores.get(grade_id, (0.0, 0.0))
        link = f'<a href="#{grade_id}">{html.escape(heading)}</a>'
        rows.append(f'<tr><td>{link}</td><td class="n">{points:g}</td><td class="n">{out_of:g}</td></tr>')
    if line.penalty:
        late = f"{line.days_late} {'day' if line.days_late == 1 else 'days'} late"
        rows.append(f'<tr><td>{late}</td><td class="n">−{line.penalty:g}</td><td></td></tr>')
    total = f'<tr><th>Together</th><th class="n">{line.grade or 0:g}</th><th class="n">{line.graded.out_of:g}</th></tr>'
    return (
        f'<table><tr><th>Question</th><th class="n">points</th><th class="n">of</th></tr>{"".join(rows)}{total}</table>'
    )


def _cells(notebook: dict[str, Any], headings: dict[str, str], scores: dict[str, tuple[float, float]]) -> list[str]:
    made = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            made.append(_prose(re.sub(r"^# Lab .*", "", source)))  # the page has this title
            continue
        if cell["cell_type"] != "code":
            made.append(f"<pre>{html.escape(source)}</pre>")
            continue
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        shown = "" if grade_id in _TALLIES else "".join(map(_output, cell["outputs"]))
        text = f'<pre class="code">{html.escape(source)}</pre>{shown}'
        if grade_id in headings:
            points, out_of = scores.get(grade_id, (0.0, 0.0))
            text = f'<div class="check" id="{grade_id}"><strong>{points:g} of {out_of:g} points</strong>{text}</div>'
        made.append(text)
    return made


def _prose(source: str) -> str:
    """Markdown as HTML without scripts, formulas as pictures."""
    from nbconvert.filters import markdown2html

    formulas = Formulas()
    written = _PILCROW.sub("", str(markdown2html(formulas.taken_out(source))))
    return formulas.put_in(_clean(written))


def _output(output: dict[str, Any]) -> str:
    """What a cell showed; of HTML only what cannot act."""
    if output["output_type"] == "stream":
        return f'<pre class="out">{html.escape(_ANSI.sub("", "".join(output["text"])))}</pre>'
    if output["output_type"] == "error":
        trace = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        return f'<pre class="out note">{html.escape(_ANSI.sub("", trace))}</pre>'
    data = copy.copy(output["data"])
    if "text/html" in data:
        return f'<div class="out">{_clean("".join(data["text/html"]))}</div>'
    if "image/png" in data:
        return f'<img alt="what the cell draws" src="data:image/png;base64,{html.escape("".join(data["image/png"]))}">'
    return f'<pre class="out">{html.escape("".join(data.get("text/plain", "")))}</pre>'


def _clean(text: str) -> str:
    """HTML without scripts, styles from elsewhere, or pictures from elsewhere."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    attributes = {"a": ["href"], "*": ["style", "role"]}
    styles = CSSSanitizer(allowed_css_properties=["border-left", "padding", "color", "text-align"])
    cleaned: str = bleach.clean(text, tags=_TAGS, attributes=attributes, css_sanitizer=styles, strip=True)
    return _INNER.sub(r"\1", cleaned)
