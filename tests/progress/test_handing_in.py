"""What is handed in to a class: what the reader chooses, no name, no day unless wanted, and it can be read again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib import progress
from defi_lib.progress import __main__ as command
from defi_lib.progress import handing_in
from defi_lib.progress.file import LaterVersionError, NotProgressError, parsed
from defi_lib.progress.handing_in import NAME, PARTS, PROMISE, chosen, lessons_in, many, read, text_of
from defi_lib.progress.records import merged


@pytest.fixture
def done(here):
    progress.record("prediction", "3.9", "prediction", value=40, answer=99.98, unit="%", low=0, high=100, asked="How?")
    progress.record("prediction", "3.9", "P14b", value="True", answer="Not true", sure=0.8, asked="Is it true?")
    progress.record("quiz", "3.10", "turn", first=False, chosen="Nobody pays", asked="What turns it?", skill="Turn")
    progress.record("lab", "3.1", "ledger", points=2, out_of=3)
    progress.record("lesson", "3.9", "begun")
    return progress.load()


def test_labs_what_was_begun_later_sittings_and_days_stay_at_home(done):
    records = chosen(done)
    assert set(records) == {"prediction", "quiz"} and lessons_in(records) == ["3.9", "3.10"] and many(records) == 3
    assert records["quiz"]["3.10"]["turn"] == {"asked": "What turns it?", "first": False, "chosen": "Nobody pays"}
    assert "day" not in text_of(records)
    assert all("day" in entry for items in chosen(done, days=True)["prediction"].values() for entry in items.values())


@pytest.mark.parametrize(
    ("lessons", "parts", "left"),
    [
        (["3.9"], PARTS, ["prediction", "P14b"]),
        (None, ["bets"], ["P14b"]),
        (None, ["predictions"], ["prediction"]),
        (None, ["quizzes"], ["turn"]),
        ([], PARTS, []),
        (["1.1"], PARTS, []),
    ],
)
def test_lessons_and_parts_are_left_out(done, lessons, parts, left):
    records = chosen(done, lessons, parts)
    assert {item for ls in records.values() for items in ls.values() for item in items} == set(left)


def test_what_is_handed_in_can_be_read_and_is_no_progress_to_load(done):
    text = text_of(chosen(done))
    assert read(text.encode()) == (chosen(done), 0)
    with pytest.raises(NotProgressError, match="what you hand in"):
        parsed(text)


def test_a_whole_progress_file_is_read_as_well(done):
    records, unread = read(progress.saved().encode())
    assert unread == 0 and records == chosen(done, days=True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "is damaged"),
        (b"\xff\xfe\x00", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "no file of this course"),
        (b'{"version": true, "records": {}}', "no file of this course"),
        (b'{"version": 1, "records": []}', "no file of this course"),
        (b'{"cells": [], "nbformat": 4}', "no file of this course"),
        (b" " * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_is_no_hand_in_says_why(content, why):
    with pytest.raises(NotProgressError, match=why):
        read(content)


def test_a_later_version_is_left_alone():
    with pytest.raises(LaterVersionError, match="later version"):
        read(b'{"version": 2, "records": {}}')


def test_of_a_file_that_is_wrong_in_places_the_rest_is_read():
    quiz = {"1.1": {"a": {"first": True}, "b": {"first": "yes"}, "c": 3}, "x": {"d": {"first": True}}, "1.2": 7}
    whole = {"version": 1, "records": {"quiz": quiz, "prediction": [1], "lab": {"1.1": {"a": {"points": "many"}}}}}
    records, unread = read(b"\xef\xbb\xbf" + json.dumps(whole).encode())
    assert records == {"quiz": {"1.1": {"a": {"first": True}}}} and unread == 5


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
JUNK = st.recursive(VALUES, lambda part: st.lists(part) | st.dictionaries(st.text(max_size=5), part), max_leaves=20)


@given(JUNK, st.sampled_from(["prediction", "quiz", "lab", "x"]))
def test_whatever_is_in_the_records_is_read_or_counted(junk, kind):
    try:
        records, unread = read(json.dumps({"version": 1, "records": {kind: junk}}).encode())
    except NotProgressError:
        return
    assert unread >= 0 and all(isinstance(items, dict) for ls in records.values() for items in ls.values())


def test_what_was_chosen_first_stays_with_the_first_try():
    def tried(first, day, **more):
        return {"quiz": {"1.1": {"a": {"first": first, "latest": first, "day": day, "again": day, **more}}}}

    older, newer = tried(False, "2026-01-01", chosen="wrong"), tried(True, "2026-01-02", chosen="right")
    for both in (merged(older, newer), merged(newer, older)):
        assert both["quiz"]["1.1"]["a"]["chosen"] == "wrong" and both["quiz"]["1.1"]["a"]["latest"] is True
    unknown = merged(tried(False, "2026-01-01"), newer)["quiz"]["1.1"]["a"]
    assert "chosen" not in unknown and unknown["first"] is False


# --- the command


def test_the_command_shows_and_saves(done, tmp_path, capsys):
    file = tmp_path / "out.json"
    assert command.main(["hand-in", "--to", str(file), "--without", "predictions"]) == 0
    said = capsys.readouterr().out
    assert "Lesson 3.9\n  said True, 80% sure  (Is it true?)" in said
    assert "first try wrong: Nobody pays  (What turns it?)" in said
    assert "2 answers are in" in said and PROMISE in said
    assert read(file.read_bytes())[0] == chosen(done, parts=["bets", "quizzes"])
    assert command.main(["hand-in", "--to", str(file), "--lessons", "3.10", "--days"]) == 0
    assert lessons_in(read(file.read_bytes())[0]) == ["3.10"] and '"day"' in file.read_text()


def test_the_command_says_what_it_cannot_do(here, tmp_path, capsys, monkeypatch):
    assert command.main(["hand-in", "--to", str(tmp_path / NAME)]) == 1
    assert "nothing to hand in" in capsys.readouterr().err and not (tmp_path / NAME).exists()
    progress.record("quiz", "1.1", "a", first=True)
    assert command.main(["hand-in", "--to", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().err
    here.write_text('{"version": 99, "records": {}}')
    assert command.main(["hand-in", "--to", str(tmp_path / NAME)]) == 1
    assert "later version" in capsys.readouterr().err
    monkeypatch.setenv("DEFI_COURSE_PROGRESS", "off")
    assert command.main(["hand-in", "--to", str(tmp_path / NAME)]) == 1


def test_every_part_has_a_name_and_everything_has_a_part():
    assert {handing_in.part_of("prediction", {"value": 1.0}), handing_in.part_of("prediction", {"sure": 0.5})} == {
        "predictions",
        "bets",
    }
    assert handing_in.part_of("quiz", {}) == "quizzes" and handing_in.part_of("lab", {}) == ""
