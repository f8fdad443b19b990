"""What it costs to send money across a border, by coins and by ordinary services."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.staking.fees.transaction_cost import percentage_fee

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

ASKED = 200.0  #: USD, the amount for which the World Bank asks services
SMALL, LARGE = 50.0, 5_000.0  #: USD

#: No route has a fixed part, and nobody wires.
_NO_FIXED_PART = {"cash_fee": 0.0, "transfer_fee": 0.0, "fixed_share": 0.0, "wire": 1e12}
_FEES = {"cash_fee": 1.5, "transfer_fee": 0.5, "ordinary": 0.06, "fixed_share": 0.5, "wire": 20, "wire_margin": 0.01}
_ENDS = {"way_in": 0.01, "way_out": 0.02}


@EVIDENCE.model(
    "P3a",
    # Both ends together take what the service takes.
    placebos=[_NO_FIXED_PART | {"way_in": 0.01, "way_out": 0.03, "ordinary": 0.04}],
    controls=[
        # 200 dollars: 12 for the service, 6 + 2 by coins: 4 of 200. A wire would cost 22.
        Control(_FEES | _ENDS | {"amount": 200}, 0.02),
        # 4,000 dollars: 6 + 120 for the service, 20 + 40 for a wire, 120 + 2 by coins.
        Control(_FEES | _ENDS | {"amount": 4_000}, -62 / 4_000),
    ],
)
def coins_cost_less(
    amount: Worlds, way_in: Worlds, way_out: Worlds, cash_fee: Worlds, transfer_fee: Worlds,
    ordinary: Worlds, fixed_share: Worlds, wire: Worlds, wire_margin: Worlds,
) -> Worlds:  # fmt: skip
    """What coins save of the amount, cash to cash, against the cheapest ordinary way."""
    by_coins = _by_coins(amount, way_in + way_out, cash_fee + transfer_fee)
    return np.asarray(_ordinary(amount, ordinary, fixed_share, wire, wire_margin) - by_coins)


@EVIDENCE.model(
    "P3b",
    placebos=[_NO_FIXED_PART],
    controls=[
        # 50 dollars: 15 % for the service, 4 % by coins. 5,000: 1.4 % for a wire, 0.04 % by coins.
        Control(_FEES, 0.15 - 0.04 - (0.014 - 0.0004)),
        # No wire: 5,000 dollars pay 6 + 150 to the service.
        Control(_FEES | {"wire": 1e6}, 0.15 - 0.04 - (0.0312 - 0.0004)),
    ],
)
def small_senders_save_more(
    cash_fee: Worlds, transfer_fee: Worlds, ordinary: Worlds, fixed_share: Worlds, wire: Worlds, wire_margin: Worlds
) -> Worlds:
    """What coins save of 50 dollars, less what they save of 5,000, as parts of the amount.

    What the two ends take in proportion is the same part of both amounts, and falls out.
    """
    small, large = (
        _ordinary(amount, ordinary, fixed_share, wire, wire_margin) - _by_coins(amount, 0.0, cash_fee + transfer_fee)
        for amount in (np.array(SMALL), np.array(LARGE))
    )
    return np.asarray(small - large)


def _by_coins(amount: Worlds, ends: Worlds | float, fixed: Worlds) -> Worlds:
    """Cost of the way by coins, both ends counted, as a part of the amount."""
    return np.asarray(percentage_fee(amount, ends, fixed).share(amount))


def _ordinary(amount: Worlds, ordinary: Worlds, fixed_share: Worlds, wire: Worlds, wire_margin: Worlds) -> Worlds:
    """Cost of the cheaper of a money transfer and a bank wire, as a part of the amount."""
    fixed = ordinary * fixed_share * ASKED
    transfer = percentage_fee(amount, ordinary * (1 - fixed_share), fixed).share(amount)
    by_wire = percentage_fee(amount, 0.0, wire, wire_margin).share(amount)
    return np.asarray(np.minimum(transfer, by_wire))
