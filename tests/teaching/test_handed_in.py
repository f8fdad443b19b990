"""Names, times and labs of what comes in: folders, flat files, the zips of Moodle and Canvas."""

import io
import json
import os
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.teaching.grading.handed_in import folder_name, handed_in, known_labs, lab_of, platform_name, text_of

ROOT = Path(__file__).resolve().parents[2]
LABS = known_labs(ROOT)
SWAPS, LIQUIDITY = (
    (ROOT / f"labs/1_exchange/{name}.ipynb").read_bytes() for name in ("01_swaps", "02_liquidity_and_mev")
)


def packed(files, when=(2026, 10, 16, 22, 30, 0)):
    """A zip of files, by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return made.getvalue()


@pytest.fixture
def read(tmp_path):
    """Reads a zip of these files, or writes them and reads the folder."""

    def reader(files, name="in.zip"):
        if name:
            source = tmp_path / name
            source.write_bytes(packed(files))
        else:
            source = tmp_path / "in"
            for path, content in files.items():
                (source / path).parent.mkdir(parents=True, exist_ok=True)
                (source / path).write_bytes(content)
        found, others = handed_in(source, LABS)
        return found, {each.path: each.why for each in others}

    return reader


def test_every_lab_of_the_course_is_known():
    assert len(LABS) == len(list((ROOT / "labs").glob("*/*.ipynb")))
    for lab in LABS:
        text = (ROOT / lab.path.replace("solutions", "labs")).read_text(encoding="utf-8")
        assert lab_of("untitled.ipynb", text, LABS) == lab, "by what it imports"
        assert lab_of("untitled.ipynb", text.replace("from defi_lib", ""), LABS) == lab, "by its title"
        assert lab_of(f"ada_{lab.stem} (2).ipynb", "{", LABS) == lab, "by its file"
        assert lab_of("untitled.ipynb", " ".join(f'"grade_id": "{each}"' for each in lab.cells), LABS) == lab, (
            "by its cells"
        )
    assert lab_of("untitled.ipynb", "{}", LABS) is None


def test_what_is_no_hand_in_has_its_student_s_name_too(tmp_path):
    files = {"Alan Turing_5_assignsubmission_file_/a.pdf": b"%PDF", "grace/b.txt": b"", "c.pdf": b"%PDF"}
    (tmp_path / "in.zip").write_bytes(packed(files))
    assert [each.name for each in handed_in(tmp_path / "in.zip", LABS)[1]] == ["Alan Turing", "grace", ""]


def test_moodle_s_zip_in_both_forms(read):
    found, others = read({
        "Ada Lovelace_12345_assignsubmission_file_/01_swaps.ipynb": SWAPS,
        "Grace Brewster Hopper_777_assignsubmission_file/01_swaps (1).ipynb": SWAPS,
        "Zoë O'Neil-Smith_9_assignsubmission_file_01_swaps.ipynb": SWAPS,
        "Alan Turing_5_assignsubmission_onlinetext_/onlinetext.html": b"<p>see my mail</p>",
    })  # fmt: skip
    assert [(each.name, each.lab) for each in found] == [
        ("Ada Lovelace", "1.1"), ("Grace Brewster Hopper", "1.1"), ("Zoë O'Neil-Smith", "1.1"),
    ]  # fmt: skip
    assert found[0].when == datetime(2026, 10, 16, 22, 30)
    assert others == {"Alan Turing_5_assignsubmission_onlinetext_/onlinetext.html": "is not a notebook"}


def test_two_of_one_name_in_moodle_are_told_apart(read):
    found, _ = read({f"Ada Lovelace_{n}_assignsubmission_file_/01_swaps.ipynb": SWAPS for n in (1, 2)})
    assert [each.student for each in found] == ["Ada Lovelace 1", "Ada Lovelace 2"]


def test_canvas_s_zip_with_late_and_second_hand_ins(read):
    found, _ = read({
        "lovelaceada_4321_99887_01_swaps.ipynb": SWAPS,
        "lovelaceada_4321_99999_01_swaps-1.ipynb": SWAPS,
        "hoppergrace_LATE_4400_99990_02_liquidity_and_mev.ipynb": LIQUIDITY,
    })  # fmt: skip
    assert [(each.name, each.canvas, each.lab, each.again, each.marked_late) for each in found] == [
        ("lovelaceada", "4321", "1.1", 0, False),
        ("lovelaceada", "4321", "1.1", 1, False),
        ("hoppergrace", "4400", "1.2", 0, True),
    ]
    assert max(found[:2], key=lambda each: each.order).path == "lovelaceada_4321_99999_01_swaps-1.ipynb"


def test_a_folder_for_each_student_as_nbgrader_has_it_and_flat_files(read):
    found, others = read(
        {
            "ada/01_swaps.ipynb": SWAPS,
            "grace/1_exchange/02_liquidity_and_mev.ipynb": LIQUIDITY,
            "alan_01_swaps.ipynb": SWAPS,
            "01_swaps - Kurt Gödel (1).ipynb": SWAPS,
            "01_swaps.ipynb": SWAPS,
            "ada/.ipynb_checkpoints/01_swaps-checkpoint.ipynb": SWAPS,
            "ada/notes.txt": b"",
            "ada/holiday.ipynb": b'{"cells": []}',
        },
        name="",
    )
    assert {(each.name, each.lab) for each in found} == {
        ("ada", "1.1"), ("grace", "1.2"), ("alan", "1.1"), ("Kurt Gödel", "1.1"),
    }  # fmt: skip
    assert set(others) == {"01_swaps.ipynb", "ada/notes.txt", "ada/holiday.ipynb"}
    assert "whose it is" in others["01_swaps.ipynb"] and "none of the labs" in others["ada/holiday.ipynb"]


def test_the_time_of_a_file_is_that_of_the_hand_in(tmp_path):
    file = tmp_path / "ada/01_swaps.ipynb"
    file.parent.mkdir()
    file.write_bytes(SWAPS)
    moment = datetime(2026, 10, 17, 8, 15)
    os.utime(file, (moment.timestamp(), moment.timestamp()))
    (found,), _ = handed_in(tmp_path, LABS)
    assert found.when == moment


def test_a_student_s_own_zip_and_a_folder_around_all(read):
    found, _ = read({"in/ada/lab.zip": packed({"work/01_swaps.ipynb": SWAPS}), "in/grace/01_swaps.ipynb": SWAPS})
    assert [each.name for each in found] == ["ada", "grace"]


def test_no_path_of_a_zip_leads_out_of_the_class_s_folder(read):
    found, others = read(
        {"../../evil/01_swaps.ipynb": SWAPS, "a/../b/01_swaps.ipynb": SWAPS, "/etc/01_swaps.ipynb": SWAPS}
    )
    assert [each.student for each in found] == ["a"]
    assert all("whose it is" in why for why in others.values()) and len(others) == 2


def test_what_is_neither_folder_nor_zip_is_refused(tmp_path):
    (tmp_path / "in.zip").write_text("no zip")
    for source in (tmp_path / "in.zip", tmp_path / "missing"):
        with pytest.raises(ValueError, match="FROM is"):
            handed_in(source, LABS)


@given(st.text(max_size=200))
def test_a_folder_s_name_is_safe_and_the_same_again(name):
    made = folder_name(name)
    assert not set(made) & set('/\\:*?"<>|[]{}') and made not in (".", "..") and len(made) <= 80
    assert folder_name(made) == made


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_whatever_its_encoding(encoding):
    text = json.dumps({"say": "größer"}, ensure_ascii=False)
    assert text_of(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Ada Lovelace_5_assignsubmission_file_/01_swaps.ipynb", "Ada Lovelace_5_assignsubmission_file_/"),
        ("Ada Lovelace_5_assignsubmission_file/01_swaps.ipynb", "Ada Lovelace_5_assignsubmission_file_/"),
        ("Ada Lovelace_5_assignsubmission_file_01_swaps.ipynb", "Ada Lovelace_5_assignsubmission_file_/"),
        ("lovelaceada_LATE_4321_99887_01_swaps.ipynb", "lovelaceada_LATE_4321_99887_"),
        ("ada/01_swaps.ipynb", ""),
    ],
)
def test_pages_go_back_under_the_platform_s_names(path, name):
    assert platform_name(path) == name
