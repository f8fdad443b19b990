import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from defi_lib.economy import simulate_rivals


def test_among_equals_half_of_whoever_looks_goes():
    run = simulate_rivals(1.0, 5.0, looks=0.5)
    assert run.shares == pytest.approx(0.5 + 0.5 * np.exp(-0.5 * run.times))
    assert run.cheaper == pytest.approx(0.0) and run.clients == pytest.approx(1.0)


def test_newcomers_thin_a_lead_out():
    run = simulate_rivals(1.0, 3.0, looks=0.0, growth=1.0)
    assert run.shares == pytest.approx(0.5 + 0.5 / 2**run.times)
    assert run.clients == pytest.approx(2**run.times)


def test_loyal_clients_leave_more_slowly_by_the_logit():
    run = simulate_rivals(1.0, 1.0, switching=0.05, looks=1.0, steps=2_000)
    pace = 2 * expit(-0.5)  # each looks once a year; both sides are left with this chance
    assert run.first_share == pytest.approx(0.5 + 0.5 * np.exp(-pace), abs=1e-3)


def test_a_year_of_work_more_is_a_doubling_at_first():
    run = simulate_rivals(1.0, 0.0, learning=0.1)
    assert run.prices[0].tolist() == pytest.approx([0.9, 1.0])
    assert simulate_rivals(3.0, 0.0, learning=0.1).prices[0, 0] == pytest.approx(0.81)


def test_machines_bought_earlier_cost_more_by_what_was_not_replaced():
    run = simulate_rivals(1.0, 0.0, machines_fall=0.2, capital=1.0, life=1e9)
    assert run.prices[0, 0] == pytest.approx(1 / 0.8) and run.prices[0, 1] == 1.0
    steady = simulate_rivals(200.0, 0.0, machines_fall=0.1, capital=1.0, life=4.0).prices[0, 0]
    assert steady == pytest.approx(0.25 / (0.25 + np.log(0.9)))  # the mean over exponential ages


def test_size_counts_in_doublings():
    run = simulate_rivals(0.0, 0.0, size_saves=0.05)
    assert run.prices[0, 1] / run.prices[0, 0] == pytest.approx(0.95 ** np.log2(0.01))

    larger = simulate_rivals(0.0, 0.0, size_saves=0.05, opens_with=0.25)
    assert larger.prices[0, 1] / larger.prices[0, 0] == pytest.approx(1 / 0.95**2)  # two doublings behind


def test_the_second_may_ask_less_than_its_cost_for_a_while():
    run = simulate_rivals(0.0, 2.0, below_cost=0.2, below_years=1.0, steps=4)
    assert run.cheaper[:4] == pytest.approx(np.full(4, np.log(0.8)))
    assert run.cheaper[4:] == pytest.approx(np.zeros(5))
    assert run.first_share < simulate_rivals(0.0, 2.0, steps=4).first_share


def test_a_router_goes_to_the_cheaper_one():
    dear = simulate_rivals(1.0, 1.0, machines_fall=0.3, routed=1.0)
    taught = simulate_rivals(1.0, 1.0, learning=0.2, routed=1.0)
    assert dear.first_share < 0.01 and taught.first_share > 0.99


@given(st.floats(0, 0.3), st.floats(0, 0.2), st.floats(0, 0.4), st.floats(0, 1), st.floats(-0.3, 2.0))
def test_shares_are_parts_and_dearer_changing_never_hurts_the_first_among_equals(change, learn, fall, routed, growth):
    known = {"learning": learn, "machines_fall": fall, "routed": routed, "growth": growth}
    run = simulate_rivals(1.0, 3.0, switching=change, steps=12, **known)
    assert np.all((run.shares >= 0) & (run.shares <= 1)) and np.all(run.prices > 0)
    equal = simulate_rivals(1.0, 3.0, switching=change, growth=growth, steps=12).first_share
    assert equal >= simulate_rivals(1.0, 3.0, growth=growth, steps=12).first_share - 1e-12


def test_many_scenarios_at_once_are_the_same_as_one_by_one():
    many = simulate_rivals(np.array([0.5, 2.0]), 2.0, learning=0.05, routed=np.array([0.0, 0.5]), switching=0.05)
    for k, (head, routed) in enumerate(((0.5, 0.0), (2.0, 0.5))):
        one = simulate_rivals(head, 2.0, learning=0.05, routed=routed, switching=0.05)
        assert many.shares[:, k] == pytest.approx(one.shares)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"head_start": -1.0}, "head_start = -1"),
        ({"years": -1.0}, "years = -1"),
        ({"switching": -0.1}, "switching = -0.1"),
        ({"taste": 0.0}, "taste = 0"),
        ({"looks": -1.0}, "looks = -1"),
        ({"learning": 0.95}, "learning = 0.95"),
        ({"size_saves": -0.1}, "size_saves = -0.1"),
        ({"machines_fall": 1.0}, "machines_fall = 1"),
        ({"routed": 1.1}, "routed = 1.1"),
        ({"growth": -1.0}, "growth = -1"),
        ({"capital": 1.1}, "capital = 1.1"),
        ({"life": 0.0}, "life = 0"),
        ({"router_scale": 0.0}, "router_scale = 0"),
        ({"opens_with": 0.0}, "opens_with = 0"),
        ({"below_cost": 0.95}, "below_cost = 0.95"),
        ({"below_years": -1.0}, "below_years = -1"),
        ({"steps": 0}, "steps = 0"),
    ],
)
def test_what_cannot_be_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        simulate_rivals(**{"head_start": 1.0, "years": 1.0} | changed)
