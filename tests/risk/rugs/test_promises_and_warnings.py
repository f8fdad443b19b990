import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.risk import (
    empty_day,
    fullest_day,
    gain_from_heeding,
    promised_cash,
    run_promise,
    two_warnings,
    warning_outcomes,
)

parts = st.floats(0.0, 1.0)


def step_by_step(growth, rate, skim=0.0, step=0.02):
    """Day on which the till is empty, what it holds at most, and who has what: in small steps."""
    days = np.arange(0.0, 4_000.0, step) + step / 2
    deposits = np.exp(growth * days) * step
    owed = rate * (np.cumsum(deposits) - deposits / 2) * step
    till = np.cumsum((1 - skim) * deposits - owed)
    end = int(np.argmax(till < 0))
    got = rate * (days[end] - days[:end])
    early = got > 1
    return days[end], till[:end].max(), (deposits[:end] * (got - 1))[early].sum(), deposits[:end].sum()


@pytest.mark.parametrize(("growth", "wanted"), [(0.0, 200.0), (0.005, 251.286)])
def test_the_end_of_the_literature(growth, wanted):
    assert empty_day(growth, 0.01) == pytest.approx(wanted, abs=5e-4)
    assert fullest_day(0.0, 0.01) == 100.0


@pytest.mark.parametrize(("growth", "skim"), [(0.0, 0.0), (0.005, 0.0), (0.003, 0.3), (-0.004, 0.1)])
def test_step_by_step_it_ends_on_the_same_day_with_the_same_gains(growth, skim):
    day, most, gained, deposits = step_by_step(growth, 0.01, skim)
    run = run_promise(1.0, growth, 0.01, skim)
    assert run.days == pytest.approx(day, abs=0.1)
    assert promised_cash(fullest_day(growth, 0.01, skim), 1.0, growth, 0.01, skim) == pytest.approx(most, rel=1e-3)
    assert run.early_got - run.early_paid == pytest.approx(gained, rel=1e-3)
    assert run.early_paid + run.late_paid == pytest.approx(deposits, rel=1e-3)


@settings(max_examples=80, deadline=None)
@given(st.floats(0.001, 0.1), st.floats(-1.0, 0.95), st.floats(0.0, 0.9))
def test_the_till_is_empty_on_that_day_and_all_of_it_is_somebodys(rate, part, skim):
    growth = part * rate / (1 - skim)
    run = run_promise(1.0, growth, rate, skim)
    paid, got = run.early_paid + run.late_paid, run.early_got + run.late_got + run.skimmed
    assert paid == pytest.approx(got, rel=1e-9)
    assert promised_cash(run.days, 1.0, growth, rate, skim) == pytest.approx(0.0, abs=1e-6 * paid)
    assert fullest_day(growth, rate, skim) <= run.days * (1 + 1e-9)
    assert run.early_got >= run.early_paid - 1e-9 * paid and run.late_got <= run.late_paid + 1e-9 * paid


def test_it_never_ends_while_newcomers_suffice():
    assert empty_day(np.array([0.01, 0.02]), 0.01).tolist() == [np.inf, np.inf]
    assert np.isfinite(empty_day(0.01, 0.01, skim=0.1))
    assert np.isfinite(empty_day(0.0099999, 0.01))


def test_near_no_growth_it_is_as_without():
    for growth in (1e-13, -1e-13, 1e-7):
        assert empty_day(growth, 0.01) == pytest.approx(200.0, abs=0.01)
        assert promised_cash(50.0, 1.0, growth, 0.01) == pytest.approx(37.5, abs=1e-3)


def test_who_takes_all_leaves_nothing_to_promise():
    assert empty_day(0.0, 0.01, skim=1.0) == 0.0
    everything = run_promise(1.0, 0.0, 0.01, 1.0)
    assert everything.late_part == 0.0 and everything.skimmed == 0.0


def test_bayes_of_the_literature():
    found = warning_outcomes(0.08, 0.90, 0.95)
    assert found.fake_if_warned == pytest.approx(0.610169, abs=5e-7)
    assert found.fake_if_not_warned == pytest.approx(0.009070, abs=5e-7)


@given(parts, parts, parts, parts)
def test_four_parts_add_up(base, hit, clear, alike):
    for found in (warning_outcomes(base, hit, clear), two_warnings(base, hit, clear, alike)):
        assert sum(found) == pytest.approx(1.0)
        assert found.caught + found.missed == pytest.approx(base)
        assert 0.0 <= found.fake_if_warned <= 1.0 and 0.0 <= found.fake_if_not_warned <= 1.0


@given(st.floats(0.001, 0.999), parts)
def test_a_warning_that_says_nothing_changes_nothing(base, alarm):
    found = warning_outcomes(base, alarm, 1 - alarm)
    if found.warned > 1e-9:
        assert found.fake_if_warned == pytest.approx(base)


def test_counted_among_drawn_tokens():
    rng = np.random.default_rng(6)
    fake = rng.random(200_000) < 0.08
    warned = np.where(fake, rng.random(fake.size) < 0.9, rng.random(fake.size) < 0.05)
    assert fake[warned].mean() == pytest.approx(warning_outcomes(0.08, 0.9, 0.95).fake_if_warned, abs=0.012)


def test_two_that_look_at_the_same_are_one():
    one, two = warning_outcomes(0.08, 0.9, 0.95), two_warnings(0.08, 0.9, 0.95, alike=1.0)
    assert tuple(two) == pytest.approx(tuple(one))
    assert two_warnings(0.08, 0.9, 0.95).caught == pytest.approx(0.08 * 0.99)


def test_what_heeding_is_worth():
    perfect = warning_outcomes(0.1, 1.0, 1.0)
    assert gain_from_heeding(perfect, 1.0, 0.5) == pytest.approx(0.1)
    assert gain_from_heeding(warning_outcomes(0.1, 0.0, 0.5), 1.0, 0.5) < 0
    assert warning_outcomes(0.0, 0.5, 1.0).fake_if_warned == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: promised_cash(-1.0, 1.0, 0.0, 0.1), r"time = -1"),
        (lambda: promised_cash(1.0, -1.0, 0.0, 0.1), r"inflow = -1"),
        (lambda: promised_cash(1.0, 1.0, np.nan, 0.1), r"growth = nan"),
        (lambda: promised_cash(1e6, 1.0, 1.0, 0.1), r"beyond what a float can hold"),
        (lambda: fullest_day(0.0, 0.0), r"rate = 0"),
        (lambda: empty_day(0.0, 0.1, 1.1), r"skim = 1\.1"),
        (lambda: run_promise(1.0, 0.2, 0.1), r"growth = 0\.2 pays for rate = 0\.1"),
        (lambda: run_promise(0.0, 0.0, 0.1), r"inflow = 0"),
        (lambda: warning_outcomes(1.1, 0.5, 0.5), r"base_rate = 1\.1"),
        (lambda: warning_outcomes(0.1, -0.5, 0.5), r"sensitivity = -0\.5"),
        (lambda: warning_outcomes(0.1, 0.5, 1.5), r"specificity = 1\.5"),
        (lambda: two_warnings(0.1, 0.5, 0.5, 2.0), r"alike = 2"),
        (lambda: gain_from_heeding(warning_outcomes(0.1, 0.5, 0.5), -1.0, 0.0), r"loss = -1"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
