import numpy as np
import pytest
from scipy.special import ndtri

from defi_lib.compute import choose_plan
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.markets.plans import BILL, flat_price, gains, steadier_margin

#: Uses of four hundred thousand clients, evenly over all chances; their mean is 1.
CHANCES = (np.arange(400_000) + 0.5) / 400_000


def uses(spread):
    return np.exp(spread * ndtri(CHANCES) - spread**2 / 2)


@pytest.mark.parametrize("world", [
    {}, {"spread": 0.5}, {"fee": 0.6, "more": 0.8}, {"limit": 1.0}, {"calm": 0.5, "fee": 0.5}, {"newcomers": 0.0},
])  # fmt: skip
def test_clients_who_choose_one_by_one_make_the_same_gains(world):
    """Another way: client by client."""
    known = {name: each.today for name, each in effect("C11a").assumptions.items()} | world
    one, fee, more = uses(known["spread"]), known["fee"], known["more"]
    flat = np.minimum(one, known["limit"] * fee)
    saves = one * (1 + more / 2) + known["calm"] > fee  # as if there were no limit
    more_margin = np.where(saves, fee - flat - known["use_cost"] * more * flat, 0.0).mean()
    more_gain = np.where(saves, flat * (1 + more / 2) + known["calm"] - fee, 0.0).mean()
    values = known["worth"] * CHANCES
    come = known["newcomers"] * np.where(values > fee, 1.0, 0.0)
    more_margin += (come * (fee - known["use_cost"])).mean()
    more_gain += (come * (values - fee)).mean()
    assert gains(**known) == pytest.approx((more_margin, more_gain), abs=2e-3)


def test_what_switchers_save_is_what_the_provider_loses():
    plan = choose_plan(BILL * uses(1.2), 1.0, 20.0, 0.25)
    found = flat_price(20.0, 0.25, 1.2, 0.0)
    assert np.mean(plan.saved) == pytest.approx(found["Clients"], abs=0.03)
    assert found["Provider"] == -found["Clients"]
    assert np.mean(plan.margin) == pytest.approx(7.5 + found["Provider"], abs=0.03)
    assert flat_price(20.0, 0.25, 1.2, 0.5)["Both"] > 0


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

    assert found("C11a") < 0
    assert max(found("C11a", fee=fee) for fee in np.linspace(0.3, 10, 100)) < 0.05, "no price of today turns it"
    assert found("C11a", newcomers=0.45) > 0.05 and found("C11a", spread=0.6) > 0.05
    assert found("C22b") > 0.1 > found("C22b", use_cost=0.48)
