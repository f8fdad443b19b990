"""All numbers leaned at once, on effects that can be worked out by hand, and numbers that many readings share."""

import numpy as np
import pytest

from defi_lib.claims import CAMPS, reading
from defi_lib.evidence import effect, registry
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.leaning import WHICH, answers_leaned, lean_that_turns, leaned, true_by_camp
from defi_lib.evidence.shared import answers_with, that_share, turned_by
from defi_lib.evidence.unknowns import in_use
from tests.evidence.test_kit import assumed, effect_of

COST, GAIN = assumed("cost", 2, 0, 10), assumed("gain", 4, 0, 10)
PLAIN = effect_of(lambda cost, gain: gain - cost, COST, GAIN)


def test_each_number_goes_the_same_part_of_its_way_to_the_end_that_suits_the_reading():
    # Half-way for it: the cost falls from 2 to 1, the gain rises from 4 to 7; half-way against: 6 and 2.
    assert leaned(PLAIN, [-1.0, -0.5, 0.0, 0.5, 1.0]) == pytest.approx([-10.0, -4.0, 2.0, 6.0, 10.0])


def test_the_lean_that_turns_is_the_least_one_in_either_direction():
    # Against it by x: 4 - 4x - (2 + 8x) = 0 at a sixth, found in hundredths.
    assert lean_that_turns(PLAIN) == pytest.approx(0.17)
    never = effect_of(lambda cost: cost + 1, COST)
    assert lean_that_turns(never) == np.inf
    # Where the reading is not true today it is the way for it that counts: 2 + 8x > 6.1 from 0.5125 on.
    late = effect_of(lambda cost: cost, COST, more_than=6.1)
    assert lean_that_turns(late) == pytest.approx(0.52)


def test_published_ranges_lean_only_with_all_unknown_numbers_and_options_and_persons_never():
    published = assumed("gain", 4, 0, 10, rule="published")
    person, choice = assumed("amount", 1, 0, 10, role="person"), assumed("way", 0, 0, 1, options=("a", "b"))
    mixed = effect_of(lambda cost, gain, amount, way: gain - cost - amount - way, COST, published, person, choice)
    assert leaned(mixed, 1.0) == pytest.approx([4 - 0 - 1 - 0])
    assert leaned(mixed, 1.0, WHICH[1]) == pytest.approx([10 - 0 - 1 - 0])


def test_wide_ranges_lean_by_factors():
    wide = effect_of(lambda rate: rate, assumed("rate", 10, 1, 100))
    assert leaned(wide, [-0.5, 0.5]) == pytest.approx([np.sqrt(10), np.sqrt(1_000)])


@pytest.mark.parametrize(("by", "which", "words"), [(1.5, WHICH[0], "by = 1.5"), (0.0, "mine", "which = 'mine'")])
def test_bad_leans_are_refused(by, which, words):
    with pytest.raises(ValueError, match=words):
        leaned(PLAIN, by, which)


MODELS = [id for id in registry.tested() if reading(id).kind == "model"]


def test_every_effect_can_be_leaned_to_both_ends_and_a_lean_of_nothing_is_today():
    for id in MODELS:
        found = effect(id)
        assert isinstance(found, Effect)
        for which in WHICH:
            against, here, for_it = leaned(found, [-1.0, 0.0, 1.0], which)
            assert np.isfinite([against, for_it]).all()
            assert here == pytest.approx(float(evidence_today(found)), rel=1e-9, abs=1e-12)


def evidence_today(found):
    return found({name: np.array([each.today]) for name, each in found.assumptions.items()})[0]


def test_readings_share_a_number_only_where_they_have_no_row_of_their_own():
    rows = in_use()
    for name in ("gas_price", "bill"):
        assert that_share(name) == [id for id in MODELS if name in effect(id).assumptions and (id, name) not in rows]
    assert set(that_share("gas_price", "bill")) == {*that_share("gas_price"), *that_share("bill")}


def test_answers_with_todays_numbers_are_todays_answers():
    todays = {name: in_use()["*", name].today for name in ("gas_price", "ether_price", "volatility", "bill")}
    found = answers_with(todays)
    answers = {id: evidence_today(effect(id)) > effect(id).more_than for id in found}
    assert found and {id: bool(true[0]) for id, true in found.items()} == answers


def test_a_number_is_changed_in_every_reading_at_once():
    past = answers_with({"gas_price": [0.4619, 98.7], "ether_price": [1_662.0, 3_796.0]})
    assert past["X9a"].tolist() == [False, True]
    assert all(true.shape == (2,) for true in past.values())


@pytest.mark.parametrize(
    ("changed", "words"), [({"gas": 1.0}, "name = 'gas'"), ({"gas_price": -1.0}, "gas_price = -1 is outside")]
)
def test_numbers_that_cannot_be_are_refused(changed, words):
    with pytest.raises(ValueError, match=words):
        answers_with(changed)


def test_the_table_of_leans_has_todays_answers_in_its_middle_and_never_turns_back_for_most():
    table = answers_leaned()
    assert list(table) == MODELS
    assert all(true[100] == (evidence_today(effect(id)) > effect(id).more_than) for id, true in table.items())
    steady = [np.all(np.diff(true.astype(int)) >= 0) for true in table.values()]
    assert np.mean(steady) > 0.9  # more lean for a reading makes it true, but where numbers work on each other


def test_the_camps_parts_add_up_to_all_that_is_true():
    found = true_by_camp([-0.3, 0.0, 1.0])
    many = {camp: sum(id[0] == letter for id in MODELS) for letter, camp in CAMPS.items()}
    assert sum(many[camp] * found[camp] for camp in many) == pytest.approx(found["true"])
    assert found["tested"] == len(MODELS) and found["other"][1] == 0 and np.all(found["other"][[0, 2]] > 0)
    assert true_by_camp(0.2)["true"] == true_by_camp([0.2])["true"][0]


def test_what_turns_is_what_answers_otherwise_than_today():
    changed = {"gas_price": [0.4619, 98.7], "ether_price": [1_662.0, 3_796.0]}
    found, answers = turned_by(changed), answers_with(changed)
    assert [id for id, turned in found.items() if turned[0]] == []
    assert {id for id, turned in found.items() if turned[1]} >= {"X9a", "R5a"}
    assert all((answers[id] ^ turned).tolist() == [answers[id][0]] * 2 for id, turned in found.items())
