"""The clearing vector: the greatest fixed point, found by every set of defaults; monotone; and conserving."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import Network, clear, clear_through_house, debt_rank, impact_of, net_positions

RING = Network.of_matrix([2.0, 1.0, 1.0], [[0, 10, 0], [0, 0, 10], [5, 0, 0]])


def brute(network, alpha, beta):
    """The greatest of the solutions for each of the 2ⁿ sets of protocols that may be in default."""
    size, owed = network.size, network.owed
    shares = network.matrix() / np.where(owed > 0, owed, 1.0)[:, None]
    best = None
    for code in range(2**size):
        down = np.array([(code >> i) & 1 for i in range(size)], bool)
        paid, at = owed.copy(), np.flatnonzero(down)
        if at.size:
            system = np.eye(at.size) - beta * shares.T[np.ix_(at, at)]
            if abs(np.linalg.det(system)) < 1e-12:
                continue
            brings = alpha * network.assets[at] + beta * (shares.T[at] @ np.where(down, 0.0, owed))
            paid[at] = np.linalg.solve(system, brings)
        has = network.assets + shares.T @ paid
        right = np.all(np.where(down, has < owed - 1e-12, has >= owed - 1e-12))
        if right and np.all(paid >= -1e-12) and np.all(paid <= owed + 1e-9):
            best = paid if best is None else np.maximum(best, paid)
    return best


@st.composite
def networks(draw, most=5):
    size = draw(st.integers(1, most))
    numbers = st.floats(0.0, 5.0).map(lambda x: x if x > 0.05 else 0.0)
    table = np.array(draw(st.lists(numbers, min_size=size * size, max_size=size * size))).reshape(size, size)
    np.fill_diagonal(table, 0.0)
    rows = [np.array(draw(st.lists(numbers, min_size=size, max_size=size))) for _ in range(2)]
    return Network.of_matrix(rows[0], table, rows[1])


parts = st.one_of(st.just(1.0), st.floats(0.0, 1.0))


def test_check_values():
    done = clear(RING)
    assert done.paid.tolist() == [7.0, 8.0, 5.0] and done.equity.tolist() == [0.0, 0.0, 4.0]
    assert done.defaults.tolist() == [True, True, False] and done.claims_loss.tolist() == [3.0, 2.0, 0.0]


@given(network=networks(), alpha=parts, beta=parts)
@settings(max_examples=150)
def test_it_is_the_greatest_fixed_point(network, alpha, beta):
    want = brute(network, alpha, beta)
    if want is not None:
        assert clear(network, alpha, beta).paid == pytest.approx(want, abs=1e-9)


@given(network=networks(8), alpha=parts, beta=parts)
@settings(max_examples=150)
def test_what_creditors_lose_is_what_is_missing(network, alpha, beta):
    done = clear(network, alpha, beta)
    given_up = np.sum(done.users_loss) + np.sum(done.claims_loss)
    assert given_up == pytest.approx(np.sum(network.owed - done.paid), abs=1e-9)
    # Outside assets go to users, owners, or are destroyed; claims cancel.
    assert np.sum(network.assets) == pytest.approx(
        np.sum(done.to_users) + np.sum(done.equity) + np.sum(done.costs), abs=1e-9
    )
    assert np.all(done.paid <= network.owed + 1e-12) and np.all(done.to_users <= network.deposits + 1e-12)
    ledger = Ledger(new_parties="by name")
    ledger.book(done)
    ledger.check_conserved()


@given(network=networks(8), alpha=parts, beta=parts, loss=st.floats(0.0, 3.0))
@settings(max_examples=100)
def test_more_assets_never_pay_less(network, alpha, beta, loss):
    poorer = clear(network.shocked(loss), alpha, beta)
    assert np.all(poorer.paid <= clear(network, alpha, beta).paid + 1e-9)
    assert np.all(poorer.paid <= clear(network.shocked(loss)).paid + 1e-9)


def test_costs_of_default_take_what_is_good_down():
    # 0 owes 1, who owes its users: without costs 1 pays; with them both fail.
    chain = Network([9.0, 2.0], [0], [1], [10.0], [0.0, 11.0])
    assert clear(chain).defaults.tolist() == [True, False]
    done = clear(chain, 0.5)
    assert done.defaults.tolist() == [True, True]
    assert done.paid.tolist() == [4.5, 5.5] and done.costs.tolist() == [4.5, 1.0]


def test_who_is_exactly_at_the_boundary_pays():
    edge = Network([0.1 + 0.2, 0.0], [0], [1], [0.3], [0.0, 0.3])
    assert not np.any(clear(edge, 0.5, 0.5).defaults)


def test_a_slow_circle_and_a_closed_one():
    leak = Network.of_matrix([0.0, 0.0, 0.0], [[0, 10, 0], [0, 0, 10], [10, 0, 0]], [1e-6, 0.0, 0.0])
    assert clear(leak).paid == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    closed = Network.of_matrix([0.0, 0.0, 0.0], [[0, 10, 0], [0, 0, 10], [10, 0, 0]])
    assert clear(closed).paid.tolist() == [10.0, 10.0, 10.0]


@pytest.mark.parametrize("little", [1e-3, 1e-6, 6e-8, 1e-9])
def test_what_shrinks_once_in_a_turn_of_a_circle_is_followed_to_the_end(little):
    # The first has nothing and owes the others nearly all; they owe little: two changes in three are hardly smaller.
    table = np.full((3, 3), little / 2)
    table[0] = 0.375
    np.fill_diagonal(table, 0.0)
    assets = [0.0, 0.625 - little / 2, 0.625 - little / 2]
    network = Network.of_matrix(assets, table, 0.75 - np.sum(table, axis=1))
    assert clear(network, 0.0).paid == pytest.approx(brute(network, 0.0, 1.0), rel=1e-9, abs=1e-12)


@given(network=networks(6), order=st.lists(st.integers(0, 3), min_size=36, max_size=36))
@settings(max_examples=100)
def test_ranks(network, order):
    rank, users = np.array(order[: network.amount.size], int), np.array(order[-network.size :], int)
    ranked = Network(*network[:4], network.deposits, rank, users)
    done = clear(ranked)
    assert done.paid == pytest.approx(
        np.minimum(network.owed, network.assets + done.received), abs=1e-8
    )  # what is paid is the same rule, whoever gets it
    part = done.to_claims / np.where(network.amount > 0, network.amount, 1.0)
    for first in range(network.amount.size):
        for second in range(network.amount.size):
            if network.debtor[first] == network.debtor[second] and rank[first] < rank[second]:
                assert part[first] == pytest.approx(1.0) or part[second] == pytest.approx(0.0, abs=1e-9)
    same = Network(*network[:4], network.deposits, np.full(network.amount.size, 2), np.full(network.size, 2))
    assert clear(same).paid == pytest.approx(clear(network).paid, abs=1e-12)


@given(network=networks(6), shares=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
@settings(max_examples=60)
def test_many_shocks_are_each_shock(network, shares):
    many = network.holding(np.multiply.outer(shares, network.assets))
    done = clear(many, 0.9, 0.95)
    for row, share in enumerate(shares):
        alone = clear(network.holding(share * network.assets), 0.9, 0.95)
        assert done.paid[row] == pytest.approx(alone.paid, abs=1e-9)
        assert done.to_claims[row] == pytest.approx(alone.to_claims, abs=1e-9)


def test_a_large_network_is_cleared_by_lists_as_by_a_table():
    rng = np.random.default_rng(5)
    debtor = rng.integers(0, 400, 3000)
    creditor = (debtor + rng.integers(1, 400, 3000)) % 400
    network = Network(
        rng.exponential(3.0, 400), debtor, creditor, rng.exponential(1.0, 3000), rng.exponential(1.0, 400)
    )
    done = clear(network, 0.9)
    paid = network.owed
    shares = network.matrix() / network.owed[:, None]
    for _ in range(3000):
        received = paid @ shares
        short = network.assets + received < network.owed * (1 - 1e-14)
        paid = np.where(short, np.minimum(0.9 * network.assets + received, network.owed), network.owed)
    assert 20 < np.sum(done.defaults) < 400
    assert done.paid == pytest.approx(paid, abs=1e-9)


def test_placebo_without_claims_nobody_but_the_shocked_loses():
    apart = RING.without_claims()
    assert apart.equity == pytest.approx(RING.equity) and apart.amount.size == 0
    done = clear(apart.shocked([2.0, 0.0, 0.0]))
    assert np.flatnonzero(done.users_loss).tolist() == [0] or done.users_loss[1:].tolist() == pytest.approx(
        clear(apart).users_loss[1:].tolist()
    )
    assert debt_rank(impact_of(apart), [1.0, 0.0, 0.0]).distress.tolist() == [1.0, 0.0, 0.0]


def test_debt_rank():
    table = [[0, 0.5, 0.2], [0, 0, 0.4], [0, 0, 0]]
    found = debt_rank(table, [1, 0, 0])
    assert found.distress.tolist() == [1.0, 0.5, 0.4]
    assert found.part([1.0, 1.0, 2.0]) == pytest.approx((0.5 + 0.8) / 4)
    many = debt_rank(table, [[1, 0, 0], [0, 0.5, 0], [0, 0, 0]])
    assert many.distress.tolist() == [[1.0, 0.5, 0.4], [0.0, 0.5, 0.2], [0.0, 0.0, 0.0]]
    circle = debt_rank([[0, 1], [1, 0]], [0.5, 0.0])  # each passes on once
    assert circle.distress.tolist() == [1.0, 0.5]


@given(network=networks(6), shock=st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6))
def test_debt_rank_never_falls_and_never_passes_one(network, shock):
    first = np.array(shock[: network.size])
    found = debt_rank(impact_of(network), first)
    assert np.all(found.distress >= first) and np.all(found.distress <= 1.0)


@given(network=networks(8), fund=st.floats(0.0, 1.0), capital=st.floats(0.0, 5.0))
def test_a_house_conserves_and_its_fund_never_hurts_members_in_credit(network, fund, capital):
    assert np.sum(net_positions(network)) == pytest.approx(0.0, abs=1e-9)
    done = clear_through_house(network, fund * network.assets, capital)
    inflow = np.sum(done.paid) + np.sum(done.fund_used) + done.house_loss
    assert inflow == pytest.approx(np.sum(done.received), abs=1e-9)
    assert np.sum(network.assets) + done.house_loss == pytest.approx(
        np.sum(done.to_users) + np.sum(done.equity), abs=1e-9
    )
    richer = clear_through_house(network, fund * network.assets, capital + 1.0)
    assert np.all(richer.received >= done.received - 1e-9)


@pytest.mark.parametrize("much", [1e-300, 1.0, 1e300])
def test_who_owes_hardly_anything_pays_it_whatever_there_is(much):
    tiny = Network.of_matrix([much, much], [[0, 5e-324], [0, 0]])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert clear_through_house(tiny, [much / 2, much / 2], much).to_users.sum() == 0.0
        assert clear(tiny).paid[0] == 5e-324


def test_the_house_cuts_the_circle():
    alone, house = clear(RING), clear_through_house(RING)
    assert alone.defaults.tolist() == [True, True, False] and house.equity[1] == 1.0
    helped = clear_through_house(RING, [0.0, 1.0, 1.0], capital=1.0)
    assert helped.house_loss == 1.0 and helped.fund_used.tolist() == [0.0, 1.0, 1.0]
    assert helped.unpaid.tolist() == [0.0, 0.0, 0.0]
    rows = clear_through_house(RING.holding([[2.0, 1.0, 1.0], [5.0, 1.0, 1.0]]))
    assert rows.unpaid[:, 2].tolist() == [3.0, 0.0]


def test_a_network_is_its_own():
    mine = np.array([1.0, 2.0])
    network = Network(mine, [0], [1], [5.0])
    mine[0] = 9.0
    assert network.assets[0] == 1.0 and not network.assets.flags.writeable
    twin = pickle.loads(pickle.dumps(network))
    assert all(np.array_equal(a, b) for a, b in zip(twin, network, strict=True))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Network([1.0, 1.0], [0], [0], [1.0]), "claim on itself"),
        (lambda: Network([1.0, 1.0], [0], [2], [1.0]), "creditor"),
        (lambda: Network([1.0, 1.0], [-1], [1], [1.0]), "debtor"),
        (lambda: Network([1.0, 1.0], [0], [1], [-1.0]), "amount"),
        (lambda: Network([-1.0, 1.0], [0], [1], [1.0]), "assets"),
        (lambda: Network([1.0, 1.0], [0], [1], [1.0], [1.0]), "deposits has shape"),
        (lambda: Network([1.0, 1.0], [0, 1], [1], [1.0]), "debtor has shape"),
        (lambda: Network([1.0, 1.0], [0], [1], [1.0], rank=[-1]), "rank"),
        (lambda: Network.of_matrix([1.0], [[0.0, 1.0]]), "square"),
        (lambda: clear(RING, 1.5), "recovered_assets"),
        (lambda: clear(RING, 1.0, -0.5), "recovered_claims"),
        (lambda: clear(RING.holding(np.ones((2, 3)))).transfers(), "one scenario"),
        (lambda: clear(RING).transfers(["a"]), "names has 1"),
        (lambda: debt_rank([[0, 2], [0, 0]], [1, 0]), "impact"),
        (lambda: debt_rank([[0.5]], [1]), "diagonal"),
        (lambda: debt_rank([[0, 1], [0, 0]], [1, 0, 0]), "allowed are"),
        (lambda: clear_through_house(RING, 9.0), "fund"),
        (lambda: clear_through_house(RING, capital=-1.0), "capital"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
