"""What became of assets that anybody may list, and of those that a desk let in. Reading P11a."""

from __future__ import annotations

from numpy.typing import ArrayLike

from defi_lib.evidence.effects import Count, Registry
from defi_lib.exchange import ConstantProductPool, list_assets, pull_liquidity, year_after
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("exchange")

#: Names in the pool of :func:`one_fake`.
ASSETS = ("COIN", "USD")


#: How much more the middle open asset must have lost (percentage points of the price at the start).
SIZE = 25.0


@EVIDENCE.figures("P11a")
def middle_of_the_open_and_of_desks() -> Count:
    """The middle asset of open exchanges and the middle one that a desk let in, each asset counted once."""
    tokens, traded = (figure(f"launch.pump_fun_{what}") for what in ("tokens_traded", "still_traded_90_days"))
    dead, large = figure("listing.open_dead"), figure("listing.open_large_beat_desks")
    started, kept = (figure(f"launch.pump_fun_tokens_{what}") for what in ("launched", "least_1000"))
    best, worst = (figure(f"listing.median_change_{which}") for which in ("best", "worst"))
    older = figure("rugpull.tokens_active_one_day_ethereum")
    # More than half are dead: the middle one has lost all.
    all_lost = min(100 - float(traded.value), float(dead.value), float(older.value)) > 50
    less = [100 + float(each.value) for each in (worst, best)]
    liquid = float(kept.value) / (1e6 * float(started.value))
    return Count(
        true=all_lost and min(less) >= SIZE,
        says=f"Of {tokens.value:.1f} million tokens of Pump.fun {traded.value:.2f} % were still traded after 90 days; "
        f"of all that open exchanges have traded since 2021 {dead.value:.0f} % are dead: the middle one has lost all. "
        f"Of those that five large exchanges let in the middle one lost {100 - less[1]:.0f} to {100 - less[0]:.0f} %: "
        f"{less[0]:.0f} to {less[1]:.0f} points less",
        who=f"CoinGecko ({traded.date} and {dead.date}); Animoca Research ({worst.date})",
        turns=f"half of all the open ones live ({100 - float(dead.value):.0f} % by the widest count); or only those "
        f"count that started at 30 million dollars or more: they did better than at {large.value:.0f} of five "
        "middle-sized desks, in their first month (2024)",
        sources=tuple(each.id for each in (tokens, traded, dead, large, started, kept, older, best, worst)),
        other="In nearly the same months as at the desks, January 2024 to March 2025, "
        f"{100 * liquid:.1f} % of {started.value:.0f} million tokens of Pump.fun had 1,000 "
        f"dollars or more in their pools at the end; of all tokens of Ethereum and BNB Chain {older.value:.0f} % lived "
        f"less than a day ({older.date})",
    )


def a_dollar_through_the_gate(
    caught: ArrayLike, refused: float, fakes: float, growth: float, spread: float
) -> dict[str, ArrayLike]:
    """What lesson 1.10 explores: what a dollar becomes in a year behind a gate, on average and in the middle asset.

    >>> year = a_dollar_through_the_gate(0.9, 0.2, 0.8, 2.0, 1.0)
    >>> {name: round(float(part), 2) for name, part in year.items()}
    {'On average': 1.33, 'In the middle': 0.62, 'fake': 0.33, 'good refused': 0.2}
    """
    listed = list_assets(fakes, caught, refused)
    year = year_after(listed.part_fake, growth, spread)
    return {
        "On average": year.mean,
        "In the middle": year.median,
        "fake": listed.part_fake,
        "good refused": listed.refused / (1 - fakes),
    }


def one_fake(first: float = 2_000.0, late: float = 8_000.0) -> Ledger:
    """A coin from its pool's first minute to its last: who gets whose dollars.

    The creator opens a pool with 5,000 dollars and a million coins made for nothing. First buyers pay, late ones pay,
    first ones sell half of their coins; the creator takes out nearly all, and whoever has coins sells what is left.
    The creator's own coins nobody wants any more: they count as nothing, so that the dollars sum to zero.

    Args:
        first, late: what first and late buyers pay (USD), > 0.

    >>> one_fake().balance("late buyers", "USD") < -7_800
    True
    """
    ledger = Ledger({who: who for who in ("creator", "first buyers", "late buyers", "pool")})
    pool = ConstantProductPool((1e6, 5_000.0), fee=0.003)
    ledger.mint("creator", 1e6, ASSETS[0])
    for asset, amount in zip(ASSETS, pool.reserves, strict=True):
        ledger.record("creator", "pool", amount, asset, "liquidity")
    buys = []
    for who, paid in (("first buyers", first), ("late buyers", late)):
        buys.append(pool.swap_exact_in(paid, 1, 0))
        ledger.book(buys[-1], trader=who, assets=ASSETS)
        pool = buys[-1].pool
    half = buys[0].amount_out / 2
    early = pool.swap_exact_in(half)
    pull = pull_liquidity(early.pool, 0.99, buys[1].amount_out)
    last = pull.sale.pool.swap_exact_in(half)
    ledger.book(early, trader="first buyers", assets=ASSETS)
    for asset, amount in zip(ASSETS, pull.removal.amounts, strict=True):
        ledger.record("pool", "creator", abs(amount), asset, "liquidity")
    ledger.book(pull.sale, trader="late buyers", assets=ASSETS)
    ledger.book(last, trader="first buyers", assets=ASSETS)
    ledger.mark(ASSETS[0], 0.0)
    ledger.check_conserved()
    return ledger
