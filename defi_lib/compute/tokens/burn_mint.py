"""Burn and mint: users burn tokens for work that is priced in USD, and the network mints new ones for providers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable

#: Name of the network's token in the ledger.
TOKEN = "token"


@former.with_payments
class BurnMint(NamedTuple):
    """What moved in one period. Tokens, unless it says USD."""

    paid: Amount  #: USD by users, for tokens that they bought to pay with
    bought: Amount  #: by users, from token holders
    burned: Amount  #: of those
    minted_nodes: Amount  #: new, to nodes
    minted_foundation: Amount  #: new, to foundation and grants

    @property
    def supply_change(self) -> Amount:
        """New tokens less burned ones."""
        return self.minted_nodes + self.minted_foundation - self.burned

    @property
    def fee(self) -> Amount:
        """Tokens bought that are not burned: users → foundation."""
        return plain(np.maximum(self.bought - self.burned, 0.0))

    def transfers(
        self, users: str = "users", holders: str = "token holders", foundation: str = "foundation", nodes: str = "nodes"
    ) -> tuple[Transfer, ...]:
        """All that moves; mint and burn go through the ledger's outside."""
        return actual(
            [
                Transfer(users, holders, self.paid, "USD", "token purchase"),
                Transfer(holders, users, self.bought, TOKEN, "token purchase"),
                Transfer(users, OUTSIDE, self.burned, TOKEN, "burn"),
                Transfer(users, foundation, self.fee, TOKEN, "network fee"),
                Transfer(OUTSIDE, nodes, self.minted_nodes, TOKEN, "emission"),
                Transfer(OUTSIDE, foundation, self.minted_foundation, TOKEN, "emission"),
            ]
        )


@representable
def burn_and_mint(
    demand: Amount, price: Amount, minted: Amount, burned_share: Amount = 1.0, node_share: Amount = 1.0
) -> BurnMint:
    """One period: ``ΔS = M − β·D/p``. At a price below ``β·D/M`` supply falls, above it grows.

    Args:
        demand: D, USD that users pay in the period, >= 0.
        price: p, USD per token, > 0.
        minted: M, new tokens of the period, >= 0.
        burned_share: β, part of the tokens paid that is burned, in [0, 1]; the foundation keeps the rest.
        node_share: part of the new tokens that nodes get, in [0, 1]; the rest goes to the foundation.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Samani (2018); Kalabić, *Valuing burn-and-mint tokens*.

    >>> burn_and_mint(1000.0, 2.0, 400.0).supply_change
    -100.0
    """
    demand, price, minted = (
        kept(non_negative("demand", demand)),
        positive("price", price),
        non_negative("minted", minted),
    )
    burned_share = between("burned_share", burned_share, 0.0, 1.0)
    node_share = between("node_share", node_share, 0.0, 1.0)
    named = {"demand": demand, "price": price, "minted": minted}
    broadcastable(**named, burned_share=burned_share, node_share=node_share)
    bought = demand / price
    return BurnMint(demand, bought, bought * burned_share, minted * node_share, minted * (1 - node_share))


@representable
def render_epoch(
    demand: Amount, price: Amount, emission: Amount, burned_share: Amount = 0.95, node_share: Amount = 0.25
) -> BurnMint:
    """Render: 95 % of what users pay is burned; of the emission, nodes get a quarter (as of its second year).

    The emission follows a schedule, whatever is burned: providers are paid by holders of the token first, by users
    through its price only later. Arguments as in :func:`burn_and_mint`.

    Source: rendernetwork/RNPs, RNP-001, RNP-006 and RNP-022.
    """
    return burn_and_mint(demand, price, emission, burned_share, node_share)


@representable
def helium_epoch(demand: Amount, price: Amount, scheduled: Amount, cap_share: Amount = 0.01) -> BurnMint:
    """Helium: the schedule halves every two years, but what is burned is minted again, up to 1 % of the schedule.

    So that providers can be paid for ever; only what is burned beyond that shrinks supply.

    Args:
        demand: USD of data credits in the epoch, >= 0.
        price: USD per token, > 0.
        scheduled: new tokens by schedule, >= 0.
        cap_share: most that is minted again, as a ratio of the schedule, >= 0. The contract caps tokens, 1 % of what
            was minted in 2020, and halvings leave that cap: after n of them it is ``0.01·2**n`` of the schedule.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: helium/HIP 0020. The contract counts what was burned in the epoch before; founders get a part of it all.

    >>> helium_epoch(1000.0, 2.0, 400.0).supply_change
    -96.0
    """
    demand, price = non_negative("demand", demand), positive("price", price)
    scheduled, cap_share = non_negative("scheduled", scheduled), non_negative("cap_share", cap_share)
    broadcastable(demand=demand, price=price, scheduled=scheduled, cap_share=cap_share)
    return burn_and_mint(demand, price, plain(scheduled + np.minimum(demand / price, cap_share * scheduled)))


@representable
def akash_lease(payment: Amount, deposit_price: Amount, settlement_price: Amount) -> BurnMint:
    """Akash: burned when the user deposits, minted for the provider when the lease is settled, both for the same USD.

    ``ΔS = payment·(1/settlement price − 1/deposit price)``: a rising price shrinks supply, a falling one inflates it,
    so that supply moves with the market and not against it.

    Args:
        payment: USD, >= 0.
        deposit_price: USD per token when the user deposits, > 0.
        settlement_price: USD per token when the provider is paid, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: akash-network/AEP, spec/aep-76, which adds a spread of 0.25 %.
    """
    payment, bought_at = kept(non_negative("payment", payment)), positive("deposit_price", deposit_price)
    paid_at = positive("settlement_price", settlement_price)
    broadcastable(payment=payment, deposit_price=bought_at, settlement_price=paid_at)
    return BurnMint(payment, payment / bought_at, payment / bought_at, payment / paid_at, 0.0)


@representable
def stationary_price(demand: Amount, minted: Amount) -> Amount:
    """Price (USD per token) at which as much is burned as is minted: ``D/M``.

    The market need not price the token so: only supply is at rest there, while buyers may expect anything.

    Args:
        demand: USD burned per period, >= 0.
        minted: tokens per period, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> stationary_price(1000.0, 400.0)
    2.5
    """
    demand, minted = non_negative("demand", demand), positive("minted", minted)
    broadcastable(demand=demand, minted=minted)
    return demand / minted


@representable
def exchange_price(volume: Amount, velocity: Amount, supply: Amount) -> Amount:
    """Price (USD per token) that payments alone support, by ``M·V = P·Q``: ``volume/(velocity·supply)``.

    Args:
        volume: paid with the token, USD per year, >= 0.
        velocity: how often a token changes hands per year, > 0: 365 if users buy a day before they pay.
        supply: tokens, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Fisher (1911); Buterin, *On Medium-of-Exchange Token Valuations* (2017).
    """
    volume, velocity = non_negative("volume", volume), positive("velocity", velocity)
    supply = positive("supply", supply)
    broadcastable(volume=volume, velocity=velocity, supply=supply)
    return volume / velocity / supply
