import numpy as np
import pytest

from defi_lib.evidence.rewards.airdrops import SOLD, STAY, by_keeping, with_the_large, without_the_gift
from defi_lib.measures import top_share


def persons(*groups):
    """Holdings of groups of persons, all equal within a group."""
    return np.concatenate([np.full(count, total / count) for total, count in groups])


def test_the_large_part_is_the_top_share_of_a_list_of_persons():
    insiders, traded, given, several, kept, large, buys = 0.45, 0.15, 0.1, 0.2, 0.25, 0.4, 0.3
    left = given * (1 - several) * kept
    sold = given - left
    after = persons(
        (insiders, 50),
        (large * traded + buys * sold, 100),
        ((1 - large) * traded + (1 - buys) * sold, 5_000),
        (left, 2_000),
    )
    found = with_the_large(*map(np.asarray, (insiders, traded, large, given, several, kept, buys)))
    assert top_share(after, parties=150) == pytest.approx(found, rel=1e-12)
    before = persons((insiders, 50), (large * traded, 100), ((1 - large) * traded, 5_000))
    stayed = without_the_gift(*map(np.asarray, (insiders, traded, large, given, STAY)))
    assert top_share(before, parties=150) == pytest.approx(stayed, rel=1e-12)
    all_sold = persons((insiders, 50), (large * (traded + given), 100), ((1 - large) * (traded + given), 5_000))
    sold_instead = without_the_gift(*map(np.asarray, (insiders, traded, large, given, SOLD)))
    assert top_share(all_sold, parties=150) == pytest.approx(sold_instead, rel=1e-12)


def test_a_gift_that_is_sold_as_a_sale_would_be_is_no_better_than_a_sale():
    found = by_keeping(np.array([0.0, 0.5]), given=0.1, several=0.2, buys=0.4, insiders=0.467, otherwise=SOLD)
    assert found["A year after it"][0] == pytest.approx(found["Without the gift"][0], rel=1e-12)
    assert found["A year after it"][1] < found["Without the gift"][1]
