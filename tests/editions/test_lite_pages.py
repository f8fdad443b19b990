"""What notebooks of the browser edition link to, and the server of files that tests and benchmarks use."""

import gzip
import json
import time
import urllib.request

import pytest

from tools.editions.lite import serve
from tools.editions.lite.pages import links, write_pages
from tools.editions.lite.serve import served


def notebook(*texts):
    return json.dumps({"cells": [{"cell_type": "markdown", "source": text} for text in texts]}).encode()


class TestPages:
    FILES = {
        "course/1_a/01_b.ipynb": notebook("[w](../glossary.md#word) and [t](../../data/t.csv), [x](../../secret.md)"),
        "course/glossary.md": b'# Glossary\n\n- <a id="word"></a>**Word**: see [b](1_a/01_b.ipynb), '
        b"[more](../more.md), [no](../no.md).\n",
        "more.md": b"# More\n\n[back](course/glossary.md#word), [out](https://example.org/x.md)\n",
        "data/t.csv": b"a,b\n",
        "unlinked.md": b"# Nobody comes here\n",
    }

    @pytest.fixture
    def folder(self, tmp_path):
        write_pages(tmp_path, self.FILES)
        return tmp_path

    def test_what_is_linked_is_there_and_nothing_else(self, folder):
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert found == {"course/glossary.html", "more.html", "data/t.csv"}
        assert (folder / "data/t.csv").read_bytes() == b"a,b\n"

    def test_links_lead_to_notebooks_and_pages_and_nowhere_else(self, folder):
        page = (folder / "course/glossary.html").read_text()
        assert '<a href="../../notebooks/index.html?path=course/1_a/01_b.ipynb">b</a>' in page
        assert '<a href="../more.html">more</a>' in page and '<a id="word"></a>' in page
        assert "no.md" not in page and ", no." in page
        page = (folder / "more.html").read_text()
        assert 'href="course/glossary.html#word"' in page and 'href="https://example.org/x.md"' in page

    def test_links_are_read_from_where_they_stand(self):
        assert links("[a](b.md) [c](../d.csv#e) [f](#g) [h](https://i.j) [k](l.ipynb)", "m/n.md") == {"m/b.md", "d.csv"}


class TestServer:
    @pytest.fixture
    def site(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a/index.html").write_text("<p>page</p>" * 100)
        (tmp_path / "b.whl").write_bytes(b"packed")
        with served(tmp_path) as opened:
            yield opened

    def ask(self, site, path, **headers):
        return urllib.request.urlopen(urllib.request.Request(site.address + path, headers=headers), timeout=10)

    def test_texts_are_compressed_and_bytes_are_counted(self, site):
        with self.ask(site, "a/", **{"Accept-Encoding": "gzip"}) as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Cache-Control"] == "max-age=600"
        assert gzip.decompress(body) == b"<p>page</p>" * 100
        with self.ask(site, "b.whl", **{"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] is None and answer.read() == b"packed"
        assert [(each.path, each.status, each.bytes) for each in site.sent] == [
            ("/a/", 200, len(body)),
            ("/b.whl", 200, 6),
        ]

    def test_what_has_not_changed_is_not_sent_again(self, site):
        tag = self.ask(site, "b.whl").headers["ETag"]
        with pytest.raises(urllib.error.HTTPError, match="304"):
            self.ask(site, "b.whl", **{"If-None-Match": tag})
        assert site.sent[-1].bytes == 0

    def test_an_answer_is_counted_before_it_is_there(self, site, monkeypatch):
        """Whoever has read an answer may count it at once, however slowly the server's thread goes on."""
        flushed = serve._Handler.flush_headers

        def slowly(handler):
            flushed(handler)
            time.sleep(0.2)

        monkeypatch.setattr(serve._Handler, "flush_headers", slowly)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            self.ask(site, "nowhere")
        assert [(each.path, each.status) for each in site.sent] == [("/nowhere", 404)]

    def test_nothing_outside_of_the_folder_is_served(self, site):
        for path in ("nowhere", "../pyproject.toml", "%2e%2e/pyproject.toml"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                self.ask(site, path)
