"""A token economy day by day: emission, burning, price, and providers who come while it pays and else leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.tokens.burn_mint import TOKEN
from defi_lib.frozen import kept
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_number, positive

if TYPE_CHECKING:
    from defi_lib.rewards import Emission


class _EconomyState(NamedTuple):
    supply: Amount
    providers: Amount
    demand: Amount
    belief: Amount
    cost: Amount
    exponent: Amount
    demand_exponent: Amount
    velocity: Amount
    burned_share: Amount
    node_share: Amount
    entry_speed: Amount
    potential: Amount


class TokenEconomy(_EconomyState):
    """A network at its start, and the rules it follows.

    The token's market value has two parts: what payments need (demand/velocity) and what people believe, which follows
    the number of providers: ``D/V + belief·(N/N₀)^η``.

    Args:
        supply: tokens, > 0.
        providers: N₀, > 0.
        demand: D, USD that users pay per year, >= 0.
        belief: market value beyond payments (USD), >= 0.
        cost: of a provider, USD per year, > 0.
        exponent: η, how belief follows the number of providers, 0 to 4.
        demand_exponent: δ, how demand follows the number of providers, 0 to 4.
        velocity: how often a token changes hands per year, > 0.
        burned_share: part of the payments for which tokens are bought and burned, in [0, 1]; the rest goes to
            providers in USD.
        node_share: part of the emission that providers get, in [0, 1]; the rest goes to the foundation.
        entry_speed: greatest growth or decline of the number of providers (per year, logarithmic), >= 0.
        potential: number of providers that there can be, > 0.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; the parts are the equation of exchange, burn and mint, and free entry.
    """

    __slots__ = ()

    def __new__(
        cls,
        supply: Amount,
        providers: Amount,
        demand: Amount,
        belief: Amount,
        cost: Amount,
        *,
        exponent: Amount = 1.0,
        demand_exponent: Amount = 0.0,
        velocity: Amount = 20.0,
        burned_share: Amount = 1.0,
        node_share: Amount = 1.0,
        entry_speed: Amount = 2.0,
        potential: Amount = 1e7,
    ) -> Self:
        """Check the arguments and build the economy."""
        state = (
            kept(positive("supply", supply)),
            kept(positive("providers", providers)),
            kept(non_negative("demand", demand)),
            kept(non_negative("belief", belief)),
            kept(positive("cost", cost)),
            kept(between("exponent", exponent, 0.0, 4.0)),
            kept(between("demand_exponent", demand_exponent, 0.0, 4.0)),
            kept(positive("velocity", velocity)),
            kept(between("burned_share", burned_share, 0.0, 1.0)),
            kept(between("node_share", node_share, 0.0, 1.0)),
            kept(non_negative("entry_speed", entry_speed)),
            kept(positive("potential", potential)),
        )
        broadcastable(**dict(zip(_EconomyState._fields, state, strict=True)))
        return super().__new__(cls, *state)

    def __getnewargs_ex__(self) -> tuple[tuple[Amount, ...], dict[str, Amount]]:
        """What a copy is built of: most arguments have no place, only a name."""
        return tuple(self)[:5], dict(zip(self._fields[5:], tuple(self)[5:], strict=True))


class TokenRun(NamedTuple):
    """A run, steps along the first axis, scenarios after it."""

    economy: TokenEconomy
    step: float  #: years
    minted: NDArray[np.float64]  #: tokens in each step
    burned: NDArray[np.float64]  #: tokens in each step
    supply: NDArray[np.float64]  #: tokens after each step
    price: NDArray[np.float64]  #: USD per token in each step
    demand: NDArray[np.float64]  #: USD per year in each step
    providers: NDArray[np.float64]  #: in each step

    @property
    def times(self) -> NDArray[np.float64]:
        """Years at the beginning of each step."""
        return np.asarray(np.arange(len(self.price)) * self.step, dtype=np.float64)

    @property
    def emission_value(self) -> NDArray[np.float64]:
        """What providers get in new tokens (USD per year)."""
        return np.asarray(self.minted * (self.economy.node_share * self.price) / self.step)

    @property
    def revenue(self) -> NDArray[np.float64]:
        """What providers get from users directly (USD per year)."""
        return (1 - self.economy.burned_share) * self.demand

    @property
    def income(self) -> NDArray[np.float64]:
        """Of one provider who sells its tokens at once (USD per year)."""
        return (self.emission_value + self.revenue) / self.providers

    def profit_of_joining(self, device_price: Amount = 0.0) -> NDArray[np.float64]:
        """What a provider earns from each step until the end, less running cost and device (USD): early against late.

        Args:
            device_price: USD, >= 0, of no value at the end.

        Raises:
            ValueError: a negative price.
        """
        device_price = non_negative("device_price", device_price)
        flow = (self.income - self.economy.cost) * self.step
        flow[-1] -= device_price
        earned: NDArray[np.float64] = np.cumsum(np.flip(flow, axis=0), axis=0)
        return np.flip(earned, axis=0)

    def transfers(
        self,
        first: int = 0,
        last: int | None = None,
        users: str = "users",
        holders: str = "token holders",
        nodes: str = "nodes",
        foundation: str = "foundation",
        suppliers: str = "suppliers",
    ) -> tuple[Transfer, ...]:
        """All that moved in the steps from ``first`` to before ``last`` (by default, all); mark the token beside."""
        steps = slice(first, last)
        spent = np.sum(self.demand[steps], axis=0) * self.step
        minted, burned = np.sum(self.minted[steps], axis=0), np.sum(self.burned[steps], axis=0)
        to_nodes, work = self.economy.node_share, np.sum(self.providers[steps], axis=0) * self.step
        return actual(
            [
                Transfer(users, holders, spent * self.economy.burned_share, "USD", "token purchase"),
                Transfer(holders, users, burned, TOKEN, "token purchase"),
                Transfer(users, OUTSIDE, burned, TOKEN, "burn"),
                Transfer(users, nodes, spent * (1 - self.economy.burned_share), "USD", "rent"),
                Transfer(OUTSIDE, nodes, minted * to_nodes, TOKEN, "emission"),
                Transfer(OUTSIDE, foundation, minted * (1 - to_nodes), TOKEN, "emission"),
                Transfer(nodes, suppliers, work * self.economy.cost, "USD", "running cost"),
            ]
        )

    def payments(self, first: int = 0, last: int | None = None) -> tuple[Transfer, ...]:
        """What :meth:`transfers` was called."""
        return self.transfers(first, last)


def simulate_token_economy(
    economy: TokenEconomy,
    emission: Emission,
    years: float = 10.0,
    steps_per_year: int = DAYS_PER_YEAR,
    demand_factor: Amount = 1.0,
    mood: Amount = 1.0,
) -> TokenRun:
    """Lead an economy through time, all scenarios at once.

    In each step M tokens are minted, and those that users bought are burned at the price that results:
    ``S' = (S + M)/(1 + β·D·Δt/value)``, ``p = value/S'``. Then the number of providers grows by
    ``speed·(income − cost)/max(income, cost)``, slower near the potential.

    Args:
        economy: at the start.
        emission: a schedule of :mod:`defi_lib.rewards`, time in years.
        years: length, > 0.
        steps_per_year: >= 1.
        demand_factor: factor on demand, >= 0: a number, or one entry for each step along the first axis.
        mood: factor on belief, >= 0, in the same form; prices of :mod:`defi_lib.simulation` that start at 1 will do.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> from defi_lib.rewards import StepEmission
    >>> network = TokenEconomy(1e6, 100.0, 1e5, 1e6, 5000.0)
    >>> simulate_token_economy(network, StepEmission(1e5, 0.5, 1.0), years=2.0).providers[-1] > 100
    np.False_
    """
    count = max(round(one_number("years", positive("years", years)) * at_least("steps_per_year", steps_per_year, 1)), 1)
    step = years / count
    minted = np.diff(np.stack(np.broadcast_arrays(*(emission.emitted(i * step) for i in range(count + 1)))), axis=0)
    demands, moods = _path("demand_factor", demand_factor, count), _path("mood", mood, count)
    named = dict(zip(_EconomyState._fields, economy, strict=True))
    shape = broadcastable(**named, emission=minted[0], demand_factor=demands[0], mood=moods[0])
    burned, supply, price, demand, providers = (np.empty((count, *shape)) for _ in range(5))
    tokens, growth = np.broadcast_to(economy.supply, shape), np.zeros(shape)
    paid = economy.burned_share * step
    nodes_share, direct = economy.node_share / step, 1 - economy.burned_share
    # In logarithms a number of providers can neither overflow nor vanish.
    most = np.log(np.maximum(economy.potential / economy.providers, 1.0))
    for i in range(count):
        size = np.exp(growth)
        flow = economy.demand * demands[i] * np.exp(growth * economy.demand_exponent)
        value = flow / economy.velocity + economy.belief * moods[i] * np.exp(growth * economy.exponent)
        part = paid * flow / np.maximum(value, 1e-300)
        tokens = (tokens + minted[i]) / (1 + part)
        quote = value / tokens
        income = (minted[i] * quote * nodes_share + direct * flow) / (economy.providers * size)
        burned[i], supply[i], price[i], demand[i], providers[i] = part * tokens, tokens, quote, flow, size
        change = (income - economy.cost) / np.maximum(income, economy.cost)
        room = np.where(change > 0, np.maximum(1 - economy.providers * size / economy.potential, 0.0), 1.0)
        growth = np.clip(growth + economy.entry_speed * step * change * room, -500.0, np.maximum(most, growth))
    providers *= economy.providers
    return TokenRun(economy, step, _widened(minted, supply.shape), burned, supply, price, demand, providers)


def _widened(rows: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Rows of fewer scenarios, or of none, for all of them."""
    missing = (1,) * (len(shape) - rows.ndim)
    return np.broadcast_to(rows.reshape(rows.shape[:1] + missing + rows.shape[1:]), shape)


def _path(name: str, factor: Amount, count: int) -> NDArray[np.float64]:
    """A factor for each step; a stream of prices has one more."""
    factor = np.asarray(non_negative(name, factor))
    if factor.ndim == 0:
        return np.broadcast_to(factor, (count,))
    if factor.shape[0] not in (count, count + 1):
        raise ValueError(
            f"{name} has {factor.shape[0]} entries along its first axis: allowed are {count}, one per step"
        )
    return factor[:count]
