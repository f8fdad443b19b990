"""Wheels made anew from wheels: without what a browser cannot run or never uses, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

#: What Python says of itself in Pyodide 0.27: which requirements of a wheel hold there.
PYODIDE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": "3.12.7",
    "python_version": "3.12",
    "sys_platform": "emscripten",
    "extra": "",
}

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold


def repacked(wheel: Path, folder: Path, keep: Callable[[str], bool]) -> Path:
    """A wheel of pure Python in ``folder`` with those files of ``wheel`` that are kept.

    Args:
        wheel: the wheel as it was published.
        folder: where the new one goes.
        keep: whether a file of it, by its name in the wheel, stays.
    """
    name, version, _, _ = parse_wheel_filename(wheel.name)
    out = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        info = next(each.split("/")[0] for each in old.namelist() if each.endswith(".dist-info/WHEEL"))
        record = []
        for each in sorted(old.namelist()):
            if each.endswith("/") or each == f"{info}/RECORD" or not keep(each):
                continue
            content = old.read(each)
            if each == f"{info}/WHEEL":
                content = b"Wheel-Version: 1.0\nGenerator: defi-course\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{each},sha256={digest},{len(content)}\n")
            new.writestr(zipfile.ZipInfo(each, _DATE), content, zipfile.ZIP_DEFLATED, 9)
        new.writestr(
            zipfile.ZipInfo(f"{info}/RECORD", _DATE), "".join([*record, f"{info}/RECORD,,\n"]), zipfile.ZIP_DEFLATED, 9
        )
    return out


def requirements(wheel: Path) -> list[str]:
    """Names of the packages that a wheel needs in Pyodide, as its own metadata say."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        named = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist") or []
    needed = (Requirement(each) for each in named)
    return sorted(
        canonicalize_name(each.name) for each in needed if each.marker is None or each.marker.evaluate(PYODIDE)
    )


def top_modules(wheel: Path) -> list[str]:
    """Names under which what a wheel holds is imported."""
    with zipfile.ZipFile(wheel) as archive:
        paths = [each.split("/") for each in archive.namelist()]
    packages = {parts[0] for parts in paths if len(parts) == 2 and parts[1] == "__init__.py"}
    return sorted(packages | {parts[0].removesuffix(".py") for parts in paths if len(parts) == 1})
