"""What lesson 3.8 says of large and small stakers."""

import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.staking import stake

X6A = effect("X6a")


def one(**changed):
    return float(X6A(today(X6A.assumptions, changed=changed))[0])


def test_before_pectra_only_the_house_could_stake_again():
    alike = {"home_cost": 0, "home_missed": 0, "house_cost": 0, "extra": 0, "way": stake.AT_HOME}
    now, before = one(**alike, step=1), one(**alike, step=32)
    assert now < 0.0005 < 0.004 < before  # points a year: less than a twentieth, and more than four tenths
    assert one(way=stake.POOL, step=32) == pytest.approx(one(way=stake.POOL, step=1), abs=1e-4)  # a pool has many


def test_half_the_step_gives_the_same(monkeypatch):
    drawn = worlds(X6A.assumptions, 128)
    known, growth = X6A(drawn), stake.restaked_growth
    monkeypatch.setattr(stake, "restaked_growth", lambda *terms: growth(*terms, periods=24))
    assert X6A(drawn) == pytest.approx(known, abs=2e-4)


def test_rates_in_proportion_move_no_share_and_the_two_largest_fell():
    proof, count = evidence("X1a"), evidence("X6b")
    assert not proof.true and "55.6" in proof.says
    assert not count.true and "46.1" in count.says and "33.55" in count.says
