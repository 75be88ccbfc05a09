"""How far a language is: the figures behind the bars of the grid and the publishing page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .cells import Text
from .staleness import Recorded, is_outdated


@dataclass(frozen=True, slots=True)
class Progress:
    """Texts that respondents read in one language: how many there are, how many have a wording,
    and how many of these were translated from an older source wording."""

    language: str
    total: int
    done: int
    outdated: int

    @property
    def missing(self) -> int:
        """Texts without a wording."""
        return self.total - self.done

    @property
    def percent(self) -> int:
        """Whole percent, 100 only when nothing is missing."""
        if not self.missing:
            return 100
        return min(99, round(100 * self.done / self.total))


def progress(
    texts: Iterable[Text], language: str, recorded: Recorded, default_language: str
) -> Progress:
    """The progress of one language over `texts`."""
    counted = [text for text in texts if text.counts]
    return Progress(
        language=language,
        total=len(counted),
        done=sum(1 for text in counted if text.in_language(language).strip()),
        outdated=sum(is_outdated(text, language, recorded, default_language) for text in counted),
    )
