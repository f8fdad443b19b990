"""Frax, version 1: what the contracts remember, in whole numbers, and what of it follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.integers import UINT256_MAX
from defi_lib.risk.contract_numbers import at_most, contract_number
from defi_lib.validation import integer

#: A price of 1 dollar, a ratio and a fee of 100 %.
MILLION = 10**6
#: Decimals of coin and shares; a collateral has at most as many.
COIN_DECIMALS = 18


class _Rules(NamedTuple):
    collateral_decimals: int
    pool_ceiling: int
    bonus_rate: int
    redemption_delay: int
    minting_fee: int
    redemption_fee: int
    buyback_fee: int
    recollat_fee: int
    ratio_step: int
    refresh_cooldown: int
    price_band: int


class FraxRules(_Rules):
    """What governance sets; fees, steps and ratios count millionths.

    Args:
        collateral_decimals: of the collateral, from 0 to 18 (USDC: 6).
        pool_ceiling: most collateral in the pool that is not claimed (smallest units).
        bonus_rate: for who brings collateral that is missing (1e-6).
        redemption_delay: blocks from a redemption until it can be collected.
        minting_fee, redemption_fee, buyback_fee, recollat_fee: 1e-6.
        ratio_step: by which the collateral ratio moves (1e-6).
        refresh_cooldown: seconds from one move to the next.
        price_band: distance of the price from 1 dollar within which the ratio stays (1e-6).

    Raises:
        ValueError: a number that is not whole or below 0.
    """

    __slots__ = ()

    def __new__(
        cls,
        collateral_decimals: int = 6,
        pool_ceiling: int = UINT256_MAX,
        bonus_rate: int = 7500,
        redemption_delay: int = 1,
        minting_fee: int = 0,
        redemption_fee: int = 0,
        buyback_fee: int = 0,
        recollat_fee: int = 0,
        ratio_step: int = 2500,
        refresh_cooldown: int = 3600,
        price_band: int = 5000,
    ) -> Self:
        """Check the arguments; by default without fees, the rest as at the start of the contracts."""
        decimals = integer("collateral_decimals", collateral_decimals, 0, COIN_DECIMALS)
        numbers = {
            "pool_ceiling": pool_ceiling,
            "bonus_rate": bonus_rate,
            "redemption_delay": redemption_delay,
            "minting_fee": minting_fee,
            "redemption_fee": redemption_fee,
            "buyback_fee": buyback_fee,
            "recollat_fee": recollat_fee,
            "ratio_step": ratio_step,
            "refresh_cooldown": refresh_cooldown,
            "price_band": integer("price_band", price_band, 0, MILLION),
        }
        return tuple.__new__(cls, (decimals, *(contract_number(name, value) for name, value in numbers.items())))

    @property
    def missing_decimals(self) -> int:
        """Decimals that the coin has more than its collateral."""
        return COIN_DECIMALS - self.collateral_decimals


class _Prices(NamedTuple):
    stable: int
    share: int
    collateral: int


class FraxPrices(_Prices):
    """What the oracles say: dollars (1e-6) for the coin, a share and the collateral, >= 0.

    Raises:
        ValueError: a number that is not whole or below 0.
    """

    __slots__ = ()

    def __new__(cls, stable: int = MILLION, share: int = MILLION, collateral: int = MILLION) -> Self:
        """Check the prices; by default 1 dollar each."""
        named = {"stable": stable, "share": share, "collateral": collateral}
        return tuple.__new__(cls, (contract_number(name, value) for name, value in named.items()))


class _User(NamedTuple):
    stable: int
    shares: int
    collateral: int
    claim_collateral: int
    claim_shares: int
    last_redeemed: int


class FraxUser(_User):
    """What somebody holds, in smallest units: coins, shares, collateral, and what is redeemed and not yet collected.

    Args:
        stable, shares, collateral: in the wallet, >= 0.
        claim_collateral, claim_shares: redeemed, to be collected, >= 0.
        last_redeemed: block of the last redemption; 0 if there was none.

    Raises:
        ValueError: a number that is not whole or below 0.
    """

    __slots__ = ()

    def __new__(
        cls,
        stable: int = 0,
        shares: int = 0,
        collateral: int = 0,
        claim_collateral: int = 0,
        claim_shares: int = 0,
        last_redeemed: int = 0,
    ) -> Self:
        """Check the amounts."""
        held = (stable, shares, collateral, claim_collateral, claim_shares, last_redeemed)
        named = zip(_User._fields, held, strict=True)
        return tuple.__new__(cls, (contract_number(name, value) for name, value in named))


class _State(NamedTuple):
    rules: FraxRules
    prices: FraxPrices
    collateral_ratio: int
    supply: int
    share_supply: int
    collateral: int
    unclaimed_collateral: int
    unclaimed_shares: int
    last_refresh: int
    block_number: int
    block_timestamp: int
    users: Mapping[str, FraxUser]


class FraxState(Parts, _State):
    """What :class:`~defi_lib.risk.FraxPool` remembers; it says what the arguments mean."""

    __slots__ = ()

    def __new__(
        cls,
        rules: FraxRules = FraxRules(),  # noqa: B008 - it cannot be changed
        prices: FraxPrices = FraxPrices(),  # noqa: B008 - it cannot be changed
        collateral_ratio: int = MILLION,
        supply: int | None = None,
        share_supply: int | None = None,
        collateral: int = 0,
        unclaimed_collateral: int | None = None,
        unclaimed_shares: int | None = None,
        last_refresh: int = 0,
        block_number: int = 1,
        block_timestamp: int = 0,
        users: Mapping[str, FraxUser] = FrozenDict(),
    ) -> Self:
        """Check the arguments."""
        ratio = integer("collateral_ratio", collateral_ratio, 0, MILLION)
        people, inside = list(users.values()), contract_number("collateral", collateral)
        if unclaimed_collateral is None:
            unclaimed_collateral = sum(user.claim_collateral for user in people)
        if unclaimed_shares is None:
            unclaimed_shares = sum(user.claim_shares for user in people)
        at_most("unclaimed_collateral", unclaimed_collateral, inside, "the collateral in the pool")
        numbers = {
            "supply": sum(user.stable for user in people) if supply is None else supply,
            "share_supply": sum(u.shares for u in people) + unclaimed_shares if share_supply is None else share_supply,
            "collateral": inside,
            "unclaimed_collateral": unclaimed_collateral,
            "unclaimed_shares": unclaimed_shares,
            "last_refresh": last_refresh,
            "block_number": block_number,
            "block_timestamp": block_timestamp,
        }
        checked = (contract_number(name, value) for name, value in numbers.items())
        return tuple.__new__(cls, (rules, prices, ratio, *checked, FrozenDict(users)))

    @property
    def unit(self) -> int:
        """Units of the coin in one smallest unit of collateral."""
        return int(10**self.rules.missing_decimals)

    @property
    def free_collateral(self) -> int:
        """Collateral in the pool that is not claimed (smallest units)."""
        return self.collateral - self.unclaimed_collateral

    @property
    def value(self) -> int:
        """Dollars (1e-18) that the collateral is worth which is not claimed."""
        return self.free_collateral * self.unit * self.prices.collateral // MILLION

    @property
    def required(self) -> int:
        """Dollars (1e-18) of collateral that the ratio asks for."""
        return self.supply * self.collateral_ratio // MILLION

    @property
    def excess(self) -> int:
        """Dollars (1e-18) of collateral above :attr:`required`; 0 if there are none."""
        return max(self.value - self.required, 0)

    def user(self, name: str) -> FraxUser:
        """What somebody holds."""
        return self.users.get(name, FraxUser())
