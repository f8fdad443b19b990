"""The reference of ``defi_lib``: one page for each room, made of the docstrings of its public names."""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tools.architecture import homes

#: Packages whose public names stand in ``__all__``; the others load their parts when they are used.
PLAIN = ("ledger", "measures", "simulation", "explore", "labs", "progress")
#: Modules on top of the library that lessons and contributors use.
MODULES = ("figures", "claims", "units", "validation", "rounding", "numerals", "integers", "probability", "normal")
ORDER = (
    *("exchange", "lending", "staking", "rewards", "governance", "risk", "compute", "economy"),
    *("ledger", "measures", "simulation", "figures", "claims", "evidence", "explore", "labs", "progress"),
    *("units", "validation", "rounding", "numerals", "integers", "probability", "normal"),
)

_ROLE = re.compile(r":\w+(?::\w+)?:`(?:~[^`]*?(?=[^`.]+`)|\.)?([^`]+)`")
_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields|Example|Examples|Note|Source):\s*$")
_ENTRY = re.compile(r"^(\*{0,2}[\w.\[\], ]+?)(?: \(([^)]*)\))?: (.*)$")


class Room(NamedTuple):
    """A page: a package, one of its rooms, and the public names by module."""

    package: str
    name: str
    names: dict[str, list[str]]

    @property
    def file(self) -> str:
        """The page's source, from the site's root."""
        return f"api/{self.package}{'.' + self.name if self.name else ''}.md"

    @property
    def title(self) -> str:
        """As readers import it."""
        return f"defi_lib.{self.package}{' · ' + self.name if self.name else ''}"


def rooms(root: Path) -> list[Room]:
    """Every page in order."""
    found: list[Room] = []
    for package in ORDER:
        if (root / f"defi_lib/{package}.py").exists():
            module = f"defi_lib.{package}"
            found.append(Room(package, "", {module: list(_public(importlib.import_module(module)))}))
        else:
            found += _of_package(package)
    return found


def _of_package(package: str) -> list[Room]:
    whole = f"defi_lib.{package}"
    home = {} if package in PLAIN else homes(whole)
    if not home:
        module = importlib.import_module(whole)
        home = {name: getattr(getattr(module, name), "__module__", whole) for name in module.__all__}
        home = {name: where if where.startswith(whole) else whole for name, where in home.items()}
        return [Room(package, "", _grouped(home))]
    by_room: dict[str, dict[str, str]] = {}
    for name, where in home.items():
        by_room.setdefault(where.removeprefix(whole + ".").rpartition(".")[0], {})[name] = where
    return [Room(package, room, _grouped(names)) for room, names in sorted(by_room.items())]


def _grouped(home: dict[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, where in home.items():
        groups.setdefault(where, []).append(name)
    return {where: sorted(names) for where, names in sorted(groups.items())}


def _public(module: Any) -> Iterator[str]:
    """What a module defines and does not hide; functions and classes."""
    for name, value in vars(module).items():
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__ and callable(value):
            yield name


def index(all_rooms: list[Room], root: Path) -> str:
    """The page that leads to all others."""
    parts = [
        "# Reference of defi_lib",
        "Every public name of the library: arguments with their units, formula, errors, source. Lessons import by "
        "these packages: `from defi_lib.exchange import ConstantProductPool`. What stands on what: "
        "[architecture](../docs/architecture.md).",
    ]
    for package in ORDER:
        own = [room for room in all_rooms if room.package == package]
        about = inspect.getdoc(importlib.import_module(f"defi_lib.{package}")) or ""
        first = _first(about)
        parts.append(f"## {package}\n\n{first}")
        parts.append("\n".join(f"- [{room.title}]({Path(room.file).name}): {_named(room)}" for room in own))
    return "\n\n".join(parts) + "\n"


def _named(room: Room) -> str:
    names = [name for group in room.names.values() for name in group]
    return ", ".join(f"`{name}`" for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def page(room: Room) -> str:
    """The source of one page."""
    public = importlib.import_module(f"defi_lib.{room.package}")
    parts = [f"# {room.title}", f"`from defi_lib.{room.package} import …`"]
    for where, names in room.names.items():
        module = importlib.import_module(where)
        if len(room.names) > 1:
            parts.append(f"## {where.rpartition('.')[2].replace('_', ' ').capitalize()}")
        parts.append(markdown(inspect.getdoc(module) or ""))
        parts += [_object(name, getattr(public, name), public.__name__) for name in names]
    return "\n\n".join(part for part in parts if part) + "\n"


def _object(name: str, value: Any, package: str) -> str:
    if inspect.isclass(value):
        members = [
            _entry("property" if kind == "property" else "method", member, thing, kind)
            for member, kind, thing in _members(value)
        ]
        inside = "\n\n".join([markdown(_own_doc(value)), *members])
        return _directive("class", name, _signature(value), inside, f":module: {package}", 4)
    if callable(value):
        return _directive("function", name, _signature(value), markdown(_own_doc(value)), f":module: {package}", 3)
    words = markdown(_own_doc(value)) if type(value).__doc__ != getattr(value, "__doc__", None) else ""
    return _directive("data", name, "", words or _short(value), f":module: {package}", 3)


def _entry(kind: str, name: str, thing: Any, how: str) -> str:
    option = f":{how}:" if how in ("classmethod", "staticmethod") else ""
    signature = "" if kind == "property" else _signature(thing, drop_self=how == "method")
    return _directive(kind, name, signature, markdown(inspect.getdoc(thing) or ""), option, 3)


def _directive(kind: str, name: str, signature: str, inside: str, option: str, ticks: int) -> str:
    fence = "`" * (ticks + 2)
    return "\n".join(filter(None, [f"{fence}{{py:{kind}}} {name}{signature}", option, "", inside, fence])).replace(
        f"{option}\n{inside}", f"{option}\n\n{inside}"
    )


def _members(owner: type) -> Iterator[tuple[str, str, Any]]:
    """Public methods and properties that a class itself defines and describes, with their kind."""
    for name, value in vars(owner).items():
        thing = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        if name.startswith("_") or not inspect.getdoc(thing):
            continue
        if isinstance(value, property) or type(value).__name__ == "cached_property":
            yield name, "property", value
        elif inspect.isfunction(thing):
            kind = {classmethod: "classmethod", staticmethod: "staticmethod"}.get(type(value), "method")
            yield name, kind, thing


def _signature(value: Any, drop_self: bool = False) -> str:
    """The names of the arguments and their defaults; types and units stand in the text."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    parameters = list(found.parameters.values())
    if parameters and parameters[0].name in ("self", "cls"):
        parameters = parameters[1:]
    plain = [each.replace(annotation=inspect.Parameter.empty, default=_default(each.default)) for each in parameters]
    return str(inspect.Signature(plain))


class _Shown:
    """A default value as a signature shows it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _default(value: Any) -> Any:
    if value is inspect.Parameter.empty:
        return value
    text = repr(value)
    return value if len(text) <= 40 and " at 0x" not in text and "<" not in text else _Shown("...")


def _own_doc(value: Any) -> str:
    """The docstring, unless it is only inherited or made by ``NamedTuple`` and ``dataclass``."""
    text = inspect.getdoc(value) or ""
    return "" if re.match(rf"^{getattr(value, '__name__', '')}\(", text) else text


def _short(value: Any) -> str:
    text = repr(value)
    return f"Value: `{text}`" if len(text) <= 60 and "`" not in text else ""


def _first(text: str) -> str:
    return markdown(text.split("\n\n")[0])


def markdown(text: str) -> str:
    """A docstring as Markdown: sections become lists, examples code, roles plain code.

    >>> markdown("Half of it.\\n\\nArgs:\\n    x: tokens, > 0.")
    'Half of it.\\n\\n**Arguments**\\n\\n- `x`: tokens, \\\\> 0.'
    """
    lines = text.split("\n")
    out: list[str] = []
    while lines:
        line = lines.pop(0)
        if match := _SECTION.match(line):
            body = []
            while lines and (not lines[0].strip() or lines[0].startswith((" ", "\t"))):
                body.append(lines.pop(0))
            out += ["", *_section(match[1], textwrap.dedent("\n".join(body)).strip("\n"))]
        elif line.strip().startswith(">>>"):
            example = [line]
            while lines and lines[0].strip():
                example.append(lines.pop(0))
            out += ["", *_code(example)]
        elif line.rstrip().endswith("::"):
            head = line.rstrip()[:-1]
            body = []
            while lines and (not lines[0].strip() or lines[0].startswith((" ", "\t"))):
                body.append(lines.pop(0))
            out += [_escaped(head), "", *_code(body, "text")]
        else:
            out.append(_escaped(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _section(name: str, body: str) -> list[str]:
    if name.startswith("Example") or name in ("Note", "Source"):
        title = {"Example": "Example", "Examples": "Example"}.get(name, name)
        return [f"**{title}**", "", markdown(body), ""]
    title = {"Args": "Arguments"}.get(name, name)
    items: list[str] = []
    for line in body.split("\n"):
        entry = _ENTRY.match(line)
        if line.startswith(" ") and items:
            items[-1] += " " + _escaped(line.strip())
        elif entry and name not in ("Returns", "Yields"):
            items.append(f"- `{entry[1]}`: {_escaped(entry[3])}")
        elif line.strip():
            items.append(f"- {_escaped(line.strip())}")
    return [f"**{title}**", "", *items, ""]


def _code(lines: list[str], language: str = "pycon") -> list[str]:
    body = textwrap.dedent("\n".join(lines)).strip("\n")
    return [f"```{language}", *body.split("\n"), "```", ""]


def _escaped(line: str) -> str:
    """A line in which only code and emphasis mean something."""
    line = _ROLE.sub(r"``\1``", line)
    parts = re.split(r"(``.+?``|`[^`]+`)", line)
    return "".join(part if n % 2 else re.sub(r"([$<>\[\]{}|])", r"\\\1", part) for n, part in enumerate(parts))
