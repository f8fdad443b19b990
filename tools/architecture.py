"""Write the parts of ``docs/architecture.md`` that are made from the code: the picture, and the table of who uses what.

``python tools/architecture.py`` writes them; with ``--check`` it only says whether they are as the code is.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/architecture.md"
MECHANISMS = ("exchange", "lending", "staking", "rewards", "governance", "risk", "compute", "economy")


def modules() -> dict[str, Path]:
    """The dotted name of every module of the library, and its file."""
    files = sorted((ROOT / "defi_lib").rglob("*.py"))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(file: Path, known: dict[str, Path]) -> set[str]:
    """Modules of the library that a file imports, those for type checkers and inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                longer = f"{node.module}.{alias.name}"
                found.add(longer if longer in known else home_of(node.module, alias.name) or node.module)
    return {name for name in found if name in known}


def home_of(package: str, name: str) -> str | None:
    """The module in which a package finds a public name."""
    return homes(package).get(name) if package.startswith("defi_lib.") else None


def homes(package: str) -> dict[str, str]:
    """The module of each public name of a package that loads its parts when they are used."""
    file = ROOT / package.replace(".", "/") / "__init__.py"
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "attach":
            parts = ast.literal_eval(node.args[1])
            return {name: f"{package}.{part}" for part, names in parts.items() for name in names}
    return {}


def part_of(module: str) -> str:
    """The package, or the module on top, to which a module belongs."""
    return module.split(".")[1] if module.count(".") else "defi_lib"


def arrows() -> set[tuple[str, str]]:
    """Which part of the library imports which."""
    known = modules()
    pairs = {(part_of(name), part_of(other)) for name, file in known.items() for other in imports(file, known)}
    return {(here, there) for here, there in pairs if here != there and "defi_lib" not in (here, there)}


def picture() -> str:
    """The parts and their imports, without those that follow from others, as a Mermaid graph."""
    pairs = arrows()
    below = {here: {there for h, there in pairs if h == here} for here, _ in pairs}

    def reach(start: str) -> set[str]:
        return set().union(*({there} | reach(there) for there in below.get(start, ())))

    direct = sorted(
        (here, there)
        for here, there in pairs
        if not any(there in reach(other) for other in below[here] if other != there)
    )
    return "\n".join(["```mermaid", "graph TD", *(f"    {here} --> {there}" for here, there in direct), "```"])


def notebooks(folder: str) -> Iterator[tuple[str, str, list[str]]]:
    """The number of each notebook (``1.3``), its first cell, and the sources of its code."""
    for path in sorted((ROOT / folder).glob("[0-9]_*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        code = [source for source, cell in zip(sources, cells, strict=True) if cell["cell_type"] == "code"]
        yield f"{path.parent.name[0]}.{int(path.name[:2])}", sources[0], code


def names_used(sources: Iterable[str]) -> set[tuple[str, str]]:
    """Package and public name of everything that comes from the mechanisms: imported by name, or ``compute.name``."""
    used, alias = set(), {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module == "defi_lib":
                alias |= {each.asname or each.name: each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("defi_lib."):
                used |= {(node.module.split(".")[1], each.name) for each in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in alias:
                used.add((alias[node.value.id], node.attr))
    return used


@cache
def labs() -> dict[str, set[tuple[str, str]]]:
    """What the notebook of each lab, and its checks, use of the mechanisms."""
    found = {}
    for number, _, code in notebooks("solutions"):
        (module, *_) = re.findall(r"from (defi_lib\.labs\.\w+\.\w+) import", "\n".join(code))
        base = ROOT / module.replace(".", "/")
        files = sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")]
        found[number] = names_used([*code, *(file.read_text(encoding="utf-8") for file in files)])
    return found


def table() -> str:
    """One row for each module of mechanisms: lessons, labs, contract results, and the claims of those lessons."""
    lessons, claims = {}, {}
    for number, first, code in notebooks("course"):
        lessons[number] = names_used(code)
        claims[number] = re.findall(r"[PXRC]\d+", "".join(re.findall(r"\*\*Claims? tested:\*\* (.+)", first)))
    rows = ["| Mechanism | Lessons | Labs | Contract results | Claims of these lessons |", "|---|---|---|---|---|"]
    for package in MECHANISMS:
        public: dict[str, set[tuple[str, str]]] = {}
        for name, module in homes(f"defi_lib.{package}").items():
            public.setdefault(module, set()).add((package, name))
        for module, names in sorted(public.items()):
            used = [number for number, those in lessons.items() if names & those]
            cells = [
                ", ".join(used),
                ", ".join(number for number, those in labs().items() if names & those),
                ", ".join(vectors_of(module)),
                ", ".join(dict.fromkeys(claim for number in used for claim in claims[number])),
            ]
            rows.append(f"| `{module.removeprefix('defi_lib.')}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def vectors_of(module: str) -> list[str]:
    """Contract results with which the tests of a module compare."""
    known = {file.stem for file in (ROOT / "tests/vectors").glob("*.json")}
    place = ROOT / "tests" / Path(*module.split(".")[1:])
    found: set[str] = set()
    for test in place.parent.glob(f"test_{place.name}*.py"):
        source = test.read_text(encoding="utf-8")
        found |= {name for name in known if f'"{name}"' in source or f"{name}.json" in source}
        if "support.uniswap_v3" in source:
            found.add("uniswap_v3")
        if "support.aave_v3" in source:
            found.add("aave_v3_pool")
    return sorted(found)


def page() -> str:
    """The page with its generated parts made anew."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, make in (("picture", picture), ("table", table)):
        begin, end = f"<!-- {mark}: made by tools/architecture.py -->", f"<!-- end of {mark} -->"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n{make()}\n{end}{tail}"
    return text


def main() -> int:
    """Write the page, or say that it is old."""
    new = page()
    if "--check" in sys.argv:
        old = PAGE.read_text(encoding="utf-8") == new
        print("" if old else "docs/architecture.md is not as the code is: run make architecture", end="\n" * (not old))
        return 0 if old else 1
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
