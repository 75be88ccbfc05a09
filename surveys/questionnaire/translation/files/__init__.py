"""Translators' files: `.po` and `.xlsx`, written from a questionnaire and read back.

A file that comes back is input of unknown quality: `read` never raises anything but `FileRefused`
with a sentence, keeps every row it can use, and says of every other where it stands and why not.
"""

from .incoming import FileRefused, Read, Trouble, Wording, read
from .outgoing import archive, po_file, workbook

__all__ = [
    "FileRefused",
    "Read",
    "Trouble",
    "Wording",
    "archive",
    "po_file",
    "read",
    "workbook",
]
