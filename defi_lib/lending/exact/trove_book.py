"""The books of Liquity's troves in exact integers: stakes, and what liquidated troves have left to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict
from defi_lib.lending.exact.units import LARGEST, WAD, refuse

#: What becomes of a trove.
ACTIVE, CLOSED, LIQUIDATED, REDEEMED = "active", "closed by owner", "closed by liquidation", "closed by redemption"


class ExactTrove(NamedTuple):
    """A debt position as it was last touched (smallest units)."""

    debt: int = 0  #: coins owed, with the liquidator's reserve
    collateral: int = 0
    stake: int = 0  #: its part of what liquidated troves leave
    debt_sum: int = 0  #: the book's sums when it was touched (1e-18 per unit of stake)
    collateral_sum: int = 0
    status: str = ACTIVE


class Both(NamedTuple):
    """Debt and collateral that go together (smallest units)."""

    debt: int = 0
    collateral: int = 0


class TroveBook(NamedTuple):
    """All troves, and what liquidated ones left to the others in proportion to stake.

    Each redistribution adds ``debt/Σ stakes`` to one sum and ``collateral/Σ stakes`` to the other; a trove owns the
    growth of both since it was touched, times its stake. A stake is the collateral at the time of the last liquidation:
    ``collateral·Σ stakes/Σ collateral`` as of then, so that a late trove does not get more than its part.

    Source: liquity/dev, TroveManager.sol.
    """

    troves: Mapping[str, ExactTrove] = FrozenDict()
    active: Both = Both()  #: of troves, without what is pending
    spread: Both = Both()  #: pending: left by liquidated troves, and not yet in a trove
    total_stakes: int = 0
    stakes_then: int = 0  #: as of the last liquidation
    collateral_then: int = 0
    debt_sum: int = 0  #: debt left per unit of stake since the beginning (1e-18)
    collateral_sum: int = 0
    debt_error: int = 0  #: what the sums were rounded down by, for the next time
    collateral_error: int = 0

    @property
    def total(self) -> Both:
        """Debt and collateral of the system."""
        return Both(self.active.debt + self.spread.debt, self.active.collateral + self.spread.collateral)

    @property
    def open(self) -> list[str]:
        """Names of active troves, the lowest ratio of collateral and debt first."""
        names = [name for name, trove in self.troves.items() if trove.status == ACTIVE]
        return sorted(names, key=lambda name: ratio(*self.entire(name), 100 * WAD))

    def pending(self, user: str) -> Both:
        """What liquidated troves have left to ``user`` since its trove was touched."""
        trove = self.troves[user]
        if trove.status != ACTIVE or trove.collateral_sum >= self.collateral_sum:
            return Both()
        debt = trove.stake * (self.debt_sum - trove.debt_sum) // WAD
        return Both(debt, trove.stake * (self.collateral_sum - trove.collateral_sum) // WAD)

    def entire(self, user: str) -> Both:
        """Debt and collateral of a trove with what is pending."""
        trove, more = self.troves[user], self.pending(user)
        return Both(trove.debt + more.debt, trove.collateral + more.collateral)

    def moved(self, debt: int, collateral: int) -> Self:
        """With more (or less) in the active troves together."""
        return self._replace(active=Both(self.active.debt + debt, self.active.collateral + collateral))

    def touched(self, user: str) -> Self:
        """What is pending for ``user`` is put into its trove; its stake stays."""
        if self.troves[user].collateral_sum >= self.collateral_sum:
            return self
        debt, collateral = self.pending(user)
        trove = self.troves[user]._replace(debt_sum=self.debt_sum, collateral_sum=self.collateral_sum)
        trove = trove._replace(debt=trove.debt + debt, collateral=trove.collateral + collateral)
        spread = Both(self.spread.debt - debt, self.spread.collateral - collateral)
        return self.moved(debt, collateral)._replace(spread=spread, troves=FrozenDict(self.troves) | {user: trove})

    def written(self, user: str, debt: int, collateral: int) -> Self:
        """With a new debt and collateral of a trove, which is open from now on, and a new stake."""
        old = self.troves.get(user, ExactTrove())
        stake = collateral * self.stakes_then // self.collateral_then if self.collateral_then else collateral
        trove = ExactTrove(debt, collateral, stake, self.debt_sum, self.collateral_sum)
        return self._replace(
            troves=FrozenDict(self.troves) | {user: trove}, total_stakes=self.total_stakes - old.stake + stake
        ).moved(debt - old.debt, collateral - old.collateral)

    def removed(self, user: str, status: str) -> Self:
        """Without the stake, debt and collateral of a trove; its debt and collateral stay with the active ones.

        Raises:
            ValueError: the last trove, which the contract keeps.
        """
        refuse(len(self.open) < 2, f"user = {user!r} has the last trove: allowed is another one")
        closed = FrozenDict(self.troves) | {user: ExactTrove(status=status)}
        return self._replace(troves=closed, total_stakes=self.total_stakes - self.troves[user].stake)

    def redistributed(self, debt: int, collateral: int) -> Self:
        """With debt and collateral of a liquidated trove spread over all others, in proportion to their stakes."""
        if not debt:
            return self
        debt_step, debt_error = divmod(debt * WAD + self.debt_error, self.total_stakes)
        step, error = divmod(collateral * WAD + self.collateral_error, self.total_stakes)
        return self.moved(-debt, -collateral)._replace(
            debt_sum=self.debt_sum + debt_step,
            collateral_sum=self.collateral_sum + step,
            debt_error=debt_error,
            collateral_error=error,
            spread=Both(self.spread.debt + debt, self.spread.collateral + collateral),
        )

    def remembered(self) -> Self:
        """With stakes and collateral of now as those of the last liquidation."""
        return self._replace(stakes_then=self.total_stakes, collateral_then=self.total.collateral)


def ratio(debt: int, collateral: int, price: int) -> int:
    """Worth of the collateral per coin of debt (1e-18), rounded down; the largest integer without debt."""
    return collateral * price // debt if debt else LARGEST
