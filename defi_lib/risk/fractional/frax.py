"""Frax, version 1: a coin backed in part by a dollar coin and in part by its maker's shares, in whole numbers."""

from __future__ import annotations

from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.risk.contract_numbers import at_most, contract_number
from defi_lib.risk.fractional.frax_state import (
    MILLION,
    FraxPrices,
    FraxRules,
    FraxState,
    FraxUser,
)
from defi_lib.validation import at_least

#: Names in transfers: the pool, the coin, the shares, the collateral, and the claims of who has redeemed.
POOL, STABLE, SHARES, COLLATERAL = "frax pool", "FRAX", "FXS", "USDC"
CLAIM_COLLATERAL, CLAIM_SHARES = f"{COLLATERAL} claimed", f"{SHARES} claimed"


class FraxPool(FraxState):
    """Who mints brings ``ratio`` in collateral and burns shares for the rest; who redeems gets both, for 1 dollar.

    The ratio falls by a step where the coin trades above its band, and rises below it. Collateral above the ratio buys
    shares back; where it is missing, who brings it is paid in new shares with a bonus.

    Args:
        rules: fees, steps, ceiling.
        prices: what the oracles say.
        collateral_ratio: from 0 to 1,000,000 (100 %).
        supply, share_supply: coins and shares that exist (1e-18); by default what the users hold.
        collateral: in the pool, with what is claimed (smallest units).
        unclaimed_collateral, unclaimed_shares: redeemed and not yet collected; by default what the users claim.
        last_refresh: when the ratio was last looked at (seconds).
        block_number, block_timestamp: now.
        users: what each holds, a :class:`~defi_lib.risk.FraxUser`.

    Raises:
        ValueError: an argument outside its range; a transition raises where the contract reverts.

    Source: FraxFinance/frax-solidity, Frax.sol, FraxPool.sol and FraxPoolLibrary.sol (version 1). There a system has
    several pools, and oracles say how much there is for one ether; pauses and limits of slippage are left out.

    >>> pool = FraxPool(collateral_ratio=750_000, users={"ann": FraxUser(shares=10**21, collateral=750_000_000)})
    >>> minted = pool.mint_fractional("ann", 750_000_000, 10**21)
    >>> minted.stable_change // 10**18, minted.shares_change // 10**18
    (1000, -250)
    """

    __slots__ = ()

    def set_prices(self, stable: int, share: int, collateral: int) -> Self:
        """The pool at other prices (dollars, 1e-6, >= 0)."""
        return self._replace(prices=FraxPrices(stable, share, collateral))

    def warp(self, seconds: int, blocks: int) -> Self:
        """The pool some seconds and blocks (>= 0) later."""
        seconds, blocks = at_least("seconds", seconds, 0), at_least("blocks", blocks, 0)
        return self._replace(block_timestamp=self.block_timestamp + seconds, block_number=self.block_number + blocks)

    def refresh(self) -> Self:
        """Let the collateral ratio follow the price of the coin; anybody may, once per cooldown.

        Raises:
            ValueError: too early.
        """
        since, rules, ratio = self.block_timestamp - self.last_refresh, self.rules, self.collateral_ratio
        at_least("seconds since the last refresh", since, rules.refresh_cooldown)
        if self.prices.stable > MILLION + rules.price_band:
            ratio = max(ratio - rules.ratio_step, 0)
        elif self.prices.stable < MILLION - rules.price_band:
            ratio = min(ratio + rules.ratio_step, MILLION)
        return self._replace(collateral_ratio=ratio, last_refresh=self.block_timestamp)

    def mint_1t1(self, user: str, collateral: int) -> FraxChange:
        """Coins for collateral alone, where the ratio is 100 %.

        Raises:
            ValueError: another ratio, more than the ceiling or than the user has.
        """
        self._ratio_is(MILLION, MILLION)
        collateral = contract_number("collateral", collateral)
        self._room("collateral", collateral)
        stable = _less(self._dollars(collateral), self.rules.minting_fee)
        return self._change("mint", user, stable=stable, collateral=-collateral)

    def mint_fractional(self, user: str, collateral: int, shares: int) -> FraxChange:
        """Coins for collateral and the shares that go with it; of the ``shares`` offered no more are taken.

        Raises:
            ValueError: a ratio of 0 or 100 %, too few shares, more than the ceiling or than the user has.
        """
        self._ratio_is(1, MILLION - 1)
        collateral = contract_number("collateral", collateral)
        self._room("collateral", collateral)
        dollars = self._dollars(collateral)
        missing = dollars * MILLION // self.collateral_ratio - dollars
        needed = _divided(missing, self.prices.share)
        at_least("shares", contract_number("shares", shares), needed)
        stable = _less(dollars + missing, self.rules.minting_fee)
        return self._change("mint", user, stable=stable, shares=-needed, collateral=-collateral)

    def mint_algorithmic(self, user: str, shares: int) -> FraxChange:
        """Coins for shares alone, where the ratio is 0.

        Raises:
            ValueError: another ratio, or more than the user has.
        """
        self._ratio_is(0, 0)
        shares = contract_number("shares", shares)
        dollars = shares * self.prices.share // MILLION
        return self._change("mint", user, stable=_less(dollars, self.rules.minting_fee), shares=-shares)

    def redeem_1t1(self, user: str, stable: int) -> FraxChange:
        """Give coins (1e-18) back for a claim on a dollar of collateral each, where the ratio is 100 %.

        Raises:
            ValueError: another ratio, more than the pool or the user has.
        """
        self._ratio_is(MILLION, MILLION)
        stable = contract_number("stable", stable)
        whole = _divided(stable // self.unit, self.prices.collateral)
        return self._redeemed(user, stable, _less(whole, self.rules.redemption_fee), 0)

    def redeem_fractional(self, user: str, stable: int) -> FraxChange:
        """Give coins (1e-18) back for claims on collateral and on new shares.

        Raises:
            ValueError: a ratio of 0 or 100 %, more than the pool or the user has.
        """
        self._ratio_is(1, MILLION - 1)
        stable = contract_number("stable", stable)
        net = _less(stable, self.rules.redemption_fee)
        shares = _divided(net - net * self.collateral_ratio // MILLION, self.prices.share)
        collateral = _divided(net // self.unit * self.collateral_ratio // MILLION, self.prices.collateral)
        return self._redeemed(user, stable, collateral, shares)

    def redeem_algorithmic(self, user: str, stable: int) -> FraxChange:
        """Give coins (1e-18) back for a claim on new shares alone, where the ratio is 0.

        Raises:
            ValueError: another ratio, or more than the user has.
        """
        self._ratio_is(0, 0)
        stable = contract_number("stable", stable)
        net = _less(stable, self.rules.redemption_fee)
        return self._redeemed(user, stable, 0, _divided(net, self.prices.share))

    def collect(self, user: str) -> FraxChange:
        """Get what was redeemed, at least ``redemption_delay`` blocks later.

        Raises:
            ValueError: too early.
        """
        held = self.user(user)
        at_least("block_number", self.block_number, held.last_redeemed + self.rules.redemption_delay)
        coins, shares = held.claim_collateral, held.claim_shares
        return self._change(
            "collect", user, shares=shares, collateral=coins, claim_collateral=-coins, claim_shares=-shares
        )

    def buyback(self, user: str, shares: int) -> FraxChange:
        """Sell shares to the pool, which burns them, for collateral above what the ratio asks for.

        Raises:
            ValueError: no excess, more than it, or more than the user has.
        """
        at_least("excess", self.excess, 1)
        shares = contract_number("shares", shares)
        dollars = shares * self.prices.share // MILLION
        at_most("value of the shares", dollars, self.excess, "the excess")
        collateral = _less(_divided(dollars, self.prices.collateral), self.rules.buyback_fee) // self.unit
        return self._change("buyback", user, shares=-shares, collateral=collateral)

    def recollateralize(self, user: str, collateral: int) -> FraxChange:
        """Bring collateral, up to what is missing, and get new shares with a bonus.

        Raises:
            ValueError: no coins, nothing missing, or more than the user has.
        """
        at_least("supply", self.supply, 1)
        missing_ratio = self.collateral_ratio - self.value * MILLION // self.supply
        at_least("part of the collateral that is missing", missing_ratio, 0)
        dollars = min(self._dollars(collateral), missing_ratio * self.supply // MILLION)
        taken = _divided(dollars, self.prices.collateral) // self.unit
        bonus = MILLION + self.rules.bonus_rate
        at_most("recollat_fee", self.rules.recollat_fee, bonus, "what it is taken of")
        shares = _divided(dollars * (bonus - self.rules.recollat_fee), self.prices.share * MILLION)
        return self._change("recollateralize", user, shares=shares, collateral=-taken)

    def _ratio_is(self, low: int, high: int) -> None:
        ratio = self.collateral_ratio
        if not low <= ratio <= high:
            raise ValueError(f"collateral_ratio = {ratio} does not allow this: allowed is [{low}, {high}]")

    def _room(self, name: str, collateral: int) -> None:
        room = max(self.rules.pool_ceiling - self.free_collateral, 0)
        at_most(name, contract_number(name, collateral), room, "the room under the pool's ceiling")

    def _dollars(self, collateral: int) -> int:
        """What collateral is worth (dollars, 1e-18)."""
        return contract_number("collateral", collateral) * self.unit * self.prices.collateral // MILLION

    def _redeemed(self, user: str, stable: int, collateral: int, shares: int) -> FraxChange:
        at_most("collateral to be paid", collateral, self.free_collateral, "what the pool has")
        return self._change("redeem", user, stable=-stable, claim_collateral=collateral, claim_shares=shares)

    def _change(self, op: str, user: str, **moved: int) -> FraxChange:
        """The pool after ``moved`` (what the user gets, < 0: gives) of coins, shares, collateral and claims."""
        held, get = self.user(user), {name: moved.get(name, 0) for name in FraxUser._fields[:5]}
        for name, amount in get.items():
            at_most(name, -amount, getattr(held, name), f"what {user!r} holds")
        block = self.block_number if op == "redeem" else held.last_redeemed
        wallet = held._replace(
            last_redeemed=block, **{name: getattr(held, name) + amount for name, amount in get.items()}
        )
        after = self._replace(
            users=FrozenDict({**self.users, user: wallet}),
            supply=self.supply + get["stable"],
            share_supply=self.share_supply + get["shares"] + get["claim_shares"],
            collateral=self.collateral - get["collateral"],
            unclaimed_collateral=self.unclaimed_collateral + get["claim_collateral"],
            unclaimed_shares=self.unclaimed_shares + get["claim_shares"],
        )
        return FraxChange(self, after, op, user, *get.values())


class FraxChange(NamedTuple):
    """What happened: what the user got (> 0) or gave (< 0), smallest units."""

    before: FraxPool
    after: FraxPool
    op: str  #: ``"mint"``, ``"redeem"``, ``"collect"``, ``"buyback"`` or ``"recollateralize"``
    user: str
    stable_change: int
    shares_change: int
    collateral_change: int
    claim_collateral_change: int
    claim_shares_change: int

    def transfers(self, pool: str = POOL) -> tuple[Transfer, ...]:
        """What moved; coins and shares are minted and burned, claims too, and fees stay in the pool."""
        source = pool if self.op == "collect" else OUTSIDE
        moved = (
            *_both_ways(self.user, OUTSIDE, self.stable_change, STABLE, self.op),
            *_both_ways(self.user, source, self.shares_change, SHARES, self.op),
            *_both_ways(self.user, pool, self.collateral_change, COLLATERAL, self.op),
            *_both_ways(self.user, pool, self.claim_collateral_change, CLAIM_COLLATERAL, self.op),
            *_both_ways(self.user, pool, self.claim_shares_change, CLAIM_SHARES, self.op),
            Transfer(OUTSIDE, pool, float(max(self.claim_shares_change, 0)), SHARES, self.op),
        )
        return actual(moved)


def _both_ways(user: str, other: str, amount: int, asset: str, reason: str) -> tuple[Transfer, ...]:
    got, given = float(max(amount, 0)), float(max(-amount, 0))
    return Transfer(other, user, got, asset, reason), Transfer(user, other, given, asset, reason)


def _less(amount: int, fee: int) -> int:
    """``amount`` less a fee (1e-6), rounded down."""
    at_most("fee", fee, MILLION, "100 %")
    return amount * (MILLION - fee) // MILLION


def _divided(dollars: int, price: int) -> int:
    """``dollars`` at a price (1e-6), rounded down."""
    return dollars * MILLION // at_least("price", price, 1)


__all__ = ["FraxChange", "FraxPool", "FraxPrices", "FraxRules", "FraxUser"]
