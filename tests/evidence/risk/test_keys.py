from itertools import product

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.keys import KEYS, several_keys_against_one, ways_to_hold

NAMES = ("held", "needed", "robbed", "gone", "at_once")


def by_listing(held, needed, robbed, gone, at_once):
    """All fates of all operators, one by one."""
    operators, lost = [held] + [1] * (KEYS - held), 0.0
    chances = {"robbed": robbed, "gone": (1 - robbed) * gone, "safe": (1 - robbed) * (1 - gone)}
    for fates in product(chances, repeat=len(operators)):
        kept = {fate: sum(keys for keys, one in zip(operators, fates, strict=True) if one == fate) for fate in chances}
        if kept["robbed"] >= needed or KEYS - kept["gone"] < needed:
            lost += np.prod([chances[fate] for fate in fates])
    one = at_once + (1 - at_once) * (1 - chances["safe"])
    return (at_once + (1 - at_once) * lost) / one - 1


@pytest.mark.parametrize("held, needed", [(1, 5), (4, 5), (5, 5), (4, 3), (2, 7), (9, 4)])
def test_every_fate_of_every_operator_counted_gives_the_same(held, needed):
    for rest in ((0.04, 0.01, 0.01), (0.3, 0.2, 0.0), (0.0, 0.4, 0.1)):
        world = dict(zip(NAMES, np.array([[held], [needed], *([x] for x in rest)], float), strict=True))
        assert several_keys_against_one(**world)[0] == pytest.approx(by_listing(held, needed, *rest), abs=1e-12)


def test_it_turns_where_one_operator_holds_what_opens_the_vault():
    found, known = effect("X20c"), effect("X20c").assumptions
    for needed in (3, 4, 5, 6, 7):
        fewer, enough = (
            float(found(today(known, changed={"held": held, "needed": needed, "at_once": 0.01}))[0])
            for held in (needed - 1, needed)
        )
        assert fewer < -0.5 < enough
    assert known["held"].role == "regime"  # the sentence fixes it; what turns it is what takes all at once
    assert evidence("X20c").turning["at_once"].points == (pytest.approx(0.0328, abs=2e-4),)


def test_nine_apart_lose_hardly_anything_unless_something_takes_all():
    found, known = effect("X20c"), effect("X20c").assumptions
    apart = found(today(known, changed={"held": 1, "at_once": 0.0}))[0]
    shared = found(today(known, changed={"held": 1}))[0]
    assert apart < -0.999 and shared == pytest.approx(0.04 / (0.04 + 0.96 * (0.04 + 0.96 * 0.01)) - 1, abs=1e-3)


def test_what_is_explored_lies_between_one_key_and_all_apart():
    robbed = np.linspace(0.001, 0.4, 50)
    found = ways_to_hold(robbed, 0.002, held=3, needed=4)
    assert np.all(found["All apart"] <= found["As they are held"]) and np.all(
        found["As they are held"] <= found["One key"]
    )
