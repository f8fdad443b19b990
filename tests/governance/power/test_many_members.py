import numpy as np
import pytest

from defi_lib.governance import approximate_power, banzhaf, sampled_power, shapley_shubik, whale_decides
from tests.support.contracts import assert_refuses


def electorate(members=4_811):
    """As unequal as those of real tokens: a few hold half, most hold little, some nothing."""
    votes = np.floor(1_000 * (np.random.default_rng(1).pareto(1.5, size=members) + 1)) / 10
    votes[members // 2 :: 3] = 0.0
    return votes


@pytest.mark.parametrize("quota", [0.5, 0.51])
def test_two_independent_methods_agree_within_a_tenth_of_a_point(quota):
    votes = electorate()
    asked = quota * votes.sum()
    counted = approximate_power(votes, asked)
    drawn = sampled_power(votes, asked, draws=120_000, rng=np.random.default_rng(4), counted=60)
    for index in ("banzhaf", "shapley_shubik"):
        one, other = getattr(counted, index), getattr(drawn, index)
        assert np.max(np.abs(one - other)) < 0.001
        assert np.all(one[votes == 0] == 0) and np.all(one[votes > 0] > 0)
    assert np.max(counted.banzhaf) > 0.02, "an electorate in which nobody has power tests nothing"


@pytest.mark.parametrize("quota", [0.5, 0.7])
def test_two_hundred_members_are_as_counted_exactly(quota):
    weights = np.random.default_rng(5).integers(1, 40, 120)
    asked = int(quota * weights.sum()) + 1
    near = approximate_power(weights.astype(float), asked - 0.5)
    assert near.banzhaf == pytest.approx(banzhaf(weights, asked).power, abs=1e-4)
    assert near.shapley_shubik == pytest.approx(shapley_shubik(weights, asked).power, abs=1e-4)


def test_the_rest_as_a_normal_sum_is_the_rest_member_by_member():
    votes = electorate(400)
    few, many = approximate_power(votes, counted=100), approximate_power(votes, counted=400)
    assert few.banzhaf == pytest.approx(many.banzhaf, abs=1e-5)
    assert few.shapley_shubik == pytest.approx(many.shapley_shubik, abs=1e-5)


def test_equal_members_have_equal_power_and_a_whale_has_more_than_its_share():
    assert approximate_power(np.ones(1_000)).shapley_shubik == pytest.approx(np.full(1_000, 1 / 1_000), rel=1e-3)
    whale = approximate_power(np.append(np.full(2_000, 0.95 / 2_000), 0.05))
    assert whale.chance[-1] == pytest.approx(whale_decides(0.05, 2_000), abs=0.004) and whale.shapley_shubik[
        -1
    ] == pytest.approx(0.05, abs=0.004)


@pytest.mark.parametrize("unit", [1e-300, 1.0, 1e300])
def test_few_members_in_any_unit_and_one_alone(unit):
    votes = np.array([6.0, 3.0, 2.0]) * unit
    for quota, chances in ((0.5, [1.0, 0.0, 0.0]), (10.5 / 11, [0.25] * 3)):
        power = approximate_power(votes, quota * 11.0 * unit)
        assert power.chance == pytest.approx(chances, abs=1e-6)
        assert power.shapley_shubik.sum() == pytest.approx(1.0, abs=1e-6)
    assert approximate_power([unit, 0.0]).shapley_shubik == pytest.approx([1.0, 0.0])
    assert sampled_power([unit], draws=100, rng=np.random.default_rng(1)).chance.tolist() == [1.0]


def test_samples_of_few_members():
    drawn = sampled_power([4.0, 3.0, 2.0, 1.0], 6.0, draws=60_000, rng=np.random.default_rng(8))
    assert drawn.chance == pytest.approx(np.array([5, 3, 3, 1]) / 8, abs=4 * drawn.error)
    assert drawn.shapley_shubik == pytest.approx(np.array([10, 6, 6, 2]) / 24, abs=4 * drawn.error)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: approximate_power([0.0, 0.0]), "weights has shape"),
        (lambda: approximate_power([[1.0], [2.0]]), "weights has shape"),
        (lambda: approximate_power([1.0, -2.0]), r"weights\[1\] = -2"),
        (lambda: approximate_power([1.0, 2.0], 3.1), "quota = 3.1"),
        (lambda: approximate_power([1.0, 2.0], frequencies=8), "frequencies = 8"),
        (lambda: approximate_power([1.0, 2.0], counted=0), "counted = 0"),
        (lambda: sampled_power([1.0], draws=99, rng=np.random.default_rng(1)), "draws = 99"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
