"""Templates carry no script, style or handler of their own: the content policy would refuse them."""

import re

import pytest

from tests.architecture.sources import ROOT, tracked

# Mail programs know no stylesheet but the one in the message.
MAIL = re.compile(r"(?:^|/)(?:emails?|mailings?/(?:message|body)[\w/.-]*)(?:/|$)")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)
RULES = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>"
    ),
    "a style element": re.compile(r"<style\b"),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*="),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*="),
    "a script address": re.compile(
        r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE
    ),
    "an address of another site's file": re.compile(
        r"<(?:script|link|img|iframe)[^>]*\b(?:src|href)\s*=\s*[\"'](?:https?:)?//"
    ),
}


def _templates():
    return [
        path
        for path in tracked()
        if path.suffix == ".html"
        and "templates" in path.parts
        and not MAIL.search(str(path.relative_to(ROOT).parent))
    ]


@pytest.mark.parametrize("what", RULES)
def test_no_template_holds(what):
    wrong = []
    for path in _templates():
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        wrong += [
            f"{path.relative_to(ROOT)}: {match.group()[:80]}"
            for match in RULES[what].finditer(text)
        ]
    assert wrong == []
