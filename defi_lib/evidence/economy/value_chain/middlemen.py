"""Who stands between a user and the chain, what it takes, and what it knows. Readings R6a, X10c and X19b."""

from __future__ import annotations

import inspect

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import (
    FollowedPayment,
    SeenOrder,
    Taker,
    broker_takers,
    chain_record,
    circle_fee,
    follow_payment,
    interface_record,
    search_fees,
    swap_takers,
    ways_to_own,
)
from defi_lib.evidence.drawing import today
from defi_lib.evidence.effects import Control, Count, Proof, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool, sandwich_attack
from defi_lib.figures import figure

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: A person's swap in reading R6a (USD), and the numbers of interfaces among which it chooses.
SWAP, RIVALS = 500.0, np.array([2, 3, 5, 10])

# A thousand dollars a year, of which mistakes and time cost 2 %, and serving 0.2 %: 18 dollars are to be shared.
_YEAR = {
    "amount": 1e3, "mistakes": 0.01, "saved_time": 5.0, "serving": 2.0, "look": 1.0, "move": 0.0, "lasts": 1.0,
    "compare": 0.5, "rivals": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "R6a",
    placebos=[
        {"compare": 0.0},  # rivals of whom nobody knows: each asks all that it saves, as one alone would
        {"mistakes": 0.0, "saved_time": 0.0},  # it saves nothing, nobody uses it
    ],
    controls=[
        Control(_YEAR, 1 - 0.5 / (1 - np.log(3) / 2) / 18, 1e-8),  # A = ∫ dy/(1 + 2y) = ln 3/2
        Control(_YEAR | {"compare": 1.0}, 1.0),  # all compare: cost
        Control(_YEAR | {"look": 100.0, "compare": 0.3}, 0.3),  # who does not compare pays all it saves
        Control(_YEAR | {"look": 100.0, "compare": 0.3, "serving": 30.0}, 0.0, 1.0),  # dearer than what it saves
        Control(_YEAR | {"compare": 0.25, "rivals": 1.0}, 1 - 0.75 / (1 - np.pi / 4) / 18, 1e-8),  # ∫ dy/(1 + y²)
        # By quadrature of E[max(R − 0.5 − R·x, 0)] = 1, and a root of it: R = 4.045578 and 6.412298.
        Control(_YEAR | {"compare": 0.4, "move": 0.5}, 0.8651474120, 1e-9),
        Control(_YEAR | {"compare": 0.4, "move": 0.5, "rivals": 3.0}, 0.7862567251, 1e-9),
        # Four years of a look and a change that cost four times as much are the same year.
        Control(_YEAR | {"compare": 0.4, "look": 4.0, "move": 2.0, "lasts": 4.0}, 0.8651474120, 1e-9),
    ],
)
def kept_of_the_saving(
    amount: Array,
    mistakes: Array,
    saved_time: Array,
    serving: Array,
    look: Array,
    move: Array,
    lasts: Array,
    compare: Array,
    rivals: Array,
) -> Array:
    """What the average user keeps of what an interface saves, beyond the cost of serving (part of it).

    Args:
        amount: what the person moves in a year (USD), in swaps of 500.
        mistakes: what mistakes lose without the interface (part of what is moved).
        saved_time: worth of the time saved (USD a swap).
        serving: what serving the person costs (USD a year).
        look: what looking at one more interface costs (USD).
        move: what changing to it costs (USD).
        lasts: for how long a look and a change serve, as fees stay what they were (years).
        compare: part of the users who compare all.
        rivals: number of an entry of ``RIVALS``.
    """
    worth = mistakes + saved_time / SWAP
    cost = serving / amount
    served = amount * lasts
    fees = search_fees(worth, cost, look / served, move / served, RIVALS[np.asarray(rivals).astype(np.int64)], compare)
    room = worth - cost
    margin = np.asarray(fees.paid) - cost
    return np.where(room > 0, 1 - margin / np.where(room > 0, room, 1.0), 0.0)


_NAMES = tuple(inspect.signature(kept_of_the_saving).parameters)


def kept_today(**changed: float) -> float:
    """The effect of reading R6a today, with some of its assumptions changed.

    >>> round(kept_today(look=0.0), 2)
    0.99
    """
    known = assumptions("R6a", _NAMES)
    return float(kept_of_the_saving(**today(known, changed=changed))[0])


def kept_at_the_buttons_fee() -> float:
    """The effect of reading R6a if an interface saves as much as a wallet's button takes: who pays it thinks so."""
    known = assumptions("R6a", ["saved_time"])
    taken = float(figure("front_end.metamask_service_fee").value) / 100
    return kept_today(mistakes=taken - known["saved_time"].today / SWAP)


def look_for_the_buttons_fee() -> float:
    """What a look must cost (whole USD) for the highest fee of equal rivals to be the button's, which it then saves.

    >>> look_for_the_buttons_fee() > assumptions("R6a", ["look"])["look"].today
    True
    """
    known = {name: each.today for name, each in assumptions("R6a", _NAMES).items()}
    taken, served = float(figure("front_end.metamask_service_fee").value) / 100, known["amount"] * known["lasts"]
    looks, rivals = np.arange(1.0, 101.0), int(RIVALS[int(known["rivals"])])
    fees = search_fees(
        taken, known["serving"] / known["amount"], looks / served, known["move"] / served, rivals, known["compare"]
    )
    return float(looks[np.argmax(np.asarray(fees.highest) >= taken * (1 - 1e-12))])


def kept_beside_a_free_door() -> float:
    """The effect of reading R6a if one interface asks nothing and all know that one does; somebody else pays for it.

    Who compares all goes there. Who stands at another door finds it after N/2 looks on average, and changes once: no
    door asks more than that. The part of what users would have if fees were at cost is at most 1.

    >>> kept_beside_a_free_door()
    1.0
    """
    known = {name: each.today for name, each in assumptions("R6a", _NAMES).items()}
    doors = float(RIVALS[int(known["rivals"])])
    saved = known["mistakes"] * known["amount"] + known["saved_time"] * known["amount"] / SWAP
    found = (known["look"] * doors / 2 + known["move"]) / known["lasts"]
    paid = (1 - known["compare"]) * (1 - 1 / doors) * min(found, saved)
    return min((saved - paid) / (saved - known["serving"]), 1.0)


@EVIDENCE.logic("X10c")
def more_than_the_chain() -> Proof:
    """Two worlds with one chain, which the interface tells apart; an order that is worth money before its block."""
    world = today_of_the_chain()
    accounts = ("0xa", "0xb", "0xc", "0xd")
    one_home = [SeenOrder(float(i), "home", name, 100.0, 12.0) for i, name in enumerate(accounts)]
    four_homes = [each._replace(origin=f"home {each.address}") for each in one_home]
    asked = SeenOrder(20.0, "home", "0xa", 5_000.0, None)
    assert chain_record(one_home) == chain_record(four_homes) == chain_record([*one_home, asked])
    seen = interface_record(one_home)
    different = seen != interface_record(four_homes) and seen != interface_record([*one_home, asked])
    together = [(first[2], after[2]) for first in seen for after in seen if first[1] == after[1]]
    chain, known = ways_to_own(accounts), ways_to_own(accounts, together)
    worth = order_worth(5_000.0, world["tolerance"], world["gas"], world["fee"])
    idle = fee_without_prey(5_000.0, world["tolerance"], world["gas"])
    hidden = interface_record(one_home, own_node=["home"])
    return Proof(
        true=different and known < chain and worth > 0 and hidden == (),
        says=f"Four accounts of one home, or of four homes: the chain is the same, and leaves {chain} ways in which "
        f"people can own them; the network address leaves {known}. A question that is never sent leaves nothing on the "
        "chain at all. And an order of 5,000 dollars in a pool of 5 million on each side, which tolerates "
        f"{100 * world['tolerance']:.0f} % and is charged {100 * world['fee']:.2f} %, lets whoever sees it before its "
        f"block take {worth:.0f} dollars after gas. That it could be sold is not that it is",
        turns="users ask nodes of their own, and nobody sees from where they write: then the provider receives "
        f"nothing. As an order it is worth nothing where the pool charges {100 * idle:.1f} % or more; whose addresses "
        "belong together is known there too",
    )


def today_of_the_chain() -> dict[str, float]:
    """Gas of an attacker's two swaps (USD), a tolerance that is set unless a user sets another one, a pool's fee."""
    known = assumptions("*", ["gas_price", "swap_gas", "ether_price", "pool_fee"])
    gas = known["gas_price"].today * 1e-9 * known["swap_gas"].today * known["ether_price"].today
    tolerance = float(figure("mev.tolerance_coinbase_tools").value) / 100
    return {"gas": 2 * gas, "tolerance": tolerance, "fee": known["pool_fee"].today}


def order_worth(order: float, tolerance: float, gas: float, fee: float, side: float = 5e6) -> float:
    """What seeing an order first brings (USD): by a swap before and one after it, in a pool with ``side`` USD a side.

    >>> [round(order_worth(order, 0.01, 0.23, fee), 2) for order, fee in ((5e3, 0.0005), (5e2, 0.0005), (5e3, 0.003))]
    [24.69, 0.0, 0.0]
    """
    pool = ConstantProductPool((side, side), fee)
    return float(sandwich_attack(pool, order, tolerance, gas).attacker_profit)


def fee_without_prey(order: float, tolerance: float, gas: float) -> float:
    """The lowest pool fee, in hundredths of a per cent, at which seeing an order first brings nothing.

    >>> order_worth(5e3, 0.01, 0.23, fee_without_prey(5e3, 0.01, 0.23))
    0.0
    """
    fees = np.arange(0, 101) / 1e4
    return float(next(fee for fee in fees if order_worth(order, tolerance, gas, float(fee)) == 0))


@EVIDENCE.figures("X19b")
def three_firms() -> Count:
    """Three builders of blocks and three clouds, against all of them."""
    three, largest = figure("builders.three_largest"), figure("builders.titan")
    network, third = figure("builders.buildernet"), figure("builders.quasar")
    clouds, amazon = (figure(f"infrastructure.ethereum_share_hosted_nodes_{name}") for name in ("three", "amazon"))
    profit, paid = figure("builders.profit_all"), figure("builders.paid_to_proposers")
    kept = _builders_keep()
    alone = float(largest.value) + float(third.value)
    home = 1 - 50 / float(clouds.value)
    return Count(
        true=float(three.value) > 50 and float(clouds.value) > 50,
        says=f"Three builders put together {three.value:.0f} % of the blocks (February 2026), one of them "
        f"{largest.value:.1f} %; three clouds hosted {clouds.value:.0f} % of the hosted nodes (August 2022), one of "
        f"them over {amazon.value:.0f} %",
        who="the blocks on the chain; Messari by Ethernodes' list of nodes, which no newer count of ours replaces",
        turns=f"nodes at home are counted, and are more than {100 * home:.0f} % of all. Without BuilderNet, in which "
        f"several firms share ({network.value:.0f} %), two firms build {alone:.0f} %",
        sources=tuple(each.id for each in (three, largest, network, third, clouds, amazon, profit, paid)),
        other=f"Builders pay nearly all on: of what blocks were worth in November 2023 they kept {100 * kept:.1f} % "
        "before what they pay for orders. What clouds earn by nodes nobody publishes",
    )


def _builders_keep() -> float:
    """Part of a block's worth that its builder does not pay on, before what it pays for orders."""
    profit, paid = (float(figure(f"builders.{name}").value) for name in ("profit_all", "paid_to_proposers"))
    return profit / (profit + paid)


#: What is paid for a swap of 500 dollars, from a bank to ether (ratios and USD), beside what figures say.
_TIP, _RAMP, _MONTH = 0.1, 0.001, 1 / 12


def one_payment(button: bool = True, paid: float = SWAP) -> FollowedPayment:
    """A payment from a bank account over a dollar coin, held for a month, into ether by a pool on Ethereum.

    Args:
        button: by a wallet's own button, which hands a part of its fee to those who run nodes for it; or a free site.
        paid: USD.
    """
    known = assumptions("*", ["gas_price", "swap_gas", "ether_price", "pool_fee", "bill"])
    gas = known["gas_price"].today * 1e-9 * known["swap_gas"].today * known["ether_price"].today
    fee = float(figure("front_end.metamask_swap_fee").value) / 100 if button else 0.0
    served = assumptions("R6a", ["serving"])["serving"].today / 10
    swap = swap_takers(
        base_fee=gas * (1 - _TIP),
        tip=gas * _TIP,
        tip_to_proposer=1 - _builders_keep(),
        pool_fee=known["pool_fee"].today,
        to_protocol=float(figure("dex_fees.uniswap_v3_protocol_part_005").value) / 100 / 0.0005,
    )
    nodes = (("infrastructure", served / (paid * fee)),) if fee else ()
    takers = (
        Taker("ramp", _RAMP, "of the amount", reason="ramp"),
        Taker("issuer", known["bill"].today * _MONTH * paid, "fixed", reason="interest kept"),
        Taker("wallet", fee, "of the amount", nodes, "button"),
        *swap[1:3],
        *swap[4:],
    )
    return follow_payment(paid, takers, payer="user", receiver="ether bought")


def one_payment_central(fee: float | None = None, paid: float = SWAP) -> FollowedPayment:
    """The same at an exchange with an order book: dollars lie there for a month, without interest, then buy ether.

    Args:
        fee: of the exchange (ratio); by default that of a beginner's app.
        paid: USD.
    """
    known = assumptions("*", ["half_spread", "bill"])
    rate = float(figure("exchange_fees.kraken_app_instant").value) / 100 if fee is None else fee
    takers = (
        Taker("exchange", known["bill"].today * _MONTH * paid, "fixed", reason="interest kept"),
        *broker_takers(exchange_fee=rate, spread=known["half_spread"].today),
    )
    return follow_payment(paid, takers, payer="user", receiver="ether bought")


def among_rivals(compare: ArrayLike, rivals: float, look: float, move: float) -> dict[str, ArrayLike]:
    """What lesson 8.3 explores: fees of equal counters, which save 3 of 100 dollars, if some users compare.

    Args:
        compare: part of users who compare all.
        rivals: how many interfaces.
        look, move: cost of looking at another and of changing to it (USD).

    >>> found = among_rivals([0.5], 2, 0.1, 0.0)
    >>> [round(float(found[name][0]), 4) for name in ("Who stays", "Who compares", "On average")]
    [0.1219, 0.1, 0.1109]
    """
    fees = search_fees(0.03, 0.0, look / 100, move / 100, int(rivals), compare)
    stays, compares, paid = (100 * np.asarray(each) for each in (fees.stays, fees.compares, fees.paid))
    return {"Who stays": stays, "Who compares": compares, "On average": paid}


def kept_if_unlike(part: ArrayLike, rivals: int = 5) -> Array:
    """Part of the saving that stays with a user where interfaces differ in taste and all fees are known.

    Args:
        part: what the difference is worth, once around Salop's circle (part of the saving beyond cost).
        rivals: how many interfaces.

    >>> kept_if_unlike([0.0, 0.5, 1.0]).round(3).tolist()
    [1.0, 0.9, 0.8]
    """
    return np.asarray(1 - np.asarray(circle_fee(1.0, 0.0, part, rivals)))
