import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.risk import draw_losses, loss_counts, shortfall_chance


def slow(means, covers, chance, correlation, severity):
    """One fund, from the chances of every number of losses."""
    cost = np.arange(covers + 1) * severity
    return loss_counts(covers, chance, correlation)[cost > means * covers * (1 + 1e-12) + 1e-12].sum()


@given(
    st.floats(0, 1.5),
    st.integers(1, 150),
    st.one_of(st.just(0.0), st.just(1.0), st.floats(1e-6, 1)),
    st.one_of(st.just(0.0), st.floats(1e-6, 0.95)),
    st.floats(0, 1),
)
def test_it_is_what_all_numbers_of_losses_say(means, covers, chance, correlation, severity):
    found = shortfall_chance(means, covers, chance, correlation, severity)
    assert found == pytest.approx(slow(means, covers, chance, correlation, severity), abs=1e-12)


def test_many_funds_at_once_are_as_one_by_one():
    rng = np.random.default_rng(3)
    covers = rng.integers(1, 300, 60)
    means, chance, rho, part = (rng.uniform(0, top, 60) for top in (0.4, 0.2, 0.9, 1.0))
    found = shortfall_chance(means, covers, chance, rho, part)
    each = [slow(*one) for one in zip(means, covers.tolist(), chance, rho, part, strict=True)]
    assert found == pytest.approx(np.array(each), abs=1e-12)
    assert shortfall_chance(0.1, np.array([[20], [40]]), 0.03, np.array([0.0, 0.3, 0.6])).shape == (2, 3)


def test_so_often_do_drawn_years_exceed_what_a_fund_has():
    lost = draw_losses(np.random.default_rng(5), 200_000, 0.05, 0.3, covers=20).mean(axis=1)
    assert np.mean(lost > 0.22) == pytest.approx(shortfall_chance(0.22, 20, 0.05, 0.3), abs=0.002)


def test_more_means_never_hurt_and_nothing_to_lose_is_always_paid():
    chances = shortfall_chance(np.linspace(0, 1, 41), 30, 0.1, 0.4)
    assert np.all(np.diff(chances) <= 1e-15) and chances[-1] == 0
    assert shortfall_chance(0.0, 30, 0.0, 0.4) == shortfall_chance(0.0, 30, 0.5, 0.4, severity=0.0) == 0
    assert shortfall_chance(0.5, 30, 1.0, 0.4) == 1
    assert shortfall_chance(0.5, 5_000, 0.9, 0.0) == pytest.approx(1)  # powers that no float could hold


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shortfall_chance(0.1, 0, 0.1, 0.2), r"covers = 0"),
        (lambda: shortfall_chance(0.1, 2.5, 0.1, 0.2), r"covers = 2\.5"),
        (lambda: shortfall_chance(0.1, 3, 1.1, 0.2), r"chance = 1\.1"),
        (lambda: shortfall_chance(0.1, 3, 0.1, 1.0), r"correlation = 1"),
        (lambda: shortfall_chance(0.1, 3, 0.1, 0.2, -0.1), r"severity = -0\.1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
