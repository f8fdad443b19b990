"""A notebook's kernel in the browser edition: what a Jupyter server gives its kernels otherwise.

There Python is Pyodide, in a worker of the page. The page calls :func:`start` before the first cell. Packages that few
lessons use, and large ones, come when they are imported: no cell has to say so.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import os
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from defi_lib import progress

#: The line between page and kernel: progress goes both ways; and what is being fetched goes to the page.
CHANNEL = "defi-course"


def start(notebook: str, remembered: str = "") -> None:
    """Make a fresh kernel ready for a notebook.

    Args:
        notebook: its path from the course's folder, such as ``"course/1_exchange/01_swaps.ipynb"``.
        remembered: the text of a progress file, as the page keeps it.
    """
    from comm import create_comm
    from IPython import get_ipython

    os.environ["JPY_SESSION_NAME"] = notebook  # as a server says it
    shell = get_ipython()
    shell.Completer.use_jedi = False  # it is not here; without it, completion knows what has run
    shell.execution_count = 0  # this call is no cell: the first one has number 1
    shell.extension_manager.load_extension("defi_lib.course.hints")
    channel = create_comm(target_name=CHANNEL)
    sys.meta_path.append(
        _packages(lambda entry: channel.send({"fetching": entry["name"], "bytes": entry.get("size", 0)}))
    )
    share_progress(channel, remembered)


class Packages(MetaPathFinder, Loader):
    """Brings a package when something imports it, whoever imports it.

    Pyodide itself looks at the imports of a cell alone, and would bring a whole package before it. A page's worker may
    wait for a file, and loads compiled modules one by one as they are imported. Who only asks whether a package is
    installed, as Bokeh does, is told so, and nothing is brought.

    Args:
        lock: the packages of Pyodide's lock file, by name: ``file_name``, ``imports``, ``depends``, ``install_dir``.
        loaded: gives the names of those that Pyodide has brought itself.
        fetch: gives a file's bytes.
        share: makes a shared library known, once it is unpacked.
        site: where packages go.
        libraries: where shared libraries go.
        tell: called before a package is fetched, with its entry in the lock file.
    """

    def __init__(
        self,
        lock: Mapping[str, Mapping[str, Any]],
        loaded: Callable[[], set[str]],
        fetch: Callable[[str], bytes],
        share: Callable[[Path], None],
        site: Path,
        libraries: Path,
        tell: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        self._lock, self._loaded, self._fetch, self._share, self._tell = lock, loaded, fetch, share, tell
        self._folders = {"site": site, "dynlib": libraries}
        self._package_of = {name: package for package, entry in lock.items() for name in entry["imports"]}
        self._here: set[str] = set()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """That the module can be had, if a package that is not here has it; asked after all other finders."""
        package = self._package_of.get(name)
        return None if path is not None or package is None or self._has(package) else ModuleSpec(name, self)

    def create_module(self, spec: ModuleSpec) -> None:
        """A module as any other."""

    def exec_module(self, module: ModuleType) -> None:
        """Bring the module's package, and let the module be what Python finds there."""
        name = module.__name__
        self.bring(self._package_of[name])
        importlib.invalidate_caches()
        found = PathFinder.find_spec(name)
        if found is None or found.loader is None:
            raise ImportError(f"{self._package_of[name]} has no module {name}", name=name)
        module.__spec__, module.__loader__, module.__package__ = found, found.loader, found.parent
        module.__file__ = found.origin
        if found.submodule_search_locations is not None:
            module.__path__ = found.submodule_search_locations
        found.loader.exec_module(module)

    def bring(self, package: str) -> None:
        """Fetch and unpack a package, after those that it needs."""
        if self._has(package):
            return
        entry = self._lock[package]
        for needed in entry["depends"]:
            self.bring(needed)
        self._tell(entry)
        folder = self._folders[entry["install_dir"]]
        with zipfile.ZipFile(io.BytesIO(self._fetch(entry["file_name"]))) as archive:
            archive.extractall(folder)
            if entry["install_dir"] == "dynlib":
                for library in archive.namelist():
                    self._share(folder / library)
        self._here.add(package)

    def _has(self, package: str) -> bool:
        return package in self._here or package in self._loaded()


def share_progress(channel: Any, remembered: str) -> None:
    """Begin with what the page remembers, and tell the page whatever is added: it keeps it for other lessons.

    Args:
        channel: the comm to the page.
        remembered: the text of a progress file.
    """
    if not progress.enabled():
        return
    if remembered:
        _add(remembered)
    progress.on_change.append(lambda: channel.send({"progress": progress.saved()}))
    channel.on_msg(lambda message: _add(message["content"]["data"]["progress"]))


def _add(text: str) -> None:
    """What another page has remembered; nothing at all if its reader has deleted it."""
    if not text:
        progress.forget()
        return
    try:
        progress.add(text)
    except ValueError:  # of a later version of the course: it stays in the browser as it is
        return


def _packages(tell: Callable[[Mapping[str, Any]], None]) -> Packages:
    """Those of the Pyodide around this interpreter."""
    javascript, pyodide = importlib.import_module("js"), importlib.import_module("pyodide_js")

    def loaded() -> set[str]:
        return set(javascript.Object.keys(pyodide.loadedPackages))

    def fetch(name: str) -> bytes:
        asked = javascript.XMLHttpRequest.new()
        asked.open("GET", f"{pyodide._api.config.indexURL}{name}", False)
        asked.responseType = "arraybuffer"
        asked.send()
        if asked.status != 200:
            raise ImportError(f"{name} could not be brought: the server says {asked.status}")
        return bytes(asked.response.to_bytes())

    def share(library: Path) -> None:
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        known = pyodide._module.LDSO.loadedLibsByName  # those that need it ask for its name without the folder
        setattr(known, library.name, getattr(known, str(library)))

    lock = pyodide._api.lockfile_packages.to_py()
    return Packages(lock, loaded, fetch, share, Path(sysconfig.get_path("purelib")), Path("/usr/lib"), tell)
