"""Questions 1 to 4 of lab 8.1: balances, who gets what of one dollar, concentration, value locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from defi_lib.labs.economy.follow_one_dollar.books import (
    MINTED,
    PROTOCOLS,
    RECEIPT,
    balances_of,
    counts_of,
    draw_deposits,
    draw_payment,
    draw_transfers,
)
from defi_lib.labs.kit import Lab, Part, equal, matches, round_number
from defi_lib.labs.kit.compare import Misshapen, entries_of, numbers_of
from defi_lib.ledger import Transfer

lab = Lab("8.1")
check, progress = lab.check, lab.progress

#: Whose money is followed, and in which asset.
PAYER, MONEY = "Ann", "USD"


def by_name(
    points: float, said: str, answer: Any, right: Mapping[str, float], mistakes: Mapping[str, Mapping[str, float]]
) -> Part:
    """A dictionary of numbers must be ``right``; one that a usual mistake gives is answered with its name."""
    names = list(right)
    entries = entries_of(answer, said, names, "{} is a name too many")
    got = np.array([float(numbers_of(entries[name], f"{said}[{name!r}]", ())) for name in names])
    known = {text: tuple(wrong[name] for name in names) for text, wrong in mistakes.items()}
    part = matches(points, said, got, tuple(right.values()), known)
    if not part.mistake or part.mistake in known:
        return part
    parts = [matches(0, f"{said}[{name!r}]", got[at], right[name]) for at, name in enumerate(names)]
    return part.said(next(each.mistake for each in parts if each.mistake))


@lab.question(
    "balances",
    points=2,
    hints=(
        "Each transfer touches two parties: what does it do to the one, and what to the other?",
        "Begin with an empty dictionary; go through the transfers of this asset, and let `have.get(name, 0)` begin.",
    ),
)
def _balances(rng: np.random.Generator, balances: Any) -> Iterator[Part]:
    for assets in (["USD"], ["USD", "ETH"]):
        moves = draw_transfers(rng, assets)
        yield by_name(
            1,
            f"`balances` of {len(moves)} transfers in {' and '.join(assets)}",
            balances(moves, "USD"),
            balances_of(moves, "USD"),
            {
                "The sign is turned round: who pays has less.": _scaled(balances_of(moves, "USD"), -1),
                "This is what each has received; what each has paid is missing.": _received(moves, "USD"),
                "This is what each has paid; what each has received is missing.": _paid(moves, "USD"),
                "All assets are added up: only transfers of `asset` count.": balances_of(
                    [each._replace(asset="USD") for each in moves], "USD"
                ),
            },
        )


def _scaled(numbers: Mapping[str, float], factor: float) -> dict[str, float]:
    return {name: factor * number for name, number in numbers.items()}


def _received(moves: Sequence[Transfer], asset: str) -> dict[str, float]:
    """What each party has received, who never did too."""
    return {
        name: sum(float(np.asarray(each.amount)) for each in moves if (each.payee, each.asset) == (name, asset))
        for name in balances_of(moves, asset)
    }


def _paid(moves: Sequence[Transfer], asset: str) -> dict[str, float]:
    return _received([each._replace(payer=each.payee, payee=each.payer) for each in moves], asset)


@lab.question(
    "who_gets",
    points=3,
    hints=(
        "Who passes money on keeps only what is left. Which of your functions says what is left with each party?",
        "The payer's own balance, with the other sign, is what was really paid: divide by it, and leave the payer out.",
    ),
)
def _who_gets(rng: np.random.Generator, who_gets: Any) -> Iterator[Part]:
    for passed_on, back in ((False, False), (True, False), (True, True)):
        moves = draw_payment(rng, passed_on, back)
        have, gross = balances_of(moves, MONEY), _received(moves, MONEY)
        paid = _paid(moves, MONEY)[PAYER]
        others = [name for name in have if name != PAYER]
        right = {name: have[name] / -have[PAYER] for name in others}
        yield by_name(
            1,
            f"`who_gets` of {len(moves)} transfers",
            who_gets(moves, PAYER),
            right,
            {
                "This is what each received. Who passes a part on keeps the rest only.": {
                    name: gross[name] / paid for name in others
                },
                "This is what each received, of all receipts together: what is passed on is counted twice.": {
                    name: gross[name] / sum(gross[each] for each in others) for name in others
                },
                "These are dollars; divide by what the payer paid.": {name: have[name] for name in others},
                "These are cents or per cent; give parts of one dollar, 0.01 for a cent.": _scaled(right, 100),
                "A part came back to the payer: divide by what was paid less what came back.": {
                    name: have[name] / paid for name in others
                },
                "The sign is turned round: who gets something has a positive number.": _scaled(right, -1),
            },
        )


@lab.question(
    "concentration",
    points=3,
    hints=(
        "First put together what belongs to one firm; `owners.get(name, name)` is the firm of a taker.",
        "Turn each firm's sum into its part of all. One result adds up squares of parts, the other is a maximum.",
    ),
)
def _concentration(rng: np.random.Generator, concentration: Any) -> Iterator[Part]:
    for owned, points in ((False, 0.5), (True, 1.0)):
        gets = {name: round_number(rng, 5, 100) for name in ("wallet", "builder", "proposer", "protocol", "pool")}
        firm, *_, other = (str(each) for each in rng.permutation(list(gets)))
        owners = {firm: "Big", other: "Big"} if owned else {}
        takers, firms = np.array(list(gets.values())), _by_firm(gets, owners)
        said = f"`concentration` with {'two takers of one firm' if owned else 'no common owners'}, value"
        found = _two(concentration(dict(gets), dict(owners)))
        yield matches(
            points,
            f"{said} 1,",
            found[0],
            _squares(firms),
            {
                "Some takers belong to one firm: add up what it gets before you square.": _squares(takers),
                "The usual scale goes to 10,000: parts are counted in per cent.": _squares(firms) / 10_000,
                "These are squares of amounts; square each firm's part of all.": float(np.sum(firms**2)),
                "This is how many equal firms there would be, the inverse of the sum.": 10_000 / _squares(firms),
                "This is the square root of it.": float(np.sqrt(_squares(firms))),
            },
        )
        yield matches(
            points,
            f"{said} 2,",
            found[1],
            float(firms.max() / firms.sum()),
            {
                "This is the largest taker; the firm with two of them has more.": float(takers.max() / takers.sum()),
                "This is an amount; give the part of all.": float(firms.max()),
                "This is a percentage; give a ratio, 0.25 for 25 %.": float(100 * firms.max() / firms.sum()),
                "This is the smallest.": float(firms.min() / firms.sum()),
            },
        )


def _by_firm(gets: Mapping[str, float], owners: Mapping[str, str]) -> np.ndarray:
    firms: dict[str, float] = {}
    for name, amount in gets.items():
        firm = owners.get(name, name)
        firms[firm] = firms.get(firm, 0.0) + amount
    return np.array(list(firms.values()))


def _squares(amounts: np.ndarray) -> float:
    return float(10_000 * np.sum((amounts / amounts.sum()) ** 2))


def _two(answer: Any) -> tuple[Any, Any]:
    try:
        first, second = answer
    except (TypeError, ValueError):
        raise Misshapen("`concentration` should return two values, separated by a comma.") from None
    return first, second


@lab.question(
    "value_locked",
    points=4,
    hints=(
        "For each asset: what does each protocol hold? What it has made itself it owes: its balance is negative.",
        "Add up what is above 0, over protocols and assets. Then leave out assets by how their names begin.",
    ),
)
def _value_locked(rng: np.random.Generator, value_locked: Any) -> Iterator[Part]:
    for full, points in ((False, (0.5, 0.5)), (True, (1.0, 1.0, 1.0))):
        moves = draw_deposits(rng, minted=full, moving=full)
        right, told = counts_of(moves), _usual_mistakes(moves)
        for item, worth in enumerate(points):
            arguments: Any = (list(moves), list(PROTOCOLS))
            yield equal(worth, _Briefly(value_locked, len(moves)), arguments, right[item], told[item], item=item)


class _Briefly:
    """A student's function whose call is too long to be written out."""

    def __init__(self, function: Any, count: int) -> None:
        self.function, self.count = function, count

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def said(self, arguments: Any) -> str:
        """How the call is named in a sentence."""
        return f"{self.function.name} of {self.count} transfers"


def _usual_mistakes(moves: Sequence[Transfer]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """What each usual mistake gives, for each of the three counts."""
    gross, net, coins = counts_of(moves)
    everybody = dict.fromkeys(name for each in moves for name in (each.payer, each.payee))
    brought = [each._replace(payer="nobody") for each in moves if each.payer not in PROTOCOLS]
    known = {
        "What people have at home is counted too: only protocols hold what is locked.": counts_of(moves, everybody),
        "What a protocol has made itself, it owes: there its balance is negative. Add up what is above 0.": _signed(
            moves
        ),
        "This is all that was ever paid in; what has left again is not locked any more.": counts_of(brought),
    }
    issued = sum(
        -balance
        for asset in dict.fromkeys(each.asset for each in moves)
        if asset.startswith(RECEIPT)
        for name, balance in balances_of(moves, asset).items()
        if name in PROTOCOLS and balance < 0
    )
    at_home = "Receipts that people keep at home were never counted: take off those that protocols hold."
    first, second, third = ({text: numbers[item] for text, numbers in known.items()} for item in range(3))
    first |= {
        "Receipts are left out here, but that is the second value: the first counts all.": net,
        "This is what could be redeemed, the third value.": coins,
    }
    second |= {
        "Receipts are counted still: each stands for a deposit that is counted where it lies.": gross,
        "Minted coins are left out here, but that is the third value.": coins,
        at_home: gross - issued,
    }
    third |= {
        "Minted coins have no deposit behind them: leave them out too.": net,
        "Receipts are counted still: leave out those and what was minted.": gross - (net - coins),
        "Nothing is left out here.": gross,
        at_home: coins - issued + (gross - net),
    }
    return first, second, third


def _signed(moves: Sequence[Transfer]) -> tuple[float, float, float]:
    """All balances of protocols, with what they owe."""
    sums = {True: 0.0, False: 0.0}
    minted = 0.0
    for asset in dict.fromkeys(each.asset for each in moves):
        total = sum(balance for name, balance in balances_of(moves, asset).items() if name in PROTOCOLS)
        sums[asset.startswith(RECEIPT)] += total
        minted += total if asset.startswith(MINTED) else 0.0
    return sum(sums.values()), sums[False], sums[False] - minted
