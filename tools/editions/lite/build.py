"""Makes the browser edition: JupyterLite's pages, a student's copy of the notebooks, and Pyodide with all packages.

A notebook's page opens at ``notebooks/index.html?path=course/…``. Nothing is asked of another machine. Notebooks are
kept in the page's memory alone: browsers would otherwise show what they stored of an earlier version.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from defi_lib.course.contents import PLACE
from defi_lib.teaching.handout import student_copy
from tools.editions.lite.pages import write_pages
from tools.editions.lite.waiting import notes
from tools.editions.live import MEGABYTES, SECONDS
from tools.editions.packages import BUILD, CACHE, ROOT, course_wheel, distribution, sha256, unpacked
from tools.editions.wheels import repacked

LITE, SITE = BUILD / "lite", BUILD / "site"
EXTENSION = Path(__file__).with_name("extension")
NAME = "Decentralised finance, centralised profits"

#: What a reader opens there: the notebooks, and for the curious all of JupyterLab.
APPS = ("notebooks", "edit", "tree", "lab")
NOTEBOOKS = ("course/", "labs/")
#: JupyterLab's extensions in the page: the kernel, widgets, and our bar. Others of this machine stay away.
EXTENSIONS = ("anywidget", "@jupyter-widgets/jupyterlab-manager")
KERNEL_EXTENSION = "@jupyterlite/pyodide-kernel-extension"
#: What logs "Failed to update the table of contents" at every cell; and what asks, before a page is left, about a
#: lesson that was only run: our bar asks who has written something.
DISABLED = (
    *("@jupyterlab/toc-extension", "@jupyterlab/notebook-extension:toc"),
    *("@jupyterlab/application-extension:dirty", "@jupyter-notebook/application-extension:dirty"),
)

#: Packages of Pyodide that the kernel would load and nothing here uses: a second way of completing names, and an old
#: OpenSSL. An empty wheel stands in for them.
EMPTY = ("jedi", "ssl")
#: What comes when it is imported, which ``defi_lib.browser`` sees to; all other packages come with the page.
LATER = (
    *("contourpy", "narwhals", "openblas", "pandas", "pillow", "python-dateutil", "pytz", "scipy", "simpy", "tzdata"),
    "xyzservices",
)
#: What no lesson imports, or only what is left out.
LEFT_OUT = ("openssl", "parso")

#: A browser asks for an icon before JupyterLite names one, and JupyterLite's is large.
ICON = '<link rel="icon" href="../icon-120x120.png" />'
MEMORY = ["memoryStorageDriver"]
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    # All cells are in the page: whoever reads on finds explorers alive, and whoever searches finds everything.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}


def build(out: Path = LITE) -> str:
    """Build into ``out``, and put it into the site if that is built; gives a sentence on what was made.

    Raises:
        MissingPackagesError: Pyodide's compiled packages are not there; the message says how to get them.
    """
    folder, students = distribution(CACHE / "lite" / "pyodide"), student_copy(ROOT, PLACE)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        work = Path(name)
        made = work / "made"
        _configure(work, made, students)
        _jupyterlite(work)
        _finish(made)
        write_pages(made / "pages", students)
        pyodide = made / "static" / "pyodide"
        shutil.copytree(folder, pyodide)
        _own_lock(pyodide, made, students)
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)
    if out == LITE and SITE.is_dir():
        shutil.copytree(out, SITE / "lite", dirs_exist_ok=True)
    files = [path for path in out.rglob("*") if path.is_file()]
    return f"{out}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB"


def _with_whole_texts(notebook: str) -> str:
    """A notebook of which no output is kept as lines: JupyterLite would show Markdown with commas between them.

    >>> _with_whole_texts('{"cells": [{"outputs": [{"data": {"text/markdown": ["a\\\\n", "b"]}}]}]}')
    '{"cells": [{"outputs": [{"data": {"text/markdown": "a\\\\nb"}}]}]}'
    """
    read = json.loads(notebook)
    for cell in read["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.update({kind: "".join(text) for kind, text in data.items() if kind.startswith("text/")})
    return json.dumps(read, ensure_ascii=False)


def _configure(work: Path, made: Path, students: Mapping[str, bytes]) -> None:
    """Write what JupyterLite is built from: settings, and the notebooks of a student's copy."""
    for path, content in students.items():
        if path.startswith(NOTEBOOKS) and path.endswith(".ipynb"):
            target = work / "contents" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_with_whole_texts(content.decode()), encoding="utf-8")
    installed = Path(sys.prefix) / "share/jupyter/labextensions"
    (kernels,) = _kernel().glob("*.data/data/share/jupyter/labextensions")
    extensions = [*(installed / name for name in EXTENSIONS), kernels / KERNEL_EXTENSION, EXTENSION]
    _write(
        work / "jupyter_lite_config.json",
        {
            "LiteBuildConfig": {
                "apps": APPS,
                "cache_dir": str(work / "cache"),
                "contents": [str(work / "contents")],
                "federated_extensions": [str(path) for path in extensions],
                "ignore_sys_prefix": ["federated_extensions"],
                "no_sourcemaps": True,
                "no_unused_shared_packages": True,
                "output_dir": str(made),
            }
        },
    )
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": ["defi-course", *KERNEL, *EMPTY]},
        "pyodideUrl": "./static/pyodide/pyodide.js",
    }
    page = {
        "appName": NAME,
        "contentsStorageDrivers": MEMORY,
        "disabledExtensions": DISABLED,
        "enableMemoryStorage": True,
        "faviconUrl": "./icon-120x120.png",
        "litePluginSettings": {f"{KERNEL_EXTENSION}:kernel": kernel},
        "settingsStorageDrivers": MEMORY,
        "workspacesStorageDrivers": MEMORY,
    }
    _write(work / "jupyter-lite.json", {"jupyter-lite-schema-version": 0, "jupyter-config-data": page})
    _write(work / "overrides.json", SETTINGS)


#: The kernel's own packages, which JupyterLite brings, and what they need.
KERNEL = ("comm", "ipykernel", "ipython", "micropip", "piplite", "pyodide_kernel", "sqlite3")


def _kernel() -> Path:
    return unpacked("jupyterlite-pyodide-kernel")


def _jupyterlite(work: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(work)]
    found = os.pathsep.join(filter(None, [str(_kernel()), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(command, cwd=work, text=True, capture_output=True, env=os.environ | {"PYTHONPATH": found})
    if done.returncode:
        raise RuntimeError(f"JupyterLite could not be built:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _finish(made: Path) -> None:
    """What the bar says, the first page, and what JupyterLite's pages lack: their language and a small icon."""
    (bar,) = (made / "extensions").glob("defi-course-browser/static")
    _write(bar / "edition.json", {"megabytes": MEGABYTES, "seconds": SECONDS, "notes": notes()})
    first = "notebooks/index.html?path=course/00_start_here.ipynb"
    (made / "index.html").write_text(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{NAME}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={first}">\n'
        # Every page of JupyterLite reads settings from those above it.
        '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script></head>\n'
        f'<body><a href="{first}">{NAME}, in your browser</a></body></html>\n',
        encoding="utf-8",
    )
    for app in APPS:
        page = made / app / "index.html"
        text = page.read_text(encoding="utf-8").replace("<html>", '<html lang="en">')
        page.write_text(text.replace("<head>", f"<head>\n    {ICON}"), encoding="utf-8")


def _own_lock(folder: Path, made: Path, students: Mapping[str, bytes]) -> None:
    """Let the lock file name what a page needs: little at first, the rest when it is imported, no instructor's file."""
    path = folder / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    entries: dict[str, dict[str, Any]] = lock["packages"]
    for name in (*LEFT_OUT, *EMPTY):
        if entry := entries.pop(name, None):
            (folder / entry["file_name"]).unlink()
    for wheel in sorted((made / "extensions" / KERNEL_EXTENSION / "static/pypi").glob("*.whl")):
        name = wheel.name.partition("-")[0].replace("_", "-")
        if name in {each.replace("_", "-") for each in KERNEL}:
            shutil.copyfile(wheel, folder / wheel.name)
            entries[name] = _entry(name, folder / wheel.name, [name.replace("-", "_")])
    (folder / entries["defi-course"]["file_name"]).unlink()
    course = _students_wheel(folder, students)
    entries["defi-course"] |= {"file_name": course.name, "sha256": sha256(course)}
    nothing = _empty_wheel(folder)
    entries |= {name: _entry(name, nothing, []) for name in EMPTY}
    for name, entry in entries.items():
        needed = [each for each in entry["depends"] if each not in LEFT_OUT]
        # What has no module of its own, a library that others share, is never imported by name.
        entry["depends"] = [each for each in needed if each not in LATER or not entries[each]["imports"]]
        # A module of the course brings nothing: what it needs comes when it imports it.
        entry["imports"] = [
            each for each in entry["imports"] if name == "defi-course" or not each.startswith("defi_lib")
        ]
    _write(path, lock)


def _entry(name: str, wheel: Path, imports: list[str]) -> dict[str, Any]:
    """Of the lock file."""
    version, known = wheel.name.split("-")[1], {"install_dir": "site", "package_type": "package"}
    told = {"name": name, "version": version, "file_name": wheel.name, "sha256": sha256(wheel)}
    return told | known | {"imports": imports, "depends": [], "unvendored_tests": False}


def _students_wheel(folder: Path, students: Mapping[str, bytes]) -> Path:
    """The course's wheel with the library of a student's copy: nothing of instructors, checks and quizzes sealed."""
    whole = course_wheel()
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        filled = Path(name) / whole.name
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(filled, "w") as new:
            for each in old.namelist():
                if not each.startswith("defi_lib/"):
                    new.writestr(each, old.read(each))
            for path, content in students.items():
                if path.startswith("defi_lib/"):
                    new.writestr(path, content)
        return repacked(filled, folder, lambda _: True)


def _empty_wheel(folder: Path) -> Path:
    wheel = folder / "nothing-1.0-py3-none-any.whl"
    files = {
        "METADATA": "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: defi-course\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"nothing-1.0.dist-info/{name}"), text)
    return wheel


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
