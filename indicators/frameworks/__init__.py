"""A framework as data: its tree, all of it as one document, two of those compared, and as a file.

`tree` arranges nodes; `contents` is a framework as plain values with a digest; `compare` tells two
of those apart; `sheets` and `drafts` write and read them as a workbook. Writing is in
`indicators.services.frameworks`.
"""

from indicators.frameworks.contents import SECTIONS, contents, digest
from indicators.frameworks.differences import Difference, FieldChange, compare
from indicators.frameworks.tree import Branch, below, branches, flat

__all__ = [
    "SECTIONS",
    "Branch",
    "Difference",
    "FieldChange",
    "below",
    "branches",
    "compare",
    "contents",
    "digest",
    "flat",
]
