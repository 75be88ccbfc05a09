"""Who does something like this already: similar activities of other bodies, each with its reasons.

Titles are compared as sets of word stems, so word order does not matter, and rare words weigh more
than common ones. Scripts that put no spaces between words (Thai, Lao, Khmer, Burmese, Chinese) are
compared by runs of three signs.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from anyascii import anyascii
from django.utils.translation import gettext as _

from indicators.models import Activity, FrameworkNode
from indicators.models.frameworks import in_language

MOST_SHOWN = 8
# A third of the weight of both titles together: two words of a title of six, unless they are rare.
SIMILAR = 0.34
_LONGEST = 300
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_WORD = re.compile("[a-z0-9]+")
_LITTLE = frozenset("a an and as at by for from in into its of on or the their to with".split())
_ENDINGS = (("ing", ""), ("ers", ""), ("er", ""), ("ies", "y"), ("s", ""))


@dataclass(frozen=True, slots=True)
class Overlap:
    """An activity of another body, how alike it is (0 to about 1.5), and why it is named."""

    token: str
    title: str
    body: str
    status: str
    years: str
    likeness: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The most alike, and how many more were found."""

    shown: tuple[Overlap, ...] = ()
    more: int = 0

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(one.token for one in self.shown)


def find_overlaps(
    *,
    user: Any,
    title: str,
    measures: Collection[int],
    year_from: int | None = None,
    year_to: int | None = None,
    body: str = "",
    without: str = "",
    most: int = MOST_SHOWN,
) -> Overlaps:
    """What other bodies than `body` do on these measures or under similar words.

    `measures` are ids of framework nodes, `without` the token of the activity itself. Withdrawn
    activities are left out. Named is whatever shares a measure, or has similar words; years in
    common move it up. Three queries, whatever the number of activities.
    """
    wanted = features(title)
    measures = set(measures)
    if not wanted and not measures:
        return Overlaps()
    rows = list(
        Activity.objects.visible_to(user)
        .standing()
        .exclude(lead_body__acronym=body)
        .exclude(token=without)
        .order_by("pk")
        .values_list("pk", "token", "title", "lead_body__acronym", "status", "year_from", "year_to")
    )
    nodes = _nodes(measures)
    shared = _shared(measures, nodes)
    weights = _weights([row[2] for row in rows], wanted)
    mine = _years(year_from, year_to)
    labels = dict(Activity.Status.choices)
    found = []
    for pk, token, text, acronym, status, first, last in rows:
        theirs = features(text)
        words = _likeness(wanted, theirs, weights)
        same, near = shared.get(pk, ((), False))
        if not same and words < SIMILAR:
            continue
        reasons = [
            _("Also contributes to %(measure)s") % {"measure": nodes[node][0]} for node in same
        ]
        if words >= SIMILAR / 2 and (alike := _alike(wanted, theirs)):
            reasons.append(alike)
        years, both = _years(first, last), ()
        if mine and years:
            both = range(max(mine[0], years[0]), min(mine[-1], years[-1]) + 1)
            if both:
                reasons.append(_("In the same years: %(years)s") % {"years": _span(both)})
        likeness = words + (0.4 if same else 0.1 if near else 0) + (0.1 if both else 0)
        found.append(
            Overlap(
                token,
                text,
                acronym,
                str(labels[status]),
                _span(years),
                likeness,
                tuple(reasons),
            )
        )
    found.sort(key=lambda one: (-one.likeness, one.body, one.title))
    return Overlaps(tuple(found[:most]), max(len(found) - most, 0))


@lru_cache(maxsize=20_000)
def features(title: str) -> Mapping[str, str]:
    """What a title is compared by: stems and runs of signs, each with the word it stands for."""
    text = title[:_LONGEST].casefold()
    found: dict[str, str] = {}
    for run in _UNSPACED.findall(text):
        for start in range(max(len(run) - 2, 1)):
            found[run[start : start + 3]] = ""
    for word in _WORD.findall(anyascii(_UNSPACED.sub(" ", text)).lower()):
        if len(word) > 1 and word not in _LITTLE:
            found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    for ending, instead in _ENDINGS:
        if len(word) >= len(ending) + 4 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def _weights(titles: list[str], wanted: Mapping[str, str]) -> Mapping[str, float]:
    """Rare features weigh more. A run of signs is a part of a word and weighs a third of one."""
    numbers = Counter(feature for title in titles for feature in features(title))
    whole = len(titles) + 1
    return defaultdict(
        lambda: 1 + math.log(whole),
        {
            feature: (1 + math.log(whole / (1 + number)))
            * (1 / 3 if _UNSPACED.match(feature) else 1)
            for feature, number in (Counter(dict.fromkeys(wanted, 0)) | numbers).items()
        },
    )


def _likeness(
    one: Mapping[str, str], other: Mapping[str, str], weights: Mapping[str, float]
) -> float:
    """The share of the weight of both titles that they have in common (Dice), 0 to 1."""
    common = one.keys() & other.keys()
    if not common:
        return 0.0
    whole = sum(weights[feature] for feature in one) + sum(weights[feature] for feature in other)
    return 2 * sum(weights[feature] for feature in common) / whole


def _alike(wanted: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    common = [feature for feature in wanted if feature in theirs]
    words = [wanted[feature] for feature in common if wanted[feature]]
    if words:
        return _("Similar words: %(words)s") % {"words": ", ".join(words)}
    return _("Similar wording") if common else ""


def _nodes(measures: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """The names of the chosen nodes and of all that stand beside them: (name, parent) by id."""
    if not measures:
        return {}
    rows = FrameworkNode.objects.order_by("position", "pk").values_list(
        "pk", "code", "title", "titles", "parent"
    )
    return {
        pk: (f"{code} {in_language(title, titles)}".strip(), parent)
        for pk, code, title, titles, parent in rows
    }


def _shared(
    measures: Collection[int], nodes: Mapping[int, tuple[str, int | None]]
) -> dict[int, tuple[tuple[int, ...], bool]]:
    """By activity: which of the measures it serves, and whether one beside or above them."""
    if not measures:
        return {}
    parents = {nodes[pk][1] for pk in measures if pk in nodes} - {None}
    near = {pk for pk, (_name, parent) in nodes.items() if parent in parents} | parents
    near |= {pk for pk, (_name, parent) in nodes.items() if parent in measures}
    links: dict[int, set[int]] = defaultdict(set)
    for activity, node in Activity.measures.through.objects.filter(
        frameworknode__in=near | set(measures)
    ).values_list("activity", "frameworknode"):
        links[activity].add(node)
    order = [pk for pk in nodes if pk in measures]
    return {
        activity: (tuple(pk for pk in order if pk in served), bool(served))
        for activity, served in links.items()
    }


def _years(first: int | None, last: int | None) -> range | tuple[()]:
    start, end = first or last, last or first
    return range(start, end + 1) if start and end and start <= end else ()


def _span(years: range | tuple[()]) -> str:
    return "–".join(str(year) for year in sorted({years[0], years[-1]})) if years else ""
