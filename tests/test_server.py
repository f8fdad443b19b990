"""The settings under which the course is served."""

import json
import os
from pathlib import Path

import pytest
from ipykernel.kernelspec import get_kernel_dict
from traitlets.config import PyFileConfigLoader
from traitlets.utils.importstring import import_item

from defi_lib.course.reading import prepare
from defi_lib.server import PromptConnection

ROOT = Path(__file__).resolve().parents[1]


def test_messages_leave_at_once(monkeypatch):
    calls = []

    class Handler:
        def set_nodelay(self, value):
            calls.append(value)

    monkeypatch.setattr(PromptConnection.__base__, "connect", lambda self: calls.append("connected"))
    connection = PromptConnection.__new__(PromptConnection)
    monkeypatch.setattr(PromptConnection, "websocket_handler", Handler())
    connection.connect()
    assert calls == [True, "connected"]


@pytest.fixture
def settings(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    return PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT)).load_config()


def test_jupyterlab_is_told(settings):
    assert import_item(settings.ServerApp.kernel_websocket_connection_class) is PromptConnection
    assert (Path(settings.LabApp.app_settings_dir) / "overrides.json").is_file()


def test_the_courses_kernel_and_template_are_found_first(settings):
    ours, *others = os.environ["JUPYTER_PATH"].split(os.pathsep)
    assert Path(ours).samefile(ROOT / "share/jupyter") and others == ["elsewhere"]
    assert (Path(ours) / "voila/templates" / settings.VoilaConfiguration.template / "index.html.j2").is_file()


def test_the_courses_kernel_is_the_usual_one_and_says_what_to_run_first():
    ours = json.loads((ROOT / "share/jupyter/kernels/python3/kernel.json").read_text())
    usual = get_kernel_dict()
    assert ours["argv"][1:-1] == usual["argv"][1:]
    assert ours["argv"][-1] == "--IPKernelApp.extra_extensions=defi_lib.course.hints"
    assert {key: ours[key] for key in ("display_name", "language")} == {
        key: usual[key] for key in ("display_name", "language")
    }


def test_pages_without_code_are_served(settings):
    assert settings.ServerApp.jpserver_extensions == {
        "voila.server_extension": True,
        "defi_lib.course.reading": True,
        "defi_lib.teaching.lecture.window": True,  # speaker notes
    }
    assert settings.VoilaConfiguration.prelaunch_hook is prepare


def test_the_workspace_is_the_courses_own(settings):
    assert Path(settings.LabApp.workspaces_dir).is_relative_to(ROOT)


def test_first_page_can_open_the_labs(settings):
    assert (Path(settings.ServerApp.root_dir) / "labs").samefile(ROOT / "labs")


def test_only_on_a_hub_what_is_idle_ends(settings):
    assert "MappingKernelManager" not in settings and "shutdown_no_activity_timeout" not in settings.ServerApp


@pytest.mark.parametrize("at_home", [True, False])
def test_on_a_hub_homes_are_served_and_what_is_idle_ends(monkeypatch, tmp_path, at_home):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    monkeypatch.setenv("HOME", str(ROOT.parent if at_home else tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", "")
    hub = PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT)).load_config()
    assert ("root_dir" in hub.ServerApp) is at_home
    assert hub.MappingKernelManager.cull_idle_timeout > 60 and hub.MappingKernelManager.cull_connected
    assert hub.ServerApp.shutdown_no_activity_timeout > 60


def test_pages_take_nothing_from_elsewhere(settings):
    template = ROOT / "share/jupyter/voila/templates/course"
    assert "replace('<link" in (template / "index.html.j2").read_text()
    page_config = settings.VoilaConfiguration.page_config_hook({"fullMathjaxUrl": "https://…", "mathjaxConfig": "x"})
    assert page_config == {"fullMathjaxUrl": None, "mathjaxConfig": None}
    for file in template.rglob("*.*"):
        assert 'src="http' not in file.read_text() and "@import" not in file.read_text()
