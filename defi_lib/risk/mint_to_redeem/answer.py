"""What new tokens do to the price: a market that answers to what is minted and sold."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, broadcastable, non_negative, plain, positive, ratio, representable


@representable
def supply_growth(redeemed: Amount, value: Amount, answer: Amount = 0.0) -> Amount:
    """By which factor the supply of a token grows when ``redeemed`` dollars are paid in new tokens, all sold at once.

    Each dollar sold takes ``answer`` = κ dollars off the value of all tokens, ``V = V₀ − κR``, so that ``dS/S = dR/V``
    gives ``S/S₀ = (1 − κR/V₀)^(−1/κ)``, and ``e^(R/V₀)`` where the value stays (κ = 0). The price is
    ``V/S ∝ S^−(1 + κ)``.

    Args:
        redeemed: dollars that buyers of new tokens pay, >= 0, and less than ``value/answer``.
        value: market value of all tokens before (dollars), > 0.
        answer: >= 0; 0 where new tokens only dilute the old ones, 1 where each dollar paid out is gone from the value.

    Raises:
        ValueError: an argument outside its range, a value that does not last, or shapes that do not fit together.

    343 million LUNA became 6,536 billion: at an unmoved value that is redeeming it 9.855 times over.

    >>> round(supply_growth(9.855, 1.0) / 1e3, 1), supply_growth(0.5, 1.0, answer=1.0)
    (19.1, 2.0)

    Source: own derivation.
    """
    redeemed, value = non_negative("redeemed", redeemed), positive("value", value)
    answer = non_negative("answer", answer)
    broadcastable(redeemed=redeemed, value=value, answer=answer)
    part = np.asarray(redeemed) / value
    ratio("answer·redeemed/value", part * answer)
    return plain(np.exp(_log_growth(part, np.asarray(answer))))


def answer_of(supply_factor: Amount, value_factor: Amount) -> Amount:
    """The answer κ that fits a published growth of supply and fall of value: ``ln(V₀/V)/ln(S/S₀)``.

    Args:
        supply_factor: supply after over before, > 1.
        value_factor: value of all tokens after over before, in (0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> answer_of(4.0, 0.25)
    1.0
    """
    supply, worth = positive("supply_factor", supply_factor), positive("value_factor", value_factor)
    broadcastable(supply_factor=supply, value_factor=worth)
    positive("supply_factor − 1", np.asarray(supply) - 1.0)
    non_negative("1 − value_factor", 1.0 - np.asarray(worth))
    return plain(-np.log(worth) / np.log(supply))


def _log_growth(part: Amount, answer: Amount) -> Amount:
    """``−ln(1 − κ·part)/κ``, and ``part`` where κ is so small that it does not count."""
    small = np.asarray(answer) * part < 1e-9
    safe = np.where(np.asarray(answer) > 0.0, answer, 1.0)
    return np.where(small, part, -np.log1p(-np.where(small, 0.0, np.asarray(answer) * part)) / safe)
