"""Margins of a weighting scheme: read from CSV, checked against a questionnaire, in sentences."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.questionnaire.definition import Definition

LARGEST = 1_000_000
_SHARES = {"share", "percent"}
_COUNTS = {"population", "count"}
_ROUNDING = 0.005


def read_margin(
    text: str, *, definition: Definition, areas: Iterable[str]
) -> tuple[dict[str, Any], list[str]]:
    """The variables and shares of one margin, and everything wrong with it.

    The CSV has a column `area`, one column per question named by its code, and one of `share`
    (adds up to 1 in each area), `percent` (to 100) or `population`. Returns `{"variables": [...],
    "shares": {area: {"F|15-24": 0.11}}}`, usable only when there are no sentences.
    """
    problems: list[str] = []
    if len(text) > LARGEST:
        return {}, [_("The table is larger than a megabyte. A margin has some hundred lines.")]
    text = text.lstrip("\ufeff").strip()
    if not text:
        return {}, [_("The table is empty. Its first line names the columns: area,sex,share.")]
    try:
        dialect: Any = csv.Sniffer().sniff(text[:2000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text), dialect)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        return {}, [_("The table cannot be read as CSV: %(error)s.") % {"error": error}]
    head = [cell.lower() if cell.lower() in _WORDS else cell for cell in rows[0]]
    numbers = [name for name in head if name in _SHARES | _COUNTS]
    variables = [name for name in head if name not in _WORDS]
    if len(set(head)) != len(head):
        return {}, [_("A column stands there twice. Each may stand once.")]
    if "area" not in head:
        problems.append(_("There is no column “area”. Every line says which area it is about."))
    if len(numbers) != 1:
        problems.append(_("One column must be “share”, “percent” or “population”."))
    if not variables:
        problems.append(_("No column is a question. Name at least one by its code, such as sex."))
    for name in variables:
        question = definition.by_code.get(name)
        if question is None:
            problems.append(
                _("There is no question “%(code)s” in the questionnaire.") % {"code": name[:60]}
            )
        elif question.kind != "single":
            problems.append(
                _("“%(code)s” does not have exactly one answer per person; it cannot be a margin.")
                % {"code": name}
            )
    if problems:
        return {}, problems
    shares, more = _shares(rows[1:], head, variables, numbers[0], definition, set(areas))
    return {"variables": variables, "shares": shares}, more


_WORDS = {"area", *_SHARES, *_COUNTS}


def _shares(
    rows: list[list[str]],
    head: list[str],
    variables: list[str],
    number: str,
    definition: Definition,
    areas: set[str],
) -> tuple[dict[str, dict[str, float]], list[str]]:
    problems: list[str] = []
    found: dict[str, dict[str, float]] = {}
    for place, row in enumerate(rows, start=2):
        if len(row) != len(head):
            problems.append(
                _("Line %(line)d has %(cells)d cells instead of %(wanted)d.")
                % {"line": place, "cells": len(row), "wanted": len(head)}
            )
            continue
        cells = dict(zip(head, row, strict=True))
        area = cells["area"].upper()
        if area not in areas:
            problems.append(
                _("Line %(line)d: there is no area “%(area)s”.")
                % {"line": place, "area": cells["area"][:20]}
            )
            continue
        unknown = [
            (name, cells[name]) for name in variables if cells[name] not in _codes(definition, name)
        ]
        for name, code in unknown:
            problems.append(
                _("Line %(line)d: “%(code)s” is not an answer to %(question)s.")
                % {"line": place, "code": code[:40], "question": name}
            )
        value = _number(cells[number])
        if value is None or value < 0:
            problems.append(
                _("Line %(line)d: “%(text)s” is not a number from 0 upwards.")
                % {"line": place, "text": cells[number][:40]}
            )
            continue
        if unknown:
            continue
        key = "|".join(cells[name] for name in variables)
        if key in found.setdefault(area, {}):
            problems.append(
                _("Line %(line)d repeats the cell %(cell)s of %(area)s.")
                % {"line": place, "cell": key, "area": area}
            )
        found[area][key] = value
        if len(problems) >= 25:
            problems.append(_("There may be more; these are the first."))
            return {}, problems
    if not found and not problems:
        problems.append(_("The table has a head and no line below it."))
    for area, shares in found.items():
        problems += _sums(area, shares, number)
        problems += _missing(area, shares, variables, definition)
    return _as_shares(found), problems


def _codes(definition: Definition, name: str) -> set[str]:
    return {choice.code for choice in definition.by_code[name].choices if choice.missing is None}


def _number(text: str) -> float | None:
    plain = text.replace(" ", "").replace("\u00a0", "").rstrip("%")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _sums(area: str, shares: Mapping[str, float], number: str) -> list[str]:
    whole = sum(shares.values())
    if whole <= 0:
        return [_("%(area)s: everything is 0; there is nothing to weight to.") % {"area": area}]
    wanted = {"share": 1.0, "percent": 100.0}.get(number)
    if wanted is not None and abs(whole / wanted - 1) > _ROUNDING:
        return [
            _("%(area)s adds up to %(sum)s instead of %(wanted)s.")
            % {"area": area, "sum": f"{whole:g}", "wanted": f"{wanted:g}"}
        ]
    return []


def _missing(
    area: str, shares: Mapping[str, float], variables: list[str], definition: Definition
) -> list[str]:
    """Answers that no line of the area mentions: whoever gave them could not be weighted."""
    sentences = []
    for place, name in enumerate(variables):
        seen = {key.split("|")[place] for key in shares}
        if gone := _codes(definition, name) - seen:
            sentences.append(
                _(
                    "%(area)s says nothing about %(question)s = %(codes)s. Give it a share, 0 if none."
                )
                % {"area": area, "question": name, "codes": ", ".join(sorted(gone))}
            )
    return sentences


def _as_shares(found: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    result = {}
    for area, shares in found.items():
        whole = sum(shares.values()) or 1.0
        # A cell of 0 cannot be raked to; nobody in the population is in it.
        result[area] = {key: round(value / whole, 9) for key, value in shares.items() if value > 0}
    return result


def to_csv(margin: Mapping[str, Any]) -> str:
    """A stored margin as the CSV that `read_margin` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["area", *margin["variables"], "share"])
    for area, shares in margin["shares"].items():
        for key, share in shares.items():
            writer.writerow([area, *key.split("|"), f"{share:g}"])
    return out.getvalue()
