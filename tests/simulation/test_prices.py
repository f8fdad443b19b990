import pickle
from itertools import pairwise
from math import exp, expm1, log, sqrt

import numpy as np
import pandas as pd
import pytest

from defi_lib.simulation import CorrelatedBrownian, GeometricBrownian, JumpDiffusion, MeanReverting, Replay
from tests.support.contracts import assert_refuses

TIMES = np.array([0.0, 0.1, 0.35, 1.0])
SCENARIOS = 200_000
#: Seeds are fixed, so a bound of five standard errors is either always or never kept.
ERRORS = 5

PROCESSES = [
    GeometricBrownian(2000.0, 0.8, drift=0.1),
    GeometricBrownian(
        np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.5, 1.0, 2.0]), drift=np.array([0.0, 1, -1, 0.5])
    ),
    CorrelatedBrownian((1.0, 50.0), (0.5, 0.9), [[1, -0.3], [-0.3, 1]], drift=(0.0, 0.2)),
    JumpDiffusion(2000.0, 0.6, intensity=5.0, jump_mean=-0.1, jump_volatility=0.2),
    JumpDiffusion(2000.0, 0.6, intensity=0.0),
    MeanReverting(0.9, level=1.0, speed=10.0, volatility=0.2),
]


def rng(seed=7):
    return np.random.default_rng(seed)


def check_mean(sample, want):
    assert abs(np.mean(sample) - want) <= ERRORS * np.std(sample) / sqrt(sample.size)


def check_normal(sample, mean, variance):
    """Mean and variance of a normal sample, within their standard errors."""
    assert abs(np.mean(sample) - mean) <= ERRORS * sqrt(variance / sample.size)
    assert abs(np.var(sample) - variance) <= ERRORS * variance * sqrt(2 / sample.size)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: type(p).__name__)
def test_stream_and_array_are_the_same_numbers(process):
    paths = process.paths(TIMES, 4, rng())
    streamed = list(process.stream(TIMES, 4, rng()))
    assert len(paths) == len(streamed) == len(TIMES)
    np.testing.assert_array_equal(paths, np.stack(streamed))
    assert np.all(np.isfinite(paths)) and np.all(paths > 0)
    assert not np.array_equal(paths, process.paths(TIMES, 4, rng(8)))
    for one, other in pairwise(streamed):
        assert not np.shares_memory(one, other)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: type(p).__name__)
def test_paths_begin_at_the_start(process):
    first = process.paths([3.0], 4, rng())
    assert len(first) == 1
    start = np.reshape(process.start, (-1, 1)) if isinstance(process, CorrelatedBrownian) else process.start
    np.testing.assert_allclose(first[0], np.broadcast_to(start, first[0].shape), rtol=1e-15)


def test_geometric_brownian_moments():
    start, volatility, drift = 2000.0, 0.8, 0.1
    rates = np.log(GeometricBrownian(start, volatility, drift).paths(TIMES, SCENARIOS, rng()) / start)
    for time, rate in zip(TIMES[1:], rates[1:], strict=True):
        check_normal(rate, (drift - volatility**2 / 2) * time, volatility**2 * time)
        check_mean(start * np.exp(rate), start * exp(drift * time))
    # Moves of different steps are independent.
    moves = np.diff(rates, axis=0)
    assert np.max(np.abs(np.corrcoef(moves) - np.eye(3))) <= ERRORS / sqrt(SCENARIOS)


def test_without_drift_the_price_is_a_martingale():
    for process in (GeometricBrownian(1.0, 0.8), JumpDiffusion(1.0, 0.4, 3.0, -0.3, 0.4)):
        for price in process.stream(TIMES, SCENARIOS, rng()):
            check_mean(price, 1.0)


def test_without_volatility_the_price_grows_by_its_drift():
    prices = GeometricBrownian(2.0, 0.0, drift=0.3).paths(TIMES, 3, rng())
    np.testing.assert_allclose(prices, 2 * np.exp(0.3 * TIMES)[:, np.newaxis] * np.ones(3), rtol=1e-14)


def test_one_parameter_for_each_scenario():
    volatility = np.array([0.2, 0.8])
    both = GeometricBrownian(1.0, volatility).paths([0, 1], 2, rng())
    normal = rng().standard_normal(2)
    np.testing.assert_allclose(both[1], np.exp(volatility * normal - volatility**2 / 2), rtol=1e-14)


def test_jump_diffusion_moments():
    volatility, intensity, mean, deviation, time = 0.3, 8.0, -0.05, 0.1, 0.25
    process = JumpDiffusion(1.0, volatility, intensity, mean, deviation, drift=0.2)
    rate = np.log(process.paths([0, time], SCENARIOS, rng())[1])
    expected = intensity * time
    # Cumulants of a compound Poisson variable: intensity × raw moments of a jump.
    second = mean**2 + deviation**2
    fourth = mean**4 + 6 * mean**2 * deviation**2 + 3 * deviation**4
    variance = volatility**2 * time + expected * second
    compensated = 0.2 - volatility**2 / 2 - intensity * expm1(mean + deviation**2 / 2)
    assert abs(np.mean(rate) - (compensated * time + expected * mean)) <= ERRORS * sqrt(variance / SCENARIOS)
    error = sqrt((2 * variance**2 + expected * fourth) / SCENARIOS)
    assert abs(np.var(rate) - variance) <= ERRORS * error
    check_mean(np.exp(rate), exp(0.2 * time))


def test_jumps_are_poisson_in_each_scenario():
    # Without volatility and with jumps of one size, the number of jumps can be read from the price.
    process = JumpDiffusion(1.0, 0.0, intensity=2.0, jump_mean=0.1)
    rate = np.log(process.paths([0, 0.75], SCENARIOS, rng())[1])
    jumps = (rate + 2.0 * expm1(0.1) * 0.75) / 0.1
    np.testing.assert_allclose(jumps, np.round(jumps), atol=1e-12)
    count = np.bincount(np.round(jumps).astype(int), minlength=4)[:4] / SCENARIOS
    chance = exp(-1.5) * np.array([1, 1.5, 1.5**2 / 2, 1.5**3 / 6])
    assert np.all(np.abs(count - chance) <= ERRORS * np.sqrt(chance * (1 - chance) / SCENARIOS))


def test_mean_reverting_moments():
    start, level, speed, volatility = 0.5, 1.2, 3.0, 0.4
    logs = np.log(MeanReverting(start, level, speed, volatility).paths(TIMES, SCENARIOS, rng()))
    for time, sample in zip(TIMES[1:], logs[1:], strict=True):
        variance = volatility**2 * -expm1(-2 * speed * time) / (2 * speed)
        check_normal(sample, log(level) + log(start / level) * exp(-speed * time), variance)
    # Deviations of two times: covariance = variance of the first × what is left of it.
    left = exp(-speed * (TIMES[3] - TIMES[2]))
    slope = np.cov(logs[2], logs[3])[0, 1] / np.var(logs[2])
    assert slope == pytest.approx(left, abs=ERRORS * np.std(logs[3]) / np.std(logs[2]) / sqrt(SCENARIOS))


def test_mean_reverting_far_ahead():
    price = MeanReverting(50.0, 1.2, 3.0, 0.4).paths([0, 1e3], SCENARIOS, rng())[1]
    check_mean(price, 1.2 * exp(0.4**2 / (4 * 3.0)))


def test_steps_may_have_any_length():
    """The distribution at a time does not depend on the steps that lead there."""
    for process in PROCESSES[:1] + PROCESSES[3:]:
        one = np.log(process.paths([0, 1.0], SCENARIOS, rng(1))[-1])
        many = np.log(process.paths(np.linspace(0, 1, 21), SCENARIOS, rng(2))[-1])
        error = sqrt(2 * np.var(one) / SCENARIOS)
        assert abs(np.mean(one) - np.mean(many)) <= ERRORS * error
        spread = [np.std((sample - sample.mean()) ** 2) / sqrt(SCENARIOS) for sample in (one, many)]
        assert abs(np.var(one) - np.var(many)) <= ERRORS * np.hypot(*spread)


@pytest.mark.parametrize("correlation", [-1.0, -0.4, 0.0, 0.75, 1.0])
def test_correlated_moves(correlation):
    process = CorrelatedBrownian((1.0, 50.0), (0.5, 0.9), [[1, correlation], [correlation, 1]], drift=(0.0, 0.2))
    prices = process.paths(TIMES, SCENARIOS, rng())
    assert prices.shape == (4, 2, SCENARIOS)
    for number, (start, volatility, drift) in enumerate([(1.0, 0.5, 0.0), (50.0, 0.9, 0.2)]):
        check_normal(np.log(prices[3, number] / start), drift - volatility**2 / 2, volatility**2)
    moves = np.diff(np.log(prices), axis=0)
    for move in moves:
        assert np.corrcoef(move)[0, 1] == pytest.approx(correlation, abs=ERRORS / sqrt(SCENARIOS) + 1e-12)


def test_replay():
    record = Replay([10.0, 11.0, 9.0], at=[0.0, 1.0, 2.0])
    np.testing.assert_array_equal(record.paths([0, 1, 2]), [10, 11, 9])
    # At 0.99 the price of 1.0 is not yet known.
    np.testing.assert_array_equal(record.paths([0.5, 0.99, 1.0, 1.5]), [10, 10, 11, 11])
    np.testing.assert_array_equal(list(record.stream([0, 2])), [10, 9])
    np.testing.assert_array_equal(record.paths([0, 2], 3, rng()), [[10] * 3, [9] * 3])
    np.testing.assert_array_equal(list(record.stream([0, 2], 3, rng())), [[10] * 3, [9] * 3])


def test_replay_of_scenarios():
    prices = np.arange(6.0).reshape(3, 2)
    record = Replay(prices, at=[0, 1, 2])
    np.testing.assert_array_equal(record.paths([0, 1, 2]), prices)
    np.testing.assert_array_equal(list(record.stream([0, 1, 2], 2)), prices)
    for call in (record.paths, record.stream):
        with pytest.raises(ValueError, match="scenarios = 5 does not fit"):
            call([0, 1], 5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GeometricBrownian(0.0, 0.5), r"start = 0 .*\(0, inf\)"),
        (lambda: GeometricBrownian(1.0, -0.5), r"volatility = -0\.5 .*\[0, inf\)"),
        (lambda: GeometricBrownian(1.0, 0.5, np.nan), "drift = nan"),
        (lambda: JumpDiffusion(1.0, 0.5, -1.0), "intensity = -1 "),
        (lambda: JumpDiffusion(1.0, 0.5, [1.0, 2.0]), r"intensity has shape \(2,\): allowed is one number"),
        (lambda: JumpDiffusion(1.0, 0.5, 1.0, np.inf), "jump_mean = inf"),
        (lambda: JumpDiffusion(1.0, 0.5, 1.0, 0.0, -1.0), "jump_volatility = -1 "),
        (lambda: JumpDiffusion(1.0, 0.5, 1.0, 1e3), "mean jump = inf"),
        (lambda: MeanReverting(1.0, 0.0, 1.0, 0.5), "level = 0 "),
        (lambda: MeanReverting(1.0, 1.0, 0.0, 0.5), "speed = 0 "),
        (lambda: CorrelatedBrownian((1.0, 1.0), (1.0, 1.0, 1.0), np.eye(2)), r"volatility has shape \(3,\)"),
        (lambda: CorrelatedBrownian((1.0, 1.0), 1.0, np.eye(3)), "symmetric 2 × 2 matrix"),
        (lambda: CorrelatedBrownian((1.0, 1.0), 1.0, [[1, 0.5], [0.4, 1]]), "symmetric 2 × 2 matrix"),
        (lambda: CorrelatedBrownian((1.0, 1.0), 1.0, [[1, 2], [2, 1]]), "negative eigenvalue"),
        (lambda: Replay([1.0, -1.0], [0, 1]), r"prices\[1\] = -1"),
        (lambda: Replay([1.0, 2.0], [0, 1, 2]), "prices has 2 entries and at has 3"),
        (lambda: Replay([1.0, 2.0], [1, 0]), r"at\[1\] = 0 is not after"),
        (lambda: Replay([1.0, 2.0], [0, 1]).paths([0, 2]), "leave the record: allowed are 0 to 1"),
        (lambda: Replay([1.0, 2.0], [0, 1]).stream([-1, 1], 3), "leave the record"),
        (lambda: Replay([1.0, 2.0], [0, 1]).stream([0, 1], 0), "scenarios = 0 "),
        (lambda: PROCESSES[0].stream([0, 1, 1], 3, rng()), r"times\[2\] = 1 is not after \d"),
        (lambda: PROCESSES[0].stream([], 3, rng()), "times has shape"),
        (lambda: PROCESSES[0].stream([0, 1], 0, rng()), "scenarios = 0 "),
        (lambda: PROCESSES[0].paths([0, 1], 3, 5), "rng = 5 is no random generator"),
        (lambda: PROCESSES[1].stream([0, 1], 3, rng()), r"start has shape \(4,\): allowed are one number, or 3"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def test_a_time_is_at_its_record_to_within_rounding():
    record = Replay([10.0, 11.0, 12.0, 13.0, 14.0], np.arange(5) * 0.1)
    assert record.paths([0, 0.1, 0.2, 0.3, 0.4]).tolist() == [10, 11, 12, 13, 14]
    assert record.paths([0.05, 0.3 - 1e-9, 0.3 + 1e-9]).tolist() == [10, 12, 13]
    assert record.paths([np.nextafter(0, -1), np.nextafter(0.4, 1)]).tolist() == [10, 14]
    # Around zero the rounding is that of the times, not of the zero.
    around = Replay([1.0, 2.0, 3.0, 4.0], np.arange(-3, 1) * 0.1 + 0.1)
    assert around.paths([-0.2, -0.1, -1e-17, 0.1]).tolist() == [1, 2, 3, 4]
    for left in (-1e-9, 0.4 + 1e-9):
        with pytest.raises(ValueError, match="leave the record"):
            record.paths([left])


@pytest.mark.parametrize("minutes", [525_600, 525_601, 100_003])
def test_a_year_of_minutes(minutes):
    at = np.arange(minutes) / (minutes - 1)
    prices = np.arange(minutes, dtype=float)
    np.testing.assert_array_equal(Replay(prices, at).paths(np.linspace(0, 1, minutes)), prices)
    np.testing.assert_array_equal(Replay(prices, np.linspace(0, 1, minutes)).paths(at), prices)


def test_records_closer_than_rounding_stay_apart():
    at = np.concatenate([np.arange(5) * 1e-12, [1e6]])
    assert Replay(np.arange(6.0), at).paths(at).tolist() == [0, 1, 2, 3, 4, 5]


def test_rows_of_a_table_are_times():
    paths = np.arange(1.0, 9.0).reshape(4, 2)
    times = [0.0, 1.0, 2.0, 3.0]
    for columns in ([0, 1], [7, 3], ["eth", "btc"]):
        np.testing.assert_array_equal(Replay(pd.DataFrame(paths, columns=columns), times).paths(times), paths)
    with pytest.raises(ValueError, match="not in the order of time"):
        Replay(pd.Series([1.0, 2.0], index=[1.0, 0.0]), [0.0, 1.0])
    with pytest.raises(ValueError, match="masked"):
        Replay(np.ma.array([1.0, 2.0], mask=[0, 1]), [0.0, 1.0])


@pytest.mark.parametrize(
    ("process", "names"),
    [
        (lambda a: GeometricBrownian(a, a, a), ("start", "volatility", "drift")),
        (lambda a: MeanReverting(a, a, a, a), ("start", "level", "speed", "volatility")),
        (lambda a: JumpDiffusion(a, a, 1.0, drift=a), ("start", "volatility", "drift")),
        (lambda a: CorrelatedBrownian(a, a, np.eye(2), a), ("start", "volatility", "drift")),
        (lambda a: Replay(a, np.array([0.0, 1.0])), ("prices", "at")),
    ],
)
def test_a_process_keeps_its_own_numbers(process, names):
    mine = np.array([0.5, 0.75])
    kept = process(mine)
    mine[:] = 99
    for name in names:
        assert not np.any(getattr(kept, name) == 99)
        with pytest.raises(ValueError, match="read-only"):
            getattr(kept, name)[0] = 1.0
    pickle.loads(pickle.dumps(kept))


def test_prices_beyond_floats_are_an_error():
    with pytest.raises(ValueError, match=r"prices at times\[1\] are too large"):
        GeometricBrownian(1.0, 0.0, drift=1000.0).paths([0, 1], 3, rng())
