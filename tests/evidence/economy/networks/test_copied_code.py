import numpy as np
import pytest

from defi_lib.economy import product_years
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.networks.copied_code import (
    belmar,
    both_ways,
    gain_if_costs,
    gain_today,
    times_as_often,
    two_towns,
)
from defi_lib.ledger import who_profits


def of_today(**changed):
    known = effect("P13a").assumptions
    return {name: changed.get(name, each.today) for name, each in known.items()}


def test_today_open_code_is_better_and_not_by_a_tenth():
    found = evidence("P13a")
    assert found.effect == pytest.approx(0.0533, abs=0.0005) == gain_today()
    assert found.turning["made_up"].points[0] == pytest.approx(0.81, abs=0.005)
    assert found.turning["gain"].points[0] == pytest.approx(0.146, abs=0.001)


@pytest.mark.parametrize("changed", [{}, {"faults": 0.0}, {"made_up": 0.0}, {"gain": 0.3}])
def test_the_lesson_asks_the_effect_itself(changed):
    known = effect("P13a").assumptions
    assert gain_today(**changed) == pytest.approx(float(effect("P13a")(today(known, changed=changed))[0]))


def test_what_the_lesson_says_turns_it():
    assert 0 < gain_today(users_give=True) < gain_today() < gain_today(faults=0.0) < 0.1 < gain_today(made_up=1.0)
    assert gain_today(made_up=0.0) < 0 and gain_today(faults=0.3) < 0
    assert gain_today(copying=0.01) > gain_today() and gain_today(head_start=24.0) > gain_today()
    assert gain_today(rebuild=0.4) < gain_today() < gain_today(rebuild=1.0) == pytest.approx(0.0984, abs=0.0005)


def test_how_costs_differ_decides_whether_users_gain_at_all():
    assert gain_if_costs() == pytest.approx(gain_today(), abs=1e-9)
    assert gain_if_costs(own=True) < 0 < gain_if_costs(3) < gain_if_costs(2) < gain_today()


def test_costs_that_go_with_the_idea_by_a_draw():
    """The rates of an outsider who pays for the last product what his own idea costs, by drawn costs."""
    known = of_today()
    costs = np.random.default_rng(8).exponential(known["cost"], 200_000)

    def users(rebuild, *rules):
        rate, town = known["ideas"] / 2, None
        for _ in range(200):
            town = product_years(known["gain"], known["keeps"], 1e-9, rate, 0.0, *rules)
            part = 0.1 * np.mean(costs < town.reward) + 0.9 * np.mean(costs * (1 + rebuild) < town.reward)
            rate = 0.7 * rate + 0.3 * known["ideas"] * part
        return town.users

    freely = users(known["copying"], known["head_start"] / 12, known["made_up"], known["faults"])
    assert gain_if_costs(own=True) == pytest.approx(freely / users(known["rebuild"]) - 1, abs=0.01)


def test_products_come_sooner_and_a_builder_keeps_less_of_each():
    closed, freely = both_ways(**of_today())
    assert times_as_often() == pytest.approx(freely.rate / closed.rate) == pytest.approx(1.53, abs=0.01)
    assert freely.reward < closed.reward / 2 and freely.use > closed.use


def test_users_who_pay_for_tokens_lose_as_much_as_builders_are_given():
    closed, freely = both_ways(**of_today())
    assert gain_today(users_give=True) == pytest.approx((freely.users - freely.granted) / closed.users - 1)


def test_belmar_as_the_lesson_tells_it():
    start = belmar([0.1], 12.0, 0.0, 0.0)
    assert start["Open"][0] > start["Secret"][0] == pytest.approx(14.27, abs=0.01)
    assert float(start["secret maps"]) == pytest.approx(3.4, abs=0.05)
    assert belmar([0.1], 9.0, 0.0, 0.0)["Open"][0] < start["Secret"][0]
    assert belmar([0.1], 3.0, 0.0, 0.0)["maps"][0] == pytest.approx(0.55, abs=0.01)
    prizes = [belmar([0.1], 3.0, 0.5, taken)["Open"][0] for taken in (0.3, 0.4)]
    assert prizes[0] > start["Secret"][0] > prizes[1]
    assert belmar([0.01], 60.0, 0.0, 0.0)["Open"][0] >= 18 > start["Open"][0]  # the goal


def test_two_towns_are_booked():
    towns = two_towns()
    totals = {name: who_profits(ledger, "role")["total"] for name, (_, ledger) in towns.items()}
    for name, (town, ledger) in towns.items():
        ledger.check_conserved()
        assert totals[name]["builders"] == pytest.approx(100 * town.builders)
        assert totals[name]["users"] == pytest.approx(100 * (town.users - town.use))
    assert totals["open maps"]["prize givers"] < 0 < totals["open maps"]["thieves"]
    assert "thieves" not in totals["secret maps"].index or totals["secret maps"]["thieves"] == 0
    users = [100 * town.use + totals[name]["users"] for name, (town, _) in towns.items()]
    assert np.round(users).tolist() == [1565, 1427]


def test_no_protocol_among_the_named_deals():
    found = evidence("X26a")
    assert not found.true and found.answer == "not shown"
    assert "19 %" in found.says and "62 % of the 30 billion" in found.turns
    assert "22.1 billion" in found.other
