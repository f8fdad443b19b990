"""What lesson 7.21 says of storage, counted another way."""

import numpy as np
import pytest

from defi_lib.compute import repair_plan, yearly_loss
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.storage.storing import lost_files, month_of_storage, node_month
from defi_lib.ledger import who_profits


def found(id, **world):
    one = effect(id)
    return float(one(today(one.assumptions, changed=world))[0])


def test_at_todays_prices_only_dear_clouds_and_two_regions_are_undercut():
    assert found("C26b") == pytest.approx(-0.75 / 6.95)
    assert found("C26b", regions=1.0) == pytest.approx(6.2 / 13.9)
    cheap = [found("C26b", cloud_price=price) for price in (4.0, 5.2, 6.95)] + [
        found("C26b", cloud_price=7.99, free=1.0)
    ]
    assert max(cheap) < 0.1 < found("C26b", network_price=4.0)
    assert found("C26b", cloud_price=23.0, free=0.0, cloud_reading=90.0) == pytest.approx(0.76, abs=0.005)


def test_pieces_agree_with_the_yearly_loss_of_the_library():
    """Where operators divide the pieces, nodes do not fail by themselves, and a year has whole checks."""
    for operators in (4, 10, 80):
        mine = lost_files(operators, 0.3, 91.25, 0.6)
        both = {"group_loss": 0.3, "shock": 0.0, "shock_chance": 0.0}
        calm = 1e6 * float(yearly_loss(29, 80, 0.0, 4, groups=operators, **both))
        assert lost_files(operators, 0.3, 91.25, 0.0)["Pieces"] == pytest.approx(max(calm, 1e-6))
        assert float(mine["Pieces"]) > calm
    alone = (
        yearly_loss(29, 80, 0.3, 4, shock=0.6, shock_chance=0.01),
        yearly_loss(1, 3, 0.3, 4, shock=0.6, shock_chance=0.01),
    )
    mine = lost_files(80, 0.3, 91.25, 0.6)
    assert (mine["Pieces"], mine["Three copies"]) == pytest.approx([1e6 * each for each in alone])


def test_operators_count_and_not_pieces():
    few = lost_files(np.array([2, 3, 4, 80]), 0.1, 365, 0.0)
    assert few["Pieces"][0] == pytest.approx(few["Three copies"][0])  # the placebo: both go with the same two
    assert np.all(few["Pieces"][1:3] > few["Three copies"][1:3]) and few["Pieces"][3] < few["Three copies"][3]
    assert found("C26a") > 1 > found("C26a", operators=10.0) and found("C26a", event=0.55) < 1


def test_a_month_at_four_dollars_leaves_the_company_one():
    books = month_of_storage(4.0)
    total = who_profits(books["network"])["total"]
    plan = repair_plan(29, 80, 52, 0.336212, 3 / 365)  # as in the older lesson
    nodes = 10_000 * (1.5 * plan.mean_pieces / 29 + 0.2 + plan.repairs / 12 * 2)
    assert total["nodes"] == pytest.approx(nodes, rel=1e-3) and total["customers"] == pytest.approx(-47_000)
    assert who_profits(books["dear cloud"])["total"]["company"] == pytest.approx(320_000)
    assert who_profits(books["cheap cloud"])["total"]["company"] == pytest.approx(69_500)
    assert node_month(1.0) < 0 < node_month(4.0) and node_month(100.0) > 25 * node_month(4.0)


def test_a_file_that_nobody_pinned_is_gone():
    proof = evidence("C26c")
    assert not proof.true and "200 times" in proof.turns
