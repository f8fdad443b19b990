"""The class's folder: nbgrader's flat course of one assignment a lab, what was handed in, and what became of it.

``source/lab_1_1``, ``release/lab_1_1``, ``submitted/<student>/lab_1_1`` … and ``gradebook.db`` are nbgrader's: its own
commands and its formgrader work in this folder too. ``received/`` keeps each hand-in as it came; ``account.json`` what
became of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from defi_lib.teaching.grading.handed_in import HandIn, KnownLab, folder_name
from defi_lib.teaching.grading.mend import mended, notebook_of
from defi_lib.teaching.grading.run import Result, run
from defi_lib.teaching.grading.settings import Settings

CONFIG = """\
\"\"\"nbgrader in this folder, as `make grade` uses it: run its commands and its formgrader here.\"\"\"

from pathlib import Path

c = get_config()  # noqa: F821
load_subconfig(ROOT)  # noqa: F821
c.CourseDirectory.root = str(Path(__file__).parent)
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
"""

#: What a student's own cells may name, but seldom need to: worth a look by the instructor.
_LOOK_AT = re.compile(
    r"defi_lib\.labs|Feedback|_getframe|f_locals|f_back|\binspect\b|\bctypes\b|\bsubprocess\b|os\.system|os\._exit|os\.fork"
    r"|\bsolutions\b|ast_node_interactivity|__repr__|_repr_html_|sys\.modules|__class__|get_ipython|\bgc\."
)


class Graded(NamedTuple):
    """What became of a student's hand-ins of one lab."""

    student: str
    name: str
    lab: str
    path: str
    when: datetime | None
    points: float | None  #: nothing if it could not be graded
    out_of: float
    why: str = ""  #: it could not be graded
    remarks: tuple[str, ...] = ()
    canvas: str = ""
    marked_late: bool = False
    digest: str = ""
    kept: str = ""  #: the file as it came, in ``received/``


class Class:
    """One class.

    Args:
        folder: of the class.
        root: of the course.
        labs: of the course.
        settings: of the class.
    """

    def __init__(self, folder: Path, root: Path, labs: Sequence[KnownLab], settings: Settings) -> None:
        self.folder, self.root, self.settings = folder, root, settings
        self.labs = {lab.number: lab for lab in labs}
        self.account: dict[tuple[str, str], Graded] = {}
        folder.mkdir(parents=True, exist_ok=True)
        config = CONFIG.replace("ROOT", repr(str((root / "nbgrader_config.py").resolve())))
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self._read_account()
        scripts = str(Path(sys.executable).parent)  # nbgrader calls alembic by its name
        if scripts not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"
        self.log = logging.getLogger(f"grading {folder}")
        self.log.propagate = False
        if not self.log.handlers:
            handler = logging.FileHandler(folder / "grading.log", encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            self.log.addHandler(handler)

    # --- the account

    def _read_account(self) -> None:
        file = self.folder / "account.json"
        for row in json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []:
            row["when"] = datetime.fromisoformat(row["when"]) if row["when"] else None
            row["remarks"] = tuple(row["remarks"])
            graded = Graded(**row)
            self.account[graded.student, graded.lab] = graded

    def enter(self, graded: Graded) -> None:
        """Write into the account what became of a hand-in."""
        self.account[graded.student, graded.lab] = graded
        rows = [each._asdict() | {"when": each.when.isoformat() if each.when else ""} for each in self.account.values()]
        text = json.dumps(rows, ensure_ascii=False, indent=1)
        new = self.folder / "account.json.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / "account.json")

    # --- the labs

    def digest(self, hand_in: HandIn) -> str:
        """Of a hand-in, its lab and all checks: if it is the same, so are the points."""
        parts = [hand_in.content, (self.root / self.labs[hand_in.lab].path).read_bytes(), self._checks()]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]

    def _checks(self) -> bytes:
        files = sorted(Path(__file__).resolve().parents[2].joinpath("labs").rglob("*.py"))
        return b"".join(file.read_bytes() for file in files)

    def release(self, number: str) -> dict[str, Any]:
        """The lab as students get it; made, and entered into the gradebook, if it is new or has changed."""
        lab = self.labs[number]
        source = self.folder / "source" / lab.assignment / f"{lab.stem}.ipynb"
        made = self.folder / "release" / lab.assignment / f"{lab.stem}.ipynb"
        original = (self.root / lab.path).read_bytes()
        if not made.is_file() or not source.is_file() or source.read_bytes() != original:
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(original)
            self._generate(lab)
        released: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
        return released

    def out_of(self, number: str) -> float:
        """The points of a lab."""
        marks = [cell["metadata"].get("nbgrader", {}) for cell in self.release(number)["cells"]]
        return float(sum(each.get("points", 0) for each in marks if each.get("grade")))

    def _generate(self, lab: KnownLab) -> None:
        from nbgrader.api import Gradebook, MissingEntry
        from nbgrader.converters import GenerateAssignment

        coursedir, config = self._nbgrader(lab, "*")
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            with contextlib.suppress(MissingEntry):
                gradebook.remove_assignment(lab.assignment)  # other cells cannot take the place of graded ones
            gradebook.update_or_create_assignment(lab.assignment)
        converter = GenerateAssignment(coursedir=coursedir, config=config, log=self.log)
        converter.force, converter.create_assignment = True, True
        converter.start()

    def _nbgrader(self, lab: KnownLab, student: str) -> tuple[Any, Any]:
        """nbgrader's description of the course, with one lab and one student chosen, and its settings."""
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.folder)).load_config()
        config.CourseDirectory.root = str(self.folder.resolve())
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id, coursedir.student_id = lab.assignment, student
        return coursedir, config

    # --- grading

    def keep(self, hand_in: HandIn) -> str:
        """Keep a hand-in as it came; gives where, from ``received/``."""
        stamp = f"{hand_in.when:%Y-%m-%d_%H%M%S}_" if hand_in.when else ""
        name = folder_name(PurePosixPath(hand_in.path).name[-80:])
        kept = Path(hand_in.student, self.labs[hand_in.lab].assignment, f"{stamp}{name}")
        file = self.folder / "received" / kept
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(hand_in.content)
        return kept.as_posix()

    def kept(self) -> list[HandIn]:
        """What counts of each student and lab, as it came."""
        found = []
        for each in self.account.values():
            file = self.folder / "received" / each.kept
            if each.kept and file.is_file():
                content = file.read_bytes()
                named = (each.student, each.name, each.lab, each.path, each.when)
                found.append(HandIn(*named, 0, content, each.canvas, each.marked_late))
        return found

    def put_in(self, hand_in: HandIn) -> list[str]:
        """Put a hand-in, mended, where nbgrader looks for it; gives what was mended.

        Raises:
            UnreadableError: it is no notebook.
        """
        lab = self.labs[hand_in.lab]
        notebook = notebook_of(hand_in.content)
        whole = mended(notebook, self.release(hand_in.lab))
        folder = self.folder / "submitted" / hand_in.student / lab.assignment
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        text = json.dumps(whole.notebook, ensure_ascii=False, indent=1)
        (folder / f"{lab.stem}.ipynb").write_text(text, encoding="utf-8", errors="replace")
        if hand_in.when:
            (folder / "timestamp.txt").write_text(hand_in.when.astimezone().isoformat(), encoding="utf-8")
        return whole.remarks + _worth_a_look(whole.notebook)

    def run(self, hand_in: HandIn) -> Result:
        """Run the cells of what was put in; several may run at once."""
        lab = self.labs[hand_in.lab]
        file = self.folder / "submitted" / hand_in.student / lab.assignment / f"{lab.stem}.ipynb"
        notebook = json.loads(file.read_text(encoding="utf-8"))
        return run(notebook, lab.checks, lab.number, hand_in.student, self.settings.limits)

    def grade(self, hand_in: HandIn, result: Result) -> tuple[float, float]:
        """Let nbgrader grade what was run; gives points, and out of how many."""
        from nbgrader.api import Gradebook
        from nbgrader.converters import Autograde

        from defi_lib.teaching.grading.preprocessors import RunInBox

        lab = self.labs[hand_in.lab]
        coursedir, config = self._nbgrader(lab, hand_in.student)
        RunInBox.results[lab.assignment, hand_in.student, lab.stem] = result
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            first, _, last = hand_in.name.rpartition(" ")
            gradebook.update_or_create_student(hand_in.student, first_name=first, last_name=last)
        converter = Autograde(coursedir=coursedir, config=config, log=self.log)
        converter.force = True
        converter.start()
        points = self.points(hand_in.student, hand_in.lab)
        if points is None:
            raise LookupError("nbgrader did not enter it into its gradebook")
        return points

    def points(self, student: str, number: str) -> tuple[float, float] | None:
        """Points in the gradebook, those that were set by hand included, and out of how many; nothing if none."""
        from nbgrader.api import Gradebook, MissingEntry

        coursedir, _ = self._nbgrader(self.labs[number], student)
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(self.labs[number].assignment, student)
            except MissingEntry:  # the lab was changed, and this hand-in not graded again
                return None
            return float(submission.score), float(submission.max_score)

    def scores(self, student: str, number: str) -> dict[str, tuple[float, float]]:
        """Check cell → points in the gradebook, and out of how many; none if it has none."""
        from nbgrader.api import Gradebook, MissingEntry

        lab = self.labs[number]
        coursedir, _ = self._nbgrader(lab, student)
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            try:
                grades = gradebook.find_submission_notebook(lab.stem, lab.assignment, student).grades
            except MissingEntry:
                return {}
            return {each.name: (float(each.score), float(each.max_score)) for each in grades}


def _worth_a_look(notebook: dict[str, Any]) -> list[str]:
    """What the student's own cells name that has to do with the checks and not with the answers."""
    named: set[str] = set()
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not (marks.get("locked") or marks.get("grade")):
            lines = [line for line in cell["source"].splitlines() if not re.match(r"from [\w.]+ import check\b", line)]
            named |= set(_LOOK_AT.findall("\n".join(lines)))
    return [f"to look at: its cells name {', '.join(sorted(named))}"] if named else []
