"""The analysis workbench: figures of any item of a survey, before and beside the published ones.

A `Choice` is what an address says; `menu` offers what can be chosen; `asked` makes it something
that can be computed or refuses with a sentence; `computed` makes the figures by the steps of
publishing; `changes` tests differences. Nothing is written.
"""

from .asking import Asked, Breakdown, asked
from .changes import Comparison, Comparisons, compared
from .choosing import Choice, Item, Menu, choice_of, items_of, menu_of
from .computing import Base, Computed, Series, computed

__all__ = [
    "Asked",
    "Base",
    "Breakdown",
    "Choice",
    "Comparison",
    "Comparisons",
    "Computed",
    "Item",
    "Menu",
    "Series",
    "asked",
    "choice_of",
    "compared",
    "computed",
    "items_of",
    "menu_of",
]
