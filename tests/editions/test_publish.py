"""What is published is whole, not too large, and has its licences."""

import zipfile

import pytest

from tools.editions import publish


@pytest.fixture
def site(tmp_path):
    for name in ("index.html", "lite/notebooks/index.html", "lite/index.html", "course/1_exchange/01_swaps.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<!DOCTYPE html>")
    return tmp_path


def test_a_whole_site_is_ready(site):
    assert publish.site(site).endswith("texts of licences; ready to be published")
    assert (site / "licences/course/LICENSE").is_file()
    publish.site(site)  # again: its own licences are no strangers


@pytest.mark.parametrize(("part", "target"), [("index.html", "make site"), ("lite/notebooks/index.html", "make lite")])
def test_a_missing_part_is_named(site, part, target):
    (site / part).unlink()
    with pytest.raises(ValueError, match=target):
        publish.site(site)


def test_a_stranger_stops_it(site):
    (site / "_static").mkdir()
    (site / "_static/tracker.js").write_text("")
    with pytest.raises(ValueError, match=r"^_static/tracker\.js: no row [^\n]*$"):
        publish.site(site)
    for number in range(100, 130):
        (site / f"_static/tracker{number}.js").write_text("")
    with pytest.raises(ValueError, match=r"_static/tracker118\.js: no row of .* it\n… and 11 more$"):
        publish.site(site)


def test_a_site_that_github_would_refuse_stops_it(site, monkeypatch):
    monkeypatch.setattr(publish, "LARGEST", 1000)
    with pytest.raises(ValueError, match="GitHub publishes at most"):
        publish.site(site)


def test_the_wheel_stands_alone_in_its_folder(tmp_path, monkeypatch):
    made = tmp_path / "defi_course-0.2.0-py3-none-any.whl"
    zipfile.ZipFile(made, "w").close()
    monkeypatch.setattr(publish, "course_wheel", lambda whole: made)
    folder = tmp_path / "wheel"
    folder.mkdir()
    (folder / "defi_course-0.1.0-py3-none-any.whl").write_text("old")
    assert publish.wheel(folder) == str(folder / made.name)
    assert [path.name for path in folder.iterdir()] == [made.name]


def test_the_command_says_what_is_wrong(monkeypatch, capsys):
    assert publish.main([]) == 2 and publish.main(["all"]) == 2 and "site|wheel" in capsys.readouterr().err

    def missing():
        raise ValueError("index.html is missing")

    monkeypatch.setattr(publish, "site", missing)
    assert publish.main(["site"]) == 1 and "index.html is missing" in capsys.readouterr().err
    monkeypatch.setattr(publish, "site", lambda: "ready")
    assert publish.main(["site"]) == 0 and "ready" in capsys.readouterr().out
