"""No line of the library, a lesson or a lab answers otherwise on another machine, as far as its source shows that."""

from pathlib import Path

import pytest

from tests.support.narrow_integers import bare_places, cells, unstable_orders, vague_integers

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "defi_lib").rglob("*.py"))
NOTEBOOKS = sorted(path for folder in ("course", "solutions") for path in (ROOT / folder).rglob("*.ipynb"))


def unsorted_unstacks(source):
    """Lines with ``unstack(sort=False)``: pandas 2.2 puts numbers into wrong fields, and a browser has pandas 2.2."""
    return [line.strip() for line in source.splitlines() if "unstack(" in line and "sort=False" in line]


FAULTS = {
    "whatever int numpy has: say np.int64": vague_integers,
    "places that may be wider than numpy counts them: say positions(…)": bare_places,
    "a table that pandas 2.2 mixes up": unsorted_unstacks,
    "equal ones in any order: say kind='stable'": unstable_orders,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_line_depends_on_the_machine(fault):
    programs = [(path, path.read_text(encoding="utf-8")) for path in SOURCES]
    programs += [(path, cell) for path in NOTEBOOKS if ".ipynb_checkpoints" not in path.parts for cell in cells(path)]
    found = [f"{path.relative_to(ROOT)}: {line}" for path, program in programs for line in FAULTS[fault](program)]
    assert found == []


def test_the_faults_are_found():
    program = (
        "np.bincount(x)\nnp.bincount(positions(x))\nnp.repeat(a, 3)\nnp.add.reduceat(a, b)\ncounts = positions(b)\n"
    )
    assert bare_places(program + "np.repeat(a, counts)\nnp.choose(x, ways)") == [
        "np.bincount(x)",
        "np.add.reduceat(a, b)",
        "np.choose(x, ways)",
    ]
    program = "np.argsort(x)\nx.argsort(kind='stable')\nframe.sort_values('a')\nframe.sort_values('a', kind='stable')"
    assert unsorted_unstacks("a.unstack()\nb.unstack(sort=False)") == ["b.unstack(sort=False)"]
    assert unstable_orders(program) == ["np.argsort(x)", "frame.sort_values('a')"]
