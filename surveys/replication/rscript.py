"""The R script of a bundle: the wave's plan as R's own words, in front of what computes with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surveys.stats.disclosure import DEFAULT

BODY = Path(__file__).with_name("replicate.R")


def r_script(document: Mapping[str, Any], *, title: str) -> str:
    """The whole script for a plan document of `plans.plan_document`."""
    weights = document["weights"]
    aggregate = document.get("aggregate", {"name": "", "populations": {}})
    head = [
        f"# {_line(title)}",
        "",
        f"STRATA <- {texts(document['design']['strata'])}",
        f"UNIT <- {text(document['design'].get('psu', ''))}",
        f"BASE <- {text(weights.get('base', ''))}",
        f"CAP <- {number(weights.get('upper', 0))}",
        f"TOLERANCE <- {number(weights.get('tolerance', 1e-10))}",
        f"MISSING <- {texts(document['missing'])}",
        f"LEVELS <- {named({name: texts(codes) for name, codes in document['levels'].items()})}",
        f"WHOLE <- {text(aggregate['name'])}",
        f"LEAST <- {DEFAULT.suppress_below}",
        f"POPULATIONS <- {numbers(aggregate['populations'])}",
        "FIGURES <- list(",
        ",\n".join(f"  {_figure(one)}" for one in document["figures"]),
        ")",
        "",
    ]
    return "\n".join(head) + "\n" + BODY.read_text(encoding="utf-8")


def _figure(one: Mapping[str, Any]) -> str:
    breakdowns = []
    for parts in one["breakdowns"]:
        pairs = (f"{text(part['dimension'])} = {text(part['column'])}" for part in parts)
        breakdowns.append(f"c({', '.join(pairs)})")
    return (
        f"list(id = {text(one['id'])}, kind = {text(one['kind'])}, column = {text(one['column'])}, "
        f"scores = {_scores(one)}, "
        f"where = {named({name: texts(codes) for name, codes in one.get('where', {}).items()})}, "
        f"breakdowns = list({', '.join(breakdowns)}))"
    )


def _scores(one: Mapping[str, Any]) -> str:
    if one["kind"] == "share":
        return numbers({code: float(code in one["counts"]) for code in one["base"]})
    if one["kind"] == "net":
        return numbers(
            {
                code: 100.0 * (code in one["positive"]) - 100.0 * (code in one["negative"])
                for code in one["base"]
            }
        )
    return numbers(one["scores"]) if "scores" in one else "NULL"


def text(value: str) -> str:
    """A string of R; every sign outside ASCII is written as its number."""
    return re.sub(
        r"[^\x20-\x7e]",
        lambda sign: f"\\U{ord(sign.group()):08X}",
        json.dumps(value, ensure_ascii=False),
    )


def texts(values: Any) -> str:
    """A vector of strings."""
    return f"c({', '.join(text(str(value)) for value in values)})" if values else "character(0)"


def number(value: float) -> str:
    """A number with all its digits."""
    return repr(float(value))


def numbers(values: Mapping[str, float]) -> str:
    """A named vector of numbers."""
    if not values:
        return "numeric(0)"
    return (
        f"c({', '.join(f'{text(str(name))} = {number(value)}' for name, value in values.items())})"
    )


def named(values: Mapping[str, str]) -> str:
    """A named list of what is R already."""
    return f"list({', '.join(f'{text(name)} = {value}' for name, value in values.items())})"


def _line(words: str) -> str:
    return " ".join(words.split())
