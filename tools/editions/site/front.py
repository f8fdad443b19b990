"""The first page of the site and its navigation."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from defi_lib.claims import claims, readings
from defi_lib.course import contents
from tools.editions import live


class Section(NamedTuple):
    """A part of the navigation: a caption, and its pages (path of the source, words)."""

    caption: str
    pages: list[tuple[str, str]]
    folded: bool = True


INSTRUCTORS = (
    ("docs/teaching/README.md", "Instructor's guide"),
    ("docs/teaching/outline.md", "Outline"),
    ("docs/teaching/syllabi.md", "Syllabi"),
    ("docs/teaching/projecting.md", "Projecting"),
    ("docs/teaching/discussion.md", "Discussion questions"),
    ("docs/teaching/quizbank.md", "Quiz bank"),
    ("docs/teaching/grading.md", "Grading"),
    ("docs/teaching/platforms.md", "Where students work"),
    ("docs/teaching/releases.md", "New versions"),
)
EVIDENCE = (
    ("evidence/claims.md", "Claims and verdicts"),
    ("docs/verdicts.md", "The tally"),
    ("evidence/figures.md", "Published figures"),
    ("evidence/assumptions.md", "What verdicts assume"),
    ("ASSUMPTIONS.md", "Assumptions of the models"),
)
CONTRIBUTORS = (
    ("README.md", "On your own machine"),
    ("docs/editions.md", "Editions"),
    ("docs/progress.md", "What is remembered"),
    ("docs/architecture.md", "Architecture"),
    ("api/index.md", "Reference of defi_lib"),
    ("CONTRIBUTING.md", "Contributing"),
    ("CHANGELOG.md", "Changes"),
    ("THIRD_PARTY.md", "Made by others"),
)


def sections(root: Path, sources: dict[str, str]) -> list[Section]:
    """Everything that the navigation shows, of what the site has.

    Args:
        root: the course's folder.
        sources: title of each page that is made of Markdown, by path.
    """
    start = [("course/00_start_here.ipynb", "0 Start here"), ("course/glossary.md", "Glossary")]
    start.append(("course/my_progress.ipynb", "My progress"))
    found = [Section("The course", [("index.md", "Contents"), *start], folded=False)]
    for module in contents.modules(root):
        pages = [(page.path, f"{page.number} {page.name}") for page in module.lessons]
        pages += [(lab.path, _lab(lab)) for lab in module.labs]
        found.append(Section(f"{module.number} {module.title}", pages))
    parts = (("Evidence", EVIDENCE), ("For instructors", INSTRUCTORS), ("The library and the repository", CONTRIBUTORS))
    named = {path for _, pages in parts for path, _ in pages}
    for caption, pages in parts:
        known = [(path, words) for path, words in pages if path in sources]
        if caption != "Evidence":
            more = sorted(path for path in sources if path.startswith("docs/") and path not in named)
            known += [(path, sources[path]) for path in more if ("/teaching/" in path) == (pages is INSTRUCTORS)]
        found.append(Section(caption, known))
    return found


def _lab(lab: contents.Page) -> str:
    title = lab.title.partition("·")[2].strip() or lab.title
    return f"Lab {lab.number} {title}"


def first_page(root: Path) -> str:
    """The source of the first page."""
    lessons = contents.lessons(root)
    known = {page.number: page for page in lessons}
    two = " → ".join(_link(known[number]) for number in contents.TWO_HOURS)
    minutes = contents.two_hours(root, lessons), contents.ten_hours(lessons)
    return f"""# Decentralised finance, centralised profits

Finance without banks, computers that everybody shares: popular articles promise much. Others answer that the profits
end up with a few all the same. This course makes each claim precise enough to be false, tests it in small exact models,
follows the money, and says where the answer turns: {len(claims())} claims, {len(readings())} readings, {len(lessons)}
lessons, {len(contents.labs(root))} labs.

<div class="course-run">
<a class="course-button" href="course/00_start_here.html">Start here</a>
<p>You need school mathematics; for the labs a little Python.</p>
</div>

## Three ways to take it

- **Read it here**, on any device, a phone too: every lesson with its questions and its pictures, each with a sentence
  that says what it shows.
- **Run it in the browser**: every lesson and lab has a button; there sliders move and checks answer. Nothing to
  install: {live.COST}. It needs a laptop or a large tablet: on a phone there is too little room and memory.
- **Run it on your own machine**, in JupyterLab, faster and with your work kept:
  [three commands](README.md#three-commands).

## Where to begin

- **Two hours** (about {minutes[0]} minutes): {two}. The first is read whole; of the others read as far as the
  first plot, then the verdict and the questions.
- **Ten hours** (about {minutes[1]} minutes): the way stands [at the end of the first
  lesson](course/00_start_here.ipynb#next-a-map-of-the-course).
- **All of it**, with the labs: in the order of the modules.

## The modules

| Module | Lessons | Labs |
|---|---|---|
{_rows(root)}

## Look something up

- [Claims and verdicts](evidence/claims.md): what is said, made precise, and what we find today.
- [Published figures](evidence/figures.md): every number from elsewhere, with date, source and grade.
- [What the verdicts assume](evidence/assumptions.md), and [what the models assume](ASSUMPTIONS.md).
- [Glossary](course/glossary.md), [reference of the library](api/index.md), [architecture](docs/architecture.md),
  [changes](CHANGELOG.md).
- For instructors: [the guide](docs/teaching/README.md).

{contents.NO_ADVICE}
"""


def _rows(root: Path) -> str:
    rows = []
    for module in contents.modules(root):
        labs = ", ".join(f"[{lab.number}]({lab.path})" for lab in module.labs)
        title = f"[{module.number} {module.title}]({module.lessons[0].path}): {module.about}"
        minutes = sum(page.minutes for page in module.lessons)
        rows.append(f"| {title} | {len(module.lessons)} ({minutes} min) | {labs} |")
    return "\n".join(rows)


def _link(page: contents.Page) -> str:
    return f"[{'Start here' if page.number == '0' else page.name}]({page.path})"


def toctree(all_sections: list[Section]) -> str:
    """The hidden list from which Sphinx knows what comes before and after a page."""
    entries = [path.rpartition(".")[0] for section in all_sections for path, _ in section.pages if path != "index.md"]
    return "\n".join(["```{toctree}", ":hidden:", "", *entries, "```", ""])
