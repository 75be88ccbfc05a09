"""The figures of what was asked, by the steps of publishing: frame, weights, figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from django.db.models import Q
from django.utils.translation import gettext as _

from indicators.models import Area
from surveys import frames
from surveys.errors import WorkbenchRefused
from surveys.estimating import (
    ASEAN,
    Populations,
    axis,
    filter_column,
    item,
    sample,
    whole_of,
)
from surveys.models import QualityFlag, Response, Wave, WeightingScheme
from surveys.publishing import populations_of
from surveys.quality.exclusions import excluded
from surveys.questionnaire.definition import NOT_ASKED
from surveys.stats import figures as planned
from surveys.weighting import Weighted, variables, weigh
from surveys.workbench.asking import Asked
from surveys.workbench.choosing import CHOICES, UNWEIGHTED

STANDING, EVERYBODY, UNFLAGGED = "standing", "everybody", "unflagged"
WEIGHTED_OFF = "unweighted"
MOST_ROWS = 4000
"""More figures than this are no table that anybody reads."""
_EXCLUDED, _FLAGGED = "mark:excluded", "mark:flagged"
_VALID, _DONT_KNOW, _REFUSED, _NOT_ASKED, _BLANK = range(5)

Place = tuple[str, planned.Key]
"""An area's code (or ASEAN) and a cell of the breakdown, () for everybody there."""


@dataclass(frozen=True)
class Base:
    """Respondents by what they said to an item, not weighted. `blank` left it empty, or their
    version of the questionnaire did not have it."""

    valid: int = 0
    dont_know: int = 0
    refused: int = 0
    not_asked: int = 0
    blank: int = 0

    @property
    def asked(self) -> int:
        """Everybody but those whom the questionnaire did not ask."""
        return self.valid + self.dont_know + self.refused + self.blank

    def __add__(self, other: Base) -> Base:
        return Base(
            self.valid + other.valid,
            self.dont_know + other.dont_know,
            self.refused + other.refused,
            self.not_asked + other.not_asked,
            self.blank + other.blank,
        )


@dataclass(frozen=True)
class Series:
    """One column of the comparison: a wave, by one weighting, from some of its responses.

    `figures` are by (name of the entry, area, cell), `bases` by (area, cell). `answers` are the
    responses it rests on and `weighted` their weights, row by row.
    """

    wave: Wave
    variant: str
    label: str
    scheme: WeightingScheme | None
    populations: Populations
    weighted: Weighted
    answers: pd.DataFrame
    figures: Mapping[tuple[str, str, planned.Key], planned.Figure]
    bases: Mapping[Place, Base]


@dataclass(frozen=True)
class Computed:
    """Everything a page of the workbench shows: `areas` in order, ASEAN first where there is one;
    `cells` of the breakdown in order, () first; `without_area` responses that belong to none."""

    asked: Asked
    series: tuple[Series, ...]
    areas: tuple[str, ...]
    cells: tuple[planned.Key, ...]
    without_area: int
    remarks: tuple[str, ...]

    @property
    def focus(self) -> str:
        """The area that charts and tests of groups are about: the chosen one, ASEAN, or the first."""
        if self.asked.choice.area:
            return self.asked.choice.area
        return ASEAN if ASEAN in self.areas else next(iter(self.areas), "")


def computed(asked: Asked, *, areas: Collection[str] | None, at: datetime) -> Computed:
    """Figures of every chosen wave and variant. `areas` are those the reader is limited to, None
    for all; a reader of some areas sees no figure of ASEAN, which would tell of the others.

    Raises `WorkbenchRefused` where what was chosen cannot be read as a table.
    """
    cells = _cells(asked)
    if asked.choice.area and areas is not None and asked.choice.area not in areas:
        raise WorkbenchRefused(
            _("You may not see “%(area)s”. Choose one of your areas.") % {"area": asked.choice.area}
        )
    series: list[Series] = []
    remarks: list[str] = []
    codes: dict[str, None] = {}
    without_area = 0
    frames_of: list[tuple[Wave, pd.DataFrame]] = []
    for wave in asked.waves:
        frame = _frame(wave, asked)
        if areas is not None:
            frame = frame[frame["area"].isin(list(areas))].reset_index(drop=True)
        has_area = (frame["area"].notna() & (frame["area"] != "")).to_numpy()
        without_area += int((~has_area).sum())
        frame = frame if has_area.all() else frame[has_area].reset_index(drop=True)
        frames_of.append((wave, frame))
        present = set(frame["area"].unique())
        codes |= dict.fromkeys(
            code
            for code in sorted({*wave.areas, *map(str, present)})
            if areas is None or code in areas
        )
    for wave, frame in frames_of:
        populations = populations_of(wave, at=at, scheme=asked.scheme)
        for variant, label, rows in _variants(wave, frame, asked, remarks):
            series.append(
                _series(
                    asked, wave, variant, label, rows, populations,
                    areas=tuple(codes), with_whole=areas is None,
                )
            )  # fmt: skip
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    shown = tuple(sorted(codes, key=lambda code: names.get(code, code)))
    if areas is None and any(one.populations.members for one in series):
        shown = (ASEAN, *shown)
    if asked.choice.area:
        if asked.choice.area not in shown:
            raise WorkbenchRefused(
                _("No response of the chosen waves belongs to “%(area)s”. Choose another area.")
                % {"area": asked.choice.area}
            )
        shown = (asked.choice.area,)
    rows = len(series) * len(shown) * len(cells) * len(asked.entries)
    if rows > MOST_ROWS:
        raise WorkbenchRefused(
            _(
                "This would be a table of %(rows)d figures, which nobody can read. Choose one area, "
                "a single breakdown, or the share of some answers instead of all."
            )
            % {"rows": rows}
        )
    return Computed(asked, tuple(series), shown, cells, without_area, tuple(dict.fromkeys(remarks)))


def _cells(asked: Asked) -> tuple[planned.Key, ...]:
    """Every cell of the breakdown, () for everybody first, in the order of the questions."""
    cells: list[planned.Key] = [()]
    for breakdown in asked.by:
        cells = [
            (*cell, (breakdown.code, level))
            for cell in cells
            for level in breakdown.levels
        ]  # fmt: skip
    ordered = [tuple(sorted(cell)) for cell in cells]
    return ((), *ordered) if asked.by else ((),)


def _frame(wave: Wave, asked: Asked) -> pd.DataFrame:
    """All submitted responses of a wave with the columns that are needed, and their marks."""
    from surveys.exports.rows import alignment_of

    scheme = asked.scheme_of(wave)
    table = alignment_of(wave)
    needed = variables(scheme)
    if missing := [name for name in needed if name not in table.questions]:
        raise WorkbenchRefused(
            _(
                "The weighting scheme “%(scheme)s” needs the question “%(code)s”, which “%(wave)s” did "
                "not ask. Choose another scheme or none."
            )
            % {"scheme": scheme, "code": missing[0], "wave": wave}
        )
    own = {column.name for column in table.columns}
    columns = [column for column in asked.item.columns if column in own]
    entry = next(iter(asked.entries.values()))[1]
    frame = frames.responses(
        wave,
        columns=[*columns, *(one.code for one in asked.by), *needed],
        conditions={filter_column(entry): asked.condition} if asked.condition is not None else {},
        with_excluded=True,
        marks={
            _EXCLUDED: excluded(wave),
            _FLAGGED: Q(pk__in=QualityFlag.objects.filter(response__wave=wave).values("response")),
        },
    )
    for column in asked.item.columns:
        if column not in frame:
            # A choice that only another wave offered: nobody here could take it.
            frame[column] = pd.Categorical([None] * len(frame), categories=["0", "1", NOT_ASKED])
    return frame


def _variants(
    wave: Wave, frame: pd.DataFrame, asked: Asked, remarks: list[str]
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The responses of each column, with its name; `remarks` hears why a column is missing."""
    standing = frame[~frame[_EXCLUDED].to_numpy()].reset_index(drop=True)
    sides = asked.choice.sides
    yield STANDING, "" if not sides else _("as it stands"), standing
    if sides == "exclusions":
        flagged = frame[_FLAGGED].to_numpy()
        if len(standing) < len(frame):
            yield EVERYBODY, _("with everybody"), frame
        else:
            remarks.append(_("No response of “%(wave)s” is excluded.") % {"wave": wave})
        if flagged.any():
            yield UNFLAGGED, _("without flagged ones"), frame[~flagged].reset_index(drop=True)
        else:
            remarks.append(_("No response of “%(wave)s” is flagged.") % {"wave": wave})
    elif sides == "sources":
        for source in Response.Source:
            rows = standing[(standing["source"] == source.value).to_numpy()]
            if len(rows):
                yield source.value, str(source.label), rows.reset_index(drop=True)
    elif sides == "weights":
        if asked.scheme_of(wave) is None:
            remarks.append(
                _("“%(wave)s” has no weighting scheme in use, so there is one column.")
                % {"wave": wave}
            )
        else:
            yield WEIGHTED_OFF, _("without weights"), standing


def _series(
    asked: Asked,
    wave: Wave,
    variant: str,
    label: str,
    frame: pd.DataFrame,
    populations: Populations,
    *,
    areas: tuple[str, ...],
    with_whole: bool,
) -> Series:
    scheme = None if variant == WEIGHTED_OFF else asked.scheme_of(wave)
    weighted = weigh(frame, scheme)
    figures: dict[tuple[str, str, planned.Key], planned.Figure] = {}
    bases: dict[Place, Base] = {}
    if len(frame):
        found, area = sample(frame, weighted.weights, areas)
        axes = tuple(axis(frame, one.code, one.code) for one in asked.by)
        layout = planned.Layout(
            (area,), (axes,) if axes else (), whole_of(populations) if with_whole else None
        )
        try:
            items = [item(frame, entry, name) for name, (_label, entry) in asked.entries.items()]
        except ValueError:
            raise WorkbenchRefused(
                _(
                    "“%(wave)s” holds answers to “%(code)s” that are not numbers, so they have no "
                    "mean. Look at the distribution."
                )
                % {"wave": wave, "code": asked.item.code}
            ) from None
        for one in planned.figures(found, items, layout):
            figures[one.item, one.groups[0], one.breakdown] = one
        bases = _bases(frame, asked, populations)
    return Series(
        wave=wave,
        variant=variant,
        label=" · ".join(
            part for part in (str(wave) if len(asked.waves) > 1 else "", label) if part
        )
        or str(wave),
        scheme=scheme,
        populations=populations,
        weighted=weighted,
        answers=frame,
        figures=figures,
        bases=bases,
    )


def answers_of(frame: pd.DataFrame, asked: Asked) -> np.ndarray:
    """Per respondent what was said to the item: valid, don't know, refused, not asked or blank."""
    said = np.full(len(frame), _BLANK)
    for column in asked.item.columns:
        values = frame[column].array
        if not isinstance(values, pd.Categorical):
            numbers = np.asarray(values, dtype=float)
            said[np.isfinite(numbers)] = _VALID
            for code, kind in ((-9, _DONT_KNOW), (-8, _REFUSED), (-7, _NOT_ASKED)):
                said[numbers == code] = kind
            continue
        kinds = {NOT_ASKED: _NOT_ASKED}
        if asked.measure != CHOICES:
            kinds |= {"-9": _DONT_KNOW, "-8": _REFUSED}
        table = np.array([kinds.get(code, _VALID) for code in values.categories] + [_BLANK])
        here = table[values.codes]
        said = np.where(here == _BLANK, said, here)
    return said


def _bases(frame: pd.DataFrame, asked: Asked, populations: Populations) -> dict[Place, Base]:
    """Counts of respondents by area and cell, and for ASEAN those of its member states together."""
    columns = [frame["area"].astype(str)]
    columns += [frame[one.code].astype(object) for one in asked.by]
    data = pd.DataFrame({str(place): column for place, column in enumerate(columns)})
    data["said"] = answers_of(frame, asked)
    entry = next(iter(asked.entries.values()))[1]
    if asked.condition is not None:
        data = data[frame[filter_column(entry)].to_numpy() == 1.0]
    names = [one.code for one in asked.by]
    found: dict[Place, dict[int, int]] = {}
    groupings = [["0"], [str(place) for place in range(len(columns))]] if names else [["0"]]
    for grouping in groupings:
        for labels, many in data.groupby([*grouping, "said"], observed=True).size().items():
            area, *levels, said = labels
            key = tuple(sorted(zip(names, map(str, levels), strict=False)))
            found.setdefault((area, key), {})[said] = int(many)
    bases = {place: Base(*(counts.get(kind, 0) for kind in range(5)))
             for place, counts in found.items()}  # fmt: skip
    for (area, key), base in list(bases.items()):
        if area in populations.members:
            bases[ASEAN, key] = bases.get((ASEAN, key), Base()) + base
    return bases


def weights_are_off(asked: Asked) -> bool:
    """Whether the reader chose to look without weights."""
    return asked.choice.weights == UNWEIGHTED
