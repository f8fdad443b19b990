from math import comb

import numpy as np
import pytest

from defi_lib.economy import sample_told
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.access.stories import below, hears, pot, tosses
from defi_lib.ledger import who_profits


@pytest.mark.parametrize(("who", "way"), list(enumerate(["worst", "losers", "anybody"])))
def test_the_effect_is_what_people_drawn_at_random_say(who, way):
    """Another way: people who tell or do not."""
    world = {name: float(values[0]) for name, values in today(effect("X16b").assumptions).items()} | {"who": who}
    found = float(effect("X16b")({name: np.array([value]) for name, value in world.items()})[0])
    numbers = [world[name] for name in ("spread", "winner_tells", "loser_tells", "vanished", "fees")]
    drawn = [
        sample_told(40_000, np.random.default_rng(seed), *numbers, mean=1 + world["change"], vanish=way).exaggeration
        - 1
        for seed in range(12)
    ]
    error = np.std(drawn, ddof=1) / len(drawn) ** 0.5
    assert error < 0.05 and abs(np.mean(drawn) - found) < 5 * error


def test_todays_spread_is_that_of_the_launches_and_foretells_how_many_fell():
    """The middle and the mean give the spread; the part below the start, published too, is not used for it."""
    spread = effect("X16b").assumptions["spread"].today
    assert spread == pytest.approx(np.sqrt(2 * np.log((1 - 0.333) / (1 - 0.711))), abs=0.005)
    results = 0.667 * np.exp(spread * np.random.default_rng(3).standard_normal(100_000) - spread**2 / 2)
    assert 100 * np.mean(results < 1) == pytest.approx(84.7, abs=2)


def test_two_of_four_counts():
    found = evidence("X16a")
    assert not found.true and found.says.startswith("In 2 of 4")
    assert list(below().values()) == pytest.approx([73, 56, 49.5, 18.3])
    assert "199 million" in found.other and "61 million together" in found.other


def test_ten_tosses_by_counting():
    results = tosses()
    lost = sum(comb(10, heads) for heads in range(11) if 3**heads < 2**10) / 2**10
    assert np.mean(results < 1) == pytest.approx(lost) == pytest.approx(0.828125)
    assert results.mean() == 1.0 and np.median(results) == 1.5**5 * 0.5**5
    assert results.max() == 1.5**10


def test_the_pot_pays_out_what_came_in():
    for shared in (False, True):
        total = who_profits(pot(0.02, shared), "party")["total"]
        assert total["total"] == pytest.approx(0) and total["pot"] == pytest.approx(0)
        assert total["house"] == pytest.approx(0.02 * 1024)
    even, drawn = (who_profits(pot(0.0, shared), "party")["total"] for shared in (True, False))
    assert even.tolist() == pytest.approx([0.0] * len(even))
    assert drawn["up to 6 heads"] < 0 < drawn["7 or 8 heads"] and drawn["9 or 10 heads"] > 0


def test_who_hears_losers_and_winners_alike_hears_what_is():
    found = hears(np.array([0.3, 1.0, 2.0]), 1.0, 0.5, "anybody")
    assert found["Told, on average"] == pytest.approx([1.0] * 3)
    assert found["Told, the middle"] == pytest.approx(found["Middle of all"])
    assert np.all(np.diff(found["losing"]) > 0)
