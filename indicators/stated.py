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
    # Methods.
    _("Weighted share of answers, Taylor-linearised error, 95 %% interval"),
    _("Weighted mean of answers, Taylor-linearised error, 95 %% interval"),
    _("Weighted net score of answers, Taylor-linearised error, 95 %% interval"),
    _("member states weighted by their population"),
    _("sum of population × figure over sum of population"),
    _("logit, t on respondents as sampling units"),
    _("t, t on respondents as sampling units"),
    _("as printed by the source"),
    _("mean of the member states"),
    _("mean of the member states weighted by population"),
    _("sum of the member states"),
    _("count of member states whose value is not zero"),
    _("baseline"),
    _("latest"),
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts, end = [], 0
    for hole in _PLACEHOLDER.finditer(sentence):
        parts.append(re.escape(sentence[end : hole.start()]))
        # Nothing that stands in a hole crosses the mark between two statements.
        parts.append(f"(?P<{hole[1]}>[^;]+?)" if hole[1] else "%")
        end = hole.end()
    return re.compile("".join([*parts, re.escape(sentence[end:])]))


_PATTERNS = tuple((_pattern(sentence), sentence) for sentence in SENTENCES)


def in_readers_language(text: str) -> str:
    """`text` translated where it is one of our sentences, or several joined by "; "."""
    whole = _one(text)
    if whole is not None:
        return whole
    parts = text.split("; ")
    if len(parts) == 1:
        return text
    return "; ".join(_one(part) or part for part in parts)


def _one(text: str) -> str | None:
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(text):
            if "%" in sentence:
                return gettext(sentence) % found.groupdict()
            return gettext(sentence)
    return None
