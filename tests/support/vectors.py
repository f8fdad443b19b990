"""Results of real contracts, as ``tests/vectors/README`` describes them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


def vectors(contract: str) -> dict[str, Any]:
    """The file of one contract: its sources, conventions and cases."""
    return json.loads((FOLDER / f"{contract}.json").read_text(encoding="utf-8"))


def cases(contract: str) -> list[dict[str, Any]]:
    """The cases of one contract."""
    return vectors(contract)["cases"]
