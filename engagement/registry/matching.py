"""Search keys for names in any script. Pure: no Django, no database.

Three keys per name, each wider than the one before:

* `folded`: composed (NFC), casefolded, Latin accents removed. Thai, Lao, Khmer and Burmese vowel
  signs and tone marks stay, so two letters from the middle of a Khmer name find it.
* `latin`: a letter-by-letter transliteration. สมชาย becomes `smchay`, which is not how anybody
  spells it.
* `skeleton`: the consonants of `latin`, with sounds that romanisations confuse made equal and
  without spaces. สมชาย and Somchai both become `smc`.
"""

import re
import unicodedata
from typing import NamedTuple

from anyascii import anyascii

# Letters that Unicode does not decompose into a base letter and an accent.
_UNDECOMPOSED = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "þ": "th"}
)
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[^0-9a-z ]+")
_ASPIRATION = re.compile(r"(?<=[bcdgkprtswz])h")
_SILENT = re.compile(r"[aeiouy ]+")
_REPEATED = re.compile(r"(.)\1+")
# ว is v or w, จ is j or ch: romanisations differ between ministries and between brothers.
_SAME_SOUND = str.maketrans({"j": "c", "z": "s", "w": "v", "q": "k", "x": "s"})

# A shorter skeleton matches nearly every name, so it finds nothing worth reading.
SHORTEST_SKELETON = 3
# Within one script people can spell: three consonants find too many strangers there.
SHORTEST_SKELETON_IN_ONE_SCRIPT = 4
# A transliteration of fewer letters, made from another script, is too vague.
SHORTEST_TRANSLITERATION = 4
LONGEST_NEEDLE = 100


class Keys(NamedTuple):
    folded: str
    latin: str
    skeleton: str


def composed(text: str) -> str:
    """Return the text as typed, in composed form (NFC), without stray blanks and controls."""
    kept = "".join(
        " " if unicodedata.category(letter) in {"Zs", "Cc"} else letter
        for letter in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def folded(text: str) -> str:
    """Return the text casefolded and without Latin accents: "Nguyễn" becomes "nguyen"."""
    decomposed = unicodedata.normalize("NFD", composed(text).casefold())
    plain = _LATIN_ACCENTS.sub("", decomposed).translate(_UNDECOMPOSED)
    return unicodedata.normalize("NFC", plain)


def latin(text: str) -> str:
    """Return the text in Latin letters, digits and blanks only."""
    return " ".join(_NOT_WORD.sub("", anyascii(folded(text)).casefold()).split())


def skeleton(text: str) -> str:
    """Return the consonants of the transliteration, without blanks: "Somchai" becomes "smc"."""
    sounds = _ASPIRATION.sub("", latin(text)).translate(_SAME_SOUND)
    return _REPEATED.sub(r"\1", _SILENT.sub("", sounds))


def keys(text: str) -> Keys:
    """Return the three keys a name is stored under."""
    return Keys(folded(text), latin(text), skeleton(text))


class Needle(NamedTuple):
    """One word looked for. An empty key is not searched, because it would match too much."""

    folded: str
    latin: str
    skeleton: str
    script: str = ""

    @property
    def crosses_scripts_only(self) -> bool:
        """Whether the consonants are too few to compare with names in the same script."""
        return len(self.skeleton) < SHORTEST_SKELETON_IN_ONE_SCRIPT


def needles(query: str) -> list[Needle]:
    """Split what somebody typed into words to find; every word must be found."""
    found = []
    for word in folded(query[:LONGEST_NEEDLE]).split():
        transliterated = latin(word)
        consonants = skeleton(word)
        is_latin = word.isascii()
        found.append(
            Needle(
                folded=word,
                latin=transliterated
                if is_latin or len(transliterated) >= SHORTEST_TRANSLITERATION
                else "",
                skeleton=consonants if len(consonants) >= SHORTEST_SKELETON else "",
                script=script(word),
            )
        )
    return found


_SCRIPTS = {
    "LATIN": "Latn",
    "THAI": "Thai",
    "LAO": "Laoo",
    "KHMER": "Khmr",
    "MYANMAR": "Mymr",
    "CJK": "Hans",
    "TAMIL": "Taml",
    "ARABIC": "Arab",
}


def script(text: str) -> str:
    """Return the ISO 15924 code of the first letter's script, or "" for one we do not name."""
    for letter in text:
        if letter.isalpha():
            return _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0], "")
    return ""


def normalised_address(address: str) -> str:
    """Return the form under which two spellings of one e-mail address are the same."""
    return unicodedata.normalize("NFC", address).strip().casefold()
