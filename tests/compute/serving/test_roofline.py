import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    Accelerator,
    LanguageModel,
    attainable_speed,
    batch_wait,
    cost_per_million_tokens,
    critical_batch,
    decode_step,
    largest_batch,
    steady_serving,
)
from tests.support.contracts import assert_broadcasts, assert_refuses

A100, H100 = Accelerator(1.555, 312.0, 40.0), Accelerator(3.35, 989.0, 80.0)


RTX_4090 = Accelerator(1.008, 165.0, 24.0)


LLAMA = LanguageModel(8.03e9, 2.0, 131_072.0)

#: A phone of today and the controller of a refrigerator, by order of size.
PHONE, FRIDGE = Accelerator(0.06, 2.0, 8.0), Accelerator(1e-4, 2e-4, 5e-4)


def test_one_stream_reads_all_weights_for_each_token():
    assert decode_step(A100, LLAMA).tokens_per_second == pytest.approx(96.82, rel=1e-4)
    assert decode_step(H100, LLAMA).tokens_per_second == pytest.approx(208.59, rel=1e-4)


def test_critical_batch():
    assert critical_batch(A100, LLAMA) == pytest.approx(200.6, rel=1e-3)
    assert critical_batch(H100, LLAMA) == pytest.approx(295.2, rel=1e-3)
    assert critical_batch(RTX_4090, LLAMA) == pytest.approx(163.7, rel=1e-3)
    step = decode_step(H100, LLAMA, critical_batch(H100, LLAMA))
    assert step.reading == pytest.approx(step.computing)


def test_cost_per_million_tokens():
    speeds = np.array([122.2, 580.3, 1384.2])
    np.testing.assert_allclose(cost_per_million_tokens(2.5, speeds), [5.683, 1.197, 0.502], rtol=1e-3)
    assert cost_per_million_tokens(10.0, 319.8) == pytest.approx(8.686, rel=1e-4)


@given(st.floats(1, 1000), st.floats(1, 1000))
def test_a_larger_batch_is_never_slower_together_nor_faster_for_each(one, other):
    small, large = sorted([one, other])
    steps = decode_step(H100._replace(memory=1e6), LLAMA, np.array([small, large]), 1000.0)
    assert steps.tokens_per_second[0] <= steps.tokens_per_second[1] * (1 + 1e-12)
    assert steps.tokens_per_second_each[0] >= steps.tokens_per_second_each[1]


def test_the_memory_limits_the_batch():
    batch = largest_batch(RTX_4090, LLAMA, np.array([1000.0, 8000.0]))
    assert batch.tolist() == [60, 7]
    decode_step(RTX_4090, LLAMA, batch, np.array([1000.0, 8000.0]))
    with pytest.raises(ValueError, match=r"memory needed \(GB\)\[1\] = 24.4.* smaller batch or model"):
        decode_step(RTX_4090, LLAMA, batch + np.array([0, 1]), np.array([1000.0, 8000.0]))
    assert largest_batch(A100, LLAMA, 1000.0) == 182


def test_fewer_bits_are_faster_and_leave_room():
    four_bits = LLAMA._replace(bytes_per_parameter=0.5)
    assert decode_step(A100, four_bits).tokens_per_second == pytest.approx(4 * 96.82, rel=1e-4)
    assert largest_batch(RTX_4090, four_bits, 1000.0) > 2 * largest_batch(RTX_4090, LLAMA, 1000.0)
    assert critical_batch(A100, four_bits) == pytest.approx(critical_batch(A100, LLAMA) / 4)


@given(st.floats(0.001, 5), st.floats(1, 2000), st.floats(0, 1500))
def test_the_steady_batch_obeys_littles_law(rate, tokens, context):
    rate = min(rate, 4000 / tokens)
    serving = steady_serving(H100._replace(memory=1e4), LLAMA, rate, tokens, context)
    assert rate * serving.response_time == pytest.approx(serving.step.batch)
    assert serving.step.tokens_per_second == pytest.approx(rate * tokens)


def test_waiting_for_a_full_batch():
    assert batch_wait(2.0, 1.0) == 0
    assert batch_wait(2.0, 9.0) == 2
    random = np.random.default_rng(1)
    arrivals = np.cumsum(random.exponential(0.5, (20_000, 9)), axis=1)
    waits = (arrivals[:, -1:] - arrivals).mean(axis=1)
    assert waits.mean() == pytest.approx(2, abs=4 * waits.std() / np.sqrt(20_000))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Accelerator(0.0, 1.0, 1.0), r"bandwidth = 0 .*\(0, inf\)"),
        (lambda: Accelerator(1.0, -1.0, 1.0), r"peak = -1 .*\(0, inf\)"),
        (lambda: LanguageModel(0.0), r"parameters = 0 .*\(0, inf\)"),
        (lambda: LanguageModel(1e9, 2.0, -1.0), r"cache_per_token = -1 .*\[0, inf\)"),
        (lambda: decode_step(A100, LLAMA, 0.0), r"batch = 0 .*\(0, inf\)"),
        (lambda: decode_step(A100, LLAMA, 1.0, -1.0), r"context = -1 .*\[0, inf\)"),
        (lambda: decode_step(A100, LLAMA._replace(parameters=70e9)), r"memory needed \(GB\) = 140 "),
        (lambda: decode_step(A100, LLAMA, np.ones(2), np.ones(3)), "shapes do not fit"),
        (lambda: largest_batch(A100, LanguageModel(1e9), 10.0), r"context·cache_per_token = 0 .*\(0, inf\)"),
        (
            lambda: largest_batch(A100, LLAMA._replace(parameters=70e9), 1.0),
            r"memory left .* = -100000000000 .*at least 0",
        ),
        (lambda: steady_serving(H100, LLAMA, 100.0, 1000.0), r"utilisation .* = 1.62.*no steady state"),
        (lambda: steady_serving(H100, LLAMA, 10.0, 1000.0, 4000.0), r"utilisation .* = 1.56.*no steady state"),
        (lambda: batch_wait(1.0, 0.5), r"batch − 1 = -0.5 .*\[0, inf\)"),
        (lambda: cost_per_million_tokens(-1.0, 1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: cost_per_million_tokens(1.0, 0.0), r"tokens_per_second = 0 .*\(0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_memory_that_is_exactly_full_is_enough():
    machine, model = Accelerator(1.0, 1.0, 0.3), LanguageModel(0.1e9, 1.0, 0.1e9)
    assert largest_batch(machine, model, 1.0) == 2  # 0.3 − 0.1 is a little less than 0.2
    assert decode_step(machine, model, 2.0, 1.0).seconds > 0
    full = Accelerator(1.0, 1.0, 0.3)
    assert decode_step(full, LanguageModel((0.1 + 0.2) * 1e9, 1.0)).seconds > 0
    with pytest.raises(ValueError, match="memory needed"):
        decode_step(full, LanguageModel(0.3e9 * (1 + 1e-12), 1.0))


def test_phones_read_slowly_and_refrigerators_hold_nothing():
    small = LanguageModel(8.03e9, 0.5)
    one = decode_step(PHONE, small).tokens_per_second
    assert one == pytest.approx(0.06e12 / (8.03e9 * 0.5)) == pytest.approx(14.9, abs=0.1)
    card = decode_step(RTX_4090, small).tokens_per_second
    assert card / one == pytest.approx(1.008 / 0.06), "alone, a card is as many phones as its memory is faster"
    crowd = decode_step(RTX_4090, small, 32.0).tokens_per_second
    assert crowd / one == pytest.approx(32 * 1.008 / 0.06), "shared, as many more as users share one reading"
    with pytest.raises(ValueError, match="memory needed"):
        decode_step(FRIDGE, small)


def test_the_roofline_itself():
    edge = H100.peak / H100.bandwidth
    assert attainable_speed(H100, edge) == pytest.approx(H100.peak)
    assert attainable_speed(H100, edge / 10) == pytest.approx(H100.peak / 10)
    assert attainable_speed(H100, edge * 10) == H100.peak
    # One stream at 16 bits does one multiplication and one addition for each two bytes.
    assert attainable_speed(A100, 1.0) / (2 * LLAMA.parameters / 1e12) == pytest.approx(96.82, rel=1e-4)
    two = np.array([0.1, 100.0])
    assert_broadcasts(lambda x, y: attainable_speed(Accelerator(x, y, 1.0), y), two, two)
    assert_refuses(lambda: attainable_speed(A100, 0.0), "intensity = 0")
