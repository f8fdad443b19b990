"""StableSwap: the exchange of Curve, for tokens that should be worth the same."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.pools.amplification import contract_amplification
from defi_lib.exchange.pools.pool import LiquidityChange, Swap, price_gaps
from defi_lib.exchange.pools.stable_curve import (
    Curve,
    answer,
    curve_of_two,
    invariant,
    product_term,
    rising_root,
    weights,
)
from defi_lib.frozen import kept
from defi_lib.rounding import below, rest
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    per_token,
    plain,
    positive,
    ratio,
    token_pair,
    whole,
)
from defi_lib.validation import token as token_number

#: Builds a record from values already known to be valid, in half the time of its constructor.
_record = tuple.__new__


class _State(NamedTuple):
    reserves: tuple[Amount, ...]
    amplification: Amount
    fee: Amount
    shares: Amount
    admin_fee: Amount
    protocol_fees: tuple[Amount, ...]


class StableSwapPool(_State):
    """Two or more reserves between a constant sum and a constant product: ``A·n·Σx + D = A·n·D + Dⁿ⁺¹/(nⁿ·∏x)``.

    Args:
        reserves: tokens held of each token, > 0, each counted in units worth 1 at par.
        amplification: A > 0 **as the contract stores it**, which is ``nⁿ⁻¹`` times the A of the whitepaper: see
            :func:`contract_amplification`. The larger, the flatter the curve around par.
        fee: ratio of the amount that comes out, in [0, 1). It stays in the pool, so D grows with each trade.
        shares: liquidity shares in circulation (tokens); by default D, as after a first deposit.
        admin_fee: part of every fee that goes to the protocol, in [0, 1]; usually 1/2 in the contract.
        protocol_fees: tokens owed to the protocol, no longer part of the reserves; see :meth:`collect_protocol`.
        decimals: if given, one for each token: ``reserves`` are then in smallest units, as the contract states them,
            and are turned into whole tokens. All other amounts, before and after, are in whole tokens.

    Every argument may hold arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
        ArithmeticError: D not found (see :func:`invariant`).

    The fee is taken from the token bought. In a :class:`Swap` it is stated as the same part of what was paid, so that
    price impact and cost mean the same in every pool.

    Source: Egorov, *StableSwap* (2019); repository curvefi/curve-contract. The contract rounds every amount against the
    user by up to two smallest units.

    >>> pool = StableSwapPool((1_500_000, 500_000), 200)
    >>> round(pool.swap_exact_in(1000.0).amount_out, 4)
    990.833
    >>> StableSwapPool((15 * 10**23, 5 * 10**11), 200, decimals=(18, 6)).reserves
    (1500000.0, 500000.0)
    """

    __slots__ = ()

    def __new__(
        cls,
        reserves: tuple[Amount, ...],
        amplification: Amount,
        fee: Amount = 0.0004,
        shares: Amount | None = None,
        admin_fee: Amount = 0.0,
        protocol_fees: tuple[Amount, ...] | None = None,
        *,
        decimals: tuple[int, ...] | None = None,
    ) -> Self:
        """Check the arguments and build the pool."""
        reserves = tuple(map(kept, _whole_tokens(per_token("reserves", reserves, None, positive), decimals)))
        amplification, fee = kept(positive("amplification", amplification)), kept(ratio("fee", fee))
        admin_fee = kept(between("admin_fee", admin_fee, 0.0, 1.0))
        owed = (0.0,) * len(reserves) if protocol_fees is None else protocol_fees
        owed = tuple(map(kept, per_token("protocol_fees", owed, len(reserves), non_negative)))
        held = {f"reserves[{i}]": reserve for i, reserve in enumerate(reserves)}
        held |= {f"protocol_fees[{i}]": amount for i, amount in enumerate(owed)}
        broadcastable(**held, amplification=amplification, fee=fee, admin_fee=admin_fee)
        shares = kept(invariant(reserves, amplification) if shares is None else positive("shares", shares))
        broadcastable(**held, amplification=amplification, fee=fee, shares=shares, admin_fee=admin_fee)
        return super().__new__(cls, reserves, amplification, fee, shares, admin_fee, owed)

    @property
    def invariant(self) -> Amount:
        """D: what the pool would hold in all if its reserves were equal (tokens)."""
        return invariant(self.reserves, self.amplification)

    @property
    def imbalance_fee(self) -> Amount:
        """Ratio of every deviation from a balanced deposit or withdrawal: ``fee·n/(4(n − 1))``."""
        return self.fee * len(self.reserves) / (4 * (len(self.reserves) - 1))

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in ``quote``, without fee: ``(A·n + D_P/x_token) / (A·n + D_P/x_quote)``."""
        token_pair(token, quote, len(self.reserves), ("token", "quote"))
        flat, bend, _ = self._curve()
        return (flat + bend / self.reserves[token]) / (flat + bend / self.reserves[quote])

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` (tokens, >= 0) for what D lets go of ``token_out``, less the fee.

        Raises:
            ValueError: a negative amount, or a token that the pool does not have.
        """
        amount_in = non_negative("amount_in", amount_in)
        reserves, amplification, fee, _, admin_fee, _ = self
        token_pair(token_in, token_out, len(reserves))
        reserve_in, reserve_out = reserves[token_in], reserves[token_out]
        if type(amount_in) is not float:
            broadcastable(amount_in=amount_in, reserves=sum(self.reserves), amplification=amplification, fee=fee)
        reserve_after = reserve_in + amount_in
        unchanged, lost = reserve_in / reserve_after, amount_in / reserve_after
        change, left = answer(self._curve(), reserve_out, amount_in, unchanged, lost)
        fee_out = -fee * change
        owed = admin_fee * fee_out
        pool = self._after_swap(token_in, reserve_after, token_out, left + (fee_out - owed), owed)
        return _record(Swap, (self, pool, amount_in, (fee - 1) * change, amount_in * fee, token_in, token_out))

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` (tokens, >= 0), which is what is left of ``amount_out/(1 − fee)`` after the fee.

        Raises:
            ValueError: an amount outside [0, reserve of ``token_out`` less fee), or a token the pool does not have.
        """
        token_pair(token_in, token_out, len(self.reserves))
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        amount_out = between("amount_out", amount_out, 0.0, reserve_out * (1 - self.fee), high_open=True)
        before_fee = amount_out / (1 - self.fee)
        left = positive("reserve of token_out − amount_out/(1 − fee)", rest(reserve_out, before_fee))
        unchanged, lost = reserve_out / left, -before_fee / left
        amount_in, reserve_after = answer(self._curve(), reserve_in, -before_fee, unchanged, lost)
        owed = self.admin_fee * (self.fee * before_fee)
        pool = self._after_swap(token_in, reserve_after, token_out, reserve_out - amount_out - owed, owed)
        return _record(Swap, (self, pool, amount_in, amount_out, amount_in * self.fee, token_in, token_out))

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The trade that moves the price to ``price``, ``(bought, sold)``; contract and arguments as in ``Pool``.

        There is no formula for it: the amount is found between two bounds, as exactly as a price can tell.

        Raises:
            ValueError: a price that is not positive or that no trade reaches, or a token that the pool does not have.

        >>> bought, sold = StableSwapPool((1e6, 1e6), 200).trade_to(1.001)
        >>> round(sold.pool.price(), 12), bought.amount_in > 0, sold.amount_in
        (1.001, True, 0.0)
        """
        up, down = price_gaps(self, price, token, quote, after_fee=after_fee)
        bought = self.swap_exact_in(self._amount_to(up, quote, token, after_fee), quote, token)
        amount = self._amount_to(down, token, quote, after_fee)
        return bought, bought.pool.swap_exact_in(amount, token, quote)

    def with_fee(self, fee: Amount) -> Self:
        """The same pool with another fee (ratio, in [0, 1)) from now on; ``ValueError`` outside this range."""
        fee = kept(ratio("fee", fee))
        broadcastable(fee=fee, reserves=sum(self.reserves), shares=self.shares)
        return self._with(fee=fee)

    def with_amplification(self, amplification: Amount) -> Self:
        """The same pool with another A > 0 (as the contract stores it), as at a moment of a ramp.

        The reserves stay, so D and all prices out of balance change; see
        :class:`~defi_lib.exchange.pools.amplification.AmplificationRamp`.

        >>> pool = StableSwapPool((1.5e6, 0.5e6), 100)
        >>> round(pool.price(), 4), round(pool.with_amplification(200).price(), 4)
        (0.9828, 0.9912)
        """
        amplification = kept(positive("amplification", amplification))
        broadcastable(amplification=amplification, reserves=sum(self.reserves), shares=self.shares)
        return self._with(amplification=amplification)

    def collect_protocol(self) -> LiquidityChange:
        """Pay out what is owed to the protocol (tokens); the reserves do not change.

        >>> pool = StableSwapPool((1e6, 1e6), 200, admin_fee=0.5).swap_exact_in(1000.0).pool
        >>> [round(amount, 4) for amount in pool.collect_protocol().amounts]
        [0.0, 0.2]
        """
        pool = self._with(protocol_fees=(0.0,) * len(self.reserves))
        return LiquidityChange(self, pool, self.protocol_fees, 0.0)

    def add_liquidity(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Deposit one amount per token (each >= 0) and receive ``shares·(D′/D − 1)``.

        Before D′ is taken, every token pays :attr:`imbalance_fee` on its distance to a balanced deposit that makes the
        pool as large; the whole amounts enter the pool.

        Raises:
            ValueError: a negative amount, not one amount per token, or fees above what the pool holds of a token.
        """
        amounts = self._amounts(amounts)
        growth, fees = self._growth_after_fees(amounts)
        return self._change(amounts, plain(np.maximum(self.shares * growth, 0.0)), fees, entering=True)

    def remove_liquidity(self, shares: Amount) -> LiquidityChange:
        """Give back shares (0 to all but the last) and receive the same part of every reserve, without fee.

        Raises:
            ValueError: shares outside [0, shares in circulation).
        """
        shares = self._but_not_all(shares)
        return self._change(tuple(reserve * (shares / self.shares) for reserve in self.reserves), shares)

    def remove_exact_amounts(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Receive exactly one amount per token (each >= 0) for ``shares·(1 − D′/D)``, fees as in a deposit.

        Raises:
            ValueError: an amount that with its fee takes the whole reserve, or not one amount per token.
        """
        amounts = self._amounts(amounts)
        for i, (reserve, amount) in enumerate(zip(self.reserves, amounts, strict=True)):
            positive(f"reserves[{i}] − amounts[{i}]", rest(reserve, amount))
        growth, fees = self._growth_after_fees(tuple(-amount for amount in amounts))
        return self._change(amounts, -self.shares * growth, fees)

    def remove_single_asset(self, shares: Amount, token: int = 0) -> LiquidityChange:
        """Give back ``shares`` for one token: what D lets go of it, with fees as in a deposit.

        Raises:
            ValueError: shares outside [0, shares in circulation), or a token that the pool does not have.
        """
        token = token_number("token", token, len(self.reserves))
        shares = self._but_not_all(shares)
        part, left_over = shares / self.shares, (self.shares - shares) / self.shares
        curve, fee, reserve = self._curve(), self.imbalance_fee, self.reserves[token]
        others = [other for i, other in enumerate(self.reserves) if i != token]
        missing, count = sum(others) * part / left_over, len(others)

        # D is homogeneous: shrink the whole pool to the rest, then return to it what the other tokens did not pay out.
        log_rest, log_charged = np.log1p(-part), np.log1p(-fee * part)
        free, _ = answer(curve, reserve, missing, left_over**count, -np.expm1(count * log_rest))
        unchanged, lost = (left_over / (1 - fee * part)) ** count, -np.expm1(count * (log_rest - log_charged))
        charged, left = answer(curve, reserve, missing * (1 - fee), unchanged, lost)
        amount = reserve * part + left_over * (fee * free - charged)
        # The fee is what would have been paid without it, less what is paid.
        paid_as_fee = plain(np.maximum(left_over * (charged - free - fee * free), 0.0))
        known = {token: left_over * (left - fee * free)}
        return self._change(self._only(token, amount), shares, self._only(token, paid_as_fee), known)

    def _amount_to(self, rise: Amount, token_in: int, token_out: int, after_fee: bool) -> Amount:
        """What to pay so that the price of ``token_out`` rises by the part ``rise`` (0: nothing)."""
        pool = self._with(fee=0.0) if after_fee else self
        target = self.price(token_out, token_in) * (1 + rise)

        def excess(amount: Amount) -> NDArray[np.float64]:
            after = pool.swap_exact_in(amount, token_in, token_out).pool
            return np.where(np.greater(rise, 0), after.price(token_out, token_in) / target - 1, 0.0)

        return rising_root(excess, self.reserves[token_in] * rise)

    def _but_not_all(self, shares: Amount) -> Amount:
        """Shares that leave some others in circulation, and not only by rounding."""
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        return fulfilled("shares", shares, below(shares, self.shares), "are fewer than all that are in circulation")

    def _amounts(self, amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
        amounts = per_token("amounts", amounts, len(self.reserves), non_negative)
        for i, (amount, reserve) in enumerate(zip(amounts, self.reserves, strict=True)):
            broadcastable(
                **{f"amounts[{i}]": amount, f"reserves[{i}]": reserve, "fee": self.fee, "shares": self.shares}
            )
        return amounts

    def _only(self, position: int, amount: Amount) -> tuple[Amount, ...]:
        """``amount`` of one token and nothing of the others."""
        return tuple(amount if i == position else 0.0 for i in range(len(self.reserves)))

    def _curve(self) -> Curve:
        reserves, amplification = self.reserves, self.amplification
        if len(reserves) == 2 and type(amplification) is type(reserves[0]) is type(reserves[1]) is float:
            known = curve_of_two(reserves[0], reserves[1], amplification)
            if known is not None:
                return known
        flat, curved = weights(amplification, len(reserves))
        total = self.invariant
        return Curve(flat, curved * product_term(total, reserves), total)

    def _growth_after_fees(self, changes: tuple[Amount, ...]) -> tuple[Amount, tuple[Amount, ...]]:
        """``D′/D − 1`` after these changes when every distance to a balanced change pays the fee; and the fees."""
        growth = self._growth(changes)
        fees = tuple(
            self.imbalance_fee * np.abs(reserve * growth - change)
            for change, reserve in zip(changes, self.reserves, strict=True)
        )
        net = tuple(change - fee for change, fee in zip(changes, fees, strict=True))
        for i, (reserve, change) in enumerate(zip(self.reserves, net, strict=True)):
            positive(f"reserves[{i}] after amounts[{i}] and the fee for imbalance", rest(reserve, -change))
        return self._growth(net), fees

    def _growth(self, changes: tuple[Amount, ...]) -> Amount:
        """``D′/D − 1``, exact for tiny changes too: from the difference of the two invariants, polished by Newton."""
        count = len(changes)
        (flat, curved), (_, bend, total) = weights(self.amplification, count), self._curve()
        after = tuple(reserve + change for reserve, change in zip(self.reserves, changes, strict=True))
        log_product = sum(np.log1p(change / reserve) for change, reserve in zip(changes, self.reserves, strict=True))
        growth = invariant(after, self.amplification) / total - 1
        for _ in range(2):
            log_term = (count + 1) * np.log1p(growth) - log_product
            excess = (flat - curved) * total * growth + bend * np.expm1(log_term) - flat * sum(changes)
            slope = (flat - curved) * total + bend * (count + 1) * np.exp(log_term) / (1 + growth)
            growth = growth - excess / slope
        return growth

    def _change(
        self,
        amounts: tuple[Amount, ...],
        shares: Amount,
        fees: tuple[Amount, ...] | None = None,
        known: dict[int, Amount] | None = None,
        *,
        entering: bool = False,
    ) -> LiquidityChange:
        """Pay ``amounts`` in or out; ``known`` are reserves known better than by a difference."""
        sign, known = (1 if entering else -1), known or {}
        owed = tuple(self.admin_fee * fee for fee in fees or (0.0,) * len(amounts))
        moved = [reserve + sign * amount for reserve, amount in zip(self.reserves, amounts, strict=True)]
        left = tuple(known.get(i, reserve) - part for i, (reserve, part) in enumerate(zip(moved, owed, strict=True)))
        pool = self._with(
            reserves=per_token("reserves", left, len(left), positive),
            shares=positive("shares", self.shares + sign * shares),
            protocol_fees=tuple(before + part for before, part in zip(self.protocol_fees, owed, strict=True)),
        )
        return LiquidityChange(self, pool, amounts, shares)

    def _after_swap(self, token_in: int, paid: Amount, token_out: int, left: Amount, owed: Amount) -> Self:
        """This pool with both reserves of a swap as they are afterwards, and more owed to the protocol."""
        fees = self.protocol_fees
        if len(self.reserves) == 2:
            reserves: tuple[Amount, ...] = (paid, left) if token_in == 0 else (left, paid)
        else:
            new = {token_in: paid, token_out: left}
            reserves = tuple(new.get(i, reserve) for i, reserve in enumerate(self.reserves))
        if type(owed) is not float or owed:
            fees = tuple(fee + owed if i == token_out else fee for i, fee in enumerate(fees))
        if type(self) is not StableSwapPool:
            return self._with(reserves=reserves, protocol_fees=fees)
        _, amplification, fee, shares, admin_fee, _ = self
        new_pool: Self = _record(type(self), (reserves, amplification, fee, shares, admin_fee, fees))
        return new_pool

    def _with(self, **fields: Any) -> Self:
        """This pool with some fields, already known to be valid, replaced; a subclass keeps what it added."""
        pool = self._replace(**fields)
        if added := getattr(self, "__dict__", None):
            pool.__dict__.update(added)
        return pool


def _whole_tokens(reserves: tuple[Amount, ...], decimals: tuple[int, ...] | None) -> tuple[Amount, ...]:
    """Reserves in whole tokens, from smallest units if ``decimals`` are given."""
    if decimals is None:
        return reserves
    places = per_token("decimals", decimals, len(reserves), lambda name, each: whole(name, each, 0, 36))  # type: ignore
    return tuple(reserve / 10.0**each for reserve, each in zip(reserves, places, strict=True))


__all__ = ["StableSwapPool", "contract_amplification", "invariant"]
