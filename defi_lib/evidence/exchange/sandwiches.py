"""What is lost to those who see an order first, and how much of it teaching saves. Readings X21a and R11a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.exchange import ConstantProductPool, Sandwich, min_victim, sandwich_attack

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: The most that the website of Uniswap tolerates by itself (part of the trade): ``mev.tolerance_uniswap_most``.
MOST_TOLERANCE = 0.055

#: The part of the users who are taught in R11a.
TAUGHT = 0.5


def usual_tolerance(gas: ArrayLike, amount: ArrayLike, least: ArrayLike) -> Array:
    """The tolerance that a website sets: the gas of the swap as a part of the trade, within limits.

    So wide, an attack would not pay its gas, which is twice as much; but never less than ``least``, nor more than
    :data:`MOST_TOLERANCE`.

    Args:
        gas: of the swap (USD).
        amount: the trade (USD).
        least: ratio.

    Source: ``useAutoSlippageTolerance`` of Uniswap's website.

    >>> [round(float(usual_tolerance(gas, 2_000, 0.005)), 4) for gas in (0.12, 56.2, 500)]
    [0.005, 0.0281, 0.055]
    """
    return np.maximum(least, np.minimum(np.divide(gas, amount), MOST_TOLERANCE))


def attack_on_a_buyer(
    amount: ArrayLike,
    side: ArrayLike,
    fee: ArrayLike,
    tolerance: ArrayLike,
    gas: ArrayLike,
) -> Sandwich:
    """The best sandwich of a buyer who pays dollars (token 0) for a coin that costs one.

    Args:
        amount: what is bought for (USD).
        side: of the pool (USD).
        fee: of the pool (ratio).
        tolerance: of the buyer (ratio).
        gas: of a swap (USD); the attacker needs two.

    >>> attack = attack_on_a_buyer(2_000, 300_000, 0.003, 0.005, 0.12)
    >>> round(attack.victim_loss / attack.undisturbed.amount_out, 6)
    0.005
    """
    pool = ConstantProductPool((np.asarray(side, float), np.asarray(side, float)), fee=np.asarray(fee, float))
    return sandwich_attack(pool, np.asarray(amount, float), np.asarray(tolerance, float), gas=2 * np.asarray(gas))


def loss_by_size(
    trade: ArrayLike,
    side: float,
    tolerance: float,
    together: float,
    fee: float,
    gas: float,
) -> dict[str, Array | float]:
    """What lesson 1.4 explores: what is lost of an order by its size (USD), and up to where an order alone is safe.

    >>> found = loss_by_size(2_000.0, 300_000.0, 0.005, 1, 0.003, 0.12)
    >>> {name: round(float(value), 4) for name, value in found.items()}
    {'You lose': 0.005, 'safe': 904.0642}
    """
    whole = np.asarray(trade, float) * together
    attack = attack_on_a_buyer(whole, side, fee, tolerance, gas)
    return {
        "You lose": np.asarray(attack.victim_loss / attack.undisturbed.amount_out),
        "safe": float(min_victim(fee)) * side / together,
    }


# 0.4 dollars of gas for each gwei. Without fee, an order as large as a side of the pool, and a tolerance of 2/3: the
# attacker puts in one side more, the victim gets 1/6 in place of 1/2, and the attacker's half brings 1.8 for 1.
_DOUBLED = {
    "amount": 500.0, "pool_side": 1_000.0, "pool_fee": 0.0, "least_tolerance": 2 / 3, "seen": 0.5, "together": 2.0,
    "gas_price": 975.0, "swap_gas": 200_000.0, "ether_price": 2_000.0, "book_loss": 0.001,
}  # fmt: skip
# Ten orders of 100 dollars in a pool of a million, without fee: the whole tolerance is used up.
_TEN = _DOUBLED | {"amount": 100.0, "together": 10.0, "pool_side": 1e6, "least_tolerance": 0.005}


@EVIDENCE.model(
    "X21a",
    placebos=[
        {"seen": 0.0, "book_loss": 0.0},  # nobody sees the order
        {"least_tolerance": 0.0, "gas_price": 0.0, "book_loss": 0.0},  # nothing is tolerated
    ],
    controls=[
        Control(_DOUBLED, 0.5 * 2 / 3 - 0.001),  # two swaps cost 780 dollars, and bring 800
        Control(_DOUBLED | {"gas_price": 1_025.0}, -0.001),  # 820 dollars: no attack
        Control(_TEN | {"gas_price": 7.5}, 0.5 * 0.03 - 0.001),  # 3 dollars of gas: 3 % are tolerated
        Control(_TEN | {"gas_price": 20.0}, 0.5 * 0.055 - 0.001),  # 8 dollars: the most that is tolerated
        # Two per cent of the pool against a fee of 0.3 %: the tolerance is used up. A tenth of that: safe.
        Control(_TEN | {"gas_price": 0.1, "pool_side": 50_000.0, "pool_fee": 0.003}, 0.5 * 0.005 - 0.001),
        Control(_TEN | {"gas_price": 0.1, "pool_side": 500_000.0, "pool_fee": 0.003}, -0.001),
    ],
)
def lost_to_the_first(
    amount: Array,
    pool_side: Array,
    pool_fee: Array,
    least_tolerance: Array,
    seen: Array,
    together: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
    book_loss: Array,
) -> Array:
    """How much more a buyer loses to those who see the order first, in a pool than in an order book (part of it).

    What counts is the loss against the same swap without an attack: price impact, fee and the arbitrage that follows
    are there without anybody who looks. Orders that stand in one block are one victim of their sum.

    Args:
        amount: the trade (USD).
        pool_side: each side of the pool (USD).
        pool_fee: ratio.
        least_tolerance: that a website sets (ratio).
        seen: chance that an attacker sees the order.
        together: orders of this size in one block, the same way.
        gas_price: gwei.
        swap_gas: units of gas.
        ether_price: USD.
        book_loss: what the fastest take in an order book (ratio).
    """
    gas = gas_cost(swap_gas, gas_price, ether_price)
    tolerance = usual_tolerance(gas, amount, least_tolerance)
    attack = attack_on_a_buyer(amount * together, pool_side, pool_fee, tolerance, gas)
    return np.asarray(seen * (attack.victim_loss / attack.undisturbed.amount_out) - book_loss)


_ALL_FOLLOW = {"follow": 1.0, "by_themselves": 0.5, "leak": 0.0, "made_up": 0.0, "give_up": 0.0}


@EVIDENCE.model(
    "R11a",
    placebos=[{"follow": 0.0}, {"leak": 1.0}],  # nobody does what is taught; what is taught does not protect
    controls=[
        Control(_ALL_FOLLOW, 0.5),  # half of the users lose nothing
        Control(_ALL_FOLLOW | {"made_up": 0.5}, 0.25),
        Control(_ALL_FOLLOW | {"made_up": 0.5, "give_up": 0.5}, 1 - 0.75 * 0.875),
        # Without teaching users lose 0.6, the taught (0.6 + 0.2)/2, all together 0.5.
        Control(_ALL_FOLLOW | {"follow": 0.5, "leak": 0.2}, 1 / 6),
    ],
)
def saved_by_teaching(follow: Array, by_themselves: Array, leak: Array, made_up: Array, give_up: Array) -> Array:
    """By which part the loss of all users falls if half of them are taught.

    Args:
        follow: part of the taught who change their settings.
        by_themselves: part of the others who do, and of the taught who did not follow.
        leak: what the safe settings lose, as a part of the usual ones.
        made_up: part of the missing prey that attackers make up with others.
        give_up: part of the attackers who stop, for each part of the prey that is missing.
    """
    untaught = 1 - by_themselves * (1 - leak)
    taught = (1 - follow) * untaught + follow * leak
    missing = TAUGHT * (1 - taught / untaught) * (1 - made_up)
    return np.asarray(1 - (1 - missing) * (1 - give_up * missing))
