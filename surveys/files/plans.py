"""The analysis plan of a file: JSON that fits `plan.schema.json`, as frozen dataclasses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from surveys.errors import InputRefused
from surveys.stats.disclosure import DEFAULT, Thresholds

from .codes import code, codes, listed

SCHEMA_FILE = Path(__file__).with_name("plan.schema.json")
LARGEST = 5_000_000
"""Characters of a plan."""


@dataclass(frozen=True)
class Dimension:
    """One column of a breakdown, under the name that its levels are published with."""

    dimension: str
    column: str


Breakdown = tuple[Dimension, ...]


@dataclass(frozen=True)
class FigurePlan:
    """One figure: what counts, over whom. Codes are texts."""

    id: str
    kind: str
    columns: tuple[str, ...]
    counts: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    minimum: int | None = None
    missing: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    interval: str = "logit"
    breakdowns: tuple[Breakdown, ...] = ()


@dataclass(frozen=True)
class DesignPlan:
    """How people were drawn; names of columns."""

    strata: tuple[str, ...] = ()
    psu: str = ""
    fpc: str = ""
    lonely: str = "adjust"


@dataclass(frozen=True)
class WeightPlan:
    """How weights are made; see the schema for each word."""

    base: str = ""
    by: tuple[str, ...] = ()
    rake_to: tuple[tuple[str, ...], ...] = ()
    scale: str = "population"
    lower: float | None = None
    upper: float | None = None
    tolerance: float = 1e-10
    missing: str = "refuse"
    without_margins: str = "refuse"
    zeros: str = "refuse"


@dataclass(frozen=True)
class AggregatePlan:
    """The figure for all levels of the last group; no populations: those of the margins."""

    name: str
    method: str = "popshare"
    populations: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A whole plan. `missing` are codes that are no answer in any column."""

    figures: tuple[FigurePlan, ...]
    design: DesignPlan = DesignPlan()
    weights: WeightPlan = WeightPlan()
    groups: tuple[str, ...] = ()
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    aggregate: AggregatePlan | None = None
    errors: str = "as_given"
    confidence: float = 0.95
    thresholds: Thresholds = DEFAULT

    def columns(self, margins: Iterable[tuple[str, ...]]) -> dict[str, str]:
        """Every column that is needed, and the place in the plan that needs it.

        `margins` are the variables of the margins in use, crossed ones as several names.
        """
        weights, drawn = self.weights, self.design
        needed = [(name, "groups") for name in self.groups]
        needed += [(name, "design.strata") for name in drawn.strata]
        needed += [(drawn.psu, "design.psu"), (drawn.fpc, "design.fpc")]
        needed += [(weights.base, "weights.base")]
        needed += [(name, "weights.by") for name in weights.by]
        needed += [(name, "the margins") for names in margins for name in names]
        for figure in self.figures:
            place = f"the figure {figure.id}"
            needed += [(name, place) for name in (*figure.columns, *figure.where)]
            needed += [
                (part.column, f"a breakdown of {figure.id}")
                for breakdown in figure.breakdowns
                for part in breakdown
            ]
        found: dict[str, str] = {}
        for name, place in needed:
            if name:
                found.setdefault(name, place)
        return found

    def numeric(self) -> frozenset[str]:
        """Columns that hold numbers, not codes: they are read without a table of codes."""
        means = {
            figure.columns[0]
            for figure in self.figures
            if figure.kind == "mean" and not figure.scores
        }
        coded = {
            part.column
            for figure in self.figures
            for breakdown in figure.breakdowns
            for part in breakdown
        }
        coded |= {name for figure in self.figures for name in figure.where}
        coded |= {name for figure in self.figures if figure.scores for name in figure.columns}
        coded |= {name for figure in self.figures if figure.base for name in figure.columns}
        coded |= {*self.groups, *self.weights.by, *self.design.strata, self.design.psu}
        coded |= {name for names in self.weights.rake_to for name in names}
        return frozenset(({self.weights.base, self.design.fpc} | means) - coded - {""})


def read_plan(path: Path) -> Plan:
    """The plan in a file. Raises `InputRefused` for what is no plan."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputRefused(f"The plan {path} cannot be read: {error.strerror}.") from error
    if len(raw) > LARGEST:
        raise InputRefused(f"The plan {path} has {len(raw):,} bytes; {LARGEST:,} are the limit.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused(
            f"The plan {path} is not UTF-8: byte {error.start + 1:,} is {raw[error.start]:#04x}."
        ) from error
    if not text.strip():
        raise InputRefused(f"The plan {path} is empty.")
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InputRefused(
            f"The plan {path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise InputRefused(f"The plan {path} is nested too deeply.") from error
    except ValueError as error:
        raise InputRefused(f"The plan {path} is not usable JSON: {error}") from error
    return plan_of(document)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice in one object.")
        found[name] = value
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number in JSON.")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a plan."""
    return json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def plan_of(document: Any) -> Plan:
    """The plan that a JSON document says. Raises `InputRefused` naming the place at fault."""
    import jsonschema
    from jsonschema.exceptions import best_match

    validator = jsonschema.Draft202012Validator(schema())
    if error := best_match(validator.iter_errors(document)):
        raise InputRefused(_sentence(error))
    weights = document.get("weights", {})
    drawn = document.get("design", {})
    common = _breakdowns(document.get("breakdowns", []))
    missing = codes(document.get("missing", []))
    plan = Plan(
        figures=tuple(_figure(one, common, missing) for one in document["figures"]),
        design=DesignPlan(**drawn | {"strata": tuple(drawn.get("strata", ()))}),
        weights=WeightPlan(
            **weights
            | {
                "by": tuple(weights.get("by", ())),
                "rake_to": tuple(
                    (one,) if isinstance(one, str) else tuple(one)
                    for one in weights.get("rake_to", ())
                ),
            }
        ),
        groups=tuple(document.get("groups", ())),
        levels={name: codes(found) for name, found in document.get("levels", {}).items()},
        missing=missing,
        aggregate=_aggregate(document.get("aggregate")),
        errors=document.get("errors", "as_given"),
        confidence=document.get("confidence", 0.95),
        thresholds=_thresholds(document.get("disclosure", {})),
    )
    _check(plan)
    return plan


def _thresholds(given: Mapping[str, Any]) -> Thresholds:
    if not given:
        return DEFAULT
    kept = {one.name: getattr(DEFAULT, one.name) for one in fields(DEFAULT)}
    return Thresholds(**kept | {"version": "the plan's"} | dict(given))


def _breakdowns(given: list[Any]) -> tuple[Breakdown, ...]:
    return tuple(
        tuple(
            Dimension(part, part) if isinstance(part, str) else Dimension(**part) for part in parts
        )
        for parts in given
    )


def _aggregate(given: Mapping[str, Any] | None) -> AggregatePlan | None:
    if given is None:
        return None
    people = {code(name): float(value) for name, value in given.get("populations", {}).items()}
    return AggregatePlan(given["name"], given.get("method", "popshare"), people)


def _figure(
    given: Mapping[str, Any], common: tuple[Breakdown, ...], missing: tuple[str, ...]
) -> FigurePlan:
    return FigurePlan(
        id=given["id"],
        kind=given["kind"],
        columns=tuple(given["columns"]) if "columns" in given else (given["column"],),
        counts=codes(given.get("counts", ())),
        base=codes(given.get("base", ())),
        positive=codes(given.get("positive", ())),
        negative=codes(given.get("negative", ())),
        scores={code(name): float(value) for name, value in given.get("scores", {}).items()},
        minimum=given.get("minimum"),
        missing=(*missing, *codes(given.get("missing", ()))),
        where={name: codes(found) for name, found in given.get("where", {}).items()},
        interval=given.get("interval", "logit"),
        breakdowns=_breakdowns(given["breakdowns"]) if "breakdowns" in given else common,
    )


def _check(plan: Plan) -> None:
    """What a schema cannot say."""
    seen: set[str] = set()
    for figure in plan.figures:
        if figure.id in seen:
            raise InputRefused(f"The plan has two figures with the id {figure.id}. Rename one.")
        seen.add(figure.id)
        _check_codes(figure)
        for breakdown in figure.breakdowns:
            names = [part.column for part in breakdown]
            dimensions = [part.dimension for part in breakdown]
            if len(set(names)) < len(names) or len(set(dimensions)) < len(dimensions):
                raise InputRefused(f"A breakdown of {figure.id} names {listed(names)} twice.")
            if again := set(names) & set(plan.groups):
                raise InputRefused(
                    f"The plan breaks {figure.id} down by {listed(sorted(again))}, which is a "
                    "column of its groups already."
                )
    if plan.aggregate and not plan.groups:
        raise InputRefused(
            f"The plan has the aggregate {plan.aggregate.name} but no groups to add up. Name a "
            "column in groups."
        )


def _check_codes(figure: FigurePlan) -> None:
    base = set(figure.base) or set(figure.scores)
    for name in ("counts", "positive", "negative"):
        if strange := [one for one in getattr(figure, name) if one not in base]:
            raise InputRefused(
                f"The figure {figure.id} has {listed(strange)} in {name} but not in its base."
            )
    if both := set(figure.positive) & set(figure.negative):
        raise InputRefused(
            f"The figure {figure.id} counts {listed(sorted(both))} as positive and as negative."
        )
    if figure.minimum is not None and figure.minimum > len(figure.columns):
        raise InputRefused(
            f"The figure {figure.id} asks for {figure.minimum} answers of "
            f"{len(figure.columns)} columns."
        )


def _sentence(error: Any) -> str:
    """What does not fit the schema, as a sentence with the place in the plan."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path]
    place = "".join(parts).lstrip(".") or "the plan itself"
    value = error.instance
    shown = json.dumps(value, ensure_ascii=False)[:60]
    kind, rule = error.validator, error.validator_value
    if kind == "required":
        gone = [name for name in rule if name not in value]
        return f"The plan lacks {listed(gone)} in {place}."
    if kind == "additionalProperties" and isinstance(rule, bool):
        known = error.schema["properties"]
        strange = [name for name in value if name not in known]
        return f"The plan has {listed(strange)} in {place}, which is not known there; known are {', '.join(known)}."
    if kind == "enum" and "propertyNames" in error.absolute_schema_path:
        return f"The plan has {value} in {place}, which this kind of figure does not have; it has {', '.join(rule)}."
    if kind == "enum":
        return f"The plan says {shown} in {place}; it may be {', '.join(map(str, rule))}."
    if kind == "type":
        wanted = rule if isinstance(rule, str) else " or ".join(rule)
        return f"The plan has {shown} in {place}, where JSON's {wanted} belongs."
    if kind in ("minItems", "minProperties", "minLength"):
        return f"The plan has nothing, or too little, in {place}: {shown}."
    if kind == "uniqueItems":
        return f"The plan repeats something in {place}: {shown}."
    return f"The plan does not fit its schema in {place}: {shown} breaks the rule {kind} {json.dumps(rule)[:80]}."
