"""The commands of ``python -m defi_lib.course``."""

import os

import pytest

from defi_lib.course import __main__ as course


@pytest.fixture
def user(monkeypatch):
    monkeypatch.setattr(course, "is_root", lambda: False)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setattr(course.os.path, "exists", lambda path: False)


def test_root_is_let_in_on_loopback_and_told_the_way(user, monkeypatch):
    monkeypatch.setattr(course, "is_root", lambda: True)
    arguments = course.server_arguments("open", "")
    assert "--allow-root" in arguments and "--ip=127.0.0.1" in arguments
    assert not any("token" in argument or "password" in argument for argument in arguments)
    assert course.AS_ROOT.format(machines="this machine alone") in course.greeting()
    assert "ssh -L 8888:127.0.0.1:8888" in course.greeting()[-1] and course.greeting()[-1].endswith("--ip=0.0.0.0")
    said = course.greeting(["--no-browser", "--port=9000"])[-1]
    assert "9000:127.0.0.1:9000" in said and "8888" not in said and said.endswith("--port=9000")


def test_who_wants_a_room_of_readers_is_not_told_to_open_all_to_them(user, monkeypatch):
    monkeypatch.setattr(course, "is_root", lambda: True)
    assert course.greeting([], "audience")[-1].endswith("python -m defi_lib.course audience --ip=0.0.0.0")
    outside = course.greeting(["--ip=0.0.0.0"], "audience")  # already open: no way is told, and nothing wrong
    assert outside[1:] == [course.AS_ROOT.format(machines="other machines, too,")]


def test_others_hear_one_line(user):
    assert "--allow-root" not in course.server_arguments("open", "")
    assert len(course.greeting()) == 1


def test_what_the_user_says_comes_first(user):
    arguments = course.server_arguments("read", "", ["--ip=0.0.0.0", "--port=9000"])
    assert "--ip=127.0.0.1" not in arguments and arguments[-2:] == ["--ip=0.0.0.0", "--port=9000"]


def test_pages(user):
    lesson = "course/1_exchange/01_swaps.ipynb"
    assert course.server_arguments("open", "")[-1] == "--LabApp.default_url=/lab/tree/course/00_start_here.ipynb"
    assert course.server_arguments("open", lesson)[-1] == f"--LabApp.default_url=/lab/tree/{lesson}"
    assert course.server_arguments("read", "")[-1] == "--LabApp.default_url=/read"
    assert course.server_arguments("read", lesson)[-1] == f"--LabApp.default_url=/voila/render/{lesson}"
    assert course.server_arguments("audience", lesson)[-1] == "--LabApp.default_url=/read/places"


def test_a_room_of_readers(user, monkeypatch):
    told = []
    monkeypatch.setattr(course, "serve", lambda *given: told.append(given) or 0)
    monkeypatch.setenv("DEFI_COURSE_PROGRESS", "")
    lesson = "course/1_exchange/01_swaps.ipynb"
    assert course.main(["audience", lesson, "--readers=7", "--port=9000"]) == 0
    assert os.environ["DEFI_COURSE_PROGRESS"] == "off"  # one file for all would mix them up
    room = ["--Room.readers=7", "--Room.only_reading=True", f"--Room.lesson={lesson}"]
    assert told.pop() == ("audience", lesson, [*room, "--port=9000"])
    course.main(["audience"])
    assert told.pop() == ("audience", "", ["--Room.readers=20", "--Room.only_reading=True"])
    assert "--ip=127.0.0.1" in course.server_arguments("audience", lesson, room)
    course.main(["read", lesson])
    assert told.pop() == ("read", lesson, [])


def test_a_room_has_a_place(user, capsys):
    with pytest.raises(SystemExit):
        course.main(["audience", "--readers=0"])
    assert "--readers must be at least 1, not 0" in capsys.readouterr().err


def test_a_page_that_is_not_there_is_named(user, capsys):
    with pytest.raises(SystemExit):
        course.main(["open", "course/none.ipynb"])
    assert "there is no course/none.ipynb" in capsys.readouterr().err
