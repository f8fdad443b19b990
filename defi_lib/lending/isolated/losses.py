"""Who bears what borrowers leave unpaid: a fund, helpers, lenders, and of these those who leave last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import within
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, ratio


class LossBorne(NamedTuple):
    """A loss, and who bears which part of it (in the unit of the loss)."""

    loss: Amount
    fund: Amount  #: paid by the safety fund
    others: Amount  #: paid by whoever comes to help
    lenders: Amount  #: left to the lenders

    def transfers(
        self,
        lenders: str = "lenders",
        borrowers: str = "borrowers",
        fund: str = "safety fund",
        others: str = "helpers",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """The loan that is not repaid, and what the others give the lenders for it."""
        return actual(
            (
                Transfer(lenders, borrowers, self.loss, asset, "loan, never repaid"),
                Transfer(fund, lenders, self.fund, asset, "safety fund"),
                Transfer(others, lenders, self.others, asset, "help"),
            )
        )


def bear_loss(loss: Amount, fund: Amount = 0.0, rescued: Amount = 0.0) -> LossBorne:
    """The safety fund pays first, as far as it goes; of what is then missing others pay a part; lenders bear the rest.

    Args:
        loss: what borrowers leave unpaid, >= 0.
        fund: what the safety fund holds, >= 0, in the same unit.
        rescued: the part that others pay of what the fund does not, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: LlamaRisk, *Umbrella: Coverage Principles and Slashing Logic* (2025). The fund of a lending pool is itself
    lenders' money, staked for a fee; each coin has a fund of its own.

    >>> borne = bear_loss(30.0, fund=10.0, rescued=0.25)
    >>> borne.fund, borne.others, borne.lenders
    (10.0, 5.0, 15.0)
    """
    loss, fund, rescued = non_negative("loss", loss), non_negative("fund", fund), between("rescued", rescued, 0.0, 1.0)
    broadcastable(loss=loss, fund=fund, rescued=rescued)
    paid = np.minimum(loss, fund)
    helped = (np.asarray(loss) - paid) * rescued
    return LossBorne(loss, plain(paid), plain(helped), plain(np.asarray(loss) - paid - helped))


class VaultRun(NamedTuple):
    """A run on a vault, per dollar of deposits."""

    served: Amount  #: part of all deposits that left in time
    early: Amount  #: what each dollar of them got
    late: Amount  #: what each dollar that stayed is worth


def run_on_vault(liquid: Amount, loss: Amount, leaving: Amount, waits: bool = True) -> VaultRun:
    """Some want out after a failure; who comes first is paid until no money is left, and the others bear the rest.

    Args:
        liquid: what can be paid out at once (part of the deposits), in [0, 1).
        loss: what will never come back (part of the deposits), in [0, 1), at most what is not liquid.
        leaving: part of the deposits whose owners want out at once, in [0, 1].
        waits: whether shares are still paid in full (the loss is not yet on the books); otherwise less the loss.

    Raises:
        ValueError: an argument outside its range, or a loss of money that is still there.

    Source: Diamond, Dybvig, *Bank Runs, Deposit Insurance, and Liquidity* (1983).

    >>> run = run_on_vault(liquid=0.2, loss=0.4, leaving=0.5)
    >>> round(run.served, 3), run.early, round(run.late, 3)
    (0.2, 1.0, 0.5)
    """
    liquid, loss, leaving = ratio("liquid", liquid), ratio("loss", loss), between("leaving", leaving, 0.0, 1.0)
    broadcastable(liquid=liquid, loss=loss, leaving=leaving)
    within("liquid + loss", np.asarray(liquid) + loss, 0.0, 1.0)
    price = 1.0 - np.asarray(loss) * (0.0 if waits else 1.0)
    served = np.minimum(leaving, np.asarray(liquid) / price)
    left = np.maximum(1.0 - np.asarray(loss) - served * price, 0.0)
    late = np.where(served < 1.0, left / np.where(served < 1.0, 1.0 - served, 1.0), price)
    return VaultRun(plain(served), plain(price), plain(late))
