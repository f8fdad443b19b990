import numpy as np
import pytest

from defi_lib.compute import hours_per_task, simulate_run_times
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.matching.churn import names_found, one_job, saving
from defi_lib.risk import draw_losses


def value(id, **changed):
    found = effect(id)
    return found(today(found.assumptions, changed=changed))[0]


def test_a_drawn_job_takes_what_the_formula_says():
    runs = simulate_run_times(12, 2.0, 0.05, 24.0, 0.25, 20_000, np.random.default_rng(1))
    assert 1 - runs.mean() / 24 == pytest.approx(value("C21a"), abs=0.003)


def test_what_the_lesson_says_of_jobs():
    assert -0.1 < value("C21a") < -0.075
    assert value("C21a", every=24.0) < -0.7 and value("C21a", peer_fails=12.0) < -0.1
    assert value("C21a", length=240.0) == pytest.approx(value("C21a"))  # saved, a longer job loses the same part


def test_hour_by_hour_it_is_the_old_formula():
    """A chance of leaving each hour, and begun again each time: the discrete formula, with M = −1/ln(1 − p)."""
    stays = -1 / np.log(0.95)
    continuous = 24 * (1 - value("C21a", peer_fails=stays, every=24.0, save=0.0, load=0.0))
    assert hours_per_task(24.0, 0.05) == pytest.approx(48.5, abs=0.05) and continuous == pytest.approx(47.3, abs=0.1)


def test_drawn_hours_say_how_often_too_few_homes_are_there():
    world = {"there": 0.7, "dependence": 0.1, "common": 0.0, "out": 0.0}
    lost = draw_losses(np.random.default_rng(3), 200_000, 0.3, 0.1, covers=100).mean(axis=1)
    assert -value("C5a", **world) / 8_760 == pytest.approx(np.mean(lost > 0.5), abs=0.003)


def test_what_the_lesson_says_of_services():
    assert 0 < value("C5a") < 1 and value("C5a", needed=100.0) < -8_000
    assert value("C5a", out=0.5) < 0 < value("C5a", common=0.1)
    assert value("C5a", dependence=0.1) < 0 and value("C5a", dependence=0.0) == pytest.approx(3.8)


def test_every_hour_counts_for_somebody():
    books = one_job()
    assert books["home, saved, by the hour"].balance("client", "USD") > books["one hall"].balance("client", "USD")
    by_hour, by_result = (books[f"home, unsaved, by {how}"] for how in ("the hour", "result"))
    assert by_hour.balance("owners", "USD") > by_result.balance("owners", "USD")


def test_the_explorer_s_best_is_the_lowest_point_of_its_line():
    every = np.geomspace(0.1, 20, 400)
    found = saving(every, 100.0, 2.0, 10.0)
    assert every[np.argmin(found["Saved"])] == pytest.approx(found["best"][0], rel=0.02)
    assert np.min(found["more"]) == pytest.approx(found["least"][0], rel=1e-3)
    assert np.all(np.isfinite(saving(every, 10.0, 15.0, 100.0)["Saved"]))


def test_names_are_found_without_a_list_until_too_many_are_gone():
    assert names_found(1 / 3, asked=100) == 1.0 > 0.9 > names_found(0.9, asked=100)
    assert names_found(1 / 3, knows=1, asked=100) < 0.9
