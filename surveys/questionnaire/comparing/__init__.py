"""What differs between two questionnaires: for publishing a version, and for trends over waves.

`changes` is about meaning: a code stands for the same thing for ever, because answers hold nothing
else. `comparabilities` is about measurement: whether two waves' figures of an item may be compared.
"""

from .changes import Change, Changes, Reuse, changes, likeness
from .comparability import Comparability, comparabilities

__all__ = [
    "Change",
    "Changes",
    "Comparability",
    "Reuse",
    "changes",
    "comparabilities",
    "likeness",
]
