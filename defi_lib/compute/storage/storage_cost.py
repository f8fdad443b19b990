"""What it costs to keep data: a month of a terabyte, and for ever."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import rest
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable


@former.with_payments
class StorageMonth(NamedTuple):
    """A month of one TB of a customer's data (USD)."""

    storage_price: Amount  #: customer → network
    egress_price: Amount  #: customer → network
    storage_payout: Amount  #: network → nodes, for all pieces
    egress_payout: Amount  #: network → nodes
    repair_payout: Amount  #: network → nodes, for the traffic of repairs

    @property
    def margin(self) -> Amount:
        """What the network keeps; below 0 it adds its own money, or its token's."""
        costs = self.storage_payout + self.egress_payout + self.repair_payout
        return self.storage_price + self.egress_price - costs

    def transfers(
        self, customer: str = "customer", network: str = "network", nodes: str = "nodes"
    ) -> tuple[Transfer, ...]:
        """All that moves."""
        return actual(
            [
                Transfer(customer, network, self.storage_price, "USD", "storage"),
                Transfer(customer, network, self.egress_price, "USD", "egress"),
                Transfer(network, nodes, self.storage_payout, "USD", "storage"),
                Transfer(network, nodes, self.egress_payout, "USD", "egress"),
                Transfer(network, nodes, self.repair_payout, "USD", "repair"),
            ]
        )


@representable
def storage_month(
    expansion: Amount,
    price: Amount,
    payout: Amount,
    egress: Amount = 0.0,
    egress_price: Amount = 0.0,
    egress_payout: Amount = 0.0,
    repair_traffic: Amount = 0.0,
    repair_payout: Amount = 0.0,
) -> StorageMonth:
    """One TB for a month: the customer pays for the data, the network for all pieces: ``price − payout·expansion``.

    Args:
        expansion: stored per byte of data, >= 1: n/k for a code, the number of copies otherwise.
        price: customer's, USD per TB and month, >= 0.
        payout: nodes', USD per TB of pieces and month, >= 0.
        egress: downloaded by the customer in the month, as a ratio of the data, >= 0.
        egress_price: customer's, USD per TB, >= 0.
        egress_payout: nodes', USD per TB, >= 0.
        repair_traffic: in the month, as a ratio of the data, >= 0; a twelfth of :attr:`RepairPlan.traffic`.
        repair_payout: nodes', USD per TB of repair traffic, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(storage_month(80 / 29, 4.0, 1.5).margin, 2)
    -0.14
    """
    expansion = between("expansion", expansion, 1.0, np.inf, high_open=True)
    price, payout, egress = (
        kept(non_negative("price", price)),
        non_negative("payout", payout),
        non_negative("egress", egress),
    )
    egress_price = non_negative("egress_price", egress_price)
    egress_payout = non_negative("egress_payout", egress_payout)
    repair_traffic = non_negative("repair_traffic", repair_traffic)
    repair_payout = non_negative("repair_payout", repair_payout)
    named = {"expansion": expansion, "price": price, "payout": payout, "egress": egress, "egress_price": egress_price}
    broadcastable(**named, egress_payout=egress_payout, repair_traffic=repair_traffic, repair_payout=repair_payout)
    return StorageMonth(
        price, egress * egress_price, payout * expansion, egress * egress_payout, repair_traffic * repair_payout
    )


@representable
def endowment(cost: Amount, decline: Amount, interest: Amount = 0.0) -> Amount:
    """Sum that pays for storage for ever: ``c/(1 − q)``, ``q = (1 − k)/(1 + r)``; without interest ``c/k``.

    Half a per cent of yearly decline asks for 200 years of cost at once, 10 % for 10.

    Args:
        cost: c, of the first year, paid at its beginning (USD), >= 0.
        decline: k, by which the cost falls each year, as a ratio, in [0, 1].
        interest: r, on what is left, per year, >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or neither decline nor interest:
            then no finite sum is enough.

    Source: Arweave yellow paper, storage endowment.

    >>> endowment(1.0, 0.1)
    10.0
    """
    cost, decline = non_negative("cost", cost), between("decline", decline, 0.0, 1.0)
    interest = non_negative("interest", interest)
    broadcastable(cost=cost, decline=decline, interest=interest)
    gain = positive("decline + interest", decline + interest)
    return cost * (1 + interest) / gain


def endowment_left(fund: Amount, cost: Amount, decline: Amount, years: Amount, interest: Amount = 0.0) -> Amount:
    """What is left of a fund after so many yearly payments (USD), 0 once it was used up.

    ``(F − c·(1 − q^years)/(1 − q))·(1 + r)^years`` with ``q = (1 − k)/(1 + r)``. The decline may stop: then try 0.

    Args:
        fund: F, USD, >= 0.
        cost: c, of the first year, paid at its beginning (USD), >= 0.
        decline: k, by which the cost falls each year, in [0, 1].
        years: payments made, >= 0.
        interest: r, on what is left, per year, >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or a sum beyond all numbers.
    """
    fund, cost, years = non_negative("fund", fund), non_negative("cost", cost), non_negative("years", years)
    decline, interest = between("decline", decline, 0.0, 1.0), non_negative("interest", interest)
    broadcastable(fund=fund, cost=cost, decline=decline, years=years, interest=interest)
    # (1 − q^n)/(1 − q) of q near 1 keeps its digits by logarithms.
    loss = np.asarray((decline + interest) / (1 + interest))
    with np.errstate(divide="ignore"):
        log_factor = np.log1p(-loss)
    spent = -np.expm1(np.where(np.asarray(years) > 0, years, 0.0) * np.maximum(log_factor, -1e300))
    payments = np.divide(spent, loss, out=np.array(np.broadcast_to(years, spent.shape), dtype=float), where=loss > 0)
    with np.errstate(over="ignore"):
        left = np.maximum(rest(fund, cost * payments), 0.0) * np.exp(years * np.log1p(interest))
    return non_negative("fund left", plain(left))
