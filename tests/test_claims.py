import pytest

from defi_lib.claims import claim, claims, verdict


def test_claims_are_there_in_order():
    ids = [one.id for one in claims()]
    assert len(ids) == len(set(ids)) == 68
    assert ids[0] == "P1" and ids[-1] == "C26"
    assert "cheaper than a centralised one" in claim("P2").text
    assert [one.id for one in claims("X1", "P2")] == ["X1", "P2"]


def test_a_verdict_shows_the_claim_and_both_sides():
    shown = verdict("P2", "mixed", "It costs 1.3 %.", holds="pools are deep.", fails="they are not.")._repr_markdown_()
    for part in ("**P2**", "Verdict: mixed", "It costs 1.3 %.", "It holds when** pools", "It fails when** they"):
        assert part in shown


def test_unknown_ids_and_outcomes_are_refused():
    with pytest.raises(ValueError, match="id = 'P99' is not allowed"):
        claim("P99")
    with pytest.raises(ValueError, match="outcome = 'maybe' is not allowed: choose one of 'holds', 'mixed', 'fails'"):
        verdict("P2", "maybe", "", holds="", fails="")
