import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from defi_lib.economy import product_years
from defi_lib.ledger import Ledger

OPEN = {"rebuild": 0.1, "head_start": 0.25, "made_up": 0.5, "faults": 0.1}
BASE = {"gain": 0.1, "keeps": 0.5, "cost": 2.0, "ideas": 2.0}
WORLDS = st.fixed_dictionaries(
    {
        "gain": st.floats(0.0, 0.5), "keeps": st.floats(0.0, 1.0), "cost": st.floats(0.1, 10.0),
        "ideas": st.floats(0.0, 10.0), "rebuild": st.floats(0.0, 2.0), "head_start": st.floats(0.0, 20.0),
        "made_up": st.floats(0.0, 1.0), "faults": st.floats(0.0, 1.0), "outside": st.floats(0.0, 1.0),
    }
)  # fmt: skip


def test_the_rate_is_what_it_calls_forth():
    """Another way: the root of the rate's own equation, by Brent's method."""

    def reward(rate, start, made_up):
        left = quad(lambda t: 0.5 * np.exp(-(0.1 + rate) * t), 0, start)[0]
        return left + made_up * (0.5 / (0.1 + rate) - left)

    def missing(rate, rebuild, start, made_up):
        reach = reward(rate, start, made_up) / 2
        built = 0.1 * (1 - np.exp(-reach)) + 0.9 * (1 - np.exp(-max(reach - rebuild, 0)))
        return 2 * built - rate

    assert product_years(**BASE).rate == pytest.approx(brentq(missing, 0, 2, args=(1.0, 500.0, 0.0)), rel=1e-9)
    assert product_years(**BASE, **OPEN).rate == pytest.approx(brentq(missing, 0, 2, args=(0.1, 0.25, 0.5)), rel=1e-9)


def test_means_are_those_of_many_drawn_ladders():
    found = product_years(**BASE, rebuild=0.1, head_start=1.5, made_up=0.5, faults=0.2)
    rng, years, runs = np.random.default_rng(4), 10.0, 40_000
    count = rng.poisson(found.rate * years, runs)
    use = fees = thefts = 0.0
    for number in count:
        times = np.append(np.sort(rng.uniform(0, years, number)), years)
        size = 1.1 ** np.arange(number + 1)
        use += np.dot(size, np.diff(np.append(0.0, times)))
        fees += np.dot(size[:-1], 0.5 * 0.1 * np.minimum(np.diff(times), 1.5))
        thefts += 0.2 * size[1:].sum()
    assert use / runs == pytest.approx(found.use, rel=0.01)
    assert fees / runs == pytest.approx(found.fees, rel=0.02)
    assert thefts / runs == pytest.approx(found.thefts, rel=0.02)


def test_what_is_spent_is_the_mean_cost_of_what_is_built():
    found, rng = product_years(**BASE, **OPEN), np.random.default_rng(5)
    price, outside = rng.exponential(2.0, 400_000), rng.uniform(size=400_000) < 0.9
    price = price + 0.1 * 2.0 * outside
    paid = np.where(price <= found.reward, price, 0.0).mean()
    assert found.spent == pytest.approx(2.0 * 0.1 * paid * found.use, rel=0.01)


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_bounds(world):
    found = product_years(**world)
    assert 0 <= found.rate <= world["ideas"] and found.use >= 10 - 1e-9
    assert -1e-12 <= found.fees <= found.use and found.thefts >= 0 and found.granted >= -1e-12
    # No builder builds at a loss, as far as he can know; income beyond the tenth year is not in the fees.
    assert found.spent <= found.rate * world["gain"] * found.reward * found.use * (1 + 1e-9) + 1e-9


@settings(max_examples=40, deadline=None)
@given(WORLDS, st.floats(0.0, 1.0))
def test_more_reward_and_cheaper_copies_bring_more_products(world, more):
    rate = product_years(**world).rate
    assert product_years(**world | {"made_up": 1.0}).rate >= rate - 1e-9
    assert product_years(**world | {"rebuild": world["rebuild"] * more}).rate >= rate - 1e-9


def test_copying_as_dear_as_building_and_no_copies_is_closed():
    assert product_years(**BASE, rebuild=1.0, head_start=np.inf, made_up=1.0) == product_years(**BASE)
    assert product_years(**BASE, head_start=1e6).users == pytest.approx(product_years(**BASE).users)


def test_nothing_to_gain_and_no_ideas():
    for still in ({"ideas": 0.0}, {"keeps": 0.0}):
        found = product_years(**BASE | still)
        assert found[:1] + found[2:] == (0.0, 10.0, 0.0, 0.0, 0.0, 0.0)
        assert found.users == 10.0 and found.builders == 0.0
    assert product_years(**BASE | {"gain": 0.0}).users == 10.0


def test_scenarios_are_single_ones():
    costs, starts = np.array([0.5, 2.0, 8.0]), np.array([[0.1], [np.inf]])
    many = product_years(0.1, 0.5, costs, 2.0, 0.1, starts, 0.5, 0.1)
    assert many.users.shape == (2, 3)
    for i, start in enumerate(starts[:, 0]):
        for j, cost in enumerate(costs):
            one = product_years(0.1, 0.5, cost, 2.0, 0.1, start, 0.5, 0.1)
            assert many.users[i, j] == pytest.approx(one.users) and many.spent[i, j] == pytest.approx(one.spent)


def test_it_is_booked():
    found = product_years(**BASE, **OPEN)
    ledger = Ledger({name: name for name in ("users", "builders", "thieves", "token buyers", "work")})
    ledger.book(found)
    ledger.check_conserved()
    assert ledger.balance("builders", "USD") == pytest.approx(found.builders)
    assert ledger.balance("users", "USD") == pytest.approx(found.users - found.use)


@pytest.mark.parametrize(
    "changed, name",
    [
        ({"gain": -0.1}, "gain"),
        ({"keeps": 1.1}, "keeps"),
        ({"cost": 0.0}, "cost"),
        ({"ideas": -1.0}, "ideas"),
        ({"rebuild": -1.0}, "rebuild"),
        ({"head_start": -1.0}, "head_start"),
        ({"head_start": np.nan}, "head_start"),
        ({"made_up": 2.0}, "made_up"),
        ({"faults": -1.0}, "faults"),
        ({"years": 0.0}, "years"),
        ({"outside": -0.1}, "outside"),
        ({"discount": 0.0}, "discount"),
        ({"gain": np.ones(2), "cost": np.ones(3)}, "gain"),
    ],
)
def test_errors(changed, name):
    with pytest.raises(ValueError, match=name):
        product_years(**BASE | changed)
