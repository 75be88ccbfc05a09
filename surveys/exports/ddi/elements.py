"""Making XML elements whose texts are safe and say which language they are in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

NAMESPACE = "ddi:codebook:2_5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Texts = Mapping[str, str]


def clean(text: str) -> str:
    """The text without characters that XML 1.0 has no way to write."""
    return _FORBIDDEN.sub("", text)


def add(
    parent: Element, tag: str, text: str = "", language: str = "", /, **attributes: str
) -> Element:
    """Add a child with a text, its language and attributes; empty attributes are left out.

    A hyphen in an attribute's name is written as two underscores.
    """
    child = SubElement(parent, tag)
    for key, value in attributes.items():
        if value:
            child.set(key.replace("__", "-"), clean(value))
    if language:
        child.set(LANG, language)
    if text:
        child.text = clean(text)
    return child


def add_texts(parent: Element, tag: str, texts: Texts, /, **attributes: str) -> None:
    """Add one child per language that has the text."""
    for language, text in texts.items():
        if text.strip():
            add(parent, tag, text, language, **attributes)
