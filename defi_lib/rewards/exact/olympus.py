"""Bonds as Olympus sold them (version 1), in exact integers: prices of two decimals, vesting in whole 0.01 %.

For the same idea in floats, over scenarios, see :class:`~defi_lib.rewards.BondDepository`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.validation import at_least, integer

#: Names of the contract, of its owner and of where the reserves go, in transfers.
DEPOSITORY, DAO, TREASURY = "bond depository", "DAO", "treasury"

#: A token has 9 decimals and the reserve asset 18: so many of its smallest units are worth one of the token's.
RESERVE_SCALE = 10**9
#: A price of 100 is one reserve unit per token; a debt ratio of 10⁹ is 100 %.
PRICE_SCALE, RATIO_SCALE = 100, 10**9
#: 100 % of a vesting or of the DAO's fee, and of ``max_payout``.
BASIS_POINTS, PAYOUT_SCALE = 10**4, 10**5
#: The smallest bond is 0.01 token.
MIN_PAYOUT = 10**7
#: An adjustment changes the control variable by at most 25 thousandths of it.
LARGEST_ADJUSTMENT = 25

_TOKEN, _RESERVE = "token", "reserve"


class OlympusBond(NamedTuple):
    """What the depository still owes to one user."""

    payout: int  #: not yet redeemed, smallest units
    vesting: int  #: blocks from ``last_block`` until all of it is paid
    last_block: int  #: of the user's last deposit or redemption


class ControlAdjustment(NamedTuple):
    """A change of the control variable in steps, after deposits."""

    add: bool  #: up, or else down
    rate: int  #: by how much in a step; 0 once the target is reached
    target: int  #: where it ends
    buffer: int  #: least number of blocks between two steps
    last_block: int  #: of the last step


class _State(NamedTuple):
    control_variable: int
    vesting_term: int
    supply: int
    minimum_price: int
    max_payout: int
    fee: int
    max_debt: int
    total_debt: int
    last_decay: int
    block: int
    adjustment: ControlAdjustment | None
    bonds: FrozenDict[str, OlympusBond]


class OlympusDepository(Parts, _State):
    """Sells a token for a reserve asset at ``1 + control_variable·debt/supply``, cut to two decimals.

    ``price = ⌊(control_variable·debt_ratio + 10⁹)/10⁷⌋``, at least the minimum price; once the formula reaches it, at
    a deposit or right after it, the minimum is dropped for good. Debt falls evenly over the term from when it was last
    booked; each deposit books it and starts anew, so that many small steps leave more debt than a long one. A new
    deposit also starts the vesting of all that is left of the user's old bond anew.

    Args:
        control_variable: how fast the price rises with the debt, >= 0.
        vesting_term: blocks until a bond is paid out, and in which the debt decays, >= 1.
        supply: of the token, smallest units (9 decimals), >= 1.
        minimum_price: hundredths of a reserve unit per token, >= 0; 0 is none (any more).
        max_payout: largest bond, thousandths of a percent of the supply.
        fee: minted to the DAO on top of each payout, hundredths of a percent.
        max_debt: decayed debt above which no bond is sold, smallest units of the token.
        total_debt: when last booked, smallest units of the token.
        last_decay: block at which it was, at most ``block``.
        block: now.
        adjustment: of the control variable, or ``None``.
        bonds: what each user has not yet redeemed.

    Unlike other mechanisms it takes single integers only, of any size, as the contract does.

    Raises:
        ValueError: an argument that is no integer in its range; a transition raises where the contract reverts.

    Source: OlympusDAO/olympus-contracts, BondDepository.sol (version 1) with its treasury. Left out: staking on behalf
    of the user, bonds for liquidity shares, and what others mint in the meantime (``_replace(supply=…)``).

    >>> depository = OlympusDepository(300, 33_110, 10**14, 300, max_payout=1_000)
    >>> change = depository.deposit("alice", 1_000 * 10**18)
    >>> change.payout, change.depository.price, change.depository.minimum_price
    (333333333333, 399, 0)
    """

    __slots__ = ()

    def __new__(
        cls,
        control_variable: int,
        vesting_term: int,
        supply: int,
        minimum_price: int = 0,
        *,
        max_payout: int = PAYOUT_SCALE,
        fee: int = 0,
        max_debt: int = 2**256 - 1,
        total_debt: int = 0,
        last_decay: int | None = None,
        block: int = 0,
        adjustment: ControlAdjustment | None = None,
        bonds: Mapping[str, OlympusBond] | None = None,
    ) -> Self:
        """Check the arguments and build the contract."""
        block = at_least("block", block, 0)
        return super().__new__(
            cls,
            at_least("control_variable", control_variable, 0),
            at_least("vesting_term", vesting_term, 1),
            at_least("supply", supply, 1),
            at_least("minimum_price", minimum_price, 0),
            at_least("max_payout", max_payout, 0),
            integer("fee", fee, 0, BASIS_POINTS),
            at_least("max_debt", max_debt, 0),
            at_least("total_debt", total_debt, 0),
            integer("last_decay", block if last_decay is None else last_decay, 0, block),
            block,
            None if adjustment is None else _adjustment(adjustment, block),
            FrozenDict({name: _bond(f"bonds[{name!r}]", bond, block) for name, bond in (bonds or {}).items()}),
        )

    @property
    def current_debt(self) -> int:
        """Debt that is left of the booked one by now (smallest units of the token)."""
        decayed = self.total_debt * (self.block - self.last_decay) // self.vesting_term
        return max(self.total_debt - decayed, 0)

    @property
    def debt_ratio(self) -> int:
        """Debt by supply (10⁹ is 100 %)."""
        return _fraction(self.current_debt * RATIO_SCALE, self.supply) // 10**18

    @property
    def curve_price(self) -> int:
        """Price by the formula alone (hundredths of a reserve unit per token)."""
        return (self.control_variable * self.debt_ratio + RATIO_SCALE) // (RATIO_SCALE // PRICE_SCALE)

    @property
    def price(self) -> int:
        """What a token costs by bond now (hundredths of a reserve unit)."""
        return max(self.curve_price, self.minimum_price)

    @property
    def largest_payout(self) -> int:
        """Tokens that one bond may bring (smallest units)."""
        return self.supply * self.max_payout // PAYOUT_SCALE

    def percent_vested(self, user: str) -> int:
        """Vested part of the user's bond (10⁴ is 100 %, and it may be more); 0 without a bond."""
        bond = self.bonds.get(user)
        return (self.block - bond.last_block) * BASIS_POINTS // bond.vesting if bond and bond.vesting else 0

    def pending(self, user: str) -> int:
        """What the user can redeem now (smallest units)."""
        percent = min(self.percent_vested(user), BASIS_POINTS)
        return self.bonds[user].payout * percent // BASIS_POINTS if user in self.bonds else 0

    def after(self, blocks: int) -> Self:
        """The contract ``blocks`` (>= 0) later; nothing moves.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._replace(block=self.block + at_least("blocks", blocks, 0))

    def set_adjustment(self, add: bool, rate: int, target: int, buffer: int) -> Self:
        """Let the control variable move by ``rate`` after deposits, ``buffer`` blocks apart, until ``target``.

        Raises:
            ValueError: an argument that is no integer >= 0, or a rate above 2.5 % of the control variable.
        """
        rate = integer("rate", rate, 0, self.control_variable * LARGEST_ADJUSTMENT // 1_000)
        return self._replace(
            adjustment=_adjustment(ControlAdjustment(bool(add), rate, target, buffer, self.block), self.block)
        )

    def deposit(self, user: str, amount: int, max_price: int | None = None) -> OlympusChange:
        """``user`` pays ``amount`` of the reserve asset (smallest units, 18 decimals) for tokens over the term.

        Args:
            user: who pays and gets the tokens.
            amount: >= 0; what is less than a unit of 10⁹ of it is a gift to the treasury.
            max_price: highest price that the user accepts (hundredths of a reserve unit); ``None`` is any.

        Raises:
            ValueError: an argument that is no integer >= 0, a price above ``max_price``, a bond that is too small or
                too large, too much debt, a value below what is minted, or a control variable that would fall below 0.
        """
        booked = self._replace(total_debt=self.current_debt, last_decay=self.block)
        if booked.total_debt > self.max_debt:
            raise ValueError(f"debt = {booked.total_debt} is above max_debt: allowed is at most {self.max_debt}")
        price = booked.price
        integer("price", price, 0, price if max_price is None else at_least("max_price", max_price, 0))
        value = at_least("amount", amount, 0) // RESERVE_SCALE
        payout = integer("payout", _fraction(value, price) // 10**16, MIN_PAYOUT, self.largest_payout)
        fee = payout * self.fee // BASIS_POINTS
        at_least("value", value, payout + fee)
        held = self.bonds.get(user)
        bond = OlympusBond(payout + (held.payout if held else 0), self.vesting_term, self.block)
        depository = booked._without_minimum()._replace(
            total_debt=booked.total_debt + value,
            supply=self.supply + payout + fee,
            bonds=self.bonds | {user: bond},
        )
        transfers = (
            Transfer(user, TREASURY, amount, _RESERVE, "bond"),
            Transfer(OUTSIDE, DEPOSITORY, payout, _TOKEN, "bond"),
            Transfer(OUTSIDE, DAO, fee, _TOKEN, "fee"),
        )
        return OlympusChange(self, depository._without_minimum()._adjusted(), payout, fee, price, actual(transfers))

    def redeem(self, user: str) -> OlympusChange:
        """``user`` takes what has vested; the rest vests anew over the blocks that remain.

        Raises:
            ValueError: a user without a bond.
        """
        if user not in self.bonds:
            raise ValueError(f"user = {user!r} has no bond: allowed are {', '.join(map(repr, self.bonds)) or 'none'}")
        paid, bond = self.pending(user), self.bonds[user]
        bonds = {name: each for name, each in self.bonds.items() if name != user}
        if self.percent_vested(user) < BASIS_POINTS:
            left = bond.vesting - (self.block - bond.last_block)
            bonds[user] = OlympusBond(bond.payout - paid, left, self.block)
        moved = actual([Transfer(DEPOSITORY, user, paid, _TOKEN, "redemption")])
        return OlympusChange(self, self._replace(bonds=FrozenDict(bonds)), paid, 0, self.price, moved)

    def _without_minimum(self) -> Self:
        return self._replace(minimum_price=0) if self.curve_price >= self.minimum_price else self

    def _adjusted(self) -> Self:
        change = self.adjustment
        if change is None or not change.rate or self.block < change.last_block + change.buffer:
            return self
        moved = self.control_variable + (change.rate if change.add else -change.rate)
        there = moved >= change.target if change.add else moved <= change.target
        following = change._replace(rate=0 if there else change.rate, last_block=self.block)
        return self._replace(control_variable=at_least("control_variable", moved, 0), adjustment=following)


class OlympusChange(NamedTuple):
    """What happened in a transition (smallest units)."""

    before: OlympusDepository
    depository: OlympusDepository  #: the contract after
    payout: int  #: tokens sold to the user, or redeemed
    fee: int  #: tokens minted to the DAO
    price: int  #: at which they were sold (hundredths of a reserve unit)
    transfers: tuple[Transfer, ...]  #: who paid whom what

    @property
    def after(self) -> OlympusDepository:
        """:attr:`depository`, by the name that every record has for what is left."""
        return self.depository


def _fraction(numerator: int, denominator: int) -> int:
    """``numerator/denominator`` with 18 decimals, through the contract's binary fixed point of 112 places."""
    return (numerator << 112) // denominator // (2**112 // 10**18)


def _adjustment(change: ControlAdjustment, block: int) -> ControlAdjustment:
    for name in ("rate", "target", "buffer"):
        at_least(f"adjustment.{name}", getattr(change, name), 0)
    integer("adjustment.last_block", change.last_block, 0, block)
    return ControlAdjustment(*change)


def _bond(name: str, bond: OlympusBond, block: int) -> OlympusBond:
    at_least(f"{name}.payout", bond.payout, 0)
    at_least(f"{name}.vesting", bond.vesting, 0)
    integer(f"{name}.last_block", bond.last_block, 0, block)
    return OlympusBond(*bond)
