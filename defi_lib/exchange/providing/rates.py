"""What providing liquidity pays and costs, with arbitrage once a block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.exchange.providing.divergence import arbitrage_part, lvr_rate, trade_probability
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, representable


class ProvidingRates(NamedTuple):
    """Where the money of a constant product pool goes, per unit of time, as parts of the pool's value."""

    fees: Amount  #: paid by passers-by
    arbitrage_fees: Amount  #: paid by arbitrageurs, out of what they gain from stale prices
    loss_versus_rebalancing: Amount  #: what stale prices cost the pool, before any fee
    protocol: Amount  #: what the protocol keeps of both fees

    @property
    def arbitrage_profit(self) -> Amount:
        """What arbitrageurs keep: the loss versus rebalancing without the fees that they pay."""
        return self.loss_versus_rebalancing - self.arbitrage_fees

    @property
    def fees_kept(self) -> Amount:
        """What providers get of both fees."""
        return self.fees + self.arbitrage_fees - self.protocol

    @property
    def net(self) -> Amount:
        """What providers gain, on average, against rebalancing; without drift of the price also against holding."""
        return self.fees_kept - self.loss_versus_rebalancing


@representable
def providing_rates(
    volatility: Amount,
    fee: Amount,
    blocks: Amount,
    volume: Amount,
    protocol_part: Amount = 0.0,
    *,
    even: bool = False,
) -> ProvidingRates:
    """Fees of passers-by and arbitrageurs, loss to stale prices, and the protocol's part; arbitrage once a block.

    ``f·V``, ``ℓ·(1 − P)``, ``ℓ`` and ``c·(f·V + ℓ·(1 − P))``, with the loss versus rebalancing ℓ = σ²/8 and the part P
    of it that arbitrageurs keep.

    Args:
        volatility: σ per square root of the unit of time (ratio), >= 0.
        fee: f of a trade, ratio in (0, 1).
        blocks: mean number of blocks per unit of time, > 0.
        volume: V, what passers-by trade per unit of time, as a part of the pool's value, >= 0.
        protocol_part: c, the protocol's part of the fees, in [0, 1].
        even: whether blocks come at even times, as on Ethereum (:func:`arbitrage_part`), or at random ones
            (:func:`trade_probability`, which is a fifth more in a pool of 0.3 %).

    Raises:
        ValueError: an argument outside its range.

    Source: Milionis, Moallemi, Roughgarden, arXiv:2305.14604; Nezlobin, Tassy, arXiv:2505.05113 (no drift, no jumps,
    no gas, small fees). The contract of Uniswap v2 takes its part when liquidity comes or goes: a sixth of the growth
    of the root of the reserves' product.

    >>> year = providing_rates(0.8, 0.003, 31_536_000 / 12, volume=365 * 0.1)
    >>> round(year.fees, 4), round(year.arbitrage_profit, 4), round(year.net, 4)
    (0.1095, 0.0083, 0.1012)
    >>> round(providing_rates(0.8, 0.003, 31_536_000 / 12, volume=365 * 0.1, even=True).arbitrage_profit, 4)
    0.007
    """
    fee, volume = between("fee", fee, 0.0, 1.0, low_open=True, high_open=True), non_negative("volume", volume)
    protocol_part = between("protocol_part", protocol_part, 0.0, 1.0)
    broadcastable(volatility=volatility, fee=fee, blocks=blocks, volume=volume, protocol_part=protocol_part)
    fees, loss = fee * volume, lvr_rate(volatility)
    moving = np.where(np.asarray(volatility) > 0, volatility, 1.0)  # where the price stands still, nothing is lost
    part = arbitrage_part if even else trade_probability
    back = loss * (1 - part(moving, -np.log1p(-np.asarray(fee)), blocks))
    return ProvidingRates(plain(fees), plain(back), loss, plain(protocol_part * (fees + back)))
