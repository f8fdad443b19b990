"""The inner side of the box: sets the limits of this process, starts its kernel, and keeps the checks as they were.

What a student's code changes in the modules of the checks is put back before each check. This undoes what is changed by
accident or in passing; whoever runs code in one process with its judge can always cheat, so hand-ins that touch the
checks are listed for a look.
"""

from __future__ import annotations

import importlib
import json
import sys
from types import ModuleType
from typing import Any

_kept: dict[ModuleType | type, dict[str, Any]] = {}


def prepare(checks: str, seed: int) -> None:
    """Before the first cell: import the checks, remember them, seed what has a global seed, and disarm quit()."""
    import random

    import numpy as np
    from IPython import get_ipython

    importlib.import_module(checks)
    random.seed(seed)
    np.random.seed(seed)
    shell = get_ipython()
    if shell is not None:
        type(shell).ask_exit = lambda self: print("(The grading goes on.)")
    for name, module in list(sys.modules.items()):
        if name == "defi_lib.labs" or name.startswith("defi_lib.labs."):
            _keep(module)
            for each in vars(module).values():
                if isinstance(each, type) and each.__module__ == name:
                    _keep(each)


def restored(checks: str) -> ModuleType:
    """The module of the checks as it was at first."""
    for owner, before in _kept.items():
        now = vars(owner)
        for name, value in before.items():
            if now.get(name) is not value:
                setattr(owner, name, value)
    for owner in _kept:
        if isinstance(owner, ModuleType) and owner.__name__ == checks:
            return owner
    return importlib.import_module(checks)


def _keep(owner: ModuleType | type) -> None:
    names = [name for name in vars(owner) if name not in ("__dict__", "__weakref__", "__builtins__")]
    changing = {"_watched"} if isinstance(owner, ModuleType) else set()
    _kept[owner] = {name: vars(owner)[name] for name in names if name not in changing}


def limit(memory: float, seconds: float) -> None:
    """Limits of the operating system, where it has them: memory, processor time, size of files, no core dumps."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, value in [
        ("RLIMIT_AS", int(memory * 1e6)),
        ("RLIMIT_CPU", int(seconds) * 2 + 60),
        ("RLIMIT_FSIZE", 200_000_000),
        ("RLIMIT_CORE", 0),
    ]:
        kind = getattr(resource, name, None)
        if kind is None or (name == "RLIMIT_AS" and sys.platform == "darwin"):
            continue
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def main(arguments: list[str]) -> None:
    """Start the kernel of the connection file ``arguments[0]`` with the limits ``arguments[1]``."""
    limit(**json.loads(arguments[1]))
    from ipykernel.kernelapp import IPKernelApp

    options = [f"--f={arguments[0]}", "--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"]
    IPKernelApp.launch_instance(options)


if __name__ == "__main__":
    # The kernel's own module is __main__ to it: what is kept stands in the importable twin of this one.
    main(sys.argv[1:])
