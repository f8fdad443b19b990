"""A static server as a host of static pages has it: gzip, types, and headers that let a browser keep what it has.

It counts what it sends, which is how the tests and the benchmark know the bytes of a visit.
"""

from __future__ import annotations

import contextlib
import gzip
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

#: What hosts of static pages compress; wheels and zips are compressed already.
COMPRESSED = (".css", ".html", ".ipynb", ".js", ".json", ".map", ".mjs", ".svg", ".wasm", ".txt", ".md")
TYPES = {
    ".ipynb": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
}
#: Seconds for which a browser need not ask again: what GitHub Pages says.
KEPT = 600


class Sent(NamedTuple):
    """One answer."""

    path: str
    status: int
    bytes: int  # of the body, as it went over the wire


class Site(http.server.ThreadingHTTPServer):
    """Serves a folder on the loopback interface, and notes what it sends.

    Attributes:
        sent: the answers, in order.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.sent = folder, list[Sent]()
        self._bodies: dict[tuple[Path, int, bool], bytes] = {}
        super().__init__(("127.0.0.1", port), partial(_Handler, directory=str(folder)))

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def body(self, path: Path, compressed: bool) -> bytes:
        """A file's bytes, compressed once for all requests."""
        key = path, path.stat().st_mtime_ns, compressed
        if key not in self._bodies:
            data = path.read_bytes()
            self._bodies[key] = gzip.compress(data, 6) if compressed else data
        return self._bodies[key]

    def wait(self) -> None:
        """Until somebody interrupts."""
        threading.Event().wait()


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES
    server: Site

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self._answer(404, b"", {})
            return
        stat = path.stat()
        headers = {
            "Content-Type": self.guess_type(str(path)),
            "ETag": f'"{stat.st_mtime_ns}-{stat.st_size}"',
            "Cache-Control": f"max-age={KEPT}",
        }
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._answer(304, b"", headers)
            return
        compressed = path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        if compressed:
            headers["Content-Encoding"] = "gzip"
        self._answer(200, self.server.body(path, compressed), headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.server.sent.append(Sent(self.path, status, len(body)))  # first: whoever has the answer may count it
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the page was closed meanwhile
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path, port: int = 0) -> Iterator[Site]:
    """Serve a folder meanwhile; port 0 is any that is free."""
    site = Site(folder, port)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
