"""Tokens that were earned: staked, sold, or put into a pool. Readings C10a, C10b and C10c."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import layer_income, simulate_treasury, staking_dilution
from defi_lib.compute.tokens.burn_mint import TOKEN
from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger, sell
from defi_lib.units import DAYS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: When the twelve months' tokens are earned (years), along an axis before the worlds.
_MONTHS = (np.arange(1, 13) / 12)[:, np.newaxis]

# Twice the tokens, worth twice as much together: a flat price, and one new token for each staked.
_FLAT = {"worth": 1.0, "inflation": 1.0, "bonded": 1.0, "taken": 0.0, "lock": 0.0, "bill": 0.0}
_NOTHING_NEW = _FLAT | {"inflation": 0.0}


@EVIDENCE.model(
    "C10b",
    placebos=[{"inflation": 0.0, "worth": 0.0, "bill": 0.0}],  # no reward, a flat price, no interest
    controls=[
        Control(_FLAT, 0.4014298, 1e-6),  # the mean of 2 to the eleven, ten … nought twelfths
        Control(_FLAT | {"bonded": 0.5, "taken": 0.5}, 0.4014298, 1e-6),
        Control(_NOTHING_NEW | {"worth": 3.0}, 0.7456220, 1e-5),  # 4 against the mean of 4 to the n twelfths
        Control(_NOTHING_NEW | {"worth": -0.75, "lock": 365.0}, -0.8775384, 1e-5),  # a sixteenth, a year late
        Control(_NOTHING_NEW | {"worth": 0.0, "bill": 1.0}, -0.2864430, 1e-5),
        Control(_NOTHING_NEW | {"worth": 0.0, "bill": 1.0, "lock": 365.0}, -0.6432215, 1e-5),
    ],
)
def staked_against_sold(worth: Array, inflation: Array, bonded: Array, taken: Array, lock: Array, bill: Array) -> Array:
    """How many more dollars a year's tokens bring if they are staked until its end (part of the seller's dollars).

    The same tokens come each month. The reward is what is printed, divided among the staked; the price follows what
    all tokens are worth and how many there are. Dollars of sales bear interest until the staker can sell. Both sides
    are linear in each month's price: what holds for its mean holds on average.

    Args:
        worth: change of what all tokens together are worth, a year.
        inflation: new tokens of a year (part of all).
        bonded: part of all tokens that is staked.
        taken: part of the new tokens that goes to others.
        lock: days before staked tokens can be sold.
        bill: interest on dollars, a year.
    """
    reward = 1 + inflation * (1 - taken) / bonded
    price = (1 + worth) / (1 + inflation)
    end = 1 + lock / DAYS_PER_YEAR
    sold = np.mean(price**_MONTHS * (1 + bill) ** (end - _MONTHS), axis=0)
    return np.mean(reward ** (1 - _MONTHS), axis=0) * price**end / sold - 1


def last_year() -> float:
    """By what part all Livepeer tokens together changed in worth in the last published year (a weak source).

    >>> round(last_year(), 2)
    -0.44
    """
    price, new = (float(figure(f"livepeer.{name}").value) / 100 for name in ("price_change_year", "inflation"))
    return (1 + price) * (1 + new) - 1


@EVIDENCE.model(
    "C10a",
    placebos=[{"inflation": 0.0}, {"bonded": 1.0, "taken": 0.0}],  # nothing is printed; or all stake
    controls=[
        Control({"inflation": 0.2, "bonded": 0.5, "taken": 0.0}, 1 / 6),  # 1.4 times the tokens, of 1.2 times as many
        Control({"inflation": 0.2, "bonded": 0.5, "taken": 0.5}, 0.0, 1.0),
        Control({"inflation": 1.0, "bonded": 1.0, "taken": 0.5}, -0.25),
    ],
)
def part_of_all_tokens(inflation: Array, bonded: Array, taken: Array) -> Array:
    """Growth of a staker's part of all tokens in a year (part of that part); arguments as above."""
    return (1 + inflation * (1 - taken) / bonded) / (1 + inflation) - 1


@EVIDENCE.logic("C10c")
def pool_without_customers() -> Proof:
    """Whatever a fund pays out that does not come in comes out of it: it is empty in a month that can be computed."""
    months = months_of_rewards(0.2)
    grown = deposits_needed(0.2, 10)
    return Proof(
        true=False,
        says="A fund of 100 that pays 20 % of it a year and gets nothing is empty after "
        f"{months:.0f} months. New deposits, which are owed rewards too, must grow by as much a year for ever to put "
        f"this off: after ten years there must be {grown:.1f} times as many. If new tokens are minted for it, tokens "
        "never end, and what they are worth comes from all holders",
        turns="customers' fees (or somebody else's dollars) come in, at least as much as rewards are paid out",
    )


def months_of_rewards(rate: float, fees: float = 0.0) -> float:
    """How many months a fund pays rewards on what was put in, if fees bring back a part of them (at most 100 years).

    >>> months_of_rewards(0.2), months_of_rewards(0.2, 0.5), months_of_rewards(0.2, 1.0)
    (60.0, 120.0, 1200.0)
    """
    missing = max(100 * rate / 12 * (1 - fees), 1e-9)
    return float(simulate_treasury(100.0, 0.0, missing, np.ones(1200)).runway)


def deposits_needed(rate: float, years: float) -> float:
    """What a fund must hold to have paid everybody from later deposits alone, as a factor of the first.

    >>> round(deposits_needed(0.2, 10), 2)
    6.19
    """
    return float((1 + rate) ** years)


def three_ways(worth: ArrayLike, inflation: float, bonded: float, fees: float) -> dict[str, ArrayLike]:
    """What lesson 7.18 explores: a dollar of tokens kept for a year, sold, staked or half of it in a pool with dollars.

    Args:
        worth: change of what all tokens together are worth in the year.
        inflation: new tokens of the year (part of all).
        bonded: part of all tokens that is staked.
        fees: of a pool, a year (part of what is in it).

    >>> ways = three_ways(0.0, 0.2, 0.5, 0.1)
    >>> {name: round(float(value), 3) for name, value in ways.items()}
    {'Staked': 1.167, 'In a pool': 1.004, 'Not staked': 0.833, 'reward': 0.4, 'price': -0.167}
    """
    reward = inflation / bonded
    price = (1 + np.asarray(worth, float)) / (1 + inflation) - 1
    return {
        "Staked": layer_income(1.0, price, staked_share=1.0, staking_rate=reward).staked,
        "In a pool": layer_income(1.0, price, pooled_share=1.0, pool_rate=fees).pooled,
        "Not staked": 1 + price,
        "reward": reward,
        "price": price,
    }


def year_of_staking(inflation: float = 0.2, bonded: float = 0.5) -> Ledger:
    """A year in which a hundred tokens at a dollar are worth as much together at the end: who gains? (USD)

    All bought their tokens for a dollar each; the new ones go to those who stake.

    >>> round(year_of_staking().balance("stakers", "token"), 9)
    70.0
    """
    stakers = 100 * bonded
    ledger = Ledger({who: who for who in ("stakers", "others", "who sold before")})
    ledger.mark(TOKEN, 1.0)
    ledger.mint("who sold before", 100.0, TOKEN, "earlier years")
    for who, tokens in (("stakers", stakers), ("others", 100 - stakers)):
        ledger.book(sell("who sold before", who, tokens, 1.0, TOKEN))
    ledger.mint("stakers", stakers * staking_dilution(inflation / bonded, bonded).staking_return, TOKEN, "reward")
    ledger.mark(TOKEN, 1 / (1 + inflation))
    ledger.check_conserved()
    return ledger
