"""What moving the price that a loan believes costs and brings, and who gets what it is worth. X14c, X12c and X17b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.figures import figure
from defi_lib.lending import move_price, spike_for_average

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

_J3 = {"window": 0.2, "block_time": 12, "pool_side": 5e6, "pool_fee": 0, "till": 21e6, "pledge": 1e7, "lent": 0.7}


def robbery(
    window: ArrayLike,
    block_time: ArrayLike,
    pool_side: ArrayLike,
    pool_fee: ArrayLike,
    till: ArrayLike,
    pledge: ArrayLike,
    lent: ArrayLike,
) -> dict[str, Worlds]:
    """What somebody borrows who raises the price of his pledge until the till is empty, and what he loses by it (USD).

    Args:
        window: minutes over which the price is averaged, at least a block.
        block_time: seconds.
        pool_side: what each side of the pool holds (USD).
        pool_fee: ratio.
        till: what can be borrowed (USD).
        pledge: its true worth (USD).
        lent: part of the believed worth that is lent (ratio).

    >>> {name: round(float(value)) for name, value in robbery(0.2, 12, 5e6, 0, 21e6, 1e7, 0.7).items()}
    {'factor': 3, 'spike': 3, 'capital': 3660254, 'cost': 1547005, 'gain': 9452995}
    """
    side = np.asarray(pool_side, float)
    worth = np.asarray(pledge, float) * np.asarray(lent)
    factor = np.maximum(np.asarray(till) / worth, 1.0)
    blocks = np.maximum(np.asarray(window, float) * 60 / np.asarray(block_time), 1.0)
    spike = spike_for_average(factor, blocks)
    move = move_price(ConstantProductPool((side, side), np.asarray(pool_fee, float)), spike)
    return {
        "factor": factor,
        "spike": np.asarray(spike),
        "capital": np.asarray(move.capital),
        "cost": np.asarray(move.cost),
        "gain": np.asarray(till - np.asarray(pledge) - move.cost),
    }


@EVIDENCE.model(
    "X14c",
    # All that is pledged is lent, and the till holds no more than that: nothing need be moved, and nothing is gained.
    placebos=[{"till": 1e6, "pledge": 1e6, "lent": 1}],
    controls=[
        # One block: ten million become thirty, 21 are lent; the pool of five million costs 5(√3 + 1/√3 - 2) million.
        Control(_J3, 11e6 - 5e6 * (3**0.5 + 3**-0.5 - 2)),
        # Over two blocks the price must be five times as high for one.
        Control({**_J3, "window": 0.4}, 11e6 - 5e6 * (5**0.5 + 5**-0.5 - 2)),
        # A fee of 1/5 of what is paid in, of which 4/5 move the price: (1 + d)(1 + 0.8 d) = 3 gives d = 5/4·0.5875…
        Control(
            {**_J3, "pool_fee": 0.2},
            11e6 - 5e6 * ((D := (-1.8 + (1.8**2 + 6.4) ** 0.5) / 1.6) - 0.8 * D / (1 + 0.8 * D)),
        ),
        # The true price allows more than is in the till: nothing is moved, and he leaves nine million behind.
        Control({**_J3, "till": 1e6}, -9e6),
    ],
)
def gain_from_a_moved_price(
    window: Worlds,
    block_time: Worlds,
    pool_side: Worlds,
    pool_fee: Worlds,
    till: Worlds,
    pledge: Worlds,
    lent: Worlds,
) -> Worlds:
    """What whoever moves the price that a loan believes gains, if he never pays back (USD).

    He raises it for one block, borrows all there is, and leaves the pledge; arbitrageurs bring the price back in the
    next block. To hold it for longer costs more. The arguments are those of :func:`robbery`.
    """
    return robbery(window, block_time, pool_side, pool_fee, till, pledge, lent)["gain"]


@EVIDENCE.figures("X12c")
def half_comes_back() -> Count:
    """What Aave's community gets of what price updates are worth to liquidators."""
    caught, share, money = (
        figure(f"oev.{name}") for name in ("aave_recapture_rate", "chainlink_svr_aave_share_aave", "aave_recaptured")
    )
    back = float(caught.value) * float(share.value) / 100
    return Count(
        true=back < 50,
        says=f"Auctions caught {float(caught.value):.0f} % of what new prices were worth to liquidators, about "
        f"{float(money.value):.0f} million dollars in nine months; {float(share.value):.0f} % of that was Aave's at "
        f"first: {back:.0f} % in all",
        who=f"Counted by LlamaRisk ({caught.date}), the shares as agreed ({share.date})",
        turns=f"Aave's share rises above {5_000 / float(caught.value):.0f} %, or the auctions catch more than "
        f"{5_000 / float(share.value):.0f} %",
        sources=(caught.id, share.id, money.id),
        other="of the sold borrower's bonus nothing goes back to the borrower",
    )


@EVIDENCE.figures("X17b")
def mango() -> Count:
    """What the robber of Mango Markets kept, against all that he brought."""
    account, took, kept, before, top, all_of_2022 = (
        figure(f"oracle_attack.{name}")
        for name in (
            "mango_markets_capital_account_attacker",
            "mango_markets_borrowed_inflated_token",
            "mango_markets_amount_attacker_kept",
            "mango_markets_mngo_price_before",
            "mango_markets_mngo_price_top",
            "losses_2022",
        )
    )
    brought = 2 * float(account.value)  # in two accounts
    lifted = float(top.value) / float(before.value)
    return Count(
        true=float(kept.value) > brought,
        says=f"He brought {brought:.0f} million dollars, lifted the price {lifted:.0f}-fold, borrowed "
        f"{float(took.value):.0f} million, and after a vote kept {float(kept.value):.0f}",
        who=f"Counted by CertiK, Cointelegraph and Mango's vote ({took.date})",
        turns=f"he had had to give back more than {float(took.value) - brought:.0f} million",
        sources=(account.id, took.id, kept.id, before.id, top.id, all_of_2022.id),
        other=f"all 41 attacks of 2022 took {float(all_of_2022.value):.0f} million; what they cost is not published",
    )
