"""When growth feeds itself."""

import pytest

from defi_lib.compute import (
    emission_share,
    feedback,
    network_growth,
    provider_income,
    shock_multiplier,
)
from tests.support.contracts import assert_refuses


def test_flywheel_condition():
    weak, strong = network_growth(1.5, 1.4, 0.8), network_growth(1.5, 1.4, 1.2)
    assert weak.price == pytest.approx(0.987973, rel=1e-6)
    assert weak.emission_value == pytest.approx(0.922108, rel=1e-6)
    assert strong.price == pytest.approx(1.161934, rel=1e-6)
    assert strong.emission_value == pytest.approx(1.084472, rel=1e-6)
    assert strong.diluted_emission_value == pytest.approx(1.084472 / 1.4, rel=1e-6)


def test_feedback_and_emission_share():
    assert provider_income(1e6, 2.0, 1e6, 1000.0) == 3000
    assert emission_share(1e6, 2.0, 1e6) == pytest.approx(2 / 3)
    assert emission_share(0.0, 2.0, 0.0) == 0
    assert feedback(0.75, 1.2) == pytest.approx(0.9)
    assert shock_multiplier(0.9) == pytest.approx(10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: network_growth(0.0, 1.0, 1.0), r"provider_factor = 0 .*\(0, inf\)"),
        (lambda: provider_income(1.0, 1.0, 1.0, 0.0), r"providers = 0 .*\(0, inf\)"),
        (lambda: emission_share(-1.0, 1.0, 1.0), r"emission = -1 .*\[0, inf\)"),
        (lambda: feedback(1.5, 1.0), r"emission_part = 1.5 .*\[0, 1\]"),
        (lambda: shock_multiplier(1.0), r"feedback_strength = 1 .*spiral"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_feedback_of_one_to_within_rounding_has_no_multiplier():
    for strength in (1.0, 1 - 1e-16, 0.7 + 0.1 + 0.1 + 0.1, feedback(0.3, 0.1, 1.3857142857142857)):
        with pytest.raises(ValueError, match="spiral"):
            shock_multiplier(strength)
