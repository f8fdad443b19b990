"""The kit on effects that can be worked out by hand."""

import numpy as np
import pytest

from defi_lib.claims import reading
from defi_lib.evidence import Assumption, Effect, cases, evidence_on, today, turned, turning_points, worlds
from defi_lib.evidence.verdicts import written


def assumed(name, today, low, high, **more):
    return Assumption(name, f"the {name}", more.pop("unit", ""), today, low, high, reason="a test", **more)


def effect_of(function, *ranges, more_than=0.0, **more):
    one = reading("X9a")._replace(unit="USD", more_than=more_than)
    return Effect(one, function, more.pop("placebos", ({},)), (), ranges={each.name: each for each in ranges}, **more)


PLAIN = effect_of(lambda cost, gain: gain - cost, assumed("cost", 2, 0, 10), assumed("gain", 4, 0, 10))


def test_worlds_fill_the_ranges_evenly_and_are_the_same_each_time():
    drawn = worlds(PLAIN.assumptions, 1_024)
    for values in drawn.values():
        counts = np.histogram(values, 8, (0, 10))[0]
        assert counts.min() > 120 and counts.max() < 136
    again = worlds(PLAIN.assumptions, 1_024)
    assert all(np.array_equal(drawn[name], again[name]) for name in drawn)


def test_the_second_set_of_worlds_is_independent_of_the_first():
    names = [assumed(letter, 5, 0, 10) for letter in "abcdefgh"]
    known = {each.name: each for each in names}
    one, two = worlds(known, 4_096), worlds(known, 4_096, again=True)
    table = np.corrcoef([*one.values(), *two.values()])
    assert np.abs(table - np.eye(16)).max() < 0.06


def test_ranges_wider_than_a_factor_of_three_are_logarithmic():
    wide, narrow = assumed("wide", 10, 1, 100), assumed("narrow", 2, 1, 3)
    assert wide.log and not narrow.log and not assumed("zero", 1, 0, 100).log
    assert wide.value(0.5) == pytest.approx(10) and narrow.value(0.5) == pytest.approx(2)
    assert wide.value(0.5, linear=True) == pytest.approx(50.5)


def test_wider_ranges_end_where_nothing_can_be():
    part = assumed("part", 0.8, 0.5, 0.9, most=1.0)
    assert part.value([0, 1], width=2.0) == pytest.approx([0.2, 1.0])
    assert part.value([0, 1], width=0.5) == pytest.approx([0.65, 0.85])


def test_the_share_of_worlds_is_the_area_where_the_reading_is_true():
    found = evidence_on(PLAIN, count=4_096)
    assert found.share == pytest.approx(0.5, abs=0.01) and found.effect == 2 and found.true


def test_a_size_that_counts_moves_the_answer_and_the_share():
    found = evidence_on(effect_of(PLAIN.function, *PLAIN.assumptions.values(), more_than=3.0), count=4_096)
    assert not found.true and found.share == pytest.approx(0.7**2 / 2, abs=0.01)


def test_turning_points_are_where_the_effect_crosses_the_size_that_counts():
    found = turning_points(PLAIN)
    assert found["cost"].points == pytest.approx((4.0,)) and found["gain"].points == pytest.approx((2.0,))
    assert found["cost"].distance == pytest.approx(0.2) and not found["cost"].jump


def test_all_turning_points_are_found_nearest_first():
    twice = effect_of(lambda x: (x - 2) * (x - 7), assumed("x", 3, 0, 10))
    assert turning_points(twice)["x"].points == pytest.approx((2.0, 7.0))


def test_where_a_range_holds_no_turning_point_the_nearest_outside_is_found():
    far = effect_of(lambda x, y: 40 - x - y, assumed("x", 5, 1, 9), assumed("y", 1, 0, 2, most=2))
    found = turning_points(far)
    assert found["x"].points == () and found["x"].beyond == pytest.approx(39) and found["x"].distance == np.inf
    assert found["y"].beyond is None, "nothing above its most can be"
    assert evidence_on(far).turns() == "It turns only outside our ranges, if the x rises above 39 (today: 5)."


def test_where_none_turns_it_alone_the_two_that_do_together_are_named():
    both = effect_of(lambda x, y, z: x + y + 0 * z - 15, *(assumed(name, 5, 1, 9) for name in "xyz"))
    found = evidence_on(both)
    assert found.pair.names == ("x", "y") and sum(found.pair.points) == pytest.approx(15)
    assert found.turns() == (
        "It turns if two move at once: the x rises above 7.5 (today: 5) and the y rises above 7.5 (today: 5). "
        "Within our ranges none turns it alone."
    )
    alone = evidence_on(effect_of(lambda x, y: x + y - 11, assumed("x", 5, 1, 9), assumed("y", 5, 1, 9)))
    assert alone.pair is None and alone.nearest
    never = evidence_on(effect_of(lambda x, y: x + y + 1, assumed("x", 5, 1, 9), assumed("y", 5, 1, 9)))
    assert never.pair is None


def test_a_jump_is_found_and_named():
    step = effect_of(lambda x: np.where(x < np.pi, 1.0, -1.0), assumed("x", 1, 0, 10))
    assert turning_points(step)["x"].points == pytest.approx((np.pi,)) and turning_points(step)["x"].jump


def test_an_option_turns_the_answer():
    either = effect_of(lambda which: 1.0 - which, assumed("which", 0, 0, 2, options=("one", "two", "three")))
    found = evidence_on(either, count=300)
    assert found.turning["which"].points == (1.0, 2.0) and found.share == pytest.approx(1 / 3, abs=0.02)
    assert found.turns() == "It turns if the which is two or three instead of one."


def test_the_decisive_assumption_is_the_one_that_turns_most_worlds():
    lopsided = effect_of(lambda cost, gain: gain - cost, assumed("cost", 5, 4, 6), assumed("gain", 6, 0, 10))
    rates = turned(lopsided, worlds(lopsided.assumptions, 4_096))
    assert rates["gain"] == pytest.approx(0.5, abs=0.02) and rates["cost"] < 0.1
    assert evidence_on(lopsided).decisive == ["gain", "cost"]


def test_what_is_fixed_is_neither_drawn_nor_counted_as_decisive():
    person = assumed("amount", 100, 10, 5_000, role="person")
    fee = effect_of(lambda amount, gas: gas / amount, person, assumed("gas", 1, 0.5, 20), more_than=0.01)
    found = evidence_on(fee)
    assert set(found.turned) == {"gas"}
    assert [case.name for case in cases(fee)] == ["$100, today", "$50, today", "$500, today", "$5,000, today"]
    small, large = (evidence_on(fee, cases(fee)[k]) for k in (1, 3))
    assert small.true and not large.true and small.share > found.share > large.share


def test_strength_says_nearly_all_only_if_other_ranges_agree():
    sure = effect_of(lambda x: x, assumed("x", 5, 1, 9))
    assert evidence_on(sure).strength == "nearly all"
    never = effect_of(lambda x: -x, assumed("x", 5, 1, 9))
    assert evidence_on(never).strength == "nearly none"
    edge = effect_of(lambda x: x - 0.9, assumed("x", 5, 1, 9))
    assert evidence_on(edge).share == 1 and evidence_on(edge).strength == "turns"  # at double width


def test_todays_answer_can_only_weaken_the_word():
    odd = effect_of(lambda x: np.where(x == 5, -1.0, 1.0), assumed("x", 5, 1, 9))
    assert not evidence_on(odd).true and evidence_on(odd).strength == "turns"


def test_worlds_that_contradict_a_published_outcome_are_dropped():
    def fits(cost, gain):
        return gain > 5

    kept = effect_of(PLAIN.function, *PLAIN.assumptions.values(), fits=fits)
    assert evidence_on(kept, count=4_096).share == pytest.approx(0.75, abs=0.01)
    nothing = effect_of(PLAIN.function, *PLAIN.assumptions.values(), fits=lambda cost, gain: gain > 11)
    with pytest.raises(ValueError, match="no world fits"):
        evidence_on(nothing)


def test_a_readers_own_ranges_take_the_place_of_those_of_the_table():
    mine = PLAIN.with_ranges(assumed("cost", 9, 8, 10))
    assert not evidence_on(mine).true and evidence_on(PLAIN).true
    with pytest.raises(ValueError, match="changed = 'other'"):
        PLAIN.with_ranges(assumed("other", 1, 0, 2))


def test_an_effect_that_is_no_number_is_refused_with_its_world():
    with np.errstate(divide="ignore"):
        broken = effect_of(lambda x: 1 / x, assumed("x", 0, 0, 1))
        with pytest.raises(ValueError, match="X9a has no finite effect where x = 0"):
            broken(today(broken.assumptions))


@pytest.mark.parametrize(
    ("low", "today_", "high"), [(1, 0, 2), (1, 3, 2), (2, 2, 2), (-1, 0, 1), (0, 1, float("inf")), (0, float("nan"), 1)]
)
def test_a_range_without_todays_value_is_refused(low, today_, high):
    with pytest.raises(ValueError, match="x: today = "):
        assumed("x", today_, low, high)


def test_a_range_needs_a_source_or_a_reason():
    with pytest.raises(ValueError, match="neither sources nor a reason"):
        Assumption("x", "x", "", 1, 0, 2)


def test_sentences_name_the_answer_the_size_and_the_turning_point():
    said = evidence_on(effect_of(PLAIN.function, *PLAIN.assumptions.values(), more_than=1.0)).sentence()
    assert said.startswith("**True today: 2 USD (true above 1 USD).** It turns if the ")
    assert "(today: " in said
    alone = evidence_on(effect_of(lambda x: x, assumed("x", 5, 1, 9)))
    assert "No assumption alone turns it" in alone.sentence() and "no probability" in alone.small_print()


def test_words_of_a_label_are_not_said_again():
    many = effect_of(lambda x: x - 3, Assumption("x", "the number of nodes asked", "nodes", 5, 1, 9, reason="a test"))
    found = evidence_on(many)
    assert found.turns() == "It turns if the number of nodes asked falls below 3 (today: 5)."
    timed = effect_of(lambda x: x - 3, Assumption("x", "the time between two blocks", "s", 5, 1, 9, reason="a test"))
    assert evidence_on(timed).turns() == "It turns if the time between two blocks falls below 3 s (today: 5 s)."
    assert evidence_on(timed).scope() == "Turns on the time between two blocks"


@pytest.mark.parametrize(
    ("label", "verb"),
    [
        ("the price of gas", "rises"),
        ("the gas of a swap", "rises"),
        ("the pool's fee", "rises"),
        ("what a stranger's card costs", "rises"),
        ("the loans that fail with nobody on the spot", "rise"),
        ("dollars in the pool", "rise"),
    ],
)
def test_of_many_things_the_verb_speaks_as_of_many(label, verb):
    assumed = Assumption("x", label, "USD", 5.0, 1.0, 9.0, reason="a test")
    assert assumed.moved(up=True) == f"{label} {verb} above"
    assert assumed.moved(up=False) == f"{label} {'fall' if verb == 'rise' else 'falls'} below"


def test_what_may_be_lost_at_most_is_written_without_a_sign():
    """A reading such as "fewer than one in ten are found" has a size below nothing, and its effect is the loss."""
    few = reading("C29a")
    assert few.more_than == -0.1
    assert written(-0.998, few) == "100\xa0% of the people (true below 10\xa0%)"
    assert written(-0.04, few) == "4\xa0% of the people (true below 10\xa0%)"
    assert written(0.02, few) == "2\xa0% of the people (true above −10\xa0%)"
    assert written(-0.104, few) == "10.4\xa0% of the people (true below 10\xa0%)"


def test_what_is_dearer_and_what_is_rarer_are_written_in_words():
    bill, rare = reading("C26b"), reading("C26a")
    assert written(-0.11, bill) == "11\xa0% more than the cloud's bill (true from 10\xa0% less on)"
    assert written(0.36, bill) == "36\xa0% less than the cloud's bill (true above 10\xa0%)"
    assert written(7.9, rare) == "79 million times less often (true above 10 times)"
    assert written(-1.0, rare) == "1/10 times less often (true above 10 times)"
