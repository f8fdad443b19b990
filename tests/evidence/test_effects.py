"""Every effect of the course: nothing where the tested difference is taken away, right where it is known by hand."""

import numpy as np
import pytest

from defi_lib.claims import reading
from defi_lib.evidence import Count, Proof, cases, effect, evidence, tested, worlds

MODELS = [id for id in tested() if reading(id).kind == "model"]
OTHERS = [id for id in tested() if reading(id).kind != "model"]


@pytest.mark.parametrize("id", MODELS)
def test_a_placebo_runs_the_whole_path_and_finds_nothing(id):
    one = effect(id)
    assert one.placebos, "an effect needs a world in which there is none"
    for placebo in one.placebos:
        assert placebo and set(placebo) < set(one.assumptions), placebo
        found = one(worlds(one.assumptions, 256, fixed=placebo))
        assert np.abs(found).max() <= one.placebo_error, placebo


@pytest.mark.parametrize("id", MODELS)
def test_a_positive_control_gives_the_effect_that_is_known_by_hand(id):
    one = effect(id)
    assert any(control.effect for control in one.controls), "an effect needs a world in which it is known and not nil"
    for control in one.controls:
        assert set(control.world) == set(one.assumptions)
        found = one({name: np.array([value]) for name, value in control.world.items()})
        assert found[0] == pytest.approx(control.effect, rel=control.within), control


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
