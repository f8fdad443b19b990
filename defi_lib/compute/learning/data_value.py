"""What a contribution is worth: Shapley values, exact and sampled, leave-one-out, and pay that copies cannot milk.

A game is a function from masks (one row for each coalition, one column for each player) to the coalitions' values.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, between, finite, fulfilled, integer, non_negative

Game: TypeAlias = Callable[[NDArray[np.bool_]], NDArray[np.float64]]

#: More players have more than a million coalitions.
MOST_EXACT = 20


class CachedGame:
    """A game that is asked for each coalition only once; ``known`` says for how many it has been.

    Args:
        game: the values, dear to compute: a model is trained or tested for each.
        players: number of them, >= 1.
    """

    def __init__(self, game: Game, players: int) -> None:
        self.game = game
        self.players = at_least("players", players, 1)
        self._numbers: dict[bytes, int] = {}
        self._values: list[float] = []

    @property
    def known(self) -> int:
        """Coalitions whose value is known."""
        return len(self._values)

    def __call__(self, coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Values of the coalitions, one row each."""
        packed = np.packbits(coalitions, axis=1)
        keys = packed.view(f"V{packed.shape[1]}")[:, 0].tolist()
        try:
            places = np.fromiter(map(self._numbers.__getitem__, keys), np.int64, len(keys))
        except KeyError:
            places = self._learn(keys, coalitions)
        return np.array(self._values)[places]

    def _learn(self, keys: list[bytes], coalitions: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Ask for the coalitions that are new; where each of all is found. A game that fails leaves no trace."""
        numbers, known = dict(self._numbers), self.known
        places = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), np.int64, len(keys))
        different, rows = np.unique(places, return_index=True)
        found = np.asarray(finite("value", self.game(coalitions[rows[different >= known]])))
        self._numbers = numbers
        self._values.extend(found.tolist())
        return places


def exact_shapley(game: Game, players: int) -> NDArray[np.float64]:
    """Mean marginal contribution of each player over all orders in which they could come.

    ``φ_i = Σ_S |S|!·(n − |S| − 1)!/n!·(v(S ∪ i) − v(S))``. The values add up to ``v(all) − v(nobody)``.

    Args:
        game: values of coalitions; it is asked once, for all 2^n.
        players: n, 1 to 20.

    Raises:
        ValueError: a number of players outside its range, or values that are not finite.

    Source: Shapley (1953); Ghorbani, Zou, *Data Shapley*, arXiv:1904.02868.

    >>> gloves = lambda teams: np.minimum(teams[:, :2].sum(axis=1), teams[:, 2])
    >>> exact_shapley(gloves, 3).round(3).tolist()
    [0.167, 0.167, 0.667]
    """
    players = integer("players", players, 1, MOST_EXACT)
    numbers = np.arange(2**players)
    members = (numbers[:, np.newaxis] >> np.arange(players)) & 1 == 1
    values = np.asarray(finite("value", game(members)))
    sizes = np.sum(members, axis=1)
    weights = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    result = np.empty(players)
    for player in range(players):
        without = numbers[~members[:, player]]
        result[player] = weights[sizes[without]] @ (values[without | 1 << player] - values[without])
    return result


class SampledShapley(NamedTuple):
    """Shapley values from random orders."""

    values: NDArray[np.float64]
    errors: NDArray[np.float64]  #: standard errors; 0 for a single order


@renamed(random="rng")
def sampled_shapley(game: Game, players: int, orders: int, rng: np.random.Generator) -> SampledShapley:
    """Mean marginal contribution over random orders; unbiased, with an error that falls as ``1/√orders``.

    In each order the contributions add up exactly to ``v(all) − v(nobody)``, so the values do too.

    Args:
        game: values of coalitions; a :class:`CachedGame` asks for none twice.
        players: >= 1.
        orders: >= 1.
        rng: where the orders come from.

    Raises:
        ValueError: an argument outside its range.

    Source: Castro, Gómez, Tejada (2009); Ghorbani, Zou, arXiv:1904.02868.
    """
    at_least("players", players, 1), at_least("orders", orders, 1)
    order = rng.permuted(np.broadcast_to(np.arange(players), (orders, players)), axis=1)
    position = np.argsort(order, axis=1, kind="stable")
    # After k have come, those are there whose position is below k.
    present = position[:, np.newaxis, :] < np.arange(players + 1)[:, np.newaxis]
    values = game(present.reshape(-1, players)).reshape(orders, players + 1)
    gains = np.take_along_axis(np.diff(values, axis=1), position, axis=1)
    errors = np.std(gains, axis=0, ddof=1) / orders**0.5 if orders > 1 else np.zeros(players)
    return SampledShapley(np.mean(gains, axis=0), errors)


def leave_one_out(game: Game, players: int) -> NDArray[np.float64]:
    """What would be missing without each player: ``v(all) − v(all but i)``. Two with the same data get nothing.

    Args:
        game: values of coalitions; n + 1 are asked for.
        players: n, >= 1.

    Raises:
        ValueError: a number of players below 1.
    """
    everybody = np.ones((1, at_least("players", players, 1)), dtype=bool)
    values = game(np.concatenate([everybody, ~np.eye(players, dtype=bool)]))
    return values[0] - values[1:]


def with_copies(game: Game, player: int, copies: int) -> Game:
    """The game in which ``player`` offers the same data under further names, as players behind the others.

    Args:
        game: in which copies are worth nothing: one of them is as good as all.
        player: number of the one who copies, >= 0.
        copies: further names, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    at_least("player", player, 0), at_least("copies", copies, 0)

    def copied(coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        players = coalitions.shape[1] - copies
        original = np.array(coalitions[:, :players])
        original[:, player] |= np.any(coalitions[:, players:], axis=1)
        return game(original)

    return copied


def discount_copies(values: Amount, similarity: Amount, strength: float = float(np.log(2))) -> NDArray[np.float64]:
    """Pay less for what others have too: ``φ_i·e^(−λ·Σ_{j≠i} similarity_ij)``. Copying then no longer pays.

    The price: honest players with similar data are punished as well, and not all of the value is paid out.

    Args:
        values: φ, of each player.
        similarity: of each to each, in [0, 1].
        strength: λ, >= 0; ln 2 is enough against exact copies.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit.

    Source: Agarwal, Dahleh, Sarkar, *A Marketplace for Data*, arXiv:1805.08125.
    """
    values = np.atleast_1d(finite("values", values))
    alike = np.asarray(between("similarity", similarity, 0.0, 1.0))
    if alike.shape != (values.size, values.size):
        raise ValueError(f"similarity has shape {alike.shape}: allowed is {(values.size, values.size)}, each to each")
    others = np.sum(alike, axis=1) - np.diag(alike)
    return values * np.exp(-non_negative("strength", strength) * others)


@former.with_payments
class Rewards(NamedTuple):
    """A budget divided among contributors."""

    amounts: NDArray[np.float64]  #: USD for each
    budget: float  #: USD

    def transfers(self, client: str = "client", contributor: str = "contributor") -> tuple[Transfer, ...]:
        """``"client"`` → ``"contributor 0"``, …"""
        shares = enumerate(self.amounts.tolist())
        return actual(Transfer(client, f"{contributor} {i}", amount, "USD", "data") for i, amount in shares)


def divide_budget(budget: float, values: Amount) -> Rewards:
    """Pay in proportion to what each is worth; whoever did harm gets nothing. Nothing is paid if nobody helped.

    Args:
        budget: USD, >= 0.
        values: of each contributor, one at least: Shapley values, or sizes, the common rule.

    Raises:
        ValueError: an argument outside its range.

    >>> divide_budget(100.0, [3.0, 1.0, -1.0]).amounts
    array([75., 25.,  0.])
    """
    non_negative("budget", budget)
    worth = np.maximum(np.atleast_1d(finite("values", values)), 0.0)
    fulfilled("number of contributors", np.asarray(float(worth.size)), worth.size > 0, "is at least 1")
    largest = float(np.max(worth))
    if largest == 0:
        return Rewards(np.zeros(worth.shape), budget)
    shares = worth / largest
    return Rewards(budget * shares / np.sum(shares), budget)
