"""What the maker of a token takes under a lock, and how many tokens end so. Readings X13a and X13b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.figures import figure
from defi_lib.integers import positions
from defi_lib.risk import LaunchedToken, insider_sale, paused_withdrawals, pull_and_sell

EVIDENCE = Registry("risk")

Array = NDArray[np.float64]

AS_MANY = 1.0  #: tokens that he may make, in all tokens that there were
NEARLY_ALL = 0.99  #: of the liquidity is his: a pool cannot be emptied

_LOCKED = {"unlocked": 0.0, "right": 0.0, "in_time": 0.0, "fee": 0.0}
_HALF = _LOCKED | {"kept": 0.5, "money": 1.0}


@EVIDENCE.model(
    "X13b",
    placebos=[{"kept": 0.0, "unlocked": 0.0, "right": 0.0}],  # nothing is left to him
    controls=[
        # Half of one token lies in the pool with a dollar; a dollar buys a quarter. He sells half a token into
        # 1/4 and 2 dollars, which leaves 2/3; a quarter into 3/4 brings 1/6.
        Control(_HALF, 5 / 6),
        # He sells one and a half: 2/7 is left in 7/4, and a quarter brings 1/28.
        Control(_HALF | {"right": 1.0}, 27 / 28),
        # Half of them sell before (2/3), the others not at all.
        Control(_HALF | {"right": 2.0, "in_time": 0.5}, 1 / 3),
        # Nothing kept: half of the pool goes, with 1/4 and 1 dollar left; half a token brings 2/3.
        Control(_HALF | {"kept": 0.0, "unlocked": 0.5}, 1 / 3),
        # 2/3 in time; he sells half a token into 3/8 and pulls half: 7/16 and 2/7, and an eighth brings 4/63.
        Control(_HALF | {"unlocked": 0.5, "in_time": 0.5}, 17 / 63),
        # The same with the mint: 3/2 into 3/8 leaves 4/15 in 15/8, half of it 2/15 in 15/16: an eighth brings 4/255.
        Control(_HALF | {"unlocked": 0.5, "in_time": 0.5, "right": 1.0}, 1 - 2 / 3 - 4 / 255),
        # A fee of a half: a dollar buys 1/6, which would bring 2/5; after his sale it brings 8/77.
        Control(_HALF | {"fee": 0.5}, 2 / 5 - 8 / 77),
        # Three dollars, a fifth kept: 1/5 and 4 dollars; 4 · 1/2 = 2 left, and 3/5 into 2/5 brings 6/5.
        Control(_LOCKED | {"kept": 0.2, "money": 3.0}, 1 - 6 / 5 / 3),
    ],
)
def taken_under_a_lock(kept: Array, money: Array, unlocked: Array, right: Array, in_time: Array, fee: Array) -> Array:
    """What the buyers lose by all that the maker can do, as part of what they put in.

    Of one token he keeps a part; the rest and his one dollar are the pool, into which they pay before he acts. Some
    sell before him, the others after him.

    Args:
        kept: part of the tokens that he kept and may sell.
        money: what the buyers put in, in his dollars.
        unlocked: part of the liquidity that he can pull.
        right: 0 nothing else, 1 he makes as many tokens again, 2 he stops the others' sales.
        in_time: part of the buyers' tokens that is sold before he acts.
        fee: of the pool, a ratio.
    """
    pool, held = launched(kept, money, fee)
    calm = insider_sale(pool, 0.0, held, in_time)
    ways = (
        pull_and_sell(pool, unlocked, held, in_time, tokens=kept),
        pull_and_sell(pool, unlocked, held, in_time, tokens=kept + AS_MANY),
        paused_withdrawals(pool, kept, held, in_time),
    )
    got = np.choose(positions(right), [np.asarray(way.early) + way.late for way in ways])
    return np.asarray((np.asarray(calm.early) + calm.late - got) / money)


@EVIDENCE.figures("X13a")
def labelled_tokens() -> Count:
    """Three counts of tokens, and what is known of the money."""
    names = (
        "rugpull.uniswap_v2_tokens_labelled_malicious",
        "launch.raydium_pools_soft_rug_pull",
        "launch.pump_fun_tokens_signs_pump",
    )
    beside = (
        "rugpull.share_tokens_scams_ethereum",
        "rugpull.share_tokens_scams_bnb_chain",
        "rugpull.profit_one_day_rug_pulls",
        "rugpull.raydium_soft_rug_pull_median",
        "rugpull.lost_rug_pulls_2021",
        "rugpull.lost_2021_one_exchange",
    )
    shares = uniswap, raydium, pump = [_number(name) for name in names]
    ethereum, bnb, one_day, median, lost, thodex = (_number(name) for name in beside)
    return Count(
        true=min(shares) > 50,
        says=f"Of the tokens examined, {uniswap} % on Uniswap v2 (to September 2021), {raydium:.0f} % on Raydium and "
        f"{pump} % on Pump.fun (to 2025) are labelled so.",
        who="Counted by Mazorra and others, and by Solidus Labs, which sells warnings; Pump.fun disputes it.",
        turns="only programs that rob the buyer count, not every token that lost its liquidity: "
        f"{ethereum:.0f} % on Ethereum and {bnb:.0f} % on BNB Chain (2022, a weak source)",
        sources=names + beside,
        other=f"By money it is little: {one_day:.0f} million dollars by pulls within a day to March 2022, a median "
        f"loss of {median:,.0f} dollars a pool on Raydium; of the {lost} billion of 2021 (a weak source) nearly "
        f"{thodex:.0f} % was one centralised exchange, Thodex",
    )


def launched(kept: ArrayLike, money: ArrayLike, fee: ArrayLike = 0.0) -> tuple[ConstantProductPool, ArrayLike]:
    """A pool of one token less what was kept and one dollar, after the buyers came, and what they hold.

    >>> pool, held = launched(kept=0.5, money=1.0)
    >>> pool.reserves, held
    ((0.25, 2.0), 0.25)
    """
    start = ConstantProductPool((1 - np.asarray(kept, float), np.ones(np.shape(kept))), fee)
    bought = start.swap_exact_in(money, 1, 0)
    return bought.pool, bought.amount_out


def lost_by_who_stays(kept: float, money: float, in_time: float, fee: float) -> float:
    """What a plain sale takes of what those would have got who did not sell before: another measure of X13b.

    Args:
        kept, money, in_time, fee: as in :func:`taken_under_a_lock`; ``in_time`` below 1.

    >>> round(lost_by_who_stays(0.5, 1.0, 0.5, 0.0), 4)  # 1/14 instead of 1/3
    0.7857
    """
    pool, held = launched(kept, money, fee)
    sold, calm = (insider_sale(pool, tokens, held, in_time).late for tokens in (kept, 0.0))
    return float(1 - np.asarray(sold) / calm)


def net_of_the_maker(kept: float, money: float, in_time: float, fee: float) -> tuple[float, float]:
    """What a plain sale brings the maker beyond the dollar that he put in: under the lock, and once it has ended.

    Args:
        kept, money, in_time, fee: as in :func:`taken_under_a_lock`.

    >>> [round(net, 4) for net in net_of_the_maker(0.5, 1.0, 0.0, 0.0)]  # 4/3 of 2 dollars, and 1/2 lies in the pool
    [0.3333, 0.8333]
    """
    pool, held = launched(kept, money, fee)
    sold = insider_sale(pool, kept, held, in_time)
    return float(sold.taken) - 1, float(money - np.asarray(sold.early) - sold.late)


def what_a_lock_stops(day: ArrayLike, lock: float, kept: float, in_time: float) -> dict[str, ArrayLike]:
    """What lesson 6.5 explores: how much of their money the buyers lose by each way, if the maker acts on a day.

    The buyers put in as much as he did. He may make as many tokens again, tax a sale by a quarter, and stop sales.

    Args:
        day: on which he acts.
        lock: day on which the liquidity is free.
        kept: part of the tokens that he kept.
        in_time: part of the buyers' tokens that is sold before he acts.

    >>> {way: round(float(lost), 3) for way, lost in what_a_lock_stops(10.0, 90.0, 0.5, 0.0).items()}
    {'Sale': 0.833, 'Mint': 0.933, 'Tax': 0.143, 'Stop': 1.0, 'Pull': 0.0}
    """
    pool, held = launched(kept, 1.0)
    token = LaunchedToken(pool, held, kept, NEARLY_ALL, lock, AS_MANY, highest_tax=0.25, may_pause=True)
    ways = ("insider sale", "hidden mint", "sale tax", "paused withdrawals", "pulled liquidity")
    names = ("Sale", "Mint", "Tax", "Stop", "Pull")
    flat = np.zeros(np.shape(day))
    return {
        name: np.asarray(token.take(way, day, in_time).buyers_lost) + flat
        for name, way in zip(names, ways, strict=True)
    }


def _number(name: str) -> float:
    return float(figure(name).value)
