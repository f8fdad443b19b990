"""One stake behind several promises: which attacks pay, and how far an accident can spread."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger, profits
from defi_lib.staking import MOST_VALIDATORS, RestakingNetwork, largest_loss

ALL = [[1], [1], [1]]


def networks(largest_prize=3.0):
    """Small networks of any shape."""
    return st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
        lambda size: st.builds(
            RestakingNetwork,
            st.lists(st.integers(1, 9).map(float), min_size=size[0], max_size=size[0]),
            st.lists(st.lists(st.booleans(), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]),
            st.lists(st.floats(0.0, largest_prize), min_size=size[1], max_size=size[1]),
            st.sampled_from([0.25, 1 / 3, 0.5, 1.0]),
        )
    )


def plain_search(network):
    """The most that any coalition gains from any of the services it can corrupt, coalition by coalition."""
    best = 0.0
    for joins in product([False, True], repeat=network.stakes.size):
        taken = 0.0
        for service in range(network.prizes.size):
            pairs = list(zip(joins, network.stakes, network.secures[:, service], strict=True))
            behind = sum(stake for _, stake, secures in pairs if secures)
            own = sum(stake for joined, stake, secures in pairs if secures and joined)
            if behind > 0 and own >= network.thresholds[service] * behind - 1e-12:
                taken += network.prizes[service]
        best = max(best, taken - sum(stake for joined, stake in zip(joins, network.stakes, strict=True) if joined))
    return best


def test_one_service_alone_is_safe_and_two_together_are_not():
    alone = RestakingNetwork([1.0, 1.0, 1.0], ALL, [0.9], 1 / 3)
    assert not alone.attack().validators.any() and alone.slack == pytest.approx(1 / 0.9 - 1)
    twice = RestakingNetwork([1.0, 1.0, 1.0], [[1, 1]] * 3, [0.9, 0.9], 1 / 3)
    attack = twice.attack()
    assert attack.validators.sum() == 1 and attack.services.all()
    assert (attack.taken, attack.slashed, attack.profit) == pytest.approx((1.8, 1.0, 0.8))
    assert twice.slack == pytest.approx(1 / 1.8 - 1)


def test_at_the_border_nobody_gains():
    assert not RestakingNetwork([0.1, 0.2, 0.3], ALL, [0.3], 0.5).attack().validators.any()
    assert RestakingNetwork([0.1, 0.2, 0.3], ALL, [0.3001], 0.5).attack().slashed == pytest.approx(0.3)


def test_the_condition_is_enough_but_not_necessary():
    safe = RestakingNetwork([1.0, 1.0], [[1], [1]], [1.5], 0.51)
    assert safe.load == pytest.approx([1.5 / 1.02] * 2) and safe.slack < 0
    assert not safe.attack().validators.any()  # one of two is not half, and both lose 2


@settings(max_examples=200)
@given(networks())
def test_every_coalition_is_looked_at(network):
    assert network.attack().profit == pytest.approx(plain_search(network), abs=1e-9)


@given(networks())
def test_who_passes_the_condition_is_not_attacked(network):
    if network.slack >= 0:
        assert not network.attack().validators.any()


@settings(max_examples=200)
@given(networks(largest_prize=1.0), st.integers(0, 4))
def test_with_slack_an_accident_spreads_no_further_than_the_bound(network, who):
    shock = np.arange(network.stakes.size) == who % network.stakes.size
    end = network.cascade(shock)
    assert end.lost == pytest.approx(network.stakes.sum() - end.after.stakes.sum())
    assert not end.after.attack().validators.any()
    if 0 < network.slack < np.inf:
        assert end.lost <= largest_loss(end.shock, network.slack) * (1 + 1e-9)


def test_an_accident_can_make_an_attack_pay_that_did_not():
    network = RestakingNetwork([1.0, 4.0], [[1], [1]], [4.5], 1.0)
    assert network.slack == pytest.approx(5 / 4.5 - 1) and not network.attack().validators.any()
    end = network.cascade([True, False])
    assert end.lost == 5.0 and len(end.attacks) == 1
    assert largest_loss(1.0, network.slack) == pytest.approx(10.0)


def test_stake_of_its_own_for_each_service_needs_no_condition_on_the_others():
    shared = RestakingNetwork([2.0, 2.0], [[1, 1], [1, 1]], [1.5, 1.5], 0.5)
    apart = RestakingNetwork([1.0, 1.0, 1.0, 1.0], [[1, 0], [1, 0], [0, 1], [0, 1]], [0.9, 0.9], 0.5)
    assert shared.attack().validators.any() and not apart.attack().validators.any()


def test_a_service_without_stake_has_stopped():
    gone = RestakingNetwork([1.0], [[1]], [5.0], 0.5).without([True])
    assert not gone.attack().validators.any() and gone.load.tolist() == [0.0] and gone.slack == np.inf


def test_it_is_booked():
    attack = RestakingNetwork([3.0, 2.0], [[1, 1], [1, 0]], [4.0, 4.0], 0.5).attack()
    ledger = Ledger({name: name for name in ("attackers", "users of the services")}, numeraire="ETH")
    ledger.mint("attackers", 5.0, "ETH", "stake")
    ledger.mint("users of the services", 8.0, "ETH", "money")
    ledger.book(attack)
    ledger.check_conserved()
    assert profits(ledger)["attackers"]["taken"] == 8.0 and profits(ledger)["attackers"]["slashed"] == -3.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: RestakingNetwork([-1.0], [[1]], [1.0]), "stakes"),
        (lambda: RestakingNetwork([1.0], [[1]], [-1.0]), "prizes"),
        (lambda: RestakingNetwork([1.0], [[1]], [1.0], 0.0), "thresholds"),
        (lambda: RestakingNetwork([1.0], [[1]], [1.0, 2.0], [0.5, 0.5, 0.5]), "shape"),
        (lambda: RestakingNetwork([1.0], [[1, 1]], [1.0]), "shape of secures"),
        (lambda: RestakingNetwork([1.0] * (MOST_VALIDATORS + 1), [[1]] * (MOST_VALIDATORS + 1), [1.0]), "validators"),
        (lambda: largest_loss(-1.0, 1.0), "shock"),
        (lambda: largest_loss(1.0, 0.0), "slack"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
