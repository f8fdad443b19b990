"""Liquidation: what is repaid and seized, for one position or for a million, and when it makes things worse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.ledger.transfer import Transfer, by_name
from defi_lib.lending.market.tokens import debt_token
from defi_lib.lending.positions.collateral import cover
from defi_lib.rounding import Truth, reaches, rest, within
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, one_number, plain, positive

#: Positions computed at a time: few enough that all intermediate results stay in the fast cache.
_BLOCK = 8192


#: Reasons of transfers. Of a liquidation the liquidator keeps the bonus: this column of a profit table is the bonus.
LIQUIDATION, BAD_DEBT = "liquidation", "bad debt"

#: What the collateral and the currency of the debts are called when nobody says otherwise.
ASSETS = ("ETH", "USD")


class _Rules(NamedTuple):
    close_factor: float
    full_below: float
    full_size: float
    least_left: float
    of_all_debt: bool
    writes_off: bool


class CloseRules(_Rules):
    """How much of a debt one liquidation may repay.

    Args:
        close_factor: part of the debt, in (0, 1], in the ordinary case.
        full_below: all of it up to this health factor, in [0, 1].
        full_size: all of it if collateral or debt is worth less than this (USD), >= 0.
        least_left: a liquidation must end with no debt, with no collateral, or with at least this of both (USD), in
            [0, full_size / 2].
        of_all_debt: the close factor counts all debts of the borrower, not only the one that is repaid.
        writes_off: debt that no collateral is left for is booked as a loss of the market at once.

    Raises:
        ValueError: an argument outside its range.

    Source: aave-dao/aave-v3-origin, LiquidationLogic.sol.
    """

    __slots__ = ()

    def __new__(
        cls,
        close_factor: float = 0.5,
        full_below: float = 0.95,
        full_size: float = 0.0,
        least_left: float = 0.0,
        of_all_debt: bool = False,
        writes_off: bool = False,
    ) -> Self:
        """Check the arguments."""
        close_factor = one_number("close_factor", between("close_factor", close_factor, 0.0, 1.0, low_open=True))
        full_below = one_number("full_below", between("full_below", full_below, 0.0, 1.0))
        full_size = one_number("full_size", non_negative("full_size", full_size))
        least_left = one_number("least_left", within("least_left", least_left, 0.0, full_size / 2))
        return super().__new__(cls, close_factor, full_below, full_size, least_left, of_all_debt, writes_off)


#: Aave v3.0 to v3.2: half of the debt, or all of it at a health factor of 0.95 and below.
AAVE_V3 = CloseRules()
#: Aave v3.3: small positions are closed whole, and nothing too small to be worth a liquidation may be left.
AAVE_V3_3 = CloseRules(full_size=2000.0, least_left=1000.0, of_all_debt=True, writes_off=True)
#: Compound v2: half of a debt, however bad it is.
COMPOUND_V2 = CloseRules(full_below=0.0)


class Liquidation(NamedTuple):
    """What the largest allowed liquidation does to each position; nothing where the health factor is 1 or more."""

    collateral_before: Amount  #: tokens
    debt_before: Amount  #: USD
    price: Amount  #: USD per token of collateral
    liquidation_threshold: Amount
    bonus: Amount
    fee_share: Amount  #: part of the bonus that goes to the protocol
    writes_off: bool
    health_factor: Amount  #: before
    repaid: Amount  #: debt that the liquidator repays (USD)
    seized: Amount  #: collateral that leaves the position (tokens), the protocol's fee included

    @property
    def protocol_fee(self) -> Amount:
        """What the protocol keeps of the seized collateral (tokens): a part of the bonus."""
        return self.seized * (self.fee_share * self.bonus / (1 + self.bonus))

    @property
    def liquidator_profit(self) -> Amount:
        """What the liquidator gets above what it repays (USD), if it sells at ``price``."""
        return (self.seized - self.protocol_fee) * self.price - self.repaid

    @property
    def collateral(self) -> Amount:
        """Collateral after (tokens)."""
        return rest(self.collateral_before, self.seized)

    @property
    def bad_debt(self) -> Amount:
        """Debt that is left without any collateral (USD): a loss of the suppliers, who do not know it yet."""
        return plain(np.where(np.greater(self.collateral, 0), 0.0, rest(self.debt_before, self.repaid)))

    @property
    def written_off(self) -> Amount:
        """The part of the bad debt that the market books as its loss at once (USD): all of it, or nothing."""
        return self.bad_debt if self.writes_off else 0.0 * self.bad_debt

    @property
    def debt(self) -> Amount:
        """Debt after (USD), without what is written off."""
        return rest(self.debt_before, self.repaid) - self.written_off

    @property
    def health_factor_after(self) -> Amount:
        """Health factor after: lower than before where it was below :func:`spiral_health_factor`."""
        return cover(self.collateral * self.price * self.liquidation_threshold, self.debt)

    def transfers(
        self,
        borrowers: str | Sequence[str] = "borrower",
        liquidator: str = "liquidators",
        market: str = "market",
        treasury: str = "treasury",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """What liquidators repay and seize, what the treasury keeps, and the debt that no collateral is left for.

        Collateral is the borrower's until it is seized; a debt is a claim called ``"USD debt"`` that the market holds.

        Args:
            borrowers: the name of the borrower of all positions, or one name for each position (the last axis).
            liquidator, market, treasury: their names.
            assets: the names of the collateral and of the currency of the debts.

        Raises:
            ValueError: not one name per position, or not two names of assets.
        """
        collateral, currency = _two(assets)
        lost = np.where(np.greater(self.seized, 0), self.bad_debt, 0.0)
        amounts = (self.repaid, self.seized - self.protocol_fee, self.protocol_fee, lost)
        moves = []
        for name, (repaid, got, fee, gone) in by_name("borrowers", borrowers, amounts):
            moves += [
                Transfer(liquidator, market, repaid, currency, LIQUIDATION),
                Transfer(market, name, repaid, debt_token(currency), LIQUIDATION),
                Transfer(name, liquidator, got, collateral, LIQUIDATION),
                Transfer(name, treasury, fee, collateral, LIQUIDATION),
                Transfer(market, name, gone, debt_token(currency), BAD_DEBT),
            ]
        return tuple(moves)


def _two(assets: Sequence[str]) -> tuple[str, str]:
    """The names of the collateral and of the currency."""
    if isinstance(assets, str) or len(assets) != 2:
        raise ValueError(f"assets = {assets!r}: allowed are two names, of the collateral and of the currency of debts")
    return assets[0], assets[1]


def liquidate(
    collateral: Amount,
    debt: Amount,
    price: Amount,
    liquidation_threshold: Amount,
    bonus: Amount,
    fee_share: Amount = 0.0,
    rules: CloseRules = AAVE_V3,
) -> Liquidation:
    """Health factor of each position, and the largest liquidation of those below 1.

    The liquidator repays ``c·D`` and seizes ``c·D·(1 + b)/P`` of collateral, at most all there is. At a health factor
    of exactly 1 nothing happens yet, and at exactly ``rules.full_below`` the whole debt may be repaid.

    Args:
        collateral: tokens of each position, >= 0.
        debt: its debt (USD), >= 0.
        price: USD per token of collateral, > 0.
        liquidation_threshold: ratio, in [0, 1].
        bonus: what the liquidator gets above what it repays (ratio), >= 0.
        fee_share: part of the bonus that goes to the protocol, in [0, 1].
        rules: how much may be repaid.

    All but the rules may be arrays that fit together: a million positions, positions × scenarios.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: aave-dao/aave-v3-origin, LiquidationLogic.sol.

    >>> step = liquidate(10.0, 12_000.0, 1_400.0, 0.825, 0.05)
    >>> round(step.health_factor, 4), step.repaid, round(step.seized, 4), round(step.health_factor_after, 5)
    (0.9625, 6000.0, 4.5, 1.05875)
    """
    collateral, debt, price = (
        non_negative("collateral", collateral),
        non_negative("debt", debt),
        positive("price", price),
    )
    threshold = between("liquidation_threshold", liquidation_threshold, 0.0, 1.0)
    bonus, fee_share = non_negative("bonus", bonus), between("fee_share", fee_share, 0.0, 1.0)
    broadcastable(
        collateral=collateral, debt=debt, price=price, liquidation_threshold=threshold, bonus=bonus, fee_share=fee_share
    )
    with np.errstate(over="ignore"):
        finite("worth of the collateral", np.max(collateral, initial=0.0) * np.max(price, initial=0.0))
    outcome = (plain(result) for result in _in_blocks((collateral, debt, price, threshold, bonus), rules))
    collateral, debt, price = kept(collateral), kept(debt), kept(price)
    return Liquidation(
        collateral, debt, price, kept(threshold), kept(bonus), kept(fee_share), rules.writes_off, *outcome
    )


def largest_repayment(
    collateral: Amount, debt: Amount, health_factor: Amount, bonus: Amount, rules: CloseRules, all_debt: Amount
) -> Amount:
    """The most that one liquidation may repay (USD), however healthy the position is: at most what collateral pays.

    The arguments are those of :func:`closable`.
    """
    deep = reaches(rules.full_below, health_factor)
    return np.minimum(closable(collateral, debt, deep, bonus, rules, all_debt), collateral / (1 + bonus))


def closable(
    collateral: Amount, debt: Amount, deep: Truth, bonus: Amount, rules: CloseRules, all_debt: Amount
) -> Amount:
    """How much of a debt the rules let one liquidation repay (USD), even if the collateral is worth less.

    Args:
        collateral: worth of the asset that is seized (USD), >= 0.
        debt: worth of the asset that is repaid (USD), >= 0.
        deep: whether the health factor of the whole position is at or below ``rules.full_below``.
        bonus: of the asset that is seized (ratio).
        rules: how much may be repaid.
        all_debt: worth of all debts of the position (USD), >= ``debt``.
    """
    most = np.minimum(debt, (all_debt if rules.of_all_debt else debt) * rules.close_factor)
    if rules.least_left:
        dustless = np.minimum(debt - rules.least_left, (collateral - rules.least_left) / (1 + bonus))
        ends = reaches(most, debt) | reaches(most, collateral / (1 + bonus))
        most = np.where(ends, most, np.minimum(most, dustless))
    whole = deep
    if rules.full_size:
        whole = whole | ~reaches(np.minimum(collateral, debt), rules.full_size)
    return np.where(whole, debt, most)


def spiral_health_factor(liquidation_threshold: Amount, bonus: Amount) -> Amount:
    """The health factor below which a liquidation makes the position worse: ``LT·(1 + b)``.

    Each dollar repaid takes ``1 + b`` dollars of collateral away, of which ``LT·(1 + b)`` counted. With one collateral
    it is also the point below which the collateral cannot pay debt and bonus: complete liquidation leaves bad debt.
    Where it exceeds 1 every liquidation would be harmful; protocols refuse such parameters.

    Args:
        liquidation_threshold: ratio, in [0, 1].
        bonus: ratio, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    return between("liquidation_threshold", liquidation_threshold, 0.0, 1.0) * (1 + non_negative("bonus", bonus))


def _in_blocks(inputs: tuple[Amount, ...], rules: CloseRules) -> tuple[NDArray[np.float64], ...]:
    """Health factor, repaid debt and seized collateral for inputs of any shapes that fit together, block by block."""
    operands: list[Any] = [*inputs, None, None, None]
    flags: list[Any] = [["readonly"]] * len(inputs) + [["writeonly", "allocate"]] * 3
    iterator = np.nditer(
        operands,
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=flags,
        op_dtypes=[np.float64] * len(operands),
        buffersize=_BLOCK,
    )
    with iterator:
        for collateral, debt, price, threshold, bonus, health, repaid, seized in iterator:
            value = collateral * price
            health[:] = cover(value * threshold, debt)
            unhealthy = health < 1
            most = largest_repayment(value, debt, health, bonus, rules, debt)
            repaid[:] = np.where(unhealthy, most, 0.0)
            # All of the collateral exactly, so that no dust hides a bad debt.
            wanted = repaid * (1 + bonus) / price
            seized[:] = np.where(reaches(wanted, collateral), collateral, wanted)
        return tuple(iterator.operands[-3:])
