"""Putting a bundle together, and refusing one that does not give the published figures."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from indicators.models import Observation
from surveys import frames
from surveys.errors import ExportRefused, InputRefused
from surveys.estimating import breakdown_of, measure
from surveys.exports.rows import Table, alignment_of
from surveys.files import writing
from surveys.files.estimation import Estimates, estimate
from surveys.files.plans import read_plan
from surveys.models import AnalysisPlanEntry, Response, Wave
from surveys.publishing import Basis, basis, plan_of
from surveys.replication.plans import figure_id, plan_document
from surveys.replication.rscript import r_script
from surveys.replication.unitdata import column_names, margin_rows, unit_data
from surveys.replication.words import codebook, readme
from surveys.stats.disclosure import DEFAULT
from surveys.stats.measures import Coded

PUBLISHED = ("published_status", "published_value", "published_low", "published_high")
ROUNDING = 1e-4
"""How far a figure of the ledger may be from the one recomputed: its last decimal."""

Step = Callable[[int], None]


def require_whole(table: Table, rows: int) -> None:
    """Raise `ExportRefused` for a wave without figures, or whose responses one may see in part only:
    its figures rest on all of them."""
    _require_published(table.wave)
    if rows < Response.objects.submitted().filter(wave=table.wave).count():
        raise ExportRefused(
            _(
                "The figures rest on the responses of every area, and you may see some areas only. "
                "Ask an analyst for the bundle."
            )
        )


def _require_published(wave: Wave) -> None:
    if not wave.published_at:
        raise ExportRefused(_("The wave has no published figures yet, so there is none to repeat."))


def columns_of(wave: Wave) -> list[str]:
    """The columns of the data in a wave's bundle, for the audit log."""
    return column_names(plan_of(wave), wave.weighting, frames.drawn(wave))


def write_bundle(wave: Wave, path: Path, *, at: datetime, on_step: Step | None = None) -> int:
    """Write the bundle of a wave's published figures to `path`; return the number of respondents.

    Files are made beside `path`. Raises `ExportRefused` when the wave was never published, when
    responses came in since, and when its figures do not come out of its own files.
    """
    _require_published(wave)
    plan = plan_of(wave)
    found = basis(wave, plan, at=at)
    heard = on_step or (lambda rows: None)
    heard(len(found.frame) // 3)
    if found.digest != wave.published_digest:
        raise ExportRefused(
            _(
                "The figures were computed from other responses or settings than there are now. They "
                "are computed anew within a minute; then ask for the bundle again."
            )
        )
    plan = [entry for entry in plan if len(found.frame) and _is_answered(found, entry)]
    if not plan:
        raise ExportRefused(_("The wave has no published figures yet, so there is none to repeat."))
    title = f"{wave.survey.title}, {wave.title}"
    data = unit_data(found, plan, wave.weighting)
    document = plan_document(found, plan, wave.weighting, data, title=title)
    folder = path.parent
    files = {
        "plan.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "data.csv": _csv([list(data.frame.columns), *data.frame.itertuples(index=False)]),
        "codebook.csv": codebook(data, alignment_of(wave)),
        "replicate.R": r_script(document, title=title),
        "README.txt": readme(
            wave, found, data, document, least=DEFAULT.suppress_below,
            version=settings.CODE_VERSION, at=at,
        ),
    }  # fmt: skip
    if margins := margin_rows(found):
        files["margins.csv"] = _csv([["area", "variable", "category", "share"], *margins])
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
    estimates = _again(folder, has_margins=bool(margins))
    heard(len(found.frame) * 2 // 3)
    files["estimates.csv"] = _csv(_with_published(wave, plan, estimates))
    _zip(path, files, folder=f"{wave.slug}-replication", at=at)
    return len(data.frame)


def _is_answered(found: Basis, entry: AnalysisPlanEntry) -> bool:
    """Whether anybody is in the base: without, nothing was published."""
    measured = measure(found.frame, entry)
    numbers = measured.numbers() if isinstance(measured, Coded) else measured
    return bool(np.isfinite(numbers).any())


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _again(folder: Path, *, has_margins: bool) -> Estimates:
    """The figures as a reader of the files gets them."""
    try:
        return estimate(
            read_plan(folder / "plan.json"),
            folder / "data.csv",
            folder / "margins.csv" if has_margins else None,
        )
    except InputRefused as refusal:
        raise ExportRefused(
            _("The figures cannot be computed from the files of the bundle: %(why)s")
            % {"why": refusal}
        ) from refusal


def _with_published(
    wave: Wave, plan: list[AnalysisPlanEntry], estimates: Estimates
) -> Iterator[list[Any]]:
    """The figures beside those of the ledger. Raises `ExportRefused` where they are not the same."""
    ledger = {
        (row.indicator.slug, row.area.code, row.breakdown): row
        for row in Observation.objects.filter(
            source=wave.source, period=wave.period
        ).select_related("indicator", "area")
    }
    entries = {figure_id(entry): entry for entry in plan}
    head, *rows = writing.rows(estimates.groups, estimates.figures)
    yield [*head, *PUBLISHED]
    for figure, row in zip(estimates.figures, rows, strict=True):
        entry = entries[figure.item]
        key = breakdown_of(entry, figure)
        published = ledger.get((entry.indicator, figure.groups[0], key))
        if published is None:
            yield [*row, *("" for _column in PUBLISHED)]
            continue
        scale = 100 if figure.kind == "share" else 1
        for name in ("value", "low", "high"):
            shown, ours = getattr(published, name), getattr(figure, name)
            if (shown is None) != (ours is None) or (
                ours is not None and abs(float(shown) - ours * scale) > ROUNDING
            ):
                raise ExportRefused(
                    _(
                        "The published %(name)s of %(indicator)s for %(area)s %(breakdown)s is "
                        "%(shown)s, but its files give %(ours)s. Publish the wave again."
                    )
                    % {
                        "name": name,
                        "indicator": entry.indicator,
                        "area": figure.groups[0],
                        "breakdown": key,
                        "shown": shown,
                        "ours": None if ours is None else ours * scale,
                    }
                )
        numbers = (published.value, published.low, published.high)
        yield [
            *row,
            published.status,
            *("" if number is None else format(number.normalize(), "f") for number in numbers),
        ]


def _zip(path: Path, files: dict[str, str], *, folder: str, at: datetime) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, files[name])
