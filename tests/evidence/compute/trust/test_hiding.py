import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.trust.hiding import fates, keepers, kept_by, read_by, together


def found(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    stranger, cloud = 1 - (0.98 * 0.98) ** 1.1, 1 - 0.999 * 0.999 * 0.995
    assert found("C8b") == pytest.approx(cloud - stranger)
    kept = {name: found("C8b", **world) > 0 for name, world in {
        "today": {}, "trusted hardware": {"hardware": 1.0}, "one reader": {"readers": 1.0},
        "no owner looks": {"owner": 0.0}, "no break-ins at strangers'": {"infected": 0.0},
        "both as at the cloud": {"owner": 0.001, "infected": 0.005},
        "the cloud reads one in twenty": {"terms": 0.05},
    }.items()}  # fmt: skip
    assert [name for name, good in kept.items() if good] == ["both as at the cloud", "the cloud reads one in twenty"]


def test_hardware_on_one_side_alone_turns_the_verdict():
    known = effect("C8b").assumptions
    trusted, _ = read_by(**today(known, changed={"hardware": 1.0}))
    _, plain = read_by(**today(known))
    assert trusted[0] < plain[0]


def test_seven_and_nine_lose_a_secret_more_rarely_than_a_company_and_five_more_often():
    (read, gone), seven, nine = (kept_by(number, 0.02, 0.1, 1, 0.001) for number in (5, 7, 9))
    assert found("C8a") == pytest.approx(0.005 - nine[1])
    assert max(nine[1], seven[1]) < 0.005 < gone and max(read, seven[0], nine[0]) < 0.007
    assert found("C8a", hand=2.0) > 0 and found("C8a", hand=3.0) < 0 and found("C8a", vanishes=0.15) < 0


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


def test_the_ledger_has_the_numbers_of_the_reading():
    books = keepers()
    clients = {way: book.balance("clients", "USD") / 10_000 for way, book in books.items()}
    assert clients["one company"] == pytest.approx(-3 - 0.007 * 500 - 0.005 * 300)
    assert clients["three of five"] == pytest.approx(-5 - 0.0010775 * 500 - 0.0095514 * 300, abs=1e-4)
    assert sorted(clients, key=clients.__getitem__) == [
        "one stranger", "a copy each at two", "five of nine", "three of five", "one company",
    ]  # fmt: skip
    assert books["one company"].balance("readers", "USD") == pytest.approx(10_000 * 0.007 * 250)
