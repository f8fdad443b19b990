"""Settings of the course's Jupyter server: ``jupyter lab --config=jupyter_server_config.py``, as in ``make course``."""

from importlib.util import find_spec
from pathlib import Path

c = get_config()  # noqa: F821

# The whole course is served, labs too: Jupyter would serve only the folder of the page that it opens.
c.ServerApp.root_dir = str(Path(__file__).parent)

# Plots follow a slider without stutter (a server from another environment, without the course's package, goes without).
if find_spec("defi_lib"):
    c.ServerApp.kernel_websocket_connection_class = "defi_lib.server.PromptConnection"
    # A lesson that was only read and run is saved as it was shipped.
    c.FileContentsManager.pre_save_hook = "defi_lib.saving.keep_shipped"

# The course works offline: no news and no question about news, no look for updates, no catalogue of extensions.
c.LabApp.app_settings_dir = str(Path(__file__).parent / "share/jupyter/lab/settings")
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
