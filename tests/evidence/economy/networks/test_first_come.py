import numpy as np
import pytest

from defi_lib.economy import simulate_rivals
from defi_lib.evidence import effect, evidence, worlds
from defi_lib.evidence.economy.networks.first_come import (
    against,
    first_day,
    share_after,
    storage_books,
    ten_years_of_storage,
)
from defi_lib.ledger import who_profits


def test_what_is_learned_and_what_machines_cost_turn_the_answer():
    found = evidence("C12b")
    assert found.true and 0.85 < share_after() < 0.92
    assert found.turning["learning"].points[0] == pytest.approx(0.029, abs=0.002)
    assert found.turning["rent_falls"].points[0] == pytest.approx(0.157, abs=0.005)
    assert not any(found.turning[name].points for name in ("switching", "routed", "taste", "looks"))


def test_half_the_step_says_the_same():
    world = worlds(effect("C12b").assumptions, 256)
    known = {"machines_fall" if name == "rent_falls" else name: values for name, values in world.items()}
    fine, used = (simulate_rivals(1.0, 5.0, steps=steps, **known).first_share for steps in (96, 24))
    assert np.mean(np.abs(used - fine)) < 0.02
    assert np.mean((used > 0.55) != (fine > 0.55)) < 0.02
    today = effect("C12b").assumptions
    here = {"machines_fall" if name == "rent_falls" else name: each.today for name, each in today.items()}
    assert share_after() == pytest.approx(simulate_rivals(1.0, 5.0, steps=96, **here).first_share, abs=0.01)


def test_what_the_lesson_says_of_other_set_ups():
    for changed in ({"learning": 0.0}, {"rent_falls": 1 / 3}):
        assert share_after(**changed) < 0.3, changed
    for changed in (
        {"rent_falls": 0.0},
        {"growth": 0.0},
        {"switching": 0.0},
        {"routed": 0.9},
        {"learning": 0.2},
        {"learning": 0.0, "routed": 0.9},
    ):
        assert share_after(**changed) > 0.75, changed
    assert share_after(routed=0.9) > share_after() > share_after(routed=0.0)


def test_what_the_lesson_says_of_disk_space():
    plain, routers, fast, both = (
        ten_years_of_storage(0.05, learning, 0.2, routed)
        for learning, routed in ((0.05, 0.0), (0.05, 0.9), (0.15, 0.0), (0.15, 0.9))
    )
    # Four to one in work is 9.8 % cheaper; with disks of which the first has replaced some it is 19 % dearer.
    older = np.exp(-simulate_rivals(3.0, 0.0, machines_fall=0.2).cheaper[0])
    assert plain["edge"] == pytest.approx(1 - 0.95**2 * older, abs=1e-3)
    assert plain["edge"] == pytest.approx(-0.19, abs=0.005)
    assert 0.25 < plain["end"] < 0.4
    assert routers["end"] < 0.1 < 0.9 < fast["end"] and both["end"] > 0.9 and fast["edge"] > 0


def test_owners_get_what_clients_cannot_leave():
    books = {name: who_profits(book, "party")["total"] for name, book in storage_books().items()}
    profit = {name: book.filter(like="owners").sum() for name, book in books.items()}
    assert profit["open interfaces"] == 0 < profit["loyal clients"] < profit["closed clouds"]
    assert profit["closed clouds"] == pytest.approx(0.2 * books["closed clouds"]["machines and work"])


def test_a_rival_that_opens_larger_or_pays_for_clients():
    assert against() == pytest.approx(share_after()) == pytest.approx(against(opens_with=0.01))
    assert 0.55 < against(opens_with=0.3) < against(opens_with=0.1) < share_after()
    paid = [against(below_cost=less, below_years=1.0) for less in (0.05, 0.1)]
    assert paid[0] > 0.75 and paid[1] < 0.3  # a year a tenth below its cost turns the answer


def test_the_rivals_first_day_by_hand():
    found = first_day()
    assert found["size"] == pytest.approx(-np.log(0.98) * np.log2(100))
    alone = (1 - 1 / 1.5) / np.log(1.5)  # a year's work, in that for the clients of its last day
    assert found["learning"] == pytest.approx(-np.log(0.95) * np.log2(1 + alone))
    assert found["machines"] < 0 < found["together"] == pytest.approx(sum(found.values()) - found["together"])
