import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from defi_lib.progress import add, file, forget, keeper, load, path, problem, record, saved

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-25"


def names(folder):
    return sorted(each.name for each in folder.iterdir() if not each.name.endswith(".lock"))


class TestRecords:
    def test_of_a_lab_the_best_points_stay(self, here):
        for points in (1, 2, 0):
            record("lab", "1.1", "swap", points=points, out_of=2)
        assert load("lab", "1.1")["swap"]["points"] == 2.0
        assert load("lab", "1.2") == {} and load("quiz") == {}

    def test_of_a_quiz_the_first_try_and_the_latest_sitting_stay(self, here):
        record("quiz", "1.1", "depth", first=False, asked="Why?", day=MONDAY)
        record("quiz", "1.1", "depth", first=False, asked="Why?", day=MONDAY)
        record("quiz", "1.1", "depth", first=True, asked="Why so?", day=WEDNESDAY)
        entry = load("quiz", "1.1")["depth"]
        assert (entry["first"], entry["latest"], entry["day"], entry["again"]) == (False, True, MONDAY, WEDNESDAY)

    def test_a_prediction_may_be_corrected_in_its_own_kernel_and_not_in_a_later_one(self, here, another_kernel):
        record("prediction", "1.1", "cost", value=5.0)
        record("prediction", "1.1", "cost", value=50.0, answer=1.28)
        assert load("prediction", "1.1")["cost"]["value"] == 50.0
        another_kernel()
        record("prediction", "1.1", "cost", value=1.28, answer=1.28)
        assert load("prediction", "1.1")["cost"]["value"] == 50.0

    def test_the_answer_of_a_prediction_may_come_from_a_later_kernel(self, here, another_kernel):
        record("prediction", "1.1", "cost", value=5.0, day=MONDAY)
        another_kernel()
        record("prediction", "1.1", "cost", value=9.0, answer=1.28, day=TUESDAY)
        assert load("prediction", "1.1")["cost"] == {"value": 5.0, "answer": 1.28, "day": MONDAY}

    def test_numbers_of_numpy_are_taken(self, here):
        record("prediction", "1.1", "cost", value=np.float64(5), answer=np.int64(3))
        record("quiz", "1.1", "depth", first=np.True_)
        assert json.loads(here.read_text())["records"]["prediction"]["1.1"]["cost"]["answer"] == 3.0

    @pytest.mark.parametrize(
        ("kind", "lesson", "item", "fields", "named"),
        [
            ("score", "1.1", "a", {}, "kind"),
            ("lab", "swaps", "a", {"points": 1, "out_of": 1}, "lesson"),
            ("lab", "1.1", "../a", {"points": 1, "out_of": 1}, "item"),
            ("lab", "1.1", "a", {"points": 1}, "out_of"),
            ("lab", "1.1", "a", {"points": float("nan"), "out_of": 1}, "points"),
            ("lab", "1.1", "a", {"points": -1, "out_of": 1}, "points"),
            ("lab", "1.1", "a", {"points": 1, "out_of": 0}, "out_of"),
            ("quiz", "1.1", "a", {"first": "yes"}, "first"),
            ("quiz", "1.1", "a", {"first": True, "name": "Ada"}, "name"),
            ("lesson", "1.1", "begun", {"day": "today"}, "day"),
        ],
    )
    def test_what_is_not_allowed_is_refused_by_name(self, here, kind, lesson, item, fields, named):
        with pytest.raises(ValueError, match=named):
            record(kind, lesson, item, **fields)
        assert not here.exists()


class TestFile:
    def test_is_plain_and_private_and_holds_no_name(self, here):
        record("lab", "1.1", "swap", points=2, out_of=2, day=MONDAY)
        data = json.loads(here.read_text())
        assert data["version"] == 1 and "stays on this machine" in data["about"]
        assert data["records"] == {"lab": {"1.1": {"swap": {"points": 2.0, "out_of": 2.0, "day": MONDAY}}}}
        assert os.name == "nt" or here.stat().st_mode & 0o077 == 0

    def test_what_is_known_already_is_not_written_again(self, here):
        record("lab", "1.1", "swap", points=2, out_of=2)
        before = here.stat().st_mtime_ns, here.stat().st_ino
        record("lab", "1.1", "swap", points=1, out_of=2)
        assert (here.stat().st_mtime_ns, here.stat().st_ino) == before

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe\x00",
            b"[" * 100_000,
            b'{"version": "1", "records": {}}',
            b'{"version": 1}',
            b'{"version": 1, "records": []}',
            b'{"version": 1, "records": {"lab": {"1.1": 3}}}',
            b'{"version": 1, "records": {"lab": {"1.1": {"swap": {"points": NaN, "out_of": 2, "day": "2026-01-01"}}}}}',
        ],
    )
    def test_a_broken_one_is_set_aside_and_the_lesson_goes_on(self, here, text):
        here.parent.mkdir()
        here.write_bytes(text)
        assert load() == {}
        (aside,) = names(here.parent)
        assert aside.startswith("progress.broken-") and (here.parent / aside).read_bytes() == text
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert load("lab", "1.1")["swap"]["points"] == 2.0

    def test_of_a_half_broken_one_the_good_half_stays(self, here):
        record("lab", "1.1", "swap", points=2, out_of=2)
        data = json.loads(here.read_text())
        data["records"]["quiz"] = {"1.1": {"depth": {"first": "perhaps"}}}
        here.write_text(json.dumps(data))
        assert list(load()) == ["lab"]
        assert len(names(here.parent)) == 2
        assert list(load()) == ["lab"] and len(names(here.parent)) == 2

    def test_several_broken_ones_of_a_day_are_all_kept(self, here):
        here.parent.mkdir()
        for text in ("a", "b", "c"):
            here.write_text(text)
            assert load() == {}
        assert len(names(here.parent)) == 3

    def test_one_of_a_later_version_is_left_alone(self, here):
        here.parent.mkdir()
        here.write_text('{"version": 2, "records": {"stars": 3}}')
        before = here.read_bytes()
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert load("lab", "1.1")["swap"]["points"] == 2.0  # as long as this kernel lives
        assert here.read_bytes() == before and "later version" in problem()

    def test_a_write_that_stops_halfway_leaves_the_old_file(self, here, monkeypatch):
        record("lab", "1.1", "swap", points=1, out_of=2)
        before = here.read_bytes()
        monkeypatch.setattr(file.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert here.read_bytes() == before and names(here.parent) == ["progress.json"]
        assert load("lab", "1.1")["swap"]["points"] == 2.0
        monkeypatch.undo()

    def test_what_could_not_be_written_is_written_as_soon_as_it_can(self, here, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(file, "write", lambda *_: (_ for _ in ()).throw(OSError))
            record("lab", "1.1", "swap", points=2, out_of=2)
        assert not here.exists()
        record("quiz", "1.1", "depth", first=True)
        assert sorted(json.loads(here.read_text())["records"]) == ["lab", "quiz"] and keeper._unwritten == {}

    def test_a_folder_that_cannot_be_is_no_error(self, here, monkeypatch):
        here.parent.write_text("a file where the folder should be")
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert load("lab", "1.1")["swap"]["points"] == 2.0
        assert "cannot be written" in problem()

    def test_a_folder_that_may_not_be_written_is_no_error(self, here):
        here.parent.mkdir()
        here.parent.chmod(0o500)
        try:
            record("lab", "1.1", "swap", points=2, out_of=2)
            assert load("lab", "1.1")["swap"]["points"] == 2.0
            if not os.access(here.parent, os.W_OK):  # root may write everywhere
                assert "cannot be written" in problem()
        finally:
            here.parent.chmod(0o700)

    def test_to_look_for_a_problem_leaves_nothing_behind(self, here):
        assert problem() == "" and not here.parent.exists()
        here.parent.mkdir()
        assert problem() == "" and names(here.parent) == []


WRITES = """
import sys
from defi_lib.progress import record
for number in range(25):
    record("lab", "1.1", f"{sys.argv[1]}-{number}", points=1, out_of=1)
"""


def test_two_kernels_that_write_at_once_lose_nothing(here):
    settings = os.environ | {"DEFI_COURSE_PROGRESS": str(here), "PYTHONPATH": str(Path(__file__).parents[2])}
    both = [subprocess.Popen([sys.executable, "-c", WRITES, name], env=settings) for name in ("a", "b")]
    assert [each.wait(60) for each in both] == [0, 0]
    assert len(load("lab", "1.1")) == 50


def test_a_kernel_that_holds_the_file_for_ever_stops_nobody(here, monkeypatch):
    monkeypatch.setattr(file, "_PATIENCE", 0.05)
    with file.locked(here):
        record("lab", "1.1", "swap", points=1, out_of=1)
    assert load("lab", "1.1")


class TestSaveLoadAndDelete:
    def test_what_was_saved_is_added_to_what_is_there(self, here, tmp_path):
        record("quiz", "1.1", "depth", first=False, day=MONDAY)
        record("lab", "1.1", "swap", points=2, out_of=2, day=MONDAY)
        copy = saved()
        assert forget() == "" and load() == {}
        record("quiz", "1.1", "depth", first=True, day=TUESDAY)
        assert add(copy) == 2
        assert load("quiz", "1.1")["depth"]["first"] is False and load("lab", "1.1")["swap"]["points"] == 2.0
        before = saved()
        assert add(copy.encode()) == 2 and saved() == before  # twice is once

    @pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 9, "records": {}}', "x" * 3_000_000])
    def test_anything_else_is_refused_with_a_sentence_and_changes_nothing(self, here, text):
        record("lab", "1.1", "swap", points=2, out_of=2)
        before = here.read_bytes()
        with pytest.raises(ValueError, match="file"):
            add(text)
        assert here.read_bytes() == before

    def test_delete_leaves_nothing(self, here):
        here.parent.mkdir()
        here.write_text("broken")
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert len(names(here.parent)) == 2
        assert forget() == "" and list(here.parent.iterdir()) == [] and load() == {}
        record("lab", "1.1", "swap", points=1, out_of=2)
        assert load("lab", "1.1")["swap"]["points"] == 1.0

    def test_delete_touches_nothing_else(self, here):
        here.parent.mkdir()
        (here.parent / "letters.json").write_text("mine")
        record("lab", "1.1", "swap", points=2, out_of=2)
        assert path() == here and forget() == ""
        assert names(here.parent) == ["letters.json"]
