"""The price oracle of Uniswap v2: prices added up over time, from which anybody can take an average (TWAP)."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.exchange.pools.pool import Pool
from defi_lib.frozen import kept
from defi_lib.rounding import below, rest
from defi_lib.validation import Amount, broadcastable, finite, fulfilled, non_negative, plain
from defi_lib.validation import token as token_number


class _State(NamedTuple):
    time: Amount
    cumulative: tuple[Amount, Amount]


class PriceAccumulator(_State):
    """Sums of price times time of a pool of two tokens, as of ``time``; it watches, the pool knows nothing of it.

    A price counts for as long as it stood: pass the pool as it was *before* each change. The average from one
    observation to a later one then costs an attacker who wants to move it the whole time between the two, and not one
    block. The averages of the two tokens are not each other's inverse, which is why both are kept.

    Args:
        time: of the observation (any unit).
        cumulative: sums so far of the price of token 0 in token 1, and of token 1 in token 0 (price · time), >= 0.

    Raises:
        ValueError: a number that is not finite, a negative sum, or not two sums.

    Source: Adams, Zinsmeister, Robinson, *Uniswap v2 Core* (2020), section 2.2. The contract counts whole seconds, adds
    only at the first trade of a block, rounds each price down to a multiple of 2⁻¹¹² and lets the sums overflow.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> pool, start = ConstantProductPool((1000.0, 2e6), 0.0), PriceAccumulator()
    >>> swap = pool.swap_exact_in(2e6, 1, 0)  # after 9 seconds somebody moves the price to 8,000, for 1 second
    >>> now = start.after(swap.before, 9.0).after(swap.pool, 10.0)
    >>> now.average_since(start), round(1 / now.average_since(start, 1), 2)
    (2600.0, 2162.16)
    """

    __slots__ = ()

    def __new__(cls, time: Amount = 0.0, cumulative: tuple[Amount, Amount] = (0.0, 0.0)) -> Self:
        """Check the arguments and build the observation."""
        if len(cumulative) != 2:
            raise ValueError(f"cumulative has {len(cumulative)} entries: allowed are exactly 2, one per token")
        time = kept(finite("time", time))
        first, second = (kept(non_negative(f"cumulative[{i}]", total)) for i, total in enumerate(cumulative))
        broadcastable(**{"time": time, "cumulative[0]": first, "cumulative[1]": second})
        return super().__new__(cls, time, (first, second))

    def after(self, pool: Pool, time: Amount) -> Self:
        """The observation at ``time``, up to which the price was that of ``pool``.

        Raises:
            ValueError: a time before that of this observation, or a pool of more than two tokens.
        """
        if len(pool.reserves) != 2:
            raise ValueError(f"pool has {len(pool.reserves)} tokens: allowed is a pool of 2")
        time = finite("time", time)
        prices = pool.price(0, 1), pool.price(1, 0)
        broadcastable(time=time, price=prices[0], **{"time before": self.time})
        fulfilled("time", time, ~np.asarray(below(time, self.time)), "are times from that of the observation on")
        elapsed = np.maximum(rest(time, self.time), 0.0)
        first, second = (plain(total + price * elapsed) for total, price in zip(self.cumulative, prices, strict=True))
        return type(self)(time, (first, second))

    def average_since(self, earlier: PriceAccumulator, token: int = 0) -> Amount:
        """Time-weighted average price (TWAP) of a token in the other since an ``earlier`` observation.

        Raises:
            ValueError: an observation that is not earlier, or a token other than 0 and 1.
        """
        number = token_number("token", token, 2)
        broadcastable(time=self.time, **{"earlier time": earlier.time})
        later = below(earlier.time, self.time)
        fulfilled("earlier.time", earlier.time, later, "are times before that of this observation")
        return plain((self.cumulative[number] - earlier.cumulative[number]) / np.subtract(self.time, earlier.time))
