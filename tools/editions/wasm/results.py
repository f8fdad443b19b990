"""What notebooks say in a world, kept by content: only what has changed is run again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tools.editions.packages import BUILD, ROOT, sha256
from tools.editions.wasm.worlds import Process, World

KEPT = BUILD / "wasm" / "results"


def results(
    world: World, notebooks: Iterable[str], workers: int = 1, tell: Callable[[str], None] = lambda line: None
) -> dict[str, dict[str, Any]]:
    """What each notebook says, from what is kept or by running it.

    Args:
        world: in which they run.
        notebooks: paths from the course's folder.
        workers: processes at once.
        tell: gets a line for each notebook that was run.
    """
    found: dict[str, dict[str, Any]] = {}
    hashes = _hashes()  # of now: what is changed while a notebook runs is not what it ran with
    waiting: SimpleQueue[str] = SimpleQueue()
    for notebook in notebooks:
        if (known := _kept(world, notebook, hashes)) is not None:
            found[notebook] = known
        else:
            waiting.put(notebook)

    def work(_: int) -> None:
        process = Process(world)
        try:
            while not waiting.empty():
                notebook = waiting.get()
                begun = time.perf_counter()
                found[notebook] = process.run(notebook)
                _keep(world, notebook, found[notebook], hashes)
                tell(f"{world.name:8}{time.perf_counter() - begun:6.1f} s  {notebook}")
        finally:
            process.close()

    count = min(workers, waiting.qsize())
    if count:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(work, range(count)))
    return found


def _kept(world: World, notebook: str, hashes: dict[str, str]) -> dict[str, Any] | None:
    """The result of an earlier run, if nothing that it depends on has changed since."""
    file = _file(world, notebook)
    if not file.exists():
        return None
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept["result"] if kept["state"] == _state(world, notebook, kept["result"], hashes) else None


def _keep(world: World, notebook: str, result: dict[str, Any], hashes: dict[str, str]) -> None:
    if "failed" in result:
        return
    file = _file(world, notebook)
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {"state": _state(world, notebook, result, hashes), "result": result}
    file.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def _state(world: World, notebook: str, result: dict[str, Any], hashes: dict[str, str]) -> str:
    """A hash of the world, the notebook and every file of the course that was read while it ran."""
    lines = [f"{each} {hashes.get(each, 'gone')}" for each in (notebook, *result["files"])]
    return hashlib.sha256("\n".join([world.state, *lines]).encode()).hexdigest()


def _hashes() -> dict[str, str]:
    """Of every file that a notebook may read."""
    files = (path for folder in ("defi_lib", "course", "solutions", "tests") for path in (ROOT / folder).rglob("*"))
    return {path.relative_to(ROOT).as_posix(): sha256(path) for path in files if path.is_file()}


def _file(world: World, notebook: str) -> Path:
    return KEPT / world.name / f"{notebook.replace('/', '-')}.json"
