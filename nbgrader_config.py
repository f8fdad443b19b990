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

# A lab stops endless loops itself, after a few seconds; this is for what it cannot stop, and must be longer.
c.Execute.timeout = 20
c.Execute.interrupt_on_timeout = True

c.CsvExportPlugin.to = "grades.csv"
