"""A year of a coin in many scenarios: runs, lost banks, weekends, a failed issuer; and the worst month of holders."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.coins.reserve_coin import COIN, DOLLAR, RESERVE
from defi_lib.risk.coins.weekend import shut_weekend
from defi_lib.rounding import below, ceil
from defi_lib.validation import Amount, at_least, between, finite, non_negative, one_number, one_of, positive, ratio

#: Days of a year and of a month, and days of the week from which on banks are shut.
YEAR, MONTH, WEEK, SHUT_FROM = 365, 30, 7, 5
#: What happens when the liquid part is gone: assets are sold at once, or redemption is shut.
YEAR_RULES = ("first come", "suspension")


class _Risks(NamedTuple):
    liquid: float
    discount: float
    rule: str
    runs: float
    run_part: float
    run_days: int
    bank_failures: float
    at_bank: float
    bank_recovery: float
    bank_days: int
    trust: float
    failures: float
    failure_recovery: float
    depth: float
    panic: float
    capital: float
    margin: float


class CoinRisks(_Risks):
    """What can happen to a coin, per coin that exists at the start.

    Args:
        liquid: part of the reserve that can be paid at once, in [0, 1].
        discount: what of its worth a sale of the rest at once costs, in [0, 1).
        rule: ``"first come"`` sells it; ``"suspension"`` shuts redemption until there is cash again.
        runs: doubts without a reason, per year, >= 0.
        run_part: most of all coins that want to leave in a doubt, in [0, 1]; how many is drawn from 0 to it.
        run_days: open days over which they ask, >= 1.
        bank_failures: a bank of the reserve is lost, times per year, >= 0; a doubt follows.
        at_bank: part of the reserve that is there, in [0, 1].
        bank_recovery: part of it that comes back, in [0, 1].
        bank_days: days until it is known, >= 1.
        trust: part of it that buyers in pools expect to come back meanwhile, in [0, 1].
        failures: the issuer itself fails, times per year, >= 0.
        failure_recovery: part of the reserve that holders get then, in [0, 1].
        depth: dollars in pools per coin, > 0.
        panic: part of all coins that is sold in pools during a doubt while redemption is shut, a day, >= 0.
        capital: dollars of buyers in pools per coin, >= 0.
        margin: what they want below the fair price, in [0, 1).

    Raises:
        ValueError: an argument outside its range.
    """

    __slots__ = ()

    def __new__(
        cls,
        liquid: float = 0.2,
        discount: float = 0.002,
        rule: str = "first come",
        runs: float = 0.05,
        run_part: float = 0.2,
        run_days: int = 5,
        bank_failures: float = 0.05,
        at_bank: float = 0.08,
        bank_recovery: float = 1.0,
        bank_days: int = 3,
        trust: float = 0.0,
        failures: float = 0.0,
        failure_recovery: float = 0.0,
        depth: float = 0.02,
        panic: float = 0.002,
        capital: float = 0.01,
        margin: float = 0.03,
    ) -> Self:
        """Check the arguments; by default much as a large coin of 2023."""
        return super().__new__(
            cls,
            one_number("liquid", between("liquid", liquid, 0.0, 1.0)),
            one_number("discount", ratio("discount", discount)),
            one_of("rule", rule, YEAR_RULES),
            one_number("runs", non_negative("runs", runs)),
            one_number("run_part", between("run_part", run_part, 0.0, 1.0)),
            at_least("run_days", run_days, 1),
            one_number("bank_failures", non_negative("bank_failures", bank_failures)),
            one_number("at_bank", between("at_bank", at_bank, 0.0, 1.0)),
            one_number("bank_recovery", between("bank_recovery", bank_recovery, 0.0, 1.0)),
            at_least("bank_days", bank_days, 1),
            one_number("trust", between("trust", trust, 0.0, 1.0)),
            one_number("failures", non_negative("failures", failures)),
            one_number("failure_recovery", between("failure_recovery", failure_recovery, 0.0, 1.0)),
            one_number("depth", positive("depth", depth)),
            one_number("panic", non_negative("panic", panic)),
            one_number("capital", non_negative("capital", capital)),
            one_number("margin", ratio("margin", margin)),
        )


class CoinYear(NamedTuple):
    """A coin in many scenarios: prices by day and scenario, and where the reserve went (USD per coin of the start)."""

    price: NDArray[np.float64]  #: (days, scenarios), USD
    supply: NDArray[np.float64]  #: coins at the end, per coin of the start
    redeemed: NDArray[np.float64]  #: coins taken back, a dollar each
    reserve: NDArray[np.float64]  #: at the end, with what is still to come back from a bank
    to_buyers: NDArray[np.float64]  #: what buyers of assets sold at once got below their worth
    lost_at_banks: NDArray[np.float64]
    taken: NDArray[np.float64]  #: gone with the issuer
    shut_days: NDArray[np.int64]  #: days on which somebody asked in vain

    def month_losses(self, at: str = "end") -> NDArray[np.float64]:
        """Loss of a holder in each month (ratio; months × scenarios), to its ``"end"`` or its ``"lowest"`` day."""
        one_of("at", at, ("end", "lowest"))
        months = len(self.price) // MONTH
        days = self.price[: months * MONTH].reshape(months, MONTH, -1)
        before = np.concatenate([np.ones((1, days.shape[2])), days[:-1, -1]])
        last = days[:, -1] if at == "end" else days.min(axis=1)
        return 1 - np.divide(last, before, out=np.ones_like(last), where=before > 0)

    def worst_month(self, part: float = 0.01, at: str = "end") -> float:
        """The loss that a ``part`` of all months exceeds (ratio): of a hundred months the worst, by default."""
        return worst_loss(self.month_losses(at), part)

    def transfers(self, scenario: int = 0, holders: str = "holders") -> tuple[Transfer, ...]:
        """Where the reserve of one scenario went."""
        at = scenario
        return actual(
            (
                Transfer(holders, RESERVE, float(self.redeemed[at]), COIN, "redeem"),
                Transfer(RESERVE, holders, float(self.redeemed[at]), DOLLAR, "redeem"),
                Transfer(RESERVE, "buyers", float(self.to_buyers[at]), DOLLAR, "sold below its worth"),
                Transfer(RESERVE, "lost bank", float(self.lost_at_banks[at]), DOLLAR, "lost"),
                Transfer(RESERVE, "who took it", float(self.taken[at]), DOLLAR, "taken"),
            )
        )


def worst_loss(losses: Amount, part: float = 0.01) -> float:
    """The loss that a ``part`` (in (0, 1)) of all ``losses`` exceeds.

    >>> worst_loss([0.0] * 99 + [0.5], 0.005), worst_loss([0.0, 0.1, 0.2], 0.5)
    (0.5, 0.1)

    Raises:
        ValueError: an argument outside its range.
    """
    low = one_number("part", between("part", part, 0.0, 1.0, low_open=True, high_open=True))
    size = np.size(finite("losses", losses))
    if not size:
        raise ValueError(f"losses has shape {np.shape(losses)}: allowed is at least one number")
    return float(np.sort(losses, axis=None)[int(ceil((size - 1) * (1 - low), scale=float(size)))])


def simulate_coin(
    risks: CoinRisks, scenarios: int, rng: np.random.Generator, days: int = YEAR, first_day: int = 0
) -> CoinYear:
    """A year of a coin, day by day, in many scenarios at once.

    On open days who wants to leave is paid a dollar, out of what is liquid, then as the rule says. On Saturdays and
    Sundays, and while redemption is shut, doubters sell in pools instead (:func:`shut_weekend`), to buyers who trust
    that a part comes back. Without doubt, or with redemption open to all who ask, a coin costs a dollar, or its part of
    a reserve that is smaller than the coins.

    Args:
        risks: what can happen.
        scenarios: how many, >= 1.
        rng: of the draws.
        days: >= 1.
        first_day: of the week, from 0 (Monday) to 6.

    Raises:
        ValueError: an argument outside its range.

    >>> calm = simulate_coin(CoinRisks(runs=0.0, bank_failures=0.0), 10, np.random.default_rng(1))
    >>> float(calm.price.min()), calm.worst_month()
    (1.0, 0.0)

    Source: own model; the events are independent of each other and of the market, which in a crisis they are not.
    """
    scenarios, days = at_least("scenarios", scenarios, 1), at_least("days", days, 1)
    first = int(between("first_day", float(at_least("first_day", first_day, 0)), 0.0, WEEK - 1.0))
    books = _Books(risks, scenarios)
    rates = (risks.runs, risks.bank_failures, risks.failures)
    events = [rng.random((days, scenarios)) < -np.expm1(-rate / YEAR) for rate in rates]
    parts = rng.random((days, scenarios)) * risks.run_part
    fair, bid, offered = (np.empty((days, scenarios)) for _ in range(3))
    for day in range(days):
        books.happen(events[0][day], events[1][day], events[2][day], parts[day])
        offered[day] = books.pass_day((first + day) % WEEK >= SHUT_FROM)
        fair[day], bid[day] = books.worth(risks.bank_recovery), books.worth(risks.trust)
    return books.year(_prices(risks, fair, bid, offered))


def _prices(risks: CoinRisks, fair: Any, bid: Any, offered: Any) -> NDArray[np.float64]:
    """The fair price, and where coins are offered in pools what those say; never above the fair one."""
    price: NDArray[np.float64] = fair.copy()
    troubled = offered > 0
    if troubled.any():
        pool = ConstantProductPool((risks.depth, risks.depth), fee=0.0)
        end = shut_weekend(pool, offered[troubled], 1 - bid[troubled], 0.0, risks.capital, risks.margin)
        price[troubled] = np.minimum(end.price, fair[troubled])
    return price


class _Books:
    """The scenarios while they run: the one thing here that changes, and nobody sees it."""

    def __init__(self, risks: CoinRisks, scenarios: int) -> None:
        self.risks = risks
        self.supply, self.liquid = np.ones(scenarios), np.full(scenarios, risks.liquid)
        self.illiquid, self.stuck = 1 - self.liquid, np.zeros(scenarios)
        self.redeemed, self.to_buyers, self.lost, self.taken = (np.zeros(scenarios) for _ in range(4))
        self.waiting, self.a_day, self.sold = (np.zeros(scenarios) for _ in range(3))
        self.known_in, self.shut_days = np.zeros(scenarios, np.int64), np.zeros(scenarios, np.int64)
        self.failed = np.zeros(scenarios, bool)

    def worth(self, trust: float) -> Any:
        """What a coin's part of the reserve is worth, at most 1, if ``trust`` of what is at a bank comes back."""
        assets = self.liquid + self.illiquid + self.stuck * trust
        some = np.maximum(self.supply, np.finfo(float).tiny)
        short = below(assets, self.supply)
        return np.where((self.supply > 0) & short, np.minimum(assets / some, 1.0), 1.0)

    def happen(self, run: Any, bank: Any, failure: Any, part: Any) -> None:
        """The events of a day: a doubt, a bank that is lost, an issuer who fails."""
        bank = bank & (self.known_in == 0) & ~self.failed
        gone = np.where(bank, self.risks.at_bank * (self.liquid + self.illiquid), 0.0)
        from_liquid = np.minimum(gone, self.liquid)
        self.liquid, self.illiquid = self.liquid - from_liquid, self.illiquid - (gone - from_liquid)
        self.stuck, self.known_in = self.stuck + gone, np.where(bank, self.risks.bank_days + 1, self.known_in)
        asks = np.where((run | bank) & ~self.failed, part * self.supply, 0.0)
        self.waiting = np.minimum(self.waiting + asks, self.supply)
        self.a_day = np.where(asks > 0, self.waiting / self.risks.run_days, self.a_day)
        fails = failure & ~self.failed
        kept = np.where(fails, self.risks.failure_recovery, 1.0)
        self.taken = self.taken + (1 - kept) * (self.liquid + self.illiquid)
        self.liquid, self.illiquid, self.failed = self.liquid * kept, self.illiquid * kept, self.failed | fails

    def pass_day(self, weekend: bool) -> Any:
        """A day: what banks pay back, redemption if it is open; coins that are offered in pools instead."""
        risks = self.risks
        known = self.known_in == 1
        back = np.where(known, self.stuck * risks.bank_recovery, 0.0)
        self.lost = self.lost + np.where(known, self.stuck - back, 0.0)
        self.liquid, self.stuck = self.liquid + back, np.where(known, 0.0, self.stuck)
        self.known_in = np.maximum(self.known_in - 1, 0)
        wanted = np.where(self.failed | weekend, 0.0, np.minimum(self.a_day, self.waiting))
        open_for = self.liquid + (self.illiquid * (1 - risks.discount) if risks.rule == "first come" else 0.0)
        paid = np.minimum(wanted, open_for)
        from_liquid = np.minimum(paid, self.liquid)
        price = 1 - risks.discount
        worth = np.minimum((paid - from_liquid) / price, self.illiquid)
        self.to_buyers = self.to_buyers + np.maximum(worth - (paid - from_liquid), 0.0)
        self.liquid, self.illiquid = self.liquid - from_liquid, self.illiquid - worth
        self.supply, self.redeemed = np.maximum(self.supply - paid, 0.0), self.redeemed + paid
        self.waiting = np.minimum(np.where(below(paid, self.waiting), self.waiting - paid, 0.0), self.supply)
        vain = ((self.waiting > 0) | (self.known_in > 0)) & (weekend | self.failed | below(paid, wanted))
        self.shut_days = self.shut_days + vain
        self.sold = np.where(vain, self.sold + risks.panic, 0.0)
        return np.minimum(self.sold, self.supply)

    def year(self, price: NDArray[np.float64]) -> CoinYear:
        """What is left."""
        reserve = self.liquid + self.illiquid + self.stuck
        ends = (self.supply, self.redeemed, reserve, self.to_buyers, self.lost, self.taken)
        return CoinYear(price, *ends, self.shut_days)
