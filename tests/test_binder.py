"""Binder's build plan, printed by repo2docker without Docker, and what Binder needs to know."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_binder_takes_python_3_11_and_installs_the_requirements():
    run = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."], cwd=ROOT, capture_output=True, text=True
    )
    plan = run.stdout + run.stderr
    assert run.returncode == 0, plan
    # file names are encoded in the plan: "-2d" is "-", "-2e" is "."
    assert "environment-2epy-2d3-2e11" in plan
    assert 'pip install --no-cache-dir -r "requirements.txt"' in plan
    assert "postBuild" in plan
    print(plan)
