"""Which language to speak: what a browser asks for, matched with what there is.

`settings.LANGUAGES` are the languages of the respondents' pages and of messages; in the fewer
`settings.SITE_LANGUAGES` every public page is complete. A page never mixes two of them: where its
texts are not complete in a language, it is not offered in it.
"""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

INTERFACE: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES)
SITE: tuple[str, ...] = tuple(settings.SITE_LANGUAGES)
NAMES: dict[str, str] = dict(settings.LANGUAGES)

# Other codes under which browsers, telephones and XLSForms know the languages.
_ALIASES = {
    "in": "id", "zsm": "ms", "tl": "fil", "tdt": "tet", "cmn": "zh-hans", "zh": "zh-hans",
}  # fmt: skip


def match(tag: str, offered: Collection[str]) -> str | None:
    """The code of `offered` that serves a reader of `tag` (pt-BR: pt, zh-SG: zh-hans), or None.

    The most specific code wins; then the tag is shortened from its end (RFC 4647, lookup). Other
    names of a language count as it does, and Chinese of any region is served by the simplified.
    """
    wanted = tag.casefold().replace("_", "-")
    known = {code.casefold(): code for code in offered}
    alike = {_canonical(code): code for code in offered}
    while wanted:
        found = known.get(wanted) or alike.get(_canonical(wanted))
        if found:
            return found
        wanted = wanted.rpartition("-")[0]
    return None


def _canonical(tag: str) -> str:
    tag = tag.casefold()
    primary, _dash, rest = tag.partition("-")
    if primary in ("zh", "cmn"):
        return "zh-hans"
    if not rest:
        return _ALIASES.get(primary, primary)
    return tag if primary not in _ALIASES else f"{_ALIASES[primary]}-{rest}"


def wishes(request: HttpRequest) -> list[str]:
    """The languages a visitor asks for, best first: chosen on this site, then the browser's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")[:12]
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    browser = [tag for tag, quality in accepted if tag != "*" and quality > 0]
    return [chosen, *browser] if chosen else browser


def negotiate(tags: Collection[str], offered: Collection[str]) -> str | None:
    """The first of `tags` that `offered` can serve, as its code there; None if none can."""
    return next((found for tag in tags if (found := match(tag, offered))), None)


def interface(code: str) -> str:
    """The interface language around a text in `code`: itself, or the site's own."""
    return match(code, INTERFACE) or settings.LANGUAGE_CODE


def complete(code: str) -> str:
    """`code` if every public text exists in it, else the site's own language."""
    return match(code, SITE) or settings.LANGUAGE_CODE
