"""Labs in students' hands keep working: what they import stays where they look for it."""

import importlib
import json
from pathlib import Path

import pytest

from defi_lib import progress
from defi_lib.course import contents

ROOT = Path(__file__).resolve().parents[2]

#: What the notebooks of each version import, by the version that handed them out.
HANDED_OUT = {
    "0.1.0": {
        "defi_lib.labs.swaps": ["check"],
        "defi_lib.labs.liquidity_and_mev": ["check"],
        "defi_lib.labs.day": ["example_day"],
        "defi_lib.labs.money_market": ["check"],
        "defi_lib.labs.economy_of_a_chain": ["check", "fingerprint", "write_book", "NOTHING"],
        "defi_lib.labs.follow_a_token": ["check"],
        "defi_lib.labs.business_case": ["check", "Card"],
        "defi_lib.labs.auction_and_allocation": ["check", "plan_cost", "Node", "Task"],
        "defi_lib.labs.token_economy": [
            "check", "draw_markets", "show_survival", "show_who_paid", "Market", "Network", "NETWORK",
        ],
    },
    "0.2.0": {
        "defi_lib.labs.governance.count_the_votes": ["check", "progress"],
        "defi_lib.labs.governance.attack_and_defend": ["check", "draw_dao", "progress"],
        "defi_lib.labs.governance.attack_and_defend.world": ["EXAMPLE", "Dao", "Loan", "costs", "profits"],
        "defi_lib.labs.risk.defend_a_peg": ["check", "draw_coin", "progress"],
        "defi_lib.labs.risk.defend_a_peg.world": [
            "EXAMPLE", "RULES", "Coin", "cheapest", "cost", "paid", "pairs", "survives",
        ],
        "defi_lib.labs.risk.run_a_mutual": ["check", "draw_book", "progress"],
        "defi_lib.labs.risk.run_a_mutual.world": ["EXAMPLE", "Book", "Claim", "Terms", "outlook"],
        "defi_lib.labs.compute.queues_and_batches": ["check", "draw_day", "progress"],
        "defi_lib.labs.compute.queues_and_batches.days": ["Day", "bill_of", "seconds_of"],
        "defi_lib.labs.economy.the_design": ["check", "progress"],
        "defi_lib.labs.economy.the_design.world": [
            "EXAMPLE", "EXAMPLES", "MORE", "POOL", "TODAY", "TWO_YEARS", "Person", "draw_people", "left_to_founders",
            "report", "try_blocks", "try_design", "try_year",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "names"), [(module, names) for version in HANDED_OUT.values() for module, names in version.items()]
)
def test_what_a_lab_imports_is_there(module, names):
    there = vars(importlib.import_module(module))
    assert [name for name in names if name not in there] == []


@pytest.mark.parametrize("lab", contents.labs(ROOT), ids=lambda lab: lab.number)
def test_an_untouched_lab_that_is_run_leaves_no_trace(lab, monkeypatch, own_progress):
    monkeypatch.chdir((ROOT / lab.path).parent)
    notebook = {"__name__": "__main__"}
    for cell in json.loads((ROOT / lab.path).read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), lab.path, "exec"), notebook)
    assert "check" in notebook and progress.summary().empty and not own_progress.exists()
