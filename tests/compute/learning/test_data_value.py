"""Shapley values, leave-one-out, copies, pay; and Bittensor's consensus."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    CachedGame,
    blank_model,
    client_updates,
    coalition_accuracy,
    discount_copies,
    divide_budget,
    exact_shapley,
    idle,
    leave_one_out,
    load_digits,
    sampled_shapley,
    split_samples,
    with_copies,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses


def gloves(coalitions):
    """Two players have a left glove, one a right one; a pair is worth 1."""
    return np.minimum(coalitions[:, 0] + coalitions[:, 1].astype(int), coalitions[:, 2]).astype(float)


def random_game(seed, players):
    table = np.random.default_rng(seed).standard_normal(2**players)

    def game(coalitions):
        return table[coalitions @ (1 << np.arange(players))]

    return game


def test_gloves():
    np.testing.assert_allclose(exact_shapley(gloves, 3), [1 / 6, 1 / 6, 2 / 3])
    assert leave_one_out(gloves, 3).tolist() == [0, 0, 1]  # nobody pays two who can stand in for each other


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_exact_values_are_the_mean_over_all_orders(seed, players):
    game = random_game(seed, players)
    gains = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        present = np.zeros((players + 1, players), dtype=bool)
        for place, player in enumerate(order):
            present[place + 1 :, player] = True
        gains[list(order)] += np.diff(game(present))
    np.testing.assert_allclose(exact_shapley(game, players), gains / len(orders), atol=1e-12)


@given(st.integers(0, 2**32), st.integers(2, 8))
def test_axioms(seed, players):
    game, other = random_game(seed, players), random_game(seed + 1, players)
    everybody = np.array([[True] * players, [False] * players])
    values = exact_shapley(game, players)
    assert values.sum() == pytest.approx(-np.diff(game(everybody))[0], abs=1e-9)
    both = exact_shapley(lambda masks: game(masks) + other(masks), players)
    np.testing.assert_allclose(both, values + exact_shapley(other, players), atol=1e-9)
    # A player who never changes anything gets nothing.
    ignored = exact_shapley(lambda masks: game(masks & (np.arange(players) != 0)), players)
    assert ignored[0] == pytest.approx(0, abs=1e-12)
    few = sampled_shapley(game, players, 3, np.random.default_rng(seed))
    assert few.values.sum() == pytest.approx(values.sum(), abs=1e-9)


def test_sampled_values_agree_within_their_errors():
    game = random_game(4, 10)
    sampled = sampled_shapley(game, 10, 4000, np.random.default_rng(2))
    assert np.all(np.abs(sampled.values - exact_shapley(game, 10)) < 4.5 * sampled.errors)
    assert sampled_shapley(game, 10, 1, np.random.default_rng(2)).errors.tolist() == [0] * 10


def test_many_players_with_known_values():
    weights = np.random.default_rng(1).random(100)

    def quadratic(masks):
        return (masks @ weights) ** 2

    # Of w_i·w_j, each of the two gets half.
    sampled = sampled_shapley(quadratic, 100, 500, np.random.default_rng(3))
    assert np.all(np.abs(sampled.values - weights * weights.sum()) < 4.5 * sampled.errors)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20))
def test_no_coalition_is_asked_for_twice(seed, players):
    asked = []

    def game(masks):
        asked.extend(map(tuple, masks.tolist()))
        return masks @ np.arange(1.0, players + 1)

    random = np.random.default_rng(seed)
    cached = CachedGame(game, players)
    for _ in range(3):
        masks = random.random((15, players)) < 0.5
        np.testing.assert_allclose(cached(masks), masks @ np.arange(1.0, players + 1))
    assert len(asked) == len(set(asked)) == cached.known


def test_a_cache_forgets_what_failed():
    calls = iter([np.array([np.nan]), np.array([5.0])])
    cached = CachedGame(lambda masks: next(calls), 2)
    mask = np.array([[True, False]])
    with pytest.raises(ValueError, match=r"value\[0\] = nan"):
        cached(mask)
    assert cached.known == 0
    assert cached(mask).tolist() == [5]
    assert cached(np.empty((0, 2), dtype=bool)).tolist() == []


def test_copies_gain_and_the_discount_takes_it_back():
    def market(masks):
        return np.any(masks[:, :2], axis=1).astype(float)  # two sellers of the same kind of data

    alone = exact_shapley(market, 2)
    copied = exact_shapley(with_copies(market, 0, 2), 4)
    assert alone.tolist() == [0.5, 0.5]
    assert copied[[0, 2, 3]].sum() == pytest.approx(0.75)
    honest = discount_copies(alone, np.ones((2, 2)))
    robbed = discount_copies(copied, np.ones((4, 4)))
    assert robbed[[0, 2, 3]].sum() < honest[0]
    np.testing.assert_allclose(discount_copies([1.0, 2.0], np.eye(2)), [1, 2])


@given(st.integers(0, 2**32), st.integers(0, 4))
def test_copies_keep_the_sum(seed, copies):
    game = random_game(seed, 4)
    values = exact_shapley(with_copies(game, 1, copies), 4 + copies)
    assert values.sum() == pytest.approx(exact_shapley(game, 4).sum(), abs=1e-9)
    np.testing.assert_allclose(values[4:], values[1], atol=1e-9)


def test_free_riders_and_poison_get_less_than_their_size():
    digits = load_digits(np.random.default_rng(1))
    clients = split_samples(digits.train, 6, np.random.default_rng(2), alike=0.5)
    start = blank_model(digits.test)
    updates = client_updates(start, clients, 10, 1.0)
    updates[0], updates[1] = idle(updates[0]), -updates[1]
    sizes = np.array([client.size for client in clients], dtype=float)
    game = CachedGame(coalition_accuracy(start, updates, sizes, digits.test), 6)
    values = exact_shapley(game, 6)
    assert game.known == 64
    pay, by_size = divide_budget(100.0, values), divide_budget(100.0, sizes)
    assert np.all(pay.amounts[:2] < by_size.amounts[:2])
    ledger = Ledger(new_parties="by name")
    ledger.book(pay)
    ledger.check_conserved()
    assert ledger.balance("client", "USD") == pytest.approx(-100)


def test_dividing_a_budget():
    assert divide_budget(10.0, [3.0, -5.0, 1.0]).amounts.tolist() == [7.5, 0, 2.5]
    assert divide_budget(10.0, [-1.0, 0.0]).amounts.tolist() == [0, 0]
    np.testing.assert_allclose(divide_budget(10.0, [1e-320, 1e-320]).amounts, [5, 5])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact_shapley(gloves, 0), r"players = 0 .*from 1 to 20"),
        (lambda: exact_shapley(gloves, 21), r"players = 21 .*from 1 to 20"),
        (lambda: exact_shapley(lambda masks: np.full(len(masks), np.inf), 2), r"value\[0\] = inf"),
        (lambda: sampled_shapley(gloves, 3, 0, np.random.default_rng(1)), r"orders = 0 .*>= 1"),
        (lambda: leave_one_out(gloves, 0), r"players = 0 .*>= 1"),
        (lambda: CachedGame(gloves, 0), r"players = 0 .*>= 1"),
        (lambda: with_copies(gloves, -1, 1), r"player = -1 .*>= 0"),
        (lambda: with_copies(gloves, 1, -1), r"copies = -1 .*>= 0"),
        (lambda: discount_copies([1.0, 2.0], np.ones((1, 2))), r"similarity has shape \(1, 2\)"),
        (lambda: discount_copies([1.0], [[1.5]]), r"similarity\[0, 0\] = 1.5 .*\[0, 1\]"),
        (lambda: discount_copies([1.0], [[1.0]], -1.0), r"strength = -1 .*\[0, inf\)"),
        (lambda: divide_budget(-1.0, [1.0]), r"budget = -1 .*\[0, inf\)"),
        (lambda: divide_budget(1.0, []), r"number of contributors = 0 .*at least 1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
