"""THIRD_PARTY.md names all that others made, as they say it; and nothing is published that it does not name."""

import re
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, version

import pytest

from tests.support.editions import with_packages
from tools.editions import third_party
from tools.editions.packages import compiled, downloads, official, pure
from tools.editions.third_party import PAGE, ROOT, WHEELS, Row, complete, copy_texts, entries, installed, wheel
from tools.editions.wheels import PYODIDE

TABLE = {entry.name: entry for entry in entries()}
DATA = {entry.name for entry in entries() if entry.edition == "library"}


def rows(part):
    """The lines of a table of the page, by name and version."""
    text = PAGE.read_text(encoding="utf-8").partition(part)[2].partition("\n#")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]
    return {(name, version): (licence, text.strip("`")) for name, version, licence, text in lines}


def pinned():
    """The versions that this repository pins; none where a run takes the pins away to try the newest."""
    found = {}
    for file in ("constraints.txt", "requirements.txt", "requirements-dev.txt"):
        found |= re.findall(r"^([\w.-]+)==([^\s#]+)", (ROOT / file).read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[-_.]+", "-", name).lower(): number for name, number in found.items()}


def is_as_pinned(name):
    try:
        return version(name) == pinned().get(re.sub(r"[-_.]+", "-", name).lower())
    except PackageNotFoundError:
        return False


def test_the_page_is_what_the_command_writes():
    here = third_party.page(third_party.written_wheels()).splitlines()
    there = PAGE.read_text(encoding="utf-8").splitlines()
    if here != there:
        ours = {line for line in set(here) ^ set(there) if line.startswith("| ")}
        # Of another system or of other versions only the lines of what is pinned and installed can be compared.
        wrong = {line for line in ours if is_as_pinned(line.split(" | ")[0].removeprefix("| "))}
        assert not wrong, "run make third-party"
        as_for_the_page = (
            sys.platform == "linux" and sys.version_info[:2] == (3, 11) and all(map(is_as_pinned, pinned()))
        )
        assert not as_for_the_page, f"run make third-party: {sorted(set(here) ^ set(there))[:5]}"


def test_what_a_student_installs_is_named():
    named = {name.lower().replace("_", "-") for name, _ in rows("## What `make course` installs")}
    asked = re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    assert asked and set(asked) <= named
    assert {"tornado", "traitlets", "pillow", "cffi"} <= named, "what these need in turn, too"
    assert "pytest" not in named and "hypothesis" not in named


def test_every_row_says_a_version_a_licence_and_where_its_text_is():
    for part in ("## In the library", "## On the site", "## In the edition", "### Packages", "## What `make"):
        found = rows(part)
        assert found, part
        for (name, number), (licence, text) in found.items():
            assert number and licence not in ("", "UNKNOWN") and "icense" not in licence, name
            assert ".dist-info/" in text or (ROOT / text).is_file(), name


def test_the_browser_edition_s_packages_are_the_ones_that_it_has():
    """Those that come from Pyodide or PyPI; what JupyterLite's kernel brings is compared when the site is published."""
    files = with_packages(lambda: {**compiled(), **pure()})
    there = rows("### Packages")
    ours = [wheel(path) for path in files.values() if path.suffix == ".whl"]
    found = {(row.name, row.version): (row.licence, row.text) for row in ours}
    assert {key: there[key] for key in found.keys() & there.keys()} == {
        key: found[key] for key in found.keys() & there.keys()
    }
    kernel = {"ipykernel", "piplite", "pyodide-kernel"}
    assert {name for name, _ in there.keys() - found.keys()} <= kernel
    assert {"numpy", "pandas", "scipy", "bokeh", "ipython", "pillow"} <= {name for name, _ in there}
    for entry in TABLE.values():
        if not entry.package and entry.name.lower() in official():
            assert entry.version == official()[entry.name.lower()]["version"], entry.name


def test_the_oldest_versions_that_are_tried_are_those_of_the_browser_edition():
    known = with_packages(official)
    oldest = re.findall(r"^(\w+)==(\S+)$", (ROOT / "requirements-oldest.txt").read_text(encoding="utf-8"), re.M)
    assert oldest and dict(oldest) == {name: known[name]["version"] for name, _ in oldest}


def test_versions_of_what_is_no_package_are_those_that_are_used():
    assert TABLE["Pyodide"].version == downloads()["pyodide"].version
    assert TABLE["MathJax"].version == downloads()["mathjax"].version
    assert TABLE["CPython"].version == PYODIDE["python_full_version"]
    for name, script in (("Bootstrap", "bootstrap"), ("Font Awesome Free", "fontawesome")):
        theme = "pydata_sphinx_theme/theme/pydata_sphinx_theme/static/scripts"
        banner = distribution("pydata-sphinx-theme").locate_file(f"{theme}/{script}.js.LICENSE.txt").read_text()
        assert re.search(rf"{name} v?{re.escape(TABLE[name].version)}\b", banner), f"{name}: {banner.splitlines()[1]}"


def test_data_of_others_are_where_the_table_says():
    for entry in entries():
        if entry.edition == "library":
            for pattern in entry.files.split():
                assert list(ROOT.glob(pattern)), pattern
            assert entry.licence in ("Apache-2.0", "CC-BY-4.0") and entry.licence in entry.text


def made(folder, metadata, files):
    path = folder / "some_thing-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "some_thing-1.2.dist-info/METADATA", f"Metadata-Version: 2.4\nName: some-thing\nVersion: 1.2\n{metadata}"
        )
        for name, text in files.items():
            archive.writestr(name, text)
    return path


THREE = "Redistribution and use in source and binary forms … Neither the name of …"
TWO = "Redistribution and use in source and binary forms …"


@pytest.mark.parametrize(
    ("metadata", "text", "licence"),
    [
        ("License-Expression: MIT AND 0BSD\nLicense: no", "", "MIT AND 0BSD"),
        ("License: Apache 2.0\n", "", "Apache-2.0"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: ISC License (ISCL)\n", "", "ISC"),
        ("Classifier: License :: OSI Approved :: BSD License\n", THREE, "BSD-3-Clause"),
        ("License: BSD\nClassifier: License :: OSI Approved :: BSD License\n", TWO, "BSD-2-Clause"),
        (
            "License: Dual License\nClassifier: License :: OSI Approved :: BSD License\n"
            "Classifier: License :: OSI Approved :: Apache Software License\n",
            THREE,
            "Apache-2.0 or BSD-3-Clause",
        ),
        ("License: Copyright of many\n  and of more people, in many lines\n", THREE, "BSD-3-Clause"),
        ("", "", ""),
    ],
)
def test_the_licence_is_what_a_package_says(tmp_path, metadata, text, licence):
    path = made(tmp_path, metadata, {"some_thing-1.2.dist-info/licenses/LICENSE": text, "some_thing/licensing.py": ""})
    assert wheel(path) == Row("some-thing", "1.2", licence, "some_thing-1.2.dist-info/licenses/LICENSE")


def test_the_text_nearest_to_the_top_is_named(tmp_path):
    files = [
        "some_thing/vendored/LICENSE",
        "some_thing-1.2.dist-info/licenses/sub/LICENSE",
        "some_thing-1.2.dist-info/COPYING",
    ]
    assert wheel(made(tmp_path, "License: MIT\n", dict.fromkeys(files, ""))).text == "some_thing-1.2.dist-info/COPYING"
    assert wheel(made(tmp_path, "License: MIT\n", {"some_thing/license.py": ""})).text == ""
    assert installed("numpy").text.startswith("numpy-")


def test_a_file_that_nobody_answers_for_is_found(tmp_path):
    for name in (
        "index.html",
        "course/1_exchange/01_swaps.html",
        "_images/a/b.png",
        "_static/basic.css",
        "_static/vendor/x.js",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert complete(tmp_path) == ["_static/vendor/x.js: no row of third_party.csv speaks of it"]
    (tmp_path / "_static/vendor/x.js").unlink()
    assert complete(tmp_path) == []
    folder = tmp_path / WHEELS
    folder.mkdir(parents=True)
    made(folder, "", {})
    assert complete(tmp_path) == [
        "some-thing 1.2: its wheel says no licence, or has no text of it",
        "THIRD_PARTY.md lists other wheels than the browser edition has: run make third-party",
        *(f"{name}: a row of third_party.csv, and no such file" for name in TABLE if name not in DATA | {"Sphinx"}),
    ]


def test_the_texts_of_all_licences_go_with_the_site(tmp_path):
    folder = tmp_path / WHEELS
    folder.mkdir(parents=True)
    made(
        folder, "License: MIT\n", {"some_thing-1.2.dist-info/licenses/LICENSE": "theirs", "some_thing/sub/COPYING": "x"}
    )
    assert copy_texts(tmp_path) == len([path for path in (tmp_path / "licences").rglob("*") if path.is_file()])
    texts = {
        path.relative_to(tmp_path / "licences").as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "licences").rglob("*.*")
        if path.is_file()
    }
    assert "SIL OPEN FONT LICENSE" in texts["Font-Awesome-Free-7.2.0/Font-Awesome.txt"]
    assert "Mozilla Public License" in texts["Pyodide-0.27.7/MPL-2.0.txt"]
    assert (tmp_path / "licences/some_thing-1.2/some_thing-1.2.dist-info_licenses_LICENSE").read_text() == "theirs"
    assert (tmp_path / "licences/course/LICENSE-text").read_bytes() == (ROOT / "LICENSE-text").read_bytes()
    named = {path.name for path in (tmp_path / "licences").iterdir()}
    assert len(named) == len(entries()) + 2, "each row, the course and the wheel have a folder of their own"
