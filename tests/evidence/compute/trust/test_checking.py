import numpy as np
import pytest

from defi_lib.compute import deterring_check_rate
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.trust.checking import methods, temptation, watchers_needed, ways_to_deal_with_cheats


def found(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    assert found("C9a") == pytest.approx(0.2 - 0.1 * 0.0001 * 31)
    month = {"stake": 1_000.0, "record": 500.0}
    kept = {name: found("C9a", **world) > 0 for name, world in {
        "one in a hundred checked": {"checked": 0.01}, "no stake": {"stake": 0.0}, "no record": {"record": 0.0},
        "half the checkers sleep": {"found": 0.4}, "a false alarm in 500": {"false_alarm": 0.002},
        "a lie wins two prices": {"gain": 2.0}, "and 190 are at stake": {"gain": 2.0, "stake": 190.0},
        "a month's income": month, "and a false alarm in 500": month | {"false_alarm": 0.002},
        "a month's income of 100,000 answers": {"stake": 1e5, "record": 5e4},
    }.items()}  # fmt: skip
    assert [name for name, good in kept.items() if not good] == [
        "one in a hundred checked", "a lie wins two prices", "and a false alarm in 500",
        "a month's income of 100,000 answers",
    ]  # fmt: skip


def test_lying_pays_where_the_formula_of_one_task_says_so():
    """Another way: without false alarms the effect changes its sign at the deterring check rate."""
    world = {"false_alarm": 0.0, "found": 1.0, "gain": 0.0}
    least = deterring_check_rate(20.0 + 10.0, saving=0.8, reward=1.0)
    low, high = (found("C9a", checked=least * by, **world) for by in (0.999, 1.001))
    assert low < 0 < high


@pytest.mark.parametrize(("stake", "hazard"), [(1.0, 0.02), (5.0, 0.2), (40.0, 0.02)])
def test_who_lies_at_all_lies_always(stake, hazard):
    """A name that lies in a part of its answers, for ever: its worth is greatest at nothing or at all."""
    part = np.linspace(0, 1, 101)
    worth = (0.2 + 0.8 * part - part * hazard * stake) / (0.01 + part * hazard)
    assert np.argmax(worth) in (0, 100)


def test_watchers_are_enough_for_their_aim_and_one_less_is_not():
    for asleep, passing in ((0.3, 1e-9), (0.05, 1e-12), (0.9, 1e-6)):
        number = watchers_needed(asleep, passing)
        assert asleep**number <= passing * (1 + 1e-9) and asleep ** (number - 1) > passing
    with pytest.raises(ValueError, match="asleep"):
        watchers_needed(1.0, 1e-9)
    with pytest.raises(ValueError, match="passing"):
        watchers_needed(0.1, 0.0)


def test_disputes_save_most_of_the_work_of_a_large_network_only():
    assert found("C33a") == pytest.approx(1 - (1 + 18 + 0.002) * 1.3 / 1_000)
    assert found("C33a", nodes=59.0) < 0.9 < found("C33a", nodes=14_072.0)
    assert (1 - found("C33a")) / 12 > 2 / 1_000  # two runs at a cloud


def test_a_proof_costs_hundreds_of_times_the_answer():
    proof = evidence("C9b")
    assert not proof.true and proof.says.endswith("530 times.") and "53 times" in proof.turns
    assert round(900 / 3600 * 1.39 / (2048 * 0.32e-6)) == 530


def test_whoever_gains_by_lying_lies():
    """Owners of a card work from 8.9 % of checks on, names without one leave at 10.7 %."""
    books = ways_to_deal_with_cheats()
    assert list(books) == ["0% checked", "5% checked", "10% checked", "12% checked", "small cloud", "large cloud"]
    gains = {way: book.balance("names without a card", "USD") for way, book in books.items()}
    assert list(gains.values()) == pytest.approx([1_200, 640, 80, 0, 0, 0])
    owners = {way: book.balance("owners of cards", "USD") for way, book in books.items()}
    assert list(owners.values()) == pytest.approx([10_800, 5_760, 1_800, 2_000, 0, 0])
    clients = {way: book.balance("clients", "USD") for way, book in books.items()}
    assert clients["0% checked"] == pytest.approx(-12_000) and clients["12% checked"] == pytest.approx(37_400)
    assert max(clients, key=clients.__getitem__) == "12% checked"
    assert clients["small cloud"] > clients["large cloud"] > 0


def test_the_explorer_shows_that_harsher_is_not_safer():
    found = temptation(np.array([0.02, 0.05]), stake=100.0, accused=0.05)
    assert found["Honest provider"][0] > 0 > found["Honest provider"][1]
    assert float(temptation(0.5, stake=0.0, name=10.0)["fair"]) == pytest.approx(1 / 11.2)


def test_methods_differ_in_what_passes_and_in_what_they_cost():
    table = {name: (passes, runs) for name, passes, runs, _ in methods()}
    assert table["one in ten checked"][0] == pytest.approx(0.92)
    assert table["a bounty for hunters"][0] == pytest.approx(1 - 1 / 11.2)
    three = (18 * 17 * 16 / 6 + 18 * 17 / 2 * 41) / (59 * 58 * 57 / 6)
    assert table["three copies, 18 of 59 in one hand"] == (pytest.approx(three), 3.0)
    (many,) = [name for name in table if "very many" in name]
    assert 0.009 < table[many][0] < 0.01
    assert table["trusted hardware"][1] == pytest.approx(1.07)
    assert max(table, key=lambda name: table[name][1]) == "zero-knowledge proof"
