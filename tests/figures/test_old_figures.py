import re

from defi_lib.figures import figure
from tools.old_figures import deciding, main, report


def test_old_figures_are_listed_with_what_they_decide_and_what_is_newer(capsys):
    keys = {"gas.average_price.2025-01-03": ["P3a", "P3a", "X9a"], "gas.average_price": [], "gas.nothing": []}
    old, unknown = report(keys, 12)
    assert old == "gas.average_price.2025-01-03 (B): 13.96 gwei; newer: gas.average_price.2026-01-03; P3a; X9a"
    assert unknown.startswith("gas.nothing: ")
    assert main(["remittance.global_average", "gas.average_price"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 figures are older than 12 months on 2026-11-29, or not there",
        "remittance.global_average.2023-09 (B): 6.18 % of the amount",
    ]


def test_what_decides_is_what_assumptions_and_counts_name(capsys):
    found = deciding()
    assert found["gas.average_price.2026-01-03"] == ["all readings"]
    assert main([]) == 0
    assert re.match(r"\d+ figures are older", capsys.readouterr().out)


def test_every_figure_that_decides_something_is_there_and_not_only_claimed():
    for key in deciding():
        assert figure(key).reliable, key
