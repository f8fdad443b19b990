"""Edges of the models of the base layer: a crowd beyond counting, arguments that are no single number, overflows."""

import numpy as np
import pytest

from defi_lib.staking import (
    acceptable_fee,
    confirmations_needed,
    kesten_tail_exponent,
    layer_1_fee,
    many_lose,
    served_by_price,
    target_from_bits,
)
from tests.support.contracts import assert_refuses


@pytest.mark.parametrize("crowding", [1e3, 1e6, 1e14, 1e17])
def test_of_a_crowd_beyond_counting_nobody_has_a_place_by_the_amount(crowding):
    # All offer the same sum: one in so many is served, as long as a table of the normal law holds the chance.
    assert served_by_price(crowding, 0.0, 0, 0.5) == pytest.approx(1 / crowding, rel=0.01, abs=1e-15)


def test_bits_of_a_header_from_an_array():
    assert target_from_bits(np.array([0x1D00FFFF])[0]) == 0xFFFF << 208


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: confirmations_needed(0.1, 0.001, limit=np.nan), "limit = nan"),
        (lambda: confirmations_needed([0.1], 0.001), r"attacker has shape \(1,\)"),
        (lambda: kesten_tail_exponent(-0.1, 1e-300), "beyond what a float can hold"),
        (lambda: acceptable_fee(1e-300, 1.0, 1e-300, 1.0), "beyond what a float can hold"),
        (lambda: layer_1_fee(1.7e308, 1e9, 1.0, 1.7e308), "beyond what a float can hold"),
        (lambda: many_lose(3, 0.5, [0.5, 0.1]), r"part has shape \(2,\)"),
        (lambda: served_by_price(10, 0.5, 0.0, [0.5, 0.6]), r"high has shape \(2,\)"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
