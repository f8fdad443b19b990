import os
import subprocess
import sys
from pathlib import Path

import pytest

from defi_lib import progress
from defi_lib.progress import place

READER = {"JPY_SESSION_NAME": "course/1_exchange/01_swaps.ipynb"}


@pytest.fixture
def environment(monkeypatch):
    def is_now(**variables):
        for name in (place.SWITCH, *place._TOOLS, *place._READERS):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return is_now


@pytest.mark.parametrize(
    ("variables", "kept"),
    [
        ({}, False),
        (READER, True),
        ({"VOILA_KERNEL_ID": "1"}, True),
        ({"VSCODE_PID": "1"}, True),
        ({place.SWITCH: "off", **READER}, False),
        ({place.SWITCH: " OFF ", **READER}, False),
        ({place.SWITCH: "/somewhere/else.json"}, True),
        ({"PYTEST_VERSION": "9", **READER}, False),
        ({"PYTEST_CURRENT_TEST": "a", **READER}, False),
        ({"NBGRADER_EXECUTION": "autograde", **READER}, False),
        ({"NBGRADER_EXECUTION": "validate", place.SWITCH: "/somewhere/else.json"}, False),
        ({place.SWITCH: "/somewhere/else.json", "PYTEST_VERSION": "9"}, True),
    ],
)
def test_kept_where_a_reader_is_and_nowhere_else(environment, variables, kept):
    environment(**variables)
    assert progress.enabled() is kept


@pytest.mark.parametrize(
    ("variables", "reads"),
    [
        ({}, False),
        (READER, True),
        ({place.SWITCH: "off", **READER}, True),
        ({place.SWITCH: "off"}, False),
        ({place.SWITCH: "off", "PYTEST_VERSION": "9", **READER}, False),
        ({"NBGRADER_EXECUTION": "autograde", **READER}, False),
        ({place.SWITCH: "/somewhere/else.json", "PYTEST_VERSION": "9"}, True),
    ],
)
def test_a_reader_is_known_also_if_no_progress_is_kept(environment, variables, reads):
    environment(**variables)
    assert place.has_reader() is reads


def test_the_file_stands_in_the_users_data_folder_or_where_the_switch_says(environment, tmp_path):
    environment(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data"))
    assert progress.path().name == "progress.json" and progress.path().parent.name == "defi-course"
    environment(**{place.SWITCH: "~/mine.json", "HOME": str(tmp_path)})
    assert progress.path() == tmp_path / "mine.json"


def test_tests_themselves_keep_nothing():
    assert not progress.enabled()


def test_off_means_neither_read_nor_written(environment, tmp_path):
    environment(**{place.SWITCH: "off", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), **READER})
    file = progress.path()
    file.parent.mkdir(parents=True)
    file.write_text(
        '{"version": 1, "records": {"lab": {"1.1": {"swap": {"points": 1, "out_of": 2, "day": "2026-01-02"}}}}}'
    )
    before = file.read_bytes()
    progress.record("lab", "1.1", "swap", points=2, out_of=2)
    assert progress.load() == {} and progress.summary().empty and progress.due("1.2") == []
    assert progress.add(before) == 1 and progress.forget() == "" and '"records": {}' in progress.saved()
    assert file.read_bytes() == before and [each.name for each in file.parent.iterdir()] == ["progress.json"]


def test_without_jupyter_the_folder_is_found_by_hand(environment, monkeypatch, tmp_path):
    environment(HOME=str(tmp_path))
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert progress.path() == tmp_path / ".local/share/defi-course/progress.json"


def test_to_import_it_touches_no_file_and_loads_nothing_heavy(tmp_path):
    code = "import sys, defi_lib.progress; print({'ipywidgets', 'IPython', 'numpy', 'platformdirs'} & set(sys.modules))"
    settings = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "lesson"),
    [
        ({}, ""),
        ({"JPY_SESSION_NAME": "/home/a/course/1_exchange/01_swaps.ipynb"}, "1.1"),
        ({"JPY_SESSION_NAME": r"C:\course\7_compute\09_energy.ipynb"}, "7.9"),
        ({"JPY_SESSION_NAME": "/home/a/course/00_start_here.ipynb"}, "start"),
        ({"JPY_SESSION_NAME": "/home/a/labs/1_exchange/01_swaps.ipynb"}, ""),
        ({"VOILA_REQUEST_URL": "http://127.0.0.1:8866/voila/render/course/2_lending/10_last.ipynb"}, "2.10"),
    ],
)
def test_a_kernel_knows_its_lesson(environment, variables, lesson):
    environment(**variables)
    assert progress.lesson_here() == lesson
