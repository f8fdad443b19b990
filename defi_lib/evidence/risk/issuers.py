"""A dollar with an issuer: who earns the reserve, and whom a weekend of doubt reaches. Readings X15a, X15b and P7c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.figures import figure
from defi_lib.risk import LinkedPrice, linked_price, shut_weekend

EVIDENCE = Registry("risk")

Worlds = NDArray[np.float64]

#: What is enough for "at least" in P7c, in USD for a dollar.
NEARLY_A_DOLLAR = 0.99

_HALF = {
    "price": 0.9, "backed": 0.4, "inflow": 0.2, "fee": 0.0, "open": 0.5, "sells": 0.1, "often": 1.0, "lasting": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "X15b",
    placebos=[
        # No link: the doubted coin backs no part, nobody swaps it in, and the swap is shut from the start.
        {"backed": 0.0, "inflow": 0.0, "open": 0.0},
        # A reserve that pays at every hour: nobody sells below a dollar.
        {"price": 1.0},
    ],
    controls=[
        # 60 of 120 coins: half. While it is open as deep as the doubted coin, then half as deep.
        Control(_HALF, 0.75),
        # Half as many sell the tied coin, and twice as many; all sell, and no more than all can.
        Control({**_HALF, "often": 0.5}, 0.375),
        Control({**_HALF, "often": 2.0, "lasting": 0.5}, (0.2 * 7.5 + 0.8 * 2.5) / (0.1 * 10 + 0.9 * 5)),
        Control({**_HALF, "often": 2.0, "sells": 0.8}, 0.75 / 0.8),
        # Shut from the start: half of the fall. Half of it stays, for nine holders in ten: 0.05·0.55 of 0.1·0.55.
        Control({**_HALF, "open": 0.0, "lasting": 0.5}, 0.5),
        # A tenth sells at 7.5 cents less on average, nine tenths lose 0.5·5; their own 10 and 0.5·10.
        Control({**_HALF, "lasting": 0.5}, (0.1 * 7.5 + 0.9 * 2.5) / (0.1 * 10 + 0.9 * 5)),
        # A fee of a tenth: 20 coins for 20/0.9. Open: as deep as 0.5/0.9; then 40 + 20/0.9 of 120.
        Control({**_HALF, "price": 0.5, "fee": 0.1}, 0.5 * (1 - 0.5 / 0.9) / 0.5 + 0.5 * (40 + 20 / 0.9) / 120),
        # The fee is dearer than the fall: the worth is what counts.
        Control({**_HALF, "fee": 0.2}, (40 + 20 / 0.8) / 120),
        # All of it stands on the doubted coin, never more.
        Control({**_HALF, "backed": 1.0, "fee": 0.2, "price": 0.5, "open": 0.0}, 1.0),
        # March 2023: the swap was open all the time, and 0.8774 was the price of both.
        Control({**_HALF, "price": 0.8774, "backed": 0.52, "inflow": 0.235, "open": 1.0}, 1.0),
    ],
)
def loss_of_the_tied_coin(
    price: Worlds,
    backed: Worlds,
    inflow: Worlds,
    fee: Worlds,
    open: Worlds,
    sells: Worlds,
    often: Worlds,
    lasting: Worlds,
) -> Worlds:
    """What a tied coin's average holder loses of a dollar, over what the doubted coin's average holder loses (ratio).

    Whoever sells before Monday gets the price of the hour; who waits loses what is still missing then. Where nobody
    loses the ratio is 0.

    Args:
        price: of the doubted coin while it cannot be redeemed (USD).
        backed: part of the tied coin that it backs.
        inflow: tied coins that are still issued for it, over those that exist.
        fee: of that.
        open: part of the sales before the swap is halted.
        sells: part of the doubted coin's holders who do not wait.
        often: the same part of the tied coin's holders over it; never more than all sell.
        lasting: part of the fall that is still there when redemption opens.
    """
    tied = tied_coin(price, backed, inflow, fee)
    seller = open * (1 - np.minimum(tied.worth, tied.ceiling)) + (1 - open) * (1 - tied.worth)
    leaves = np.minimum(sells * often, 1.0)
    theirs = leaves * seller + (1 - leaves) * lasting * (1 - tied.worth)
    own = sells * (1 - price) + (1 - sells) * lasting * (1 - price)
    return np.asarray(theirs / np.where(own > 0, own, 1.0))


def tied_coin(price: Worlds, backed: Worlds, inflow: Worlds, fee: Worlds) -> LinkedPrice:
    """The tied coin after the doubted one was swapped in for ``inflow`` times all tied coins."""
    part = np.minimum((backed + inflow / (1 - np.asarray(fee))) / (1 + inflow), 1.0)
    return linked_price(ConstantProductPool((1.0, 1.0), fee=0.0), price, part, 1.0, tin=fee)


def weekend_prices(sold: Worlds, doubted: float, dollars: float, backed: float) -> dict[str, Worlds]:
    """What a small coin brings in a pool of 100 million coins and dollars while nobody redeems it (USD).

    Args:
        sold: million coins.
        doubted: part of the reserve, all of which buyers take for lost.
        dollars: the buyers', in millions.
        backed: part of a tied coin's reserve; its module is shut.
    """
    shut = shut_weekend(ConstantProductPool((100.0, 100.0), fee=0.0), sold, doubted, capital=dollars)
    return {
        "The coin": np.asarray(shut.price),
        "If all in doubt is gone": shut.fair + 0 * np.asarray(sold),
        "The tied coin": 1 - backed * (1 - np.asarray(shut.price)),
    }


@EVIDENCE.figures("X15a")
def kept_by_the_issuers() -> Count:
    """Which part of the reserves' income the two issuers keep, Tether's at the lower bill rate of 2026."""
    bills, rate = figure("stablecoin.tether_total_us_treasury_exposure"), figure("savings_rate.treasury_bill_3_months")
    revenue, margin = figure("stablecoin.circle_revenue"), figure("stablecoin.circle_revenue_distribution_cost_margin")
    law, reward = figure("regulation.genius_act_interest_issuer_may"), figure("stablecoin.coinbase_usdc_rewards")
    tether, circle = float(bills.value) * float(rate.value) / 100, float(revenue.value)
    kept = float(margin.value) / 100
    part = (tether + kept * circle) / (tether + circle)
    enough = (tether + kept * circle - 0.5 * (tether + circle)) / tether
    return Count(
        true=part > 0.5 and float(law.value) == 0,
        says=f"The issuers together keep {100 * part:.0f} %, before their own costs: Tether all of some {tether:.1f} "
        f"billion dollars a year, Circle {margin.value:.0f} % of {circle:.1f} billion. Holders get "
        f"{law.value:.0f} % from them.",
        who=f"the accounts of Tether and Circle for 2025; Treasury bills at {rate.value} % ({rate.dates}); US law "
        f"forbids issuers to pay holders interest ({law.date[:4]}).",
        turns=f"Tether passed on {100 * enough:.0f} % of its interest",
        sources=tuple(each.id for each in (bills, rate, revenue, margin, law, reward)),
        other=f"Circle alone keeps less than half: {100 - float(margin.value):.0f} % go to Coinbase and others, who "
        "let some of their customers have a part.",
    )


@EVIDENCE.figures("P7c")
def a_coin_beside_an_insured_deposit() -> Count:
    """What a dollar brought in March 2023, in the coin and in the insured account."""
    low, other = (figure(f"usdc_2023.usdc_price_low_{by}_quote") for by in ("block", "cointelegraph"))
    lost, back = (
        figure("deposit_insurance.fdic_insured_lost"),
        figure("usdc_2023.silicon_valley_bank_depositors_paid"),
    )
    stopped, frozen = figure("issuer_freeze.circle_addresses"), figure("issuer_freeze.circle_value")
    cents = [100 * float(each.value) for each in (low, other)]
    return Count(
        true=min(cents) >= 100 * NEARLY_A_DOLLAR,
        says=f"On Saturday, 11 March 2023, a dollar in USDC brought {min(cents):.0f} cents ({max(cents):.0f} by "
        f"another report), on Monday 100 again. Of insured deposits {lost.value:.0f} dollars were lost "
        f"since {lost.since}.",
        who=f"The Block and Cointelegraph; FDIC ({lost.date}).",
        turns="the coin is insured, or redeemed at every hour out of a reserve that no bank can lose",
        sources=tuple(each.id for each in (low, other, lost, back, stopped, frozen)),
        other="who waited until Monday lost nothing, and the failed bank's own depositors could not pay before that "
        f"day either. In three years Circle froze {stopped.value:.0f} addresses with {frozen.value:.0f} million.",
    )
