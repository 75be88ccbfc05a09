"""In which encoding a text file was saved: what spreadsheet programs in South-East Asia write.

A byte order mark decides. Without one, a file that is UTF-8 from its first byte to its last is
UTF-8. What is left was saved by an old program in its country's code page. Each of the three we
know leaves a trace: Thai is written in runs of bytes above 127, Vietnamese puts combining tone
marks behind vowels, and other languages have single accented letters. It remains a guess; the
person who uploads sees the result and may choose otherwise.
"""

import codecs
import io
import unicodedata
from typing import BinaryIO

from django.utils.translation import gettext as _

from indicators.errors import FileRefused

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp874": "Windows-874 (Thai)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp1252": "Windows-1252 (Western)",
}
"""Python's name of each encoding that is read, and what people call it."""

_PIECE = 1024 * 1024
_SAMPLE = 256 * 1024
_THAI = frozenset({0x80, 0x85, *range(0x91, 0x98), *range(0xA0, 0xDB), *range(0xDF, 0xFC)})
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ONLY_VIETNAMESE = frozenset("ăĂđĐơƠưƯ")


def detect(file: BinaryIO) -> str:
    """The encoding of a text file, a key of `ENCODINGS`. Leaves the file at its beginning.

    Raises FileRefused for a file that is no text.
    """
    file.seek(0)
    start = file.read(_SAMPLE)
    try:
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if wide := _unmarked_utf16(start):
            return wide
        file.seek(0)
        if _is_utf8(file):
            return "utf-8-sig"
        return _code_page(file)
    finally:
        file.seek(0)


def open_text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text, read as it is asked for; a byte the encoding lacks becomes U+FFFD."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def composed(text: str, encoding: str) -> str:
    """Windows-1258 writes a vowel and its tone apart; together they are one letter elsewhere."""
    return unicodedata.normalize("NFC", text) if encoding == "cp1258" else text


def _unmarked_utf16(start: bytes) -> str:
    even, odd = start[0::2], start[1::2]
    if len(start) < 4 or not odd:
        return ""
    if odd.count(0) > 0.3 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.3 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _code_page(file: BinaryIO) -> str:
    """The code page by the first lines that hold anything above 127."""
    file.seek(0)
    lines: list[bytes] = []
    size = 0
    while size < _SAMPLE and (piece := file.read(_PIECE)):
        found = [line for line in piece.splitlines() if not line.isascii()]
        lines += found
        size += sum(map(len, found))
    sample = b"\n".join(lines)[:_SAMPLE]
    if sample.count(0) or sum(byte < 9 for byte in sample) > len(sample) / 100:
        raise FileRefused(
            _(
                "The file holds binary data, not a table. Save it as .xlsx or as CSV and upload "
                "that."
            )
        )
    if _looks_thai(sample):
        return "cp874"
    return "cp1258" if _looks_vietnamese(sample) else "cp1252"


def _looks_thai(sample: bytes) -> bool:
    high = in_runs = 0
    for before, byte, after in zip(sample, sample[1:], sample[2:], strict=False):
        if byte > 127:
            if byte not in _THAI:
                return False
            high += 1
            in_runs += before > 127 or after > 127
    return high > 0 and in_runs > 0.7 * high


def _looks_vietnamese(sample: bytes) -> bool:
    text = sample.decode("cp1258", errors="replace")
    if "\ufffd" in text:
        return False
    toned = sum(
        mark in _TONES and len(unicodedata.normalize("NFC", letter + mark)) == 1
        for letter, mark in zip(text, text[1:], strict=False)
    )
    own = sum(letter in _ONLY_VIETNAMESE for letter in text)
    high = sum(byte > 127 for byte in sample)
    return toned > 0 and toned + own > 0.3 * high
