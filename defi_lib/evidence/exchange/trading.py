"""Is a pool the cheaper place to trade, and who gets what traders lose? Readings P2a and P4a.

Both markets are equally deep, because the readings say so: what differs is who asks what. A swap on layer 2 costs
:data:`LAYER_2` dollars, whatever the gas of Ethereum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool
from defi_lib.staking import PAYMENT_GAS

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: Each side of either market (USD).
DEPTH = 10e6

#: What a transaction on layer 2 costs (USD): reported for swaps in 2026, ``gas.swap_base`` and ``gas.swap_arbitrum``.
LAYER_2 = 0.003

#: Units of gas to send ether (fixed by the protocol) and dollar coins (usual).
SEND_ETHER, SEND_COINS = PAYMENT_GAS, 65_000

#: The options of ``place``: who has a way to go.
NOBODY, WALLET, EXCHANGE = 0, 1, 2

_FREE = {"pool_fee": 0.0, "interface": 0.0, "exchange_fee": 0.0, "half_spread": 0.0, "gas_price": 0.0}
_ROUND = {
    "amount": 500.0, "pool_fee": 0.01, "interface": 0.02, "exchange_fee": 0.05, "half_spread": 0.001,
    "gas_price": 10.0, "swap_gas": 200_000.0, "ether_price": 1_000.0,
}  # fmt: skip
# The pool trades 500 · 0.98 · 0.99 = 485.1 dollars, the book 500 · 0.95 = 475, and loses a thousandth of what comes
# out. Either pays out x/(1 + x/10 million). A swap costs 200,000 · 10 gwei · 1,000 = 2 dollars of gas.
_OUT_OF_POOL = 485.1 / (1 + 4.851e-5)
_OUT_OF_BOOK = 474.525 / (1 + 4.75e-5)
_APART = (_OUT_OF_POOL - 2 - _OUT_OF_BOOK) / 500


def trading_costs(
    amount: ArrayLike,
    pool_fee: ArrayLike,
    interface: ArrayLike,
    exchange_fee: ArrayLike,
    half_spread: ArrayLike,
    gas: ArrayLike,
    depth: ArrayLike = DEPTH,
) -> tuple[Array, Array]:
    """What a trade costs in a pool and in an order book of the same depth (parts of the trade).

    The website takes its part first, the pool's fee and price impact follow, gas comes on top. Under the order book
    stands the same curve, half a spread below the middle: what both have is the price impact.

    Args:
        amount: the trade (USD).
        pool_fee, interface, exchange_fee: of a trade (ratios).
        half_spread: of the order book (ratio of the price).
        gas: of a swap (USD).
        depth: of each side of either market (USD).

    >>> [round(float(cost), 5) for cost in trading_costs(500, 0.0005, 0.0, 0.004, 0.0001, 0.12)]
    [0.00079, 0.00415]
    """
    traded = np.asarray(amount, float)
    pool, book = (ConstantProductPool((depth, depth), fee=fee) for fee in (pool_fee, exchange_fee))
    out = pool.swap_exact_in(traded * (1 - np.asarray(interface))).amount_out - gas
    other = book.swap_exact_in(traded).amount_out * (1 - np.asarray(half_spread))
    return np.asarray(1 - out / traded), np.asarray(1 - other / traded)


def pool_or_book(
    trade: ArrayLike,
    gas: float,
    interface: float,
    pool_fee: float,
    exchange_fee: float,
    depth: float,
) -> dict[str, Array]:
    """What lesson 1.1 explores: the cost of a trade by its size; ``depth`` in millions, half a spread is today's.

    >>> costs = pool_or_book(500.0, 0.12, 0.0, 0.0005, 0.004, 10.0)
    >>> {name: round(float(cost), 5) for name, cost in costs.items()}
    {'Pool': 0.00079, 'Order book': 0.00415}
    """
    spread = assumptions("P2a", ("half_spread",))["half_spread"].today
    in_pool, in_book = trading_costs(trade, pool_fee, interface, exchange_fee, spread, gas, 1e6 * depth)
    return {"Pool": in_pool, "Order book": in_book}


@EVIDENCE.model(
    "P2a",
    # Nobody asks for anything, and nobody has a way to go: two equal curves.
    placebos=[{**_FREE, "network": 0, "place": NOBODY}],
    controls=[
        Control({**_ROUND, "withdrawal": 5.0, "network": 0, "place": NOBODY}, _APART),
        # The exchange's customer sends ether in for 21 cents and coins out for 5 dollars.
        Control({**_ROUND, "withdrawal": 5.0, "network": 0, "place": WALLET}, _APART + 5.21 / 500),
        # The pool's customer takes ether out for 5 dollars and sends coins back for 65 cents.
        Control({**_ROUND, "withdrawal": 5.0, "network": 0, "place": EXCHANGE}, _APART - 5.65 / 500),
        # On layer 2 the swap costs 0.003 dollars in place of 2.
        Control({**_ROUND, "withdrawal": 5.0, "network": 1, "place": NOBODY}, _APART + 1.997 / 500),
    ],
)
def cheaper_in_a_pool(
    amount: Array,
    pool_fee: Array,
    interface: Array,
    exchange_fee: Array,
    half_spread: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
    network: Array,
    place: Array,
    withdrawal: Array,
) -> Array:
    """How much less a trade costs in a pool than on an exchange, all in all (part of the trade).

    Args:
        amount: the trade (USD).
        pool_fee, interface, exchange_fee: of a trade (ratios).
        half_spread: of the order book (ratio of the price).
        gas_price: gwei.
        swap_gas: units of gas.
        ether_price: USD.
        network: 0 = Ethereum, 1 = a layer-2 chain.
        place: where the coins lie and are wanted: 0 = where each trades, 1 = a wallet, 2 = the exchange.
        withdrawal: what the exchange asks to send coins out (USD).
    """

    def sent(units: Array | int) -> Array:
        return np.where(network == 0, gas_cost(units, gas_price, ether_price), LAYER_2)

    to_exchange = np.where(place == WALLET, sent(SEND_ETHER) + withdrawal, 0.0)
    to_pool = np.where(place == EXCHANGE, withdrawal + sent(SEND_COINS), 0.0)
    in_pool, in_book = trading_costs(amount, pool_fee, interface, exchange_fee, half_spread, sent(swap_gas))
    return in_book - in_pool + (to_exchange - to_pool) / amount


@EVIDENCE.model(
    "P4a",
    # Arbitrageurs take all that providers get, and no private person makes a market: nothing is open anywhere.
    placebos=[{"taken_back": 1.0, "makers_open": 0.0}],
    controls=[
        # The pool's fee is 4.90 dollars; providers keep 3/4 · 2/5 of it. The spread brings 0.475/(1 + …) dollars, of
        # which private people get 1/5.
        Control(
            {**_ROUND, "protocol_part": 0.25, "taken_back": 0.6, "makers_open": 0.2},
            4.9 * 0.75 * 0.4 / (502 - _OUT_OF_POOL) - 0.475 / (1 + 4.75e-5) * 0.2 / (500 - _OUT_OF_BOOK),
        ),
    ],
)
def open_to_anybody(
    amount: Array,
    pool_fee: Array,
    interface: Array,
    exchange_fee: Array,
    half_spread: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
    protocol_part: Array,
    taken_back: Array,
    makers_open: Array,
) -> Array:
    """How much larger a part of a trader's loss goes to people whom anybody may join, in a pool than on an exchange.

    In a pool these are the providers, with what arbitrageurs and the protocol leave them; on an exchange private
    people who place orders. Owners, websites, arbitrageurs and those whom gas pays count as closed.

    Args:
        amount, pool_fee, interface, exchange_fee, half_spread, gas_price, swap_gas, ether_price: as in
            :func:`cheaper_in_a_pool`.
        protocol_part: of the pool's fee (ratio).
        taken_back: of what providers get, by arbitrageurs (ratio).
        makers_open: of the spread, to private people (ratio).
    """
    gas = gas_cost(swap_gas, gas_price, ether_price)
    in_pool, in_book = trading_costs(amount, pool_fee, interface, exchange_fee, half_spread, gas)
    middle = trading_costs(amount, pool_fee, interface, exchange_fee, 0.0, gas)[1]
    to_providers = (1 - interface) * pool_fee * (1 - protocol_part) * (1 - taken_back)
    return to_providers / in_pool - half_spread * (1 - middle) * makers_open / in_book
