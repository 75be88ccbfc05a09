"""Rich text as mail programs like it: few tags, styles on each, and a text version beside it."""

import html
from collections.abc import Callable
from html.parser import HTMLParser

STYLES = {
    "p": "margin:0 0 16px;",
    "ul": "margin:0 0 16px;padding:0 0 0 24px;",
    "ol": "margin:0 0 16px;padding:0 0 0 24px;",
    "li": "margin:0 0 6px;",
    "a": "color:#0c5650;text-decoration:underline;",
    "b": "",
    "strong": "",
    "i": "",
    "em": "",
    "br": "",
}
SCHEMES = ("http://", "https://", "mailto:", "/")


def gap(name: str) -> str:
    """Return the mark of a place that is filled for each person."""
    return f"\ue000{name}\ue001"


class MailHtml(HTMLParser):
    """Reads rich text and writes `html` and `text`; everything it does not know is left out.

    `follow` turns an address into the one to print; `mark` turns merge fields into gaps.
    """

    def __init__(self, *, follow: Callable[[str], str], mark: Callable[[str], str]):
        super().__init__(convert_charrefs=True)
        self._follow, self._mark = follow, mark
        self._html: list[str] = []
        self._text: list[str] = []
        self._targets: list[str] = []
        self._lists: list[int | None] = []
        self._silent = 0

    @property
    def html(self) -> str:
        return "".join(self._html)

    @property
    def text(self) -> str:
        lines = "".join(self._text).splitlines()
        return "\n".join(line.rstrip() for line in lines).strip() + "\n"

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self._silent += 1
        if tag not in STYLES:
            return
        attributes = f' style="{STYLES[tag]}"' if STYLES[tag] else ""
        if tag == "a":
            attributes += self._anchor(dict(attrs).get("href") or "")
        self._html.append(f"<{tag}{attributes}>")
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._text.append("\n" + self._bullet())
        elif tag == "br":
            self._text.append("\n")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        if tag not in STYLES or tag == "br":
            return
        self._html.append(f"</{tag}>")
        if tag == "a" and self._targets:
            target = self._targets.pop()
            self._text.append(f" ({target})" if target else "")
        elif tag == "p":
            self._text.append("\n\n")
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._text.append("\n\n")

    def handle_data(self, data):
        if self._silent:
            return
        marked = self._mark(data)
        self._html.append(html.escape(marked))
        self._text.append(marked)

    def _anchor(self, address: str) -> str:
        address = address.strip()
        if not address.lower().startswith(SCHEMES):
            self._targets.append("")
            return ""
        target = address if address.lower().startswith("mailto:") else self._follow(address)
        self._targets.append(target)
        return f' href="{html.escape(target)}"'

    def _bullet(self) -> str:
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            return f"{self._lists[-1]}. "
        return "- "
