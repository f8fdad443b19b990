"""Terra's market: LUNA and the chain's stablecoins are burned and minted for one another, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.risk.mint_to_redeem.decimal import MAX_DECIMAL, ONE, cut, divide_decimal, multiply
from defi_lib.validation import at_least, integer

#: The token that all coins are redeemed in, and the coin that the pools are counted in.
LUNA, SDR = "uluna", "usdr"
#: Who gets the fees, in transfers: the oracle's reward pool.
ORACLE = "oracle"


class _State(NamedTuple):
    base_pool: int
    min_spread: int
    recovery_period: int
    rates: Mapping[str, int]
    tobin_tax: Mapping[str, int]
    delta: int
    supply: Mapping[str, int]
    fees: Mapping[str, int]


class TerraMarket(Parts, _State):
    """Terra's market module: a coin buys LUNA at face value, whatever it trades at, less a spread that pays the hurry.

    Two virtual pools count in SDR: Terra coins ``T = base + δ``, LUNA ``base²/T``. Who offers ``o`` would get
    ``ask = pool − base²/(other + o)`` of a constant product; the spread is ``max(min_spread, 1 − ask/o)`` of the face
    value, and goes to the oracle pool. δ remembers what was offered, and each block forgets one part in
    ``recovery_period``. Between two stablecoins the larger Tobin tax is the spread, and δ stays.

    Args:
        base_pool: of each virtual pool at rest (1e-18 of a millionth of an SDR), >= 0.
        min_spread: the least spread (1e-18), in [0, 1e18].
        recovery_period: blocks, >= 1.
        rates: price of one LUNA in each coin (1e-18), >= 0; a coin without one cannot be swapped.
        tobin_tax: of each coin (1e-18), in [0, 1e18].
        delta: Terra coins offered more than LUNA (1e-18 of a millionth of an SDR), any sign.
        supply: of each coin (millionths); what is not given starts at 0, and only changes mean something.
        fees: paid to the oracle pool so far (millionths).

    Raises:
        ValueError: an argument outside its range; a swap raises where the chain refuses it.

    Source: terra-money/classic-core, x/market (ComputeSwap, ApplySwapToPool, handleSwapRequest, ReplenishPools) and
    the decimals of the Cosmos SDK. Who holds which coin is not here.

    >>> market = TerraMarket(10**30, 2 * 10**16, 14_400, {"uusd": 50 * 10**18, "usdr": 35 * 10**18})
    >>> swap = market.swap("uusd", "uluna", 500_000_000)
    >>> swap.received, swap.fee, swap.spread
    (9800000, 200000, 20000000000000000)
    """

    __slots__ = ()

    def __new__(
        cls,
        base_pool: int,
        min_spread: int,
        recovery_period: int,
        rates: Mapping[str, int],
        tobin_tax: Mapping[str, int] = FrozenDict(),
        delta: int = 0,
        supply: Mapping[str, int] = FrozenDict(),
        fees: Mapping[str, int] = FrozenDict(),
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            integer("base_pool", base_pool, 0, MAX_DECIMAL),
            integer("min_spread", min_spread, 0, ONE),
            at_least("recovery_period", recovery_period, 1),
            _checked("rates", rates, 0, MAX_DECIMAL),
            _checked("tobin_tax", tobin_tax, 0, ONE),
            integer("delta", delta, -MAX_DECIMAL, MAX_DECIMAL),
            _checked("supply", supply, -MAX_DECIMAL, MAX_DECIMAL),
            _checked("fees", fees, 0, MAX_DECIMAL),
        )

    @property
    def pools(self) -> tuple[int, int]:
        """The virtual pools of Terra coins and of LUNA (1e-18 of a millionth of an SDR).

        Raises:
            ValueError: an empty pool of Terra coins.
        """
        terra = self.base_pool + self.delta
        return terra, divide_decimal(multiply(self.base_pool, self.base_pool), terra)

    def set_rate(self, coin: str, rate: int) -> Self:
        """The oracle's voters set the price of LUNA in ``coin`` (1e-18, >= 0); of 0 no swap is possible."""
        return self._replace(rates=FrozenDict({**self.rates, coin: integer("rate", rate, 0, MAX_DECIMAL)}))

    def set_params(self, base_pool: int, min_spread: int, recovery_period: int) -> Self:
        """Governance sets the parameters; arguments as of the market."""
        new = type(self)(base_pool, min_spread, recovery_period, {})
        return self._replace(base_pool=new[0], min_spread=new[1], recovery_period=new[2])

    def replenish(self, blocks: int = 1) -> Self:
        """After ``blocks`` (>= 0): each takes ``δ/period`` from δ, cut towards zero."""
        delta = self.delta
        for _ in range(at_least("blocks", blocks, 0)):
            forgotten = cut(delta, self.recovery_period)
            if not forgotten:
                break
            delta -= forgotten
        return self._replace(delta=delta)

    def quote(self, offer: str, ask: str, amount: int) -> tuple[int, int]:
        """Face value in ``ask`` (1e-18 of a millionth) of ``amount`` of ``offer`` (millionths), and the spread (1e-18).

        Raises:
            ValueError: the same coin twice, a coin without price or tax, or an amount of no worth.
        """
        if offer == ask:
            raise ValueError(f"ask = {ask!r} equals offer: allowed is another coin")
        offered = self._converted(at_least("amount", amount, 0) * ONE, offer, SDR)
        face = self._converted(offered, SDR, ask)
        if LUNA not in (offer, ask):
            return face, max(self._tax(offer), self._tax(ask))
        terra, luna = self.pools
        pool, asked = (luna, terra) if offer == LUNA else (terra, luna)
        product = multiply(self.base_pool, self.base_pool)
        got = asked - divide_decimal(product, pool + offered)
        return face, max(divide_decimal(offered - got, offered), self.min_spread)

    def swap(self, offer: str, ask: str, amount: int) -> MarketSwap:
        """Burn ``amount`` of ``offer`` (millionths, >= 1) and mint ``ask``.

        What is below a millionth goes to the fee, and is lost there: an offer of so little is burned for nothing.

        Raises:
            ValueError: as of :meth:`quote`, or a spread of more than the face value.
        """
        amount = at_least("amount", amount, 0)
        face, spread = self.quote(offer, ask, amount)
        fee = multiply(spread, face)
        kept = integer("face value − spread", face - fee, 0, MAX_DECIMAL)
        received, dust = divmod(kept, ONE)
        paid = (fee + dust) // ONE
        supply, fees = dict(self.supply), dict(self.fees)
        supply[offer] = supply.get(offer, 0) - amount
        supply[ask] = supply.get(ask, 0) + received + paid
        if paid:
            fees[ask] = fees.get(ask, 0) + paid
        after = self._replace(
            delta=self._delta_after(offer, ask, amount, kept), supply=FrozenDict(supply), fees=FrozenDict(fees)
        )
        return MarketSwap(self, after, offer, ask, int(amount), received, paid, spread)

    def _delta_after(self, offer: str, ask: str, amount: int, kept: int) -> int:
        """δ counts what is offered in Terra coins, and what is paid out in them after the fee."""
        if ask == LUNA:
            return self.delta + self._converted(amount * ONE, offer, SDR)
        if offer == LUNA:
            return self.delta - self._converted(kept, ask, SDR)
        return self.delta

    def _converted(self, amount: int, coin: str, to: str) -> int:
        """``amount`` of ``coin`` (1e-18) in another coin, at the oracle's prices."""
        if coin == to:
            return amount
        price, price_to = self._rate(coin), self._rate(to)
        worth = divide_decimal(multiply(amount, price_to), price)
        if worth <= 0:
            raise ValueError(f"amount = {amount} (1e-18 {coin}) is worth no 1e-18 {to}: allowed is more")
        return worth

    def _rate(self, coin: str) -> int:
        rate = ONE if coin == LUNA else self.rates.get(coin, 0)
        if not rate:
            raise ValueError(f"coin = {coin!r} has no price: allowed are {[LUNA, *self.rates]}")
        return rate

    def _tax(self, coin: str) -> int:
        if coin not in self.tobin_tax:
            raise ValueError(f"coin = {coin!r} has no Tobin tax: allowed are {list(self.tobin_tax)}")
        return self.tobin_tax[coin]


class MarketSwap(NamedTuple):
    """What happened in a swap. Amounts in millionths of a coin."""

    before: TerraMarket
    after: TerraMarket
    offer: str
    ask: str
    amount: int  #: of the offered coin, burned
    received: int  #: of the asked coin, minted for the trader
    fee: int  #: of the asked coin, minted for the oracle pool
    spread: int  #: 1e-18, of the face value

    def transfers(self, trader: str = "trader") -> tuple[Transfer, ...]:
        """What was burned, and what was minted for whom."""
        return actual(
            (
                Transfer(trader, OUTSIDE, float(self.amount), self.offer, "burn"),
                Transfer(OUTSIDE, trader, float(self.received), self.ask, "mint"),
                Transfer(OUTSIDE, ORACLE, float(self.fee), self.ask, "spread"),
            )
        )


def _checked(name: str, entries: Mapping[str, int], low: int, high: int) -> FrozenDict[str, int]:
    return FrozenDict({coin: integer(f"{name}[{coin!r}]", number, low, high) for coin, number in entries.items()})
