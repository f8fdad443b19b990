"""Public insurance of deposits: a fund that a levy on all banks refills, with the state behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.insurance.ruin import yearly
from defi_lib.rounding import rest
from defi_lib.validation import Amount, broadcastable, non_negative, non_negative_or_infinite, plain


class FailedBank(NamedTuple):
    """Who gets what when a bank fails; the first axis are depositors, the others are worlds."""

    deposits: NDArray[np.float64]
    insured: NDArray[np.float64]  #: of each deposit, paid by the fund at once
    estate: NDArray[np.float64]  #: what each depositor gets of the bank's assets for the rest
    recovered: Amount  #: what the fund gets of them, in the depositors' place
    assets: Amount  #: what the bank's assets brought

    @property
    def losses(self) -> NDArray[np.float64]:
        """What each depositor loses."""
        return np.maximum(self.deposits - self.insured - self.estate, 0.0)

    @property
    def cost(self) -> Amount:
        """What the fund loses."""
        return plain(np.maximum(np.sum(self.insured, axis=0) - self.recovered, 0.0))

    @property
    def surplus(self) -> Amount:
        """What is left of the assets for other creditors and owners."""
        return plain(np.maximum(self.assets - np.sum(self.estate, axis=0) - self.recovered, 0.0))

    def transfers(
        self, bank: str = "bank", depositors: str = "depositors", fund: str = "deposit insurance", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """What the fund pays and gets, and what is left for depositors beyond the limit."""
        return actual(
            (
                Transfer(fund, depositors, plain(np.sum(self.insured, axis=0)), asset, "insured deposits"),
                Transfer(bank, depositors, plain(np.sum(self.estate, axis=0)), asset, "estate"),
                Transfer(bank, fund, self.recovered, asset, "estate"),
            )
        )


def pay_depositors(deposits: Amount, assets: Amount, limit: Amount = np.inf) -> FailedBank:
    """Pay each depositor up to a limit; for the rest all have the same part of what the assets bring.

    The fund stands in the place of those it paid: it shares with those above the limit as they would have.

    Args:
        deposits: of each depositor (first axis), >= 0.
        assets: what the bank's assets bring, >= 0.
        limit: insured for each depositor, >= 0; infinite: all is insured; 0: nothing.

    Raises:
        ValueError: an argument outside its range.

    Source: rules of the Federal Deposit Insurance Corporation (depositors before other creditors; 250,000 USD).

    >>> failed = pay_depositors([100.0, 700.0], assets=600.0, limit=250.0)
    >>> failed.losses.tolist(), failed.cost
    ([0.0, 112.5], 87.5)
    """
    held = np.atleast_1d(np.array(non_negative("deposits", deposits), dtype=float))
    assets = non_negative("assets", assets)
    bound = np.asarray(non_negative_or_infinite("limit", limit))
    broadcastable(deposits=held, assets=assets, limit=bound)
    owed = np.sum(held, axis=0)
    part = np.where(owed > 0, np.minimum(assets, owed) / np.where(owed > 0, owed, 1.0), 1.0)
    insured = np.minimum(held, bound)
    return FailedBank(held, insured, (held - insured) * part, plain(np.sum(insured, axis=0) * part), plain(assets))


class LeviedFund(NamedTuple):
    """A public fund over years; the first axis is time, the others are worlds."""

    fund: NDArray[np.float64]  #: at the end of each year; below 0 is what the state lent
    levies: NDArray[np.float64]  #: paid by all banks in each year
    paid: NDArray[np.float64]  #: losses, always in full

    @property
    def borrowed(self) -> NDArray[np.float64]:
        """The most that the state had lent in any year."""
        return np.maximum(-np.min(self.fund, axis=0), 0.0)

    def transfers(
        self, banks: str = "banks", fund: str = "deposit insurance", depositors: str = "depositors", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """Levies and payments of all years."""
        return actual(
            (
                Transfer(banks, fund, plain(np.sum(self.levies, axis=0)), asset, "levy"),
                Transfer(fund, depositors, plain(np.sum(self.paid, axis=0)), asset, "insured deposits"),
            )
        )


def run_levied_fund(
    losses: Amount, insured: Amount, start: Amount, target: Amount = 0.0135, levy: Amount = 0.0005, most: Amount = 0.004
) -> LeviedFund:
    """Lead a public fund through its years: it always pays, and a levy afterwards brings it back to its target.

    The levy is the usual one while the fund is below its target, more while the state's loan is not repaid, and
    nothing once the target is reached.

    Args:
        losses: that the fund bears in each year, >= 0; time along the first axis, then worlds.
        insured: deposits on which the levy is taken, >= 0; one number, or one a year (and world).
        start: the fund to begin with, >= 0.
        target: part of the insured deposits at which the levy ends, >= 0.
        levy: part of them taken a year, >= 0.
        most: while the fund owes the state, >= 0; at least ``levy``.

    Raises:
        ValueError: an argument outside its range, or losses without a year.

    Source: own model of the Federal Deposit Insurance Corporation: by law at least 1.35 % of insured deposits, raised
    by assessments after losses.

    >>> run = run_levied_fund([0.0, 30.0, 0.0], insured=1_000.0, start=13.5)
    >>> run.fund.tolist(), run.levies.tolist()
    ([13.5, -16.5, -12.5], [0.0, 0.0, 4.0])
    """
    losses = np.asarray(non_negative("losses", losses), float)
    if losses.ndim == 0 or losses.shape[0] == 0:
        raise ValueError(f"losses has shape {losses.shape}: allowed is one entry a year along the first axis")
    insured, start = non_negative("insured", insured), non_negative("start", start)
    target, levy = non_negative("target", target), non_negative("levy", levy)
    most = non_negative("most", most)
    worlds = broadcastable(losses=losses[0], start=start, target=target, levy=levy, most=most)
    base = yearly("insured", insured, len(losses), worlds)
    fund, levies = np.zeros((len(losses), *worlds)), np.zeros((len(losses), *worlds))
    now = np.broadcast_to(np.asarray(start, float), worlds)
    for year, loss in enumerate(losses):
        missing = np.maximum(target * base[year] - now, 0.0)
        rate = np.where(now < 0, np.maximum(most, levy), levy)
        levies[year] = np.minimum(rate * base[year], missing)
        now = np.asarray(rest(now + levies[year], loss))  # a fund that is used up to the last cent owes nothing
        fund[year] = now
    return LeviedFund(fund, levies, np.array(np.broadcast_to(losses, fund.shape)))
