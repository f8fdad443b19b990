"""What happened in a transition of a money market, in a form that a ledger can book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.state import MarketState
from defi_lib.lending.market.tokens import debt_token, supply_token
from defi_lib.validation import Amount

#: The market with its transitions, which a record takes as it is.
M = TypeVar("M", bound=MarketState)

#: Names of the market and of its treasury in transfers.
MARKET = "market"
TREASURY = "treasury"


class MarketChange(NamedTuple, Generic[M]):
    """What happened in a transition of a market."""

    before: M
    market: M  #: the market after
    amount: Amount  #: tokens that moved; 0 where none did
    exchanged: tuple[Transfer, ...] = ()  #: what moved but interest

    @property
    def after(self) -> M:
        """The market after."""
        return self.market

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Everything that moved, interest included: who paid whom how much of what, and why."""
        return self.exchanged + interest_transfers(self.before, self.market)


class MarketLiquidation(NamedTuple, Generic[M]):
    """What happened in a liquidation."""

    before: M
    market: M  #: the market after
    repaid: Amount  #: debt that the liquidator repaid (tokens of the debt asset)
    seized: Amount  #: collateral that left the position, the fee included (tokens of the collateral asset)
    protocol_fee: Amount  #: the part of ``seized`` that the treasury got
    bad_debt: Amount  #: worth of the debt that is left without any collateral (USD)
    transfers: tuple[Transfer, ...]

    @property
    def after(self) -> M:
        """The market after."""
        return self.market


def supply_transfers(user: str, asset: str, amount: Amount) -> tuple[Transfer, ...]:
    """Tokens for a claim of the same worth."""
    return actual(
        (Transfer(user, MARKET, amount, asset, "supply"), Transfer(MARKET, user, amount, supply_token(asset), "supply"))
    )


def withdraw_transfers(user: str, asset: str, amount: Amount, reason: str = "withdraw") -> tuple[Transfer, ...]:
    """A claim for tokens."""
    return actual(
        (Transfer(user, MARKET, amount, supply_token(asset), reason), Transfer(MARKET, user, amount, asset, reason))
    )


def borrow_transfers(user: str, asset: str, amount: Amount) -> tuple[Transfer, ...]:
    """Tokens for a debt."""
    return actual(
        (Transfer(MARKET, user, amount, asset, "borrow"), Transfer(user, MARKET, amount, debt_token(asset), "borrow"))
    )


def repay_transfers(payer: str, user: str, asset: str, amount: Amount, reason: str = "repay") -> tuple[Transfer, ...]:
    """Tokens for the debt of ``user``, whoever pays."""
    return actual(
        (Transfer(payer, MARKET, amount, asset, reason), Transfer(MARKET, user, amount, debt_token(asset), reason))
    )


def interest_transfers(before: MarketState, after: MarketState) -> tuple[Transfer, ...]:
    """The interest between two times: borrowers to the market, and the market to suppliers and treasury, in claims."""
    if before.time is after.time:
        return ()
    return actual(move for asset in before.reserves for move in _interest(before, after, asset))


def _interest(before: MarketState, after: MarketState, asset: str) -> Iterator[Transfer]:
    old, new = before.reserve(asset), after.reserve(asset)
    for user, account in before.accounts.items():
        debt = account.scaled_debt.get(asset, 0.0) * (new.borrow_index - old.borrow_index)
        claim = account.scaled_supply.get(asset, 0.0) * (new.supply_index - old.supply_index)
        yield Transfer(user, MARKET, debt, debt_token(asset), "interest")
        yield Transfer(MARKET, user, claim, supply_token(asset), "interest")
    yield Transfer(MARKET, TREASURY, new.treasury - old.treasury, supply_token(asset), "reserve factor")


def gift_transfers(market: MarketState, asset: str, growth: Amount, reason: str) -> tuple[Transfer, ...]:
    """A growth of the supply index (ratio), as transfers to everybody who has a claim."""
    reserve = market.reserve(asset)
    gain = reserve.supply_index * growth
    claims = [(user, account.scaled_supply.get(asset, 0.0)) for user, account in market.accounts.items()]
    claims.append((TREASURY, reserve.scaled_treasury))
    return actual(Transfer(MARKET, user, claim * gain, supply_token(asset), reason) for user, claim in claims)
