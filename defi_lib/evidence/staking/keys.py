"""What is lost with keys of one's own, and with a custodian."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.staking.chain.custody import custodian_risk, custody_risk, many_lose, recovered_coins

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

USERS, MANY = 1_000, 0.1  #: of so many, more than this part

_SAFE_KEYS = {"key_lost": 0.0, "key_stolen": 0.0}
#: Both fail through one common cause, as often as each other.
_AS_ONE = {"custodian_fails": 0.02, "reaches_customers": 1.0, "common_cause": 0.02, **_SAFE_KEYS}


@EVIDENCE.model(
    "P2b",
    placebos=[_AS_ONE | {"paid": 0.0}],
    controls=[
        # In one year of a hundred the custodian's customers are hit, and keep a quarter. One key: 0.1 + 0.9 · 0.2.
        Control(
            {"key_lost": 0.1, "key_stolen": 0.2, "keys": 0, "common_cause": 0, "custodian_fails": 0.02,
             "reaches_customers": 0.5, "paid": 0.5, "price": 2.0}, 0.0075 - 0.28,
        ),
        # Two of three keys lost: 3 · 0.01 · 0.9 + 0.001 = 2.8 %, and half of the rest at once.
        Control(
            {"key_lost": 0.1, "key_stolen": 0, "keys": 1, "common_cause": 0.5, "custodian_fails": 0.8,
             "reaches_customers": 0.5, "paid": 0.4, "price": 1.6}, 0.4 * 0.75 - 0.514,
        ),
    ],
)  # fmt: skip
def own_keys_lose_less(
    key_lost: Worlds, key_stolen: Worlds, keys: Worlds, common_cause: Worlds,
    custodian_fails: Worlds, reaches_customers: Worlds, paid: Worlds, price: Worlds,
) -> Worlds:  # fmt: skip
    """Expected part of the coins lost in a year at a custodian, less that with keys of one's own."""
    back = recovered_coins(paid, price)
    at_custodian = custodian_risk(1, custodian_fails * reaches_customers, back).expected
    alone = _loss_alone(key_lost, key_stolen, keys)
    return np.asarray(at_custodian - (common_cause + (1 - common_cause) * alone))


@EVIDENCE.model(
    "X20a",
    placebos=[_AS_ONE],
    controls=[
        # One year in a hundred against four in a thousand; keys that are never lost.
        Control(
            {"key_lost": 0, "key_stolen": 0, "keys": 0, "common_cause": 0.004, "custodian_fails": 0.02,
             "reaches_customers": 0.5}, 0.006,
        ),
        # Half of all wallets fail each year, so that more than a tenth always do.
        Control(
            {"key_lost": 0.5, "key_stolen": 0, "keys": 1, "common_cause": 0.25, "custodian_fails": 0.02,
             "reaches_customers": 0.5}, 0.01 - 1,
        ),
        # 0.6 lost and 0.6 of the others stolen, of each single key.
        Control(
            {"key_lost": 0.6, "key_stolen": 0.6, "keys": 0, "common_cause": 0, "custodian_fails": 0.02,
             "reaches_customers": 0.5}, 0.01 - 1,
        ),
    ],
)  # fmt: skip
def one_custodian_fails_for_many(
    key_lost: Worlds, key_stolen: Worlds, keys: Worlds, common_cause: Worlds,
    custodian_fails: Worlds, reaches_customers: Worlds,
) -> Worlds:  # fmt: skip
    """Chance of a year in which more than a tenth of the users lose: at one custodian, less with keys of their own."""
    at_custodian = custodian_risk(USERS, custodian_fails * reaches_customers).everybody_at_once
    by_chance = many_lose(USERS, _loss_alone(key_lost, key_stolen, keys), MANY)
    return np.asarray(at_custodian - (common_cause + (1 - common_cause) * by_chance))


def _loss_alone(key_lost: Worlds, key_stolen: Worlds, keys: Worlds) -> Worlds:
    """Chance that one wallet loses its coins, from no common cause; what is lost already cannot be stolen."""
    stolen = (1 - key_lost) * key_stolen
    one = custody_risk(key_lost[:, None], stolen[:, None], 1).safe
    two_of_three = custody_risk(_thrice(key_lost), _thrice(stolen), 2).safe
    return np.asarray(1 - np.where(keys == 0, one, two_of_three))


def _thrice(chance: Worlds) -> Worlds:
    return np.stack([chance, chance, chance], axis=1)
