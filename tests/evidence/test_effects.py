"""Every effect of the course: nothing where the tested difference is taken away, right where it is known by hand."""

from itertools import product

import numpy as np
import pytest

from defi_lib.claims import reading
from defi_lib.evidence import Count, Proof, cases, effect, evidence, worlds
from defi_lib.evidence import tested as with_evidence
from tests.support.evidence_checks import failures

MODELS = [id for id in with_evidence() if reading(id).kind == "model"]
OTHERS = [id for id in with_evidence() if reading(id).kind != "model"]


@pytest.mark.parametrize("id", MODELS)
def test_a_placebo_finds_nothing_and_a_control_what_is_known_by_hand(id):
    one = effect(id)
    names = set(one.assumptions)
    assert one.placebos and all(placebo and set(placebo) < names for placebo in one.placebos)
    assert any(control.effect for control in one.controls), "a world in which the effect is known, and not nil"
    assert all(set(control.world) == names for control in one.controls)
    assert list(failures(one)) == []


@pytest.mark.parametrize("id", MODELS)
def test_the_share_of_worlds_does_not_hang_on_how_many_are_drawn(id):
    one = effect(id)
    shares = []
    for count in (one.worlds, 2 * one.worlds):
        drawn = worlds(one.assumptions, count)
        shares.append(one.true(drawn)[one.kept(drawn)].mean())
    assert abs(shares[0] - shares[1]) < 0.03


@pytest.mark.parametrize("id", MODELS)
def test_arrays_of_worlds_give_what_single_worlds_give(id):
    one = effect(id)
    drawn = worlds(one.assumptions, 8)
    single = [one({name: values[k : k + 1] for name, values in drawn.items()})[0] for k in range(8)]
    assert one(drawn) == pytest.approx(single, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("id", MODELS)
def test_the_effect_is_a_finite_number_at_every_corner_of_its_ranges(id):
    one = effect(id)
    told = [case.values for case in cases(one)]
    ends = []
    for name, each in one.assumptions.items():
        reached = [each.low, each.high, *(values[name] for values in told if name in values)]
        ends.append(range(len(each.options)) if each.options else (min(reached), max(reached)))
    corners = np.array(list(product(*ends)), float)
    found = one(dict(zip(one.assumptions, corners.T, strict=True)))  # raises where it is none
    assert found.shape == (len(corners),) and found.std() > 0


@pytest.mark.parametrize("id", MODELS)
def test_every_case_has_evidence_and_a_sentence(id):
    for case in cases(effect(id)):
        found = evidence(id, case)
        assert found.worlds >= 256 and found.sentence() and 0 <= found.share <= 1


@pytest.mark.parametrize("id", OTHERS)
def test_counts_and_proofs_say_what_they_rest_on(id):
    found = evidence(id)
    assert isinstance(found, Count if reading(id).kind == "figures" else Proof)
    assert found.says and found.turns
    if isinstance(found, Count):
        assert found.sources and found.who
