import numpy as np
import pytest
from scipy.special import ndtri

from defi_lib.compute import choose_plan
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.markets.plans import BILL, best_plan, flat_price, gains, steadier_margin

#: Uses of four hundred thousand clients, evenly over all chances; their mean is 1.
CHANCES = (np.arange(400_000) + 0.5) / 400_000


def uses(spread):
    return np.exp(spread * ndtri(CHANCES) - spread**2 / 2)


#: What lesson 7.9 says of today, and the price that is best there.
TODAY = {name: each.today for name, each in effect("C11a").assumptions.items()} | {"fee": 1.6, "limit": 1.0}


@pytest.mark.parametrize("world", [
    {}, {"spread": 0.5}, {"limit": 3.0}, {"fee": 0.6, "more": 0.8, "limit": 2.0}, {"calm": 0.5, "fee": 0.5},
    {"newcomers": 0.0, "limit": 1.2}, {"fee": 0.6, "worth": 2.0}, {"calm": 0.0, "more": 1.0, "limit": 1.5},
])  # fmt: skip
def test_clients_who_choose_one_by_one_make_the_same_gains(world):
    """Another way: client by client, each with what is better for him."""
    known = TODAY | world
    one, fee, most = uses(known["spread"]), known["fee"], known["fee"] * known["limit"]
    within = one <= most
    further = np.where(within, np.minimum(known["more"] * one, most - one), 0.0)
    gain = np.where(within, one + further / 2 + known["calm"], most) - fee
    margin = fee - np.minimum(one, most) - known["use_cost"] * further
    takes = gain > 0
    part = min(most, 1.0)
    values = known["worth"] * part * CHANCES
    come = known["newcomers"] * np.where(values > fee, 1.0, 0.0)
    more_margin = np.where(takes, margin, 0.0).mean() + (come * (fee - known["use_cost"] * part)).mean()
    more_gain = np.where(takes, gain, 0.0).mean() + (come * (values - fee)).mean()
    assert gains(**known) == pytest.approx((more_margin, more_gain), abs=2e-3)


def test_today_no_limit_earns_the_provider_more_than_one():
    world = {name: each for name, each in TODAY.items() if name not in ("fee", "limit")}
    fee, best, _ = best_plan(**world)
    assert fee == TODAY["fee"]
    fees, limits = np.linspace(0.1, 6.0, 60), np.linspace(1.0, 10.0, 91)[:, None]
    assert np.max(gains(**world, fee=fees, limit=limits)[0]) == pytest.approx(float(best))


def test_what_switchers_save_is_what_the_provider_loses():
    plan = choose_plan(BILL * uses(1.2), 1.0, 20.0, 0.25)
    found = flat_price(20.0, 1e6, 1.2, 0.0)
    assert np.mean(plan.saved) == pytest.approx(found["Clients"], abs=0.03)
    assert found["Provider"] == -found["Clients"]
    assert np.mean(plan.margin) == pytest.approx(7.5 + found["Provider"], abs=0.03)
    assert flat_price(20.0, 1e6, 1.2, 0.5)["Both"] > 0


def test_drawn_months_swing_as_the_formula_says():
    rng, months, clients = np.random.default_rng(2), 40_000, 30
    swing, common, leave, cost = 0.5, 0.1, 0.05, 0.25
    number = clients + rng.normal(0, np.sqrt(clients * leave), months)
    own = rng.normal(0, swing * np.sqrt(clients), months)
    total = number + own + clients * rng.normal(0, common, months)
    paid_by_use, paid_flat = (1 - cost) * total, number - cost * total
    assert 1 - paid_flat.std() / paid_by_use.std() == pytest.approx(
        steadier_margin(cost, swing, common, clients, leave), abs=0.01
    )
    assert paid_flat.mean() == pytest.approx(paid_by_use.mean(), rel=0.01)


def test_what_the_lesson_says_of_today():
    def found(id, **world):
        return effect(id)(today(effect(id).assumptions, changed=world))[0]

    assert 0.09 < found("C11a") < 0.10
    assert found("C11a", newcomers=0.08) < 0.05 and found("C11a", worth=1.6) < 0.05
    assert min(found("C11a", spread=2.0), found("C11a", use_cost=0.05), found("C11a", calm=0.0)) > 0.05
    generous = gains(**TODAY | {"limit": 3.0})
    assert generous[0] < 0 < generous[1], "a generous limit turns it"
    assert found("C22b") > 0.1 > found("C22b", use_cost=0.48)
