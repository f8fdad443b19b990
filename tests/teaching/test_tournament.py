"""A tournament ranks what runs, and nothing that a hand-in does stops it."""

import csv
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from defi_lib.labs.economy.the_design.world import EXAMPLES
from defi_lib.teaching import tournament as tool
from defi_lib.teaching.grading import box

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.xdist_group("grade")]
GOOD = "def design(): return {'insider_tokens': 0.02, 'airdrop': 0.03, 'emission': 0, 'grants': 0}"
#: Source, and words of the sentence.
ODD = {
    "crash": ("def design(): return 1 / 0", "ZeroDivisionError"),
    "loop": ("def design():\n    while True: pass", "stopped after"),
    "loop_that_holds_on": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "ended before|stopped after",
    ),
    "wrong_name": ("def desing(): return {}", "no function `design`"),
    "no_function": ("design = {'pool_fee': 0.1}", "no function `design`"),
    "nan": ("def design(): return {'pool_fee': float('nan')}", "pool_fee"),
    "huge": ("def design(): return {'airdrop': 10 ** 4000}", "airdrop"),
    "infinite": ("def design(): return {'hurry': float('inf')}", "hurry"),
    "broken": ("def design(: return {}", "no function `design` .SyntaxError"),
    "exit": ("import sys\ndef design(): sys.exit(3)", "SystemExit"),
    "hard_exit": ("import os\ndef design(): os._exit(0)", "ended before"),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "ended before"),
    "printing": ("def design(): print({'pool_fee': 0.001})", "returns nothing"),
    "list": ("def design(): return [1, 2]", "a design is a dictionary"),
    "unknown": ("def design(): return {'magic': 1}", "'magic'"),
    "remedy": ("def design(): return {'remedies': ['magic']}", "'magic'"),
    "too_much": ("def design(): return {'airdrop': 0.9, 'insider_tokens': 0.9}", "add up to"),
    "words": ("def design(): return {'pool_fee': '<b>cheap</b>'}", "should be a number"),
    "memory": ("def design():\n    return {'pool_fee': len(bytearray(10 ** 13))}", "MemoryError"),
    "arguments": ("def design(people): return {}", "TypeError"),
    "recursion": ("def design(): return design()", "RecursionError"),
    "unprintable": (
        "class Odd:\n    def __repr__(self): raise ValueError\ndef design(): return {'pool_fee': Odd()}",
        "should be a number",
    ),
}
FATE = ["--first", "77", "--seeds", "4", "--people", "300"]


def held(folder, *more):
    assert tool.main([str(folder), *FATE, *more]) == 0
    with (folder / "ranking.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["name"]: row for row in rows}, (folder / "ranking.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    for name, (source, _) in ODD.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    (folder / "good.py").write_text(f"print('hello' * 1000)\n{GOOD}\n", encoding="utf-8")
    (folder / "no_json.ipynb").write_text('{"cells": [', encoding="utf-8")
    (folder / "no_cells.ipynb").write_text('{"cells": 3}', encoding="utf-8")
    (folder / "bytes.py").write_bytes(b"\xff\xfe\x00")
    (folder / "empty.py").write_text("", encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/copy.py").write_text(GOOD, encoding="utf-8")
    return held(folder, "--seconds", "10", "--jobs", "2")


@pytest.mark.parametrize("name", ODD)
def test_what_does_not_run_scores_zero_with_a_sentence(odd, name):
    row = odd[0][f"{name}.py"]
    assert float(row["score"]) == 0 and re.search(ODD[name][1], row["why"]), row["why"]


@pytest.mark.parametrize("name", ["no_json.ipynb", "no_cells.ipynb", "bytes.py", "empty.py"])
def test_what_cannot_be_read_scores_zero_with_a_sentence(odd, name):
    assert float(odd[0][name]["score"]) == 0 and odd[0][name]["why"]


def test_the_others_are_ranked_all_the_same(odd):
    rows, page = odd
    assert next(iter(rows)) == "good.py" and rows["good.py"]["place"] == "1" and float(rows["good.py"]["score"]) > 0
    assert rows["today's rules"]["place"] == "course" and set(EXAMPLES) <= set(rows)
    assert ".hidden/copy.py" not in rows and len(rows) == len(ODD) + 5 + len(EXAMPLES)
    assert "<b>cheap</b>" not in page and "&lt;b&gt;cheap" in page
    for word in ("who paid", "holder", "founders", "today&#x27;s rules", "good.py"):
        assert word in page


def test_notebooks_of_the_lab_are_read(tmp_path):
    lab = "8_economy/02_the_design.ipynb"
    for name, source in (("ada", "solutions"), ("blank", "labs")):
        (tmp_path / name / "8_economy").mkdir(parents=True)
        shutil.copy(ROOT / source / lab, tmp_path / name / lab)
    solved = json.loads((tmp_path / "ada" / lab).read_text(encoding="utf-8"))
    for cell in solved["cells"]:  # as an editor that drops what it does not know
        cell["metadata"] = {}
    (tmp_path / "ada" / lab).write_bytes(b"\xef\xbb\xbf" + json.dumps(solved).encode())
    notebook = json.loads((ROOT / "labs" / lab).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] == "answer-design":
            cell["source"] = f"1 / 0\n{GOOD}"
        if cell["id"] == "answer-tokens":
            cell["source"] = "def tokens(:\n"
    (tmp_path / "half.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    rows, _ = held(tmp_path)
    assert float(rows[f"ada/{lab}"]["score"]) > float(rows["today's rules"]["score"])
    assert rows[f"blank/{lab}"]["why"] == "its function `design` returns nothing"
    assert "no function `design` (ZeroDivisionError" in rows["half.ipynb"]["why"]


def test_the_same_seeds_give_the_same_ranking_and_others_another(tmp_path):
    (tmp_path / "mine.py").write_text(GOOD, encoding="utf-8")
    first, _ = held(tmp_path)
    again, _ = held(tmp_path)
    assert first == again
    other, _ = held(tmp_path, "--first", "5000")
    assert other["mine.py"]["score"] != first["mine.py"]["score"]


def test_a_zip_of_a_platform_and_what_reaches_out_of_the_box(tmp_path, capsys):
    out = tmp_path / "WRITTEN_BY_A_STUDENT"
    source = f"open({str(out)!r}, 'w').write('x')\n{GOOD}"
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("Ada Lovelace_12345_assignsubmission_file_/design.py", source)
    assert tool.main([str(tmp_path / "in.zip"), *FATE]) == 0
    said = capsys.readouterr().out
    assert "1 hand-ins" in said and (tmp_path / "ranking.html").is_file() and "Ada Lovelace" in said
    assert (box.NOT_CONFINED in said) is not box.confined() and out.exists() is not box.confined()


def test_an_empty_folder_ranks_the_course_alone_and_no_folder_is_refused(tmp_path, capsys):
    rows, _ = held(tmp_path)
    assert set(rows) == set(EXAMPLES)
    assert tool.main([str(tmp_path / "nowhere"), *FATE]) == 2
    assert "must be a folder or a zip" in capsys.readouterr().err
