"""Due dates and what a late day costs."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.teaching.grading.settings import Settings, settings_in

DUE = datetime(2026, 10, 16, 23, 59)


def written(folder, text):
    (folder / "grading.toml").write_text(text, encoding="utf-8")
    return settings_in(folder)


def test_a_new_class_gets_a_file_that_takes_nothing_away(tmp_path):
    settings = settings_in(tmp_path / "class")
    assert settings == Settings()
    assert "per_day" in (tmp_path / "class/grading.toml").read_text(encoding="utf-8")


def test_due_dates_in_three_forms(tmp_path):
    settings = written(tmp_path, '[due]\n"1.1" = 2026-10-16T23:59:00\n"1.2" = 2026-10-23\n2 = 2026-10-30T00:00:00Z\n')
    assert settings.due["1.1"] == DUE
    assert settings.due["1.2"] == datetime(2026, 10, 23, 23, 59, 59)
    assert settings.due["2"].tzinfo is None


@pytest.mark.parametrize(
    ("late", "days"),
    [(-1, 0), (0, 0), (600, 0), (601, 1), (86_400 + 600, 1), (86_400 + 601, 2), (10 * 86_400, 10)],
)
def test_each_day_begun_counts_after_the_free_minutes(late, days):
    settings = Settings(due={"1.1": DUE}, free_minutes=10)
    assert settings.days_late("1.1", DUE + timedelta(seconds=late)) == days


def test_without_a_date_or_a_time_nothing_is_late():
    settings = Settings(due={"1.1": DUE})
    assert settings.days_late("1.2", DUE + timedelta(days=9)) == settings.days_late("1.1", None) == 0


@given(st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 100))
def test_the_penalty_never_goes_beyond_its_cap(days, per_day, at_most, out_of):
    penalty = Settings(per_day=per_day, at_most=at_most).penalty(days, out_of)
    assert 0 <= penalty <= at_most * out_of
    assert penalty <= per_day * days * out_of or days == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[late]\nper_day = 10", "per_day in .* 10; it must be a number from 0 to 1"),
        ("[late]\nper_dya = 0.1", "'per_dya' in .* is not known"),
        ("[later]", "'later' in .* is not known"),
        ("[due]\n'1.1' = 'Friday'", "'1.1' in .*Friday"),
        ("[limits]\ncell = true", "cell in .* True"),
        ("[due", "cannot be read"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        written(tmp_path, text)
