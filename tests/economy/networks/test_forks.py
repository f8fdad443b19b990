import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from defi_lib.economy import even_exponent, fork_trade_share, race_fork, trade_shares
from defi_lib.exchange import ConstantProductPool, optimal_split

DEPTHS = st.floats(1e3, 1e9)
RATIOS = st.floats(0.0, 1.0)


@given(DEPTHS, DEPTHS, st.floats(1.0, 1e6), st.floats(1e-3, 0.1), RATIOS)
def test_equal_products_share_the_trade_as_the_loop_has_it(fork, original, amount, taste, routed):
    both = trade_shares([fork, original], amount, taste, routed=routed)
    assert fork_trade_share(fork, original, amount, taste, routed=routed) == pytest.approx(both[0], rel=1e-6, abs=1e-12)


def test_a_router_splits_so_that_the_last_dollar_brings_as_much_in_both():
    pools = [ConstantProductPool((1e6, 1e6), 0.002), ConstantProductPool((2e6, 2e6), 0.003)]
    for amount in (3e3, 1e4, 1e6):
        split = optimal_split(pools, amount)
        share = fork_trade_share(1e6, 2e6, amount, 0.005, routed=1.0, advantage=0.001, fee=0.003)
        assert share == pytest.approx(split[0] / amount, rel=1e-6)
    assert fork_trade_share(1e6, 2e6, 1e-9, 0.005, routed=1.0, advantage=0.001) == 1.0
    assert fork_trade_share(1e6, 2e6, 1e-9, 0.005, routed=1.0, advantage=-0.001) == 0.0


def test_traders_who_choose_weigh_what_it_saves_in_scales_of_taste():
    odds = np.exp(0.001 / 0.005)
    assert fork_trade_share(1e6, 1e6, 1e-6, 0.005, advantage=0.001) == pytest.approx(odds / (1 + odds))
    assert fork_trade_share(1e6, 1e6, 1e4, 0.005) == 0.5


def test_its_slope_is_the_exponent_of_the_loop():
    step = 1e-4
    shares = [fork_trade_share(1e6 * np.exp(k * step), 1e6, 1e4, 0.005) for k in (-1, 1)]
    odds = [np.log(share / (1 - share)) for share in shares]
    assert (odds[1] - odds[0]) / (2 * step) == pytest.approx(even_exponent(1e6, 1e4, 0.005), rel=1e-6)


@given(DEPTHS, DEPTHS, st.floats(1e-6, 1e9), st.floats(1e-3, 0.1), RATIOS, st.floats(-0.4, 0.003))
def test_a_share_is_a_part_and_more_depth_or_saving_never_lowers_it(fork, original, amount, taste, routed, advantage):
    share = fork_trade_share(fork, original, amount, taste, routed=routed, advantage=advantage)
    assert 0.0 <= share <= 1.0
    assert fork_trade_share(2 * fork, original, amount, taste, routed=routed, advantage=advantage) >= share - 1e-12
    small = min(fork, original, amount)  # of a trade as large as a pool a better one needs less
    saves = [fork_trade_share(fork, original, small, taste, routed=routed, advantage=a) for a in (advantage, 0.003)]
    assert saves[1] >= saves[0] - 1e-4


def test_without_a_network_effect_the_race_is_a_sum_of_coins():
    """The lead of 40 is 20 more than half; 2,000 fair coins have a deviation of the square root of 500."""
    race = race_fork(50, 0.2, 2_000, 1e7, 1e-6, 0.005, np.random.default_rng(1), runs=512)
    assert race.behind == pytest.approx(norm.cdf(20 / np.sqrt(500)), abs=0.01)
    assert race.fork_share == pytest.approx(1_010 / 2_060, abs=1e-3)
    assert race.original + race.fork == pytest.approx(2_060)
    assert np.std(race.fork) == pytest.approx(np.sqrt(500), rel=0.02)


def test_old_providers_who_choose_again_forget_the_lead():
    forgot = race_fork(50, 0.2, 2_000, 1e7, 1e-6, 0.005, np.random.default_rng(1), moves=1.0, runs=512)
    assert np.mean(forgot.fork) == pytest.approx(1_030 - 20 * 60 / 2_060, abs=0.3)
    assert np.var(forgot.fork) == pytest.approx(2_060 / 4 * (1 - (60 / 2_060) ** 3), rel=0.06)


def test_who_is_first_wins_where_depth_is_dear_and_the_better_one_where_it_is_not():
    depth, size = np.array([1e5, 1e6, 1e8, 1e10, 1e7]), np.array([1e4, 1e4, 1e4, 1e4, 1e-6])
    chance = race_fork(200, 0.2, 2_000, depth, size, 0.005, np.random.default_rng(2), advantage=0.001).behind
    assert chance[:2].tolist() == [1.0, 1.0] and np.all(np.diff(chance) <= 0)
    assert chance[3] == pytest.approx(chance[4], abs=0.02)  # as if there were no network effect


def test_equal_ones_have_equal_chances():
    race = race_fork(100, 1.0, 2_000, 1e7, 1e4, 0.005, np.random.default_rng(3), routed=0.5)
    assert race.behind == pytest.approx(0.5, abs=1e-9)


def test_stages_and_runs_hardly_matter():
    known = {"depth": np.geomspace(1e6, 1e9, 40), "advantage": 0.001, "routed": 0.5, "moves": 1.0}

    def chance(runs, stages):
        rng = np.random.default_rng(4)
        return race_fork(200, 0.2, 2_000, amount=1e4, taste=0.005, rng=rng, runs=runs, stages=stages, **known).behind

    exact = chance(256, 64)
    assert np.abs(chance(32, 16) - exact).mean() < 0.02 and np.abs(chance(128, 32) - exact).mean() < 0.01


def test_the_same_seed_gives_the_same_race_alone_or_among_others():
    many = race_fork(np.array([100.0, 300.0]), 0.3, 500, 1e7, 1e4, 0.005, np.random.default_rng(5))
    one = race_fork(300.0, 0.3, 500, 1e7, 1e4, 0.005, np.random.default_rng(5))
    assert many.behind[1] == one.behind and many.fork[1].tolist() == one.fork.tolist()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fork": 0.0}, "fork = 0"),
        ({"original": -1.0}, "original = -1"),
        ({"amount": 0.0}, "amount = 0"),
        ({"taste": 0.0}, "taste = 0"),
        ({"advantage": 0.004}, "advantage = 0.004"),
        ({"routed": 1.1}, "routed = 1.1"),
        ({"fee": 0.6}, "fee = 0.6"),
    ],
)
def test_shares_refuse_what_cannot_be(changed, message):
    given_ = {"fork": 1e6, "original": 1e6, "amount": 1e4, "taste": 0.005}
    with pytest.raises(ValueError, match=message):
        fork_trade_share(**given_ | changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lead": 0.0}, "lead = 0"),
        ({"seed": 0.0}, "seed = 0"),
        ({"users": 0}, "users = 0"),
        ({"depth": 0.0}, "depth = 0"),
        ({"amount": -1.0}, "amount = -1"),
        ({"taste": 0.0}, "taste = 0"),
        ({"advantage": 0.1}, "advantage = 0.1"),
        ({"routed": -0.1}, "routed = -0.1"),
        ({"moves": -1.0}, "moves = -1"),
        ({"fee": 1.0}, "fee = 1"),
        ({"runs": 10}, "runs = 10"),
        ({"runs": 33}, "runs = 33"),
        ({"stages": 0}, "stages = 0"),
    ],
)
def test_races_refuse_what_cannot_be(changed, message):
    given_ = {"lead": 100.0, "seed": 0.2, "users": 10, "depth": 1e7, "amount": 1e4, "taste": 0.005}
    with pytest.raises(ValueError, match=message):
        race_fork(**given_ | {"rng": np.random.default_rng(1)} | changed)
