"""Asks the tests of a lab for each of its questions, other ways, mistakes and chains."""

from tests.support.lab_contract import LabContract


def pytest_generate_tests(metafunc):
    lab = metafunc.cls
    if lab is None or not issubclass(lab, LabContract):
        return
    for name, values in {
        "question": lambda: list(lab.answers.lab.questions),
        "way": lambda: list(lab.other_ways),
        "mistake": lambda: lab.mistakes,
        "chain": lambda: lab.chains,
    }.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values())
