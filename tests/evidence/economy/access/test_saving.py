"""Coins as savings: what lesson 8.8 says, on finer grids, by lot."""

import numpy as np
import pytest

from defi_lib.economy import chance_below, draw_lowest
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.drawing import worlds
from defi_lib.evidence.economy.access.saving import NODES, a_year, added_chance, who_must_sell
from defi_lib.ledger import who_profits


def test_with_a_fifth_in_coins_they_add_nothing_today():
    found = evidence("X18b")
    assert not found.true and found.effect == pytest.approx(0.0, abs=1e-6)
    assert found.turning["part"].points[0] == pytest.approx(0.70, abs=0.005)
    assert found.turning["volatility"].points == () == found.turning["chance"].points


def test_the_grid_of_the_effect_is_fine_enough():
    known = effect("X18b").assumptions
    drawn = worlds(known, 64)
    life = {name: drawn[name] for name in ("saved", "bill", "chance")}
    months = np.array([[2.0], [24.0]])
    fine = chance_below(months, drawn["part"], drawn["volatility"], drawn["drift"], **life, nodes=512)
    without = chance_below(months, 0.0, 0.0, **life)
    added = fine - without
    assert NODES < 64
    np.testing.assert_allclose(effect("X18b")(drawn), added[0] - added[1], atol=3e-3)


def test_by_lot_where_it_is_true():
    world = {name: each[0] for name, each in today(effect("X18b").assumptions, changed={"part": 0.9}).items()}
    rng, count = np.random.default_rng(3), 200_000
    fell = {
        (months, part): (draw_lowest(count, rng, months, **world | {"part": part}) < 1).mean()
        for months in (2.0, 24.0)
        for part in (0.9, 0.0)
    }
    by_lot = fell[2.0, 0.9] - fell[2.0, 0.0] - fell[24.0, 0.9] + fell[24.0, 0.0]
    assert effect("X18b").function(**world) == pytest.approx(by_lot, abs=6e-3) and by_lot > 0.1


def test_what_the_lesson_prints_beside_the_verdict():
    life = dict(volatility=0.78, drift=0, chance=0.3, saved=0.05)
    added = [float(added_chance(2, part, bill=bill, **life)) for bill, part in ((0.5, 0.75), (1, 0.5), (1.5, 0.5))]
    assert np.round(added, 2).tolist() == [0.07, 0.14, 0.01]
    small = [float(added_chance(2, 0.2, bill=bill, **life)) for bill in (0.9, 1.05, 1.2)]
    assert small[1] > 0.05 > max(small[0], small[2])  # a fifth in coins: only about a bill of one month
    inflating = dict(drift=0, bill=0.5, chance=0.3, saved=0.05, inflation=-np.log(0.4))
    assert added_chance(2, 0.75, 0.01, **inflating) < added_chance(2, 0.75, 0.78, **inflating) < 0


def test_what_the_lesson_says_of_the_explorer():
    start = dict(months=4.0, part=0.5, volatility=0.6, bill=2.5, inflation=0.0)
    found = a_year(**start)
    assert found["Without coins"] == pytest.approx(0.0) and found["With coins"] == pytest.approx(0.28, abs=0.005)
    assert a_year(**start | {"part": 0.15})["added"] < 0.01 < a_year(**start | {"part": 0.18})["added"]
    large = a_year(**start | {"bill": 3.5})
    assert large["Without coins"] == pytest.approx(0.5) and -0.1 < large["added"] < 0
    assert a_year(**start | {"months": 40.0, "part": 1.0})["With coins"] < 0.001
    doubled, dollars = (a_year(**start | {"inflation": 1.0, "volatility": v}) for v in (0.6, 0.01))
    assert doubled["Without coins"] == pytest.approx(0.5)
    assert dollars["added"] < doubled["added"] < -0.1
    assert a_year(**start | {"inflation": 1.0, "volatility": 0.01, "part": 1.0})["With coins"] < 1e-6
    along = a_year(**start | {"part": np.linspace(0, 1, 5)})
    assert along["With coins"].shape == along["Without coins"].shape == (5,)


def test_who_must_sell_by_hand():
    books = {way: who_profits(ledger, "role")["total"] for way, ledger in who_must_sell().items()}
    # Half a month is lacking at a price of 0.4: 1.25 of 2 coins go, and 0.75 are left.
    assert books["coins, back"]["poor"] == pytest.approx(0.75) == books["coins, back"]["who buys in June"]
    assert books["coins, back"]["better-off"] == pytest.approx(37.5) == books["bank"]["better-off"]
    # At 0.2 the 0.75 coins are worth 0.15, and who paid half a month for 1.25 coins has a quarter.
    lower = books["coins, lower"]
    assert (lower["poor"], lower["who buys in June"], lower["better-off"]) == pytest.approx((0.15, -0.25, 21.5))
    assert books["bank"]["poor"] == pytest.approx(1.5) and books["bank"]["who buys in June"] == 0
    assert books["bank"]["whom the bill pays"] == books["coins, back"]["whom the bill pays"] == pytest.approx(5.0)
