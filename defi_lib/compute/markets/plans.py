"""Forms of price, and what it costs to settle one: pay per use, subscription, invoice, smart contract."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, ratio, representable


@representable
def metered_cost(
    start: Amount, processor_price: Amount, processor_time: Amount, elapsed_price: Amount, elapsed_time: Amount
) -> Amount:
    """Price of a job by Golem's offer: ``start + p_cpu·t_cpu + p_env·t_env``.

    Args:
        start: paid once for each job (any currency), >= 0.
        processor_price: per second of processor time, >= 0.
        processor_time: seconds summed over all cores, >= 0.
        elapsed_price: per second on the clock, >= 0.
        elapsed_time: seconds, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: docs.golem.network.
    """
    named = {"start": start, "processor_price": processor_price, "processor_time": processor_time}
    named |= {"elapsed_price": elapsed_price, "elapsed_time": elapsed_time}
    checked = {name: non_negative(name, value) for name, value in named.items()}
    broadcastable(**checked)
    start, processor_price, processor_time, elapsed_price, elapsed_time = checked.values()
    return start + processor_price * processor_time + elapsed_price * elapsed_time


@representable
def break_even_uses(subscription: Amount, price: Amount) -> Amount:
    """Uses per month above which a subscription (USD per month, >= 0) is cheaper than a ``price`` (USD per use, > 0).

    Raises:
        ValueError: an argument outside its range.

    >>> break_even_uses(10.0, 0.5)
    20.0
    """
    subscription, price = non_negative("subscription", subscription), positive("price", price)
    broadcastable(subscription=subscription, price=price)
    return subscription / price


@former.with_payments
class PlanChoice(NamedTuple):
    """Clients choose between a subscription and paying per use. Amounts in USD per month."""

    per_use: Amount  #: what each client would pay per use
    subscription: Amount  #: what each would pay as a subscriber
    service_cost: Amount  #: what serving each client costs the provider

    @property
    def paid(self) -> Amount:
        """The lesser: what a client pays who chooses well."""
        return plain(np.minimum(self.per_use, self.subscription))

    @property
    def saved(self) -> Amount:
        """What a client saves by being able to choose; the provider loses exactly this."""
        return self.per_use - self.paid

    @property
    def margin(self) -> Amount:
        """What the provider earns with a client who chooses well; below 0 for the heaviest users."""
        return self.paid - self.service_cost

    @property
    def margin_per_use(self) -> Amount:
        """What the provider would earn if everybody paid per use."""
        return self.per_use - self.service_cost

    @property
    def margin_subscription(self) -> Amount:
        """What the provider would earn if everybody subscribed."""
        return self.subscription - self.service_cost

    def transfers(
        self, clients: str = "clients", provider: str = "provider", suppliers: str = "suppliers"
    ) -> tuple[Transfer, ...]:
        """Of clients who choose well."""
        return actual(
            [
                Transfer(clients, provider, self.paid, "USD", "service"),
                Transfer(provider, suppliers, self.service_cost, "USD", "cost of service"),
            ]
        )


@representable
def choose_plan(uses: Amount, price: Amount, subscription: Amount, unit_cost: Amount = 0.0) -> PlanChoice:
    """What clients and provider get of pay per use, of a subscription, and of letting the client choose.

    Args:
        uses: of each client per month, >= 0.
        price: USD per use, >= 0.
        subscription: USD per month for any number of uses, >= 0.
        unit_cost: USD for the provider per use, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> choose_plan(30, 0.5, 10.0).paid
    10.0
    """
    uses, price = non_negative("uses", uses), non_negative("price", price)
    subscription, unit_cost = kept(non_negative("subscription", subscription)), non_negative("unit_cost", unit_cost)
    broadcastable(uses=uses, price=price, subscription=subscription, unit_cost=unit_cost)
    return PlanChoice(uses * price, subscription, uses * unit_cost)


@former.with_payments
class Settlement(NamedTuple):
    """What it costs to get a number of payments from client to provider. Amounts in USD."""

    amount: Amount  #: all payments together
    fee: Amount  #: to the chain, the card company or the clerk
    waiting: Amount  #: interest on the money until it arrives
    loss: Amount  #: mean of what is never paid

    @property
    def cost(self) -> Amount:
        """All together (USD)."""
        return self.fee + self.waiting + self.loss

    @property
    def share(self) -> Amount:
        """Cost as a ratio of the amount; 0 where that is."""
        amount = np.asarray(self.amount, dtype=float)
        out = np.zeros(np.broadcast(amount, self.cost).shape)
        return plain(np.divide(self.cost, amount, out=out, where=amount > 0))

    def transfers(
        self,
        client: str = "client",
        provider: str = "provider",
        settlement: str = "settlement",
        lender: str = "lender",
    ) -> tuple[Transfer, ...]:
        """Fee and interest are borne by the provider, who gets what is not lost."""
        return actual(
            [
                Transfer(client, provider, self.amount - self.loss, "USD", "payment"),
                Transfer(provider, settlement, self.fee, "USD", "settlement fee"),
                Transfer(provider, lender, self.waiting, "USD", "interest"),
            ]
        )


@representable
def settle_by_contract(
    payments: Amount,
    payment: Amount,
    transaction_fee: Amount,
    batch: Amount = 1.0,
    deposit_days: Amount = 0.0,
    interest: Amount = 0.0,
) -> Settlement:
    """Settlement by smart contract: a transaction for each batch, nothing lost, but the money must lie there before.

    Args:
        payments: number of them, >= 0.
        payment: USD each, >= 0.
        transaction_fee: USD for one transaction, >= 0.
        batch: payments in one transaction, >= 1; a part of a batch costs its part.
        deposit_days: days that the money lies in the contract, >= 0.
        interest: per year on it, as a ratio, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> settle_by_contract(100, 1.0, 0.02).share
    0.02
    """
    payments, payment = non_negative("payments", payments), non_negative("payment", payment)
    fee, batch = non_negative("transaction_fee", transaction_fee), between("batch", batch, 1.0, np.inf, high_open=True)
    days, interest = non_negative("deposit_days", deposit_days), non_negative("interest", interest)
    named = {"payments": payments, "payment": payment, "transaction_fee": fee, "batch": batch}
    broadcastable(**named, deposit_days=days, interest=interest)
    amount = payments * payment
    return Settlement(amount, payments / batch * fee, amount * interest * (days / DAYS_PER_YEAR), 0.0 * amount)


@representable
def settle_by_invoice(
    payments: Amount,
    payment: Amount,
    invoice_fee: Amount,
    percentage: Amount = 0.0,
    batch: Amount = 1.0,
    days: Amount = 30.0,
    interest: Amount = 0.0,
    default: Amount = 0.0,
) -> Settlement:
    """Settlement by invoice: a clerk or card fee for each invoice, then waiting, and some never pay.

    Args:
        payments: number of payments due, >= 0.
        payment: USD each, >= 0.
        invoice_fee: USD for each invoice, >= 0.
        percentage: of the amount, to the card company, in [0, 1).
        batch: payments collected on one invoice, >= 1; a part of an invoice costs its part.
        days: until it is paid, >= 0.
        interest: per year, as a ratio, >= 0.
        default: ratio of the amount that is never paid, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> settle_by_invoice(100, 1.0, 0.3, batch=100).share
    0.003
    """
    payments, payment = non_negative("payments", payments), non_negative("payment", payment)
    invoice_fee, percentage = non_negative("invoice_fee", invoice_fee), ratio("percentage", percentage)
    collected = between("batch", batch, 1.0, np.inf, high_open=True)
    days, interest, default = non_negative("days", days), non_negative("interest", interest), ratio("default", default)
    named = {"payments": payments, "payment": payment, "invoice_fee": invoice_fee, "percentage": percentage}
    broadcastable(**named, batch=collected, days=days, interest=interest, default=default)
    amount = payments * payment
    loss = amount * default
    received = amount - loss
    fee = payments / collected * invoice_fee + received * percentage
    return Settlement(amount, fee, received * interest * (days / DAYS_PER_YEAR), loss)
