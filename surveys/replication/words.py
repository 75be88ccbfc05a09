"""The README and the codebook of a bundle, in plain English: its readers are anywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from surveys.exports.columns import Alignment
from surveys.frames import STRATUM, UNIT
from surveys.models import Wave
from surveys.publishing import Basis
from surveys.replication.unitdata import AREA, BASE, RESPONDENT, WEIGHT, UnitData

_OWN = {
    STRATUM: "the stratum the person was drawn from",
    UNIT: "the sampling unit the person was drawn in, a number without meaning",
    RESPONDENT: "a running number without meaning; it leads to no response",
    AREA: "the member state; each is a stratum of the design",
    BASE: "the weight before raking",
    WEIGHT: "the weight behind the published figures, with a mean of 1 in each area",
}
_MISSING = {"-9": "don't know", "-8": "refused", "-7": "not asked"}


def codebook(data: UnitData, alignment: Alignment) -> str:
    """One line per column and code, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["column", "wording", "code", "meaning"])
    for name in data.frame.columns:
        if name in _OWN:
            writer.writerow([name, _OWN[name], "", ""])
        elif name.startswith("filter:"):
            about = f"whether the person is counted in {name.removeprefix('filter:')}"
            writer.writerow([name, about, "1", "counted"])
            writer.writerow([name, about, "0", "not counted"])
        else:
            writer.writerows(_question(name, alignment, data.levels.get(name, ())))
    return out.getvalue()


def _question(name: str, alignment: Alignment, codes: tuple[str, ...]) -> list[list[str]]:
    question_code, _slash, row = name.partition("/")
    question_code, _equals, choice = question_code.partition("=")
    if question_code not in alignment.questions:
        return [[name, "", code, _MISSING.get(code, "")] for code in codes or ("",)]
    question = alignment.question(question_code)
    definition = alignment.definition_of(question_code)
    language = definition.default_language
    wording = definition.text(question.label, language)
    for code, among in ((row, question.rows), (choice, question.choices)):
        wording += "".join(
            f" – {definition.text(one.label, language)}"
            for one in among
            if code and one.code == code
        )
    labels = dict(_MISSING) | {
        one.code: definition.text(one.label, language) for one in question.choices
    }
    if choice:
        labels |= {"1": "chosen", "0": "not chosen"}
    return [
        [name, wording, code, labels.get(code, code if code else "")] for code in codes or ("",)
    ]


README = """Replication bundle: {title}
{rule}

From these files anybody who may have them can recompute every published figure of this wave of
fieldwork, in two ways that know nothing of each other.


WHO MAY HAVE THIS

data.csv has one row for each of {n} people. It holds no name, no address, no free text, no time and
no key that leads back to a response. Even so, people may be recognised by what is known of them
together: {alone} of {n} are the only one with their combination of {describing}.

The unit data are therefore for the staff who analyse this survey, and for researchers who have
signed that they will not try to recognise anybody, will pass the file on to nobody, and will publish
no figure that is suppressed here. They must not be put on a public site. plan.json, margins.csv,
estimates.csv, codebook.csv and replicate.R may be given to anybody. Delete the bundle when the
work is done.


WHAT IS IN IT

README.txt      this page
data.csv        respondents: design, weights and the answers that the figures use, as codes
codebook.csv    what the columns and codes of data.csv mean
plan.json       the analysis plan: what is estimated, how
margins.csv     the shares of the population that each area was weighted to, if any was
estimates.csv   the figures: shares from 0 to 1, with error and interval; published_value,
                published_low and published_high as they stand on the site (shares in per cent)
replicate.R     recomputes the figures with R and its package `survey`

Status: A normal; U low reliability; Q suppressed, without numbers, because fewer than {least} people
answered or because another suppressed cell would follow from it; L nobody answered; E an aggregate
without some members. A suppressed figure can be computed from data.csv: it stays suppressed.


HOW TO REPEAT IT

With R (survey 4.1 or newer):         Rscript replicate.R
With the platform that published it:  manage.py estimate plan.json --data data.csv{margins} --out again.csv

The script prints the largest differences and ends with status 1 if one is larger than the tolerance:
estimates 1e-9, standard errors, intervals and design effects 1e-7 (relative), weights {weights}.


HOW IT WAS MADE

Survey          {survey}
Population      {population}
Wave            {wave}
Sampling        {sampling}
Weighting       {weighting}
Populations     {vintage}
Sampling error  Taylor linearisation, {drawn}
Intervals       95 %: logit with t for shares, t for means; where everybody answered the same,
                Korn-Graubard limits on the effective sample size
Aggregate       sum of population x figure over sum of population
Computed        {computed} UTC, version {version}, digest {digest}
Made            {made} UTC
{demonstration}"""


def _drawn(basis: Basis) -> str:
    strata = "strata within each area" if STRATUM in basis.frame else "each area a stratum"
    units = "sampling units as drawn" if UNIT in basis.frame else "each respondent a sampling unit"
    return f"{strata}, {units}"


def readme(
    wave: Wave, basis: Basis, data: UnitData, document: Mapping[str, Any], *, least: int, version: str, at: datetime
) -> str:  # fmt: skip
    """The page that says what the files are, who may have them, and how to use them."""
    title = f"{wave.survey.title}, {wave.title}"
    return README.format(
        title=title,
        rule="=" * (len(title) + 20),
        n=f"{len(data.frame):,}",
        alone=f"{data.alone:,}",
        describing=", ".join(data.describing),
        least=least,
        margins=" --margins margins.csv" if "tolerance" in document["weights"] else "",
        weights="1e-5 where capped, else 1e-8",
        survey=f"{wave.survey.title} ({wave.survey.code})",
        population=wave.survey.population,
        wave=f"{wave.title}, {wave.period}, {wave.mode}",
        sampling=wave.get_sampling_type_display(),
        drawn=_drawn(basis),
        weighting=basis.weighted.summary() or "none",
        vintage=basis.populations.vintage,
        computed=f"{wave.published_at:%Y-%m-%d %H:%M}",
        version=version,
        digest=wave.published_digest,
        made=f"{at:%Y-%m-%d %H:%M}",
        demonstration="\nThese are demonstration data: invented people, not a survey.\n"
        if wave.is_demonstration
        else "",
    )
