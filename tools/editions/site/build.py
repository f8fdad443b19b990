"""Build the site: ``python -m tools.editions.site.build`` writes ``build/site``.

The pages' sources are put together in ``build/site-source``, as the course's own files with their links led to pages;
then Sphinx makes the pages of them. Nothing in the pages asks another machine for anything: MathJax comes from npm,
compared with ``tools/editions/downloads.csv``. What the browser edition has put into ``build/site/lite`` stays.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tarfile
import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from defi_lib.course import contents
from tools.editions import live
from tools.editions.packages import BUILD, ROOT, fetch
from tools.editions.site import front, indexes, lessons, reference
from tools.editions.site.links import TABLES, relinked, without_outside_pictures
from tools.editions.site.picture import with_pictures

HERE = Path(__file__).parent
#: Markdown that has a page.
TEXTS = (
    *("README.md", "ASSUMPTIONS.md", "CHANGELOG.md", "CONTRIBUTING.md", "THIRD_PARTY.md", "course/*.md"),
    *("docs/*.md", "docs/teaching/*.md"),
)
#: What of that is not on the site, which students read.
NOT_HERE = {
    "docs/teaching/exam.md": "the exam questions with their keys",
    "docs/teaching/misconceptions/*": "the usual mistakes, which name the right answers",
}
#: Files that pages offer or show.
FILES = ("defi_lib/*.csv", "defi_lib/economy/system/*.csv", "docs/*.png", "CITATION.cff")

#: What Sphinx and its theme leave behind and no page needs.
NOT_NEEDED = (
    ".buildinfo",
    ".doctrees",
    "_sources",
    "objects.inv",
    "_static/locales",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
)
#: What formulas need of packages of npm, and where the site has it; more letters (Greek text, Cyrillic …) are further
#: files of the font, each of which a page asks for by its name.
FORMULAS = {
    "mathjax": {"tex-svg.js": "tex-svg.js", "a11y/assistive-mml.js": "a11y/assistive-mml.js"},
    "@mathjax/mathjax-newcm-font": {
        f"svg/dynamic/{part}.js": f"letters/svg/dynamic/{part}.js"
        for part in ("script", "calligraphic", "double-struck")
    },
}
_PLACE = re.compile(r"<!-- place\b.*?<!-- end of place -->", re.DOTALL)
#: Of a table without a heading: a heading without words is nothing to those who hear the page.
_EMPTY_HEAD = re.compile(r'<th class="head[^"]*"><p></p></th>')
#: Marks around words that look like all others: a tenth of all that a page weighs.
_MARKS = re.compile(r'<span class="(?:pre|n)">([^<]*)</span>')


def build(out: Path = BUILD / "site", *, work: Path | None = None, jobs: int = 2, root: Path = ROOT) -> Path:
    """The site in the folder ``out``; it is replaced only if all pages could be made.

    Raises:
        RuntimeError: Sphinx warned of something, or failed; it has said what.
    """
    source = (work or BUILD) / "site-source"
    made = (work or BUILD) / "site-made"
    stage(source, root)
    shutil.rmtree(made, ignore_errors=True)
    _pages(source, made, jobs)
    _formulas(made / "_static" / "mathjax")
    shutil.copytree(source / lessons.PICTURES, made / lessons.PICTURES)
    for path in [made / name for name in NOT_NEEDED] + list(made.glob("_static/**/*.map")):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for name in ("LICENSE", "LICENSE-text"):
        shutil.copyfile(root / name, made / f"{name}.txt")
    for path in made.rglob("*.html"):
        text = _MARKS.sub(r"\1", path.read_text(encoding="utf-8"))
        path.write_text(_EMPTY_HEAD.sub("<td></td>", text), encoding="utf-8")
    _replace(made, out)
    return out


def _formulas(folder: Path) -> None:
    """What draws formulas, and reads them out."""
    for package, names in FORMULAS.items():
        with tarfile.open(fetch(package)) as archive:
            for name, place in names.items():
                file = archive.extractfile(f"package/{name}")
                assert file is not None
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(file.read())


def stage(source: Path, root: Path = ROOT) -> None:
    """Put the sources of all pages into the folder ``source``."""
    repository = contents.REPOSITORY if contents.PUBLISHED else ""
    rooms = reference.rooms(root)
    texts = {path: (root / path).read_text(encoding="utf-8") for path in _matching(root, TEXTS)}
    pages = {
        "index.md": front.first_page(root),
        "evidence/claims.md": indexes.claims_page(root),
        "evidence/figures.md": indexes.figures_page(),
        "evidence/assumptions.md": indexes.assumptions_page(root),
        "api/index.md": reference.index(rooms, root),
        **{room.file: reference.page(room) for room in rooms},
    }
    notebooks = [page.path for page in (*contents.lessons(root), *contents.labs(root))] + ["course/my_progress.ipynb"]
    files = [path for path in _matching(root, FILES) if path not in TABLES]
    known = {*texts, *pages, *notebooks, *files}
    for path, text in texts.items():
        pages[path] = with_pictures(relinked(without_outside_pictures(_said(path, text)), path, known, repository))
    sections = front.sections(root, {path: _title(text) for path, text in pages.items()})
    sections.append(front.Section("Reference", [(room.file, room.title) for room in rooms]))
    pages["index.md"] += "\n" + front.toctree(sections)
    pictures: dict[str, bytes] = {}
    for path in notebooks:
        pages[path] = lessons.page((root / path).read_text(encoding="utf-8"), path, known, pictures, repository)
    shutil.rmtree(source, ignore_errors=True)
    for path, text in pages.items():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path in files:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, source / path)
    (source / lessons.PICTURES).mkdir()
    for name, picture in pictures.items():
        (source / lessons.PICTURES / name).write_bytes(picture)
    navigation = [
        {"caption": each.caption, "pages": [(_doc(path), words) for path, words in each.pages]} for each in sections
    ]
    (source / "navigation.json").write_text(json.dumps(navigation), encoding="utf-8")


def _said(path: str, text: str) -> str:
    """A page's text with what only the site has to say."""
    if path == "README.md":  # where the course is published a reader of the site knows
        return "# On your own machine\n" + _PLACE.sub("", text.partition("\n")[2])
    if path == "docs/teaching/README.md":
        left = " and ".join(NOT_HERE.values())
        title, _, rest = text.partition("\n")
        return f"{title}\n\n*Students read this site, so it leaves out {left}. Both are in the repository.*\n{rest}"
    return text


def _matching(root: Path, patterns: Iterable[str]) -> list[str]:
    """Files of the course that fit a pattern and may be shown."""
    found = {path.relative_to(root).as_posix() for pattern in patterns for path in root.glob(pattern)}
    return sorted(path for path in found if not any(fnmatchcase(path, hidden) for hidden in NOT_HERE))


def _pages(source: Path, made: Path, jobs: int) -> None:
    from sphinx.cmd.build import main as sphinx

    options = ["-q", "-W", "--keep-going", "-E", "-b", "html", "-c", str(HERE), "-d", str(made / ".doctrees")]
    if sphinx([*options, "-j", str(jobs), str(source), str(made)]):
        raise RuntimeError("Sphinx could not make all pages without a warning: what it said stands above")


def _replace(made: Path, out: Path) -> None:
    """Put the new pages in the place of the old; the browser edition stays."""
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        if path.name != live.FOLDER:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in made.iterdir():
        path.rename(out / path.name)
    made.rmdir()
    (out / ".nojekyll").touch()


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _doc(path: str) -> str:
    return path.rpartition(".")[0]


def main() -> int:
    """Build the site, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=BUILD / "site")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes Sphinx uses")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        out = build(options.out, jobs=options.jobs)
        if (BUILD / live.FOLDER).is_dir() and not (out / live.FOLDER).exists():  # built before the site was
            shutil.copytree(BUILD / live.FOLDER, out / live.FOLDER)
    except RuntimeError as reason:
        print(reason, file=sys.stderr)
        return 1
    except FileNotFoundError as missing:
        if missing.filename != "npm":
            raise
        print("npm is not installed: it brings what draws formulas, once (Debian: apt install npm)", file=sys.stderr)
        return 1
    own = [path for path in out.rglob("*") if path.is_file() and live.FOLDER not in path.relative_to(out).parts[:1]]
    pages, size = sum(path.suffix == ".html" for path in own), sum(path.stat().st_size for path in own)
    print(f"{out / 'index.html'}: {pages} pages, {size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
