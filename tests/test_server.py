"""The settings under which the course is served."""

import json
from pathlib import Path

from traitlets.config import PyFileConfigLoader
from traitlets.utils.importstring import import_item

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


def test_jupyterlab_and_voila_are_told():
    lab = PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT)).load_config()
    voila = json.loads((ROOT / "voila.json").read_text())
    for name in (
        lab.ServerApp.kernel_websocket_connection_class,
        voila["Voila"]["kernel_websocket_connection_class"],
    ):
        assert import_item(name) is PromptConnection
    assert (Path(lab.LabApp.app_settings_dir) / "overrides.json").is_file()


def test_first_page_can_open_the_labs():
    lab = PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT)).load_config()
    assert (Path(lab.ServerApp.root_dir) / "labs").samefile(ROOT / "labs")


def test_voila_template_takes_nothing_from_elsewhere():
    template = json.loads((ROOT / "voila.json").read_text())["VoilaConfiguration"]["template"]
    assert "replace('<link" in (ROOT / "share/jupyter/voila/templates" / template / "index.html.j2").read_text()
