"""Questions 5 and 6 of lab 8.1: deposits on deposits, and where the published value turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.economy import stacked_counts, times_counted
from defi_lib.labs.economy.follow_one_dollar.books import RECEIPT, balances_of, counts_of, deposit
from defi_lib.labs.economy.follow_one_dollar.questions import lab
from defi_lib.labs.kit import Part, matches, round_number, together
from defi_lib.labs.kit.compare import Misshapen, numbers_of
from defi_lib.ledger import Transfer

#: What protocols are called, as many as there are layers.
NAMES = ("Stake", "Bank", "Vault", "Farm", "Tower", "Mill")


def transfers_of(answer: Any, said: str) -> list[Transfer]:
    """A student's list of transfers, or a sentence on what else it is; tuples of five entries will do."""
    if not isinstance(answer, (list, tuple)):
        raise Misshapen(f"{said} should return a list of transfers, but it is {str(answer)[:60]!r}.")
    read = []
    for number, each in enumerate(answer):
        where = f"Transfer {number} of {said}"
        if isinstance(each, str):
            raise Misshapen(f"{said} gives the text {each[:60]!r} in place of a transfer.")
        if not isinstance(each, (list, tuple)) or len(each) != 5:
            raise Misshapen(f"{where} should have five entries: payer, payee, amount, asset, reason.")
        payer, payee, amount, asset, reason = each
        if not all(isinstance(text, str) for text in (payer, payee, asset)):
            raise Misshapen(f"{where} should name payer, payee and asset in words.")
        dollars = float(numbers_of(amount, f"The amount of {where[0].lower() + where[1:]}", ()))
        if not (np.isfinite(dollars) and dollars >= 0):
            raise Misshapen(f"{where} has the amount {dollars:g}: allowed are finite numbers, 0 or more.")
        if payer == payee:
            raise Misshapen(f"{where} goes from {payer!r} to itself.")
        read.append(Transfer(payer, payee, dollars, asset, str(reason)))
    return read


def stacked(user: str, coins: float, again: float, protocols: list[str]) -> list[Transfer]:
    """The right list: a deposit, and a part of each receipt with the next protocol.

    >>> counts_of(stacked("Ann", 100.0, 0.5, ["Stake", "Bank", "Farm"]), ["Stake", "Bank", "Farm"])
    (175.0, 100.0, 100.0)
    """
    moves: list[Transfer] = []
    amount, asset = coins, "ether"
    for protocol in protocols:
        moves += deposit(user, protocol, amount, asset)
        amount, asset = again * amount, RECEIPT + protocol
    return moves


@lab.question(
    "stack",
    points=3,
    hints=(
        "A deposit is two transfers: the asset one way, a receipt of the same amount the other way.",
        "Keep two variables while you go through the protocols: what is deposited next, and how much of it.",
    ),
)
def _stack(rng: np.random.Generator, stack: Any) -> Iterator[Part]:
    layers = int(rng.integers(3, len(NAMES) + 1))
    protocols = [str(each) for each in rng.permutation(NAMES)[:layers]]
    coins, again = round_number(rng, 50, 900), round(float(rng.uniform(0.2, 0.8)), 2)
    said = f"`stack('Ann', {coins:g}, {again:g}, {protocols})`"
    moves = transfers_of(stack("Ann", coins, again, list(protocols)), said)
    right = stacked("Ann", coins, again, protocols)
    gross = float(stacked_counts(coins, layers, again).gross)
    yield matches(
        1,
        f"What the protocols hold together after {said}",
        counts_of(moves, protocols)[0],
        gross,
        {
            "Each receipt is deposited whole: only the part `again` of it goes on.": coins * layers,
            "Each time the part is taken of the first deposit; take it of the receipt before.": coins
            * (1 + again * (layers - 1)),
            "Only the first deposit is there: a part of its receipt goes on to the next protocol.": coins,
            "One deposit is missing: there is one with each protocol, the last too.": coins
            * float(times_counted(again, layers - 1)),
        },
    )
    yield _right_holdings(moves, right, said)


def _right_holdings(moves: list[Transfer], right: list[Transfer], said: str) -> Part:
    """Whether everybody holds what the right transfers leave, in each asset."""
    for asset in dict.fromkeys(each.asset for each in [*right, *moves]):
        wanted, have = balances_of(right, asset), balances_of(moves, asset)
        for name in dict.fromkeys([*wanted, *have]):
            known = {
                "No receipt comes back: for a deposit the protocol gives one of the same amount.": 0.0,
                "The sign is turned round: the payer comes first.": -wanted.get(name, 0.0),
            }
            what = f"After {said} {name}'s balance of {asset!r}"
            part = matches(2, what, have.get(name, 0.0), wanted.get(name, 0.0), known)
            if part.mistake:
                return part
    return Part(2)


@lab.question(
    "turning",
    points=3,
    hints=(
        "Of one coin they publish 1, then `again` more, then `again` times that. When does the sum pass `times`?",
        (
            "A loop that adds layers finds the first, if it gives up once nothing more is added; halving an interval "
            "from 0 to 1 finds the second."
        ),
    ),
)
def _turning(rng: np.random.Generator, turning: Any) -> Iterator[Part]:
    yield together(1, *(_fewest(turning, again, times) for again, times in _that_turn(rng)))
    (_, times), _ = _that_turn(rng)
    never, far = (round(factor * (1 - 1 / times), 4) for factor in (0.8, 1.05))
    yield together(
        1,
        _fewest(turning, far, times),
        matches(
            1,
            f"`turning({never:g}, 4, {times:g})`, value 1,",
            _pair(turning(never, 4, times))[0],
            0.0,
            {},
        ).said(
            f"With {never:g} of each receipt the sum stays below {times:g} times what is there, however many protocols "
            "there are: say 0."
        ),
    )
    parts = [
        _part_that_turns(turning, layers, times) for layers, (_, times) in zip((3, 5), _that_turn(rng), strict=True)
    ]
    yield together(1, *parts)


def _that_turn(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Two cases in which different numbers of layers turn it: few, and more."""
    few = round(float(rng.uniform(0.7, 0.95)), 2), round(float(rng.uniform(1.2, 1.6)), 2)
    more = round(float(rng.uniform(0.6, 0.7)), 2), round(float(rng.uniform(2.1, 2.3)), 2)
    return [few, more]


def fewest_layers(again: float, times: float) -> int:
    """The fewest deposits in a row of which more than ``times`` the coins are published; 0 if never.

    >>> fewest_layers(0.4, 1.5), fewest_layers(0.3, 1.5)
    (3, 0)
    """
    if times >= 1 / (1 - again):
        return 0
    layers = 1
    while times_counted(again, layers) <= times:
        layers += 1
    return layers


def part_at(layers: int, times: float) -> float:
    """The part of each receipt at which so many deposits in a row are counted just ``times``.

    >>> round(part_at(3, 1.75), 9)
    0.5
    """
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if times_counted(middle, layers) < times else (low, middle)
    return (low + high) / 2


def _fewest(turning: Any, again: float, times: float) -> Part:
    right = fewest_layers(again, times)
    return matches(
        1,
        f"`turning({again:g}, 4, {times:g})`, value 1,",
        _pair(turning(again, 4, times))[0],
        right,
        {
            "At so many it is still below: one more is needed.": right - 1.0,
            "One fewer is enough: the first deposit counts as one.": right + 1.0,
            "The fewest layers are a whole number: the first at which the sum is above.": _real_layers(again, times),
        },
    )


def _real_layers(again: float, times: float) -> float:
    return float(np.log1p(-times * (1 - again)) / np.log(again))


def _part_that_turns(turning: Any, layers: int, times: float) -> Part:
    return matches(
        1,
        f"`turning(0.5, {layers}, {times:g})`, value 2,",
        _pair(turning(0.5, layers, times))[1],
        part_at(layers, times),
        {
            "This holds for endlessly many protocols; here there are `layers`.": 1 - 1 / times,
            "This holds for one protocol more.": part_at(layers + 1, times),
            "This holds for one protocol fewer: the first deposit counts as one.": part_at(layers - 1, times)
            if times < layers - 1
            else 1.0,
            "Here each layer adds the same part of the first deposit; it is a part of a part.": (times - 1)
            / (layers - 1),
        },
        tolerance=1e-4,
    )


def _pair(answer: Any) -> tuple[Any, Any]:
    try:
        first, second = answer
    except (TypeError, ValueError):
        raise Misshapen("`turning` should return two values, separated by a comma.") from None
    return first, second


__all__ = ["NAMES", "fewest_layers", "part_at", "stacked", "transfers_of"]
