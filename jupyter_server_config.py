"""Settings of the course's Jupyter server: ``python -m defi_lib.course open``, as in ``make course``, and Binder."""

import os
from importlib.util import find_spec
from pathlib import Path

c = get_config()  # noqa: F821
root = Path(__file__).resolve().parent

# A JupyterHub starts it; Binder is one too.
on_hub = "JUPYTERHUB_SERVICE_PREFIX" in os.environ

# The whole course is served, labs too: Jupyter would serve only the folder of the page that it opens. Where a hub has
# the course in one place for all, students work in their homes.
if not on_hub or root.is_relative_to(Path.home().resolve()):
    c.ServerApp.root_dir = str(root)

# Many share the memory of a hub. Seconds: a kernel without work ends, its page open or not (Run All brings it back),
# and then a server without kernels. For other numbers see docs/teaching/jupyterhub/ of the full course.
if on_hub:
    c.MappingKernelManager.cull_idle_timeout = 3600
    c.MappingKernelManager.cull_interval = 120
    c.MappingKernelManager.cull_connected = True
    c.TerminalManager.cull_inactive_timeout = 3600
    c.ServerApp.shutdown_no_activity_timeout = 3600

# The course's kernel (it says what to run first) and the template of its pages, before those of the machine.
paths = [str(root / "share/jupyter"), *filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))]
os.environ["JUPYTER_PATH"] = os.pathsep.join(dict.fromkeys(paths))

# Plots follow a slider without stutter (a server from another environment, without the course's package, goes without).
if find_spec("defi_lib"):
    c.ServerApp.kernel_websocket_connection_class = "defi_lib.server.PromptConnection"
    # A lesson that was only read and run is saved as it was shipped.
    c.FileContentsManager.pre_save_hook = "defi_lib.saving.keep_shipped"

# The course works offline: no news and no question about news, no look for updates, no catalogue of extensions.
c.LabApp.app_settings_dir = str(root / "share/jupyter/lab/settings")
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# Pages without code: `make read`, and /read on any of these servers.
if find_spec("defi_lib") and find_spec("voila"):
    from defi_lib.course.reading import NOTES, has_notes, offline, prepare

    c.ServerApp.jpserver_extensions = {"voila.server_extension": True, "defi_lib.course.reading": True}
    if has_notes():
        c.ServerApp.jpserver_extensions[NOTES] = True
    c.VoilaConfiguration.template = "course"
    c.VoilaConfiguration.prelaunch_hook = prepare
    c.VoilaConfiguration.page_config_hook = offline
    # What lessons use; others, made for another frontend, log errors in Voilà (Binder has some of its own).
    c.VoilaConfiguration.extension_allowlist = [
        "@jupyter-widgets/jupyterlab-manager",
        "@voila-dashboards/widgets-manager8",
        "anywidget",
    ]

# Tabs of another project have no place here: a workspace of the course's own, with the side bar closed.
if find_spec("defi_lib"):
    from defi_lib.course.workspace import prepared_workspaces

    if workspaces := prepared_workspaces(root):
        c.LabApp.workspaces_dir = str(workspaces)
