"""Memory of the kernel after each lesson has run (resident set, MB); goal: at most 200."""

import asyncio
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
GOAL = 200


async def megabytes(path: Path) -> float:
    """Run one notebook in a fresh kernel and read what the kernel holds at the end."""
    client = NotebookClient(nbformat.read(path, as_version=4), kernel_name="python3", timeout=120)
    async with client.async_setup_kernel(cwd=str(path.parent)):
        for index, cell in enumerate(client.nb.cells):
            await client.async_execute_cell(cell, index)
        kernel = psutil.Process(client.km.provisioner.pid)
        return kernel.memory_info().rss / 1e6


def main() -> None:
    """Every lesson, in reading order."""
    for path in sorted((ROOT / "course").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            memory = asyncio.run(megabytes(path))
            print(f"{memory:6.0f} MB, {memory / GOAL:.2f} of the goal: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
