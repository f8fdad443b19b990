"""Maker's Dutch auctions in exact integers: prices, seizures and purchases with all that the contract rounds.

Collateral and normalised debt count in 1e-18 (wad), prices and rates in 1e-27 (ray), coins in 1e-45 (rad).
"""

from __future__ import annotations

from typing import NamedTuple

from defi_lib.lending.exact.units import WAD, refuse, rounded_power, whole_number

#: One, as a price or a rate.
RAY = 10**27


def exact_linear_price(top: int, seconds: int, duration: int) -> int:
    """``top·(1 − t/duration)`` (ray), 0 from ``duration`` (seconds, >= 1) on; the part that is left rounds down first.

    >>> exact_linear_price(100 * RAY, 1, 3600)
    99972222222222222222222222200
    """
    duration = whole_number("duration", duration, 1)
    left = duration - whole_number("seconds", seconds)
    return whole_number("top", top) * (max(left, 0) * RAY // duration) // RAY


def exact_stairstep_price(top: int, seconds: int, cut: int, step: int) -> int:
    """``top·cut^⌊t/step⌋`` (ray), with ``cut`` in ray and ``step`` in seconds (>= 1).

    >>> exact_stairstep_price(100 * RAY, 90, 99 * RAY // 100, 90) // RAY
    99
    """
    return exact_exponential_price(top, whole_number("seconds", seconds) // whole_number("step", step, 1), cut)


def exact_exponential_price(top: int, seconds: int, cut: int) -> int:
    """``top·cut^t`` (ray): powers by squaring, each product rounded half up, the last rounded down.

    >>> exact_exponential_price(2000 * RAY, 1, 9999 * RAY // 10_000) // RAY
    1999
    """
    power = rounded_power(whole_number("cut", cut, 0, RAY), whole_number("seconds", seconds), RAY)
    return whole_number("top", top) * power // RAY


class ExactSeizure(NamedTuple):
    """What is seized of a vault."""

    collateral: int  #: wad
    normalised_debt: int  #: wad
    debt: int  #: coins without penalty (rad)
    tab: int  #: coins to be raised (rad)


def exact_seizure(
    collateral: int, normalised_debt: int, rate: int, spot: int, room: int, chop: int, dust: int
) -> ExactSeizure:
    """How much of an unsafe vault is put up for auction.

    Args:
        collateral, normalised_debt: of the vault (wad).
        rate: coins per normalised debt (ray).
        spot: price of the collateral per liquidation ratio (ray), >= 1.
        room: coins that all auctions together may still try to raise (rad).
        chop: 1 and the penalty (wad).
        dust: least debt of a vault (rad).

    Raises:
        ValueError: a safe vault, no room, room for less than the least debt, or nothing to be seized.

    Source: makerdao/dss, Dog.bark.

    >>> exact_seizure(100 * WAD, 120_000 * WAD, RAY, 1199 * RAY, 10**51, 113 * WAD // 100, 0).tab // 10**45
    135600
    """
    art, ink = whole_number("normalised_debt", normalised_debt), whole_number("collateral", collateral)
    rate, spot = whole_number("rate", rate, 1), whole_number("spot", spot, 1)
    room, chop, dust = whole_number("room", room), whole_number("chop", chop, 1), whole_number("dust", dust)
    refuse(ink * spot >= art * rate, f"normalised_debt = {art}: the vault is not unsafe")
    refuse(room == 0, "room = 0: allowed is more than 0")
    taken = min(art, room * WAD // rate // chop)
    if taken < art and (art - taken) * rate < dust:
        taken = art
    refuse(taken < art and taken * rate < dust, f"room = {room} is not enough for the least debt")
    seized = ink * taken // art
    refuse(not seized, f"collateral = {ink}: nothing would be seized")
    return ExactSeizure(seized, taken, taken * rate, taken * rate * chop // WAD)


class ExactPurchase(NamedTuple):
    """What a purchase does to an auction."""

    bought: int  #: collateral (wad)
    paid: int  #: coins (rad)
    tab: int  #: coins that are still to be raised (rad); the issuer's loss if no lot is left
    lot: int  #: collateral that is left (wad); the owner's if no tab is left


def exact_purchase(tab: int, lot: int, amount: int, price: int, least_rest: int = 0) -> ExactPurchase:
    """Buy of an auction at a price.

    Args:
        tab: coins to be raised (rad), >= 1.
        lot: collateral for sale (wad), >= 1.
        amount: of collateral that is wanted (wad), >= 0; more than the lot is the lot.
        price: of now (ray).
        least_rest: of the tab, unless it is raised whole or all is bought (rad).

    Raises:
        ValueError: a tab that is too small to be divided.

    Source: makerdao/dss, Clipper.take.

    >>> exact_purchase(1000 * RAY * WAD, 10 * WAD, 20 * WAD, 200 * RAY).bought // WAD
    5
    """
    tab, lot = whole_number("tab", tab, 1), whole_number("lot", lot, 1)
    price = whole_number("price", price)
    bought = min(lot, whole_number("amount", amount))
    owe = bought * price
    if owe > tab:
        owe, bought = tab, tab // price
    elif owe < tab and bought < lot and tab - owe < least_rest:
        refuse(tab <= least_rest, f"tab = {tab} is not more than least_rest = {least_rest}: allowed is to buy all")
        owe = tab - least_rest
        bought = owe // price
    return ExactPurchase(bought, owe, tab - owe, lot - bought)
