import numpy as np
import pytest

from defi_lib.compute import SERVICES, real_requests


def test_both_hours_are_whole_and_in_order():
    sizes = {}
    for service in SERVICES:
        found = real_requests(service)
        sizes[service] = (len(found.seconds), int(found.asked.sum()), int(found.answered.sum()))
        assert found.seconds[0] == 0 and np.all(np.diff(found.seconds) >= 0) and 3_400 < found.seconds[-1] < 3_600
        assert found.asked.min() >= 1 and found.answered.min() >= 1
    assert sizes == {"code": (8_819, 18_059_974, 245_896), "conversation": (19_366, 22_361_870, 4_088_665)}


def test_code_comes_in_bursts_and_conversation_one_by_one():
    """The spread of the gaps is their mean where requests come by chance (Poisson)."""
    spread = {}
    for service in SERVICES:
        gaps = np.diff(real_requests(service).seconds)
        spread[service] = gaps.std() / gaps.mean()
    assert spread["code"] == pytest.approx(13.15, abs=0.01)
    assert spread["conversation"] == pytest.approx(1.09, abs=0.01)


def test_what_was_read_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        real_requests("code").seconds[0] = 1.0


def test_an_unknown_service_is_refused():
    with pytest.raises(ValueError, match="service = 'pictures' is not allowed"):
        real_requests("pictures")
