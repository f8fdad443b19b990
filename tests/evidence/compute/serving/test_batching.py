import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.serving.batching import (
    average_over_the_year,
    cards_with_work,
    cost_of_tokens,
    first_hour,
    measured,
)


def kept(**changed):
    return effect("C19b")(today(effect("C19b").assumptions, changed=changed))[0]


def test_the_saving_goes_to_those_who_may_leave():
    assert not evidence("C19b").true and evidence("C19b").decisive[0] == "bound"
    assert kept() == pytest.approx(0.219, abs=1e-3) and kept(bound=0.0) == pytest.approx(0.023, abs=1e-3)
    assert kept(rivals=1.0) < 0.5 < kept(rivals=1.0, delay=36.0) and kept(delay=36.0) < 0.5 < kept(bound=0.5)
    assert kept(rivals=0.0) == 1


def test_the_mean_is_taken_over_rivals_and_not_put_into_the_formula():
    """Another way: draw who has followed. With the mean number of rivals one rival would leave 37 % instead of 43."""
    rng = np.random.default_rng(5)
    for rivals, delay in ((1, 6.0), (9, 36.0), (1, 36.0)):
        sellers = 1 + (rng.exponential(delay, (200_000, rivals)) < 12).sum(axis=1)
        price = np.where(sellers == 1, 1.0, 1 / 6.6 / (1 - 1 / np.maximum(sellers, 2)))
        margin = ((price - 1 / 6.6) / (1 - 1 / 6.6)).mean()
        assert kept(rivals=float(rivals), delay=delay) == pytest.approx(0.2 + 0.8 * margin, abs=5e-3)
    assert kept(rivals=1.0) == pytest.approx(0.43, abs=5e-3)


def test_a_lower_price_brings_work_back():
    known = effect("C19b").assumptions
    world = today(known)
    assert 40 * cards_with_work(**world)[0] == pytest.approx(30, abs=0.5)
    assert 40 * cards_with_work(**today(known, changed={"bound": 0.0, "rivals": 1_000.0, "delay": 0.01}))[0] > 39.9
    assert average_over_the_year(world)[0] == pytest.approx(0.28, abs=5e-3)


def test_rivals_at_random_times_sell_at_the_price_of_as_many_as_have_followed():
    """Another way: no seller of the Cournot price gains by selling a little more or less."""
    gain, sellers, elasticity = 10.0, 3, 1.5
    share = effect("C19b").function(*(np.array([each]) for each in (gain, sellers - 1.0, 1e-3, elasticity, 0.0)))[0]
    price = 1 / gain + share * (1 - 1 / gain)
    each = price**-elasticity / sellers

    def profit(own):
        return own * (((sellers - 1) * each + own) ** (-1 / elasticity) - 1 / gain)

    assert profit(each) > max(profit(0.99 * each), profit(1.01 * each))


def test_each_change_alone_saved_a_fifth_of_the_energy():
    found = evidence("C19a")
    assert found.true and "90 %" in found.says and "40 %" in found.says and "23 %" in found.says
    assert "weak source" in found.who and "6.6 times" in found.other


def test_the_line_lies_between_the_measurements():
    seen = measured(2.69)
    line = {n: float(cost_of_tokens(n, 16.0, 1_000.0, 1.0)["Large card"]) for n in (1.0, 16.0, 64.0)}
    assert line[16] < seen["One firm's page"][2] < seen["One firm's page"][3]  # 64 at once gain nothing by that page
    assert line[64] == pytest.approx(seen["Two other groups"][0], rel=0.2)
    assert cost_of_tokens(16.0, 16.0, 1_000.0, 0.05)["Large card"] > line[1]


def test_on_the_first_hour_the_firm_has_the_whole_saving():
    before, after = first_hour().values()
    assert before.balance("clients", "USD") == after.balance("clients", "USD") == pytest.approx(-55.6)
    assert after.balance("the firm", "USD") == pytest.approx(33 * 1.39)
    assert first_hour(gain=1.0)["many at once"].balance("the firm", "USD") == pytest.approx(0)  # the placebo
