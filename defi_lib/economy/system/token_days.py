"""A year of the protocol's token: launch, sales, buyers, farm and the one vote."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.exchange_days import VOTE_DAY
from defi_lib.economy.system.people import People, expected_wealth, weights
from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.vote import Vote, hold_vote
from defi_lib.economy.system.world import SystemWorld
from defi_lib.exchange import ConstantProductPool
from defi_lib.integers import positions
from defi_lib.rewards import Vesting
from defi_lib.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

SUPPLY = 1e6  #: tokens at the launch
_GIFT_DAYS = 90  #: in which receivers sell what they sell
_BUYING_DAYS = 60  #: over which one buyer buys
_FARM_ENTRY = 60  #: days after which the least skilled farmer comes
_DAYS_PER_MONTH = DAYS_PER_YEAR / 12


class Launch(NamedTuple):
    """Who gets which tokens (tokens, one per seed), and what the pool starts with."""

    pool: ConstantProductPool
    insiders: Array
    gift: Array
    gift_weights: Array  #: seeds × people
    emission: Array  #: in the whole year
    bonds: Array  #: tokens sold against the money of the pool
    owned: Array  #: the part of the pool that belongs to the protocol
    insiders_sold: Array  #: the part that has been sold by the end of each day, days × seeds


class TokenDays(NamedTuple):
    """What happened with the token; USD and one per seed unless it says so."""

    launch: Launch
    sales: dict[str, Array]  #: what sales brought, by who sold
    harvest_sales: Array  #: the same of each farmer, seeds × people
    spent: Array  #: what each buyer paid, seeds × people
    held: Array  #: tokens that each person has at the end, seeds × people
    exit_money: Array  #: what the pool would pay for all of these at once
    pool_price: Array  #: at the end
    pool_money: Array  #: at the end
    vote: Vote
    price: Array  #: after each day, days × seeds
    gap: Array  #: what was missing on the worst day in the count of tokens and money, of all there is


def launch_token(people: People, setting: SystemSetting) -> Launch:
    """The table of the launch, with the remedies that change it."""
    seeds = len(people.wealth)

    def each(value: object) -> Array:
        return np.array(np.broadcast_to(np.asarray(value, dtype=float), (seeds,)))

    more = setting["airdrop_more"] * setting["more_airdrop"]
    some = people.wishes("insider").any(axis=1)
    insiders = SUPPLY * np.maximum(setting["insider_tokens"] - more, 0.0) * some
    value = setting["token_value"] * expected_wealth(setting, people.wealth.shape[1])
    tokens, money = each(SUPPLY * setting["pool_tokens"]), each(value * setting["pool_tokens"])
    owned = each(setting["own_liquidity"]) * people.is_("holder").any(axis=1)
    bonds = owned * money / ((1 - setting["discount"]) * value / SUPPLY)
    emission = SUPPLY * setting["emission"] * (1 - setting["emission_saved"] * setting["own_liquidity"])
    clever = people.served & (people.own_skill >= np.quantile(people.own_skill, 0.9, axis=1, keepdims=True))
    many = setting.beside_people("airdrop_many")
    by_use = setting.beside_people("gift_by_use")
    alike = (1 - by_use) * weights(people.served * 1.0) + by_use * weights(people.deployed * people.served)
    gifts = weights((1 - many) * alike + many * weights(clever * 1.0))
    months = np.arange(1, DAYS_PER_YEAR + 1)[:, np.newaxis] / _DAYS_PER_MONTH
    free = Vesting(duration=each(setting["hurry"])).vested(months)
    bound = Vesting(duration=each(setting["vesting_months"])).vested(months)
    sold = (1 - setting["vesting"]) * free + setting["vesting"] * bound
    pool = ConstantProductPool((tokens, money), fee=each(setting["pool_fee"]))
    given = each(SUPPLY * (setting["airdrop"] + more))
    return Launch(pool, each(insiders), given, gifts, each(emission), bonds, owned, sold * np.ones((1, seeds)))


class _Buyers:
    """Who buys: the less skilled later, each over sixty days, for a part of their wealth."""

    def __init__(self, world: SystemWorld, setting: SystemSetting, people: People) -> None:
        eager = people.is_("holder") + 0.2 * people.is_("trader")
        self.budget = setting.beside_people("token_budget") * people.wealth * eager
        late = setting.beside_people("late") * (1 - people.skill) * world.draw("buying")
        self.begin = np.minimum(late, DAYS_PER_YEAR - _BUYING_DAYS).astype(np.int64)
        place = np.arange(world.seeds)[:, np.newaxis] * DAYS_PER_YEAR + self.begin
        begun = np.bincount(positions(place.ravel()), self.budget.ravel(), world.seeds * DAYS_PER_YEAR)
        comes = begun.reshape(world.seeds, DAYS_PER_YEAR) / _BUYING_DAYS
        goes = np.concatenate([np.zeros((world.seeds, _BUYING_DAYS)), comes[:, :-_BUYING_DAYS]], axis=1)
        there = np.cumsum(comes - goes, axis=1)
        # A difference of sums: where nobody buys it is zero to rounding, and is set to zero.
        most = there.max(axis=1, initial=0.0, keepdims=True)
        self.money = np.where(there > 1e-12 * most, there, 0.0)
        self.index = np.zeros((world.seeds, DAYS_PER_YEAR + 1))  # tokens that a dollar a day has bought so far

    def bought(self, day: int = DAYS_PER_YEAR) -> Array:
        """Tokens that each person has bought by the beginning of ``day``."""
        end = np.minimum(self.begin + _BUYING_DAYS, day)
        begin = np.minimum(self.begin, day)
        gained = np.take_along_axis(self.index, end, axis=1) - np.take_along_axis(self.index, begin, axis=1)
        return self.budget / _BUYING_DAYS * gained


class _Farm:
    """Who farms: comes when skilled enough to find it, leaves for good when it pays less than asked."""

    def __init__(self, setting: SystemSetting, people: People) -> None:
        self.shape = people.wealth.shape
        member = people.is_("farmer")
        count = max(int(member.sum(axis=1).max()), 1)
        self.place = np.argsort(~member, axis=1, kind="stable")[:, :count]
        skill = np.take_along_axis(people.skill, self.place, axis=1)
        self.money = np.take_along_axis(people.deployed * member, self.place, axis=1)
        self.enters = _FARM_ENTRY * (1 - skill)
        self.asks = 2 * setting.beside_people("provider_asks") * skill
        self.left = np.zeros(self.money.shape, dtype=bool)
        self.tokens, self.dollars = np.zeros_like(self.money), np.zeros_like(self.money)

    def staked(self, day: int) -> Array:
        """What each farmer has in the farm today (USD)."""
        return self.money * ((day >= self.enters) & ~self.left)

    def to_people(self, values: Array) -> Array:
        """What farmers have, at the place of each person."""
        everybody = np.zeros(self.shape)
        np.put_along_axis(everybody, self.place, values, axis=1)
        return everybody


def token_days(world: SystemWorld, setting: SystemSetting, people: People) -> TokenDays:
    """Day by day: all who sell share one price, then buyers buy; on day 90 the vote says who gets grants and income.

    With buyers before sellers on each day, insiders got 1 % more (60 seeds).
    """
    launch = launch_token(people, setting)
    buyers, farm, pool = _Buyers(world, setting, people), _Farm(setting, people), launch.pool
    insiders = np.diff(launch.insiders_sold, axis=0, prepend=0.0) * launch.insiders
    sold_of_gift, at_once = setting["airdrop_sold"], setting["farm_sold"]
    gift = sold_of_gift * launch.gift / _GIFT_DAYS
    a_day = np.zeros(world.seeds)
    money = {name: np.zeros(world.seeds) for name in ("insiders", "gift", "harvest", "grants")}
    counts = _Counts(pool)
    vote, granted = Vote.nobody(people), np.zeros(world.seeds)
    price = np.empty((DAYS_PER_YEAR, world.seeds))
    for day in range(DAYS_PER_YEAR):
        if day == VOTE_DAY:
            own = _holdings(day, launch, buyers, farm, people, setting)
            vote = hold_vote(world, setting, people, own, np.asarray(pool.price()))
            a_day = SUPPLY * setting["grants"] / (DAYS_PER_YEAR - VOTE_DAY) * vote.somebody
        staked = farm.staked(day)
        locked = staked.sum(axis=1)
        each = np.divide(launch.emission / DAYS_PER_YEAR, locked, out=np.zeros(world.seeds), where=locked > 0)
        low = (each * pool.price() * DAYS_PER_YEAR)[:, np.newaxis] < farm.asks
        farm.left |= low & (staked > 0)
        harvest, granted = each * locked, granted + a_day
        sales = {"insiders": insiders[day], "gift": gift * (day < _GIFT_DAYS), "harvest": harvest * at_once}
        sales["grants"] = a_day * at_once
        tokens = np.sum(list(sales.values()), axis=0)
        sale = pool.swap_exact_in(tokens, token_in=0, token_out=1)
        per_token = np.divide(sale.amount_out, tokens, out=np.zeros(world.seeds), where=tokens > 0)
        for name, part in sales.items():
            money[name] = money[name] + part * per_token
        farm.tokens += staked * (each * (1 - at_once))[:, np.newaxis]
        farm.dollars += staked * (each * at_once * per_token)[:, np.newaxis]
        spent = buyers.money[:, day]
        buy = sale.pool.swap_exact_in(spent, token_in=1, token_out=0)
        pool = buy.pool
        a_dollar = np.divide(buy.amount_out, spent, out=np.zeros(world.seeds), where=spent > 0)
        buyers.index[:, day + 1] = buyers.index[:, day] + a_dollar
        price[day] = pool.price()
        counts.check(pool, tokens - buy.amount_out, spent - sale.amount_out)
    held = _holdings(DAYS_PER_YEAR, launch, buyers, farm, people, setting)
    held = held + vote.winners * (granted * (1 - at_once))[:, np.newaxis]
    last = pool.swap_exact_in(held.sum(axis=1), token_in=0, token_out=1)
    harvests = farm.to_people(farm.dollars)
    ends = np.asarray(last.amount_out), np.asarray(pool.price()), np.asarray(pool.reserves[1])
    return TokenDays(launch, money, harvests, buyers.budget, held, *ends, vote, price, counts.worst)


class _Counts:
    """Counts tokens and money of the pool by themselves, day by day, and remembers the worst difference."""

    def __init__(self, pool: ConstantProductPool) -> None:
        self.tokens, self.money = (np.array(reserve, dtype=float) for reserve in pool.reserves)
        self.worst = np.zeros_like(self.tokens)

    def check(self, pool: ConstantProductPool, tokens: Array, money: Array) -> None:
        """After a day on which the pool took in so many tokens and so much money."""
        self.tokens += tokens
        self.money += money
        for counted, there in zip((self.tokens, self.money), pool.reserves, strict=True):
            self.worst = np.maximum(self.worst, np.abs(counted - there) / np.maximum(there, 1e-300))


def _holdings(day: int, launch: Launch, buyers: _Buyers, farm: _Farm, people: People, setting: SystemSetting) -> Array:
    """Tokens of each person at the beginning of ``day``, without grants."""
    unsold = launch.insiders * (1 - launch.insiders_sold[day - 1])
    kept_of_gift = launch.gift * (1 - setting["airdrop_sold"] * min(day / _GIFT_DAYS, 1.0))
    own = buyers.bought(day) + farm.to_people(farm.tokens)
    own = own + weights(people.wishes("insider").astype(float)) * unsold[:, np.newaxis]
    own = own + bond_weights(people) * launch.bonds[:, np.newaxis]
    return own + launch.gift_weights * kept_of_gift[:, np.newaxis]


def bond_weights(people: People) -> Array:
    """Who buys bonds: owners of the token, the skilled and the rich more."""
    return weights(people.is_("holder") * people.skill * people.wealth)
