"""Goes through a survey's pages as a person with one phone does, and reads every word on them."""

import re
from collections.abc import Iterator

import lxml.html
from django.test import Client
from django.utils.translation import gettext, override

from config import catalogues
from surveys.models import Wave

# What a phone set to the language sends; regional codes on purpose.
PHONES = {
    "en": "en-SG,en;q=0.9",
    "id": "in-ID,en-US;q=0.8,en;q=0.7",
    "ms": "ms-MY,en;q=0.8",
    "th": "th-TH,th;q=0.9,en;q=0.8",
    "vi": "vi-VN,vi;q=0.9,en;q=0.8",
    "km": "km,en;q=0.5",
    "lo": "lo-LA,en;q=0.8",
    "my": "my-MM,my;q=0.9,en;q=0.8",
    "fil": "tl-PH,en-PH;q=0.9,en;q=0.8",
    "tet": "tet-TL,pt;q=0.9,en;q=0.8",
    "pt": "pt-TL,en;q=0.7",
    "zh-hans": "zh-SG,zh;q=0.9,en;q=0.8",
    "ta": "ta-MY,en;q=0.8",
}
# Written in Latin letters in every language.
NAMES = {"Suara", "ASEAN", "CSV", "XLSX", "Cookie"}
OTHER_SCRIPTS = {"th", "km", "lo", "my", "zh-hans", "ta"}
_SPOKEN = {
    "aria-label", "title", "alt", "placeholder",
    "data-saved", "data-kept", "data-lost", "data-checking",
}  # fmt: skip
_RECEIPT = re.compile(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){2}\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]{2,}")


class Phone:
    """A browser without scripts whose owner reads one language. `page` is what it shows."""

    def __init__(self, wave: Wave, language: str, **options) -> None:
        self.wave = wave
        self.language = language
        self.client = Client(headers={"Accept-Language": PHONES[language]}, **options)
        self.home = f"/surveys/{wave.slug}/"
        self.address = ""
        self.status = 0
        self.page = lxml.html.fromstring("<html/>")

    def go(self, address: str) -> None:
        """Open an address and follow where it leads."""
        self._show(self.client.get(address, follow=True), address)

    def press(self, button: str, value: str, answers: dict | None = None) -> None:
        """Send the page's form with one of its buttons, `answers` in the place of what it holds."""
        form = self.page.xpath('//main//form[@method="post"]')[0]
        data: dict[str, list[str]] = {}
        for name, text in form.form_values():
            data.setdefault(name, []).append(text)
        data |= {name: [text] for name, text in (answers or {}).items()}
        data[button] = [value]
        address = form.get("action") or self.address
        self._show(self.client.post(address, data, follow=True), address)

    def first_answers(self) -> dict[str, str]:
        """The first answer to each question on the page, as somebody in a hurry gives them."""
        found: dict[str, str] = {}
        for control in self.page.xpath('//form[@id="page-form"]//*[starts-with(@name, "q/")]'):
            if control.tag == "select":
                found.setdefault(control.name, control.value_options[1])
            elif control.get("type") in ("radio", "checkbox"):
                if not control.name.endswith("/missing"):
                    found.setdefault(control.name, control.get("value"))
            else:
                found.setdefault(control.name, "34")
        return found

    def _show(self, response, address: str) -> None:
        if response.redirect_chain:
            address = response.redirect_chain[-1][0]
        self.address = address
        self.status = response.status_code
        self.page = lxml.html.fromstring(response.content.decode())

    @property
    def heading(self) -> str:
        return " ".join(self.page.xpath("//h1")[0].text_content().split())

    def texts(self) -> list[str]:
        """What a person sees and a screen reader says, without what is marked as another language."""
        return [" ".join(text.split()) for text in self._texts(self.page) if text.strip()]

    def _texts(self, element) -> Iterator[str]:
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            return
        own = element.get("lang")
        if own and own != self.page.get("lang") or element.get("translate") == "no":
            return
        yield from (text for name, text in element.attrib.items() if name in _SPOKEN)
        if element.tag == "meta" and element.get("name") == "description":
            yield element.get("content")
        yield element.text or ""
        for child in element:
            yield from self._texts(child)
            yield child.tail or ""

    def english_left(self) -> list[str]:
        """Interface texts that stand on the page in English though the language has its own."""
        page = "\n".join(self.texts())
        left = [text for text, pattern in _english(self.language) if pattern.search(page)]
        if self.language in OTHER_SCRIPTS:
            known = NAMES | set(re.findall(r"\w+", self.wave.contact))
            left += [word for word in _WORD.findall(_RECEIPT.sub("", page)) if word not in known]
        return left


_PATTERNS: dict[str, list[tuple[str, re.Pattern]]] = {}


def _english(language: str) -> list[tuple[str, re.Pattern]]:
    if language not in _PATTERNS:
        with override(language):
            foreign = [
                form
                for message in catalogues.respondent_messages().values()
                for form in (message.text, message.plural)
                if form and gettext(form) != form and len(form) > 3
            ]
        _PATTERNS[language] = [(form, _pattern(form)) for form in foreign]
    return _PATTERNS[language]


def _pattern(text: str) -> re.Pattern:
    """Finds the text with anything in its gaps; a single word only where it stands by itself."""
    parts = re.split(r"%\(\w+\)[sd]", text)
    literal = r"[^\n]+?".join(re.escape(part.replace("%%", "%")) for part in parts)
    return re.compile(literal if " " in text else rf"(?m)(?:^|· )\(?{literal}\)?(?:[:?]| ·|$)")
