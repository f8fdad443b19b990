"""Does a protocol's money do more for its holders as a buyback or as a payout? Reading R4b.

All tokens together are worth 1 at the start. The protocol spends evenly over the year, and the price changes evenly, in
logarithms. A holder has all tokens at the start, or any part of them, and sells none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry

EVIDENCE = Registry("rewards")

Array = NDArray[np.float64]

#: The options of ``invested``: what who is paid out does with the dollars.
BILL, TOKEN = 0, 1

#: Nothing moves and nothing is lost.
_STILL = {
    "spent": 0.1, "price_change": 0.0, "tax": 0.0, "buying_cost": 0.0, "lasting": 0.0, "gone": 1.0, "invested": BILL,
    "bill": 0.0,
}  # fmt: skip
_E = float(np.e)
_FALL = _E**-2 - 1


def worth_at_end(change: ArrayLike) -> Array:
    """What a dollar is worth at the year's end that grows by ``change`` a year, if it comes evenly over the year.

    >>> [round(float(worth_at_end(change)), 4) for change in (-0.5, 0.0, 1.0)]
    [0.7213, 1.0, 1.4427]

    The mean of ``(1 + g)^t`` over the year that is left: ``g/ln(1 + g)``.
    """
    change = np.asarray(change, float)
    moves = np.abs(change) > 1e-9
    safe = np.where(moves, change, 1.0)
    return np.asarray(np.where(moves, safe / np.log1p(safe), 1.0))


def tokens_grow(money: Array, change: Array) -> Array:
    """By which factor a holder's part of all tokens grows that ``money`` is spent on (part of the value at the start).

    Args:
        money: what arrives in tokens, evenly over the year.
        change: of the price in the year (ratio).
    """
    return np.asarray(np.exp(money * worth_at_end(change) / (1 + change)))


@EVIDENCE.model(
    "R4b",
    # Who is paid out buys the token with it, and no tax is due: a buyback by hand.
    placebos=[{"tax": 0.0, "lasting": 0.0, "gone": 1.0, "invested": TOKEN}],
    controls=[
        # 0.1 of all tokens' value buys e^0.1 times the part; a payout leaves 0.1 dollars.
        Control(_STILL, (_E**0.1 - 1.1) / 0.1),
        # The same, a tenth lost in buying, and half of the tokens given out again.
        Control(_STILL | {"buying_cost": 0.1, "gone": 0.5}, (_E**0.045 - 1.1) / 0.1),
        # Half of the payout is due as tax.
        Control(_STILL | {"tax": 0.5}, (_E**0.1 - 1.05) / 0.1),
        # The rest buys tokens, less a tenth: 0.1 · 0.5 · 0.9.
        Control(_STILL | {"tax": 0.5, "buying_cost": 0.1, "invested": TOKEN}, (_E**0.09 - _E**0.045) / 0.1),
        # The price falls to 1/e², in logarithms by 2. A dollar buys (e² − 1)/2 as many tokens as at the start.
        Control(_STILL | {"price_change": _FALL}, (_E ** (0.05 * (_E**2 - 1) - 2) - _E**-2 - 0.1) / 0.1),
        # So does who is paid out and buys, with half of it.
        Control(
            _STILL | {"price_change": _FALL, "invested": TOKEN, "tax": 0.5},
            (_E ** (0.05 * (_E**2 - 1) - 2) - _E ** (0.025 * (_E**2 - 1) - 2)) / 0.1,
        ),
        # A bill of e² − 1 a year: a dollar that comes evenly becomes (e² − 1)/2.
        Control(_STILL | {"bill": _E**2 - 1}, (_E**0.1 - 1 - 0.05 * (_E**2 - 1)) / 0.1),
        # Each dollar of buying lifts the end so that 0.1 of them lift it from 1 to e², at prices that rise by 2.
        Control(_STILL | {"lasting": 10 * (_E**2 - 1)}, (_E ** (2 + 0.05 * (1 - _E**-2)) - 1.1) / 0.1),
    ],
)
def buying_back_over_paying_out(
    spent: Array,
    price_change: Array,
    tax: Array,
    buying_cost: Array,
    lasting: Array,
    gone: Array,
    invested: Array,
    bill: Array,
) -> Array:
    """What a holder has more after a year of buybacks than after a year of payouts (part of the money spent).

    Args:
        spent: in the year (part of what all tokens are worth at its start), > 0.
        price_change: of the token in the year, if nothing is bought back (ratio), > −1.
        tax: on a payout (ratio).
        buying_cost: part of the money that is lost in buying.
        lasting: what all tokens are worth more at the end for each dollar of buying.
        gone: part of the bought tokens that never comes back.
        invested: what becomes of a payout: 0 = a bill, 1 = more of the token.
        bill: what dollars earn (ratio a year).
    """
    lifted = price_change + lasting * spent
    buyback = (1 + lifted) * tokens_grow(spent * (1 - buying_cost) * gone, lifted)
    paid = spent * (1 - tax)
    in_bills = 1 + price_change + paid * worth_at_end(bill)
    in_tokens = (1 + price_change) * tokens_grow(paid * (1 - buying_cost), price_change)
    return np.asarray((buyback - np.where(invested == BILL, in_bills, in_tokens)) / spent)


def three_pipes(price_change: ArrayLike, tax: float, locked: float, lasting: float) -> dict[str, Any]:
    """What lesson 4.9 explores: what 100 dollars of a protocol's money are worth to a holder at the year's end.

    The 100 dollars are the holder's part by tokens, and small beside what all tokens are worth; dollars earn nothing.

    Args:
        price_change: of the token in the year (ratio).
        tax: on what is paid out (ratio).
        locked: part of all tokens that is locked: only these are paid, where there are locks.
        lasting: by how many dollars each dollar of buying lifts all tokens.

    >>> {name: round(float(value), 1) for name, value in three_pipes(-0.5, 0.2, 0.4, 0.0).items()}
    {'Buyback': 72.1, 'Paid to all': 80.0, 'Paid to locks': 200.0}
    """
    change = np.asarray(price_change, float)
    paid = 100 * (1 - tax) + 0.0 * change
    return {"Buyback": 100 * (worth_at_end(change) + lasting), "Paid to all": paid, "Paid to locks": paid / locked}
