"""A lesson saved today opens tomorrow, and can still be updated."""

import copy
import json
import stat
from types import SimpleNamespace

import nbformat
import pytest

from defi_lib.saving import WIDGET, keep_shipped
from defi_lib.words import LIVE
from tools.notebooks import ROOT, find

LESSONS = find(("course",))


def run(notebook, answer=1):
    """What JupyterLab sends for a notebook that was run: other counters, live widgets, metadata of its own."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 40 + answer
            cell["metadata"] = {**cell["metadata"], "trusted": True, "scrolled": True}
            view = {
                WIDGET: {"model_id": "gone", "version_major": 2, "version_minor": 0},
                "text/plain": "It costs 4.9 %.",
            }
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": view}]
    notebook["metadata"] = {
        "kernelspec": {"name": "another"},
        "language_info": {"version": "3.13"},
        "widgets": {"a": 1},
    }
    return notebook


def save(notebook, file, root):
    """As the server's contents manager does it: the hook, then nbformat."""
    model = {"type": "notebook", "content": notebook}
    keep_shipped(model, str(file.relative_to(root)), SimpleNamespace(root_dir=str(root)))
    nbformat.write(nbformat.from_dict(model["content"]), file)


@pytest.fixture
def clone(tmp_path):
    """A lesson in a folder of its own, and its text as shipped."""
    file = tmp_path / "course/1_exchange/01_swaps.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes((ROOT / "course/1_exchange/01_swaps.ipynb").read_bytes())
    return SimpleNamespace(
        file=file, root=tmp_path, shipped=file.read_bytes(), read=lambda: json.loads(file.read_text())
    )


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lesson_that_was_read_and_run_is_saved_as_it_was_shipped(lesson, tmp_path):
    file = tmp_path / "course" / lesson.name
    file.parent.mkdir()
    file.write_bytes(lesson.read_bytes())
    for answer in (1, 2):
        save(run(json.loads(file.read_text()), answer), file, tmp_path)
        assert file.read_bytes() == lesson.read_bytes()


def code_cell(notebook, number=1):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][number]


def test_a_changed_cell_keeps_its_text_and_its_widgets_become_a_sentence(clone):
    notebook = run(clone.read())
    mine = code_cell(notebook)
    mine["source"] = "explore(my_own_model)"
    mine["outputs"].append({"output_type": "stream", "name": "stdout", "text": "42\n"})
    save(notebook, clone.file, clone.root)
    saved = clone.read()
    widget, printed = code_cell(saved)["outputs"]
    assert WIDGET not in clone.file.read_text()
    assert "".join(widget["data"]["text/markdown"]).startswith("It costs 4.9 %.") and LIVE in str(widget)
    assert printed["text"] == ["42\n"]
    before, after = json.loads(clone.shipped)["cells"], saved["cells"]
    assert [cell["id"] for cell in before if cell not in after] == [mine["id"]]


def test_a_correction_of_another_cell_meets_no_difference_there(clone):
    """``git pull`` compares lines: of all lines of the file, only those of the reader's own cell differ."""
    notebook = run(clone.read())
    code_cell(notebook)["source"] += "\n# my note"
    save(notebook, clone.file, clone.root)
    shipped, saved = json.loads(clone.shipped)["cells"], clone.read()["cells"]
    assert sum(old != new for old, new in zip(shipped, saved, strict=True)) == 1


def test_new_moved_and_deleted_cells_stay_as_the_reader_wants_them(clone):
    notebook = clone.read()
    cells = notebook["cells"]
    del cells[2]
    cells.insert(1, {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "My note"})
    cells[3], cells[4] = cells[4], cells[3]
    wanted = [cell["id"] for cell in cells]
    save(run(notebook), clone.file, clone.root)
    assert [cell["id"] for cell in clone.read()["cells"]] == wanted


def test_a_cell_turned_into_another_kind_is_not_brought_back(clone):
    notebook = clone.read()
    cell = code_cell(notebook)
    cell |= {"cell_type": "markdown"}
    del cell["outputs"], cell["execution_count"]
    save(notebook, clone.file, clone.root)
    assert next(each for each in clone.read()["cells"] if each["id"] == cell["id"])["cell_type"] == "markdown"


def test_the_outputs_of_a_labs_checks_stay_as_text(tmp_path):
    file = tmp_path / "labs/1_exchange/01_swaps.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes((ROOT / "labs/1_exchange/01_swaps.ipynb").read_bytes())
    notebook = run(json.loads(file.read_text()))
    (check,) = (cell for cell in notebook["cells"] if "".join(cell["source"]) == 'check("swap")')
    feedback = {"text/html": ["<b>Right</b>"], "text/plain": ["2"]}
    check["outputs"] = [{"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": feedback}]
    save(notebook, file, tmp_path)
    saved = json.loads(file.read_text())
    assert next(cell for cell in saved["cells"] if cell["id"] == check["id"])["outputs"][0]["data"] == feedback
    assert WIDGET not in file.read_text() and "widgets" not in saved["metadata"]


@pytest.mark.parametrize("spoil", [lambda file: file.write_text("{no json"), lambda file: file.unlink()])
def test_a_file_that_is_broken_or_gone_is_no_obstacle(clone, spoil):
    notebook = run(clone.read())
    spoil(clone.file)
    save(notebook, clone.file, clone.root)
    assert WIDGET not in clone.file.read_text() and "widgets" not in clone.read()["metadata"]


def test_other_notebooks_are_left_alone(clone):
    model = {"type": "notebook", "content": run(clone.read())}
    before = copy.deepcopy(model)
    keep_shipped(model, "my own/notes.ipynb", SimpleNamespace(root_dir=str(clone.root)))
    keep_shipped({"type": "file", "content": "x"}, "course/a.txt", SimpleNamespace(root_dir="."))
    assert model == before


def test_a_read_only_folder_is_told_by_the_server_and_nothing_is_lost(clone):
    clone.file.chmod(stat.S_IREAD)
    model = {"type": "notebook", "content": run(clone.read())}
    keep_shipped(model, "course/1_exchange/01_swaps.ipynb", SimpleNamespace(root_dir=str(clone.root)))
    assert clone.file.read_bytes() == clone.shipped


@pytest.mark.parametrize("is_course", [True, False])
def test_on_a_hub_the_course_is_found_in_a_home(clone, tmp_path, is_course):
    home = tmp_path / "home"
    folder = home / "course-for-students/course/1_exchange"
    folder.mkdir(parents=True)
    if is_course:
        (home / "course-for-students/defi_lib").mkdir()
    file = folder / clone.file.name
    file.write_bytes(clone.shipped)
    save(run(json.loads(clone.shipped)), file, home)
    assert (file.read_bytes() == clone.shipped) is is_course
