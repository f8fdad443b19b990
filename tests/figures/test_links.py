"""No page of the course leads a reader to a bare address, a mirror or a content farm.

Such hosts stand in ``hosts_not_linked.csv``, each with the reason. What was found there is cited by the name and the
date of the primary source, without a link.
"""

import csv
import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOSTS = {row["host"]: row["why"] for row in csv.DictReader(Path(__file__).with_name("hosts_not_linked.csv").open())}


def shipped() -> list[Path]:
    """Everything that a reader sees: notebooks with their outputs, quizzes, pages and the figures themselves."""
    folders = [ROOT / name for name in ("course", "labs", "solutions", "docs")]
    found = [path for folder in folders for kind in ("*.ipynb", "*.md") for path in folder.rglob(kind)]
    found += [*ROOT.glob("*.md"), *(ROOT / "defi_lib").rglob("*.toml"), *(ROOT / "defi_lib").glob("*.csv")]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def text_of(path: Path) -> str:
    """The text of a file; of a notebook that of its cells and outputs."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) + json.dumps(cell.get("outputs", [])) for cell in cells)


def hosts(text: str) -> set[str]:
    return {host.lower().rstrip(".") for host in re.findall(r"https?://([^\s/:;,)>\"'\\\]]+)", text)}


@cache
def why_not(host: str) -> str | None:
    """Why a host must not be linked, if so."""
    if re.fullmatch(r"[\d.]+|\[.*", host):
        return "a bare address"
    parts = host.split(".")
    return next((HOSTS[end] for n in range(len(parts)) if (end := ".".join(parts[n:])) in HOSTS), None)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_to_a_bare_address_a_mirror_or_a_farm(path):
    wrong = {host: why for host in hosts(text_of(path)) if (why := why_not(host))}
    wrong = {host: why for host, why in wrong.items() if host not in ("127.0.0.1", "0.0.0.0")}
    assert wrong == {}, "cite the primary source by name and date, without a link"


def test_the_test_sees_them():
    text = "(http://13.251.157.120/?p=5) <https://www.binance.bh/en>; https://arxiv.org/abs/1, https://binance.com. "
    assert hosts(text) == {"13.251.157.120", "www.binance.bh", "arxiv.org", "binance.com"}
    assert why_not("13.251.157.120") == "a bare address"
    assert why_not("www.binance.bh") == HOSTS["binance.bh"]
    assert why_not("binance.com") is None and why_not("notbinance.bh") is None
    assert len(shipped()) > 60


def test_the_list_is_in_order():
    assert list(HOSTS) == sorted(HOSTS) and all(HOSTS.values())
    assert all(host == host.lower() and not host.startswith("www.") for host in HOSTS)
