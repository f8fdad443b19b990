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


@EVIDENCE.figures("P11a")
def median_of_the_open() -> Count:
    """Tokens of which more than half could not be sold any more after a year, by two counts of all tokens."""
    tokens, gone = (figure(f"launch.pump_fun_{what}") for what in ("tokens_traded", "last_trade_second_day"))
    older = figure("rugpull.tokens_active_one_day_ethereum")
    malicious = figure("rugpull.uniswap_v2_tokens_labelled_malicious")
    traded = figure("launch.pump_fun_still_traded_90_days")
    best, worst = (figure(f"listing.median_change_{which}") for which in ("best", "worst"))
    return Count(
        true=min(float(gone.value), float(older.value)) > 50,
        says=f"Of {tokens.value:.1f} million tokens of Pump.fun {gone.value:.0f} % were traded for the last time "
        "within two days of their start, of all tokens of Ethereum and BNB Chain about "
        f"{older.value:.0f} % within one; of 27,588 on Uniswap v2 {malicious.value:.0f} % were traps. What nobody "
        "trades is worth nothing",
        who=f"CoinGecko ({gone.date}); Cernera and others ({older.date}); Mazorra and others ({malicious.date})",
        turns=f"only the {traded.value:.2f} % count that are still traded after 90 days, and their middle one rose; or "
        "assets are weighed by the money in them",
        sources=tuple(each.id for each in (tokens, gone, older, malicious, traded, best, worst)),
        other=f"Of the tokens that five large exchanges let in during 2024 the middle one fell as well, by "
        f"{-float(best.value):.0f} to {-float(worst.value):.0f} % within nine months",
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
    ledger.mark(ASSETS[0], last.pool.price())
    ledger.check_conserved()
    return ledger
