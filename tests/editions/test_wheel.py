"""The library as a wheel: every file, every licence, and it works where the repository is not."""

import email
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.editions import or_skip
from tools.editions.packages import course_wheel

ROOT = Path(__file__).resolve().parents[2]
#: For who writes the course, or makes copies of it: these need the repository anyway.
OF_THE_REPOSITORY = ("defi_lib/teaching/lecture/notes/README.md", "defi_lib/teaching/handout/files/")


@pytest.fixture(scope="module")
def wheel():
    try:
        return course_wheel(whole=True)
    except RuntimeError as reason:  # pip fetches setuptools, which needs the network once
        return or_skip(str(reason))


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run(unpacked, folder, code):
    """Run code in a folder of its own, with the library from the wheel."""
    environment = os.environ | {"PYTHONPATH": str(unpacked), "DEFI_COURSE_PROGRESS": "off", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_every_file_of_the_library_is_in_it(unpacked):
    library = {path.relative_to(ROOT).as_posix() for path in (ROOT / "defi_lib").rglob("*") if path.is_file()}
    library = {name for name in library if "__pycache__" not in name and not name.startswith(OF_THE_REPOSITORY)}
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert library - held == set(), "a kind of file that pyproject.toml's package-data does not name"
    assert {name for name in held if not name.startswith("defi_course-")} - library == set()


def test_it_holds_the_licences_of_code_text_and_data(unpacked):
    (info,) = unpacked.glob("defi_course-*.dist-info")
    metadata = email.message_from_string((info / "METADATA").read_text(encoding="utf-8"))
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0 AND Apache-2.0"
    files = ["LICENSE", "LICENSE-text", "licences/Apache-2.0.txt", "licences/CC-BY-4.0.txt"]
    assert sorted(metadata.get_all("License-File")) == files
    for name in files:
        assert (info / "licenses" / name).read_bytes() == (ROOT / name).read_bytes()
    assert "Creative Commons Attribution 4.0 International Public License" in (ROOT / files[3]).read_text(
        encoding="utf-8"
    )
    assert "Version 2.0, January 2004" in (ROOT / files[2]).read_text(encoding="utf-8")


DATA = {
    "compute/learning/digits.txt": ("digits.npz", "CC BY 4.0"),
    "compute/serving/requests.txt": ("requests.npz", "CC BY 4.0"),
    "governance/electorates/decentraland.txt": ("decentraland_members.csv", "Apache License 2.0"),
}


@pytest.mark.parametrize("said_in", DATA)
def test_beside_data_of_others_stands_whose_they_are_and_what_was_changed(unpacked, said_in):
    data, licence = DATA[said_in]
    file = unpacked / "defi_lib" / said_in
    said = " ".join(file.read_text(encoding="utf-8").split())
    assert file.with_name(data).is_file() and data in said and "Source: " in said and licence in said
    assert "hanged" in said or "only packed" in said


def test_models_data_evidence_labs_and_quizzes_work_outside_the_repository(unpacked, tmp_path):
    code = """
import defi_lib
print(defi_lib.__file__)
from defi_lib.exchange import ConstantProductPool
from defi_lib.compute.learning.classifier import load_digits
from defi_lib.compute.serving.real_requests import real_requests
from defi_lib.governance.electorates.decentraland import decentraland_members, decentraland_proposals
from defi_lib.figures import figure
from defi_lib.evidence import evidence
from defi_lib.explore.questions import quiz
from defi_lib.labs.exchange.swaps import check
import numpy as np
load_digits(np.random.default_rng(1))
print(len(real_requests('code').seconds), decentraland_members().own.size, decentraland_proposals().voters.size)
print(evidence("X9a").sentence())
quiz("1.1")
print(repr(check("swap")))
"""
    done = run(unpacked, tmp_path, code)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith(str(unpacked)) and said[1] == "8819 4811 2666" and len(said) >= 4
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_needs_the_repository_says_so(unpacked, tmp_path):
    code = "import sys; from defi_lib.course.__main__ import main; sys.exit(main(sys.argv[1:] or ['open']))"
    done = run(unpacked, tmp_path, code)
    assert done.returncode == 2 and "lessons and labs are in the repository" in done.stderr
    done = run(unpacked, tmp_path, code.replace("'open'", "'place', 'ada/course'"))
    assert done.returncode == 2 and "clone" in done.stderr
