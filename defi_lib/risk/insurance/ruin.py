"""Can a fund pay? What it asks, its chance of ruin, and its way through years of losses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below, rest
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_number, plain, positive


def loaded_premium(cover: Amount, chance: Amount, loading: Amount = 0.0, severity: Amount = 1.0) -> Amount:
    """What to ask for a cover: its expected loss and a part on top, ``cover·chance·severity·(1 + loading)``.

    Args:
        cover: what is paid at most, >= 0.
        chance: of a claim in the period, in [0, 1].
        loading: part on top, >= 0; at 0 the premium is fair, and a fund is ruined some day.
        severity: part of the cover that a claim costs on average, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> loaded_premium(1_000.0, 0.03, loading=0.5)
    45.0
    """
    cover, loading = non_negative("cover", cover), non_negative("loading", loading)
    chance, severity = between("chance", chance, 0.0, 1.0), between("severity", severity, 0.0, 1.0)
    broadcastable(cover=cover, chance=chance, loading=loading, severity=severity)
    return plain(np.asarray(cover) * chance * severity * (1 + np.asarray(loading)))


def ruin_chance(capital: Amount, loading: Amount, mean_claim: Amount = 1.0) -> Amount:
    """Chance that a fund is ever ruined, if claims come at random: ``e^{−θu/((1+θ)μ)}/(1 + θ)``.

    Args:
        capital: u, to begin with, >= 0.
        loading: θ, of the premium, >= 0; with 0 ruin is certain.
        mean_claim: μ, of claims whose size is exponential, > 0, in the unit of the capital.

    Raises:
        ValueError: an argument outside its range.

    Source: Cramér (1930), Lundberg (1903). How often claims come cancels out: the premium follows it.

    >>> round(ruin_chance(0.0, 0.2), 6), round(ruin_chance(10.0, 0.2), 6)
    (0.833333, 0.157396)
    """
    capital, loading = non_negative("capital", capital), non_negative("loading", loading)
    mean_claim = positive("mean_claim", mean_claim)
    broadcastable(capital=capital, loading=loading, mean_claim=mean_claim)
    whole = 1 + np.asarray(loading)
    return plain(np.exp(-np.asarray(loading) / whole * (np.asarray(capital) / mean_claim)) / whole)


def capital_for_ruin(chance: Amount, loading: Amount, mean_claim: Amount = 1.0) -> Amount:
    """Capital at which a fund is ruined with this chance: ``u = ln(1/((1+θ)·chance))·(1+θ)·μ/θ``, at least 0.

    Args:
        chance: of ruin ever, in (0, 1].
        loading: θ, > 0.
        mean_claim: μ, > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(capital_for_ruin(0.005, 0.2), 3)
    30.696
    """
    chance = between("chance", chance, 0.0, 1.0, low_open=True)
    loading, mean_claim = positive("loading", loading), positive("mean_claim", mean_claim)
    broadcastable(chance=chance, loading=loading, mean_claim=mean_claim)
    whole = 1 + np.asarray(loading)
    return plain(np.maximum(-np.log(whole * chance), 0.0) * whole / loading * mean_claim)


def sampled_ruin(
    rng: np.random.Generator, worlds: int, capital: Amount, loading: Amount, claims: int, mean_claim: float = 1.0
) -> float:
    """Part of worlds in which a fund is ruined by one of its first claims, claim by claim.

    Args:
        rng: where chance comes from.
        worlds: how many, >= 1.
        capital: to begin with, >= 0.
        loading: of the premium, >= 0.
        claims: after which a fund counts as saved, >= 1.
        mean_claim: > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    capital = one_number("capital", non_negative("capital", capital))
    loading = one_number("loading", non_negative("loading", loading))
    mean_claim = one_number("mean_claim", positive("mean_claim", mean_claim))
    size = (at_least("worlds", worlds, 1), at_least("claims", claims, 1))
    waits = rng.exponential(1.0, size) * (1 + loading) * mean_claim  # the premium earned until the next claim
    lowest = np.min(np.cumsum(waits - rng.exponential(mean_claim, size), axis=1), axis=1)
    return float(np.mean(lowest < -capital))


class FundRun(NamedTuple):
    """A fund over years; the first axis is time, the others are worlds."""

    capital: NDArray[np.float64]  #: at the end of each year, >= 0
    paid: NDArray[np.float64]  #: claims that were paid
    unpaid: NDArray[np.float64]  #: claims for which there was no money
    premiums: NDArray[np.float64]  #: taken in
    start: Amount  #: capital to begin with

    @property
    def ruined(self) -> NDArray[np.bool_]:
        """In which worlds a claim was not paid in full."""
        return np.any(below(0.0, self.unpaid), axis=0)

    def transfers(
        self, members: str = "members", fund: str = "fund", claimants: str = "claimants", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """Premiums, claims, and what was lost and nobody paid: that stays with whoever lost it."""
        return actual(
            (
                Transfer(members, fund, np.sum(self.premiums, axis=0), asset, "premiums"),
                Transfer(fund, claimants, np.sum(self.paid, axis=0), asset, "claims"),
            )
        )


def run_fund(capital: Amount, premiums: Amount, claims: Amount, returns: Amount = 0.0, closes: bool = True) -> FundRun:
    """Lead a fund through its years: premiums come in, capital earns or falls, then claims are paid as far as it goes.

    Args:
        capital: to begin with, >= 0; one number or one a world.
        premiums: of each year, >= 0; time along the first axis, or one number for all years.
        claims: of each year, >= 0; time along the first axis, then worlds.
        returns: of the capital in each year, >= −1: a fund that is held in ether falls with it. As premiums.
        closes: whether a fund that could not pay sells no cover afterwards: later claims are nobody's.

    Raises:
        ValueError: an argument outside its range, or claims without a year.

    >>> run = run_fund(10.0, 2.0, [[1.0, 1.0], [0.0, 20.0], [1.0, 1.0]])
    >>> run.capital[:, 0].tolist(), run.unpaid[:, 1].tolist(), run.ruined.tolist()
    ([11.0, 13.0, 14.0], [0.0, 7.0, 0.0], [False, True])
    """
    claims = np.asarray(non_negative("claims", claims), float)
    if claims.ndim == 0 or claims.shape[0] == 0:
        raise ValueError(f"claims has shape {claims.shape}: allowed is one entry a year along the first axis")
    capital, premiums = non_negative("capital", capital), non_negative("premiums", premiums)
    returns = between("returns", returns, -1.0, np.inf, high_open=True)
    worlds = broadcastable(capital=capital, claims=claims[0])
    each = {
        name: yearly(name, value, len(claims), worlds) for name, value in (("premiums", premiums), ("returns", returns))
    }
    shape = (len(claims), *worlds)
    held, paid, unpaid, taken = (np.zeros(shape) for _ in range(4))
    now, open_ = np.broadcast_to(np.asarray(capital, float), worlds), np.ones(worlds, dtype=bool)
    for year, due in enumerate(claims):
        taken[year] = np.where(open_, each["premiums"][year], 0.0)
        due = np.where(open_, due, 0.0)
        now = now * (1 + each["returns"][year]) + taken[year]
        paid[year] = np.minimum(due, now)
        unpaid[year], now = rest(due, paid[year]), np.asarray(rest(now, paid[year]))
        held[year] = now
        if closes:
            open_ = open_ & ~np.asarray(below(0.0, unpaid[year]))
    return FundRun(held, paid, unpaid, taken, capital)


def yearly(name: str, value: Amount, years: int, worlds: tuple[int, ...]) -> NDArray[np.float64]:
    """One row a year: of one number, of one a year, or of one a year and world."""
    array = np.asarray(value, float)
    if array.ndim and array.shape[0] != years:
        raise ValueError(f"{name} has {array.shape[0]} years: allowed is one number or {years}, as claims have")
    if array.ndim == 1:
        array = array.reshape(years, *(1 for _ in worlds))
    return np.broadcast_to(array, (years, *worlds))
