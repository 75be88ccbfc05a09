"""Texts of a questionnaire in its languages: places, progress, staleness, files for translators.

Pure Python over the questionnaire document, no database. A *place* is a stable name of a text, such
as `q:heard/choices:yes/label`: it survives reordering, and it is the key of every file that goes
out to a translator and comes back. Public names:

- `texts_of(definition)`, `Text`, `slots(document)`: every text with its place;
- `reconciled(document, recorded)`, `is_outdated(...)`: which translations are of an older wording;
- `progress(...)`, `shared(...)`, `suggestions(...)`: what the grid shows;
- `placeholder_problem(source, text)`: `${code}` lost or invented;
- `files`: `.po` and `.xlsx`, out and back in; `comparing`: what a file would change.
"""

from .cells import Text, slots, texts_of, tidy
from .placeholders import placeholder_problem, placeholder_problems, placeholders
from .progress import Progress, progress
from .sharing import shared, suggestions
from .staleness import Recorded, fingerprint, is_outdated, reconciled, translated_from

__all__ = [
    "Progress",
    "Recorded",
    "Text",
    "fingerprint",
    "is_outdated",
    "placeholder_problem",
    "placeholder_problems",
    "placeholders",
    "progress",
    "reconciled",
    "shared",
    "slots",
    "suggestions",
    "texts_of",
    "tidy",
    "translated_from",
]
