import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import award, captured, collude, divide_pool, match_round, pairwise_match, quadratic_match
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases


@pytest.mark.parametrize("case", cases("clrfund_quadratic_funding"), ids=lambda case: case["id"])
def test_every_round_of_the_contract(case):
    votes = [[int(each) for each in donors] for donors in case["inputs"]["votes"]]
    pool, factor, want = (
        int(case["inputs"]["matching_pool"]),
        int(case["params"]["voice_credit_factor"]),
        case["outputs"],
    )
    if want["reverted"]:
        with pytest.raises(ValueError, match="something to match"):
            match_round(votes, pool, factor)
        return
    found = match_round(votes, pool, factor)
    assert (found.alpha, found.pool, found.left_over) == tuple(
        int(want[name]) for name in ("alpha", "matching_pool_size", "left_over")
    )
    for name, mine in (("tallies", found.tallies), ("spent_credits", found.spent), ("allocations", found.allocations)):
        assert list(mine) == [int(each) for each in want[name]]
    # The formula in floats says the same of the pool, to within rounding.
    longest = max(map(len, votes))
    given_ = np.array([donors + [0] * (longest - len(donors)) for donors in votes], dtype=float) ** 2 * factor
    near = divide_pool(given_, float(pool), spend_all=True)
    wanted = [paid - factor * spent for paid, spent in zip(found.allocations, found.spent, strict=True)]
    assert near.matches == pytest.approx(np.array(wanted, dtype=float), rel=1e-6, abs=2.0)


def test_worked_values():
    assert quadratic_match(np.ones(100)) == 9_900 and quadratic_match([100.0]) == 0 == quadratic_match([0.3])
    assert quadratic_match([25.0] * 4) == 300 and quadratic_match([10.0] * 10) == pytest.approx(900)
    honest, fake = np.ones((1, 100)), 10_000.0
    assert collude(honest, 100.0, 10, fake).split_match == pytest.approx(900 * 10 / 10.8)
    whole = collude(honest, 100.0, 100, fake)
    assert whole.split_match == pytest.approx(5_000) and whole.match == 0 and whole.taken == pytest.approx(4_900)
    assert whole.break_even == pytest.approx(5_000 / 99)


donations = st.lists(st.lists(st.floats(0, 1e6), min_size=4, max_size=4), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(donations, st.floats(0, 1e9), st.floats(0, 1), st.sampled_from([None, 1.0, 1e4]))
def test_a_pool_pays_no_more_than_it_has_nor_than_is_wanted(rows, pool, limit, bound):
    matching = divide_pool(rows, pool, bound, limit)
    assert matching.matches.sum() <= pool * (1 + 1e-12) + np.finfo(float).tiny  # below it numbers have fewer digits
    assert np.all(matching.matches <= matching.wanted * (1 + 1e-12))
    assert np.all(matching.matches <= pool * limit)
    book = Ledger(new_parties="by name")
    book.book(matching)
    book.check_conserved()


@settings(max_examples=60, deadline=None)
@given(donations)
def test_a_bound_on_pairs_only_takes_and_vanishes_when_large(rows):
    free = quadratic_match(np.array(rows))
    assert np.all(pairwise_match(rows, 10.0) <= free * (1 + 1e-9) + 1e-9)
    assert pairwise_match(rows, 1e18) == pytest.approx(free, rel=1e-6, abs=1e-6)


def test_two_donors_alone_draw_at_most_twice_the_bound_over_all_projects():
    assert pairwise_match(np.full((7, 2), 1e9), 25.0).sum() == pytest.approx(50.0)
    scenarios = pairwise_match(np.ones((3, 2, 4)), np.array([1.0, 10.0, 100.0]))
    assert scenarios[1] == pytest.approx(pairwise_match(np.ones((2, 4)), 10.0))
    # A bound makes many names worth less than without it.
    honest = np.ones((1, 50))
    assert collude(honest, 1e4, 50, 1e6, bound=10.0).split_match < collude(honest, 1e4, 50, 1e6).split_match / 2


def test_without_a_pool_or_with_dear_names_nothing_is_gained():
    assert collude(np.ones((1, 9)), 10.0, 10, 0.0).split_match == 0.0
    even = collude(np.ones((1, 9)), 10.0, 10, 50.0)
    assert collude(np.ones((1, 9)), 10.0, 10, 50.0, name_cost=even.break_even).profit == pytest.approx(0.0)
    assert collude(np.ones((1, 9)), 10.0, 1, 50.0).profit == 0.0


def test_a_jurys_median_holds_until_half_collude():
    scores = np.ones((11, 4)) * np.arange(1.0, 5.0)
    assert award(scores, 100.0).awards == pytest.approx([10, 20, 30, 40])
    assert captured(scores, 0, 5, 100.0) == pytest.approx(0.0) and captured(scores, 0, 6, 100.0) > 10
    assert captured(scores, 0, 1, 100.0, by="mean") > 0


def test_a_quorum_and_a_least_part_leave_small_projects_out():
    scores = [[10.0, 1.0, 0.0], [10.0, 0.0, 0.0], [10.0, 1.0, 0.0]]
    assert award(scores, 110.0).awards == pytest.approx([100, 10, 0])
    assert award(scores, 110.0, quorum=3).awards == pytest.approx([110, 0, 0])
    assert award(scores, 110.0, least=0.1).awards == pytest.approx([110, 0, 0])
    assert award(np.zeros((2, 2)), 5.0).awards.tolist() == [0.0, 0.0]
    assert award([[1.0, 4.0], [3.0, 4.0]], 6.0).scores.tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quadratic_match([-1.0]), r"contributions\[0\] = -1"),
        (lambda: quadratic_match([1e308, 1e308]), "beyond what a float can hold"),
        (lambda: divide_pool([1.0], 1.0), "number of axes of contributions = 1"),
        (lambda: divide_pool([[1.0]], -1.0), "pool = -1"),
        (lambda: divide_pool([[1.0]], 1.0, limit=1.1), "limit = 1.1"),
        (lambda: pairwise_match([[1.0]], 0.0), "bound = 0"),
        (lambda: collude([[1.0]], 1.0, 0, 1.0), "identities = 0"),
        (lambda: match_round([[1, -1]], 1), r"votes\[0\]\[1\] = -1"),
        (lambda: match_round([[1, 1]], 1, 0), "factor = 0"),
        (lambda: award([1.0], 1.0), "scores has shape"),
        (lambda: award([[1.0]], 1.0, by="mode"), "by = 'mode'"),
        (lambda: captured([[1.0]], 0, 2, 1.0), "jurors = 2"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
