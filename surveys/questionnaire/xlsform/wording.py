"""The words XLSForm's `or_other` leaves to the program, and labels freed of their markup."""

from __future__ import annotations

import html
import re

OTHER = {
    "en": ("Other", "Please specify"),
    "id": ("Lainnya", "Sebutkan"),
    "ms": ("Lain-lain", "Sila nyatakan"),
    "th": ("อื่น ๆ", "โปรดระบุ"),
    "vi": ("Khác", "Vui lòng ghi rõ"),
    "km": ("ផ្សេងទៀត", "សូមបញ្ជាក់"),
    "lo": ("ອື່ນໆ", "ກະລຸນາລະບຸ"),
    "my": ("အခြား", "ကျေးဇူးပြု၍ ဖော်ပြပါ"),
    "fil": ("Iba pa", "Pakitukoy"),
    "tl": ("Iba pa", "Pakitukoy"),
    "tet": ("Seluk", "Favór espesifika"),
    "pt": ("Outro", "Por favor, especifique"),
    "zh": ("其他", "请注明"),
    "zh-hans": ("其他", "请注明"),
    "zh-hant": ("其他", "請註明"),
    "ta": ("மற்றவை", "தயவுசெய்து குறிப்பிடவும்"),
    "fr": ("Autre", "Veuillez préciser"),
    "es": ("Otro", "Por favor, especifique"),
}
"""Language to the label of the choice `other` and of the question that follows it."""

_BREAK = re.compile(r"<\s*(br|/p|/div|/li)\s*/?\s*>", re.IGNORECASE)
_TAG = re.compile(
    r"<\s*/?\s*(span|b|i|u|p|div|font|strong|em|small|big|h[1-6]|center|sub|sup|a|ul|ol|li|hr|img|"
    r"mark|s|del|ins)(\s[^<>]*)?/?\s*>",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_INSERTED = re.compile(r"(\$\{[^{}]*\})")
_LEANING = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_\n]+?)(?<=\S)\1(?![\w*_])")
_LINK = re.compile(r"!?\[([^\]\[\n]*)\]\(\s*([^()\s]+)\s*\)")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s+(?=\S)", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def words_for_other(languages: tuple[str, ...], which: int) -> dict[str, str]:
    """Label (0) of the choice or (1) of the question, in those languages we have it in."""
    return {language: OTHER[language][which] for language in languages if language in OTHER}


def plain(text: str) -> str:
    """A label without HTML and Markdown: questions are shown as plain text."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "](" in text:
        text = _LINK.sub(_link, text)
    if "**" in text or "__" in text:
        text = _BOLD.sub(r"\2", text)
    if "*" in text or "_" in text:
        text = _outside_names(text)
    if "#" in text:
        text = _HEADING.sub("", text)
    if "&" in text:
        # Once only: what an author wrote as &amp;lt; is meant to be seen as &lt;.
        text = _ENTITY.sub(lambda match: html.unescape(match.group()).replace("\x00", ""), text)
    return _BLANKS.sub("\n\n", text).strip()


def _link(match: re.Match[str]) -> str:
    """[words](address) as "words (address)"."""
    words, address = match.groups()
    return f"{words} ({address})" if words and words != address else address


def _outside_names(text: str) -> str:
    """Emphasis removed, but `${names}` left as they are: they are full of underscores."""
    pieces = _INSERTED.split(text)
    pieces[::2] = [_LEANING.sub(r"\2", piece) for piece in pieces[::2]]
    return "".join(pieces)
