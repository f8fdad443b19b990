"""One gauge: deposits, boosted by votes, earn a part of the new tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.governance.locks.gauges import ONE, GaugeController
from defi_lib.governance.locks.vote_escrow import WEEK, VoteEscrow
from defi_lib.ledger import OUTSIDE, Transfer
from defi_lib.units import SECONDS_PER_YEAR
from defi_lib.validation import at_least, integer

TOKENLESS = 40  #: per cent of a deposit that count without votes
WARM_UP = 2 * WEEK  #: seconds from the start of a gauge in which nobody's deposit counts for more
YEAR = SECONDS_PER_YEAR  #: seconds of an epoch
REDUCTION = 1_189_207_115_002_721_024  #: by which the rate is divided each year, 1e18 = 1: the fourth root of two
FIRST_RATE = 274_815_283 * ONE // YEAR  #: smallest units a second in the first epoch


class Emission(NamedTuple):
    """How fast a token is created: a rate that falls once a year, when somebody asks for it."""

    rate: int = FIRST_RATE  #: smallest units a second
    epoch_end: int = YEAR  #: seconds, when the next epoch begins

    def updated(self, time: int) -> Emission:
        """At ``time``; one epoch on at the most, as each call of the contract."""
        if at_least("time", time, 0) < self.epoch_end:
            return self
        return Emission(self.rate * ONE // REDUCTION, self.epoch_end + YEAR)


class GaugeUser(NamedTuple):
    """What a gauge knows of a user. Amounts in smallest units."""

    deposit: int = 0
    working: int = 0  #: deposit that counts, as of the user's last action
    integral: int = 0  #: of the gauge, at that action
    earned: int = 0  #: in all
    minted: int = 0  #: of that, paid
    checked: int = 0  #: seconds, of that action


class _State(NamedTuple):
    name: str
    start: int
    time: int
    emission: Emission
    integral: int
    working_supply: int
    users: Mapping[str, GaugeUser]


class LiquidityGauge(Parts, _State):
    """Deposits in a pool that earn new tokens, in whole units, as in the contract.

    Args:
        name: as the controller knows it.
        start: seconds, when the gauge begins.
        emission: of the token, as the gauge first reads it.

    A user's working balance, ``min(b, 40 %·b + 60 %·L·w/W)``, is computed at that user's actions only: it stays while
    votes decay or others deposit. Each action takes the escrow, whose time is now, and the controller.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    Source: Curve's LiquidityGauge, first version. As there, the gauge reads the token's rate once an epoch; one that
    nobody has touched for a whole epoch keeps an old rate. Its limit of 500 weeks between two actions is left out.
    """

    __slots__ = ()

    def __new__(cls, name: str, start: int, emission: Emission | None = None) -> Self:
        """Check the arguments and begin without a deposit."""
        start = at_least("start", start, 0)
        return super().__new__(
            cls, name, start, start, emission or Emission(epoch_end=start + YEAR), 0, 0, FrozenDict()
        )

    @property
    def deposits(self) -> int:
        """All deposits."""
        return sum(user.deposit for user in self.users.values())

    def user(self, name: str) -> GaugeUser:
        """What the gauge knows of a user; of a stranger, nothing."""
        return self.users.get(name, GaugeUser())

    def claimable(self, name: str, escrow: VoteEscrow, controller: GaugeController) -> int:
        """What ``mint`` would pay now."""
        user = self._accrued(escrow, controller)._settled(name).user(name)
        return user.earned - user.minted

    def deposit(self, name: str, amount: int, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        """Deposit ``amount`` (>= 0) of the pool's shares."""
        return self._act(name, at_least("amount", amount, 0), escrow, controller)

    def withdraw(self, name: str, amount: int, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        """Take back ``amount``, at most the deposit."""
        return self._act(name, -integer("amount", amount, 0, self.user(name).deposit), escrow, controller)

    def checkpoint(self, name: str, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        """Book what a user has earned, and compute the working balance anew."""
        return self._act(name, 0, escrow, controller)

    def kick(self, name: str, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        """A checkpoint for somebody else, whose votes are gone or whose lock has changed.

        Raises:
            ValueError: votes and an unchanged lock, or a working balance of 40 % already.
        """
        user = self.user(name)
        if escrow.power(name) and escrow.lock(name).changed <= user.checked:
            raise ValueError(
                f"name = {name!r} has votes, and the lock of {user.checked} or before: kick is not allowed"
            )
        if user.working <= user.deposit * TOKENLESS // 100:
            raise ValueError(
                f"name = {name!r} has a working balance of {user.working}: allowed is more than {TOKENLESS} %"
            )
        return self._act(name, 0, escrow, controller)

    def mint(self, name: str, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        """Pay what a user has earned and not been paid, as new tokens."""
        change = self._act(name, 0, escrow, controller)
        user = change.after.user(name)
        after = change.after._with(name, user._replace(minted=user.earned))
        return change._replace(after=after, minted=user.earned - user.minted)

    def _act(self, name: str, added: int, escrow: VoteEscrow, controller: GaugeController) -> GaugeChange:
        settled = self._accrued(escrow, controller)._settled(name)
        user = settled.user(name)
        moved = settled._with(name, user._replace(deposit=user.deposit + added))
        return GaugeChange(self, moved._boosted(name, escrow), name, added)

    def _accrued(self, escrow: VoteEscrow, controller: GaugeController) -> Self:
        """At the time of the escrow: week by week, as weights change, and in two parts where an epoch ends."""
        now, begin, integral = at_least("escrow.time", escrow.time, self.time), self.time, self.integral
        old = self.emission
        new = old.updated(now) if old.epoch_end >= begin else old
        rate = old.rate
        while begin < now:
            end = min((begin + WEEK) // WEEK * WEEK, now)
            weight = controller.relative_weight(self.name, begin)
            if begin <= old.epoch_end < end:
                integral += self._per_unit(rate * weight * (old.epoch_end - begin))
                begin, rate = old.epoch_end, new.rate
            integral += self._per_unit(rate * weight * (end - begin))
            begin = end
        return self._replace(time=now, integral=integral, emission=new)

    def _per_unit(self, tokens: int) -> int:
        """For each unit that counts; nobody's where there is none."""
        return tokens // self.working_supply if self.working_supply else 0

    def _settled(self, name: str) -> Self:
        """What a user has earned with the working balance of before."""
        user = self.user(name)
        earned = user.earned + user.working * (self.integral - user.integral) // ONE
        return self._with(name, user._replace(integral=self.integral, earned=earned, checked=self.time))

    def _boosted(self, name: str, escrow: VoteEscrow) -> Self:
        user, total_votes = self.user(name), escrow.total_power()
        limit = user.deposit * TOKENLESS // 100
        if total_votes and escrow.time > self.start + WARM_UP:
            limit += self.deposits * escrow.power(name) // total_votes * (100 - TOKENLESS) // 100
        working = min(user.deposit, limit)
        supply = self.working_supply + working - user.working
        return self._with(name, user._replace(working=working))._replace(working_supply=supply)

    def _with(self, name: str, user: GaugeUser) -> Self:
        return self._replace(users=FrozenDict({**self.users, name: user}))


class GaugeChange(NamedTuple):
    """What happened at a gauge."""

    before: LiquidityGauge
    after: LiquidityGauge
    user: str
    amount: int  #: smallest units that were deposited; less than 0 for those that were withdrawn
    minted: int = 0  #: smallest units of the new token that were paid

    def transfers(self, token: str = "CRV") -> tuple[Transfer, ...]:
        """What moved between the user and the gauge, and what was created."""
        gauge = self.before.name
        payer, payee = (self.user, gauge) if self.amount >= 0 else (gauge, self.user)
        moved = Transfer(payer, payee, float(abs(self.amount)), f"{gauge} share", "deposit")
        created = Transfer(OUTSIDE, self.user, float(self.minted), token, "emission")
        return tuple(each for each in (moved, created) if each.amount)
