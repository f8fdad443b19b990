import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import list_assets, year_after

parts = st.floats(0.0, 0.99)


@given(fakes=parts, caught=st.floats(0.0, 1.0), refused=parts)
@settings(max_examples=100, deadline=None)
def test_everything_is_let_in_or_kept_out(fakes, caught, refused):
    listed = list_assets(fakes, caught, refused)
    assert sum(listed) == pytest.approx(1) and min(listed) >= 0
    assert 0 <= listed.part_fake <= 1
    assert list_assets(fakes, 1.0, refused).part_fake == 0
    assert list_assets(fakes).part_fake == pytest.approx(fakes)


def test_by_hand_the_base_rate_beats_the_gate():
    # Of 100, 95 fakes: 9.5 get through beside 5 · 0.8 = 4 good ones.
    assert list_assets(0.95, 0.9, 0.2).part_fake == pytest.approx(9.5 / 13.5)
    # Models J6: 8 % fakes, of which a warning names 90 %, and 5 % of the others: 0.9070 % of those without one.
    assert list_assets(0.08, 0.9, 0.05).part_fake == pytest.approx(0.009070, abs=1e-6)


def test_a_year_by_hand():
    # All good: the median of a lognormal is its mean over e^(s²/2); half is above it.
    year = year_after(0.0, 3.0, 1.0)
    assert year.mean == 3.0 and year.median == pytest.approx(3 * np.exp(-0.5))
    assert year_after(0.0, np.exp(0.5), 1.0).ahead == pytest.approx(0.5)
    # Half fakes: the middle one is a fake, the mean half of the good ones'.
    assert year_after(0.5, 3.0, 1.0)[:2] == (1.5, 0.0)
    assert year_after(1.0, 3.0, 1.0) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("part_fake", [0.0, 0.2, 0.45, 0.7])
def test_drawn_assets_agree(part_fake):
    good = np.random.default_rng(5).random(400_000) >= part_fake
    worth = good * 2.0 * np.exp(1.2 * np.random.default_rng(6).standard_normal(400_000) - 0.72)
    year = year_after(part_fake, 2.0, 1.2)
    assert year.mean == pytest.approx(worth.mean(), rel=0.02)
    assert year.median == pytest.approx(np.median(worth), rel=0.02, abs=1e-9)
    assert year.ahead == pytest.approx((worth > 1).mean(), abs=0.003)


def test_many_at_once():
    year = year_after(np.array([0.0, 0.4, 0.9]), 2.0, 1.0)
    for k, part in enumerate((0.0, 0.4, 0.9)):
        assert [each[k] for each in year] == pytest.approx(list(year_after(part, 2.0, 1.0)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: list_assets(1.0), "fakes = 1"),
        (lambda: list_assets(0.5, 1.1), "caught = 1.1"),
        (lambda: list_assets(0.5, 0.5, 1.0), "refused = 1"),
        (lambda: year_after(1.1, 2.0, 1.0), "part_fake = 1.1"),
        (lambda: year_after(0.5, 0.0, 1.0), "growth = 0"),
        (lambda: year_after(0.5, 2.0, 0.0), "spread = 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
