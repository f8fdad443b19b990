"""Points: tokens that are divided once, at the end, by what everybody has collected until then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, non_negative, plain


class TokenDivision(NamedTuple):
    """Who got how many of the tokens that a programme gave away."""

    tokens: NDArray[np.float64]  #: of each depositor, in their order along the first axis
    rest: Amount  #: what others got by rules that know no deposit, or nobody

    def transfers(
        self, names: Sequence[str] = (), issuer: str = "issuer", others: str = "others"
    ) -> tuple[Transfer, ...]:
        """The tokens of each depositor (by default "depositor 0" and so on), and the rest.

        Raises:
            ValueError: names that are not as many as depositors.
        """
        given = tuple(names) or tuple(f"depositor {number}" for number in range(len(self.tokens)))
        if len(given) != len(self.tokens):
            raise ValueError(f"names = {given!r} are {len(given)}: allowed are {len(self.tokens)}, one for a depositor")
        parts = [*zip(given, self.tokens, strict=True), (others, self.rest)]
        return actual([Transfer(issuer, name, plain(part), "token", "reward") for name, part in parts])


def divide_by_points(
    deposits: NDArray[np.float64] | Sequence[Sequence[float]],
    tokens: Amount,
    weight: Amount = 1.0,
    diverted: Amount = 0.0,
) -> TokenDivision:
    """Divide tokens once, at the end: ``F·(1 − d)·own points/all points``, a point for each dollar and day.

    Args:
        deposits: of each day and depositor (USD), >= 0: days along the first axis, then depositors, then scenarios.
        tokens: F that are given away in all, >= 0.
        weight: points for a dollar on each day, >= 0: one number, or days along the first axis.
        diverted: part d of the tokens that rules made later give to others (a gift to each account, say), in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Two days; the second depositor comes on the second, with three times as much:

    >>> divide_by_points([[1.0, 0.0], [1.0, 3.0]], 100.0).tokens.tolist()
    [40.0, 60.0]
    >>> divide_by_points([[1.0, 0.0], [1.0, 3.0]], 100.0, diverted=0.2)
    TokenDivision(tokens=array([32., 48.]), rest=20.0)

    Source: points programmes of 2023 to 2025 (EigenLayer, ether.fi, Ethena). Real ones count in the issuer's own books,
    and say neither F nor d before the end.
    """
    money = _deposits(deposits)
    tokens, diverted = np.asarray(non_negative("tokens", tokens)), between("diverted", diverted, 0.0, 1.0)
    per_day = np.asarray(non_negative("weight", weight), float)
    if per_day.ndim and len(per_day) != len(money):
        raise ValueError(
            f"weight has {len(per_day)} entries: allowed is one number, or one for each of {len(money)} days"
        )
    per_day = per_day.reshape(per_day.shape + (1,) * (money.ndim - 1)) if per_day.ndim else per_day
    points = np.sum(per_day * money, axis=0)
    given = tokens * (1 - np.asarray(diverted)) * _parts(points, axis=0)
    return TokenDivision(given, plain(tokens - given.sum(axis=0)))


def pay_by_day(deposits: NDArray[np.float64] | Sequence[Sequence[float]], tokens: Amount) -> TokenDivision:
    """Divide the same tokens evenly by the day, among the deposits of that day.

    Args:
        deposits: as in :func:`divide_by_points`; of a day without any, the tokens stay as the rest.
        tokens: in all, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> pay_by_day([[1.0, 0.0], [1.0, 3.0]], 100.0).tokens.tolist()
    [62.5, 37.5]

    Source: ordinary liquidity mining, as :class:`~defi_lib.rewards.RewardFarm` pays it.
    """
    money, tokens = _deposits(deposits), np.asarray(non_negative("tokens", tokens))
    given = tokens * np.mean(_parts(money, axis=1), axis=0)
    return TokenDivision(given, plain(tokens - given.sum(axis=0)))


def _deposits(deposits: NDArray[np.float64] | Sequence[Sequence[float]]) -> NDArray[np.float64]:
    money = np.asarray(non_negative("deposits", np.asarray(deposits, float)))
    if money.ndim < 2 or 0 in money.shape:
        raise ValueError(f"deposits has shape {money.shape}: allowed are days along the first axis, then depositors")
    return money


def _parts(amounts: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Of the sum along an axis; nothing of nothing."""
    total = np.sum(amounts, axis=axis, keepdims=True)
    return np.asarray(np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0))
