import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.risk.own_tokens import (
    FIRST_EVENING,
    book_run,
    days_of_may,
    paid_in_turn,
    part_in_cash,
    run,
    terras_market,
    worth,
)
from defi_lib.ledger import who_profits
from defi_lib.risk import answer_of, daily_capacity, may_2022, spiral
from defi_lib.risk.mint_to_redeem.spiral import BLOCKS_PER_DAY

MAY = {name: float(values[0]) for name, values in today(effect("P7b").assumptions).items()}


def test_a_token_that_is_liquid_and_independent_pays_a_dollar_for_a_coin():
    coin = {"supply": 1.0, "leaving": 0.9, "days": 2.0, "recovery_period": 1.0, "pool": 0.01, "value": 1.0}
    free = spiral(40.0, **coin, base_pool=1e4, token_supply=1.0, answer=0.0, min_spread=0.0)
    assert worth(free) == pytest.approx(1.0, abs=1e-5) and free.coin_price == pytest.approx(1.0, abs=1e-4)
    contracts = run(**(MAY | {"answer": 0.0, "speed": 720.0}))
    assert 0.978 < worth(contracts) < 1.0


def test_where_nobody_leaves_a_coin_is_worth_a_dollar():
    assert worth(run(**(MAY | {"leaving": 0.0}))) == 1.0


def test_terras_speed_is_what_its_proposal_said():
    base, period = terras_market()
    assert daily_capacity(base * 18.712e3, period, 0.0242, BLOCKS_PER_DAY) == pytest.approx(293, rel=0.01)


def test_the_run_is_that_of_may_2022():
    """At Terra's own speed: the price that was published while the token lived, and the day on which it died."""
    at = run(**(MAY | {"speed": 1.0}), time=np.array([2.5, 3.9]) - FIRST_EVENING)
    published = [each.value for each in may_2022("UST price") if each.day < 4]
    assert np.all((min(published) < at.coin_price) & (at.coin_price < max(published)))
    end = run(**(MAY | {"speed": 1.0}))
    assert 4.5 < end.halt_time + FIRST_EVENING < 6.0


def test_what_a_dollar_of_new_tokens_took_off_is_what_supplies_and_prices_say():
    supply, price = (
        {round(each.day, 2): each.value for each in may_2022(f"LUNA {what}")} for what in ("supply", "price")
    )
    fallen = 346e6 * price[3.92]
    fits = [
        answer_of(supply[day] / 346e6, supply[day] * price[day] / fallen) for day in supply if day in price and day > 5
    ]
    assert min(fits) < MAY["answer"] < max(fits) and max(fits) < 1


def test_the_moment_at_which_the_chain_stops_decides_nothing():
    found = []
    for halt in (1e-2, 1e-3, 1e-4):
        base, period = terras_market()
        coin = {name: MAY[name] for name in ("leaving", "days", "pool", "answer", "reserve")}
        value = MAY["value"] * (1 - MAY["fear"])
        market = {"base_pool": 2 * base, "recovery_period": period / 2}
        found.append(float(worth(spiral(35.0, supply=1.0, value=value, token_supply=1.0, halt=halt, **coin, **market))))
    assert found[1] == pytest.approx(worth(run(**MAY)), rel=1e-9)
    assert found == pytest.approx([found[1]] * 3, abs=0.005)


def test_faster_redemption_pays_the_average_holder_of_a_dead_coin_no_more_and_of_a_living_one_more():
    dead = [float(worth(run(**(MAY | {"speed": speed})))) for speed in (1.0, 4.0, 720.0)]
    assert max(dead) - min(dead) < 0.01
    living = [float(worth(run(**(MAY | {"speed": speed, "fear": 0.0})))) for speed in (1.0, 4.0)]
    assert living[1] > living[0] + 0.05


def test_the_ledger_agrees_with_the_run():
    one = run(**MAY)
    table = who_profits(book_run(one))["total"]
    for who, lost in one.losses.items():
        assert table[who] == pytest.approx(-lost, abs=1e-9), who


def test_the_first_are_paid_more_than_the_last():
    paid = paid_in_turn(5, **MAY)
    assert paid == sorted(paid, reverse=True) and paid[0] > 0.95 and paid[-1] < 0.1
    total = sum(paid) / 5 * MAY["leaving"]
    last = run(**MAY, time=MAY["days"])
    assert total == pytest.approx(last.proceeds)


def test_a_part_in_cash_is_a_floor():
    assert part_in_cash(0.75, 1.0) == pytest.approx(1.0) and part_in_cash(0.75, 0.0) == pytest.approx(0.75)


@pytest.mark.parametrize("quantity", ["UST price", "LUNA price"])
def test_the_days_of_may_hold_all_that_was_published(quantity):
    columns = days_of_may(quantity)
    dots = [len(columns[f"hour {known}"]) for known in ("printed", "unknown")]
    assert sum(dots) == len(may_2022(quantity)) and min(dots) > 0
    assert len(columns["day"]) == len(columns["4 times that"])


def test_the_price_of_luna_in_the_model_begins_after_the_fear_and_ends_near_what_was_published():
    model = days_of_may("LUNA price")["Terra's speed"]
    assert model[0] == pytest.approx(63 * (1 - MAY["fear"]), rel=0.01)
    assert 1e-6 < model[-1] < 1e-4

    with pytest.raises(ValueError, match="quantity = 'LUNA supply' is not allowed"):
        days_of_may("LUNA supply")
