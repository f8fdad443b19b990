"""The folder from which Pyodide runs the course: every file is what it says, and nothing is missing."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.support.editions import with_packages
from tools.editions import packages
from tools.editions.packages import MissingPackagesError, compiled, distribution, downloads, fetch_compiled, sha256
from tools.editions.wheels import repacked, requirements, top_modules

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_packages(lambda: distribution(tmp_path_factory.mktemp("pyodide")))


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Two packages that an official lock file names, in a folder that stands for Pyodide's release."""
    release = tmp_path / "release"
    release.mkdir()
    (release / "one.whl").write_bytes(b"one")
    (release / "two.whl").write_bytes(b"two")
    known = {path.stem: {"file_name": path.name, "sha256": sha256(path)} for path in release.iterdir()}
    monkeypatch.setattr(packages, "official", lambda: known)
    monkeypatch.setattr(packages, "compiled_names", lambda: ["one", "two"])
    monkeypatch.setenv("DEFI_WASM_PACKAGES", str(tmp_path / "here"))
    return release


def wheel(folder, files):
    path = folder / "some_thing-1.2-cp312-cp312-manylinux2014_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_pure_wheels_have_the_versions_that_the_course_pins():
    pinned = dict(re.findall(r"^(\S+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M))
    pinned = {name.lower().replace("_", "-"): version for name, version in pinned.items()}
    ours = {name: row.version for name, row in downloads().items() if row.kind == "wheel"}
    assert ours == {name: pinned[name] for name in ours}
    assert all(re.fullmatch("[0-9a-f]{64}", row.sha256) and row.what_for for row in downloads().values())


def test_without_the_compiled_packages_a_sentence_says_what_to_run(published, tmp_path):
    with pytest.raises(MissingPackagesError, match=r"2 of 2 .* Run `python -m tools.editions.packages fetch`"):
        compiled()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "one.whl").write_bytes(b"one")
    with pytest.raises(MissingPackagesError, match=r"1 of 2 .*here: two\.whl\. Run"):
        compiled()


def test_fetched_packages_are_compared_with_the_official_hashes(published, tmp_path, capsys):
    fetch_compiled(release=published.as_uri() + "/")
    assert {name: path.read_bytes() for name, path in compiled().items()} == {"one": b"one", "two": b"two"}
    capsys.readouterr()
    fetch_compiled(release="file:///nowhere/")  # all are there: nothing is asked for
    assert capsys.readouterr().out == ""

    (tmp_path / "here" / "two.whl").write_bytes(b"changed")
    with pytest.raises(ValueError, match=r"two\.whl is not what Pyodide published"):
        compiled()
    (published / "two.whl").write_bytes(b"forged")
    with pytest.raises(ValueError, match=r"two\.whl has the sha256 \w+, not the official"):
        fetch_compiled(release=published.as_uri() + "/")
    assert (tmp_path / "here" / "two.whl").read_bytes() == b"changed"
    assert not list((tmp_path / "here").glob("*.part"))


def test_a_wheel_is_made_anew_without_its_compiled_part(tmp_path):
    info = "some_thing-1.2.dist-info"
    old = wheel(
        tmp_path,
        {
            "some_thing/__init__.py": "x = 1\n",
            "some_thing/fast.so": "machine code",
            "alone.py": "",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux2014_x86_64\n",
            f"{info}/METADATA": "Name: some-thing\n"
            'Requires-Dist: Numpy_Like>=2\nRequires-Dist: tornado; sys_platform != "emscripten"\n'
            'Requires-Dist: pytest; extra == "test"\n',
            f"{info}/RECORD": "old",
        },
    )
    new = repacked(old, tmp_path, lambda name: not name.endswith(".so"))
    assert new.name == "some_thing-1.2-py3-none-any.whl"
    with zipfile.ZipFile(new) as archive:
        assert "some_thing/fast.so" not in archive.namelist()
        assert "Tag: py3-none-any" in archive.read(f"{info}/WHEEL").decode()
        record = archive.read(f"{info}/RECORD").decode().splitlines()
        assert [line.split(",")[0] for line in record] == archive.namelist()
    assert (requirements(new), top_modules(new)) == (["numpy-like"], ["alone", "some_thing"])
    before = new.read_bytes()
    assert repacked(old, tmp_path, lambda name: not name.endswith(".so")).read_bytes() == before


def test_the_lock_file_names_what_is_there_and_all_that_is_needed(folder):
    entries = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {entry["file_name"] for entry in entries.values()} | {*packages.CORE, "pyodide-lock.json"} == {
        path.name for path in folder.iterdir()
    }
    for name, entry in entries.items():
        assert sha256(folder / entry["file_name"]) == entry["sha256"], name
        assert set(entry["depends"]) <= set(entries), name
    assert entries["defi-course"]["imports"] == ["defi_lib"]
    assert "defi_lib.compute" in entries["scipy"]["imports"] and "scipy" not in entries["defi-course"]["depends"]
    known = packages.official()
    for name in compiled():
        assert entries[name]["sha256"] == known[name]["sha256"]


def test_two_builds_are_the_same_files(folder, tmp_path):
    again = distribution(tmp_path / "again")
    assert {path.name: sha256(path) for path in again.iterdir()} == {
        path.name: sha256(path) for path in folder.iterdir()
    }
    (again / "left_over.whl").touch()
    assert not (distribution(again) / "left_over.whl").exists()


def test_what_was_fetched_is_compared_with_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "CACHE", tmp_path)
    monkeypatch.setattr(packages, "_client", lambda row, folder: (folder / "pyodide.tgz").write_bytes(b"forged"))
    with pytest.raises(ValueError, match=r"pyodide.tgz has the sha256 \w+, but downloads.csv says"):
        packages.fetch("pyodide")


def test_the_slim_bokeh_keeps_what_the_explorers_ask_for(folder):
    with zipfile.ZipFile(next(folder.glob("bokeh-*.whl"))) as archive:
        names = archive.namelist()
    assert "bokeh/server/static/js/bokeh.min.js" in names and "bokeh/models/plots.py" in names
    assert sum(path.stat().st_size for path in folder.glob("bokeh-*.whl")) < 1.5e6
