"""From a laid-out document to a PDF, with neither network nor files but our own fonts and style.

WeasyPrint needs Pango of the system (decision 0034); it is imported when a page is to be laid out,
so that everything else runs without it.
"""

import logging
import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from indicators.errors import PdfNotAvailable
from indicators.reports.fonts import with_space

logger = logging.getLogger(__name__)

STYLE = "indicators/report.css"
# No such host exists (RFC 2606), and nothing is ever asked of it: it stands for our static files.
_OWN = "https://static.invalid/"
_ALLOWED = re.compile(r"indicators/report\.css|vendor/noto/[a-z0-9-]+\.woff2")
# A drawing's colours are tokens of the site's themes with the colour itself behind them.
_TOKEN = re.compile(r"var\(--[a-z0-9-]+, (#[0-9a-f]{3,8})\)")
# The light line around a drawing's texts lies under them in browsers; the printer would draw it
# over them.
_HALO = re.compile(r' stroke="[^"]*" stroke-width="[^"]*" paint-order="stroke"')
_FONT = re.compile(r"@font-face\{[^}]*unicode-range:(?P<ranges>[^};]+)\}")
_FONTS = "Suara Khmer, Suara Lao, Suara Thai, Suara Tamil, Suara Myanmar, sans-serif"


def missing() -> str:
    """What keeps this machine from making PDFs, as a sentence; "" where nothing does."""
    try:
        _engine()
    except PdfNotAvailable as reason:
        return str(reason)
    return ""


def write(html: str) -> bytes:
    """The document as a tagged PDF with bookmarks (PDF/UA-1).

    Whatever the document refers to is refused, but our own style and fonts. Raises PdfNotAvailable
    where Pango is missing.
    """
    weasyprint = _engine()
    from weasyprint.text.fonts import FontConfiguration

    html = drawable(html)
    fetcher, fonts = _fetcher(html), FontConfiguration()
    style = weasyprint.CSS(url=_OWN + STYLE, url_fetcher=fetcher, font_config=fonts)
    document = weasyprint.HTML(string=html, base_url=_OWN, url_fetcher=fetcher)
    return document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")


def needed(style: str, text: str) -> str:
    """The style without the fonts of scripts that the text is not written in.

    To make a font ready takes longer than to lay out a page.
    """
    return _FONT.sub(lambda font: font[0] if _covers(font["ranges"], text) else "", style)


def _covers(ranges: str, text: str) -> bool:
    parts = [part.strip().removeprefix("U+").partition("-") for part in ranges.split(",")]
    inside = "".join(f"{chr(int(low, 16))}-{chr(int(high or low, 16))}" for low, _, high in parts)
    return re.search(f"[{inside}]", text) is not None


def drawable(html: str) -> str:
    """The document with its drawings in plain colours and our fonts, as the printer needs them."""
    html = _TOKEN.sub(r"\1", _HALO.sub("", html))
    return html.replace("<text ", f'<text font-family="{_FONTS}" ')


def _engine() -> Any:
    try:
        # They would tell of every page and every table of a font, the first when it is imported.
        for name in ("weasyprint.progress", "fontTools"):
            logging.getLogger(name).setLevel(logging.WARNING)
        import weasyprint
    except OSError as error:
        logger.warning("Pango is not installed: %s", error)
        raise PdfNotAvailable(
            _(
                "The PDF could not be made: the library Pango is missing on this server. Install "
                "the packages libpango-1.0-0 and libpangoft2-1.0-0 and make the report again. The "
                "page for printing is complete without it."
            )
        ) from error
    return weasyprint


def _fetcher(text: str) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):
        """Gives our style and fonts; the way of the library to the network is never taken."""

        def fetch(self, url: str, headers: dict | None = None) -> URLFetcherResponse:
            name = url.removeprefix(_OWN)
            path = finders.find(name) if url != name and _ALLOWED.fullmatch(name) else None
            if path is None:
                raise ValueError(f"A report refers to nothing outside of it: {url[:200]}")
            if name.endswith(".css"):
                style = needed(Path(path).read_text(encoding="utf-8"), text)
                return URLFetcherResponse(url, style.encode(), {"Content-Type": "text/css"})
            return URLFetcherResponse(url, with_space(path), {"Content-Type": "font/ttf"})

    return OwnFilesOnly()
