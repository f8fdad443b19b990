"""The recipe for JupyterHub, as far as it can be tried without a hub; tools/hub_trial.py tries it with one."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs/teaching/jupyterhub"


@pytest.fixture
def programs(tmp_path):
    """A folder of programs that write down how they were called, in place of nbgitpuller's and JupyterHub's."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def make(name, then="exit 0"):
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $PWD $@" >> {tmp_path}/calls\n{then}\n')
        file.chmod(0o755)

    make("gitpuller", 'mkdir -p "$3"; echo > "$3/jupyter_server_config.py"')
    make("jupyterhub-singleuser")
    return make


def start(tmp_path):
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "COURSE": "/srv/course"}
    done = subprocess.run([RECIPE / "start-course", "--port=1"], env=environment, capture_output=True, text=True)
    return done, (tmp_path / "calls").read_text().splitlines(), home / "course"


def test_a_students_server_starts_in_a_course_of_their_own(programs, tmp_path):
    done, (pulled, served), course = start(tmp_path)
    assert done.returncode == 0, done.stderr
    assert pulled.endswith(f" /srv/course main {course}")
    assert served == f"jupyterhub-singleuser {course} --config={course}/jupyter_server_config.py --port=1"


def test_it_starts_when_the_course_cannot_be_renewed(programs, tmp_path):
    programs("gitpuller", "exit 1")
    done, (_, served), course = start(tmp_path)
    assert done.returncode == 0 and served == f"jupyterhub-singleuser {course} --port=1"
    assert "could not be renewed" in done.stderr


def test_the_hub_starts_that_program_with_the_course(monkeypatch):
    monkeypatch.setenv("COURSE", "/srv/elsewhere")
    monkeypatch.setenv("COURSE_HUB", str(RECIPE))
    hub = PyFileConfigLoader("jupyterhub_config.py", path=str(RECIPE)).load_config()
    (command,) = hub.Spawner.cmd
    assert os.access(command, os.X_OK) and hub.Spawner.environment["COURSE"] == "/srv/elsewhere"
    assert hub.JupyterHub.bind_url.startswith("http://127.0.0.1")
    assert (ROOT / hub.Spawner.default_url.removeprefix("/lab/tree/")).is_file()


def test_the_values_for_kubernetes_name_this_version():
    values = yaml.safe_load((RECIPE / "z2jh-values.yaml").read_text(encoding="utf-8"))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert values["singleuser"]["image"]["tag"] == version
    page = (RECIPE / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"defi-course:([\d.]+)", page)) == {version}


def test_page_and_requirements_name_the_same_versions():
    page = (RECIPE / "README.md").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==([\d.]+)", (ROOT / "requirements-hub.txt").read_text(), re.MULTILINE))
    assert f"JupyterHub {pinned['jupyterhub']}" in page
    assert set(re.findall(r"nbgitpuller==([\d.]+)", page)) == {pinned["nbgitpuller"]}
    proxies = {*re.findall(r"http-proxy@([\d.]+)", page + (ROOT / "tools/hub_trial.py").read_text(encoding="utf-8"))}
    assert len(proxies) == 1
    developers = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    assert re.search(r"jupyter-repo2docker==([\d.]+)", page)[0] in developers


def test_the_image_may_keep_the_course_outside_of_homes():
    plan = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "--target-repo-dir", "/srv/course", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert plan.returncode == 0 and "REPO_DIR" in plan.stdout + plan.stderr


def test_the_trial_says_what_it_needs():
    done = subprocess.run([sys.executable, ROOT / "tools/hub_trial.py", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--proxy" in done.stdout
