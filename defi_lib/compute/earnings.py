"""What a provider of computing power earns: a graphics card, a phone or a server, hour by hour and per year."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below, rest
from defi_lib.units import HOURS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, ratio, representable


class _DeviceState(NamedTuple):
    purchase_price: Amount
    life: Amount
    busy_power: Amount
    idle_power: Amount
    resale_value: Amount = 0.0


class Device(_DeviceState):
    """A machine that can be rented out.

    Args:
        purchase_price: USD, >= 0; 0 for one that stands around anyway.
        life: years until it is sold or worth nothing, > 0.
        busy_power: kW from the socket while it works, >= 0.
        idle_power: kW from the socket while it waits for work, >= 0.
        resale_value: USD at the end of its life, second-hand, from 0 to the purchase price.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(
        cls,
        purchase_price: Amount,
        life: Amount,
        busy_power: Amount,
        idle_power: Amount = 0.0,
        resale_value: Amount = 0.0,
    ) -> Self:
        """Check the arguments and build the device."""
        state = (
            kept(non_negative("purchase_price", purchase_price)),
            kept(positive("life", life)),
            kept(non_negative("busy_power", busy_power)),
            kept(non_negative("idle_power", idle_power)),
            kept(between("resale_value", resale_value, 0.0, purchase_price)),
        )
        broadcastable(**dict(zip(_DeviceState._fields, state, strict=True)))
        return super().__new__(cls, *state)

    @property
    def depreciation(self) -> Amount:
        """Loss of value by age (USD per year)."""
        return (self.purchase_price - self.resale_value) / self.life

    def fixed_cost(self, electricity_price: Amount) -> Amount:
        """Cost of a year ready but without work (USD): ``capex/T + 8760·P_idle·el``, capex less resale.

        Args:
            electricity_price: USD per kWh, >= 0.

        Raises:
            ValueError: a negative price.
        """
        return self.depreciation + HOURS_PER_YEAR * self.idle_power * non_negative(
            "electricity_price", electricity_price
        )

    def margin(self, price: Amount, fee: Amount, electricity_price: Amount) -> Amount:
        """What an hour of work adds to income (USD): ``price·(1 − fee) − (P_busy − P_idle)·el``.

        Args:
            price: USD per paid hour, >= 0.
            fee: ratio of the rent that the network keeps, in [0, 1).
            electricity_price: USD per kWh, >= 0.

        Raises:
            ValueError: an argument outside its range.
        """
        price, fee = non_negative("price", price), ratio("fee", fee)
        electricity_price = non_negative("electricity_price", electricity_price)
        broadcastable(busy_power=self.busy_power, price=price, fee=fee, electricity_price=electricity_price)
        return rest(price * (1 - fee), (self.busy_power - self.idle_power) * electricity_price)


@former.with_payments
class HostYear(NamedTuple):
    """One year of a provider. Amounts in USD per year."""

    rent: Amount  #: clients → provider
    emission: Amount  #: value of the tokens the network mints for the provider, when they are minted
    network_fee: Amount  #: provider → network
    busy_electricity: Amount  #: provider → power company, while working
    idle_electricity: Amount  #: provider → power company, while waiting
    depreciation: Amount  #: value the device loses
    token_gain: Amount  #: change of value of tokens between receipt and sale, below 0 for a loss
    tax: Amount  #: provider → state

    @property
    def profit_before_tax(self) -> Amount:
        """USD per year."""
        cost = self.network_fee + self.busy_electricity + self.idle_electricity + self.depreciation
        return self.rent + self.emission + self.token_gain - cost

    @property
    def profit(self) -> Amount:
        """What is left after everything (USD per year)."""
        return self.profit_before_tax - self.tax

    @property
    def hourly_profit(self) -> Amount:
        """USD per hour of the year, busy or not."""
        return self.profit / HOURS_PER_YEAR

    @property
    def electricity(self) -> Amount:
        """USD per year."""
        return self.busy_electricity + self.idle_electricity

    def transfers(
        self,
        clients: str = "clients",
        provider: str = "provider",
        holders: str = "token holders",
        network: str = "network",
        power: str = "power company",
        maker: str = "maker",
        state: str = "state",
    ) -> tuple[Transfer, ...]:
        """All that moves, at the value of the day it is received.

        Depreciation is paid to the maker of the device, year by year. The emission is paid by ``"token holders"``,
        because new tokens dilute the old; a change of the token's price is for the ledger's marks.
        """
        return actual(
            [
                Transfer(clients, provider, self.rent, "USD", "rent"),
                Transfer(holders, provider, self.emission, "USD", "emission"),
                Transfer(provider, network, self.network_fee, "USD", "network fee"),
                Transfer(provider, power, self.electricity, "USD", "electricity"),
                Transfer(provider, maker, self.depreciation, "USD", "depreciation"),
                Transfer(provider, state, self.tax, "USD", "tax"),
            ]
        )


@representable
def host_year(
    device: Device,
    utilisation: Amount,
    price: Amount,
    fee: Amount = 0.0,
    electricity_price: Amount = 0.0,
    *,
    emission: Amount = 0.0,
    token_share: Amount = 0.0,
    token_return: Amount = 0.0,
    tax_rate: Amount = 0.0,
) -> HostYear:
    """A provider's year: ``8760·u·price·(1−fee) − 8760·(u·P_busy + (1−u)·P_idle)·el − capex/T``, emission, tax.

    ``capex`` is what the device costs less what it is sold for.

    Args:
        device: what is rented out.
        utilisation: part of the hours that are paid, in [0, 1].
        price: USD per paid hour, >= 0.
        fee: ratio of the rent that the network keeps, in [0, 1).
        electricity_price: USD per kWh, >= 0.
        emission: value of the tokens minted for the provider (USD per year, when received), >= 0.
        token_share: part of the rent after fee that is paid in tokens, in [0, 1]; the emission is all in tokens.
        token_return: change of the token's price between receipt and sale, as a ratio, >= -1.
        tax_rate: ratio of a profit, in [0, 1); a loss is not refunded.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own bookkeeping of the standard terms. Real networks also demand a stake, fine downtime and pay by benchmark
    instead of by hour.

    >>> card = Device(1600, 4, 0.45, 0.03)
    >>> round(host_year(card, 0.3, 0.4, 0.2, 0.3).profit)
    31
    """
    use, price, fee = between("utilisation", utilisation, 0.0, 1.0), non_negative("price", price), ratio("fee", fee)
    electricity_price = non_negative("electricity_price", electricity_price)
    emission, tax_rate = kept(non_negative("emission", emission)), ratio("tax_rate", tax_rate)
    token_share = between("token_share", token_share, 0.0, 1.0)
    token_return = between("token_return", token_return, -1.0, np.inf, high_open=True)
    named = {"utilisation": use, "price": price, "fee": fee, "electricity_price": electricity_price}
    more = {"emission": emission, "token_share": token_share, "token_return": token_return, "tax_rate": tax_rate}
    broadcastable(**dict(zip(_DeviceState._fields, device, strict=True)), **named, **more)
    rent = HOURS_PER_YEAR * use * price
    network_fee = rent * fee
    year = HostYear(
        rent=rent,
        emission=emission,
        network_fee=network_fee,
        busy_electricity=HOURS_PER_YEAR * use * device.busy_power * electricity_price,
        idle_electricity=HOURS_PER_YEAR * (1 - use) * device.idle_power * electricity_price,
        depreciation=device.depreciation,
        token_gain=((rent - network_fee) * token_share + emission) * token_return,
        tax=0.0,
    )
    return year._replace(tax=plain(tax_rate * np.maximum(year.profit_before_tax, 0.0)))


@representable
def break_even_utilisation(device: Device, price: Amount, fee: Amount = 0.0, electricity_price: Amount = 0.0) -> Amount:
    """Part of the hours that must be paid for, so that nothing is lost: ``fixed cost/(8760·margin)``.

    Above 1 the device loses money however much it works.

    Args:
        device: what is rented out.
        price: USD per paid hour, >= 0.
        fee: ratio of the rent that the network keeps, in [0, 1).
        electricity_price: USD per kWh, >= 0.

    Raises:
        ValueError: an argument outside its range, or an hour of work that costs more power than it earns: then no
            utilisation breaks even, see :func:`break_even_price`.
    """
    margin = positive("margin (USD per hour of work)", device.margin(price, fee, electricity_price))
    return device.fixed_cost(electricity_price) / (HOURS_PER_YEAR * margin)


@representable
def rental_value(
    device: Device,
    utilisation: Amount,
    price: Amount,
    fee: Amount = 0.0,
    electricity_price: Amount = 0.0,
    discount_rate: Amount = 0.0,
) -> Amount:
    """Most that a device is worth to somebody who rents it out (USD): its income before depreciation, discounted.

    ``income·(1 − (1 + r)^(−T))/r + resale·(1 + r)^(−T)``, below 0 where running it costs more than it brings. More
    demand for computing lifts this, and so the price that all others must pay for the device as well.

    Args:
        device: its own purchase price does not matter; what it is sold for does.
        utilisation: part of the hours that are paid, in [0, 1].
        price: USD per paid hour, >= 0.
        fee: ratio of the rent that the network keeps, in [0, 1).
        electricity_price: USD per kWh, >= 0.
        discount_rate: r, per year, as a ratio, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    rate = np.asarray(non_negative("discount_rate", discount_rate))
    running = device._replace(purchase_price=0.0, resale_value=0.0)
    year = host_year(running, utilisation, price, fee, electricity_price)
    broadcastable(income=year.profit, life=device.life, discount_rate=rate)
    discounted = -np.expm1(-device.life * np.log1p(rate))
    years = np.divide(discounted, rate, out=np.array(device.life + 0.0 * discounted), where=rate > 0)
    return plain(year.profit * years + device.resale_value * (1 - discounted))


def shared_utilisation(nodes: Amount, demand: Amount) -> Amount:
    """Utilisation of each of ``nodes`` (> 0) equal nodes that share ``demand`` (paid hours per year, >= 0).

    ``min(1, demand/(8760·N))``: who joins takes work from the others.

    Raises:
        ValueError: an argument outside its range.
    """
    nodes, demand = positive("nodes", nodes), non_negative("demand", demand)
    return plain(np.minimum(demand / (HOURS_PER_YEAR * nodes), 1.0))


@representable
def free_entry_nodes(
    device: Device,
    demand: Amount,
    price: Amount,
    fee: Amount = 0.0,
    electricity_price: Amount = 0.0,
    emission: Amount = 0.0,
) -> Amount:
    """Number of nodes at which the last to join earns nothing, if everybody may join.

    While nodes wait for work, ``N = (demand·margin + emission)/fixed cost``. If even a node that is always busy
    loses money, only the emission holds nodes: ``N = emission/(fixed cost − 8760·margin)``.

    Args:
        device: of every node; a year of it without work must cost something.
        demand: paid hours per year for all nodes together, >= 0.
        price: USD per paid hour, >= 0; it does not change here.
        fee: ratio of the rent that the network keeps, in [0, 1).
        electricity_price: USD per kWh, >= 0.
        emission: value of the tokens minted for all nodes together (USD per year), >= 0.

    Raises:
        ValueError: an argument outside its range, or a device without fixed cost: then entry never ends.

    Source: own derivation from ``profit(N) = min(1, demand/(8760·N))·8760·margin + emission/N − fixed cost = 0``.

    >>> round(free_entry_nodes(Device(1600, 4, 0.45, 0.03), 1e6, 0.4, 0.2, 0.3))
    405
    """
    demand, emission = non_negative("demand", demand), non_negative("emission", emission)
    margin = device.margin(price, fee, electricity_price)
    fixed = positive("fixed cost (USD per year)", device.fixed_cost(electricity_price))
    broadcastable(demand=demand, margin=margin, fixed_cost=fixed, emission=emission)
    waiting = (demand * margin + emission) / fixed
    loss = np.asarray(fixed - HOURS_PER_YEAR * margin)
    subsidised = emission / np.where(loss > 0, loss, 1.0)
    return plain(np.where(below(waiting * HOURS_PER_YEAR, demand), subsidised, waiting))
