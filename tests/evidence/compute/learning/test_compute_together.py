import numpy as np
import pytest

from defi_lib import compute as net
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.learning.together import message_time, rounds_needed, step_time, who_gains
from defi_lib.figures import figure


def of_today(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_messages_take_as_long_as_large_networks_say():
    """INTELLECT-1 computed 83 to 96 % of the time: 100 steps of about a million tokens, 8 bits a number."""
    node = 8 * 0.4 * figure("gpu_spec.h100_sxm_fp16_dense_tensor").value
    working = 100 * step_time(2**20, node)
    shares = [working / (working + message_time(14, line, 4.0)) for line in (250.0, 4_000.0)]  # Mbit a second
    low, high = (figure(f"training.intellect_1_time_computing_{end}").value / 100 for end in ("low", "high"))
    assert shares[0] < low < high < shares[1]


def test_how_large_the_model_is_does_not_matter():
    """Step by step: a model twice as large takes twice as long to learn, and twice as long to send."""
    for size in (1e6, 1.5e9):  # numbers
        working = 100 * 6 * size * 5e4 / 66e12
        sending = 1.8 * size * 8 / 100e6
        if size == 1.5e9:
            assert (round(working), round(sending)) == (682, 216), "seconds that stand in the lesson"
        assert (1 + 9 * 0.5 * 0.98) * working / (working + sending) - 1 == pytest.approx(of_today("C15c"))


def test_momentum_needs_half_of_the_rounds_of_the_plain_mean():
    for steps in (1, 5, 20, 60):
        plain, fast = (rounds_needed("a few digits", server, steps)["middle"] for server in ("mean", "momentum"))
        assert fast <= 0.5 * plain


def test_who_is_paid_in_three_ways():
    books = who_gains([100, 50], [0.5, 0.4], 0.9, 0.92, point=10.0, server=8.0, picture=0.5)
    held = {name: [book.balance(f"client {k}", "USD") for k in (1, 2)] for name, book in books.items()}
    assert held["alone"] == pytest.approx([500, 400])
    assert held["together"] == pytest.approx([896, 896])
    assert held["a firm"] == pytest.approx([920 - 210 + 50, 920 - 260 + 25])
    assert books["a firm"].balance("firm", "USD") == pytest.approx(210 + 260 - 75)
    alike = who_gains([1], [0.9], 0.9, 0.9, 10.0, 0.0, 0.0)  # the placebo: nothing is gained, and nothing is paid
    assert len({round(book.balance("client 1", "USD"), 9) for book in alike.values()}) == 1
    assert {book.balance("firm", "USD") for book in alike.values()} == {0.0}


def test_whoever_comes_near_one_place_knows_far_more_than_each_alone():
    """The words of the claim, "more accurate", against learning alone: hundred steps on one's own pictures."""
    grid = np.meshgrid([5.0, 20.0, 100.0], [0.1, 0.5, 10.0], indexing="ij")
    together = net.accuracy_together(0, 5, grid[1], grid[0], 0.0, 20)
    mean, best = net.accuracy_alone(grid[1], grid[0])
    assert np.all(together > best) and np.all(together[:, :2] > mean[:, :2] + 0.1)
