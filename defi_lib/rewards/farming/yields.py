"""What a farm pays: the nominal rate, how entry dilutes it, and what it is made of."""

from __future__ import annotations

from typing import NamedTuple

from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable


@representable
def farm_apr(emission: Amount, price: Amount, value_locked: Amount) -> Amount:
    """Nominal rate of a farm (ratio per year, not compounded): ``emission·price·365 / value_locked``.

    Args:
        emission: reward tokens per day, >= 0.
        price: USD per reward token, >= 0.
        value_locked: USD in the farm, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    emission, price = non_negative("emission", emission), non_negative("price", price)
    value_locked = positive("value_locked", value_locked)
    broadcastable(emission=emission, price=price, value_locked=value_locked)
    return emission * price * DAYS_PER_YEAR / value_locked


def apr_after_entry(apr: Amount, value_locked: Amount, entry: Amount) -> Amount:
    """Rate of the same farm after ``entry`` (USD, >= 0) came in, at once: ``apr·V/(V + entry)`` (ratio per year).

    Raises:
        ValueError: an argument outside its range.
    """
    apr, value_locked = non_negative("apr", apr), positive("value_locked", value_locked)
    entry = non_negative("entry", entry)
    broadcastable(apr=apr, value_locked=value_locked, entry=entry)
    return apr * (value_locked / (value_locked + entry))


@representable
def drawn_value(emission: Amount, price: Amount, outside_yield: Amount, fees: Amount = 0.0) -> Amount:
    """Value (USD) at which the farm pays no more than elsewhere: ``(emission·price + fees)·365 / outside_yield``.

    Args:
        emission: reward tokens per day, >= 0.
        price: USD per reward token, >= 0.
        outside_yield: what capital earns elsewhere (ratio per year), > 0.
        fees: that the farm's deposits earn besides (USD per day), >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    emission, price = non_negative("emission", emission), non_negative("price", price)
    outside_yield, fees = positive("outside_yield", outside_yield), non_negative("fees", fees)
    broadcastable(emission=emission, price=price, outside_yield=outside_yield, fees=fees)
    return (emission * price + fees) * DAYS_PER_YEAR / outside_yield


def dilution(emission: Amount, supply: Amount) -> Amount:
    """Part of the token's ownership (ratio) that passes from holders to farmers: ``E/(S + E)``.

    Args:
        emission: tokens newly minted, >= 0.
        supply: tokens before, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    emission, supply = non_negative("emission", emission), positive("supply", supply)
    broadcastable(emission=emission, supply=supply)
    return emission / (supply + emission)


class YieldSources(NamedTuple):
    """Where the return of a year comes from, and who pays it (ratios of the deposit)."""

    fees: Amount  #: paid by those who use the protocol
    emissions: Amount  #: reward tokens at the price of the start: paid by the holders, who are diluted
    reward_price_change: Amount  #: what these tokens lost or gained until they were sold
    deposit_price_change: Amount  #: what the deposit itself lost or gained, impermanent loss included

    @property
    def nominal(self) -> Amount:
        """What is advertised: fees and emissions at today's price."""
        return self.fees + self.emissions

    @property
    def total(self) -> Amount:
        """What the farmer has in the end."""
        return self.nominal + self.reward_price_change + self.deposit_price_change


def yield_sources(
    fee_yield: Amount,
    emission_yield: Amount,
    reward_price_change: Amount,
    deposit_price_change: Amount = 0.0,
    sold: Amount = 1.0,
) -> YieldSources:
    """Split the return of a year by its sources; the reward price moves evenly from its first to its last value.

    Rewards sold as they come fetch the mean price, ``1 + h/2`` of the first; those held to the end fetch ``1 + h``.

    Args:
        fee_yield: fees per USD deposited, >= 0.
        emission_yield: reward tokens per USD deposited, at the price of the start, >= 0.
        reward_price_change: h, over the year (ratio), >= −1.
        deposit_price_change: of the deposited assets over the year (ratio), >= −1.
        sold: part of the rewards that is sold as it comes, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    fee_yield, emission_yield = non_negative("fee_yield", fee_yield), non_negative("emission_yield", emission_yield)
    change = between("reward_price_change", reward_price_change, -1.0, float("inf"), high_open=True)
    deposit = between("deposit_price_change", deposit_price_change, -1.0, float("inf"), high_open=True)
    sold = between("sold", sold, 0.0, 1.0)
    broadcastable(fees=fee_yield, emissions=emission_yield, reward_change=change, deposit_change=deposit, sold=sold)
    return YieldSources(fee_yield, emission_yield, plain(emission_yield * change * (1 - sold / 2)), deposit)
