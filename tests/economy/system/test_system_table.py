"""The stored table is what the code computes, and the parameters are as they were written down."""

import csv
from pathlib import Path

import numpy as np
import pytest

from defi_lib.economy import (
    GROUPS,
    LAUNCHES,
    MEASURES,
    REMEDIES,
    STATEMENTS,
    WAYS,
    RemedyEffect,
    SystemSetting,
    draw_world,
    measure_year,
    stored_combination,
    stored_effect,
    stored_payers,
    stored_ranges,
    stored_remedies,
    system_parameters,
    system_year,
    try_statement,
    twin_year,
)
from defi_lib.evidence.unknowns import in_use
from defi_lib.figures import figure

TABLE = Path("defi_lib/economy/system/parameters.csv")


def test_two_rows_computed_again():
    """The 200 seeds of the table, in blocks of 50."""
    level, effect = [], []
    for first in range(0, 200, 50):
        world = draw_world(50, 2_000, first)
        none = measure_year(system_year(world))["served"]
        after = measure_year(system_year(world, SystemSetting({"layer_2": 1.0})))["served"]
        level, effect = [*level, none], [*effect, after - none]
    for way, remedy, values in (("level", "none", level), ("alone", "layer_2", effect)):
        row, found = stored_effect(way, remedy, "served"), np.concatenate(values)
        assert row.mean == pytest.approx(found.mean(), rel=1e-5)
        assert row.standard_error == pytest.approx(found.std(ddof=1) / 200**0.5, rel=1e-5)


def test_the_table_has_every_remedy_in_every_way_and_measure():
    keys = {row[:3] for row in stored_remedies()}
    assert {(way, remedy, measure) for way in WAYS for remedy in REMEDIES for measure in MEASURES} <= keys
    assert len(keys) == len(stored_remedies())
    with pytest.raises(ValueError, match="not in the table"):
        stored_effect("alone", "prayer", "served")


def test_stored_shapley_values_add_up_and_accounts_too():
    for measure in MEASURES:
        total = sum(stored_effect("Shapley", remedy, measure).mean for remedy in REMEDIES)
        effect = stored_effect("effect", "all", measure).mean
        assert total == pytest.approx(effect, rel=1e-4, abs=1e-3)
    for remedy in REMEDIES:
        moved = [
            row.mean for row in stored_remedies() if row[:2] == ("alone", remedy) and row.measure.startswith("to ")
        ]
        assert sum(moved) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("remedy", REMEDIES)
def test_who_pays_is_everybody(remedy):
    found = stored_payers(remedy)
    outside = [
        row.mean
        for row in stored_remedies()
        if row[:2] == ("alone", remedy) and row.measure.startswith("to ") and row.measure[3:] not in GROUPS
    ]
    assert found["outside"] == pytest.approx(sum(outside), abs=1e-3)
    assert found["insiders"] == stored_effect("alone", remedy, "to insiders").mean


def test_who_pays_for_no_remedy_is_not_known():
    with pytest.raises(ValueError, match="remedy = 'none'"):
        stored_payers("none")


def test_an_effect_says_itself_and_a_small_one_none():
    assert str(RemedyEffect("alone", "vesting", "served", -12.34, 0.56)) == "-12 ± 0.6"
    assert str(RemedyEffect("alone", "vesting", "served", 1.0, 0.51)) == "none"
    assert str(RemedyEffect("alone", "vesting", "served", 1.0, 0.5)) == "+1 ± 0.5"


def test_ranges_are_in_order_and_sources_are_there():
    for each in system_parameters().values():
        assert each.least <= each.low <= each.today <= each.high <= each.most, each.name
        assert each.source and each.label and each.unit, each.name


def test_one_price_for_one_thing():
    """What another lesson assumes has the same value and range here, unless the reason says that it is derived."""
    assumed = in_use()
    for each in system_parameters().values():
        kind, _, key = each.source.partition(" ")
        if kind == "assumption":
            reading, name = key.split(".")
            other = assumed[reading, name]
            if each.name not in ("airdrop_more", "checked_found", "repaid"):  # another place in the same range
                same = each.today, each.low, each.high
                assert same == pytest.approx((other.today, other.low, other.high)), each.name
        if kind == "figure":
            assert figure(key) is not None


def test_a_combination_computed_again():
    world = draw_world(60, 2_000)
    found = measure_year(system_year(world, SystemSetting({"vesting": 1.0, "layer_2": 1.0})))
    stored = stored_combination("vesting", "layer_2")
    for measure, value in stored.items():
        assert value == pytest.approx(found[measure].mean(), rel=1e-5, abs=1e-9), measure
    assert stored == stored_combination("layer_2", "vesting")
    with pytest.raises(ValueError, match="remedy = 'prayer'"):
        stored_combination("prayer")


def test_an_end_of_a_range_computed_again():
    world = draw_world(60, 1_000)
    none, after = (
        measure_year(system_year(world, SystemSetting({"give_up": 0.02, "simple_interface": strength})))["served"]
        for strength in (0.0, 1.0)
    )
    row = stored_ranges()["alone", "simple_interface", "served"]["give_up high"]
    assert row.mean == pytest.approx((after - none).mean(), rel=1e-5)


def test_the_same_launch_in_both_computed_again():
    """The same sale and gift, and the same rewards besides."""
    world, top = draw_world(60, 1_000), "gains of the top hundredth"
    here = measure_year(system_year(world))[top]
    same = {"twin_token": 1.0, "twin_gift": 1.0}
    for end, changes in {"the gift": same, "gift and rewards": same | {"twin_rewards": 1.0}}.items():
        there = measure_year(twin_year(world, SystemSetting(changes)))[top]
        row = stored_ranges()["gap", "none", top][f"the token sold in the twin too, with {end}"]
        assert row.mean == pytest.approx((here - there).mean(), rel=1e-4)


def test_every_launch_is_in_the_table_of_ranges():
    for measure in MEASURES:
        assert set(LAUNCHES.values()) <= set(stored_ranges()["gap", "none", measure])


def test_every_main_parameter_is_tried_at_both_ends():
    tried = set(stored_ranges()["gap", "none", "served"])
    for each in system_parameters().values():
        for end in ("low", "high"):
            if each.main and getattr(each, end) != each.today:
                assert f"{each.name} {end}" in tried


def test_statements_are_counted():
    for what in STATEMENTS.values():
        found = try_statement(*what)
        assert found.holds + len(found.not_shown) + len(found.turned) == found.tried > 200
        opposite = try_statement(*what[:3], says="falls" if what[3] == "rises" else "rises")
        assert (opposite.holds, len(opposite.turned)) == (len(found.turned), found.holds)
        prices, views = (try_statement(*what, of=kind) for kind in ("prices", "views"))
        assert (prices.holds + views.holds, prices.tried + views.tried) == (found.holds, found.tried)
        assert sorted(prices.turned + views.turned) == sorted(found.turned) and 5 < views.tried < 20
    with pytest.raises(ValueError, match="of = 'years'"):
        try_statement("alone", "vesting", "to insiders", "falls", of="years")
    with pytest.raises(ValueError, match="says = 'grows'"):
        try_statement("alone", "vesting", "served", "grows")
    with pytest.raises(ValueError, match="not in the table of ranges"):
        try_statement("alone", "prayer", "served", "rises")


def test_what_was_replaced_says_when_and_why():
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(bool(row["replaced"]) == bool(row["why"]) for row in rows)
    names = [row["name"] for row in rows if not row["replaced"]]
    assert len(names) == len(set(names)) and {row["name"] for row in rows} == set(names)
