import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.tokens.staking import (
    deposits_needed,
    last_year,
    months_of_rewards,
    three_ways,
    year_of_staking,
)
from defi_lib.figures import figure
from defi_lib.ledger import who_profits


def test_the_last_year_is_what_the_published_price_and_dilution_say():
    known = effect("C10b").assumptions
    assert last_year() == pytest.approx(0.4483 * 1.256 - 1) and known["worth"].today == 0
    reward = known["inflation"].today / known["bonded"].today
    assert reward == pytest.approx(float(figure("livepeer.staking_reward").value) / 100, abs=0.005)


def test_a_fair_bet_is_worth_what_it_is_worth_on_average():
    """Another way: twenty thousand futures of the tokens' worth, with no trend on average."""
    world = {name: value[0] for name, value in today(effect("C10b").assumptions).items()}
    steps = np.random.default_rng(1).normal(-0.5 * 0.8**2 / 12, 0.8 / 12**0.5, (12, 20_000))
    worth = np.exp(np.cumsum(steps, axis=0))
    price = worth * (1 + world["inflation"]) ** -(np.arange(1, 13) / 12)[:, np.newaxis]
    later = world["lock"] / 365.25
    reward, left = 1 + world["inflation"] / world["bonded"], 1 - np.arange(1, 13) / 12
    staked = np.sum(reward**left) * price[-1].mean() * (1 + world["inflation"]) ** -later
    sold = np.sum(price.mean(axis=1) * (1 + world["bill"]) ** (left + later))
    assert staked / sold - 1 == pytest.approx(effect("C10b")(today(effect("C10b").assumptions))[0], abs=0.03)


def test_a_year_day_by_day_says_the_same():
    """Another way: tokens of each month followed day by day."""
    world = {name: value[0] for name, value in today(effect("C10b").assumptions).items()}
    daily = (1 + world["inflation"] / world["bonded"]) ** (1 / 365.25)
    price = lambda day: ((1 + world["worth"]) / (1 + world["inflation"])) ** (day / 365.25)  # noqa: E731
    staked = sold = 0.0
    for month in range(1, 13):
        start, tokens = month * 365.25 / 12, 1.0
        for _ in range(round(365.25 - start)):
            tokens *= daily
        staked += tokens * price(365.25 + world["lock"])
        sold += price(start) * (1 + world["bill"]) ** ((365.25 + world["lock"] - start) / 365.25)
    assert effect("C10b")(today(effect("C10b").assumptions))[0] == pytest.approx(staked / sold - 1, abs=0.002)


def test_what_the_lesson_says_of_today():
    known = effect("C10b").assumptions
    worlds = {"fair": {}, "last year": {"worth": -0.44}, "more": {"inflation": 0.512}, "many": {"bonded": 0.88}}
    found = {name: effect("C10b")(today(known, changed=world))[0] for name, world in worlds.items()}
    assert found["fair"] == pytest.approx(0.094, abs=0.005)
    assert found["last year"] == pytest.approx(-0.19, abs=0.005)
    assert found["more"] > found["fair"] > 0.05 > 0 > found["many"]
    assert evidence("C10b").turning["worth"].points[0] == pytest.approx(-0.079, abs=0.001)
    assert evidence("C10b").turning["bonded"].points[0] == pytest.approx(0.563, abs=0.001)
    assert effect("C10a")(today(effect("C10a").assumptions))[0] == pytest.approx(0.2594, abs=1e-4)


def test_a_pool_without_fees_is_empty_when_its_deposits_are_paid_out():
    assert months_of_rewards(0.2) == 60 and months_of_rewards(1.0) == 12
    assert months_of_rewards(0.2, 1.0) == 1_200  # the placebo: fees pay all, as far as one looks
    owed, held = 1.0, 1.0
    for _ in range(10):
        held += 0.2 * owed  # new deposits, paid out at once, and owed rewards from then on
        owed = held
    assert held == pytest.approx(deposits_needed(0.2, 10))
    found = evidence("C10c")
    assert not found.true and "60 months" in found.says and "6.2 times" in found.says


def test_what_stakers_gain_the_others_lose():
    total = who_profits(year_of_staking(), "role")["total"]
    assert total["stakers"] == pytest.approx(100 / 12) and total["others"] == pytest.approx(-100 / 12)
    assert who_profits(year_of_staking(0.2, 0.999999), "role")["total"]["stakers"] == pytest.approx(0, abs=1e-3)


def test_in_a_bad_year_half_in_dollars_is_better_than_all_staked():
    ways = three_ways(np.array([-0.6, 0.0, 1.0]), 0.1, 0.6, 0.1)
    assert ways["In a pool"][0] > ways["Staked"][0] > ways["Not staked"][0]
    assert ways["Staked"][2] > ways["In a pool"][2]
