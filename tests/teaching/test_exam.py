"""The numbers in the keys of the exam questions, by the library."""

import re

import pytest

from defi_lib import compute, economy, exchange, governance, lending, rewards, risk, staking
from tests.support.links import broken
from tools.architecture import ROOT

PAGE = ROOT / "docs/teaching/exam.md"
TEXT = PAGE.read_text(encoding="utf-8")


def traded():
    swap = exchange.ConstantProductPool((100.0, 300_000.0), fee=0.003).swap_exact_in(30_000.0, 1, 0)
    ether, dollars = swap.pool.reserves
    return [
        f"{swap.amount_out:.3f} ether",
        f"{30_000 / swap.amount_out:,.0f} dollars",
        f"{dollars / ether:,.0f}",
        "90 of",
    ]


def diverged():
    assert exchange.impermanent_loss(4.0) == pytest.approx(exchange.impermanent_loss(0.25))
    return [f"{-exchange.impermanent_loss(4.0):.1%} less"]


def rebalanced():
    loss, turnover = exchange.lvr_rate(0.6), exchange.break_even_volume(0.6, 0.003)
    return [f"{loss:.1%}", f"{turnover:.1f} times", f"{exchange.lvr_rate(1.2):.1%}"]


def rates():
    curve, said = lending.KinkedCurve(0.0, 0.05, 1.0, 0.8), []
    for used in (0.8, 0.9):
        rate = curve.rate(used)
        said.append(f"At {used:.0%}: {rate:.1%} and {lending.supply_rate(rate, used, 0.1):.1%}")
    return said


def liquidated():
    step = lending.liquidate(5.0, 8_000.0, 1_950.0, 0.8, 0.05)
    cost = step.seized * 1_950 - step.repaid
    health, line = lending.health_factor(15_000.0, 0.8, 8_000.0), lending.liquidation_price(5.0, 0.8, 8_000.0)
    worth = step.repaid + cost
    return [f"{health:.2f}", f"{line:,.0f} dollars", f"{step.seized:.3f} ether", f"{worth:,.0f}", f"{cost:.0f} dollars"]


def looped():
    twice, ever = lending.leverage_after(0.75, 2), lending.max_leverage(0.75)
    falls = [lending.fall_to_liquidation(each, 0.8) for each in (twice, ever)]
    return [f"{twice:.2f} dollars", f"{falls[0]:.1%}", f"{ever:.1f} dollars", f"{falls[1]:.2%}"]


def base_fee():
    fee = start = 10**9
    for _ in range(10):
        fee = staking.next_base_fee(fee, 36_000_000, 36_000_000)
    risen, blocks = fee / start, 0
    while fee >= start:
        fee, blocks = staking.next_base_fee(fee, 0, 36_000_000), blocks + 1
    return [f"By {risen:.2f}", f"; {blocks}."]


def mined():
    alone = staking.solo_income(0.0001, 52_560, 3.125)
    pooled = staking.pool_income(0.0001, 0.2, 52_560, 3.125, 0.02)
    said = [f"{each.mean:.2f}" for each in (alone, pooled)]
    return [*said, f"{alone.standard_deviation:.2f};", f"{alone.nothing:.1%}", f"with {pooled.standard_deviation:.2f}"]


def staked():
    moved = staking.dilution(0.05, 0.5)
    assert f"{staking.annual_return(9_000_000):.2%}" == "5.54%"
    return [f"{staking.annual_return(36_000_000):.2%}", f"by {moved.staker:.1%}", f"falls by {-moved.holder:.1%}"]


def farmed():
    rate = rewards.farm_apr(10_000.0, 0.5, 2e6)
    return [f"{rate:.0%} a year", f"{rewards.apr_after_entry(rate, 2e6, 3e6):.0%}"]


def vested():
    late, hidden = rewards.Vesting(cliff=12, duration=36), rewards.hidden_cliff(12, 48)
    first, second = ([f"{each.vested(month):.0%}" for month in (12, 24)] for each in (late, hidden))
    return [" and ".join(first), second[0], second[1]]


def rebased():
    shares = [rewards.share_factor(0.003, part) - 1 for part in (0.9, 1.0)]
    return [f"{rewards.rebase_apy(0.003):,.0%}", *(f"by {each:.1%}" for each in shares)]


def power():
    first, second = (governance.banzhaf(votes, quota=51).power for votes in ([50, 30, 20], [40, 30, 30]))
    assert len(set(second.round(9))) == 1
    return [", ".join(f"{each:.0%}" for each in first), f"{second[0]:.0%} each"]


def false_names():
    names = governance.names_bought(900.0, 120.0, 5.0)
    votes = [governance.votes_with_names(900.0, spend, 5.0) for spend in (0.0, 120.0)]
    return [f"{votes[0]:.0f}, then {votes[1]:.0f}", f"{names:.0f} names of {900 / names:.0f} tokens"]


def borrowed():
    loan, late = (governance.flash_votes(1e6, 2.0, 0.0005, snapshot=each) for each in (False, True))
    assert late.votes == 0
    members = [35.0, 20.0, 15.0, 10.0, 10.0, 10.0]
    assert [governance.deciding_number(members, turnout=part) for part in (1.0, 0.4)] == [2, 1]
    return [f"{loan.paid:,.0f} dollars", "Two decide; one"]


def run():
    left = [risk.run_on_reserve(0.3, 0.7, part, 0.2).late / (1 - part) for part in (0.5, 0.8)]
    everybody = risk.run_on_reserve(0.3, 0.7, 1.0, 0.2).early
    return [f"{100 * each:.1f} cents" for each in (*left, everybody)]


def insured():
    apart, alike = (risk.joint_chance(0.02, each) for each in (0.0, 0.3))
    assert alike / apart == pytest.approx(4, abs=0.5)
    return [f"{risk.loaded_premium(10_000.0, 0.02, 0.5):.0f} dollars", f"{apart:.2%}", f"{alike:.2%}"]


def keys():
    strangers, one_firm = risk.committee_taken(5, 9, 0.05), risk.committee_taken(5, [4, 1, 1, 1, 1, 1], 0.05)
    assert one_firm / strangers == pytest.approx(340, abs=5)
    return [f"{strangers:.3%}", f"{one_firm:.2%}", f"{risk.committee_stuck(9, 9, 0.05):.0%}"]


def rented():
    card = compute.Device(1_600.0, 4.0, 0.4)
    return [f"{compute.break_even_utilisation(card, 0.30, 0.1, 0.25):.1%}"]


def waited():
    waits = [compute.mmc_queue(0.8 * machines, 1.0, machines).wait for machines in (1, 2, 10)]
    return [f"{waits[0]:.2f} hours; {waits[1]:.2f}; {waits[2]:.2f}"]


def deterred():
    stake = compute.deterring_stake(0.05, saving=0.5, reward=0.7, gain=2.0)
    return [f"{stake:.2f} dollars", f"{compute.deterring_check_rate(20.0, saving=0.5, reward=0.7, gain=2.0):.1%}"]


def locked():
    twice, ever = economy.loop_deposits(100.0, 0.75, rounds=2), economy.loop_deposits(100.0, 0.75)
    return [f"{twice.deposits:.0f} and {twice.deposits - twice.debt:.0f}", f"for ever {ever.deposits:.0f}"]


def lent():
    dear, cheap = (economy.break_even_loan(cost, 0.24, 0.06, 0.04) for cost in (30.0, 5.0))
    assert economy.break_even_loan(30.0, 0.24, 0.06, 0.15) == float("inf")
    return [f"From {dear:.0f} dollars; from {cheap:.0f}"]


def networks():
    half, most, square = (economy.balance_share(0.1, each) for each in (0.5, 0.8, 2.0))
    return [f"{half:.1%}; {most:.1%}", f"share of {square:.1%}"]


KEYS = {
    "1.a": traded, "1.b": diverged, "1.c": rebalanced,
    "2.a": rates, "2.b": liquidated, "2.c": looped,
    "3.a": base_fee, "3.b": mined, "3.c": staked,
    "4.a": farmed, "4.b": vested, "4.c": rebased,
    "5.a": power, "5.b": false_names, "5.c": borrowed,
    "6.a": run, "6.b": insured, "6.c": keys,
    "7.a": rented, "7.b": waited, "7.c": deterred,
    "8.a": locked, "8.b": lent, "8.c": networks,
}  # fmt: skip


def key_of(question):
    part = TEXT.partition(f"**{question}** ")[2].partition("<summary>Key</summary>")[2]
    return " ".join(part.partition("</details>")[0].split())


@pytest.mark.parametrize("question", KEYS)
def test_the_key_has_the_numbers_that_the_library_computes(question):
    missing = [each for each in (said.replace("%", " %") for said in KEYS[question]()) if each not in key_of(question)]
    assert missing == [], key_of(question)


def test_every_question_has_a_key_and_every_module_three():
    assert re.findall(r"^\*\*(\d\.[a-c])\*\* ", TEXT, re.MULTILINE) == list(KEYS)
    assert TEXT.count("<summary>Key</summary>") == len(KEYS)


def test_links_lead_somewhere():
    assert [each for page in PAGE.parent.glob("*.md") for each in broken(page)] == []
