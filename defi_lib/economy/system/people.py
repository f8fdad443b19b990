"""The people of the whole economy: what they have, know and wish, and what they get to do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.world import SystemWorld
from defi_lib.probability import normal_below
from defi_lib.units import DAYS_PER_YEAR

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: What a person may be in this economy. An active provider is a provider with skill and enough money.
ROLES = ("payer", "trader", "provider", "active", "lender", "borrower", "farmer", "holder", "staker", "insider")
_WISHES = ("trader", "provider", "lender", "borrower", "farmer", "holder", "staker")
#: From this effective skill on a provider manages the position all the time.
_ACTIVE_SKILL = 0.8
#: The cost at which the published volume of passers-by was traded: the fee of the pools that were looked at.
_PUBLISHED_COST = 0.003


class People(NamedTuple):
    """Who is in the economy; everything seeds × people."""

    wealth: Array  #: USD
    own_skill: Array  #: from 0 to 1, before any help
    skill: Array  #: with a simple interface
    role: NDArray[np.int8]  #: place in ``ROLES``
    served: Mask  #: whether the person gets to do it
    wished_volume: Array  #: what the person would trade in the year if it cost nothing (USD)
    swap_gas: Array  #: what the gas of one swap costs (USD), one per seed
    deployed: Array  #: what the person wishes to put to work (USD)

    def is_(self, *names: str) -> Mask:
        """Who has one of these roles and gets to do it."""
        return self.wishes(*names) & self.served

    def wishes(self, *names: str) -> Mask:
        """Who has one of these roles, served or not."""
        return has_role(self.role, *names)

    def richest_tenth(self) -> Mask:
        """The richest tenth; all where everybody has the same."""
        return self.wealth >= np.quantile(self.wealth, 0.9, axis=1, keepdims=True)


def has_role(role: NDArray[np.int8], *names: str) -> Mask:
    """Who has one of these roles."""
    wanted = np.zeros(len(ROLES), dtype=bool)
    wanted[[ROLES.index(name) for name in names]] = True
    found: Mask = wanted[role]
    return found


def weights(amounts: NDArray[np.floating]) -> Array:
    """The same amounts as parts of their sum in each seed; zero where the sum is."""
    total = amounts.sum(axis=1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0)


def expected_wealth(setting: SystemSetting, people: int) -> Array:
    """What all people together bring on average (USD)."""
    return np.asarray(people * setting["median_wealth"] * np.exp(np.square(setting["wealth_spread"]) / 2))


def gather_people(world: SystemWorld, setting: SystemSetting) -> People:
    """Wealth, skill and role of everybody.

    Wealth is lognormal, skill uniform from 0 to 1 and correlated with it. The wish is drawn and does not depend on what
    anything costs. Nobody below the least skill keeps own keys, and nobody is served for whom gas takes more than is
    bearable of what is put to work; under a licence, who lacks papers is not served either.
    """
    beside = setting.beside_people
    wealth = beside("median_wealth") * np.exp(beside("wealth_spread") * world.normal[0])
    mix = beside("skill_wealth")
    rank = mix * world.normal[0] + np.sqrt(1 - np.square(mix)) * world.normal[1]
    own_skill = np.asarray(normal_below(beside("skill_spread") * rank))
    skill = 1 - (1 - own_skill) * (1 - beside("interface_gap") * beside("simple_interface"))
    gas = np.broadcast_to(setting.swap_gas_cost(), (world.seeds,))
    deployed = beside("deployed") * wealth
    role = _roles(world, setting)
    able = (skill >= beside("least_skill")) & (world.draw("papers") >= beside("no_papers") * beside("licence"))
    bearable = beside("bearable") * deployed
    manages = (role == ROLES.index("provider")) & (skill > _ACTIVE_SKILL)
    role[manages & (beside("swaps_active") * gas[:, np.newaxis] <= bearable)] = ROLES.index("active")
    needed = swaps_a_year(role, setting) * gas[:, np.newaxis]
    free = has_role(role, "payer", "trader", "insider")
    way = np.reshape(setting.way_cost(), (-1, 1))
    served = able & (way <= bearable) & (free | (needed + way <= bearable)) | (role == ROLES.index("insider"))
    return People(wealth, own_skill, skill, role, served, _wished_volume(wealth, role, setting), gas, deployed)


def _roles(world: SystemWorld, setting: SystemSetting) -> NDArray[np.int8]:
    """What everybody wishes, and who is an insider: the rich and the lucky."""
    drawn, role = world.draw("role"), np.zeros((world.seeds, world.people), np.int8)
    edge: Array | float = 0.0
    for wish in _WISHES:
        upper = edge + setting.beside_people("wish_" + wish)
        role[(drawn >= edge) & (drawn < upper)] = ROLES.index(wish)
        edge = upper
    count = np.broadcast_to(np.rint(np.multiply(setting["insider_heads"], world.people)), (world.seeds,))
    if count.any():
        eager = np.argsort(-(world.normal[0] + 1.5 * world.normal[2]), axis=1, kind="stable")
        place = np.argsort(eager, axis=1, kind="stable")
        role[place < count[:, np.newaxis]] = ROLES.index("insider")
    return role


def swaps_a_year(role: NDArray[np.int8], setting: SystemSetting) -> Array:
    """How many swaps' worth of gas the year of each role costs."""
    each = [np.broadcast_to(setting["swaps_" + name], (len(role),)) for name in ROLES]
    return np.take_along_axis(np.stack(each, axis=1).astype(float), role.astype(np.intp), axis=1)


def _wished_volume(wealth: Array, role: NDArray[np.int8], setting: SystemSetting) -> Array:
    """Trading at no cost: more than the published part of the pool, by wealth, traders more; payers do not trade."""
    provides = has_role(role, "provider", "active")
    pool = (setting["deployed"] * (wealth * provides).sum(axis=1)) * setting["passers_by"] * DAYS_PER_YEAR
    eager = np.where(role == ROLES.index("trader"), setting.beside_people("trader_weight"), 1.0)
    pool = pool * np.exp(_PUBLISHED_COST / np.asarray(setting["give_up"]))
    by: Array = weights(wealth * eager * (role != ROLES.index("payer")))
    return by * pool[:, np.newaxis]
