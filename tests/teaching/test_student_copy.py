"""The student's copy is a whole course, works, gives the same points, and holds no answer in plain sight."""

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from defi_lib.course import contents
from defi_lib.course.place import NOWHERE, Place
from defi_lib.labs import kit
from defi_lib.sealed import unsealed
from defi_lib.teaching.grading.handed_in import known_labs
from defi_lib.teaching.handout import commit, main, student_copy, write
from defi_lib.teaching.handout.links import dead_links
from defi_lib.teaching.handout.sealing import CHECKS
from defi_lib.teaching.handout.writing import LIST
from tests.labs.test_handed_out import HANDED_OUT
from tests.support.asked_checks import CHANGES, said

ROOT = Path(__file__).resolve().parents[2]
LABS = known_labs(ROOT)

pytestmark = pytest.mark.xdist_group("student copy")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("students") / "course"
    write(ROOT, folder, Place("ada", "course"))
    return folder


def run(copy, *command, given="", **options):
    environment = os.environ | {"PYTHONPATH": str(copy), "DEFI_COURSE_PROGRESS": "off"}
    arguments = [sys.executable, *command]
    return subprocess.run(arguments, cwd=copy, env=environment, input=given, capture_output=True, text=True, **options)


def texts(copy):
    for file in sorted(copy.rglob("*")):
        if file.is_file() and file.suffix in (".py", ".ipynb", ".md", ".toml", ".txt", ".csv", ".js", ".html", ".json"):
            yield file.relative_to(copy).as_posix(), file.read_text(encoding="utf-8")


def solutions():
    """Lines of the model solutions that are long enough to be known again."""
    for file in sorted((ROOT / "solutions").rglob("*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        source = "\n".join("".join(cell["source"]) for cell in cells)
        for part in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
            yield from (line.strip() for line in part.splitlines() if len(line.strip()) >= 30)


# --- nothing in plain sight


def test_no_model_solution_is_in_it(copy):
    lines = set(solutions())
    # The library may say the same in the same words, as may the text around the question.
    parts = [file for file in (ROOT / "defi_lib").rglob("*.py") if not {"labs", "teaching"} & set(file.parts)]
    known = "\n".join(file.read_text(encoding="utf-8") for file in [*parts, *(ROOT / "labs").rglob("*.ipynb")])
    lines = {line for line in lines if line not in known}
    assert len(lines) > 200
    assert [(path, line) for path, text in texts(copy) for line in lines if line in text] == []
    assert not [
        path for path, text in texts(copy) if "BEGIN SOLUTION" in text and not path.startswith("defi_lib/labs/kit")
    ]


def test_no_check_and_no_quiz_can_be_read_in_passing(copy):
    sealed = (copy / CHECKS).read_text("utf-8").splitlines()
    assert len(sealed) > 60
    mistakes = set()
    for line in sealed:
        source = unsealed(line.partition(" ")[2])
        mistakes |= set(re.findall(r"^\s+\"([A-Z][^\"]{40,})", source, re.MULTILINE))
    assert len(mistakes) > 300
    shown = "\n".join(text for path, text in texts(copy) if path.startswith("defi_lib/labs"))
    assert [mistake for mistake in mistakes if mistake in shown] == []
    quizzes = [text for path, text in texts(copy) if path.startswith("defi_lib/quizzes/")]
    assert len(quizzes) > 90 and not [text for text in quizzes if re.search(r"right|answer|feedback|\n.", text)]
    assert not [path for path, text in texts(copy) if re.search(r"^right = true", text, re.MULTILINE)]


def test_no_right_value_is_one_import_away(copy):
    code = """
import importlib, json, pkgutil, defi_lib.labs
found = {}
for module in pkgutil.walk_packages(defi_lib.labs.__path__, "defi_lib.labs."):
    if not module.name.startswith("defi_lib.labs.kit"):
        names = vars(importlib.import_module(module.name))
        found[module.name] = [name for name in names if not name.startswith("__") and name != "published"]
print(json.dumps(found))
"""
    done = run(copy, "-c", code)
    assert done.returncode == 0, done.stderr
    asked = set()
    for lab in contents.labs(ROOT):
        cells = json.loads((ROOT / lab.path).read_text(encoding="utf-8"))["cells"]
        source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        for names in re.findall(r"^from defi_lib\.labs[\w.]* import (.+)", source, re.MULTILINE):
            asked |= set(re.split(r",\s*", names.strip()))
    found = json.loads(done.stdout)
    modules = {module.rpartition(".")[2] for module in found}
    assert {name for names in found.values() for name in names} - modules <= asked | {"annotations"}
    assert "defi_lib.labs.exchange.swaps" in found and "_out" not in found["defi_lib.labs.exchange.swaps"]


@pytest.mark.parametrize("name", ["solutions", "tests", "tools", "docs/teaching", "defi_lib/teaching", ".ci", "class"])
def test_what_is_left_out_is_not_there(copy, name):
    assert not (copy / name).exists()


def test_the_keys_of_the_exam_are_not_in_it(copy):
    exam = (ROOT / "docs/teaching/exam.md").read_text(encoding="utf-8")
    lines = {line.strip() for line in exam.splitlines() if len(line) > 60}
    assert lines and not [path for path, text in texts(copy) if any(line in text for line in lines)]


# --- a whole course


def test_no_link_leads_nowhere(copy):
    there = {path.relative_to(copy).as_posix() for path in copy.rglob("*")}
    dead = []
    for path, text in texts(copy):
        pages = [text] if path.endswith(".md") else []
        if path.endswith(".ipynb"):
            pages = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        dead += [(path, link) for page in pages for link in dead_links(path, page, there)]
    assert dead == []


def test_labs_are_handed_out_as_they_are_graded(copy):
    for lab in contents.labs(ROOT):
        assert (copy / lab.path).read_bytes() == (ROOT / lab.path).read_bytes()


def test_its_place_is_written_where_it_is_asked_for(copy):
    for name in ("README.md", "course/00_start_here.ipynb", "defi_lib/course/contents.py"):
        text = (copy / name).read_text(encoding="utf-8")
        assert "github.com/ada/course" in text and "OWNER/REPO" not in text
    assert "mybinder.org/v2/gh/ada/course/HEAD" in (copy / "README.md").read_text(encoding="utf-8")


def test_without_a_place_it_leads_to_none_and_promises_no_command_that_it_lacks():
    files = student_copy(ROOT)
    told = b"".join(files[name] for name in ("README.md", "CITATION.cff", "pyproject.toml"))
    assert b"mybinder" not in told and b"make publish" not in told and b"project.urls" not in told
    assert b"please tell your teachers" in files["README.md"]
    assert f'"{NOWHERE.repository}"'.encode() in files["defi_lib/course/contents.py"]


def test_its_page_has_no_empty_place_and_its_commands_are_those_of_the_course(copy):
    page, makefile = ((copy / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    assert "{{" not in page + makefile and "instructor" not in page.lower()
    done = subprocess.run(["make", "-n", "course", "read", "check"], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("pip --disable-pip-version-check install", "defi_lib.course open", "defi_lib.course read"):
        assert command in done.stdout
    listed = subprocess.run(["make", "help"], cwd=copy, capture_output=True, text=True).stdout
    assert set(re.findall(r"make (\S+)", listed)) == {"help", "course", "read", "check", "clean"}
    named = set(re.findall(r"^(?:.*`)?make ([a-z-]+)", page, re.MULTILINE))
    assert {"course", "read"} <= named <= {"course", "read", "check"}


def test_binder_takes_the_same_python_and_installs_the_requirements(copy):
    done = run(copy, "-m", "repo2docker", "--no-build", "--debug", ".")
    plan = done.stdout + done.stderr
    assert done.returncode == 0 and "environment-2epy-2d3-2e11" in plan, plan
    assert 'pip install --no-cache-dir -r "requirements.txt"' in plan and "postBuild" in plan


def test_what_older_labs_import_is_there(copy):
    wanted = [(module, name) for version in HANDED_OUT.values() for module, names in version.items() for name in names]
    lines = [f"from {module} import {name}" for module, name in wanted]
    done = run(copy, "-W", "error::DeprecationWarning", "-c", "\n".join(lines))
    assert done.returncode == 0, done.stderr


def test_every_quiz_asks_the_same(copy):
    code = "from defi_lib.explore.questions.quizfile import *; print([questions_of(each) for each in lessons()])"
    here = run(ROOT, "-c", code)
    assert run(copy, "-c", code).stdout == here.stdout != ""


@pytest.mark.notebooks
def test_the_course_starts_and_lesson_and_lab_run(copy):
    done = run(copy, "-m", "defi_lib.course", "check", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("right: ") == 5


# --- the same points


def cells(path):
    """The code of a notebook, without its checks."""
    found = json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]
    return [source for source in sources if not re.match(r"(check|progress)\(", source)]


def compare(copy, lab, path, asked):
    """What checks say here, which must be what they say in the copy."""
    case = {"checks": lab.checks, "cells": cells(path), "asked": asked}
    program = (ROOT / "tests/support/asked_checks.py").read_text(encoding="utf-8")
    done = run(copy, "-c", program, given=json.dumps(case))
    assert done.returncode == 0, done.stderr
    here, there = said(**case), json.loads(done.stdout)
    assert there == here
    return here


def questions(lab):
    return list(import_module(lab.checks).lab.questions)


#: The designs of the last lab are tried for two years each.
SLOW = ("8.2",)
EACH_LAB = [pytest.param(lab, marks=[pytest.mark.thorough] * (lab.number in SLOW), id=lab.number) for lab in LABS]


@pytest.mark.parametrize("lab", EACH_LAB)
def test_checks_give_the_same_points(copy, lab):
    asked = [[question, change] for question in questions(lab) for change in CHANGES]
    there = dict(zip(map(tuple, asked), compare(copy, lab, lab.path, asked), strict=True))
    for name, question in import_module(lab.checks).lab.questions.items():
        assert there[name, "right"] == [kit.RIGHT, question.points, ""]
    status, points, text = there[questions(lab)[0], "half more"]
    assert status in (kit.PARTLY, kit.WRONG) and points < there[questions(lab)[0], "right"][1] and text


@pytest.mark.parametrize("lab", EACH_LAB)
def test_an_untouched_lab_has_no_points_there_either(copy, lab):
    asked = [[question, "right"] for question in questions(lab)]
    feedback = compare(copy, lab, lab.path.replace("solutions/", "labs/"), asked)
    assert {(status, points) for status, points, _ in feedback} == {(kit.UNANSWERED, 0)}


# --- the folder and its git


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A copy of two files, of which the second may be missing."""
    made = {"README.md": b"one", "course/a.ipynb": b"two", "pyproject.toml": b'[project]\nversion = "0.2.0"\n'}
    monkeypatch.setattr("defi_lib.teaching.handout.writing.student_copy", lambda root, place: dict(made))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    return made


def git(folder, *arguments):
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True).stdout


def test_a_second_copy_takes_away_what_is_there_no_more_and_leaves_what_is_not_ours(small, tmp_path):
    folder = tmp_path / "out"
    assert commit(folder, write(ROOT, folder), "First").startswith("committed")
    (folder / "syllabus.md").write_text("ours")
    assert commit(folder, write(ROOT, folder), "Again") == "nothing has changed since the last one"
    del small["course/a.ipynb"]
    small["README.md"] = b"three"
    commit(folder, write(ROOT, folder), "Second")
    assert (folder / "syllabus.md").exists() and not (folder / "course/a.ipynb").exists()
    assert git(folder, "ls-files").split() == [LIST, "README.md", "pyproject.toml"]
    assert git(folder, "log", "--format=%s").split() == ["Second", "First"]
    assert json.loads((folder / LIST).read_text())["version"] == "0.2.0"


def test_what_git_would_ignore_is_committed_too(small, tmp_path):
    small |= {".gitignore": b"*.txt\n", "defi_lib/labs/checks.txt": b"sealed"}
    folder = tmp_path / "out"
    commit(folder, write(ROOT, folder), "First")
    assert "defi_lib/labs/checks.txt" in git(folder, "ls-files").split()


def test_a_folder_with_something_else_in_it_is_refused_and_nothing_is_lost(small, tmp_path, capsys):
    (tmp_path / "thesis.md").write_text("mine")
    assert main([str(tmp_path)]) == 2
    assert "is not empty and holds no student's copy" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.md"]
    assert main([str(ROOT)]) == 2
    assert main([str(ROOT.parent)]) == 2
    assert "it holds the course itself" in capsys.readouterr().err


def test_the_command_says_what_it_wrote(small, tmp_path, capsys):
    assert main([str(tmp_path / "a"), "--no-git"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'a'}: 4 files for students.\n"
    assert not (tmp_path / "a" / ".git").exists()
    assert main([str(tmp_path / "b")]) == 0
    assert "4 files for students; committed to its git as " in capsys.readouterr().out


def test_a_place_that_is_none_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "a"), "--place", "course"]) == 2
    assert "repository is 'course'; write it as owner/name" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_without_git_the_folder_is_written_all_the_same(small, tmp_path, monkeypatch):
    paths = write(ROOT, tmp_path / "out")
    monkeypatch.setenv("PATH", "")
    assert commit(tmp_path / "out", paths, "First").startswith("git is not installed")


def test_what_git_refuses_is_said(small, tmp_path):
    paths = write(ROOT, tmp_path / "out")
    with pytest.raises(ValueError, match="git add: "):
        commit(tmp_path / "out", [*paths, "missing.md"], "First")
