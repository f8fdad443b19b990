"""What happened to troves, in a form that a ledger can book."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.tokens import debt_token
from defi_lib.lending.stablecoins.debt_position import COIN, COLLATERAL, ISSUER
from defi_lib.validation import Amount, plain

#: Whose positions they are, who gets redemption fees, and the other parties, in transfers.
OWNERS, STAKERS, REDEEMER, LIQUIDATOR = "owners", "stakers", "redeemer", "liquidator"


class Redemption(NamedTuple):
    """What happened in a redemption; arrays have one number per position."""

    before: Any  #: the positions before
    troves: Any  #: the positions after
    cancelled: NDArray[np.float64]  #: coins of debt that the redeemer paid
    drawn: NDArray[np.float64]  #: collateral that left the position for it (tokens)
    returned: NDArray[np.float64]  #: collateral that owners of closed positions got back (tokens)
    fee: Amount  #: the part of the drawn collateral that the redeemer does not get (tokens)
    base_rate: Amount  #: after
    paid: Amount  #: coins that the redeemer gave; less than offered if it stopped at a least debt

    def transfers(
        self,
        redeemer: str = REDEEMER,
        owners: str = OWNERS,
        stakers: str = STAKERS,
        issuer: str = ISSUER,
        coin: str = COIN,
        collateral: str = COLLATERAL,
    ) -> tuple[Transfer, ...]:
        """Coins for collateral; the debt of the owners is gone, and the fee is that of the stakers."""
        drawn, gone = plain(self.drawn.sum(-1)), plain((self.before.debt - self.troves.debt).sum(-1))
        return actual(
            (
                Transfer(redeemer, issuer, self.paid, coin, "redemption"),
                Transfer(issuer, redeemer, drawn - self.fee, collateral, "redemption"),
                Transfer(issuer, stakers, self.fee, collateral, "redemption fee"),
                Transfer(issuer, owners, plain(self.returned.sum(-1)), collateral, "collateral"),
                Transfer(issuer, owners, gone, debt_token(coin), "redemption"),
            )
        )


class TroveLiquidation(NamedTuple):
    """What happened in a liquidation; arrays have one number per position."""

    before: Any  #: the positions before
    troves: Any  #: the positions after
    offset_debt: NDArray[np.float64]  #: coins that the stability pool paid
    offset_collateral: NDArray[np.float64]  #: tokens that the pool got for them
    spread_debt: NDArray[np.float64]  #: coins that the other positions now owe
    spread_collateral: NDArray[np.float64]  #: tokens that they got with them
    compensation: NDArray[np.float64]  #: tokens that the liquidator got
    returned: NDArray[np.float64]  #: tokens that owners got back (in recovery mode)
    closed: NDArray[np.bool_]  #: which positions are no more

    def transfers(
        self,
        liquidator: str = LIQUIDATOR,
        owners: str = OWNERS,
        issuer: str = ISSUER,
        coin: str = COIN,
        collateral: str = COLLATERAL,
    ) -> tuple[Transfer, ...]:
        """All but what the stability pool pays and gets: that is in the record of the pool.

        What is spread stays among the owners. The liquidator gets the coins that were set aside, and collateral.
        """
        reserve = self.before.rules.reserve * self.closed.sum(-1)
        return actual(
            (
                Transfer(issuer, owners, plain(self.offset_debt.sum(-1)), debt_token(coin), "liquidation"),
                Transfer(issuer, liquidator, plain(self.compensation.sum(-1)), collateral, "compensation"),
                Transfer(issuer, liquidator, plain(reserve), coin, "compensation"),
                Transfer(issuer, owners, plain(self.returned.sum(-1)), collateral, "collateral"),
            )
        )
