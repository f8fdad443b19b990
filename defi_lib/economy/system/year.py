"""A year of the whole economy: exchange, lending, farm, launch, staking, coin and vote on one set of books."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.book import SystemBook
from defi_lib.economy.system.exchange_days import ExchangeDays, exchange_days
from defi_lib.economy.system.lending_days import LendingDays, lending_days
from defi_lib.economy.system.people import People, expected_wealth, gather_people, swaps_a_year, weights
from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.token_days import TokenDays, bond_weights, token_days
from defi_lib.economy.system.world import SystemWorld
from defi_lib.ledger import OUTSIDE

Array = NDArray[np.float64]

#: Firms whose profit goes to their owners.
_FIRMS = ("searchers", "builders", "front ends", "ramps", "issuer", "staking pools")
_OWN_NODE = 32.0  #: ether that a staker needs who has no pool
_SELF_KEPT = ("trader", "provider", "active", "lender", "borrower", "farmer", "holder", "staker")


class SystemYear(NamedTuple):
    """What a year left; USD, and one per seed unless it says so."""

    book: SystemBook
    people: People
    profit: Array  #: of each person, seeds × people
    benefit: Array  #: what trades, payments and loans were worth to each person, before their cost, seeds × people
    volume: Array  #: traded in all
    payments: Array  #: sent in all
    loan_years: Array  #: lent in all, dollars times years
    scale: Array  #: the pool's liquidity on its worst day, in times what people wish to provide
    users_win: NDArray[np.bool_]  #: the vote
    largest_voters: NDArray[np.int64]  #: how few had half of the votes
    first_price: Array  #: the token's price at the launch
    token_price: Array  #: after each day, days × seeds
    unpaid_wages: Array  #: the part of the wages that nobody paid
    gap: Array  #: what the daily counts and the books lack, of all wealth or of what lies in the pool

    @property
    def worth(self) -> Array:
        """Profit and what the services were worth to each person, seeds × people."""
        return self.profit + self.benefit


def system_year(world: SystemWorld, setting: SystemSetting | None = None) -> SystemYear:
    """A year of decentralised finance for the people of every seed.

    The change of ether's own price is no profit: everybody could hold ether.

    Args:
        world: the draws, see :func:`~defi_lib.economy.draw_world`.
        setting: parameters and remedies; by default today's, without any remedy.

    Raises:
        ValueError: an array in the setting whose length is not the number of seeds.

    >>> from defi_lib.economy import draw_world
    >>> year = system_year(draw_world(2, 200))
    >>> bool(abs(year.book.residual()).max() < 1e-6)
    True
    """
    setting = setting or SystemSetting()
    check_length(world, setting)
    people = gather_people(world, setting)
    book, owners = SystemBook(people.role), ownership(people, setting)
    traded, lent = exchange_days(world, setting, people), lending_days(world, setting, people)
    token = token_days(world, setting, people)
    _book_exchange(book, people, setting, traded)
    _book_lending(book, setting, lent)
    sent = _book_payments(book, people, setting)
    _book_gas(book, people, setting, traded, sent)
    _book_coin_and_money(book, people, setting)
    book_token(book, people, setting, token)
    _book_hacks(book, world, setting, traded, lent, people, owners)
    _book_losses(book, world, people, setting)
    _book_builders(book, people, setting)
    unpaid = _book_treasury(book, people, setting, token)
    close_firms(book, _FIRMS, owners, setting)
    profit, benefit = book.profit(), _benefit(people, setting, traded, lent, sent)
    missing = np.abs(book.residual()) / people.wealth.sum(axis=1)
    return SystemYear(
        *(book, people, profit, benefit, traded.traded.sum(axis=1), sent.sum(axis=1), lent.loan_years.sum(axis=1)),
        *(traded.least_scale, token.vote.users_win, token.vote.largest_voters),
        *(np.asarray(token.launch.pool.price()), token.price, unpaid),
        np.maximum(missing, token.gap),
    )


def check_length(world: SystemWorld, setting: SystemSetting) -> None:
    """Refuse arrays that are not one per seed."""
    for name, value in setting.changes.items():
        if np.ndim(value) and np.size(value) != world.seeds:
            raise ValueError(
                f"{name} has {np.size(value)} entries: allowed are one number or {world.seeds}, one per seed"
            )


def ownership(people: People, setting: SystemSetting) -> Array:
    """Who owns all firms: the richest tenth by their wealth, and the rest all alike."""
    rich = setting.beside_people("rich_own")
    return np.asarray(rich * weights(people.wealth * people.richest_tenth()) + (1 - rich) / people.wealth.shape[1])


def close_firms(book: SystemBook, firms: tuple[str, ...], owners: Array, setting: SystemSetting) -> None:
    """Each firm pays its own cost, and the rest to its owners."""
    for firm in firms:
        book.pay("firms' own cost", setting["firm_cost"] * np.maximum(book.balance(firm), 0.0), firm, OUTSIDE)
        book.pay(f"profit of {firm}", book.balance(firm), firm, owners)


def _book_exchange(book: SystemBook, people: People, setting: SystemSetting, days: ExchangeDays) -> None:
    """Fees to providers, a part to the protocol; what arbitrage, orders and interfaces take; bids for a place."""
    volume, providers = days.traded, weights(days.liquidity)
    book.pay("trading fees", days.fees, weights(volume), providers)
    book.pay("protocol's part of fees", days.to_protocol, providers, "treasury")
    book.pay(
        "interface fees", (volume * days.interface_fee).sum(axis=1), weights(volume * days.interface_fee), "front ends"
    )
    taken = [("arbitrage", days.arbitrage, providers)]
    for reason, rate in (("sandwiches", days.mistakes), ("price impact", days.impact)):
        taken.append((reason, (volume * rate).sum(axis=1), weights(volume * rate)))
    for reason, amount, payers in taken:
        paid = book.pay(reason, amount, payers, "searchers")
        book.pay("bids for the first place", setting["bid"] * paid, "searchers", "builders")


def _book_lending(book: SystemBook, setting: SystemSetting, days: LendingDays) -> None:
    """Interest, the treasury's part of it, the liquidators' bonus, and loans on a name that are lost."""
    lenders = weights(days.deposits)
    interest = book.pay("interest", days.interest.sum(axis=1), weights(days.interest), lenders)
    book.pay("reserve factor", setting["reserve_factor"] * interest, lenders, "treasury")
    bonus = book.pay("liquidations", setting["bonus"] * days.sold.sum(axis=1), weights(days.sold), "searchers")
    book.pay("bids for the first place", setting["bid"] * bonus, "searchers", "builders")
    book.pay("unpaid loans", days.unpaid.sum(axis=1), lenders, weights(days.unpaid))


def _book_payments(book: SystemBook, people: People, setting: SystemSetting) -> Array:
    """Payers send money over the chain; returns what each sends (USD), seeds × people."""
    wished = setting.beside_people("payments") * people.wealth * people.wishes("payer")
    sent: Array = wished * np.exp(-_payment_cost(people, setting) / setting.beside_people("give_up_payment"))
    sent = sent * people.served
    book.pay("ways in and out", (sent * setting.beside_people("money_cost")).sum(axis=1), weights(sent), "ramps")
    return sent


def _payment_cost(people: People, setting: SystemSetting) -> Array:
    """What a payment costs, of its amount: the way in and out, and gas."""
    yearly = np.maximum(setting.beside_people("payments") * people.wealth, 1e-300)
    gas = setting.beside_people("swaps_payer") * people.swap_gas[:, np.newaxis]
    return np.asarray(setting.beside_people("money_cost") + gas / yearly)


def _book_gas(book: SystemBook, people: People, setting: SystemSetting, days: ExchangeDays, sent: Array) -> None:
    """Gas of everybody who is served; traders and payers pay for what they do, the others for a year as planned."""
    wished = np.where(people.wishes("payer"), setting.beside_people("payments") * people.wealth, people.wished_volume)
    done = np.where(people.wishes("payer"), sent, days.traded)
    part = np.divide(done, wished, out=np.zeros_like(done), where=wished > 0)
    part = np.where(people.wishes("payer", "trader"), part, 1.0) * people.served
    gas = part * swaps_a_year(people.role, setting) * people.swap_gas[:, np.newaxis]
    gas = gas + people.served * np.reshape(setting.way_cost(), (-1, 1))
    total, payers = gas.sum(axis=1), weights(gas)
    book.pay("gas, burned", setting["burned"] * total, payers, "nobody")
    book.pay("gas, tips", (1 - setting["burned"]) * total, payers, "builders")


def _book_coin_and_money(book: SystemBook, people: People, setting: SystemSetting) -> None:
    """The issuer keeps the interest of the dollars behind its coins; stakers get new ether; ways in and out cost."""
    coins = (people.wealth * people.served).sum(axis=1) * setting["coins_held"]
    income = book.pay("interest on reserves", setting["bill"] * coins, OUTSIDE, "issuer")
    book.pay("distribution", setting["distribution"] * income, "issuer", "front ends")
    moves = people.deployed * people.is_(*_SELF_KEPT)
    moving = setting["money_cost"] * setting["moved_in"] * moves.sum(axis=1)
    book.pay("ways in and out", moving, weights(moves), "ramps")
    stake = people.deployed * people.is_("staker")
    book.pay("staking", setting["staking_rate"] * stake.sum(axis=1), OUTSIDE, weights(stake))
    small = stake * (stake < _OWN_NODE * setting.beside_people("ether_price"))
    cut = setting["staking_fee"] * setting["staking_rate"]
    book.pay("staking pools' fee", cut * small.sum(axis=1), weights(small), "staking pools")


def book_token(book: SystemBook, people: People, setting: SystemSetting, token: TokenDays) -> None:
    """The launch, all sales and purchases, and what tokens are worth at the end.

    Unsold tokens are counted at the one price at which all could leave at once, or with ``exit_at_pool_price`` at the
    pool's price, which nobody could get for all of them: the account *paper gains* pays the difference.
    """
    launch, vote = token.launch, token.vote
    insiders, money = weights(people.wishes("insider").astype(float)), np.asarray(launch.pool.reserves[1])
    seed = book.pay("money for the pool", (1 - launch.owned) * money, insiders, "token pool")
    bonds = book.pay("bonds", launch.owned * money, bond_weights(people), "token pool")
    book.pay("money for the pool", money - seed - bonds, OUTSIDE, "token pool")
    book.pay("token purchases", token.spent.sum(axis=1), weights(token.spent), "token pool")
    sellers = {"insiders": insiders, "gift": launch.gift_weights, "grants": vote.winners}
    for name, seller in (sellers | {"harvest": weights(token.harvest_sales)}).items():
        book.pay("token sales", token.sales[name], "token pool", seller)
    paper, held = setting["exit_at_pool_price"], token.held.sum(axis=1)
    book.pay("unsold tokens", (1 - paper) * token.exit_money, "token pool", weights(token.held))
    book.pay("unsold tokens", paper * held * token.pool_price, "paper gains", weights(token.held))
    left = book.balance("token pool")
    owner = np.where(insiders.any(axis=1), 1 - launch.owned, 0.0)
    book.pay("what is left in the pool", owner * left, "token pool", insiders)
    book.pay("what is left in the pool", launch.owned * left, "token pool", "treasury")
    book.pay("what is left in the pool", book.balance("token pool"), "token pool", OUTSIDE)
    names = vote.names_paid
    book.pay("accounts to vote with", names.sum(axis=1), weights(names), "sellers of accounts")


def _book_hacks(
    book: SystemBook,
    world: SystemWorld,
    setting: SystemSetting,
    traded: ExchangeDays,
    lent: LendingDays,
    people: People,
    owners: Array,
) -> None:
    """Each protocol may be robbed; with cover, premiums go to its sellers, who pay as far as their capital reaches."""
    provided = people.deployed * people.is_("provider", "active")
    farmed = people.deployed * people.is_("farmer")
    exposed = {"exchange": provided, "lending": lent.deposits, "farm": farmed}
    stolen = np.zeros_like(people.wealth)
    for name, amounts in exposed.items():
        robbed = world.happens(name, setting["hack"])
        stolen = stolen + amounts * robbed[:, np.newaxis] * setting.beside_people("hack_part")
    book.pay("robberies", stolen.sum(axis=1), weights(stolen), "thieves")
    covered = setting["cover"] * np.sum(list(exposed.values()), axis=0).sum(axis=1)
    buyers = weights(np.sum(list(exposed.values()), axis=0))
    premium = book.pay("premiums", setting["premium"] * covered, buyers, owners)
    capital = premium + setting["cover_capital"] * covered
    book.pay("claims paid", np.minimum(setting["cover"] * stolen.sum(axis=1), capital), owners, weights(stolen))


def _book_losses(book: SystemBook, world: SystemWorld, people: People, setting: SystemSetting) -> None:
    """Lost and stolen keys, fraud, and what a licence costs; the less skilled lose more."""
    beside, kept = setting.beside_people, people.deployed * people.is_(*_SELF_KEPT)
    lack = 2 * (1 - people.skill)
    lost = kept * (world.draw("lost") < beside("key_lost") * lack)
    stolen = kept * (world.draw("stolen") < beside("key_stolen") * lack)
    book.pay("lost keys", lost.sum(axis=1), weights(lost), "nobody")
    book.pay("stolen keys", stolen.sum(axis=1), weights(stolen), "thieves")
    fraud = kept * lack * beside("deceived") * (1 - beside("licence") * beside("licence_cuts"))
    book.pay("fraud", fraud.sum(axis=1), weights(fraud), "thieves")
    half = 0.5 * setting["licence"] * setting["licence_cost"] * people.wealth.shape[1]
    book.pay("licence", half, weights(people.served.astype(float)), "state")
    book.pay("licence", half, "front ends", "state")


def _book_builders(book: SystemBook, people: People, setting: SystemSetting) -> None:
    """Builders keep a part of bids and tips; stakers get the rest."""
    passed = (1 - setting["builder_keep"]) * np.maximum(book.balance("builders"), 0.0)
    stakers = weights(people.deployed * people.is_("staker"))
    book.pay("bids and tips to stakers", passed, "builders", stakers)


def _book_treasury(book: SystemBook, people: People, setting: SystemSetting, token: TokenDays) -> Array:
    """The treasury pays wages, then the insiders as far as their sales go, and the rest goes to who won the vote.

    Returns the part of the wages that nobody paid.
    """
    wages = np.asarray(setting["wages"] * expected_wealth(setting, people.wealth.shape[1]))
    wages = np.array(np.broadcast_to(wages, (len(people.wealth),)))
    insiders = weights(people.wishes("insider").astype(float))
    paid = book.pay("wages", np.minimum(wages, np.maximum(book.balance("treasury"), 0.0)), "treasury", "developers")
    rest = np.minimum(wages - paid, token.sales["insiders"])
    paid = paid + book.pay("wages", rest, insiders, "developers")
    book.pay("protocol's income", np.maximum(book.balance("treasury"), 0.0), "treasury", token.vote.winners)
    return np.divide(wages - paid, wages, out=np.zeros_like(wages), where=wages > 0)


def _benefit(people: People, setting: SystemSetting, traded: ExchangeDays, lent: LendingDays, sent: Array) -> Array:
    """What trades, payments and loans were worth to each person (USD), before their cost.

    Where demand falls as ``exp(−c/g)``, what is done at the cost c is worth ``c + g`` for each dollar of it.
    """
    trades = traded.traded * (traded.cost + setting.beside_people("give_up"))
    payments = sent * (_payment_cost(people, setting) + setting.beside_people("give_up_payment"))
    return np.asarray(trades + payments + lent.loan_years * setting.beside_people("loan_worth"))
