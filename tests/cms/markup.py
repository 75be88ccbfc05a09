"""What a rendered page must hold, read from its HTML."""

import re
from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict]] = []
        self.headings: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        self.tags.append((tag, held))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if tag == "style" or "style" in held:
            self.wrong.append(f"<{tag}> carries a style")
        if tag == "script" and "src" not in held and "json" not in held.get("type", ""):
            self.wrong.append("an inline script")
        self.wrong += [f"<{tag} {name}>" for name in held if name.startswith("on")]


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def faults(html: str) -> list[str]:
    """What the content policy would refuse, missing language or main heading, doubled ids."""
    page = read(html)
    wrong = list(page.wrong)
    root = next((held for tag, held in page.tags if tag == "html"), {})
    if not root.get("lang"):
        wrong.append("html without lang")
    if page.headings.count("h1") != 1:
        wrong.append(f"{page.headings.count('h1')} main headings")
    ids = [held["id"] for _, held in page.tags if held.get("id")]
    wrong += [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]
    wrong += [
        f"image without alt: {held.get('src')}"
        for tag, held in page.tags
        if tag == "img" and "alt" not in held
    ]
    if "<script>alert" in html:
        wrong.append("hostile text came through as markup")
    return wrong
