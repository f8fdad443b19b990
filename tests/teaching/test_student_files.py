"""What a student's copy has, and what it does not have."""

from pathlib import Path

import pytest

from defi_lib.teaching.handout import KEPT, LEFT_OUT, is_kept, student_files

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "path",
    [
        "solutions/1_exchange/01_swaps.ipynb",
        "docs/teaching/exam.md",
        "docs/teaching/misconceptions/1_exchange.md",
        "docs/teaching/discussion.md",
        "docs/quizzes.md",
        "tests/labs/exchange/test_swaps.py",
        "tests/teaching/test_exam.py",
        "defi_lib/teaching/grade.py",
        "defi_lib/teaching/lecture/notes/1.1.toml",
        "share/jupyter/voila/templates/course/notes.html",
        "tools/notebooks.py",
        ".ci/run",
        ".github/workflows/test.yml",
        "nbgrader_config.py",
        "requirements-dev.txt",
        "Makefile",
        "README.md",
        "gradebook.db",
    ],
)
def test_answers_and_what_instructors_run_are_left_out(path):
    assert not is_kept(path)


def test_lessons_labs_and_library_are_there():
    files = student_files(ROOT)
    assert {"course/00_start_here.ipynb", "labs/1_exchange/01_swaps.ipynb", "defi_lib/course/__main__.py"} <= set(files)
    assert files == sorted(set(files)) and all((ROOT / file).is_file() for file in files)


def test_every_line_of_the_table_is_needed():
    files = student_files(ROOT)
    assert [pattern for pattern in KEPT if not any(_is(file, pattern) for file in files)] == []
    out = [file.relative_to(ROOT).as_posix() for part in ("defi_lib", "share") for file in (ROOT / part).rglob("*")]
    assert [pattern for pattern in LEFT_OUT if not any(_is(file, pattern) for file in out)] == []


def test_without_git_the_same_files_are_found(tmp_path):
    for name in ("course/a.ipynb", "solutions/a.ipynb", ".venv/course/b.ipynb", "course/.ipynb_checkpoints/a.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert student_files(tmp_path) == ["course/a.ipynb"]


def _is(file: str, pattern: str) -> bool:
    return file.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else file == pattern
