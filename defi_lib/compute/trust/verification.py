"""Trust without a boss: spot checks and stakes, majorities and coalitions, the verifier's dilemma, and their cost."""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np

from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.probability import binomial
from defi_lib.rounding import above, below
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    one_number,
    plain,
    positive,
    representable,
)

#: More copies than anybody pays for.
_MOST_COPIES = 1_001


def detection_probability(check_rate: Amount, cheats: Amount) -> Amount:
    """Chance that at least one of k cheats is found: ``1 − (1 − p)^k``.

    Args:
        check_rate: p, chance that a result is checked, in [0, 1]; a check always finds a cheat.
        cheats: k, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Belenkiy et al., *Incentivizing Outsourced Computation* (2008).

    >>> round(detection_probability(0.1, 20), 3)
    0.878
    """
    rate, cheats = between("check_rate", check_rate, 0.0, 1.0), non_negative("cheats", cheats)
    broadcastable(check_rate=rate, cheats=cheats)
    certain = np.asarray(rate) == 1
    found = -np.expm1(cheats * np.log1p(-np.where(certain, 0.0, rate)))
    return plain(np.where(certain, np.where(np.asarray(cheats) > 0, 1.0, 0.0), found))


@representable
def deterring_check_rate(stake: Amount, saving: Amount = 0.0, reward: Amount = 0.0, gain: Amount = 0.0) -> Amount:
    """Least chance of a check at which cheating does not pay: ``p = (c + g)/(g + R + S)``.

    With g = 0 it is ``c/(R + S)``; with c = R = 0 it is ``g/(g + S)``. Above 1 no checking is enough; 0 where there is
    nothing to gain.

    Args:
        stake: S, what a cheat who is found loses (USD), >= 0.
        saving: c, work that a cheat saves whether found or not (USD), >= 0.
        reward: R, what a cheat who is found is not paid (USD), >= 0.
        gain: g, what a cheat who is not found gains besides (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or something to gain and nothing
            to lose.

    Source: Becker (1968); Belenkiy et al. (2008).

    >>> deterring_check_rate(10.0, 1.0)
    0.1
    """
    stake, saving = non_negative("stake", stake), non_negative("saving", saving)
    reward, gain = non_negative("reward", reward), non_negative("gain", gain)
    broadcastable(stake=stake, saving=saving, reward=reward, gain=gain)
    tempted = np.asarray(saving + gain) > 0
    at_risk = positive("gain + reward + stake", np.where(tempted, gain + reward + stake, 1.0))
    return plain(np.where(tempted, (saving + gain) / at_risk, 0.0))


@representable
def deterring_stake(check_rate: Amount, saving: Amount = 0.0, reward: Amount = 0.0, gain: Amount = 0.0) -> Amount:
    """Least stake (USD) at which cheating does not pay: ``S = (c + g)/p − g − R``, at least 0.

    About c/p: work that is rarely checked needs large stakes, and they keep small providers out.

    Args:
        check_rate: p, chance that a result is checked, in (0, 1].
        saving: c, work that a cheat saves whether found or not (USD), >= 0.
        reward: R, what a cheat who is found is not paid (USD), >= 0.
        gain: g, what a cheat who is not found gains besides (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Becker (1968); Belenkiy et al. (2008).
    """
    rate = between("check_rate", check_rate, 0.0, 1.0, low_open=True)
    saving, reward, gain = non_negative("saving", saving), non_negative("reward", reward), non_negative("gain", gain)
    broadcastable(check_rate=rate, saving=saving, reward=reward, gain=gain)
    return plain(np.maximum((saving + gain * (1 - rate)) / rate - reward, 0.0))


@former.with_payments
class SpotCheckIncome(NamedTuple):
    """Means of a provider who cheats in a part of his tasks. Amounts in USD."""

    reward: Amount  #: client → provider, for all that was not found to be wrong
    slashed: Amount  #: provider → client
    work: Amount  #: provider → suppliers, for what he really did
    checking: Amount  #: client → verifiers
    wrong: Amount  #: number of wrong results that the client paid for

    @property
    def income(self) -> Amount:
        """Of the provider: reward less stake lost and work."""
        return self.reward - self.slashed - self.work

    def transfers(
        self,
        client: str = "client",
        provider: str = "provider",
        suppliers: str = "suppliers",
        verifiers: str = "verifiers",
    ) -> tuple[Transfer, ...]:
        """All that moves."""
        return actual(
            [
                Transfer(client, provider, self.reward, "USD", "reward"),
                Transfer(provider, client, self.slashed, "USD", "slashing"),
                Transfer(provider, suppliers, self.work, "USD", "work"),
                Transfer(client, verifiers, self.checking, "USD", "checking"),
            ]
        )


@representable
def spot_check_income(
    tasks: Amount,
    cheating: Amount,
    check_rate: Amount,
    reward: Amount,
    stake: Amount,
    saving: Amount,
    check_cost: Amount = 0.0,
) -> SpotCheckIncome:
    """What cheating brings on average where some results are checked, and every cheat found costs reward and stake.

    Args:
        tasks: number of them, >= 0.
        cheating: part of the tasks in which the provider cheats, in [0, 1].
        check_rate: chance that a result is checked, in [0, 1].
        reward: for a task (USD), >= 0.
        stake: lost for each cheat found (USD), >= 0; the provider puts up a new one.
        saving: cost of doing a task, which a cheat saves (USD), >= 0.
        check_cost: of one check (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    tasks, cheating = non_negative("tasks", tasks), between("cheating", cheating, 0.0, 1.0)
    rate, reward = between("check_rate", check_rate, 0.0, 1.0), non_negative("reward", reward)
    stake, saving = non_negative("stake", stake), non_negative("saving", saving)
    check_cost = non_negative("check_cost", check_cost)
    named = {"tasks": tasks, "cheating": cheating, "check_rate": rate, "reward": reward}
    broadcastable(**named, stake=stake, saving=saving, check_cost=check_cost)
    cheats = tasks * cheating
    found = cheats * rate
    return SpotCheckIncome(
        reward=(tasks - found) * reward,
        slashed=found * stake,
        work=(tasks - cheats) * saving,
        checking=tasks * rate * check_cost,
        wrong=cheats * (1 - rate),
    )


def majority_error(copies: int, error: Amount, coalition: Amount = 0.0) -> Amount:
    """Chance that most of n copies of a task agree on a wrong result: ``P(Bin(n, q) > n/2)``, ``q = s + (1 − s)·p``.

    The work is done n times. An even number may tie; a tie is not counted as wrong.

    Args:
        copies: n, 1 to 1001.
        error: p, chance that an honest copy is wrong, in [0, 1]; the worst case, that all errors agree.
        coalition: s, part of all nodes that agree on a wrong result, in [0, 1]; copies go to nodes drawn at random
            from very many.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Condorcet (1785); Sarmenta (2002); Anderson, *BOINC* (2004).

    >>> round(majority_error(3, 0.1), 3)
    0.028
    """
    at_least("copies", copies, 1)
    between("copies", copies, 1, _MOST_COPIES)
    error, coalition = between("error", error, 0.0, 1.0), between("coalition", coalition, 0.0, 1.0)
    broadcastable(error=error, coalition=coalition)
    right = (1 - coalition) * (1 - np.asarray(error))
    wrong = coalition + (1 - coalition) * np.asarray(error)
    most = binomial(copies, wrong, right)[..., copies // 2 + 1 :]
    return plain(np.minimum(np.sum(most, axis=-1), 1.0))


def sampled_coalition_error(copies: int, coalition: int, nodes: int) -> float:
    """Chance that a coalition has most of n copies that go to different nodes, drawn from few: hypergeometric, exact.

    Args:
        copies: n, from 1 to all nodes.
        coalition: nodes in it, from 0 to all.
        nodes: all of them, >= 1.

    Raises:
        ValueError: an argument outside its range.
    """
    at_least("nodes", nodes, 1)
    for name, value, low in (("copies", copies, 1), ("coalition", coalition, 0)):
        at_least(name, value, low)
        between(name, value, low, nodes)
    honest = nodes - coalition
    ways = sum(comb(coalition, k) * comb(honest, copies - k) for k in range(copies // 2 + 1, copies + 1))
    return ways / comb(nodes, copies)


def copies_needed(error: float, target: float) -> int:
    """Least odd number of copies whose majority is wrong with a chance of at most ``target``.

    Args:
        error: chance that a copy is wrong, coalition included, in [0, 0.5): otherwise more copies make it worse.
        target: in (0, 1).

    Raises:
        ValueError: an argument outside its range, or more than 1001 copies needed.

    >>> copies_needed(0.1, 0.01)
    5
    """
    error = one_number("error", between("error", error, 0.0, 0.5, high_open=True))
    target = one_number("target", between("target", target, 0.0, 1.0, low_open=True, high_open=True))
    few, many = 0, (_MOST_COPIES - 1) // 2
    if above(majority_error(2 * many + 1, error), target):
        raise ValueError(f"error = {error:.12g} needs more than {_MOST_COPIES} copies to reach {target:.12g}")
    while few < many:
        middle = (few + many) // 2
        if above(majority_error(2 * middle + 1, error), target):
            few = middle + 1
        else:
            many = middle
    return 2 * many + 1


class InspectionGame(NamedTuple):
    """What provider and verifier do if each does best against the other."""

    cheating_rate: Amount  #: chance that a result is a cheat
    check_rate: Amount  #: chance that it is checked

    @property
    def accepted_cheats(self) -> Amount:
        """Chance that a result is a cheat and nobody checks."""
        return self.cheating_rate * (1 - self.check_rate)


def inspection_game(check_cost: Amount, bounty: Amount, saving: Amount, penalty: Amount) -> InspectionGame:
    """The verifier's dilemma: cheating rate ``v/B``, check rate ``c/L``.

    If nobody cheats, checking earns nothing; if nobody checks, cheating is free. So cheating never falls to zero while
    checking costs. A check that costs the bounty or more is never made, and everybody cheats; a penalty that does not
    exceed the saving deters nobody, checked or not.

    Args:
        check_cost: v, of one check (USD), >= 0.
        bounty: B, for a cheat found (USD), > 0.
        saving: c, of a cheat (USD), > 0.
        penalty: L, what a cheat loses who is found: reward and stake (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Avenhaus, von Stengel, Zamir, *Inspection Games* (2002); Luu et al., *Demystifying Incentives in the
    Consensus Computer* (2015).

    >>> inspection_game(1.0, 10.0, 2.0, 8.0)
    InspectionGame(cheating_rate=0.1, check_rate=0.25)
    """
    cost, bounty = non_negative("check_cost", check_cost), positive("bounty", bounty)
    saving, penalty = positive("saving", saving), non_negative("penalty", penalty)
    broadcastable(check_cost=cost, bounty=bounty, saving=saving, penalty=penalty)
    pays, deters = np.asarray(below(cost, bounty)), np.asarray(below(saving, penalty))
    cheating = np.where(pays & deters, cost / bounty, 1.0)
    checked = np.where(deters, saving / np.where(deters, penalty, 1.0), 1.0)
    return InspectionGame(plain(cheating), plain(np.where(pays, checked, 0.0)))
