"""The checks of the lab on queues and batches: right answers get all points, each usual mistake is named."""

from math import inf

import numpy as np
import pytest

from defi_lib.labs import kit
from defi_lib.labs.compute.queues_and_batches import lab
from defi_lib.labs.compute.queues_and_batches.days import Day, bill_of, cheapest, draw_day, drawn
from defi_lib.labs.compute.queues_and_batches.spill import DEARER
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from heapq import heapreplace
from math import ceil, inf

import numpy as np

from defi_lib.compute import erlang_b, erlang_c, queue_waits
from defi_lib.labs.compute.queues_and_batches import bill_of

def waits(arrivals, services):
    free, found = 0.0, []
    for arrival, service in zip(arrivals, services):
        start = max(free, arrival)
        found.append(start - arrival)
        free = start + service
    return found

def erlang(rate, service, machines):
    load = rate * service
    if load >= machines:
        return inf
    return erlang_c(machines, load) * service / (machines - load)

def pool(arrivals, services, machines):
    free, found = [0.0] * machines, []
    for arrival, service in zip(arrivals, services):
        start = max(free[0], arrival)
        found.append(start - arrival)
        heapreplace(free, start + service)
    return found

def fewest(arrivals, services, limit, share):
    machines = 1
    while np.mean(queue_waits(arrivals, services, machines) <= limit) < share:
        machines += 1
    return machines

def batches(arrivals, tokens, most, step, each):
    free, first, took = 0.0, 0, []
    while first < len(arrivals):
        start = max(free, arrivals[first])
        batch = [n for n in range(first, min(first + most, len(arrivals))) if arrivals[n] <= start]
        free = start + max(tokens[n] for n in batch) * (step + each * len(batch))
        took += [free - arrivals[n] for n in batch]
        first += len(batch)
    return took

def bill(day, machines):
    free, sent = [0.0] * machines, 0.0
    for arrival, service in zip(day.arrivals, day.services):
        start = max(free[0], arrival) if machines else inf
        if start - arrival > day.promise:
            sent += service
        else:
            heapreplace(free, start + service)
    return (machines * day.own * day.length + day.cloud * sent) / 3600

def machines(day):
    load = day.services.sum() / day.length
    tried = [0, *range(int(0.6 * load), int(1.6 * load) + 8)]
    return min(tried, key=lambda number: bill_of(day, number))
"""

PARAMETERS = {
    "waits": "arrivals, services",
    "erlang": "rate, service, machines",
    "pool": "arrivals, services, machines",
    "fewest": "arrivals, services, limit, share",
    "batches": "arrivals, tokens, most, step, each",
    "bill": "day, machines",
    "machines": "day",
}

answers = Answers(lab, RIGHT, PARAMETERS)

OTHER_WAYS = {
    "the library": """
from defi_lib.compute import mmc_queue

def waits(arrivals, services):
    return queue_waits(arrivals, services)

def erlang(rate, service, machines):
    return float(mmc_queue(rate, 1 / service, machines).wait) if rate * service < machines else inf

def pool(arrivals, services, machines):
    return queue_waits(arrivals, services, machines)
""",
    "step by step": """
def waits(arrivals, services):
    found = np.zeros(len(arrivals))
    for n in range(1, len(arrivals)):
        found[n] = max(0, found[n - 1] + services[n - 1] - (arrivals[n] - arrivals[n - 1]))
    return found

def pool(arrivals, services, machines):
    free, found = [0.0] * machines, []
    for arrival, service in zip(arrivals, services):
        first = free.index(min(free))
        start = max(free[first], arrival)
        found.append(start - arrival)
        free[first] = start + service
    return tuple(found)

def fewest(arrivals, services, limit, share):
    for machines in range(1, 1000):
        kept = sum(wait <= limit for wait in pool(arrivals, services, machines))
        if kept >= share * len(arrivals) - 1e-9:
            return machines

def machines(day):
    number, bills = 0, [bill_of(day, 0)]
    while bills.index(min(bills)) > number - 6:
        number += 1
        bills.append(bill_of(day, number))
    return bills.index(min(bills))
""",
}

#: What the mistakes below are made of.
PIECES = """
from defi_lib.labs.compute.queues_and_batches.runs import answered

def recursion(arrivals, services, of):
    found = np.zeros(len(arrivals))
    for n, gap in enumerate(np.diff(arrivals)):
        found[n + 1] = of(found[n], services[n], services[n + 1], gap)
    return found

def in_turn(arrivals, services, machines):
    found = np.zeros(len(arrivals))
    for first in range(machines):
        found[first::machines] = queue_waits(arrivals[first::machines], services[first::machines])
    return found
"""

INSIDE = {
    "erlang": "load = rate * service\nok = load < machines\nwaiting = erlang_c(machines, load) if ok else 1",
    "fewest": "mean = 1\nwhile queue_waits(arrivals, services, mean).mean() > limit: mean += 1",
    "bill": "gone = bill_of(day, machines) * 3600 - machines * day.own * day.length\nwork = day.services.sum()\n"
    "late = queue_waits(day.arrivals, day.services, machines) > day.promise if machines else day.services > -1",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("waits", "recursion(arrivals, services, lambda w, s, t, g: w + s - g)", "0", "less than 0 seconds"),
    ("waits", "np.add(R, services)", "0", "wait and work together"),
    ("waits", "recursion(arrivals, services, lambda w, s, t, g: max(0, w + t - g))", "0", "for those *before*"),
    ("waits", "recursion(arrivals, services, lambda w, s, t, g: max(0, s - g))", "0", "may have waited too"),
    ("waits", "[0] * len(arrivals)", "0", "the next one waits"),
    ("waits", "R[1:]", "0", "should be"),
    ("waits", "np.array(R) * 1.01", "0", "should be"),
    ("erlang", "waiting if ok else R", "0", "chance of waiting at all"),
    ("erlang", "R / waiting", "0", "how long those wait who wait"),
    ("erlang", "R + service", "0", "wait and work together"),
    ("erlang", "erlang_b(machines, load) * service / (machines - load) if ok else R", "0", "C counts"),
    ("erlang", "service / machines * load / (machines - load) if ok else R", "0", "as fast as all together"),
    ("erlang", "R if ok else -1", "1", "grows without end"),
    ("erlang", "R if load <= machines and ok else 0", "1", "grows without end"),
    ("pool", "in_turn(arrivals, services, machines)", "0", "free first"),
    ("pool", "queue_waits(arrivals, services)", "0", "there are several"),
    ("pool", "queue_waits(arrivals, np.array(services) / machines)", "0", "works for itself"),
    ("pool", "np.add(R, services)", "0", "wait and work together"),
    ("fewest", "mean", "0", "*mean* wait"),
    ("fewest", "R + 1", "0", "romise"),
    ("fewest", "R - 1", "0", "romise"),
    ("fewest", "right_fewest(arrivals, services, limit, 1.0)", "0 or 1 or 2", "leaves out a few"),
    ("fewest", "right_fewest(arrivals, services, 0.0, share)", "0 or 1", "limit may be used"),
    ("fewest", "right_fewest(arrivals, services, limit, min(share + 1e-6, 1))", "2", "just that part"),
    ("batches", "answered(arrivals, tokens, most, step, each, 'full')", "0", "until a batch is full"),
    ("batches", "answered(arrivals, tokens, most, step, each, 'all')", "0", "side by side"),
    ("batches", "answered(arrivals, tokens, most, step, each, 'free')", "0", "for every one"),
    ("batches", "answered(arrivals, tokens, most, step, each, 'leave')", "0", "ends with its longest answer"),
    ("batches", "np.add(R, arrivals)", "0", "how long each request took"),
    ("batches", "answered(arrivals, tokens, 1, step, each)", "0", "up to `most` at once"),
    ("batches", "R[:2]", "0", "should be"),
    ("bill", "R * 3600", "0", "dollars an *hour*"),
    ("bill", "(day.own * (work - gone / day.cloud) + gone) / 3600", "0", "busy or not"),
    ("bill", "R - gone / 3600", "0", "cloud is missing"),
    ("bill", "gone / 3600", "0", "own machines are missing"),
    ("bill", "R - gone / 3600 + day.own * gone / day.cloud / 3600", "0", "its own price"),
    ("bill", "bill_of(day._replace(promise=0.0), machines)", "0", "not all who would wait"),
    ("bill", "R - gone / 3600 + day.cloud * (day.services @ late) / 3600", "0", "no own machine works for it"),
    ("bill", "right_bill(day._replace(promise=day.promise - 1e-9), machines)", "1", "so it stays"),
    ("machines", "R + 0.5", "0", "a whole number of machines"),
    ("machines", "-1", "0", "a whole number of machines"),
    ("machines", "inf", "0", "a whole number of machines"),
    ("machines", "10**6", "0", "a whole number of machines"),
    ("machines", "[R, R]", "0", "should be 1 number"),
    ("machines", "'many'", "0", "made of numbers"),
]


class TestQueuesAndBatches(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("waits", "[0] * len(arrivals)", ["erlang", "pool", "fewest", "batches", "bill", "machines"]),
        ("pool", "[0] * len(arrivals)", ["fewest", "bill", "machines"]),
        ("bill", "0", ["machines"]),
    ]
    total = 18
    seeds = 3

    @staticmethod
    def by_hand(notebook):
        at = {name: notebook[name] for name in PARAMETERS}
        assert list(at["waits"]([0, 1, 2], [2, 2, 2])) == [0, 1, 2] and list(at["waits"]([0, 1, 9], [2] * 3)) == [
            0,
            1,
            0,
        ]
        assert at["erlang"](0.5, 1, 1) == 1 and at["erlang"](0.5, 2, 1) == inf
        assert notebook["erlang_c"](1, 0.5) == pytest.approx(0.5)
        assert list(at["pool"]([0, 0, 1, 2], [4, 1, 1, 1], 2)) == [0, 0, 0, 0]
        assert list(at["pool"]([0, 0, 1, 2], [4, 1, 1, 1], 1)) == [0, 4, 4, 4]
        assert at["fewest"]([0] * 8, [2] * 8, 0, 0.5) == 4 and at["fewest"]([0] * 8, [2] * 8, 0, 1) == 8
        run = [0, 0.5, 0.5], [10, 4, 8]
        assert at["batches"](*run, 2, 0.1, 0.02) == pytest.approx([1.2, 1.82, 1.82])
        assert at["batches"](*run, 1, 0.1, 0.02)[2] == pytest.approx(2.14)
        two = Day(np.array([0.0, 1.0]), np.array([36.0, 36.0]), length=3600.0, own=0.5, cloud=2.0, promise=5.0)
        assert [at["bill"](two, number) for number in range(3)] == pytest.approx([0.04, 0.52, 1.0])


CONSTANTS = ["0", "1", "4", "10", "25", "-1", "0.5", "inf", "nan", "True", "[]", "[0, 0, 0, 0, 0, 0]", "{}"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_answer_that_never_changes_earns_nothing(name):
    answers.assert_constants_earn_nothing(name, CONSTANTS, seeds=2)


#: Plans without a look at the bill, with the most points of 4 that they may earn.
TRICKS = {
    "as many as are busy": "ceil(day.services.sum() / day.length)",
    "half as many again": "ceil(1.5 * day.services.sum() / day.length)",
    "so many that nobody waits": "len(day.arrivals) // 10",
    "for the promise, without a price": "right_fewest(day.arrivals, day.services, day.promise, 0.99)",
    "none if the cloud is cheap, else half as many again": (
        "0 if day.cloud < 2 * day.own else ceil(1.5 * day.services.sum() / day.length)"
    ),
    "by the ratio of prices": "ceil(day.services.sum() / day.length * day.cloud / day.own / 4)",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_plans_that_do_not_look_at_the_bill_earn_nothing(trick):
    answers.assert_trick_earns_little("machines", (TRICKS[trick], 0, "above the cheapest"), seeds=6)


@pytest.mark.parametrize("first", range(400, 480, 4))
def test_who_plans_by_today_is_near_enough_to_the_best_of_tomorrow_in_every_draw(first):
    notebook = {}
    exec(RIGHT, notebook)
    dearer = [
        bill_of(drawn(number).next, notebook["machines"](draw_day(number))) / cheapest(number)[1] - 1
        for number in range(first, first + 4)
    ]
    assert min(dearer) >= -1e-12, "the best that is searched for is the best"
    assert np.mean(dearer) <= DEARER[-1][0]


def test_the_cheapest_bill_is_searched_for_widely_enough():
    for number in range(400, 404):
        day = drawn(number).next
        assert min(bill_of(day, machines) for machines in range(120)) == cheapest(number)[1]


def test_one_odd_hand_in_costs_its_own_points_only():
    odd = "def machines(day):\n    day.arrivals[:] = 0\n    return 3\n"
    assert answers.feedback("machines", 1, odd).status == kit.RAISED
    assert answers.feedback("waits", 1, "def waits(arrivals, services):\n    arrivals.clear(); return []\n").points == 0
    assert answers.feedback("pool", 1).status == answers.feedback("machines", 1).status == kit.RIGHT
