"""``make publish REPOSITORY=owner/name``, tried on a copy: every address follows, and nothing else changes."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from defi_lib.course import __main__ as course
from defi_lib.course import contents, place
from defi_lib.course.place import NOWHERE, Place

ROOT = Path(__file__).resolve().parents[2]
FILES = place.FILES
#: Examples of places, not the place of the course.
EXAMPLES = ("tests/", "defi_lib/course/place.py", "defi_lib/teaching/handout/")


@pytest.fixture
def copy(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    place.put("OWNER/REPO", tmp_path)  # whatever the place of this repository is
    return tmp_path


def texts(root):
    return {name: (root / name).read_bytes() for name in FILES}


def addresses(root):
    """Every address that names a repository or a site of GitHub, in the files that are written."""
    found = {}
    for name in FILES:
        text = unquote((root / name).read_text(encoding="utf-8"))
        found[name] = re.findall(r"(?:github\.com|/v2/gh)/[\w-]+/[\w.-]+|[\w-]+\.github\.io/[\w.-]+", text)
    return found


def test_nowhere_no_page_pretends_to_be_somewhere(copy):
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert "make publish REPOSITORY=owner/name" in readme
    assert "badge.svg" not in readme and "github.io" not in readme and "mybinder" not in readme
    assert "github.com" not in readme and "please tell whoever gave you this copy" in readme
    first = (copy / place.FIRST_PAGE).read_text(encoding="utf-8")
    assert "github.com" not in first and "Tell whoever gave you the course" in first
    citation = yaml.safe_load((copy / "CITATION.cff").read_text(encoding="utf-8"))
    assert "repository-code" not in citation and "url" not in citation
    assert "urls" not in tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_after_it_every_address_is_the_place_s(copy):
    assert set(place.put("ada/course.one", copy)) == set(FILES)
    for name, found in addresses(copy).items():
        others = set(found) - {"github.com/ada/course.one", "/v2/gh/ada/course.one", "ada.github.io/course.one"}
        assert others <= {"github.com/Azure/AzurePublicDataset"}, name
        assert found, f"{name} is written, and names no place"
    for name, text in texts(copy).items():
        assert b"OWNER" not in text and b"REPO" not in text.replace(b"REPOSITORY", b""), name
    readme = (copy / "README.md").read_text(encoding="utf-8")
    for address in (
        "https://ada.github.io/course.one/",
        "https://ada.github.io/course.one/lite/notebooks/index.html?path=course/00_start_here.ipynb",
        "https://mybinder.org/v2/gh/ada/course.one/HEAD?urlpath=lab/tree/course/00_start_here.ipynb",
        "https://github.com/ada/course.one/actions/workflows/test.yml/badge.svg",
        "https://github.com/ada/course.one/issues",
    ):
        assert address in readme
    assert "does not know yet" not in readme
    platforms = (copy / "docs/teaching/platforms.md").read_text(encoding="utf-8")
    assert "git-pull?repo=https%3A%2F%2Fgithub.com%2Fada%2Fcourse.one&branch=main" in platforms
    assert "&urlpath=lab%2Ftree%2Fcourse.one%2Fcourse%2F00_start_here.ipynb" in platforms


def test_after_it_files_still_say_what_tools_read(copy):
    place.put("ada/course", copy)
    citation = yaml.safe_load((copy / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["repository-code"] == "https://github.com/ada/course"
    assert citation["url"] == "https://ada.github.io/course/"
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Issues"] == "https://github.com/ada/course/issues"
    assert project["license"] and project["dependencies"] and project["optional-dependencies"]["notebooks"]
    said = {}
    exec((copy / place.TOLD_BY).read_text(encoding="utf-8").replace("from __future__ import annotations", ""), said)
    assert said["PLACE"] == Place("ada", "course") and said["PUBLISHED"]


def test_twice_is_once_and_it_may_move_and_go_back(copy):
    before = texts(copy)
    place.put("ada/course", copy)
    once = texts(copy)
    assert place.put("ada/course", copy) == [] and texts(copy) == once
    assert set(place.put("grace/lecture", copy)) == set(FILES)
    assert not any(b"ada" in " ".join(found).encode() for found in addresses(copy).values())
    place.put("OWNER/REPO", copy)
    assert texts(copy) == before


def test_a_repository_that_begins_alike_is_another(copy):
    place.put("ada/course", copy)
    file = copy / "docs/teaching/platforms.md"
    others = "https://github.com/ada/course-two and https://github.com/ada/course.old; this is https://github.com/ada/course."
    file.write_text(file.read_text(encoding="utf-8") + others, encoding="utf-8")
    place.put("grace/lecture", copy)
    said = file.read_text(encoding="utf-8")
    assert said.endswith(others.replace("github.com/ada/course.", "github.com/grace/lecture.", 2).replace(
        "github.com/grace/lecture.old", "github.com/ada/course.old"
    ))  # fmt: skip


@pytest.mark.parametrize(
    "nonsense",
    [
        *(
            "",
            "course",
            "/course",
            "ada/",
            "ada/course/",
            "a/b/c",
            "ada course/x",
            "ada/co urse",
            "-ada/course",
            "ada-/course",
        ),
        *(
            "ada--x/course",
            "ada/..",
            "ada/.",
            "ada/course.git",
            "https://github.com/ada/course",
            "ada/c?x=1",
            "a" * 40 + "/x",
        ),
        *("ada/" + "x" * 101, "ada/course\n", "ada/<b>"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(copy, nonsense, monkeypatch, capsys):
    before = texts(copy)
    with pytest.raises(ValueError, match="repository is"):
        place.put(nonsense, copy)
    monkeypatch.setattr(course, "ROOT", copy)
    assert course.main(["place", nonsense]) == 2
    assert "owner/name" in capsys.readouterr().err and texts(copy) == before


def test_without_the_repository_s_files_it_says_so(copy):
    (copy / "CITATION.cff").unlink()
    with pytest.raises(ValueError, match="clone"):
        place.put("ada/course", copy)


def test_a_file_that_lost_its_part_is_named_and_nothing_is_written(copy):
    (copy / "CITATION.cff").write_text("cff-version: 1.2.0\n")
    before = texts(copy)
    with pytest.raises(ValueError, match=r"CITATION\.cff has 0 parts"):
        place.put("ada/course", copy)
    assert texts(copy) == before


def test_a_file_that_lost_its_sentence_is_named_and_nothing_is_written(copy):
    file = copy / place.FIRST_PAGE
    file.write_text(file.read_text(encoding="utf-8").replace("Tell whoever", "Ask whoever"), encoding="utf-8")
    before = texts(copy)
    with pytest.raises(ValueError, match=r"00_start_here\.ipynb does not say 'Tell whoever"):
        place.put("ada/course", copy)
    assert texts(copy) == before


def test_the_command_says_what_changed_and_what_is_left(copy, monkeypatch, capsys):
    monkeypatch.setattr(course, "ROOT", copy)
    assert course.main(["place", "ada/course"]) == 0
    said = capsys.readouterr().out
    assert "changed: README.md" in said and "https://ada.github.io/course/" in said and "docs/releasing.md" in said
    assert (ROOT / "docs/releasing.md").is_file()


def test_a_page_of_one_s_own_has_no_name_in_its_address():
    assert Place("Ada", "ada.github.io").site == "https://ada.github.io/"
    assert Place("Ada", "Course").site == "https://ada.github.io/Course/"


def test_no_other_file_names_the_place():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a clone")
    pattern = re.compile("|".join(re.escape(address.format(**contents.PLACE._asdict())) for address in place.ADDRESSES))
    naming = set()
    for name in listed.stdout.decode().split("\0"):
        file = ROOT / name
        if file.is_file() and not name.startswith(EXAMPLES):
            text = file.read_bytes().decode(errors="ignore")
            naming |= {name} if pattern.search(text) or contents.PLACE.site in text else set()
    assert naming <= set(FILES), "add it to defi_lib/course/place.py"


def test_make_calls_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r'^publish:.*\n\t@?\$\(PYTHON\) -m defi_lib.course place "\$\(REPOSITORY\)"', makefile, re.M)


def test_it_needs_nothing_but_python(copy):
    """It runs before anything is installed: ``python3 -m defi_lib.course place`` in a bare clone."""
    code = (
        "import sys; sys.modules['numpy'] = None; from defi_lib.course.__main__ import main; sys.exit(main(['place']))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2 and "owner/name" in run.stderr, run.stderr


def test_nowhere_is_the_place_of_a_copy_that_nobody_published():
    assert (contents.PLACE != NOWHERE) == contents.PUBLISHED
    assert contents.PLACE.repository == contents.REPOSITORY
