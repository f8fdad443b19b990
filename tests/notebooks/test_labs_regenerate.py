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


#: What `nbgrader generate_assignment` does, for every module: to start it takes longer.
GENERATE = """
import sys
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader
course = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=".").load_config())
for module in sys.argv[1:]:
    assert course.generate_assignment(module, create=True)["success"], module
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "solutions", course / "solutions", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    subprocess.run(
        [sys.executable, "-c", GENERATE, *MODULES],
        cwd=course,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    return course / "labs"


@pytest.mark.notebooks
@pytest.mark.xdist_group("labs")
@pytest.mark.parametrize("module", MODULES)
def test_labs_are_generated_from_solutions(module, generated):
    assert notebooks(generated / module) == notebooks(ROOT / "labs" / module), "run make labs and commit"


def test_every_module_with_solutions_has_labs_and_no_other():
    assert sorted(path.name for path in (ROOT / "labs").iterdir() if path.is_dir()) == MODULES
