"""From what students hand in to grades: read, mend, run in a box, grade with nbgrader, report.

- :mod:`.handed_in` finds notebooks, names and times in a folder or in a learning platform's zip;
- :mod:`.mend` puts a student's cells and those of the lab together again, whatever was copied, split or deleted;
- :mod:`.box` starts a kernel that has limits and, on Linux, cannot write outside its folder; :mod:`.inside` is its
  inner side;
- :mod:`.run` runs a notebook's cells there, also those that end the kernel;
- :mod:`.preprocessors` are these steps for nbgrader, whose gradebook keeps the points;
- :mod:`.klass` lays out nbgrader's flat course and keeps account of what was graded;
- :mod:`.settings`, :mod:`.report` and :mod:`.feedback`: due dates, tables, and a page for each student.
"""
