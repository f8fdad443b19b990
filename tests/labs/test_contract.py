"""Every lab of the library is held to the contract."""

import importlib
import pkgutil

import defi_lib.labs
from tests.support.lab_contract import LabContract

ROOMS = {"exchange", "lending", "staking", "rewards", "governance", "risk", "compute", "economy"}


def labs_of_the_library():
    for module in pkgutil.walk_packages(defi_lib.labs.__path__, "defi_lib.labs."):
        room, _, rest = module.name.removeprefix("defi_lib.labs.").partition(".")
        if room in ROOMS and rest and "." not in rest and hasattr(importlib.import_module(module.name), "lab"):
            yield room, rest


def test_every_lab_has_a_test_class_with_ways_mistakes_and_chains():
    labs = list(labs_of_the_library())
    assert labs
    for room, name in labs:
        test = importlib.import_module(f"tests.labs.{room}.test_{name}")
        (contract,) = [
            each
            for each in vars(test).values()
            if isinstance(each, type) and issubclass(each, LabContract) and each is not LabContract
        ]
        lab = importlib.import_module(f"defi_lib.labs.{room}.{name}").lab
        assert contract.answers.lab is lab
        assert contract.other_ways and contract.chains and contract.by_hand is not LabContract.by_hand, name
        assert {question for question, *_ in contract.mistakes} >= set(list(lab.questions)[:3]), name
