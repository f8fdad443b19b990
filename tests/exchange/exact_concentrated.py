"""The arithmetic of the Uniswap v3 pool in Python integers, to the last unit: what the float pool is measured with.

Written from the paper and checked against every vector of the contract. Mutable and slow, and not part of the package.
"""

from dataclasses import dataclass, field

from defi_lib.exchange.ticks import (
    MAX_SQRT_PRICE_X96,
    MIN_SQRT_PRICE_X96,
    sqrt_price_x96_at_tick,
    tick_at_sqrt_price_x96,
)

WRAP = 2**256


class RevertedError(Exception):
    pass


def require(condition):
    if not condition:
        raise RevertedError


def divide(numerator, denominator, up):
    return -(-numerator // denominator) if up else numerator // denominator


def amount_0(root_a, root_b, liquidity, up):
    low, high = sorted((root_a, root_b))
    return divide(divide((liquidity << 96) * (high - low), high, up), low, up)


def amount_1(root_a, root_b, liquidity, up):
    return divide(liquidity * abs(root_b - root_a), 1 << 96, up)


def root_after_input(root, liquidity, amount, zero_for_one):
    if not zero_for_one:
        return root + (amount << 96) // liquidity
    depth = liquidity << 96
    if amount * root + depth < WRAP:
        return divide(depth * root, depth + amount * root, True)
    return divide(depth, depth // root + amount, True)


def root_after_output(root, liquidity, amount, zero_for_one):
    if zero_for_one:
        fall = divide(amount << 96, liquidity, True)
        require(root > fall)
        return root - fall
    depth = liquidity << 96
    require(depth > amount * root and amount * root < WRAP)
    return divide(depth * root, depth - amount * root, True)


def swap_step(root, target, liquidity, remaining, fee_pips):
    """Next root, amount in, amount out, fee."""
    falling, exact_in = root >= target, remaining >= 0
    amount_in, amount_out = (amount_0, amount_1) if falling else (amount_1, amount_0)
    if exact_in:
        net = remaining * (1_000_000 - fee_pips) // 1_000_000
        room = amount_in(target, root, liquidity, True)
        after = target if net >= room else root_after_input(root, liquidity, net, falling)
    else:
        room = amount_out(target, root, liquidity, False)
        after = target if -remaining >= room else root_after_output(root, liquidity, -remaining, falling)
    paid, received = amount_in(after, root, liquidity, True), amount_out(after, root, liquidity, False)
    if not exact_in:
        received = min(received, -remaining)
    if exact_in and after != target:
        return after, paid, received, remaining - paid
    return after, paid, received, divide(paid * fee_pips, 1_000_000 - fee_pips, True)


@dataclass
class ExactPool:
    root: int
    fee_pips: int = 3000
    spacing: int = 60
    fee_protocol: tuple = (0, 0)
    tick: int = 0
    liquidity: int = 0
    growth: list = field(default_factory=lambda: [0, 0])
    protocol_fees: list = field(default_factory=lambda: [0, 0])
    balances: list = field(default_factory=lambda: [0, 0])
    ticks: dict = field(default_factory=dict)  # tick: [gross, net, [outside_0, outside_1]]
    positions: dict = field(default_factory=dict)  # (owner, lower, upper): [liquidity, [inside_0, inside_1], [owed]]

    def __post_init__(self):
        self.tick = tick_at_sqrt_price_x96(self.root)

    def change(self, owner, lower, upper, delta):
        """Mint (delta > 0) or burn (<= 0); the amounts paid, or booked."""
        position = self.positions.setdefault((owner, lower, upper), [0, [0, 0], [0, 0]])
        require(delta != 0 or position[0] > 0)
        require(position[0] + delta >= 0)
        if delta:
            for tick, sign in ((lower, 1), (upper, -1)):
                if tick not in self.ticks:
                    self.ticks[tick] = [0, 0, list(self.growth) if tick <= self.tick else [0, 0]]
                self.ticks[tick][0] += delta
                self.ticks[tick][1] += sign * delta
        for token in (0, 1):
            growth, low, high = self.growth[token], self.ticks[lower][2][token], self.ticks[upper][2][token]
            below = low if self.tick >= lower else growth - low
            above = high if self.tick < upper else growth - high
            inside = (growth - below - above) % WRAP
            position[2][token] += position[0] * ((inside - position[1][token]) % WRAP) >> 128
            position[1][token] = inside
        position[0] += delta
        for tick in (lower, upper):
            if self.ticks[tick][0] == 0:
                del self.ticks[tick]
        if lower <= self.tick < upper:
            self.liquidity += delta
        root_low, root_high = sqrt_price_x96_at_tick(lower), sqrt_price_x96_at_tick(upper)
        root = min(max(self.root, root_low), root_high)
        amounts = [
            amount_0(root, root_high, abs(delta), delta > 0),
            amount_1(root_low, root, abs(delta), delta > 0),
        ]
        for token in (0, 1):
            if delta > 0:
                self.balances[token] += amounts[token]
            else:
                position[2][token] += amounts[token]
        return amounts

    def collect(self, owner, lower, upper):
        owed = self.positions[owner, lower, upper][2]
        paid = list(owed)
        for token in (0, 1):
            self.balances[token] -= paid[token]
            owed[token] = 0
        return paid

    def next_tick(self, falling):
        """The next tick within one word of 256 multiples of the spacing, and whether it is in use."""
        compressed = self.tick // self.spacing + (not falling)
        first = compressed // 256 * 256
        word = range(compressed, first - 1, -1) if falling else range(compressed, first + 256)
        found = next((step * self.spacing for step in word if step * self.spacing in self.ticks), None)
        return (word[-1] * self.spacing, False) if found is None else (found, True)

    def swap(self, zero_for_one, specified, limit):
        """The amounts paid (> 0) and received (< 0)."""
        require(specified != 0)
        require(MIN_SQRT_PRICE_X96 < limit < self.root if zero_for_one else self.root < limit < MAX_SQRT_PRICE_X96)
        remaining, calculated, token = specified, 0, 0 if zero_for_one else 1
        while remaining and self.root != limit:
            start = self.root
            tick, in_use = self.next_tick(zero_for_one)
            tick = min(max(tick, -887272), 887272)
            end = sqrt_price_x96_at_tick(tick)
            target = max(end, limit) if zero_for_one else min(end, limit)
            self.root, paid, received, fee = swap_step(self.root, target, self.liquidity, remaining, self.fee_pips)
            if specified > 0:
                remaining, calculated = remaining - paid - fee, calculated - received
            else:
                remaining, calculated = remaining + received, calculated + paid + fee
            if self.fee_protocol[token]:
                share = fee // self.fee_protocol[token]
                fee -= share
                self.protocol_fees[token] += share
            if self.liquidity:
                self.growth[token] = (self.growth[token] + (fee << 128) // self.liquidity) % WRAP
            if self.root == end:
                if in_use:
                    outside = self.ticks[tick][2]
                    outside[:] = [(now - before) % WRAP for now, before in zip(self.growth, outside, strict=True)]
                    self.liquidity += -self.ticks[tick][1] if zero_for_one else self.ticks[tick][1]
                self.tick = tick - 1 if zero_for_one else tick
            elif self.root != start:
                self.tick = tick_at_sqrt_price_x96(self.root)
        amounts = [specified - remaining, calculated]
        if zero_for_one != (specified > 0):
            amounts.reverse()
        for number in (0, 1):
            self.balances[number] += amounts[number]
        return amounts
