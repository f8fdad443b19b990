"""Does the network effect decide, or the better product? Readings X11a, X11b and X25a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import VampireRun, even_exponent, fork_trade_share, race_fork, vampire_attack
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Providers who come after the better one has opened, in reading X11b.
NEWCOMERS = 2_000

#: A trade (USD) that is so small a part of any depth that depth costs nothing.
NOTHING = 1e-12

_LOCKED = {
    "advantage": 0.002, "taste": 0.0025, "lead": 100.0, "seed": 0.05, "amount": 1e5, "depth": 1e5, "routed": 0.0,
    "moves": 0.0,
}  # fmt: skip
_EVEN = _LOCKED | {"advantage": 0.0, "lead": 50.0, "seed": 0.2}


@EVIDENCE.model(
    "X11b",
    placebos=[{"amount": 10 * NOTHING}],  # depth costs nothing on either side; lead, routers and all choices stay
    controls=[
        Control(_LOCKED, 1.0, 1e-6),  # nobody trades where nothing is; without the loop 69 of 100 prefer it
        Control(_LOCKED | {"seed": 2.0, "advantage": -0.002}, -1.0, 1e-6),  # the worse one has the depth
        # Equal ones: 30 and 10 more than half of 2,060 is 20 ahead, in standard deviations of the square root of 500.
        Control(_EVEN, 1 - 0.814453, 0.15),  # (sampled)
        Control(_EVEN | {"moves": 1.0}, 1 - 0.510237, 0.01),  # the lead is forgotten: 20 becomes 0.58 of 22.69
        Control(_LOCKED | {"routed": 1.0, "amount": 1.0, "depth": 1e9}, 0.0, 1e-6),  # all go to the better one anyway
    ],
    placebo_error=1e-6,
)
def lost_to_depth(
    advantage: Array, taste: Array, lead: Array, seed: Array, amount: Array, depth: Array, routed: Array, moves: Array
) -> Array:
    """How much more often the better newcomer ends with less depth than the older one, by the network effect alone.

    Args:
        advantage: what it saves traders (ratio of a trade).
        taste: scale of what else traders weigh (ratio of a trade).
        lead: providers of the older one when it opens.
        seed: what it opens with (part of the older one's depth).
        amount: of a trade (USD).
        depth: of both together in the end (USD).
        routed: part of the trade behind a router.
        moves: old providers who choose again for each newcomer.
    """

    def behind(size: Array) -> Array:
        race = race_fork(
            lead, seed, NEWCOMERS, depth, size, taste, np.random.default_rng(8), advantage=advantage, routed=routed,
            moves=moves,
        )  # fmt: skip
        return np.asarray(race.behind)

    return behind(amount) - behind(np.asarray(NOTHING))


@EVIDENCE.figures("X11a")
def few_hold_most() -> Count:
    """At how many published counts ten protocols or fewer held more than half of all value locked."""
    six = figure("concentration.defi_value_locked_six_largest")
    three = [figure(f"concentration.defi_value_locked_{name}") for name in ("aave", "lido", "eigenlayer")]
    twelve = figure("concentration.top_12_protocols_share_value")
    parts = [float(six.value), sum(float(each.value) for each in three), float(twelve.value) * 10 / 12]
    most = [part > 50 for part in (parts[0], parts[1])] + [parts[2] >= 50]  # "more than" 60 for the twelve
    layer = float(three[2].value)
    return Count(
        true=all(most),
        says=f"{sum(most)} of {len(most)}. Six of 4,212 protocols held {parts[0]:.0f} % (November 2024), three "
        f"{parts[1]:.0f} % (September 2025), twelve more than {twelve.value:.0f} % (January 2026), of which the ten "
        f"largest have ten twelfths or more: more than {parts[2]:.0f} %",
        who="DefiLlama, quoted in the press (all of it weak)",
        turns="what is counted twice were left out and the largest held no more than the others of it",
        sources=tuple(each.id for each in (six, *three, twelve)),
        other=f"Without EigenLayer, whose value is locked at others too, Aave and Lido have "
        f"{100 * (parts[1] - layer) / (100 - layer):.0f} %. The counts take different numbers of protocols: whether "
        f"the part has fallen cannot be said",
    )


#: Of each market the leader then and now, with the figures that say so; "now" is the newest published count.
_LEADERS = {
    "spot pools": ("Uniswap", "Uniswap"),
    "lending": ("Aave", "Aave"),
    "perpetual futures": ("dYdX", "Hyperliquid"),
    "liquid staking": ("Lido", "Lido"),
    "dollar coins": ("USDT", "USDT"),
}


@EVIDENCE.figures("X25a")
def leaders_then_and_now() -> Count:
    """In how many of five markets the leader of 2022 or 2023 no longer leads."""
    spot, later, month = (
        figure(f"market_share.{name}")
        for name in ("uniswap_share_dex_volume.2022", "largest_spot_dex", "pancakeswap_volume_one_month")
    )
    aave, loans = figure("lending_market.aave_value_locked"), figure("lending_market.aave_share_active_loans_ethereum")
    dydx, quarter = figure("perps.dydx_volume_14_days"), figure("perps.dex_volume_quarter")
    peak, low, lighter = (
        figure(f"perps.{name}") for name in ("hyperliquid_share.2025-05", "hyperliquid_share.2025-11", "lighter_share")
    )
    week = figure("perps.hyperliquid_perpetuals_volume_one_week")
    lido, share = figure("staking.lido_share.2023-10"), figure("staking.lido_share.2025-07-24")
    coins, usdt, usdc = (
        figure(f"stablecoin.{name}")
        for name in ("two_largest", "tether_liabilities_end_2025", "usdc_supply.2025-12-31")
    )
    changed = [market for market, (then, now) in _LEADERS.items() if then != now]
    pace = 100 * float(dydx.value) / (float(quarter.value) * 14 / 90)
    return Count(
        true=2 * len(changed) > len(_LEADERS),
        says=f"{len(changed)} of {len(_LEADERS)}: perpetual futures, where dYdX did about {pace:.0f} % of the trade in "
        f"April 2023; Hyperliquid had {peak.value:.0f} % in May 2025, {low.value:.0f} % in November, when Lighter led "
        f"with {lighter.value:.0f} %, and led again in January 2026. Uniswap had {spot.value:.0f} % of spot trade in "
        f"2022 and is named first in a report of March 2026; Aave led then and has {loans.value:.0f} % of loans on "
        f"Ethereum; Lido went from {lido.value:.0f} to {share.value:.0f} % of staked ether (by July 2025) and leads; "
        f"USDT leads USDC by {usdt.value:.0f} to {usdc.value:.0f} billion dollars",
        who="DefiLlama, Token Terminal, Coin Metrics and issuers' reports, mostly through the press (weak)",
        turns="in two more markets the leader were another",
        sources=tuple(
            each.id
            for each in (
                spot, later, month, aave, loans, dydx, quarter, peak, low, lighter, week, lido, share, coins, usdt,
                usdc,
            )
        ),
        other=f"PancakeSwap traded {month.value:.0f} of 410 billion dollars in May 2025: counted in such a month it "
        f"is 2 of 5",
    )  # fmt: skip


def chances(**changed: float) -> tuple[float, float]:
    """How often the better newcomer ends behind today, with the network effect and without.

    >>> chances()[0] > chances(depth=1e9)[0]
    True
    """
    known = EVIDENCE.effects["X11b"].assumptions
    world = {name: float(changed.get(name, each.today)) for name, each in known.items()}
    size, keywords = world.pop("amount"), {name: world.pop(name) for name in ("advantage", "routed", "moves")}

    def behind(amount: float) -> float:
        rng = np.random.default_rng(8)
        return float(race_fork(**world, users=NEWCOMERS, amount=amount, rng=rng, **keywords).behind)

    return behind(size), behind(NOTHING)


#: The pools of a small coin in lesson 8.1: depth of both (USD on one side), trade a day, taste and the days looked at.
_DEPTH, _TRADE, _TASTE, _DAYS = 1e5, 8e3, 0.005, 180

#: The attack that is booked: a payment (USD a day), a trade (USD) and the part behind a router.
_PAY, _AMOUNT, _ROUTED, _FEE = 12.0, 1e3, 0.3, 0.003


def _attacked(pay: float, days: float, amount: float, routed: float) -> VampireRun:
    payments = np.where(np.arange(_DAYS) < days, pay, 0.0)
    return vampire_attack(payments, 0.01, _DEPTH, amount, _TASTE, _TRADE, routed=routed)


def half_a_year(pay: float, days: float, amount: float, routed: float) -> dict[str, ArrayLike]:
    """What lesson 8.1 explores: half a year of an attack on the pool of a small coin, by an equally good copy.

    >>> found = half_a_year(12.0, 30, 1_000.0, 0.3)
    >>> round(float(found["kept"]), 2), found["cost"]
    (0.0, 360.0)
    """
    run = _attacked(pay, days, amount, routed)
    return {
        "Day": np.arange(_DAYS),
        "Copy's depth": run.shares[:-1],
        "Copy's trade": run.traded,
        "kept": run.kept,
        "cost": run.cost,
        "exponent": even_exponent(_DEPTH / 2, amount, _TASTE),
    }


def price_impact(share: ArrayLike) -> Array:
    """What a day's traders of lesson 8.1 lose because they move the price (USD), fees aside.

    A trade of which q is left after the fee loses ``q²/(D + q)`` in a pool of depth D; who moves the price back gains
    as much. A router splits by depth, and loses as in one pool of both.

    Args:
        share: the copy's part of all depth, in (0, 1).

    Source: own derivation, two constant product pools as in :func:`~defi_lib.economy.fork_trade_share`.

    >>> price_impact([1e-9, 0.5]).round(1).tolist()  # one pool; two halves cost whoever has no router twice as much
    [78.7, 132.8]
    """
    copy = np.asarray(share, float) * _DEPTH
    chosen = np.asarray(fork_trade_share(copy, _DEPTH - copy, _AMOUNT, _TASTE, fee=_FEE))
    sent = (1.0 - _FEE) * _AMOUNT

    def lost(depth: ArrayLike) -> Array:
        return np.asarray(sent / (np.asarray(depth) + sent) * sent / _AMOUNT)

    alone = chosen * lost(copy) + (1.0 - chosen) * lost(_DEPTH - copy)
    return np.asarray(_TRADE * (_ROUTED * lost(_DEPTH) + (1.0 - _ROUTED) * alone))


def attack_books(*days: int) -> dict[int, Ledger]:
    """The attack booked for half a year (USD), by the days that it pays."""
    books = {}
    for length in days:
        run = _attacked(_PAY, length, _AMOUNT, _ROUTED)
        ledger = books[length] = Ledger(new_parties="by name")
        ledger.book(run)
        moved = float(np.sum(price_impact(run.shares[:-1])))
        ledger.record("traders", "who move prices back", moved, "USD", "price impact")
        ledger.check_conserved()
    return books


def firm_book() -> Ledger:
    """The same half year at one exchange that is a firm, with as much depth in one order book (USD)."""
    ledger = Ledger(["traders", "firm's shareholders", "firm's market makers"])
    ledger.record("traders", "firm's shareholders", _FEE * _TRADE * _DAYS, "USD", "fees")
    moved = float(price_impact(1e-9)) * _DAYS
    ledger.record("traders", "firm's market makers", moved, "USD", "price impact")
    ledger.check_conserved()
    return ledger
