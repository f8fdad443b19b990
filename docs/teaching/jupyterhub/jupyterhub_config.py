"""JupyterHub for one class on one machine: README.md beside this file. tools/hub_trial.py tries it with 12 users."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821

#: A clone of the student edition; students may read it, and nobody but you may write there.
course = os.environ.get("COURSE", "/srv/course")
#: Where this file and `start-course` are.
here = Path(os.environ.get("COURSE_HUB", "/srv/hub"))
tools = Path(sys.executable).parent

# Put a proxy with HTTPS in front of it (nginx, Caddy), or give ssl_key and ssl_cert here.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = [str(here / "node_modules/.bin/configurable-http-proxy")]

# Who may come in: those with an account on this machine (PAM), or choose another authenticator.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"teacher"}

# Each student's server gets the course into their home, and starts there.
c.Spawner.cmd = [str(here / "start-course")]
c.Spawner.environment = {"COURSE": course, "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin"}
c.Spawner.default_url = "/lab/tree/course/00_start_here.ipynb"

# When a lesson begins all come at once: so many servers start at a time, and who comes then is asked to try again soon.
c.JupyterHub.concurrent_spawn_limit = 20
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
# As many as the memory carries (README.md): whoever comes later is asked to try again.
c.JupyterHub.active_server_limit = 40
# Idle kernels and servers end by the course's own jupyter_server_config.py. Other numbers, in seconds:
# c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=1800", "--ServerApp.shutdown_no_activity_timeout=1800"]
