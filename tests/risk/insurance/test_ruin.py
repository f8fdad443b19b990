import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import capital_for_ruin, loaded_premium, ruin_chance, run_fund, sampled_ruin

chances = st.floats(0.0, 1.0)


@given(st.floats(0.0, 1e9), chances, st.floats(0.0, 10.0), chances)
def test_a_premium_is_never_below_the_expected_loss(cover, chance, loading, severity):
    fair = loaded_premium(cover, chance, 0.0, severity)
    assert fair == cover * chance * severity
    assert loaded_premium(cover, chance, loading, severity) >= fair


@pytest.mark.parametrize(("capital", "wanted"), [(0.0, 0.833333), (10.0, 0.157396)])
def test_ruin_of_the_literature(capital, wanted):
    assert ruin_chance(capital, 0.2) == pytest.approx(wanted, abs=5e-7)
    assert ruin_chance(capital * 7, 0.2, 7.0) == pytest.approx(wanted, abs=5e-7)


def test_capital_for_one_ruin_in_two_hundred():
    assert capital_for_ruin(0.005, 0.2) == pytest.approx(30.696, abs=5e-4)
    assert ruin_chance(capital_for_ruin(0.005, 0.2), 0.2) == pytest.approx(0.005)
    assert capital_for_ruin(0.9, 0.2) == 0.0


def test_without_a_loading_ruin_is_certain_and_with_much_nearly_never():
    assert ruin_chance(np.array([0.0, 1e6]), 0.0).tolist() == [1.0, 1.0]
    assert ruin_chance(1e6, 1.0) == 0.0


def test_claims_one_by_one_say_the_same():
    rng = np.random.default_rng(5)
    for capital in (0.0, 5.0):
        drawn = sampled_ruin(rng, 20_000, capital, 0.3, claims=400)
        assert drawn == pytest.approx(ruin_chance(capital, 0.3), abs=4 * np.sqrt(0.25 / 20_000))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 10.0), st.floats(0.01, 5.0))
def test_more_capital_and_more_loading_never_hurt(capital, more, loading, extra):
    assert ruin_chance(capital + more, loading) <= ruin_chance(capital, loading) * (1 + 1e-12)
    assert ruin_chance(capital, loading + extra) <= ruin_chance(capital, loading) * (1 + 1e-12)


histories = st.lists(st.lists(st.floats(0.0, 50.0), min_size=3, max_size=3), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 40.0), st.floats(0.0, 20.0), histories, st.booleans())
def test_a_fund_conserves(capital, premium, claims, closes):
    run = run_fund(capital, premium, claims, closes=closes)
    kept = capital + run.premiums.sum(axis=0) - run.paid.sum(axis=0)
    assert np.allclose(run.capital[-1], kept) and np.all(run.capital >= 0)
    assert np.all(run.paid + run.unpaid <= np.asarray(claims) + 1e-12)
    if not closes:
        assert np.allclose(run.paid + run.unpaid, claims)
    ledger = Ledger({"members": "member", "fund": "fund", "claimants": "claimant"})
    ledger.book(run)


def test_ether_that_falls_ruins_a_fund_that_dollars_would_have_saved():
    claims = [[0.0], [8.0]]
    assert not run_fund(10.0, 0.0, claims).ruined[0]
    assert run_fund(10.0, 0.0, claims, returns=[-0.5, 0.0]).ruined[0]


def test_rows_for_years_and_worlds():
    run = run_fund([1.0, 100.0], [[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [9.0, 9.0]])
    assert run.paid.tolist() == [[2.0, 2.0], [3.0, 9.0]] and run.unpaid.tolist() == [[0.0, 0.0], [6.0, 0.0]]
    assert run_fund(0.0, [1.0, 1.0], [0.0, 2.0]).ruined == np.False_


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loaded_premium(-1.0, 0.1), r"cover = -1"),
        (lambda: loaded_premium(1.0, 1.1), r"chance = 1\.1"),
        (lambda: loaded_premium(1.0, 0.1, -0.1), r"loading = -0\.1"),
        (lambda: loaded_premium(1.0, 0.1, 0.1, 2.0), r"severity = 2"),
        (lambda: ruin_chance(-1.0, 0.1), r"capital = -1"),
        (lambda: ruin_chance(1.0, -0.1), r"loading = -0\.1"),
        (lambda: ruin_chance(1.0, 0.1, 0.0), r"mean_claim = 0"),
        (lambda: capital_for_ruin(0.0, 0.1), r"chance = 0"),
        (lambda: capital_for_ruin(0.1, 0.0), r"loading = 0"),
        (lambda: run_fund(-1.0, 1.0, [1.0]), r"capital = -1"),
        (lambda: run_fund(1.0, -1.0, [1.0]), r"premiums = -1"),
        (lambda: run_fund(1.0, 1.0, [-1.0]), r"claims\[0\] = -1"),
        (lambda: run_fund(1.0, 1.0, 1.0), r"claims has shape"),
        (lambda: run_fund(1.0, [1.0, 2.0], [1.0]), r"premiums has 2 years"),
        (lambda: run_fund(1.0, 1.0, [1.0], returns=-2.0), r"returns = -2"),
        (lambda: sampled_ruin(np.random.default_rng(1), 0, 1.0, 0.1, 5), r"worlds = 0"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
