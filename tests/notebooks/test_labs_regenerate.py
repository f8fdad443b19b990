"""labs/ is what nbgrader makes of solutions/, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())


def notebooks(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*.ipynb")
        if "ipynb_checkpoints" not in str(path)
    }


@pytest.mark.notebooks
@pytest.mark.parametrize("module", MODULES)
def test_labs_are_generated_from_solutions(module, tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "solutions" / module, tmp_path / "solutions" / module)
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "--create", module],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    assert notebooks(tmp_path / "labs" / module) == notebooks(ROOT / "labs" / module), "run make labs and commit"


def test_every_module_with_solutions_has_labs_and_no_other():
    assert sorted(path.name for path in (ROOT / "labs").iterdir() if path.is_dir()) == MODULES
