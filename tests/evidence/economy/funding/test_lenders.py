import numpy as np
import pytest

from defi_lib.economy import break_even_rate, lend_small
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.funding.lenders import (
    BUDGET,
    COST,
    PROJECTS,
    book_projects,
    funds_choice,
    into_cash,
    three_ways,
    workshops,
)
from defi_lib.figures import figure
from defi_lib.ledger import who_profits


def ways(**changed):
    return {way: rate[0] for way, rate in three_ways(**today(effect("X22b").assumptions, changed=changed)).items()}


def test_the_cost_of_clerks_is_what_kivas_partners_tell():
    """The model gives back what they needed, on their mean loan; on loans paid back at the end, too."""
    taken, kept = (
        figure(f"microcredit.kiva_mean_{name}").value for name in ("yield_field_partners", "return_assets_field")
    )
    loan, costs = figure("microcredit.kiva_lent_each_borrower").value, (taken - kept) / 100
    world = {name: value[0] for name, value in today(effect("X22b").assumptions).items()}
    assert world["years"] == pytest.approx(13 / 24, abs=5e-5)
    for cost, years in ((world["fixed_cost"], world["years"]), (107.0, 1.0)):
        assert break_even_rate(loan, cost, world["money_cost"], world["default"], years) == pytest.approx(
            costs, abs=2e-3
        )


def test_the_road_of_coins_is_that_of_the_other_lessons():
    here, there = effect("X22b").assumptions, effect("P3a").assumptions
    assert all(here[name].today == there[name].today for name in ("way_in", "way_out", "cash_fee"))


def test_at_the_rate_that_pays_the_lender_gains_and_loses_nothing():
    """Another way: the loan itself, borrower and all."""
    worlds = today(effect("X22b").assumptions)
    rate, world = effect("X22b")(worlds)[0], {name: value[0] for name, value in worlds.items()}
    cost = world["fixed_cost"] * (1 - world["removed"]) + 200 * world["way_out"] + world["cash_fee"]
    comes = (1 - world["default"]) * (1 - world["way_in"])
    loan = lend_small(200.0, rate, world["money_cost"], 1 - comes, cost, gain=1.0, years=world["years"])
    assert loan.profit == pytest.approx(0, abs=1e-9) and cost == 29.5


def test_today_a_contract_beside_clerks_is_cheapest_and_too_dear():
    found = evidence("X22b")
    assert effect("X22b")(today(effect("X22b").assumptions))[0] == pytest.approx(0.3862, abs=5e-5)
    assert found.turning["years"].points[0] == pytest.approx(0.908, abs=5e-4)
    assert found.turning["removed"].points[0] == pytest.approx(0.770, abs=5e-4)
    assert found.turning["default_alone"].points[0] == pytest.approx(0.0827, abs=5e-5)
    assert min(ways(), key=ways().get) == "clerks and a contract"


def test_what_the_lesson_says_of_other_worlds():
    assert ways(removed=0.9)["clerks and a contract"] == pytest.approx(0.185, abs=6e-4)
    known = ways(fixed_cost=53 * 0.625)  # a first loan at 53 dollars and a second one at a quarter
    assert known["clerks"] == pytest.approx(0.418, abs=5e-4)
    assert known["clerks and a contract"] == pytest.approx(0.292, abs=5e-4)
    assert ways(default_alone=0.029)["the contract alone"] < 0.14


def test_more_of_anything_that_costs_needs_a_higher_rate():
    base = effect("X22b")(today(effect("X22b").assumptions))[0]
    for name in ("fixed_cost", "default", "money_cost", "way_in", "way_out", "cash_fee"):
        world = today(effect("X22b").assumptions)
        world[name] = world[name] * 1.1
        assert effect("X22b")(world)[0] > base, name


def test_workshops_of_the_explorer():
    assert into_cash(0.01, 1.0, 20_000.0) == 201
    stranger, known, large = (
        workshops(2e3, 300, 0.5, 0.2),
        workshops(2e3, 300, 0.5, 0.04),
        workshops(2e4, 300, 0.5, 0.04),
    )
    assert min(stranger, key=stranger.get) == "Clerks and a contract"
    assert min(known, key=known.get) == "The contract alone"
    assert workshops(2e4, 300, 0.5, 0.2)["Clerks"] < workshops(2e4, 300, 0.5, 0.2)["Clerks and a contract"]
    assert large["Clerks"] < large["Clerks and a contract"]
    assert workshops(np.array([500.0, 2e3]), 300, 0.5, 0.2)["Clerks"].shape == (2,)


def test_a_fund_and_an_office_choose_differently():
    fund, office = funds_choice(3.0).values()
    assert [name for name, paid in fund.items() if paid] == ["exchange for coins", "game of chance", "loans on coins"]
    assert {name for name, paid in office.items() if not paid} == {"game of chance", "loans on coins"}
    assert sum(office.values()) == BUDGET and sum(fund.values()) == 3 * COST


@pytest.mark.parametrize("hurdle", [1.0, 2.0, 3.0, 5.0])
def test_books_of_projects_say_what_private_and_social_returns_say(hurdle):
    for paid in funds_choice(hurdle).values():
        total = who_profits(book_projects(paid), "role")["total"] if any(paid.values()) else None
        if total is None:
            continue
        assert total["who pays"] == pytest.approx(sum(paid[name] * (PROJECTS[name][0] - 1) for name in paid))
        assert total["all others"] == pytest.approx(sum(paid[name] * (b - a) for name, (a, b) in PROJECTS.items()))
        assert total["builders"] == 0


def test_three_quarters_are_named_and_the_rest_has_no_class():
    found = evidence("X22a")
    assert not found.true and found.answer == "not shown" and found.says.startswith("78 % of 4.9 billion")
    assert found.turns.startswith("at least 55 % of what no class names") and "63 %" in found.turns
    assert "99.8 %" in found.other
