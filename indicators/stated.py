"""Sentences that were stored with a value, in the reader's language.

Provenance is kept as it was written when the value was computed, in English, so that a record never
changes with its reader. The sentences our own programs write are known here and are shown
translated; what a person or a document wrote stays as it is.
"""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# A placeholder stands for what differs from value to value: numbers, codes, names.
SENTENCES = (
    # Why a value is weak or withheld.
    _("%(n)s valid answers; at least %(needed)s are needed."),
    _("%(n)s valid answers; figures under %(limit)s are flagged."),
    _("Fewer than %(limit)s people answered, who could be known."),
    _("Nobody gave a valid answer."),
    _("The effective sample size is %(n)s."),
    _("The design leaves %(n)s degrees of freedom."),
    _("The interval reaches %(points)s points to a side."),
    _("Hidden so that no other cell follows from the total."),
    _("Everybody answered the same; the interval rests on the effective sample size."),
    _("The design leaves no degrees of freedom, so there is no error and no interval."),
    _("Without %(areas)s: too few answers there."),
    _("With %(areas)s, where fewer than %(limit)s answered."),
    # Who is counted, and how people came to answer.
    _("everybody who was asked and answered, don't know included"),
    _("those asked who answered, without the answers %(answers)s"),
    _("asked of everybody"),
    _("asked where %(condition)s"),
    _("counted where %(condition)s"),
    _("share who gave one of the answers"),
    _("mean of the scale"),
    _("net score: share that counts minus share that counts against, in points"),
    _("open link"),
    _("invited"),
    _("panel"),
    _("collected elsewhere, imported"),
    _("web, self-completed"),
    # Weighting.
    _("raked to all margins"),
    _("raked to all margins: %(areas)s"),
    _("raked to all margins, largest weight %(weight)s of the mean."),
    _("raked to single margins (too few responses for crossed ones)"),
    _("raked to single margins (too few responses for crossed ones): %(areas)s"),
    _(
        "raked to single margins (too few responses for crossed ones), largest weight %(weight)s "
        "of the mean."
    ),
    _("not weighted (too few responses for the margins)"),
    _("not weighted (too few responses for the margins): %(areas)s"),
    _("not weighted (too few responses for the margins)."),
    _("not weighted (no weighting scheme)"),
    _("not weighted (no weighting scheme): %(areas)s"),
    _("not weighted (no weighting scheme)."),
    _("%(n)s responses without an answer to a margin have the mean weight."),
    _("%(n)s responses without a base weight have the mean base weight."),
    # Why an area could not be weighted as planned.
    _("The scheme has no margins for this area."),
    _("%(n)s responses; raking needs %(needed)s."),
    _("Nobody answered all questions of the margins."),
    _(
        "No respondent is in %(list)s of %(margin)s. Join it to a neighbouring category, or accept "
        "weights that fall short of the population by it."
    ),
    _(
        "%(n)s respondents are in %(category)s of %(margin)s, which the population does not list. "
        "Add its count or join it to another category."
    ),
    _(
        "%(n)s respondents are in %(category)s of %(margin)s, whose population is 0. Correct the "
        "population or the answers."
    ),
    _("The population of %(category)s in %(margin)s is %(value)s. Use zero or more."),
    _(
        "All respondents in %(category)s of %(margin)s have base weight 0, so its population of "
        "%(n)s cannot be reached."
    ),
    _(
        "The margins add up to different totals (%(list)s). Bring them to one population before "
        "raking."
    ),
    _(
        "Trimming to %(low)s to %(high)s and raking do not come together after %(n)s cycles. Widen "
        "the limits or collapse categories."
    ),
    _(
        "Raking did not converge in %(n)s passes. The margins contradict each other in this sample, "
        "or cells are empty: %(list)s. Collapse categories or drop a margin."
    ),
    # Methods.
    _("Weighted share of answers, Taylor-linearised error, 95 %% interval"),
    _("Weighted mean of answers, Taylor-linearised error, 95 %% interval"),
    _("Weighted net score of answers, Taylor-linearised error, 95 %% interval"),
    _("member states weighted by their population"),
    _("sum of population × figure over sum of population"),
    _("logit, t on respondents as sampling units"),
    _("t, t on respondents as sampling units"),
    _("logit, t on respondents as sampling units in each stratum"),
    _("t, t on respondents as sampling units in each stratum"),
    _("logit, t on sampling units as drawn"),
    _("t, t on sampling units as drawn"),
    _("logit, t on sampling units as drawn in each stratum"),
    _("t, t on sampling units as drawn in each stratum"),
    _("as printed by the source"),
    _("reported"),
    _("entered by hand"),
    _("Made up for demonstration"),
    _("mean of the member states"),
    _("mean of the member states weighted by population"),
    _("sum of the member states"),
    _("count of member states whose value is not zero"),
    _("baseline"),
    _("latest"),
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
# Nothing that stands in a hole crosses the mark between two statements, but for lists; a number is
# one, so that it never takes in the sentence before it.
_HOLES = dict.fromkeys(
    ("n", "needed", "limit", "points", "weight", "low", "high"), r"[-+]?[\d.,e+-]*\d"
) | {"list": r".+?"}
_BOUNDARY = re.compile(r"(?<=;) |(?<=\.) ")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts, end = [], 0
    for hole in _PLACEHOLDER.finditer(sentence):
        parts.append(re.escape(sentence[end : hole.start()]))
        name = hole[1]
        parts.append(f"(?P<{name}>{_HOLES.get(name, '[^;]+?')})" if name else "%")
        end = hole.end()
    return re.compile("".join([*parts, re.escape(sentence[end:])]))


_PATTERNS = tuple((_pattern(sentence), sentence) for sentence in SENTENCES)


def in_readers_language(text: str) -> str:
    """`text` translated where it is one of our sentences, or several of them joined by "; " or one
    behind the other."""
    pieces = _BOUNDARY.split(text)
    said: list[str] = []
    start = 0
    while start < len(pieces):
        # The shortest first: two sentences never pass for one with a hole around their boundary.
        for end in range(start + 1, len(pieces) + 1):
            found = _marked(" ".join(pieces[start:end]))
            if found is not None:
                break
        else:
            found, end = pieces[start], start + 1
        said.append(found)
        start = end
    return " ".join(said)


def _marked(text: str) -> str | None:
    """One of our sentences, which may have the mark that another statement follows."""
    found = _one(text)
    if found is None and text.endswith(";"):
        found = _one(text[:-1])
        return None if found is None else f"{found};"
    return found


def _one(text: str) -> str | None:
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(text):
            if "%" in sentence:
                return gettext(sentence) % found.groupdict()
            return gettext(sentence)
    return None
