"""Links of a page of Markdown that lead nowhere."""

import re
from pathlib import Path


def broken(page: Path) -> list[str]:
    """Links to files that are not there, and to headings that their page does not have."""
    wrong = []
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", page.read_text(encoding="utf-8")):
        file = (page.parent / target) if target else page
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        if not file.exists() or (anchor and file.suffix == ".md" and anchor[1:] not in _anchors(file)):
            wrong.append(target + anchor)
    return wrong


def _anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them, and those that it gives itself."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", each) for each in headings]
    made = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in plain}
    return made | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
