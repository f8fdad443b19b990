"""Who can take part: by hand, month by month, and what lesson 8.7 says."""

import numpy as np
import pytest

from defi_lib.economy import walk_road
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.access.taking_part import (
    learner,
    online_in_poorer_countries,
    roads_today,
    three_books,
    three_years,
)
from defi_lib.ledger import who_profits


def now(**changed):
    return {name: each[0] for name, each in today(effect("X24a").assumptions).items()} | changed


def test_today_by_compound_interest():
    """Another way: both accounts year by year, counted in money that the saver's account makes grow."""
    beginner = 1_000 * (1.0333 * 0.99 * 0.998) ** 3 / 1.0039**3
    found = evidence("X24a")
    assert found.effect == pytest.approx(200 + 2 - (beginner - 1_000))
    assert found.true and found.effect == pytest.approx(150, abs=0.5)
    assert found.turning["hours"].points[0] == pytest.approx(7.97, abs=0.01)
    assert found.turning["hour_value"].points[0] == pytest.approx(3.99, abs=0.01)
    assert found.turning["savings"].points[0] == pytest.approx(3_418, abs=1)


def test_what_the_lesson_prints_beside_the_verdict():
    app = {"saved": 0.9, "fee": 0.00875}
    nets = [learner(**now() | other).net for other in (app, {"account": 0.03}, {"years": 10}, {"years": 30})]
    assert np.round(nets).tolist() == [21, -228, -19, 454]
    assert learner(**now(hour_value=1)).net == pytest.approx(29.7, abs=0.1)
    assert learner(**now(savings=5_000)).net > 0 > learner(**now(savings=500)).net
    # The feedback of the quiz: safe keys, half a point more.
    assert learner(**now(key_lost=0, key_stolen=0)).net - learner(**now()).net == pytest.approx(39, abs=0.5)
    assert learner(**now(kept=0.0383)).net - learner(**now()).net == pytest.approx(15, abs=0.5)


def test_a_key_that_is_surely_lost_leaves_nothing():
    gone = effect("X24a").function(**now(hours=0, ways=0, account=0, key_lost=1.0))
    assert gone == pytest.approx(1_000)


def test_many_worlds_at_once_say_what_each_says_alone():
    worlds = now(hours=np.array([0.0, 20.0, 80.0]))
    together = effect("X24a").function(**worlds)
    alone = [effect("X24a").function(**worlds | {"hours": hours}) for hours in worlds["hours"]]
    assert together.tolist() == alone and np.diff(together).tolist() == [200.0, 600.0]


def test_accounts_and_people_online_as_published():
    found = evidence("X24b")
    assert found.true and found.says.startswith("58 % of the adults") and "36 % of the people" in found.says
    assert "fewer than 62 %" in found.turns and "75 % had one" in found.other and "69 %" in found.other


def test_people_online_in_poorer_countries_add_up_to_the_world():
    rich = 2.2 * 0.04 / 0.06
    online = online_in_poorer_countries() / 100 * (8.2 - rich) + 0.94 * rich
    assert online == pytest.approx(6.0)


def test_addresses_tripled_and_a_third_of_farmers_turns_it():
    found = evidence("R5b")
    assert found.true and found.says.startswith("3 times as many addresses and 6 times as many transactions")
    assert "more than 33 %" in found.turns and "1.8 times" in found.other


def test_the_road_at_the_prices_of_lesson_3_5():
    roads = roads_today(hours=2)
    walk = walk_road(200.0, roads["coins"], 10.0)
    assert np.sum(walk.fees) == pytest.approx(0.2 + 0.01 + 2 + 1)  # 3.21, as there
    assert np.sum(walk.time) == 20 and np.sum(walk.losses) == pytest.approx(200 * 0.012 * 7 / 365, rel=0.01)
    assert walk_road(200.0, roads["service"]).part == pytest.approx(0.0336)
    assert walk_road(50.0, roads["service"]).part == pytest.approx(0.084)
    assert walk_road(5_000.0, roads["wire"]).part == pytest.approx(0.01)
    first, again = (walk_road(50.0, roads_today(hours)["coins"], 10.0).part for hours in (2, 0))
    assert first - again == pytest.approx(0.4) and again < 0.0315


def test_three_years_cross_where_the_hours_are_earned_back():
    found = three_years(np.array([200.0, 1_250 / 3]), 10.0, 5.0, 0.04)
    assert found["gained"].tolist() == pytest.approx([24.0, 50.0]) and found["spent"] == 50.0
    assert found["net"].tolist() == pytest.approx([-26.0, 0.0])
    assert found["Gain"].tolist() == pytest.approx([0.12, 0.12]) and found["Hours"].tolist() == pytest.approx(
        [0.25, 0.12]
    )


def test_three_books_by_hand():
    books = {name: who_profits(ledger, "role")["total"] for name, ledger in three_books(0.05, 0.01, 0.5).items()}
    people = ["50 dollars", "500 dollars", "5,000 dollars"]
    assert books["alone"][people].tolist() == pytest.approx([6.0, 60.0, 600.0])
    assert books["firm"][people].tolist() == pytest.approx([3.75, 37.5, 375.0])
    assert books["firm"]["firm"] == pytest.approx(832.5 / 2 - 166.5)
    assert books["alone"]["borrowers"] == books["firm"]["borrowers"] == pytest.approx(-832.5)
    assert books["alone"]["firm"] == 0.0
    served = who_profits(three_books(0.05, 0.01, 0.5, account=5.0)["firm"], "role")["total"]
    assert served["staff"] == 15.0 and served["firm"] == pytest.approx(books["firm"]["firm"] - 15)
    assert 7.5 / 2 - 1.5 < 5 < 75 / 2 - 15, "the firm loses on the smallest account only"
