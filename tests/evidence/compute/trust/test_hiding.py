import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.trust.hiding import fates, keepers, together


def found(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    stranger, cloud = 1 - (0.98 * 0.98) ** 1.1, 1 - 0.999 * 0.999 * 0.995
    assert found("C8b") == pytest.approx(cloud - stranger)
    kept = {name: found("C8b", **world) > 0 for name, world in {
        "today": {}, "trusted hardware": {"hardware": 1.0}, "one reader": {"readers": 1.0},
        "owners as honest as staff": {"owner": 0.001}, "and no worms": {"owner": 0.001, "infected": 0.005},
        "the cloud reads one in twenty": {"terms": 0.05},
    }.items()}  # fmt: skip
    assert [name for name, good in kept.items() if good] == ["and no worms", "the cloud reads one in twenty"]


def test_three_of_five_are_read_more_rarely_than_a_company_but_lost_more_often():
    read, gone = fates(0.02, 0.1, 1, 3, 5)
    assert read < 0.0001 and found("C8a") == pytest.approx(0.005 - (1 - 0.999 * (1 - gone)))
    assert 6.4 < 0.007 / (1 - 0.999 * (1 - read)) < 7 and 1.8 < (1 - 0.999 * (1 - gone)) / 0.005 < 2
    assert found("C8a") < 0 < found("C8a", vanishes=0.05)
    assert found("C8a", vanishes=0.05, hand=3.0) < 0


def test_drawn_holders_read_and_lose_as_often_as_the_formula_says():
    """Another way: a hundred thousand secrets, holder by holder; two shares lie in one hand."""
    rng, number = np.random.default_rng(5), 100_000
    fate = rng.random((number, 5))
    fate[:, 1] = fate[:, 0]
    looked, away = (fate < 0.2).sum(axis=1), (fate > 0.7).sum(axis=1)
    read, gone = fates(0.2, 0.3, 2, 3, 5)
    assert np.mean(looked >= 3) == pytest.approx(read, abs=0.005)
    assert np.mean((looked < 3) & (away > 2)) == pytest.approx(gone, abs=0.005)


def test_more_shares_needed_means_rarer_theft_and_more_frequent_loss():
    found = together(np.arange(1, 10), 0.1, 0.05, 0)
    assert (np.diff(found["Others read it"]) <= 0).all() and (np.diff(found["Nobody can read it"]) >= 0).all()
    landlord = together(np.arange(1, 10), 0.1, 0.05, 5)
    assert landlord["Others read it"][4] > 100 * found["Others read it"][4]


def test_the_ledger_shows_that_all_needed_is_as_bad_as_one():
    books = keepers()
    clients = {way: book.balance("clients", "USD") for way, book in books.items()}
    assert max(clients, key=clients.__getitem__) == "any three of five"
    assert clients["all five needed"] < clients["one stranger"] < clients["one company"]
    assert books["one company"].balance("readers", "USD") == pytest.approx(10_000 * 0.02 * 500)
