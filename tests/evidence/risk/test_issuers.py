import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.issuers import tied_coin, weekend_prices
from defi_lib.figures import figure


def test_a_doubt_passes_whole_while_the_swap_is_open_and_by_the_backing_when_it_is_shut():
    known = effect("X15b").assumptions
    worth = tied_coin(0.87, known["backed"].today, known["inflow"].today, 0.0).worth
    shut = effect("X15b")(today(known, changed={"open": 0.0}))[0]
    assert shut == pytest.approx((1 - worth) / 0.13)
    assert effect("X15b")(today(known, changed={"open": 1.0}))[0] == pytest.approx(1.0)


def test_march_2023_is_met():
    """USDC backed 52 % of DAI, 1.2 billion came to 5.1, and the swap was never halted: DAI fell with USDC."""
    part = figure("dai.usdc_share_dai_reserves").value / 100
    before, after = figure("dai.dai_supply_before_usdc_fall").value, figure("dai.dai_supply_after_weekend").value
    low = figure("usdc_2023.usdc_price_low_cointelegraph_quote").value
    tied = tied_coin(low, part, after / before - 1, 0.0)
    assert min(tied.worth, tied.ceiling) == pytest.approx(figure("dai.dai_price_low").value, abs=0.005)


def test_the_issuers_keep_more_than_half_together_and_circle_less():
    kept = evidence("X15a")
    assert kept.true and "79 %" in kept.says and "Circle 39 %" in kept.says and "61 %" in kept.other


def test_a_coin_was_not_as_safe_as_an_insured_deposit():
    found = evidence("P7c")
    assert not found.true and "87 cents (88 by another report)" in found.says and "0 dollars" in found.says


def test_buyers_hold_a_shut_coin_at_its_worth_as_long_as_they_have_dollars():
    rich, poor = weekend_prices(30.0, 0.1, 50.0, 0.5), weekend_prices(30.0, 0.1, 0.0, 0.5)
    assert rich["The coin"] == pytest.approx(rich["If all in doubt is gone"]) == pytest.approx(0.9)
    assert poor["The coin"] == pytest.approx(1 / 1.3**2)
    assert poor["The tied coin"] == pytest.approx(0.5 + 0.5 / 1.3**2)


def test_with_half_sold_before_the_halt_no_backing_turns_it_and_without_an_open_module_backing_does():
    one = effect("X15b")
    ratio = {
        (open, part): float(one(today(one.assumptions, changed={"open": open, "backed": part, "inflow": 0.0}))[0])
        for open in (0.0, 0.5)
        for part in (0.0, 0.4, 0.6)
    }
    assert min(ratio[0.5, part] for part in (0.0, 0.4, 0.6)) == pytest.approx(0.5)
    assert ratio[0.0, 0.4] < 0.5 < ratio[0.0, 0.6]


def test_how_often_the_tied_coin_is_sold_turns_the_verdict_within_its_range():
    found = evidence("X15b")
    assert found.true and found.turning["often"].points[0] == pytest.approx(0.5 / found.effect)
