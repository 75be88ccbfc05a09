"""Our fonts as the printer needs them: with a space.

The files are cut to their scripts and leave the space to the Latin font beside them, as browsers do.
Pango draws a space with the font of the letters before it, and would print an empty box.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

_SPACES = (0x20, 0xA0)
# As wide as in the Latin letters of the family: 260 of 1000.
_WIDTH = 0.26


@cache
def with_space(path: str) -> bytes:
    """The font file with an empty glyph for the space and the no-break space."""
    font = TTFont(BytesIO(Path(path).read_bytes()))
    missing = [code for code in _SPACES if code not in font.getBestCmap()]
    if missing:
        # Tables count glyphs when they are read: all of them before one is added.
        font.ensureDecompiled()
        font["glyf"]["space"] = Glyph()
        font["hmtx"]["space"] = (round(_WIDTH * font["head"].unitsPerEm), 0)
        if "gvar" in font:
            font["gvar"].variations["space"] = []
            # Its widths by weight are counted by the number of the glyph; without it they follow
            # from the outlines.
            del font["HVAR"]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap.update(dict.fromkeys(missing, "space"))
    written = BytesIO()
    font.flavor = None
    font.save(written)
    return written.getvalue()
