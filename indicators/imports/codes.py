"""Codes and names in cells, found among those that exist; a misspelt one is told its neighbour."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from indicators.imports.cells import CellRefused, shown
from indicators.imports.columns import key_of
from indicators.models import Area, FrameworkNode, Indicator, SectoralBody

Thing = TypeVar("Thing")

_FURTHER_NAMES = {
    "LA": ("Laos", "Lao People's Democratic Republic", "Lao"),
    "BN": ("Brunei",),
    "TL": ("East Timor",),
    "PH": ("The Philippines",),
}


@dataclass
class Codes(Generic[Thing]):
    """Things by their codes and names.

    What is typed exactly, but for upper and lower case, goes before what is only alike without
    spaces and signs: "A.1.1" is never "A.11".
    """

    unknown: str
    name_of: Callable[[Thing], str]
    exact: dict[str, list[Thing]] = field(default_factory=dict)
    alike: dict[str, list[Thing]] = field(default_factory=dict)
    found: dict[str, Thing] = field(default_factory=dict)

    def add(self, thing: Thing, *names: str) -> None:
        """Make a thing known under names."""
        for name in names:
            for known, key in ((self.exact, _exactly(name)), (self.alike, key_of(name))):
                if key and thing not in known.setdefault(key, []):
                    known[key].append(thing)

    def find(self, typed: str) -> Thing:
        """The one thing called so. Raises CellRefused for none and for several."""
        if typed in self.found:
            return self.found[typed]
        found = self.exact.get(_exactly(typed)) or self.alike.get(key_of(typed), [])
        if len(found) == 1:
            self.found[typed] = found[0]
            return found[0]
        if found:
            raise CellRefused(
                gettext_noop("“%(value)s” stands for several: %(several)s. Write one of these."),
                value=shown(typed),
                several=", ".join(sorted(map(self.name_of, found))[:6]),
            )
        near = get_close_matches(key_of(typed), self.alike, n=1, cutoff=0.75)
        if near:
            raise CellRefused(
                gettext_noop("“%(value)s” is not known. Did you mean “%(near)s”?"),
                value=shown(typed),
                near=self.name_of(self.alike[near[0]][0]),
            )
        raise CellRefused(self.unknown, value=shown(typed))


def _exactly(name: str) -> str:
    return " ".join(name.split()).casefold()


def indicators(visible: Iterable[Indicator]) -> Codes[Indicator]:
    """Indicators by slug and by code."""
    found: Codes[Indicator] = Codes(
        gettext_noop("No indicator has the code “%(value)s”. Use a code such as kpi-22."),
        name_of=lambda one: one.slug,
    )
    rows = list(visible)
    for one in rows:
        found.add(one, one.slug)
    for one in rows:
        # A code that is some other indicator's slug means that indicator.
        if one.code and not any(other.slug == one.code for other in rows):
            found.add(one, one.code)
    return found


def areas() -> Codes[Area]:
    """Areas by code, ISO codes and names, those in the languages of the interface among them."""
    found: Codes[Area] = Codes(
        gettext_noop("No area is called “%(value)s”. Use a code such as KH, KHM or ASEAN."),
        name_of=lambda one: one.code,
    )
    rows = list(Area.objects.all())
    for one in rows:
        found.add(one, one.code, one.iso3, one.name, *_FURTHER_NAMES.get(one.code, ()))
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in rows:
                name = gettext(one.name) if one.name else ""
                if key_of(name) not in found.alike:
                    found.add(one, name)
    return found


def bodies() -> Codes[SectoralBody]:
    """Sectoral bodies by acronym and name."""
    found: Codes[SectoralBody] = Codes(
        gettext_noop("No sectoral body is called “%(value)s”. Use an acronym such as SOMHD."),
        name_of=lambda one: one.acronym,
    )
    for one in SectoralBody.objects.all():
        found.add(one, one.acronym, one.name)
    return found


def nodes() -> Codes[FrameworkNode]:
    """Measures and other nodes by key, and by code with or without their framework's address."""
    found: Codes[FrameworkNode] = Codes(
        gettext_noop("No measure has the code “%(value)s”. Use a code such as A.2.iii."),
        name_of=address_of,
    )
    for one in FrameworkNode.objects.select_related("framework"):
        found.add(one, one.key)
        if one.code:
            found.add(one, one.code, address_of(one))
        found.add(one, f"{one.framework.slug}:{one.key}")
    return found


def address_of(node: FrameworkNode) -> str:
    """ "ascc-blueprint-2025:A.2", as exports of activities write a measure."""
    return f"{node.framework.slug}:{node.code or node.key}"
