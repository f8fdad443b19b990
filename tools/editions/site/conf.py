"""How Sphinx makes the site of what ``tools.editions.site.build`` has put together."""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

project = "Decentralised finance, centralised profits"
html_title = project
language = "en"
smartquotes = False
extensions = ["myst_nb"]
templates_path = ["templates"]

nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "gfm"  # what cells show may be a table
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
html_favicon = "static/icon.svg"
html_copy_source = html_show_sourcelink = html_show_sphinx = html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_sidebars = {"**": ["navbar-logo.html", "search-button-field.html", "course-navigation.html"]}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],
    "toc_title": "On this page",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": ["course-foot.html"],
    "logo": {"text": project},
}
mathjax_path = "mathjax/tex-svg.js"
#: Formulas are read out as MathML; what the menu would load, speech in many languages, is left out.
_A11Y = {"assistiveMml": True, "enrich": False, "speech": False, "braille": False}
mathjax4_config = {
    "loader": {"paths": {"mathjax-newcm": "[mathjax]/letters"}},
    "options": {"enableMenu": False, "menuOptions": {"settings": _A11Y}},
}

_ANCHOR = re.compile(r'<a id="([^"]+)">')
#: A number and its per cent stay on one line.
_PERCENT = re.compile(r"(?<=\d) %")

#: Most words stand in many lessons; each has one stem.
SearchEnglish.stem = lru_cache(maxsize=None)(SearchEnglish.stem)  # type: ignore[method-assign]


def with_navigation(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the side bar its sections, and the ways on their words; the theme's own list takes a third of a build."""
    context["navigation"] = _navigation(app.srcdir)
    words = {doc: name for section in context["navigation"] for doc, name in section["pages"]}
    _, before, after = app.builder.relations.get(pagename, (None, None, None))  # type: ignore[attr-defined]
    context["prev_title"], context["next_title"] = words.get(before), words.get(after)


@lru_cache
def _navigation(source: Path) -> list[dict[str, Any]]:
    return json.loads((source / "navigation.json").read_text(encoding="utf-8"))


def with_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Tell MyST of the places that a page names by HTML, ``<a id="…">``, so that it finds where links lead."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for raw in doctree.findall(nodes.raw):
        for name in _ANCHOR.findall(raw.astext()):
            slugs[name] = (0, name, "")


def with_whole_numbers(app: Sphinx, doctree: nodes.document) -> None:
    """Keep numbers and their per cent together, except in code and formulas."""
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block)):
            continue
        if _PERCENT.search(text):
            text.parent.replace(text, nodes.Text(_PERCENT.sub("\u00a0%", text)))


def open_fold(translator: Any, node: Any) -> None:
    """What a notebook folds: its own words say what is inside, also to a screen reader."""
    kind = "code" if "above-input" in node["classes"] else "answer"
    translator.body.append(f'<details class="course-{kind}"><summary>{html.escape(node["prompt_show"])}</summary>\n')


def close_fold(translator: Any, node: Any) -> None:
    """The end of it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    from myst_nb.sphinx_ import HideCodeCellNode

    app.add_node(HideCodeCellNode, override=True, html=(open_fold, close_fold))
    app.connect("doctree-read", with_anchors)
    app.connect("doctree-read", with_whole_numbers)
    app.connect("html-page-context", with_navigation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
