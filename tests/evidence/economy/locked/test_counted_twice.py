import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import stacked_counts
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.locked.counted_twice import (
    OWN,
    PAID,
    STAKED,
    all_protocols,
    counted_for,
    harbour,
    harbour_falls,
    lent_out_too,
    more_than_redeemable,
    rewarded,
    site_default,
)
from defi_lib.ledger import who_profits

part = st.floats(0.0, 1.0)


@given(st.integers(1, 5), part, st.floats(0.0, 0.9), st.booleans(), part)
def test_counts_are_those_of_the_stack_where_all_of_the_loan_is_deposited(layers, again, loan_to_value, lent, fall):
    """Another way: the library's stack, whose loan is a part of the last deposit."""
    loan = again ** (layers - 1) * loan_to_value
    stack = stacked_counts(1.0, layers, again, loan_to_value, layers, lent, fall)
    found = all_protocols(layers - 1, again, loan, 1.0, float(not lent), fall)
    assert found.published() == pytest.approx(stack.published(), abs=1e-9)
    assert found.redeemable == pytest.approx(stack.redeemable, abs=1e-9)


def test_what_the_lesson_says_of_today():
    found = evidence("X23a")
    world = {name: values[0] for name, values in today(effect("X23a").assumptions).items()}
    assert found.true is True
    assert float(effect("X23a")({name: np.array([value]) for name, value in world.items()})[0]) == pytest.approx(
        (1.1 * 0.56 + 0.025) / 1.075
    )
    assert site_default(**world) == pytest.approx((1.1 - STAKED * 0.6) / 1.075 - 1)


@given(st.integers(0, 4), part, part, part, part)
def test_lenders_who_publish_what_they_lent_out_publish_more_by_what_was_lent(layers, again, borrowed, put, minted):
    world = (layers, again, borrowed, put, minted)
    more = lent_out_too(*world) - more_than_redeemable(*world, 0.0)
    assert more * all_protocols(*world).redeemable == pytest.approx(borrowed * (1 - minted), abs=1e-9)


def test_the_default_shows_what_is_there_where_nobody_stakes_for_nothing_and_nobody_mints():
    assert site_default(1, 1.0, 0.5, 0.4, 0.0, 0.2) == pytest.approx(0.0)
    assert site_default(0, 1.0, 0.0, 0.0, 0.0) == pytest.approx(-STAKED)  # a staked coin without a placed receipt


@given(part, st.floats(0.0, 90.0), part, st.booleans())
def test_in_the_harbour_a_fall_takes_more_dollars_from_what_is_added_up(fall, loan, vault, minted):
    before, after = (harbour_falls(lost, loan, vault, minted) for lost in (0.0, fall))
    lost = {name: float(before[name][0] - after[name][0]) for name in before}
    assert lost["Could be redeemed"] == pytest.approx(100 * fall)
    assert lost["Without receipts"] == pytest.approx(100 * fall)
    assert lost["Added up"] == pytest.approx((150 + 50 * vault) * fall)
    assert before["Added up"][0] == pytest.approx(100 + 50 + 50 * vault + 40 + 30 + loan)
    assert before["Could be redeemed"][0] == pytest.approx(140 + (0 if minted else loan))


@pytest.mark.parametrize("minted", [False, True])
def test_in_the_harbour_what_users_own_is_what_is_there(minted):
    sheets = harbour(20.0, 0.6, minted)
    assert np.sum(sheets.users) - np.sum(sheets.loans) == pytest.approx(sheets.counts().redeemable)


def test_a_sponsor_pays_whoever_counts_most():
    counted = counted_for()
    assert list(counted["all deposits"].values()) == pytest.approx([100, 300, 400])
    assert list(counted["their own"].values()) == pytest.approx([100, 100, 100])
    for by, paid in (("all deposits", (11.25, 33.75, 45.0)), ("their own", (30.0, 30.0, 30.0))):
        total = who_profits(rewarded(by), "party")["total"]
        assert total[["Ann", "Ben", "Cleo"]].tolist() == pytest.approx(paid)
        assert total["sponsor"] == pytest.approx(-PAID)
        assert total[["keeper", "bank", "vault"]].tolist() == pytest.approx([0.0, 0.0, 0.0])
    assert OWN == 100.0
    with pytest.raises(ValueError, match="by = 'votes' is not allowed"):
        rewarded("votes")
