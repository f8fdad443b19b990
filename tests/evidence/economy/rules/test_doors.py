import numpy as np
import pytest

from defi_lib.economy import EntryUsers, draw_entry
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.rules.doors import FERRY, books_of_the_lake, lake
from defi_lib.ledger import who_profits


def test_today_as_many_users_drawn_one_by_one():
    known = effect("X29a").assumptions
    world = {name: float(value[0]) for name, value in today(known).items()}
    users = EntryUsers(
        *(world[name] for name in ("spread", "spread")),
        amount_spread=world["spread_amounts"],
        fixed=world["fixed"],
        bound=world["bound"],
    )
    drawn = draw_entry(world["rule_cost"], world["other_cost"], users, 400_000, np.random.default_rng(3))
    found = effect("X29a")(today(known))[0]
    assert found == pytest.approx(drawn.shift.activity, abs=0.01) and 0.30 < found < 0.32


def test_what_lesson_8_11_says_of_the_verdict():
    found, known = evidence("X29a"), effect("X29a").assumptions
    assert not found.true and found.turning["bound"].points[0] == pytest.approx(0.47, abs=0.01)
    changes = {"a quarter": {"bound": 0.25}, "today": {}, "a tenth more": {"rule_cost": 0.011}}
    changes["a part"] = {"fixed": 0.0}
    moved = {name: effect("X29a")(today(known, changed=each))[0] for name, each in changes.items()}  # the quiz
    assert moved["a quarter"] > 1 / 3 > moved["a tenth more"] > moved["today"] > moved["a part"]
    assert moved["today"] / 0.5 == pytest.approx(0.62, abs=0.01)
    assert found.turning["rule_cost"].points[0] == pytest.approx(0.01 * 7 / 6, rel=0.02)


def test_the_lake():
    part, same = (lake(0.03, 0.05, fixed, 0.2) for fixed in (0.0, 1.0))
    assert part["Traders"] == pytest.approx(part["Goods"]) and same["Goods"] > 2 * same["Traders"]
    assert 2 < lake(0.1, 0.05, 1.0, 0.2)["burden"] / same["burden"] < 2.3


def test_who_pays_at_the_stage_and_with_one_gate():
    kept = {name: who_profits(book, "party")["total"] for name, book in books_of_the_lake().items()}
    before, stage, gate = kept.values()
    goods = {who: -before[who] / FERRY for who in ("small traders", "large traders")}
    cost = [{who: (before[who] - each[who]) / goods[who] for who in goods} for each in (stage, gate)]
    assert 1.8 < cost[0]["small traders"] / cost[0]["large traders"] < 2.2
    assert cost[1]["small traders"] == pytest.approx(cost[1]["large traders"], rel=0.05)
    assert stage["ferry"] < before["ferry"] / 2 and gate["ferry"] == pytest.approx(before["ferry"])
    assert gate["clerks"] == max(gate.drop("total")) and all(abs(each["total"]) < 1e-6 for each in kept.values())
