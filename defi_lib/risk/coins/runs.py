"""A run on a reserve: who is paid, who waits, who buys cheaply; and at which doubt it pays to run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.coins.reserve_coin import COIN, DOLLAR, RESERVE
from defi_lib.rounding import Truth, below, rest
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    non_negative,
    one_of,
    plain,
    positive,
    ratio,
    representable,
)

#: Who is paid when not all can be: the first ones, by sales at once; those whom the liquid part reaches, then nobody
#: until the rest is sold in good time; the first ones, and the insured in any case; each its part of what is there.
RUN_RULES = ("first come", "suspension", "insured bank", "liquidity fee")


class Run(NamedTuple):
    """A run on a reserve, and where all of it went (USD; claims are worth 1 USD each if they are paid).

    ``claims − early − late = missing + to_buyers + surplus − insurer``: what holders lose was missing before
    (paper), or is what the buyers of assets sold at once got, less what an insurer paid.
    """

    rule: str
    claims: Amount
    leaving: Amount  #: claims that want to leave
    served: Amount  #: claims that were paid at once
    early: Amount  #: what they were paid
    late: Amount  #: what all others get in good time, with what the insurer pays them
    insurer: Amount  #: of it, what the insurer pays
    sold: Amount  #: worth in good time of what was sold at once
    to_buyers: Amount  #: worth of it above its price
    missing: Amount  #: claims above the worth of all assets before the run; < 0: owners' money
    surplus: Amount  #: what is left to owners in the end

    @property
    def loss(self) -> Amount:
        """What holders lose together; < 0 where their fund is worth more than their claims."""
        return self.claims - self.early - self.late

    @property
    def per_served(self) -> Amount:
        """What a claim got that was paid at once; 1 if there was none."""
        return _per(self.early, self.served)

    @property
    def per_other(self) -> Amount:
        """What each other claim gets; 1 if there is none."""
        return _per(self.late, rest(self.claims, self.served))

    @property
    def per_leaving(self) -> Amount:
        """What a claim gets on average that wants to leave, and finds its place in the queue by chance."""
        unserved = rest(self.leaving, self.served)
        return _per(self.early + unserved * self.per_other, self.leaving)

    @property
    def gain_of_leaving(self) -> Amount:
        """What a claim that wants to leave gets more than one that stays: above 0 it pays to run as others do."""
        return self.per_leaving - self.per_other

    def transfers(
        self, leavers: str = "leavers", stayers: str = "stayers", reserve: str = RESERVE, buyers: str = "buyers"
    ) -> tuple[Transfer, ...]:
        """Claims back to the reserve, and what it paid for them; what was missing stays with it as a loss."""
        unserved = rest(self.leaving, self.served)
        late_to_leavers = unserved * self.per_other
        staying, own = rest(self.claims, self.leaving), self.late - self.insurer
        part = _part(own, self.late)
        return actual(
            (
                Transfer(leavers, reserve, self.leaving, COIN, "run"),
                Transfer(stayers, reserve, staying, COIN, "run"),
                Transfer(reserve, leavers, self.early, DOLLAR, "paid at once"),
                Transfer(reserve, leavers, late_to_leavers * part, DOLLAR, "paid in good time"),
                Transfer(reserve, stayers, staying * self.per_other * part, DOLLAR, "paid in good time"),
                Transfer("insurer", leavers, late_to_leavers * (1 - part), DOLLAR, "insurance"),
                Transfer("insurer", stayers, staying * self.per_other * (1 - part), DOLLAR, "insurance"),
                Transfer(reserve, buyers, self.to_buyers, DOLLAR, "sold below its worth"),
                Transfer(reserve, "owners", self.surplus, DOLLAR, "left over"),
            )
        )


@representable
def _outcome(
    claims: Amount, liquid: Amount, illiquid: Amount, leaving: Amount, discount: Amount, insured: Amount, rule: str
) -> tuple[Amount, ...]:
    """Numbers of a run from ``served`` on, for checked arguments."""
    assets = liquid + illiquid
    if rule == "liquidity fee":
        early_worth = assets * _part(leaving, claims)
        sold = np.maximum(early_worth - liquid, 0.0)
        lost = sold * discount
        return leaving, early_worth - lost, assets - early_worth, 0.0, sold, lost, claims - assets, 0.0
    open_for = liquid if rule == "suspension" else liquid + illiquid * (1 - discount)
    served = np.minimum(leaving, open_for)
    sold = np.where(np.greater(served, liquid), np.minimum((served - liquid) / (1 - discount), illiquid), 0.0)
    lost = np.maximum(sold - np.maximum(served - liquid, 0.0), 0.0)
    others, left = claims - served, np.maximum(assets - lost - served, 0.0)
    late = np.minimum(others, left)
    insurer = (others - late) * (insured if rule == "insured bank" else 0.0)
    return served, served, late + insurer, insurer, sold, lost, claims - assets, left - late


def run_on_reserve(
    liquid: Amount,
    illiquid: Amount,
    leaving: Amount,
    discount: Amount = 0.0,
    rule: str = "first come",
    *,
    claims: Amount = 1.0,
    insured: Amount = 1.0,
) -> Run:
    """A part of all holders wants its dollars at once; see who gets what, and what it costs.

    Args:
        liquid: what can be paid at once (USD), >= 0.
        illiquid: the other assets at their worth in good time (USD), >= 0. A bank that was lost is not among them;
            what owners put in besides is.
        leaving: part of the claims that wants to leave, in [0, 1].
        discount: what of its worth a sale at once costs, in [0, 1).
        rule: ``"first come"``: leavers are paid a dollar, by sales at once if need be, until nothing is left.
            ``"suspension"``: they are paid out of the liquid part; then all wait for the rest at its full worth.
            ``"insured bank"``: as first come, and an insurer pays what the others miss, of the insured part.
            ``"liquidity fee"``: a claim is worth its part of all assets, and who leaves bears the cost of what has
            to be sold for it.
        claims: all of them (USD), > 0.
        insured: part of each claim that the insurer of the bank covers, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> run = run_on_reserve(0.2, 0.8, leaving=1.0, discount=0.1)
    >>> round(run.per_leaving, 6), round(run.loss, 6), round(run.to_buyers, 6)
    (0.92, 0.08, 0.08)
    >>> run_on_reserve(0.2, 0.8, 1.0, 0.1, "suspension").loss
    0.0

    Source: Diamond, Dybvig (1983); for the fund the liquidity fee of SEC rule 2a-7 as of 2023, where each pays the cost
    of its own leaving. Time is not priced here: who waits for 30 days loses 30 days' interest, which the reserve earns.
    """
    liquid, illiquid = non_negative("liquid", liquid), non_negative("illiquid", illiquid)
    leaving, discount = between("leaving", leaving, 0.0, 1.0), ratio("discount", discount)
    claims, insured = positive("claims", claims), between("insured", insured, 0.0, 1.0)
    one_of("rule", rule, RUN_RULES)
    broadcastable(liquid=liquid, illiquid=illiquid, leaving=leaving, discount=discount, claims=claims, insured=insured)
    wants = leaving * claims
    numbers = _outcome(claims, liquid, illiquid, wants, discount, insured, rule)
    return Run(rule, plain(claims), plain(wants), *(plain(number) for number in numbers))


def calm_part(liquid: Amount, illiquid: Amount, discount: Amount = 0.0, claims: Amount = 1.0) -> Amount:
    """The largest part that may leave, first come first served, before those who stay lose: in [0, 1].

    ``(liquid + (assets − claims)·(1 − discount)/discount)/claims``: the liquid part, and what owners' money
    bears of sales. It is 0 where assets are missing already, and 1 where selling costs nothing.

    Args:
        liquid, illiquid: assets (USD), >= 0.
        discount: what of its worth a sale at once costs, in [0, 1).
        claims: USD, > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(calm_part(0.2, 0.8, 0.1), 6), calm_part(1.0, 0.0, 0.1), calm_part(0.2, 0.8)
    (0.2, 1.0, 1.0)
    """
    liquid, illiquid = non_negative("liquid", liquid), non_negative("illiquid", illiquid)
    discount, claims = ratio("discount", discount), positive("claims", claims)
    broadcastable(liquid=liquid, illiquid=illiquid, discount=discount, claims=claims)
    spare = rest(liquid + illiquid, claims)
    price = np.where(np.greater(discount, 0), discount, 1.0)
    with np.errstate(over="ignore"):  # where a sale costs hardly anything, claims alone are the bound
        borne = np.where(np.greater(discount, 0), np.maximum(spare, 0.0) * (1 - np.asarray(discount)) / price, np.inf)
    part = np.minimum((liquid + np.minimum(borne, claims)) / claims, 1.0)
    return plain(np.where(np.less(spare, 0), 0.0, part))


def run_threshold(stays: Amount = 1.0, cost: Amount = 0.0) -> Amount:
    """The calm part below which everybody runs: ``(1 − cost)/stays``, where nobody knows how many others will.

    Each holds every number of leavers from none to all for equally likely; who stays gets ``stays`` if no more leave
    than the calm part, and nothing otherwise; who leaves gets ``1 − cost``.

    Args:
        stays: what a claim is worth to who stays if the coin survives (USD per claim), >= 1 − cost and > 0.
        cost: of leaving, in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    >>> [round(run_threshold(r, c), 6) for r, c in ((1.04, 0.0), (1.04, 0.02), (1.2, 0.05))]
    [0.961538, 0.942308, 0.791667]

    Source: Morris, Shin (2003); Rochet, Vives (2004): a global game in which what each knows is nearly exact.
    """
    stays, cost = positive("stays", stays), ratio("cost", cost)
    broadcastable(stays=stays, cost=cost)
    return plain(np.minimum((1 - np.asarray(cost)) / stays, 1.0))


def everybody_runs(calm: Amount, stays: Amount = 1.0, cost: Amount = 0.0) -> Truth:
    """Whether a coin whose calm part is ``calm`` (in [0, 1]) is run on, as :func:`run_threshold` says.

    A part that reaches the threshold is held: at 1 (a fully liquid reserve, or sales that cost nothing) nobody runs.

    Raises:
        ValueError: an argument outside its range.

    >>> everybody_runs(0.2, 1.04), everybody_runs(1.0)
    (True, False)
    """
    calm, threshold = between("calm", calm, 0.0, 1.0), run_threshold(stays, cost)
    broadcastable(calm=calm, threshold=threshold)
    runs = below(calm, threshold)
    return runs if np.ndim(runs) else bool(runs)


def _per(amount: Amount, claims: Amount) -> Amount:
    """``amount`` per claim, and 1 where there is no claim."""
    some = np.greater(claims, 0)
    return plain(np.where(some, np.divide(amount, np.where(some, claims, 1.0)), 1.0))


def _part(part: Amount, whole: Amount) -> Amount:
    """``part/whole``, and 0 of nothing."""
    some = np.greater(whole, 0)
    return plain(np.where(some, np.divide(part, np.where(some, whole, 1.0)), 0.0))
