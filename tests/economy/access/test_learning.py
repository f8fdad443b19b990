"""Hours to learn against what savings earn more: by hand, month by month, by chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import learn_or_stay, savings_to_earn_back, years_to_earn_back
from defi_lib.ledger import Ledger

BEGINNER = dict(hours=20.0, hour_value=10.0, extra_yield=0.03, mistakes=0.01)


def test_by_hand():
    learnt = learn_or_stay(1_000.0, **BEGINNER, fee=0.005, way=8.0, saved=0.5)
    assert learnt.interest == pytest.approx(90.0) and learnt.mistakes == pytest.approx(30.0)
    assert (learnt.labour, learnt.interface_fee, learnt.way) == pytest.approx((100.0, 5.0, 8.0))
    assert learnt.net == pytest.approx(-53.0)
    assert years_to_earn_back(1_000.0, **BEGINNER) == pytest.approx(10.0)
    assert savings_to_earn_back(**BEGINNER) == pytest.approx(200 / 0.06)


def test_placebo_extra_yield_alone():
    learnt = learn_or_stay(1_000.0, 0.0, 10.0, 0.03)
    assert learnt.net == learnt.interest == pytest.approx(90.0)
    assert years_to_earn_back(1_000.0, 0.0, 10.0, 0.03) == 0.0 == savings_to_earn_back(0.0, 10.0, 0.03)
    assert learn_or_stay(1_000.0, 0.0, 10.0, 0.0).net == 0.0


def test_where_it_never_comes_back():
    assert years_to_earn_back(1_000.0, 20.0, 10.0, 0.01, 0.01) == np.inf
    assert years_to_earn_back(0.0, 20.0, 10.0, 0.03) == np.inf
    assert savings_to_earn_back(20.0, 10.0, 0.01, 0.02) == np.inf
    assert savings_to_earn_back(20.0, 10.0, 0.02, fee=0.06) == np.inf  # three years bring exactly the fee
    # Savings that shrink by a tenth a year bring at most 1,000·0.02/0.1 = 200, for ever: exactly not enough.
    assert years_to_earn_back(1_000.0, **BEGINNER, growth=-0.1) == np.inf
    assert np.isfinite(years_to_earn_back(1_001.0, **BEGINNER, growth=-0.1))


def test_gains_that_stay_in_are_the_saver_and_the_learner_compared():
    # Both at 2 % a year, one with 2 points more: years until 1,000·e^{4 %·T} is 1,200·e^{2 %·T}.
    years = years_to_earn_back(1_000.0, **BEGINNER, growth=0.02)
    assert 1_000 * np.exp(0.04 * years) == pytest.approx(1_200 * np.exp(0.02 * years))
    assert years_to_earn_back(1_000.0, **BEGINNER, growth=1e-9) == pytest.approx(10.0)
    assert years_to_earn_back(1_000.0, **BEGINNER, growth=5e-324) == pytest.approx(10.0)


@pytest.mark.parametrize("growth", [-0.05, 0.0, 0.02, 0.3])
def test_month_by_month(growth):
    savings, spent, gained, months = 1_000.0, 200.0, 0.0, 0
    per_year = 1_000
    while gained < spent:
        gained += savings * np.exp(growth * (months + 0.5) / per_year) * 0.02 / per_year
        months += 1
    assert years_to_earn_back(1_000.0, **BEGINNER, growth=growth) == pytest.approx(months / per_year, abs=2 / per_year)


def test_mistakes_by_chance_cost_their_mean():
    rng = np.random.default_rng(3)
    # Without growth a beginner errs in one year of ten and loses a tenth of 1,000 dollars.
    lost = 100.0 * rng.binomial(3, 0.1, 200_000)
    learnt = learn_or_stay(1_000.0, **BEGINNER)
    assert abs(lost.mean() - learnt.mistakes) < 4 * lost.std() / lost.size**0.5


@settings(max_examples=80, deadline=None)
@given(
    st.floats(1.0, 1e6), st.floats(0.0, 200.0), st.floats(0.0, 50.0), st.floats(0.001, 0.2), st.floats(0.0, 0.1),
    st.floats(-0.2, 0.2), st.floats(0.0, 1.0), st.floats(0.0, 0.01), st.floats(0.0, 50.0),
)  # fmt: skip
def test_at_the_year_and_at_the_savings_found_nothing_is_gained(
    savings, hours, worth, extra, mistakes, growth, saved, fee, way
):
    more = dict(growth=growth, saved=saved, fee=fee, way=way)
    years = years_to_earn_back(savings, hours, worth, extra, mistakes, **more)
    if np.isfinite(years) and years < 500:
        learnt = learn_or_stay(savings, hours, worth, extra, mistakes, years, **more)
        assert learnt.net == pytest.approx(0.0, abs=1e-7 * (1 + learnt.interest + learnt.labour))
    found = savings_to_earn_back(hours, worth, extra, mistakes, 3.0, **more)
    if np.isfinite(found):
        learnt = learn_or_stay(found, hours, worth, extra, mistakes, 3.0, **more)
        assert learnt.net == pytest.approx(0.0, abs=1e-7 * (1 + learnt.interest + learnt.labour))
    else:
        assert learn_or_stay(savings, hours, worth, extra, mistakes, 3.0, **more).net <= 1e-9 * savings


def test_money_moves_and_hours_do_not():
    learnt = learn_or_stay(1_000.0, **BEGINNER, fee=0.005, way=8.0)
    ledger = Ledger(new_parties="by name")
    ledger.book(learnt)
    ledger.check_conserved()
    assert ledger.balance("learner", "USD") == pytest.approx(learnt.net + learnt.labour)


def test_less_yield_than_at_the_bank_is_paid_the_other_way():
    learnt = learn_or_stay(1_000.0, 0.0, 0.0, extra_yield=-0.01)
    assert learnt.net == pytest.approx(-30.0)
    ledger = Ledger(new_parties="by name")
    ledger.book(learnt)
    assert ledger.balance("learner", "USD") == pytest.approx(-30.0)


def test_worlds_side_by_side():
    savings = np.array([100.0, 1_000.0, 0.0])
    assert years_to_earn_back(savings, **BEGINNER).tolist() == [
        years_to_earn_back(each, **BEGINNER) for each in savings.tolist()
    ]
    assert learn_or_stay(savings, **BEGINNER).net.shape == (3,)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hours": -1.0}, r"hours = -1 .*\[0, inf\)"),
        ({"saved": 1.1}, r"saved = 1\.1 .*\[0, 1\]"),
        ({"fee": -0.1}, r"fee = -0\.1 .*\[0, 1\]"),
        ({"mistakes": -0.1}, r"mistakes = -0\.1 .*\[0, inf\)"),
        ({"extra_yield": np.nan}, "extra_yield = nan"),
        ({"growth": 1e9}, "beyond what a float can hold"),
        ({"hours": [1.0, 2.0], "way": [1.0, 2.0, 3.0]}, "shapes do not fit together"),
    ],
)
def test_bad_input_is_named(changed, said):
    with pytest.raises(ValueError, match=said):
        learn_or_stay(1_000.0, **{**BEGINNER, **changed})
