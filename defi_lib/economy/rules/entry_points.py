"""A rule that holds at some entry points only: who goes round it, and how much of the activity moves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.probability import normal_below, normal_quantile
from defi_lib.rounding import above
from defi_lib.validation import Amount, at_least, between, broadcastable, fulfilled, non_negative, plain, positive

#: The widest spread of costs or amounts, as standard deviation of the logarithm: a factor of 148 either way.
WIDEST = 5.0


class EntryUsers(NamedTuple):
    """How users differ, all lognormal; a spread is the standard deviation of the logarithm, in [0, 5]."""

    rule_spread: Amount = 0.0  #: of what the rule costs them
    other_spread: Amount = 0.0  #: of what the other way costs them, risk included
    together: Amount = 0.0  #: correlation of the two logarithms, in [-1, 1]
    amount_spread: Amount = 0.0  #: of what they bring in
    fixed: Amount = (
        0.0  #: 0: the other way costs a part of the amount; 1: the same sum for all, so a smaller part of more
    )
    bound: Amount = 0.0  #: part of them, whatever their amount, who have no other way, in [0, 1]


#: Users who do not differ, and who all may choose.
ALIKE = EntryUsers()


class EntryShift(NamedTuple):
    """What moves away from the entry points where a rule holds (parts of what was there before)."""

    users: Amount
    activity: Amount  #: the same, each user weighed by his amount
    rule_costs: Amount  #: what those who stay spend on the rule, part of all activity
    other_costs: Amount  #: what those who move spend and risk instead, part of all activity

    @property
    def burden(self) -> Amount:
        """What the rule costs users in all, whether they keep it or go round it (part of all activity)."""
        return plain(np.add(self.rule_costs, self.other_costs))


def shift_from_entry(rule: Amount, other: Amount, users: EntryUsers = ALIKE) -> EntryShift:
    """How much moves where each user takes the cheaper way: ``(1 − bound)·Φ((ln(rule/other) + φ·σ_A²)/s)``.

    Here s² = σ_r² + σ_o² − 2·ρ·σ_r·σ_o + φ²·σ_A², with spreads σ of rule, other way and amounts A, their correlation ρ
    and φ = ``users.fixed``; without φ·σ_A² it is the part of users. Where nobody differs (s = 0) all move, or none.

    Args:
        rule: what the rule costs the middle user, part of his amount, >= 0.
        other: what the other way costs him, its risk (chance times what is lost) and his time included, >= 0.
        users: how they differ.

    Raises:
        ValueError: an argument outside its range.

    Who is as well off either way stays; a rule without cost moves nobody. The costs are those of the median user: the
    mean is higher by exp(σ²/2). Nobody gives up, and the other way gets neither cheaper nor dearer as more take it.

    >>> moved = shift_from_entry(0.02, 0.02, EntryUsers(rule_spread=0.5, other_spread=0.5))
    >>> round(moved.users, 6), round(moved.activity, 6)
    (0.5, 0.5)
    >>> unequal = shift_from_entry(0.01, 0.02, EntryUsers(amount_spread=1.5, fixed=1.0))
    >>> round(unequal.users, 3), round(unequal.activity, 3)  # few go round it, but with most of the money
    (0.322, 0.85)
    """
    rule, other, users = non_negative("rule", rule), non_negative("other", other), _checked(users)
    broadcastable(rule=rule, other=other, **users._asdict())
    spread, by_amount = _spread(users), np.square(users.amount_spread) * np.asarray(users.fixed)
    with_rule = np.square(users.rule_spread) - _joint(users)
    own = np.square(users.other_spread) + np.square(np.multiply(users.fixed, users.amount_spread))
    with_other = _joint(users) - own

    def part(tilt: Amount) -> NDArray[np.float64]:
        return (1.0 - np.asarray(users.bound)) * _above(rule, other, tilt, spread)

    mean_rule = np.asarray(rule) * np.exp(np.square(users.rule_spread) / 2)
    mean_other = np.asarray(other) * np.exp(own / 2 - by_amount)
    return EntryShift(
        plain(part(0.0)),
        plain(part(by_amount)),
        plain(mean_rule * (1.0 - part(by_amount + with_rule))),
        plain(mean_other * part(by_amount + with_other)),
    )


def rule_that_moves(part: Amount, other: Amount, users: EntryUsers = ALIKE) -> Amount:
    """The cost of the rule (median user, part of his amount) from which this part of the activity moves.

    Args:
        part: of the activity, in (0, 1); less than 1 − bound, since the others cannot move.
        other: cost and risk of the other way for the middle user, > 0.
        users: how they differ.

    Raises:
        ValueError: an argument outside its range, or a part that nothing can move.

    >>> users = EntryUsers(rule_spread=0.6, other_spread=0.8, bound=0.25)
    >>> round(rule_that_moves(1 / 3, 0.03, users), 5)
    0.02609
    """
    part, other, users = between("part", part, 0.0, 1.0, low_open=True), positive("other", other), _checked(users)
    broadcastable(part=part, other=other, **users._asdict())
    free = 1.0 - np.asarray(users.bound)
    fulfilled("part", part, np.less(part, free), "is less than 1 - users.bound")
    by_amount = np.square(users.amount_spread) * np.asarray(users.fixed)
    return plain(other * np.exp(_spread(users) * normal_quantile(np.divide(part, free)) - by_amount))


class EntryChoices(NamedTuple):
    """Which way each of many users took; the first axis are users, then worlds."""

    moves: NDArray[np.bool_]  #: who goes round the rule
    amounts: NDArray[np.float64]  #: of each (USD)
    rule: NDArray[np.float64]  #: what the rule costs, or would cost, each, part of his amount
    other: NDArray[np.float64]  #: what the other way costs, or would cost, each

    @property
    def shift(self) -> EntryShift:
        """The parts that moved, and what both ways cost."""
        weights = self.amounts / np.sum(self.amounts, axis=0)
        spent = np.where(self.moves, self.other, self.rule) * weights
        return EntryShift(
            plain(np.mean(self.moves, axis=0)),
            plain(np.sum(weights * self.moves, axis=0)),
            plain(np.sum(spent * ~self.moves, axis=0)),
            plain(np.sum(spent * self.moves, axis=0)),
        )

    def transfers(
        self, users: str = "users", licensed: str = "licensed firms", elsewhere: str = "elsewhere", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """What those who stay pay for the rule, and what the others pay, and lose on average, elsewhere."""
        kept = np.sum(np.where(self.moves, 0.0, self.rule * self.amounts), axis=0)
        left = np.sum(np.where(self.moves, self.other * self.amounts, 0.0), axis=0)
        return actual(
            (
                Transfer(users, licensed, plain(kept), asset, "cost of the rule"),
                Transfer(users, elsewhere, plain(left), asset, "cost and risk of the other way"),
            )
        )


def choose_entry(amounts: Amount, rule: Amount, other: Amount, bound: Amount = 0.0) -> EntryChoices:
    """Each takes the cheaper way, if he has two: the other one where ``other < rule``.

    Args:
        amounts: what each (first axis) brings in (USD), > 0.
        rule: what the rule costs each, part of his amount, >= 0.
        other: what the other way costs each, risk and time included, >= 0.
        bound: 1 for who has no other way, 0 for who has.

    Raises:
        ValueError: an argument outside its range, or nobody.

    >>> chosen = choose_entry([100.0, 100.0, 300.0], rule=0.02, other=[0.05, 0.02, 0.01])
    >>> chosen.moves.tolist(), round(chosen.shift.users, 4), chosen.shift.activity
    ([False, False, True], 0.3333, 0.6)
    """
    amounts, bound = positive("amounts", np.atleast_1d(amounts)), between("bound", bound, 0.0, 1.0)
    rule, other = non_negative("rule", rule), non_negative("other", other)
    shape = broadcastable(amounts=amounts, rule=rule, other=other, bound=bound)
    fulfilled("bound", bound, np.equal(bound, 0.0) | np.equal(bound, 1.0), "is 0 or 1")
    at_least("number of users", shape[0], 1)
    size, first, second, stuck = (
        np.array(np.broadcast_to(each, shape), float) for each in (amounts, rule, other, bound)
    )
    return EntryChoices(np.asarray(above(first, second)) & (stuck == 0.0), size, first, second)


def draw_entry(
    rule: float, other: float, users: EntryUsers, count: int, rng: np.random.Generator, amount: float = 1_000.0
) -> EntryChoices:
    """Draw users one by one and let each choose: what :func:`shift_from_entry` says of very many.

    Args:
        rule, other: costs for the middle user, as there; one number each, and ``users`` of single numbers.
        users: how they differ.
        count: of users, >= 1.
        rng: source of random numbers.
        amount: of the middle user (USD), > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> drawn = draw_entry(0.02, 0.03, EntryUsers(0.5, 0.5), 20_000, np.random.default_rng(1))
    >>> abs(drawn.shift.activity - shift_from_entry(0.02, 0.03, EntryUsers(0.5, 0.5)).activity) < 0.02
    True
    """
    costs, users = (non_negative("rule", rule), non_negative("other", other)), _checked(users)
    count = at_least("count", count, 1)
    first, second, third = rng.standard_normal((3, count))
    together, larger = np.asarray(users.together, float), np.exp(users.amount_spread * third)
    second = together * first + np.sqrt(1.0 - together**2) * second
    return choose_entry(
        positive("amount", amount) * larger,
        costs[0] * np.exp(users.rule_spread * first),
        costs[1] * np.exp(users.other_spread * second) / larger**users.fixed,
        (rng.random(count) < users.bound).astype(float),
    )


def _checked(users: EntryUsers) -> EntryUsers:
    spreads = ("rule_spread", "other_spread", "amount_spread")
    return users._replace(
        **{name: between(f"users.{name}", getattr(users, name), 0.0, WIDEST) for name in spreads},
        together=between("users.together", users.together, -1.0, 1.0),
        fixed=between("users.fixed", users.fixed, 0.0, 1.0),
        bound=between("users.bound", users.bound, 0.0, 1.0),
    )


def _joint(users: EntryUsers) -> NDArray[np.float64]:
    """Covariance of the logarithms of both costs."""
    return np.asarray(users.together) * np.asarray(users.rule_spread) * np.asarray(users.other_spread)


def _spread(users: EntryUsers) -> NDArray[np.float64]:
    """Standard deviation of the logarithm of rule over other way."""
    first, second = np.asarray(users.rule_spread, float), np.asarray(users.other_spread, float)
    apart = np.square(first - second) + 2 * (1.0 - np.asarray(users.together)) * first * second
    return np.asarray(np.sqrt(apart + np.square(np.multiply(users.fixed, users.amount_spread))))


def _above(rule: Amount, other: Amount, tilt: Amount, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part for whom the rule is the dearer way, at weights that shift the logarithm of the ratio by ``tilt``."""
    dearer = np.asarray(above(rule, other), float)
    none = np.equal(rule, 0) | np.equal(other, 0) | (spread == 0)
    first, second, wide = (np.where(none, 1.0, each) for each in (rule, other, spread))
    return np.asarray(np.where(none, dearer, normal_below((np.log(first) - np.log(second) + tilt) / wide)))
