"""Imports only go down: read from the source, those for type checkers and inside functions included."""

from tools.architecture import arrows, imports, modules

#: Each part may import what stands in the lines above it, and what is named behind it in its own line.
LAYERS = [
    {
        "theme": [],
        "progress": [],
        "course": [],
        "words": [],
        "sealed": [],
        "numerals": [],
        "probability": [],
        "normal": ["probability"],
        "lazy": [],
        "rounding": ["validation"],
        "frozen": [],
        "persistent": [],
        "validation": [],
        "units": [],
        "renamed": [],
        "integers": ["validation"],
    },
    {"measures": [], "figures": [], "claims": []},
    {"ledger": []},
    {"exchange": []},
    {"lending": [], "staking": [], "rewards": [], "governance": []},
    {"compute": [], "risk": []},
    {"economy": []},
    {"simulation": []},
    {"evidence": []},
    {"explore": []},
    {"labs": [], "server": [], "saving": [], "browser": []},
    {"teaching": []},
]


def test_every_import_goes_down():
    allowed: dict[str, set[str]] = {}
    above: set[str] = set()
    for layer in LAYERS:
        allowed |= {part: above | set(beside) for part, beside in layer.items()}
        above |= set(layer)
    wrong = sorted(f"{here} imports {there}" for here, there in arrows() if there not in allowed.get(here, set()))
    assert wrong == [], "change the design, or LAYERS with a reason"


def test_no_two_modules_import_each_other_on_any_way_round():
    known = modules()
    below = {name: {other for other in imports(file, known) if other != name} for name, file in known.items()}
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " imports ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in sorted(below[name]):
                walk(other, (*way, name))
            done.add(name)

    for name in sorted(known):
        walk(name, ())
