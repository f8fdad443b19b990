"""The course for nbgrader: labs/ are generated from solutions/; submissions and grades stay out of the repository."""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "defi"
c.CourseDirectory.root = str(Path(__file__).parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
# Lessons, tests and the environment are no assignments and need not be searched.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__"]

c.ClearSolutions.code_stub = {"python": "..."}

# Autograding mends what was copied, split or deleted, runs the cells in a box, and gives nothing for silence:
# defi_lib/teaching/grading/preprocessors.py.
_STEPS = "defi_lib.teaching.grading.preprocessors"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    f"{_STEPS}.MendCells",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    f"{_STEPS}.RunInBox",
    f"{_STEPS}.NumberOrNothing",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Seconds: a lab stops endless loops itself, after five; this is for what it cannot stop, and must be longer.
c.RunInBox.cell = 12
c.RunInBox.lab = 300

c.CsvExportPlugin.to = "grades.csv"
