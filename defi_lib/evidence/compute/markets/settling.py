"""Paid by contract: what paying costs, who keeps a client's dollar, and networks that compete. C23a, C30a, C31a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import settle_by_contract, settle_by_invoice
from defi_lib.evidence import effect, today
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.staking import WEI_PER_GWEI, layer_1_fee

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: What C23a pays: a hundred hours of two dollars. Gas of one payment by contract, and a layer 2's fee for it (USD).
HOURS, HOUR, GAS, LAYER_2 = 100.0, 2.0, 65_000.0, 0.01
#: After how many days a card's money arrives.
CARD_DAYS = 2.0

_FREE = {
    "way_in": 0.0, "to_bank": 0.0, "transfer_fee": 0.0, "transactions": 1.0, "deposit_days": 0.0, "bill": 0.0,
    "card_rate": 0.0, "unpaid": 0.0,
}  # fmt: skip


def paid_by_contract(
    way_in: ArrayLike,
    to_bank: ArrayLike,
    transfer_fee: ArrayLike,
    transactions: ArrayLike,
    deposit_days: ArrayLike,
    bill: ArrayLike,
) -> Array:
    """What it costs to pay the hundred hours by contract (part of the sum); arguments as in C23a."""
    each = HOURS * HOUR / np.asarray(transactions, float)
    settled = settle_by_contract(transactions, each, transfer_fee, deposit_days=deposit_days, interest=bill)
    return np.asarray(settled.share + way_in + to_bank)


def paid_by_card(card_rate: ArrayLike, unpaid: ArrayLike, bill: ArrayLike) -> Array:
    """What it costs to pay the hundred hours by card, in one bill (part of the sum); arguments as in C23a."""
    fixed = float(figure("payments.stripe_card_fixed").value)
    return np.asarray(settle_by_invoice(1.0, HOURS * HOUR, fixed, card_rate, 1.0, CARD_DAYS, bill, unpaid).share)


@EVIDENCE.model(
    "C23a",
    placebos=[  # a way that costs as much as the card's fixed fee, and nothing else
        {"way_in": 0.001, "to_bank": 0.0005, "transfer_fee": 0.0, "deposit_days": 2.0, "card_rate": 0.0, "unpaid": 0.0},
    ],
    controls=[
        Control(_FREE, 0.0015),  # 30 cents of 200 dollars
        Control(_FREE | {"card_rate": 0.03}, 0.0315),
        Control(_FREE | {"card_rate": 0.03, "unpaid": 0.5}, 0.5165),  # of what is taken back no fee is due
        Control(_FREE | {"way_in": 0.01, "to_bank": 0.02}, -0.0285),
        Control(_FREE | {"transfer_fee": 0.5, "transactions": 100.0}, -0.2485),
        Control(_FREE | {"transfer_fee": 0.5, "transactions": 10.0}, -0.0235),
        Control(_FREE | {"deposit_days": 75.0, "bill": 0.05}, 0.0015 - 0.01),  # 73 days longer, a fifth of a year
    ],
)
def contract_below_card(
    way_in: Array,
    to_bank: Array,
    transfer_fee: Array,
    transactions: Array,
    deposit_days: Array,
    bill: Array,
    card_rate: Array,
    unpaid: Array,
) -> Array:
    """What is saved by paying a hundred hours of two dollars by contract instead of by card (parts of the sum).

    Args:
        way_in: from a bank into coins.
        to_bank: from coins to a bank.
        transfer_fee: of a transaction on a layer 2 (USD).
        transactions: how often the contract pays.
        deposit_days: that the money lies in it.
        bill: what it would earn elsewhere in a year.
        card_rate: the card's fee; 30 cents besides.
        unpaid: part of card payments that is taken back.
    """
    contract = paid_by_contract(way_in, to_bank, transfer_fee, transactions, deposit_days, bill)
    return np.asarray(paid_by_card(card_rate, unpaid, bill) - contract)


_NETS = {"bidders": 7.0, "spread": 1.0, "cut_one": 0.2, "cut_rival": 0.0, "everywhere": 0.0}


@EVIDENCE.model(
    "C30a",
    placebos=[{"cut_one": 0.0, "cut_rival": 0.0, "everywhere": 1.0}],  # no cut, and every machine everywhere
    controls=[
        Control(_NETS, 1 - (1 + 2 / 2.75) / (1.25 / 0.8)),  # 1.25 with seven machines; 1.75 of one, never below 1
        Control(_NETS | {"everywhere": 1.0}, 0.2),
        Control(_NETS | {"cut_rival": 0.2, "everywhere": 1.0}, 0.0),
        Control(_NETS | {"bidders": 4.0, "cut_one": 0.0}, 1 - 2 / 1.4),  # one machine each: at the dearest price
        Control(_NETS | {"bidders": 12.0, "spread": 2.0, "cut_rival": 0.5}, 1 - 4 / (17 / 13 / 0.8)),
        Control(_NETS | {"bidders": 16.0, "everywhere": 0.5, "cut_one": 0.0}, 1 - (13 / 11) / (19 / 17)),
    ],
)
def rivals_below_one(bidders: Array, spread: Array, cut_one: Array, cut_rival: Array, everywhere: Array) -> Array:
    """By how much four competing networks are cheaper for a client than one that has all machines.

    What machines cost their owners lies evenly between cheapest and dearest; the second cheapest sets the price
    (a lone machine takes the dearest's), and the network adds its cut.

    Args:
        bidders: machines that suit a job, in all.
        spread: dearest over cheapest, less one.
        cut_one: of the single network.
        cut_rival: of each of four.
        everywhere: part of the machines that is listed in all four.
    """
    seen = bidders * (0.25 + 0.75 * everywhere)
    one = _second_price(bidders, spread) / (1 - cut_one)
    four = _second_price(seen, spread) / (1 - cut_rival)
    return np.asarray(1 - four / one)


def _layer_1(gas_price: ArrayLike) -> Array:
    """Fee of one payment on layer 1 at today's price of ether (USD)."""
    wei = np.asarray(gas_price, float) * WEI_PER_GWEI
    return np.asarray(layer_1_fee(GAS, wei, 0.0, float(figure("price.ether").value)).total)


def ways_to_pay() -> dict[str, float]:
    """What it costs today to pay the hundred hours in seven ways (parts of the sum).

    >>> {way: f"{part:.1%}" for way, part in ways_to_pay().items()}["bank debit"]
    '0.8%'
    """
    now = {name: float(each[0]) for name, each in today(effect("C23a").assumptions).items()}
    bill, card = now["bill"], paid_by_card(now["card_rate"], now["unpaid"], now["bill"])
    contract = {name: now[name] for name in ("way_in", "to_bank", "transfer_fee", "transactions", "deposit_days")}
    layer_1 = float(_layer_1(float(figure("gas.average_price").value)))
    coins, debit = (float(figure(f"payments.stripe_{name}").value) / 100 for name in ("coin_rate", "bank_debit"))
    ways = {
        "card": card,
        "contract on a layer 2": paid_by_contract(**contract, bill=bill),
        "and each hour": paid_by_contract(**contract | {"transactions": HOURS}, bill=bill),
        "contract on layer 1, each hour": paid_by_contract(
            **contract | {"transactions": HOURS, "transfer_fee": layer_1}, bill=bill
        ),
        "layer 2, both live in coins": paid_by_contract(**contract | {"way_in": 0.0, "to_bank": 0.0}, bill=bill),
        "coins by a payment firm": now["way_in"] + coins,
        "bank debit": debit,
    }
    return {way: float(np.asarray(part)) for way, part in ways.items()}


def _second_price(machines: Array, spread: Array) -> Array:
    """Mean of the second lowest of so many costs, in units of the cheapest possible: ``1 + spread·2/(n + 1)``."""
    return np.asarray(1 + spread * np.minimum(2 / (machines + 1), 1.0))


def gas_of_payments(gas_price: ArrayLike, hour: float, collected: float) -> dict[str, ArrayLike]:
    """What lesson 7.10 explores: gas of payments for each hour, as a part of the sum.

    Args:
        gas_price: on layer 1 (gwei).
        hour: price of an hour (USD).
        collected: hours in one payment, of the hundred that are paid.

    >>> found = gas_of_payments(0.4619, 2.0, 1)
    >>> {name: round(float(part), 4) for name, part in found.items()}
    {'Layer 1': 0.0249, 'Layer 2': 0.005}
    """
    price = np.asarray(gas_price, float)
    fees = {
        "Layer 1": _layer_1(price),
        "Layer 2": np.full(price.shape, LAYER_2),
    }
    return {name: np.asarray(settle_by_contract(HOURS, hour, fee, collected).share) for name, fee in fees.items()}


def one_clients_hundred_dollars(cost: float = 60.0, minted: float = 80.0) -> dict[str, Ledger]:
    """A hundred dollars of a client, booked at two marketplaces, at a network that burns them, and at a cloud (USD).

    Where money is burned, it buys tokens from their holders; owners of machines get new tokens, which water down
    those of all holders by as much.

    Args:
        cost: of the work, to makers of machines and of power.
        minted: worth of the new tokens.

    >>> books = one_clients_hundred_dollars()
    >>> {name: book.balance("owners of machines", "USD") for name, book in books.items()}
    {'cut of 20 %': 20.0, 'cut of 5 %': 35.0, 'burned, new tokens': 20.0, 'cloud': 0.0}
    """
    books = {}
    for name, cut in (("cut of 20 %", 20.0), ("cut of 5 %", 5.0), ("burned, new tokens", 5.0), ("cloud", 100.0)):
        ledger = books[name] = Ledger(("client", "platform", "owners of machines", "token holders", "suppliers"))
        ledger.record("client", "platform", cut, "USD", "cut" if name != "cloud" else "rent")
        if name == "burned, new tokens":
            ledger.record("client", "token holders", 100 - cut, "USD", "tokens bought and burned")
            ledger.record("token holders", "owners of machines", minted, "USD", "new tokens")
        elif name != "cloud":
            ledger.record("client", "owners of machines", 100 - cut, "USD", "rent")
        ledger.record("platform" if name == "cloud" else "owners of machines", "suppliers", cost, "USD", "cost")
        ledger.check_conserved()
    return books


#: What owners of machines do not get of a client's payment, by network: the figure, and whether it counts their part.
_KEPT = {
    "Akash (2023, paid in dollar coins)": ("akash.take_rate_leases_introduction_usdc", False),
    "Render (2023)": ("render.network_fee", False),
    "OpenRouter (2026)": ("inference_price.platform_fee_openrouter_credits", False),
    "Salad, compute (2026)": ("salad.node_rewards_share_revenue_compute", True),
    "Salad, bandwidth (2026)": ("salad.node_rewards_share_revenue_bandwidth", True),
}


def kept() -> dict[str, float]:
    """Per cent of a client's payment that the owners of machines do not get, by network.

    >>> kept()["Salad, bandwidth (2026)"]
    69.0
    """
    parts = {name: float(figure(key).value) for name, (key, _) in _KEPT.items()}
    return {name: 100.0 - part if _KEPT[name][1] else part for name, part in parts.items()}


@EVIDENCE.figures("C31a")
def who_keeps_the_dollar() -> Count:
    """At how many networks the layer that faces the client keeps more than half of what is paid."""
    parts = kept()
    more = [name for name, part in parts.items() if part > 50]
    burned = figure("salad.salad_container_engine_split_burned").value
    return Count(
        true=len(more) > len(parts) / 2,
        says=f"At {len(more)} of {len(parts)} the layer keeps more than half: "
        + ", ".join(f"{name} {part:.3g} %" for name, part in parts.items())
        + ".",
        who="the networks' own rules and price lists (2023 to 2026).",
        turns=f"at {len(parts) // 2 + 1 - len(more)} more of them the cut rises above half",
        sources=tuple(key for key, _ in _KEPT.values()),
        other=f"By a plan of March 2026 Salad burns {burned} % of what containers bring, operator and foundation keep "
        "the rest, and owners of machines get new tokens: of the client's own money nothing",
    )
