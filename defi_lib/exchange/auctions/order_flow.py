"""An order-flow auction: nobody sees the order before it trades, and who trades right behind it pays for the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.arbitrage.between import Arbitrage, arbitrage_outside
from defi_lib.exchange.pools.pool import ASSETS, Pool, Swap
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, broadcastable, non_negative, plain, ratio, token_pair


class OrderFlowAuction(NamedTuple):
    """What happened: the user's swap, the trade behind it (*back-run*), and who got what was paid for it."""

    swap: Swap  #: the user's, undisturbed
    back_run: Arbitrage  #: by the searcher who won
    payment: Amount  #: by the searcher (the token that the user paid)
    rebate: Amount  #: the part of it that the user gets
    searcher_profit: Amount  #: after the payment and gas

    def transfers(
        self,
        trader: str = "trader",
        searcher: str = "searcher",
        pool: str = "pool",
        producer: str = "block producers",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """Both trades; the payment, a rebate to the trader and the rest to the producer of the block.

        Args:
            trader, searcher, pool, producer: their names.
            assets: the names of the pool's tokens, in the pool's order.

        Raises:
            ValueError: too few names of assets.
        """
        made = ((self.swap, trader), *((each, searcher) for each in self.back_run.swaps))
        paid = assets[self.swap.token_in]
        gas = plain(np.maximum(self.back_run.profit - self.payment - self.searcher_profit, 0.0))
        return (
            *actual(transfer for swap, name in made for transfer in swap.transfers(name, pool, assets)),
            *actual(
                [
                    Transfer(searcher, trader, self.rebate, paid, "rebate"),
                    Transfer(searcher, producer, plain(self.payment - self.rebate), paid, "payment for the place"),
                    Transfer(searcher, producer, gas, paid, "gas"),
                ]
            ),
        )


def auction_order_flow(
    pool: Pool,
    amount_in: Amount,
    price: Amount,
    bid: Amount,
    given_back: Amount,
    gas: Amount = 0.0,
    token_in: int = 0,
    token_out: int = 1,
) -> OrderFlowAuction:
    """Swap undisturbed, and sell the right to trade right behind the swap.

    Args:
        pool: of any kind that knows the trade to a price.
        amount_in: what the user sells (``token_in``), >= 0.
        price: of ``token_out`` in ``token_in`` outside, > 0: what the back-run brings the pool's price back to.
        bid: part of what the back-run earns after gas that the winner pays, in [0, 1); with n equal searchers
            ``1 − second_best_shortfall(n)``.
        given_back: part of the payment that the user gets, in [0, 1); 0.9 at Flashbots Protect and MEV Blocker.
        gas: of the back-run (``token_in``), >= 0; where it earns no more, nobody bids and nobody trades.
        token_in, token_out: what the user pays and receives.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: MEV-Share and MEV Blocker, in outline. There searchers see hints, not the order, and the builder of the
    block must be trusted not to look.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> pool = ConstantProductPool((100.0, 100.0), fee=0.0)
    >>> auction = auction_order_flow(pool, 100.0, 1.0, bid=0.5, given_back=0.8)
    >>> auction.swap.amount_out, auction.back_run.profit, auction.rebate
    (50.0, 50.0, 20.0)
    """
    bid, given_back, gas = ratio("bid", bid), ratio("given_back", given_back), non_negative("gas", gas)
    token_pair(token_in, token_out, 2)
    swap = pool.swap_exact_in(amount_in, token_in, token_out)
    broadcastable(amount_in=swap.amount_in, price=price, bid=bid, given_back=given_back, gas=gas)
    found = arbitrage_outside(swap.pool, price, token_out, token_in)
    pays = np.greater(found.profit, gas)
    if not np.all(pays):  # where it does not pay, the outside price is as if it were the pool's own
        own = swap.pool.price(token_out, token_in)
        found = arbitrage_outside(swap.pool, plain(np.where(pays, price, own)), token_out, token_in)
    value = np.where(pays, np.subtract(found.profit, gas), 0.0)
    payment = plain(value * bid)
    return OrderFlowAuction(swap, found, payment, plain(payment * np.asarray(given_back)), plain(value * (1 - bid)))
