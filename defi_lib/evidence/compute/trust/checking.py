"""Checks, stakes and proofs among strangers. Readings C9a, C9b and C33a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import (
    copies_needed,
    deterring_check_rate,
    inspection_game,
    majority_error,
    sampled_coalition_error,
    spot_check_income,
)
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.validation import Amount, between

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: The world of lesson 7.11 (USD): what a task costs the stranger and is paid, and what a check costs.
WORK, REWARD, CHECK = 1.0, 1.2, 0.5
#: What a proved fraud costs a cloud, and an audit of it (USD).
FRAUD, AUDIT = 1_000.0, 20.0

_FEW = {"checked": 0.1, "stake": 10.0, "record": 10.0, "found": 0.5, "false_alarm": 0.01, "cost": 0.5, "gain": 0.0}


@EVIDENCE.model(
    "C9a",
    placebos=[{"checked": 0.0, "cost": 0.0, "gain": 0.0}],  # nobody checks, and lying saves and wins nothing
    controls=[
        # A failed check costs 1 + 20 prices: the honest keep 0.5 − 0.001 · 21, a cheat 1 − 0.05 · 21 < 0.
        Control(_FEW, 0.479),
        Control(_FEW | {"gain": 0.5}, 0.029),  # the cheat has 0.45
        Control(_FEW | {"gain": 2.0, "stake": 5.0}, -1.716),  # 0.5 − 0.001 · 16 against 3 − 0.05 · 16 = 2.2
        Control(_FEW | {"found": 0.1, "record": 0.0, "cost": 0.25}, -0.151),  # 0.739 against 0.89
        Control(_FEW | {"false_alarm": 0.5}, -0.55),  # honest work loses, and who lies all the time loses as much
        Control(_FEW | {"checked": 0.2, "stake": 100.0, "record": 100.0}, 0.098),
    ],
)
def what_right_answers_bring(
    checked: Array,
    stake: Array,
    record: Array,
    found: Array,
    false_alarm: Array,
    cost: Array,
    gain: Array,
) -> Array:
    """What an answer brings a provider who works, above what lying or staying away brings (parts of its price).

    A failed check takes the answer's price, the stake, and what the name would have brought. To lie always is better
    than to lie sometimes, or worse, for every part of the answers: the gain and the chance of being found are both
    proportional to it; so only *always* is compared.

    Args:
        checked: part of the answers.
        stake: lost with a failed check (prices of an answer).
        record: later work that a failed check costs the name (prices of an answer).
        found: chance that a check finds a false answer.
        false_alarm: chance that a check, after appeal, accuses an honest one.
        cost: of working (part of the price); a liar saves it.
        gain: of a false answer besides (prices).
    """
    lost = stake + record
    honest = spot_check_income(1.0, 1.0, checked * false_alarm, 1.0, lost, 0.0).income - cost
    liar = spot_check_income(1.0, 1.0, checked * found, 1.0, lost, cost).income + gain
    return np.asarray(honest - np.maximum(liar, 0.0))


_DISPUTE = {"nodes": 100.0, "asleep": 0.1, "passing": 1.0, "repeatable": 2.0, "disputed": 0.05}


@EVIDENCE.model(
    "C33a",
    placebos=[{"nodes": 1.0, "passing": 1e9, "repeatable": 1.0, "disputed": 0.0}],  # one node, and nobody watches
    controls=[
        Control(_DISPUTE, 0.798),  # nine watchers: (1 + 9 + 0.05 · 2) · 2 runs instead of 100
        Control(_DISPUTE | {"nodes": 10.0, "disputed": 0.5}, -1.2),
        Control(_DISPUTE | {"passing": 1e6, "repeatable": 1.0}, 0.959),  # three watchers
        Control(_DISPUTE | {"asleep": 0.5, "repeatable": 1.0}, 0.689),  # thirty
        Control(_DISPUTE | {"passing": 1e9}, 0.978),
    ],
)
def work_saved_by_disputes(nodes: Array, asleep: Array, passing: Array, repeatable: Array, disputed: Array) -> Array:
    """Part of the work that is saved if one node computes and watchers repeat it, instead of all nodes.

    Args:
        nodes: all of them.
        asleep: chance that a watcher sleeps or is bribed; one who does not is enough.
        passing: chance that a lie may pass (of a billion).
        repeatable: a run that others can repeat to the last bit (plain runs).
        disputed: part of the results; both sides run it once more.
    """
    runs = 1.0 + watchers_needed(asleep, passing / 1e9) + 2.0 * disputed
    return np.asarray(1.0 - runs * repeatable / nodes)


def watchers_needed(asleep: Amount, passing: Amount) -> Amount:
    """How many watchers it takes that all of them sleep with a chance of at most ``passing``.

    Args:
        asleep: chance that one of them sleeps, independently of the others, in (0, 1).
        passing: in (0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> float(watchers_needed(0.1, 1e-9))
    9.0
    """
    asleep = between("asleep", asleep, 0.0, 1.0, low_open=True, high_open=True)
    passing = between("passing", passing, 0.0, 1.0, low_open=True)
    return np.ceil(np.round(np.log(passing) / np.log(asleep), 9))


def temptation(
    rate: ArrayLike, stake: float = 10.0, name: float = 0.0, accused: float = 0.0, reward: float = REWARD
) -> dict[str, ArrayLike]:
    """What lesson 7.11 explores: what a task brings an honest provider and a cheat, over the part that is checked.

    Args:
        rate: part of the answers that is checked, in [0, 1].
        stake: lost if a check fails (USD).
        name: what a good record is worth, lost too (USD).
        accused: chance that a check accuses an honest answer, in [0, 1].
        reward: of a task (USD).

    >>> found = temptation(0.1)
    >>> {key: round(float(value), 2) for key, value in found.items()}
    {'Honest provider': 0.2, 'Cheat': 0.08, 'Checks, paid by you': 0.05, 'fair': 0.09}
    """
    checked = np.asarray(rate, float)
    honest = spot_check_income(1.0, 1.0, accused * checked, reward, stake + name, 0.0).income - WORK
    cheat = spot_check_income(1.0, 1.0, checked, reward, stake + name, WORK).income
    fair = deterring_check_rate(stake + name, saving=WORK, reward=reward) / (1 - accused)
    return {
        "Honest provider": np.asarray(honest),
        "Cheat": np.asarray(cheat),
        "Checks, paid by you": CHECK * checked,
        "fair": fair,
    }


def ways_to_deal_with_cheats(stake: float = 10.0, tasks: float = 10_000.0, worth: float = 5.0) -> dict[str, Ledger]:
    """Ten thousand tasks, booked for several check rates and for two clouds (USD): whoever gains by lying lies.

    A tenth of the tasks goes to names without a card as long as lying brings anything; all others have a card, and lie
    if that brings more than working. A cloud has a name and a court: a proved fraud costs it a thousand dollars, and
    an audit costs twenty.

    Args:
        stake: lost for each cheat found.
        tasks: number of them.
        worth: of a right answer to the client.

    >>> books = ways_to_deal_with_cheats()
    >>> [round(book.balance("names without a card", "USD")) for book in books.values()]
    [1200, 640, 80, 0, 0, 0]
    """
    small, large = (REWARD * ratio for ratio in dearer_clouds())
    ways = {f"{rate:.0%} checked": (rate, REWARD, stake, CHECK) for rate in (0.0, 0.05, 0.1, 0.12)}
    for cloud, price in (("small cloud", small), ("large cloud", large)):
        rare = float(deterring_check_rate(FRAUD, saving=WORK, reward=price))
        ways[cloud] = (rare, price, FRAUD, AUDIT)
    books = {}
    for way, (rate, reward, penalty, check) in ways.items():
        lying = reward - rate * (reward + penalty)
        absent = 0.1 if lying > 0 and "cloud" not in way else 0.0
        ledger = books[way] = Ledger(
            ("clients", "names without a card", "owners of cards", "verifiers", "suppliers", "cloud")
        )
        with_card = "cloud" if "cloud" in way else "owners of cards"
        for who, number, part in (
            (with_card, 1 - absent, float(lying > reward - WORK + 1e-9)),
            ("names without a card", absent, 1.0),
        ):
            done = spot_check_income(number * tasks, part, rate, reward, penalty, WORK, check)
            ledger.book(done, client="clients", provider=who)
            ledger.mint("clients", number * tasks * (1 - part) * worth, "USD", "right answers")
        ledger.check_conserved()
    return books


def dearer_clouds() -> tuple[float, float]:
    """How many times a stranger's price one card costs at a small cloud and at a large one (H100 SXM, 2026).

    >>> "{:.1f} and {:.1f}".format(*dearer_clouds())
    '1.5 and 2.6'
    """
    stranger, small, large = (
        float(figure(f"gpu_price.{name}").value)
        for name in ("runpod_community_h100_sxm", "runpod_secure_h100_sxm", "aws_h100_sxm")
    )
    return small / stranger, large / stranger


_PROOF = (
    "verification.zkllm_proof_time",
    "gpu_price.runpod_community_a100_sxm_80",
    "verification.zkllm_answer_length",
    "inference_price.llama_3_70b_cheapest_output",
)


def proof_over_answer() -> float:
    """How many times the price of an answer the rent of the card is that proves it.

    >>> round(proof_over_answer())
    530
    """
    seconds, rent, tokens, million = (float(figure(key).value) for key in _PROOF)
    return seconds / 3_600 * rent / (tokens * million / 1e6)


@EVIDENCE.figures("C9b")
def what_a_proof_costs() -> Count:
    """A proof's machine at its rent against the price of as many tokens of a larger model."""
    seconds, rent, tokens, million = (float(figure(key).value) for key in _PROOF)
    proof, answer = seconds / 3_600 * rent, tokens * million / 1e6
    small = figure("verification.zkgpt_proof_time").value
    maker = figure("verification.deepprove_tokens", allow_unreliable=True).value
    return Count(
        true=proof < 10 * answer,
        says=f"A proof for a model of 13 billion parameters took up to {seconds:.0f} seconds of one card, "
        f"{100 * proof:.0f} cents of rent; {tokens:,.0f} tokens of a model five times as large cost "
        f"{100 * answer:.3f} cents: {proof_over_answer():.0f} times.",
        who="the authors of zkLLM (2024), and the price lists of RunPod and OpenRouter (2026).",
        turns=f"proofs of such models become {proof_over_answer() / 10:.0f} times as fast",
        sources=_PROOF,
        other=f"GPT-2, a hundred times smaller, was proved in less than {small:.0f} seconds in 2025 (zkGPT); a maker "
        f"says of its own system that it proves {maker} tokens of it a second (DeepProve, 2025, unverified)",
    )


def methods() -> list[tuple[str, float, float, str]]:
    """Ways to trust an answer: name, chance that one lie passes, runs of the task it costs, and what must hold.

    Checks as in C9a's world of today; a bounty of ten dollars and a stake of ten in the world of the prediction;
    copies go to different ones of the 59 providers of one network, 18 of whom are in one hand, or as large a part of
    very many.
    """
    providers, hand = int(figure("akash.active_providers").value), 18
    hunted = inspection_game(CHECK, bounty=10.0, saving=WORK, penalty=REWARD + 10.0)
    many = copies_needed(hand / providers, 0.01)
    many_wrong = float(majority_error(many, 0.0, hand / providers))
    fast = figure("verification.toploc_speed", allow_unreliable=True).value
    slower = figure("verification.hopper_confidential_loss").value
    return [
        ("one in ten checked", 1 - 0.1 * 0.8, 1.1, "cheats have something to lose"),
        ("a bounty for hunters", 1 - float(hunted.check_rate), 1.0, "hunting pays, so that some cheat"),
        ("fingerprint of inner values (TOPLOC)", 0.0, 1 + 1 / float(fast), "the model is known; the maker's word"),
        ("three copies, 18 of 59 in one hand", sampled_coalition_error(3, hand, providers), 3.0, "most are honest"),
        (f"{many} copies, as many of very many", many_wrong, float(many), "most are honest"),
        ("dispute over a step (opML, Verde)", 0.0, 2.0, "one honest watcher, and time to wait"),
        ("trusted hardware", 0.0, 1 + float(slower) / 100, "nobody opens the machine"),
        ("zero-knowledge proof", 0.0, proof_over_answer(), "it was the right program"),
    ]
