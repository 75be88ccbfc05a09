"""The PDF: tagged, with bookmarks, in the region's scripts, and without a way out of itself."""

import contextlib
import re
import socket
import urllib.request
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders

from indicators.reports import making, pdf

pytestmark = pytest.mark.needs_pango

OUTSIDE = (
    '<img src="file:///etc/passwd" alt="x">',
    '<img src="https://elsewhere.example/pixel.png" alt="x">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<img src="https://static.invalid/../../etc/passwd" alt="x">',
    '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E" alt="x">',
    '<object data="file:///etc/hostname"></object>',
    '<link rel="attachment" href="file:///etc/hosts">',
)
NAMES = {"km": "ខ្មែរ", "lo": "ພາສາລາວ", "my": "မြန်မာ", "th": "ประเทศไทย", "vi": "Tiếng Việt"}


def printed(html, language="en"):
    report = SimpleNamespace(language=language, title="Results")
    return pdf.write(making.whole_document(report, html))


def opened(document):
    """The PDF with its objects, which it keeps in compressed streams."""
    parts = [document]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return b"\n".join(parts)


@pytest.fixture(scope="module")
def document():
    names = "".join(f'<p lang="{code}">{name}</p>' for code, name in NAMES.items())
    return opened(printed(f"<h1>Results</h1>{names}<table><tr><th>a</th></tr></table>"))


def test_it_is_tagged_and_names_its_language(document):
    assert document.startswith(b"%PDF-1.7")
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Outlines", b"/Lang"):
        assert mark in document, f"{mark} is missing"


def test_the_scripts_of_the_region_come_from_our_own_fonts(document):
    fonts = set(re.findall(rb"/BaseFont ?/[A-Z]+\+([\w-]+)", document))
    for script in (b"Khmer", b"Lao", b"Myanmar", b"Thai"):
        assert any(script in name for name in fonts), (script, fonts)


def test_only_fonts_of_scripts_that_a_report_is_written_in_are_made_ready():
    style = Path(finders.find(pdf.STYLE)).read_text(encoding="utf-8")
    assert set(re.findall('font-family:"Suara (\\w+)";src', pdf.needed(style, NAMES["th"]))) == {
        "Thai"
    }
    english = pdf.needed(style, "Results")
    assert "src:" not in english
    assert ".report{" in english


def test_it_reaches_neither_the_network_nor_files(monkeypatch, caplog):
    def refused(*args, **kwargs):
        pytest.fail("The printer went out of the report.")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refused)
    assert printed(f"<h1>Results</h1>{''.join(OUTSIDE)}").startswith(b"%PDF")
    for told in ("file:///etc/passwd", "https://elsewhere.example", "http://127.0.0.1:9/x.css"):
        assert told in caplog.text, f"{told} was not even asked for"


def test_a_space_between_two_words_of_a_script_is_no_empty_box(caplog):
    words = "".join(f'<p lang="{code}">{name} {name}</p>' for code, name in NAMES.items())
    printed(f"<h1>Results</h1>{words}")
    assert "notdef" not in caplog.text


def test_drawings_reach_the_printer_in_plain_colours_without_their_halo():
    text = (
        '<text x="1" fill="var(--ink-soft, #47595c)" stroke="var(--surface, #fff)" '
        'stroke-width="3" paint-order="stroke">5</text>'
    )
    found = pdf.drawable(text)
    assert "var(" not in found
    assert "paint-order" not in found
    assert 'fill="#47595c"' in found


def test_nothing_but_our_style_and_fonts_is_given():
    fetcher = pdf._fetcher("")
    assert fetcher.fetch("https://static.invalid/indicators/report.css").content_type == "text/css"
    font = fetcher.fetch("https://static.invalid/vendor/noto/noto-sans-khmer.woff2")
    assert font.content_type == "font/ttf"
    for url in (
        "https://static.invalid/indicators/indicators.css",
        "https://static.invalid/vendor/noto/../../../settings.woff2",
        "https://static.invalid/vendor/noto/nothing.woff2",
        "indicators/report.css",
        "file:///etc/passwd",
    ):
        with pytest.raises(ValueError, match="refers to nothing outside"):
            fetcher.fetch(url)
