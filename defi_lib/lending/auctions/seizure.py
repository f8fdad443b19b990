"""An unsafe position is seized, and its collateral put up for a Dutch auction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.auctions.dutch import KEEPER, OWNER, DutchAuction, DutchRules
from defi_lib.lending.market.tokens import debt_token
from defi_lib.lending.stablecoins.debt_position import COIN, ISSUER, DebtPosition
from defi_lib.rounding import below, rest
from defi_lib.validation import Amount, fulfilled, plain


def start_auction(
    position: DebtPosition,
    rules: DutchRules,
    time: Amount = 0.0,
    room: Amount = np.inf,
    where: bool | NDArray[np.bool_] = True,
) -> AuctionStart:
    """Seize the collateral of an unsafe position, or as much as there is room for, and put it up for auction.

    Args:
        position: it is unsafe; its price is that at which the auction starts, times the buffer.
        rules: of the auction.
        time: now (seconds).
        room: coins that all auctions together may still try to raise (``hole − dirt`` in the contract); a
            :class:`~defi_lib.lending.DebtCeiling` of tabs counts it. A position is taken in part if there is less room
            than it needs, and whole if less than its least debt would be left.
        where: in which scenarios, or which positions, it happens.

    Raises:
        ValueError: a safe position, no room, or room for less than the least debt.

    Source: makerdao/dss, Dog.bark and Clipper.kick.

    >>> rules = DutchRules(buffer=1.3, tip=300.0, chip=0.001)
    >>> started = start_auction(DebtPosition(100.0, 120_000.0, price=1799.0), rules)
    >>> round(started.auction.tab, 6), round(started.auction.top, 6), round(started.incentive, 6)
    (135600.0, 2338.7, 435.6)
    """
    idle, debt = ~np.asarray(where), np.asarray(position.debt)
    fulfilled("debt", position.debt, ~np.asarray(position.is_safe) | idle, "is a position that is unsafe")
    fulfilled("room", room, np.greater(room, 0) | idle, "is more than 0")
    wanted = np.minimum(debt, np.asarray(room) / (1 + rules.penalty))
    left = np.asarray(rest(debt, wanted))
    whole = (left <= 0) | below(left, position.least_debt)
    too_small = ~whole & below(wanted, position.least_debt)
    fulfilled("room", room, ~too_small | idle, "is enough for the least debt with penalty")
    taken = np.where(idle, 0.0, np.where(whole, debt, wanted))
    lot = np.where(whole, position.collateral, position.collateral * (taken / np.where(debt > 0, debt, 1.0)))
    lot = np.where(idle, 0.0, lot)
    fulfilled("collateral", position.collateral, (lot > 0) | idle, "is more than 0")
    scaled = np.where(whole, 0.0, left / position.rate_index)
    after = position._replace(
        collateral=plain(np.where(whole & ~idle, 0.0, position.collateral - lot)),
        scaled_debt=plain(np.where(idle, position.scaled_debt, scaled)),
    )
    tab = plain(taken * (1 + rules.penalty))
    least = plain(position.least_debt * (1 + rules.penalty))
    auction = DutchAuction(tab, plain(lot), position.price * rules.buffer, time, rules, least)
    incentive = plain(np.where(idle, 0.0, rules.incentive(tab)))
    return AuctionStart(position, after, auction, plain(taken), incentive)


class AuctionStart(NamedTuple):
    """What happened when collateral was put up for auction; 0 where nothing was."""

    before: DebtPosition
    position: DebtPosition  #: the position after
    auction: DutchAuction
    debt: Amount  #: coins that the owner owes no more, without penalty; the issuer's loss until the auction pays it
    incentive: Amount  #: what the keeper got (coins), newly issued

    def transfers(
        self, owner: str = OWNER, issuer: str = ISSUER, keeper: str = KEEPER, coin: str = COIN
    ) -> tuple[Transfer, ...]:
        """The owner's debt is gone, the keeper is paid; the collateral is already with the issuer."""
        return actual(
            (
                Transfer(issuer, owner, self.debt, debt_token(coin), "liquidation"),
                Transfer(issuer, keeper, self.incentive, coin, "keeper incentive"),
            )
        )
