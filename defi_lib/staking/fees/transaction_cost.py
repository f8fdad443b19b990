"""What it costs to pay, swap or liquidate: on layer 1, on layer 2, by card, by bank, by remittance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.staking.fees.gas import WEI_PER_ETHER
from defi_lib.validation import Amount, between, broadcastable, non_negative, positive, representable

#: Gas for a byte of data sent to layer 1 as calldata (a byte that is not zero).
CALLDATA_GAS_PER_BYTE = 16


class Fee(NamedTuple):
    """What a user pays for one transaction, in USD, and to whom."""

    burned: Amount = 0.0  #: user → nobody
    validators: Amount = 0.0  #: user → those who propose blocks
    operator: Amount = 0.0  #: user → who runs the layer 2, the card network, the bank

    @property
    def total(self) -> Amount:
        """All that the user pays (USD)."""
        return self.burned + self.validators + self.operator

    def share(self, amount: Amount) -> Amount:
        """Fee as a ratio of the amount moved (USD, > 0)."""
        return self.total / positive("amount", amount)

    def transfers(
        self, user: str = "user", validators: str = "validators", operator: str = "operator", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """What a user pays: a part is burned, the rest goes to validators and to an operator.

        Multiply the parts of a fee to write many equal ones at once.

        Args:
            user, validators, operator: their names; the operator runs a layer 2, a card network, a bank.
            asset: in which the fee is counted.
        """
        return (
            Transfer(user, OUTSIDE, self.burned, asset, "burned fee"),
            Transfer(user, validators, self.validators, asset, "fee"),
            Transfer(user, operator, self.operator, asset, "fee"),
        )


@representable
def layer_1_fee(gas: Amount, base_fee: Amount, tip: Amount, ether_price: Amount) -> Fee:
    """Fee on the base layer, the same for a small and for a large amount: ``gas·(base + tip)·price``.

    Args:
        gas: used, >= 0: 21,000 for a payment in ether, several times that for a swap or a liquidation.
        base_fee: wei per gas, >= 0, burned.
        tip: wei per gas, >= 0, to the proposer.
        ether_price: USD, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    gas, base_fee, tip = non_negative("gas", gas), non_negative("base_fee", base_fee), non_negative("tip", tip)
    ether_price = positive("ether_price", ether_price)
    broadcastable(gas=gas, base_fee=base_fee, tip=tip, ether_price=ether_price)
    usd_per_wei = gas * ether_price / WEI_PER_ETHER
    return Fee(usd_per_wei * base_fee, usd_per_wei * tip, 0.0 * usd_per_wei)


@representable
def layer_2_fee(
    gas: Amount,
    gas_price: Amount,
    data_bytes: Amount,
    data_price: Amount,
    ether_price: Amount,
    margin: Amount = 0.0,
) -> Fee:
    """Fee on a layer 2: execution there, and its share of the data that goes to layer 1.

    ``gas·gas_price + data·data_price·(1 + margin)``; the data's price is burned on layer 1 as base fee or blob fee,
    the rest stays with the operator.

    Args:
        gas: used on layer 2, >= 0.
        gas_price: wei per gas there, >= 0.
        data_bytes: what the transaction adds to the data after compression, bytes, >= 0.
        data_price: wei per byte, >= 0: :func:`blob_fee_per_byte`, or :func:`calldata_fee_per_byte`.
        ether_price: USD, > 0.
        margin: what the operator adds to the price of data (ratio, >= 0).

    Raises:
        ValueError: an argument outside its range.

    Source: fee formula of optimistic rollups since blobs (EIP-4844); each rollup has scalars of its own.
    """
    gas, gas_price = non_negative("gas", gas), non_negative("gas_price", gas_price)
    data_bytes, data_price = non_negative("data_bytes", data_bytes), non_negative("data_price", data_price)
    ether_price, margin = positive("ether_price", ether_price), non_negative("margin", margin)
    broadcastable(
        gas=gas,
        gas_price=gas_price,
        data_bytes=data_bytes,
        data_price=data_price,
        ether_price=ether_price,
        margin=margin,
    )
    usd_per_wei = ether_price / WEI_PER_ETHER
    data = data_bytes * data_price * usd_per_wei
    operator = gas * gas_price * usd_per_wei + data * margin
    return Fee(data + 0.0 * operator, 0.0 * operator, operator)


@representable
def calldata_fee_per_byte(base_fee: Amount, gas_per_byte: Amount = CALLDATA_GAS_PER_BYTE) -> Amount:
    """Price of a byte of data sent to layer 1 as calldata (wei), as before blobs: ``16·base``.

    Raises:
        ValueError: a negative base fee (wei per gas) or gas per byte.
    """
    return non_negative("base_fee", base_fee) * non_negative("gas_per_byte", gas_per_byte)


def percentage_fee(
    amount: Amount, percentage: Amount, fixed: Amount = 0.0, exchange_margin: Amount = 0.0, minimum: Amount = 0.0
) -> Fee:
    """Fee of a card, bank or remittance service: ``max(a·(percentage + margin) + fixed, minimum)``.

    Args:
        amount: moved, USD, >= 0.
        percentage: ratio of the amount, >= 0.
        fixed: USD, >= 0.
        exchange_margin: what the exchange rate is worse than the market's (ratio, >= 0).
        minimum: least fee, USD, >= 0.

    Raises:
        ValueError: a negative argument.

    Source: the World Bank counts the cost of a remittance in this way, fee and exchange-rate margin together, for
    an amount of 200 USD.
    """
    amount, percentage = non_negative("amount", amount), non_negative("percentage", percentage)
    fixed, minimum = non_negative("fixed", fixed), non_negative("minimum", minimum)
    exchange_margin = non_negative("exchange_margin", exchange_margin)
    broadcastable(amount=amount, percentage=percentage, fixed=fixed, exchange_margin=exchange_margin, minimum=minimum)
    total = np.maximum(amount * (percentage + exchange_margin) + fixed, minimum)
    return Fee(0.0 * total, 0.0 * total, total)


def break_even_amount(flat_fee: Amount, percentage: Amount, fixed: Amount = 0.0) -> Amount:
    """Amount (USD) above which a flat fee is cheaper than percentage and fixed: ``max(flat − fixed, 0)/percentage``.

    Args:
        flat_fee: USD, >= 0: of a chain, for instance.
        percentage: ratio of the amount, > 0.
        fixed: USD, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    flat_fee, fixed = non_negative("flat_fee", flat_fee), non_negative("fixed", fixed)
    percentage = positive("percentage", percentage)
    broadcastable(flat_fee=flat_fee, percentage=percentage, fixed=fixed)
    return np.maximum(flat_fee - fixed, 0.0) / percentage


@representable
def min_amount(flat_fee: Amount, share: Amount) -> Amount:
    """Smallest amount (USD) of which a flat fee takes at most ``share``: ``flat/share``.

    With the bonus of a liquidation as ``share`` it is the smallest debt worth liquidating.

    Args:
        flat_fee: USD, >= 0.
        share: ratio accepted, in (0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    flat_fee, share = non_negative("flat_fee", flat_fee), between("share", share, 0.0, 1.0, low_open=True)
    broadcastable(flat_fee=flat_fee, share=share)
    return flat_fee / share
