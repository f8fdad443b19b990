"""A changed sign, a dropped fee, swapped sides: no such change of an effect passes its placebos and controls."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from defi_lib.claims import reading
from defi_lib.evidence import effect
from defi_lib.evidence import tested as with_evidence
from tests.support.evidence_checks import failures, mutants

#: Changes that change nothing, with the reason.
EQUIVALENT: dict[str, str] = {
    "_against_holding: common * own[order] → common / own[order]": "a pool's own moves are as often up as down",
    # X14a: how near to its lowest price a cascade may be left, which costs time and no more than 1e-5 of the price.
    "fall: least * (1 + _SETTLED) → least / (1 + _SETTLED)": "the cascade is followed a little further",
    "fall: least * (1 + _SETTLED) → least * 1.0": "the cascade is followed to its end",
    "fall: 1 + _SETTLED → 1 - _SETTLED": "the cascade is followed to its end",
    "fall: 1 + _SETTLED → 1 + 0.0": "the cascade is followed to its end",
    # C11a: other limits than 1 are tested client by client, in test_plans.
    "gains: fee * limit → fee / limit": "the limit of the best plan is 1",
    "gains: fee * limit → fee * 1.0": "the limit of the best plan is 1",
    # C17b: a token's own move.
    "middle_year_of_four_networks: shared + alone * each → shared - alone * each": "as likely up as down",
}


@pytest.mark.parametrize("id", [id for id in with_evidence() if reading(id).kind == "model"])
def test_every_change_of_an_effect_is_noticed(id):
    survived = []
    for what, changed in mutants(Path(inspect.getsourcefile(effect(id).function)), id):
        if changed is None or what in EQUIVALENT:
            continue
        try:
            with np.errstate(all="ignore"):
                noticed = any(failures(changed, count=32))  # the first is enough
        except (ValueError, ArithmeticError, RuntimeError):
            continue
        if not noticed:
            survived.append(what)
    assert survived == [], "add a control that tells them apart, or name them as equivalent"
