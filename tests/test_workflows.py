"""What GitHub is told to run: actions that its runners still know, and make targets that ``make test-all`` has run."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / ".github/workflows").glob("*.yml")
}
#: Made for Node 24; versions for Node 20, which GitHub removed from its runners in September 2026, are older.
ACTIONS = {
    "actions/checkout": 6,
    "actions/setup-python": 6,
    "actions/setup-node": 6,
    "actions/upload-pages-artifact": 5,
    "actions/deploy-pages": 5,
}


def steps(workflow):
    return [step for job in WORKFLOWS[workflow]["jobs"].values() for step in job["steps"]]


def made_by(target):
    """This target, and all targets that making it makes too: what it needs, and what its lines call make for."""
    text = re.sub(r"\\\n", " ", (ROOT / "Makefile").read_text(encoding="utf-8"))
    rules = {}
    for names, needs, recipe in re.findall(r"^([\w-][\w -]*):(?![=])([^=\n]*)\n((?:\t.*\n)*)", text, re.M):
        called = re.findall(r"\$\(MAKE\)((?: --?[\w-]+| \w+=\S+)*)((?: [\w-]+)+)", recipe)
        for name in names.split():
            rules.setdefault(name, set()).update(
                needs.partition("##")[0].split(), *(each.split() for _, each in called)
            )
    found, waiting = set(), [target]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += rules.get(one, ())
    return found & set(rules)


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS))
def test_actions_are_pinned_to_versions_that_work(workflow):
    for step in steps(workflow):
        if "uses" in step:
            name, _, version = step["uses"].partition("@v")
            assert int(version) >= ACTIONS[name], step["uses"]
            assert re.fullmatch(r"\d+", version), "a major version: dependabot renews it"


def test_pages_are_made_by_targets_that_test_all_runs():
    commands = [step["run"] for step in steps("pages") if "run" in step]
    assert commands == ["make pages"]
    for command in commands:
        assert set(command.split()[1:]) <= made_by("test-all"), command
    assert {"site", "lite"} <= made_by("pages")


def test_what_test_all_makes_is_read_from_the_makefile():
    assert {"tested", "computed", "beside"} <= made_by("test-all")
    assert "bench" not in made_by("test-all") and "publish" not in made_by("test-all")
    assert "computed" in made_by("test-oldest") and "beside" not in made_by("test-oldest")


def test_the_other_workflows_run_what_the_readme_says():
    assert [step["run"] for step in steps("test") if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").rstrip().endswith("exec make test")
    assert {"make test-all", "make test-oldest"} <= {step.get("run") for step in steps("newest")}


def test_only_what_has_passed_on_main_is_published_and_only_the_last_job_may():
    pages = WORKFLOWS["pages"]
    on = pages[True]  # YAML 1.1 reads the key "on" as true
    assert on["workflow_run"] == {
        "workflows": [WORKFLOWS["test"]["name"]],
        "branches": ["main"],
        "types": ["completed"],
    }
    build, deploy = pages["jobs"]["build"], pages["jobs"]["deploy"]
    assert "github.event.workflow_run.conclusion == 'success'" in build["if"]
    assert "github.event.workflow_run.event == 'push'" in build["if"], "not what a pull request from elsewhere proposes"
    assert pages["permissions"] == {"contents": "read"} and "permissions" not in build
    assert deploy["needs"] == "build" and deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert deploy["environment"]["name"] == "github-pages"
    (upload,) = (step for step in build["steps"] if step.get("uses", "").startswith("actions/upload-pages-artifact"))
    assert upload["with"]["path"] == "build/site"
    assert "run" not in str(deploy["steps"])


def test_the_commands_of_the_release_recipe_exist():
    text = (ROOT / "docs/releasing.md").read_text(encoding="utf-8")
    targets = {name for said in re.findall(r"`make ([a-z -]+)", text) for name in said.split()}
    known = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert {"test-all", "test-oldest", "pages", "wheel", "third-party"} <= targets <= known
