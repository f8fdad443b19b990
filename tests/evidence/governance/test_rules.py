import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.governance.rules import largest_gets_its_way, whale_by_rule
from defi_lib.governance import decentraland_members


def test_dollars_spent_on_names_make_the_root_of_a_holding_proportional_to_it():
    """With many names a whale votes like as many holders, each with the price of a name over its budget."""
    known = effect("R3a").assumptions
    size = {"found": 0.0, "typical": 5 / 0.01}  # 500 dollars
    for holding in (1e6, 1e8):
        assert effect("R3a")(today(known, changed={**size, "holding": holding}))[0] == pytest.approx(0, abs=1e-3)


def test_today_stands_for_decentraland_if_all_came():
    own = np.sort(decentraland_members().own)
    whale, others = own[-1], own[:-1]
    typical = (others.sum() / np.sqrt(others).sum()) ** 2
    known = effect("R3a").assumptions
    assert known["holding"].today == pytest.approx(0.1 * whale, rel=0.01)
    assert known["part"].today == pytest.approx(whale / own.sum(), rel=0.05)
    assert known["typical"].today == pytest.approx(0.1 * typical, rel=0.01)
    by_hand = effect("R3a")(today(known, changed={"found": 0.0, "part": whale / own.sum()}))[0]
    part = whale_by_rule(5.0)
    assert 1 - part["square root"] / part["by tokens"] == pytest.approx(by_hand, abs=0.03)


def test_by_heads_the_largest_is_one_of_fifty():
    assert largest_gets_its_way("equal") == pytest.approx(0.5, abs=0.05)
    assert largest_gets_its_way("linear") > largest_gets_its_way("quadratic") > largest_gets_its_way("equal")


def test_free_names_undo_each_rule_and_dear_ones_none():
    free, none = whale_by_rule(0.0), whale_by_rule(1e9)
    for rule in ("by tokens", "locked a year", "conviction", "delegated"):
        assert free[rule] == none[rule] == pytest.approx(none["by tokens"], rel=0.02)
    assert all(none[rule] < none["by tokens"] < free[rule] for rule in ("capped", "square root", "by heads"))


def test_delegation_brings_votes_and_fewer_who_decide():
    found = evidence("R3b")
    assert not found.true and "14 members are a majority of all votes, without it 20" in found.says
    assert "77" in found.says
