"""Attacks on the checks of the lab on a mutual: who refuses everybody, asks for everything or hoards earns nothing."""

import numpy as np
import pytest

from defi_lib.labs import kit
from defi_lib.labs.risk.run_a_mutual import draw_book
from defi_lib.labs.risk.run_a_mutual.draws import drawn, new_years
from defi_lib.labs.risk.run_a_mutual.judging import RARELY, SERVED
from defi_lib.labs.risk.run_a_mutual.questions import some_number
from defi_lib.labs.risk.run_a_mutual.world import fair, outlook, ruined
from defi_lib.risk import chance_given_shock
from tests.labs.risk.test_run_a_mutual import PARAMETERS, RIGHT, answers

ALL = "[kind.demand for kind in book.kinds]"
FAIR = "[premium(kind.covers, kind.claims, 0) for kind in book.kinds]"
DEAR = "[premium(kind.covers, kind.claims, book.most - 1) for kind in book.kinds]"

#: Plans, by what they are, with the most points of 4 that they may earn and words of the feedback.
TRICKS = {
    "all at nothing": ("dict(premiums=[0] * 5, limits=[0] * 5, capital=0)", 0, "you serve 0% of the demand"),
    "all at the most": ("dict(premiums=[1] * 5, limits=[1e12] * 5, capital=1e12)", 0, "you serve 0% of the demand"),
    "refuse everybody": ("{**R, 'limits': [0] * 5}", 0, "nothing is sold"),
    "a premium of 100 %": ("{**R, 'premiums': [1.0] * 5}", 0, "Nobody buys above"),
    "endless capital": ("{**R, 'capital': 1e15}", 0, "nobody lends it to you"),
    "hold all that is insured": ("{**R, 'capital': sum(R['limits'])}", 0, "nobody lends it to you"),
    "no capital": ("{**R, 'capital': 0}", 0, "claims stay unpaid in"),
    "premiums without a loading": (f"{{**R, 'premiums': {FAIR}}}", 0, "nobody lends it to you"),
    "insure free of charge": ("{**R, 'premiums': [0] * 5}", 0, "less than the claims to be expected"),
    "serve all, as much capital as is paid": (
        f"dict(premiums={DEAR}, limits={ALL}, capital=outlook(book, dict(premiums={DEAR}, limits={ALL}, capital=0))"
        ".gain / book.asks * 0.999)",
        0,
        "claims stay unpaid in",
    ),
    "serve a half of all, as much capital as is paid": (
        f"dict(premiums={DEAR}, limits=[each / 2 for each in {ALL}], capital=outlook(book, dict(premiums={DEAR}, "
        f"limits=[each / 2 for each in {ALL}], capital=0)).gain / book.asks * 0.999)",
        0,
        "claims stay unpaid in",
    ),
    "serve all, with the capital for it": (
        f"dict(premiums={DEAR}, limits={ALL}, capital=sum(capital(k.demand, p, p / book.most, "
        f"right_dependence(k.covers, k.claims), 200) for k, p in zip(book.kinds, {DEAR})))",
        0,
        "nobody lends it to you",
    ),
    "as if losses had nothing in common": (
        "dict(R, capital=sum(capital(n, p, p / book.most, 0, 200) for n, p in zip(R['limits'], R['premiums'])))",
        0,
        "claims stay unpaid in",
    ),
    "a tenth of the cover": ("{**R, 'capital': sum(R['limits']) / 10}", 0, "nobody lends it to you"),
    "the worst year of the history": (
        "{**R, 'capital': max(sum(n * k.claims[t] / k.covers for n, k in zip(R['limits'], book.kinds)) "
        "for t in range(50)) - outlook(book, R).premiums}",
        2,
        "1% are allowed",
    ),
    "the worst of twenty years": (
        "dict(R, capital=sum(capital(n, p, p / book.most, right_dependence(k.covers, k.claims), 20) "
        "for k, n, p in zip(book.kinds, R['limits'], R['premiums'])))",
        0,
        "claims stay unpaid in",
    ),
}

#: Answers that never look at the numbers.
CONSTANTS = [
    "0",
    "1",
    "-1",
    "0.5",
    "0.03",
    "0.1",
    "1e6",
    "1e9",
    "float('inf')",
    "True",
    "(0, 0)",
    "(1, 1)",
    "[1]",
    "{}",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_plans_that_need_no_thought_earn_little_or_nothing(trick):
    formula, most, said = TRICKS[trick]
    source, texts = answers.wrong("run", formula), []
    for seed in range(3):
        result = answers.feedback("run", seed, source)
        assert result.points <= most, (seed, result.points, result.text)
        texts.append(result.text)
    assert any(said in text for text in texts), texts


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_answer_that_never_changes_earns_nothing(name):
    answers.assert_constants_earn_nothing(name, CONSTANTS, seeds=2)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("exits", "(members, members * tokens)"),
        ("lasting", "max(risks)"),
        ("judge", "terms.sum"),
        ("judge", "claim.loss"),
        ("judge", "claim.loss - terms.excess"),
        ("judge", "max(min(claim.loss - terms.excess, terms.sum), 0)"),
        ("judge", "max(min(claim.loss - terms.excess, terms.sum), 0) * (claim.votes_for > 0.5)"),
        ("judge", "max(min(claim.loss - terms.excess, terms.sum), 0) * (claim.votes_for < 0.5)"),
    ],
)
def test_simple_rules_earn_nothing(name, formula):
    source = f"def {name}({PARAMETERS[name]}):\n    return {formula}\n"
    assert [answers.feedback(name, seed, source).points for seed in range(8)] == [0] * 8


def test_random_plans_earn_nothing():
    source = """
def run(book):
    rng = np.random.default_rng(int(book.kinds[0].demand))
    dear = [premium(kind.covers, kind.claims, book.most - 1) for kind in book.kinds]
    limits = [kind.demand * rng.integers(2) for kind in book.kinds]
    return dict(premiums=dear, limits=limits, capital=rng.uniform(0, 0.2) * sum(limits))
"""
    assert sum(answers.feedback("run", seed, source).points for seed in range(30)) == 0


@pytest.mark.parametrize("whole", ["sold", "premiums"])
def test_no_part_of_the_cover_or_of_the_premiums_is_the_right_capital_in_all_books_of_a_check(whole):
    """Even for who has found what to refuse: in calm books it is not paid for, in rough ones not enough."""
    notebook = {}
    exec(RIGHT, notebook)
    for seed in range(3):
        ways = np.geomspace(0.01, 0.4, 40) if whole == "sold" else np.geomspace(0.3, 10, 40)
        fine = np.ones(40, dtype=bool)
        for number in some_number(np.random.default_rng(seed)) + np.arange(4):
            book, plan = draw_book(number), notebook["run"](draw_book(number))
            for i, part in enumerate(ways):
                seen = outlook(book, plan)
                tried = {**plan, "capital": part * (seen.sold.sum() if whole == "sold" else seen.premiums)}
                paid = seen.gain >= book.asks * tried["capital"]
                fine[i] &= paid and ruined(tried, seen, new_years(number)) <= RARELY[1][0]
        assert not fine.any(), ways[fine]


def _books():
    return [number for seed in range(3) for number in some_number(np.random.default_rng(seed)) + np.arange(4)]


@pytest.mark.parametrize("number", sorted(set(_books())))
def test_every_book_can_be_served_and_none_wholly_even_by_who_knows_the_truth(number):
    book, truth, seen = drawn(number)
    calm = truth.dependence < 0.3
    dear = [book.most * fair(kind) for kind in book.kinds]
    demand = np.array([kind.demand for kind in book.kinds])
    for limits, enough in ((demand * calm, True), (demand, False)):
        plan = {"premiums": dear, "limits": limits, "capital": 0}
        sold = outlook(book, plan)
        assert sold.served >= SERVED
        plan["capital"] = sold.gain / book.asks
        assert (ruined(plan, sold, new_years(number)) <= RARELY[1][0]) == enough
    assert np.argsort(seen)[-2:].tolist() in (np.flatnonzero(~calm).tolist(), np.flatnonzero(~calm)[::-1].tolist())


def test_histories_are_of_typical_luck_and_new_years_are_drawn_from_the_same_truth():
    for number in _books()[:4]:
        book, truth, seen = drawn(number)
        past = np.array([kind.claims for kind in book.kinds]) / 1_000
        assert np.mean(past, axis=1) == pytest.approx(truth.chance, rel=0.15)
        assert np.mean(new_years(number), axis=0) == pytest.approx(truth.chance, rel=0.2)
        bad = np.asarray(chance_given_shock(truth.chance, truth.dependence, 2.326))
        assert np.quantile(new_years(number), 0.99, axis=0) == pytest.approx(bad, rel=0.25)
        assert np.all(np.abs(seen - truth.dependence) < 0.03 + 0.15 * truth.dependence)


EARLIER = ("premium", "dependence", "capital", "exits", "lasting", "judge")


@pytest.mark.parametrize("given", ["...", "return 0", "return 1.0", "return float('inf')", "return (0, 0)"])
def test_earlier_answers_that_say_nothing_do_not_run_a_mutual(given):
    source = "".join(f"def {name}({PARAMETERS[name]}):\n    {given}\n" for name in EARLIER)
    for seed in range(2):
        assert answers.feedback("run", seed, source).points == 0


def test_a_plan_that_was_found_without_the_earlier_answers_counts():
    source = """
from defi_lib import risk
def run(book):
    found = []
    for kind in book.kinds:
        chance = sum(kind.claims) / kind.covers / len(kind.claims)
        seen = risk.correlation_from_history(np.arange(kind.covers) < np.array(kind.claims)[:, None])
        found.append((chance, seen))
    limits = [kind.demand * (seen < 0.35) for kind, (_, seen) in zip(book.kinds, found)]
    asked = [book.most * chance for chance, _ in found]
    needs = [n * (risk.loss_in_bad_year(*each, 0.998) - p) for n, each, p in zip(limits, found, asked)]
    return {"premiums": asked, "limits": limits, "capital": sum(needs)}
"""
    source += "".join(f"def {name}({PARAMETERS[name]}): ...\n" for name in EARLIER)
    assert answers.feedback("run", 1, source).status == kit.RIGHT


def test_answers_that_spoil_what_they_are_given_spoil_only_their_own():
    assert answers.feedback("lasting", 1, "def lasting(risks, margin):\n    risks.clear(); return 0.1\n").points == 0
    assert answers.feedback("premium", 1, "def premium(covers, claims, loading):\n    claims.sort(); return 0.1").text
    spoilt = "def run(book):\n    book.kinds = ()\n    return {}\n"
    assert answers.feedback("run", 1, spoilt).status == kit.RAISED
    for name in ("lasting", "premium", "run"):
        assert answers.feedback(name, 1).status == kit.RIGHT


@pytest.mark.parametrize("body", ["while True: pass", "return run(book)", "raise SystemExit", "return book"])
def test_one_odd_hand_in_costs_its_own_points_only(body, monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.5)
    result = answers.feedback("run", 1, f"def run(book):\n    {body}\n")
    assert result.status in (kit.RAISED, kit.TOO_LONG, kit.WRONG) and result.points == 0
    monkeypatch.undo()
    assert answers.feedback("judge", 1, f"def run(book):\n    {body}\n").status == kit.RIGHT
