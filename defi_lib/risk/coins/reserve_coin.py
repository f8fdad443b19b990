"""A coin with an issuer: dollars in, coins out; a reserve whose income somebody gets, and an issuer who may say no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, Parts, kept
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import Truth, rest, within
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    plain,
    positive,
    ratio,
    representable,
)

#: Names in transfers: the reserve, its issuer, and the assets.
RESERVE, ISSUER, COIN, DOLLAR, BILLS = "reserve", "issuer", "coin", "USD", "bills"


class _State(NamedTuple):
    supply: Amount
    liquid: Amount
    illiquid: Amount
    discount: Amount
    fee: Amount
    suspended: Truth
    frozen: Mapping[str, Amount]


class ReserveCoin(Parts, _State):
    """Coins that an issuer sells and takes back for a dollar each, and the assets that it holds for them.

    Args:
        supply: coins that exist, >= 0.
        liquid: part of the reserve that can be paid out at once (USD), >= 0.
        illiquid: the rest at its worth in good time (USD), >= 0.
        discount: what of that worth a sale at once costs, in [0, 1).
        fee: of a redemption, in [0, 1).
        suspended: whether redemption is shut, as over a weekend.
        frozen: coins on the issuer's blacklist, by user.

    Amounts may be arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range.

    >>> coin = ReserveCoin(100.0, liquid=20.0, illiquid=80.0, discount=0.1)
    >>> coin.recovery, coin.redeem("ann", 38.0).sold
    (0.92, 20.0)

    Source: terms of dollar coins in general; that only some may redeem, and from which amount, is for the caller.
    """

    __slots__ = ()

    def __new__(
        cls,
        supply: Amount,
        liquid: Amount,
        illiquid: Amount = 0.0,
        discount: Amount = 0.0,
        fee: Amount = 0.0,
        suspended: Truth = False,
        frozen: Mapping[str, Amount] = FrozenDict(),
    ) -> Self:
        """Check the arguments."""
        supply, liquid = non_negative("supply", supply), non_negative("liquid", liquid)
        illiquid, discount, fee = non_negative("illiquid", illiquid), ratio("discount", discount), ratio("fee", fee)
        names = FrozenDict({user: kept(non_negative(f"frozen[{user!r}]", n)) for user, n in frozen.items()})
        within("frozen", sum(names.values(), 0.0), 0.0, supply)
        shut: Truth = kept(np.asarray(suspended, dtype=bool)) if np.ndim(suspended) else bool(suspended)
        broadcastable(
            supply=supply,
            liquid=liquid,
            illiquid=illiquid,
            discount=discount,
            fee=fee,
            suspended=np.asarray(shut, float),
        )
        numbers = (kept(supply), kept(liquid), kept(illiquid), kept(discount), kept(fee))
        return super().__new__(cls, *numbers, shut, names)

    @property
    def reserve(self) -> Amount:
        """What the reserve is worth in good time (USD)."""
        return self.liquid + self.illiquid

    @property
    def cash_at_once(self) -> Amount:
        """What the reserve brings if all of it is sold now (USD)."""
        return self.liquid + self.illiquid * (1 - self.discount)

    @property
    def shortfall(self) -> Amount:
        """Dollars by which the reserve is below the coins; 0 if it is not."""
        return plain(np.maximum(rest(self.supply, self.reserve), 0.0))

    @property
    def recovery(self) -> Amount:
        """What a coin gets if all are redeemed at once: ``min(1, (liquid + illiquid·(1 − discount))/supply)``."""
        coins = np.where(np.greater(self.supply, 0), self.supply, 1.0)
        part = np.minimum(np.divide(self.cash_at_once, coins), 1.0)
        return plain(np.where(np.greater(self.supply, 0), part, 1.0))

    def issue(self, user: str, dollars: Amount) -> CoinChange:
        """``user`` brings dollars (>= 0) and gets as many coins."""
        dollars = kept(non_negative("dollars", dollars))
        after = self._with(supply=self.supply + dollars, liquid=self.liquid + dollars)
        moved = (
            Transfer(user, RESERVE, dollars, DOLLAR, "issue"),
            Transfer(OUTSIDE, user, dollars, COIN, "issue"),
        )
        return CoinChange(self, after, dollars, dollars, 0.0, actual(moved))

    def invest(self, dollars: Amount) -> CoinChange:
        """Buy assets for dollars of the liquid reserve, from 0 to all of it, that cannot be sold at once at par."""
        dollars = kept(within("dollars", dollars, 0.0, self.liquid))
        after = self._with(liquid=rest(self.liquid, dollars), illiquid=self.illiquid + dollars)
        moved = (
            Transfer(RESERVE, OUTSIDE, dollars, DOLLAR, "invest"),
            Transfer(OUTSIDE, RESERVE, dollars, BILLS, "invest"),
        )
        return CoinChange(self, after, 0.0, dollars, 0.0, actual(moved))

    def redeem(self, user: str, coins: Amount) -> CoinChange:
        """``user`` gives coins (>= 0) back for a dollar each less the fee; what is not liquid is sold at the discount.

        The fee stays in the reserve.

        Raises:
            ValueError: a redemption that is shut, a user on the blacklist, or more than the reserve brings at once.
        """
        coins = kept(within("coins", coins, 0.0, self.supply))
        self._may("user", user)
        fulfilled("coins", coins, np.equal(coins, 0) | ~np.asarray(self.suspended), "is 0 while redemption is shut")
        paid = within("coins less fee", coins * (1 - self.fee), 0.0, self.cash_at_once)
        from_liquid = plain(np.minimum(paid, self.liquid))
        missing = rest(paid, from_liquid)
        sold = plain(np.minimum(missing / (1 - self.discount), self.illiquid))
        after = self._with(
            supply=rest(self.supply, coins), liquid=rest(self.liquid, from_liquid), illiquid=rest(self.illiquid, sold)
        )
        moved = (
            Transfer(user, OUTSIDE, coins, COIN, "redeem"),
            Transfer(RESERVE, "buyers", sold, BILLS, "sold at once"),
            Transfer("buyers", RESERVE, missing, DOLLAR, "sold at once"),
            Transfer(RESERVE, user, paid, DOLLAR, "redeem"),
        )
        return CoinChange(self, after, -coins, -paid, sold, actual(moved))

    def lose(self, dollars: Amount, *, of: str = "liquid") -> CoinChange:
        """A part of the reserve is gone: dollars (from 0 to all) ``of`` what is ``"liquid"`` or ``"illiquid"``."""
        held = {"liquid": self.liquid, "illiquid": self.illiquid}
        if of not in held:
            raise ValueError(f"of = {of!r} is not allowed: choose one of 'liquid', 'illiquid'")
        dollars = kept(within("dollars", dollars, 0.0, held[of]))
        after = self._with(**{of: rest(held[of], dollars)})
        asset = DOLLAR if of == "liquid" else BILLS
        return CoinChange(
            self, after, 0.0, -dollars, 0.0, actual((Transfer(RESERVE, "lost bank", dollars, asset, "lost"),))
        )

    def suspend(self, shut: Truth = True) -> Self:
        """The coin with its redemption shut, or open again."""
        return self._with(suspended=kept(np.asarray(shut, dtype=bool)) if np.ndim(shut) else bool(shut))

    def blacklist(self, user: str, coins: Amount) -> Self:
        """The coin with ``coins`` (> 0) of a user frozen: they can be neither redeemed nor moved."""
        frozen = {**self.frozen, user: self.frozen.get(user, 0.0) + positive("coins", coins)}
        within("coins", sum(frozen.values(), 0.0), 0.0, self.supply)
        return self._with(frozen=FrozenDict({name: kept(amount) for name, amount in frozen.items()}))

    def release(self, user: str) -> Self:
        """The coin without this user on the blacklist.

        Raises:
            ValueError: somebody who is not on it.
        """
        self._listed(user)
        return self._with(frozen=FrozenDict({name: n for name, n in self.frozen.items() if name != user}))

    def seize(self, user: str, payee: str) -> CoinChange:
        """Burn the frozen coins of a user and issue as many to somebody else.

        Raises:
            ValueError: somebody who is not on the blacklist.
        """
        coins, after = self._listed(user), self.release(user)
        moved = (Transfer(user, OUTSIDE, coins, COIN, "seize"), Transfer(OUTSIDE, payee, coins, COIN, "seize"))
        return CoinChange(self, after, 0.0, 0.0, 0.0, actual(moved))

    def _listed(self, user: str) -> Amount:
        if user not in self.frozen:
            listed = ", ".join(map(repr, self.frozen)) or "nobody yet"
            raise ValueError(f"user = {user!r} is not on the blacklist: allowed are {listed}")
        return self.frozen[user]

    def _may(self, name: str, user: str) -> None:
        if user in self.frozen:
            raise ValueError(f"{name} = {user!r} is on the blacklist: allowed is anybody else")

    def _with(self, **fields: object) -> Self:
        return self._replace(**{name: kept(value) for name, value in fields.items()})


class CoinChange(NamedTuple):
    """What happened to the coin and its reserve."""

    before: ReserveCoin
    coin: ReserveCoin  #: after
    coins: Amount  #: issued (> 0) or taken back (< 0)
    dollars: Amount  #: that came in (> 0) or went out (< 0)
    sold: Amount  #: worth in good time of the assets that were sold at once (USD)
    transfers: tuple[Transfer, ...]

    @property
    def after(self) -> ReserveCoin:
        """The coin after."""
        return self.coin


class ReserveIncome(NamedTuple):
    """Who got the income of a reserve (USD)."""

    income: Amount
    holders: Amount  #: from the issuer
    distributors: Amount  #: from the issuer, what they pass on included
    passed_on: Amount  #: of it, what distributors give those who hold the coin with them
    costs: Amount
    issuer: Amount  #: what is left to it

    def transfers(
        self, issuer: str = ISSUER, holders: str = "holders", distributors: str = "distributors", staff: str = "staff"
    ) -> tuple[Transfer, ...]:
        """The income, which borrowers (a state, banks) pay, and what the issuer does with it."""
        return actual(
            (
                Transfer("borrowers", issuer, self.income, DOLLAR, "income of the reserve"),
                Transfer(issuer, holders, self.holders, DOLLAR, "passed to holders"),
                Transfer(issuer, distributors, self.distributors, DOLLAR, "distribution"),
                Transfer(distributors, holders, self.passed_on, DOLLAR, "reward"),
                Transfer(issuer, staff, self.costs, DOLLAR, "cost"),
            )
        )


@representable
def divide_income(
    reserve: Amount,
    rate: Amount,
    years: Amount = 1.0,
    *,
    to_holders: Amount = 0.0,
    to_distributors: Amount = 0.0,
    passed_on: Amount = 0.0,
    costs: Amount = 0.0,
) -> ReserveIncome:
    """Divide what a reserve earns, ``reserve·rate·years``: holders, distributors and costs each get a part of it.

    Args:
        reserve: USD, >= 0.
        rate: ratio per year, >= 0.
        years: >= 0.
        to_holders, to_distributors, costs: parts of the income, in [0, 1], together at most 1; the issuer has the rest.
        passed_on: part of what distributors get that they give to holders, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or parts of more than 1 together.

    >>> income = divide_income(40e9, 0.0425, to_distributors=0.6, costs=0.1)
    >>> round(income.income / 1e9, 2), round(income.distributors / 1e9, 2), round(income.issuer / 1e9, 2)
    (1.7, 1.02, 0.51)

    Source: filings of Circle; Circle paid 1.01 of about 1.7 billion dollars to distributors in 2024.
    """
    reserve, rate, years = non_negative("reserve", reserve), non_negative("rate", rate), non_negative("years", years)
    named = {"to_holders": to_holders, "to_distributors": to_distributors, "passed_on": passed_on, "costs": costs}
    parts = {name: between(name, value, 0.0, 1.0) for name, value in named.items()}
    broadcastable(reserve=reserve, rate=rate, years=years, **parts)
    given = parts["to_holders"] + parts["to_distributors"] + parts["costs"]
    left = rest(1.0, within("to_holders + to_distributors + costs", given, 0.0, 1.0))
    income = reserve * rate * years
    to_them = income * parts["to_distributors"]
    return ReserveIncome(
        plain(income),
        plain(income * parts["to_holders"]),
        plain(to_them),
        plain(to_them * parts["passed_on"]),
        plain(income * parts["costs"]),
        plain(income * left),
    )
