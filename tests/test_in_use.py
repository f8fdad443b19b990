"""No module sleeps unseen: a lesson, a lab or another module uses it, or it says what it waits for."""

import inspect
import re

from defi_lib import compute
from tools.architecture import MECHANISMS, ROOT, homes, imports, labs, modules, names_used, notebooks

ORACLE = "tests: the contract in whole numbers, which other models are compared with"
#: Modules that wait for a lesson to come, and which that is. A new mechanism stands here until its lesson does.
WAITING = {
    "exchange.exact.concentrated": ORACLE,
    "rewards.exact.master_chef": ORACLE,
    "rewards.exact.olympus": ORACLE,
    "rewards.exact.staking_rewards": ORACLE,
    "lending.exact.clipper": ORACLE,
    "lending.exact.trove_actions": ORACLE,
    "compute.learning.yuma": "7 compute: grading by stake, which 7.16 and 7.20 name",
    "exchange.pools.stable": "1 exchange: pools for coins of one value; 1.3 names it under Next",
    "exchange.pools.weighted": "1 exchange: pools that hold an index; 1.3 names it under Next",
    "exchange.pools.price_accumulator": "2 lending: oracles and what moving a price costs",
    "governance.funding.matching_round": "5 governance: in whole units; 5.3 shows its formula with bought names",
    "risk.coins.year": "6 risk: a coin's year drawn at random, since 6.2 asks for its worst month by hand",
    "lending.auctions.balance_sheet": "2 lending: what an auction of collateral leaves; 6.7 insures by funds",
    "lending.auctions.seizure": "2 lending: what an auction of collateral leaves; 6.7 insures by funds",
    "lending.positions.soft_liquidation": "2 lending: loans that are sold step by step; 2.8 names it under Next",
    "rewards.launches.coordination": "4 rewards: what a table of points leaves out; 4.7 names (3,3)",
    "rewards.farming.compounding": "4 rewards: how often to harvest",
    "risk.insurance.capital": "6 risk: how required capital follows cover; lab 6.2 takes a common shock",
    "risk.insurance.cover": "6 risk: what a price of cover does after each sale; 6.7 and lab 6.2 price by chance",
    "risk.insurance.older_mutual": "6 risk: prices by stake, as until 2023",
    "risk.insurance.parametric": "6 risk: cover that pays by an index",
    "staking.chain.block_tree": "3 staking: forks, since the lessons on fees stand alone",
    "staking.work.double_spend": "3 staking: how many blocks to wait, since 3.7 asks who mines",
    "staking.stake.null_models": "8 economy: concentration without anybody's fault",
}


def used_modules() -> set[str]:
    """Modules of mechanisms that a lesson, a lab or another part of the library uses."""
    known = modules()
    home = {(package, name): module for package in MECHANISMS for name, module in homes(f"defi_lib.{package}").items()}
    names = set().union(*labs().values(), *(names_used(code) for _, _, code in notebooks("course")))
    used = {home[name] for name in names if name in home}
    for name, file in known.items():
        used |= {other for other in imports(file, known) if other != name}
    return used


def test_every_module_is_used_or_waits_for_a_lesson():
    mechanisms = {module for package in MECHANISMS for module in homes(f"defi_lib.{package}").values()}
    asleep = {module.removeprefix("defi_lib.") for module in mechanisms - used_modules()}
    assert asleep == set(WAITING), "a lesson uses it now, or none does: say in WAITING what it waits for"


#: Functions of compute that only tests use, and why they stay. May only shrink.
OUTSIDE_LESSONS = {
    "standard models, with published check values": {
        *("k_double_auction", "equilibrium_ask", "equilibrium_bid", "posted_price_market", "break_even_uses"),
        *("longest_first_bound", "shortest_makespan_bound", "kademlia_distance", "rarest_piece", "checkpoint_overhead"),
        *("replicated_availability", "laplace_scale", "privacy_spent", "gaussian_delta", "gaussian_deviation", "krum"),
        *("trimmed_mean", "reversing", "sampled_shapley", "network_growth", "exchange_price", "simple_minting"),
        *("baseline_minting", "baseline_power", "consensus_pledge", "sealed_asks"),
        *("great_circle", "nearest_distance", "mean_nearest_distance", "draw_places"),
    },
    "a second way, which tests compare formulas with": {
        *("simulate_churn", "simulate_run_times", "grouped_loss", "yearly_loss", "log_loss", "loss_gradient"),
    },
    "parts of a signature or a code that stand by themselves": {
        *("draw_nonce", "join_signature", "sign_share", "field_product", "accuracy_alone"),
    },
}


def test_no_function_of_compute_sleeps_without_a_reason():
    """Used by a lesson, a lab, evidence or another module; its own module may use it too."""
    words = {
        file: set(re.findall(r"\w+", file.read_text(encoding="utf-8"))) for file in (ROOT / "defi_lib").rglob("*.py")
    }
    read = set(
        re.findall(
            r"\w+",
            "\n".join(part for kind in ("course", "solutions") for _, _, code in notebooks(kind) for part in code),
        )
    )
    asleep = set()
    for name, module in homes("defi_lib.compute").items():
        own, package = ROOT / (module.replace(".", "/") + ".py"), ROOT / "defi_lib/compute/__init__.py"
        used = name in read or any(name in found for file, found in words.items() if file not in (own, package))
        if inspect.isfunction(getattr(compute, name)) and not used:
            asleep.add(name)
    assert asleep <= set().union(*OUTSIDE_LESSONS.values())
