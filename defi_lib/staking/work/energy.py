"""Power: what miners in free entry buy for what they are paid, and what machines use that nobody pays by number."""

from __future__ import annotations

import numpy as np

from defi_lib.units import DAYS_PER_JULIAN_YEAR, HOURS_PER_DAY
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable

_WATTS_PER_KILOWATT = 1000.0


@representable
def free_entry_energy(payment: Amount, power_price: Amount, power_part: Amount) -> Amount:
    """Power (kWh) that miners buy for a payment, when all come who gain: ``payment·part/price``.

    How good the machines are stands nowhere: better ones are more of them, until a day costs what it brings.

    Args:
        payment: to all miners together, USD, >= 0.
        power_price: USD per kWh, > 0, of the miner who is indifferent.
        power_part: of the payment that buys power, in [0, 1]; the rest buys machines, or is profit not yet competed
            away.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: free entry; Hayes, *Cryptocurrency Value Formation*, Telematics and Informatics 34(7), 2017. In fact
    machines that are paid for run on after the payment has fallen, and new ones are delivered after months.

    >>> free_entry_energy(1_000, 0.05, 0.5)
    10000.0
    """
    payment, power_price = non_negative("payment", payment), positive("power_price", power_price)
    power_part = between("power_part", power_part, 0.0, 1.0)
    broadcastable(payment=payment, power_price=power_price, power_part=power_part)
    return plain(payment * power_part / power_price)


def entry_power_part(power_price: Amount, efficiency: Amount, machine_price: Amount, life: Amount) -> Amount:
    """Which part of their payment miners spend on power once entry has ended: power over power and wear.

    ``W·24/1000·p / (W·24/1000·p + machine/(life·365.25))``; the rest goes to the makers of machines.

    Args:
        power_price: USD per kWh, > 0.
        efficiency: watts at 1 TH/s, > 0.
        machine_price: USD per TH/s, >= 0.
        life: years in which a machine is used up, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> entry_power_part(0.1, 1_000 / 24, 36.525, 1)
    0.5
    """
    power = _power_cost(positive("power_price", power_price), positive("efficiency", efficiency))
    wear = non_negative("machine_price", machine_price) / (positive("life", life) * DAYS_PER_JULIAN_YEAR)
    broadcastable(power=power, wear=wear)
    return plain(power / (power + wear))


@representable
def machines_energy(machines: Amount, watts: Amount) -> Amount:
    """Power of machines that run all year (kWh): ``machines·watts·24·365.25/1000``.

    Raises:
        ValueError: a negative argument, or shapes that do not fit together.

    >>> machines_energy(1_000, 100)
    876600.0
    """
    machines, watts = non_negative("machines", machines), non_negative("watts", watts)
    broadcastable(machines=machines, watts=watts)
    return plain(machines * watts * (HOURS_PER_DAY * DAYS_PER_JULIAN_YEAR / _WATTS_PER_KILOWATT))


def mining_return(
    unit_revenue: Amount, power_price: Amount, efficiency: Amount, machine_price: Amount, life: Amount
) -> Amount:
    """What a dollar in mining machines brings a year, wear taken off: ``365.25·(revenue − power)/price − 1/life``.

    Who would lose by a day's power switches off, and loses the machine alone.

    Args:
        unit_revenue: USD per day and TH/s, the pool's fee taken off, >= 0.
        power_price: USD per kWh, >= 0.
        efficiency: watts at 1 TH/s, >= 0.
        machine_price: USD per TH/s, > 0.
        life: years until nothing is left of a machine, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(mining_return(0.2, 0.1, 1_000 / 24, 100, 4), 6), mining_return(0.05, 0.1, 1_000 / 24, 100, 4)
    (0.11525, -0.25)
    """
    revenue, machine_price = non_negative("unit_revenue", unit_revenue), positive("machine_price", machine_price)
    power = _power_cost(non_negative("power_price", power_price), non_negative("efficiency", efficiency))
    life = positive("life", life)
    broadcastable(unit_revenue=revenue, power=power, machine_price=machine_price, life=life)
    return plain(np.maximum(revenue - power, 0.0) * DAYS_PER_JULIAN_YEAR / machine_price - 1 / life)


def _power_cost(power_price: Amount, efficiency: Amount) -> Amount:
    """USD per day and TH/s."""
    return efficiency * (HOURS_PER_DAY / _WATTS_PER_KILOWATT) * power_price
