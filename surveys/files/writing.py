"""Figures as CSV, weights as CSV, and an account as JSON. Nothing is written half."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from surveys.errors import InputRefused
from surveys.stats.figures import Figure

from .estimation import Estimates

COLUMNS = (
    "figure", "kind", "breakdown", "status", "value", "se", "df", "low", "high", "n",
    "n_effective", "deff", "population", "interval", "coverage", "members", "absent", "reasons",
)  # fmt: skip
"""Columns after those of the groups. Shares run from 0 to 1."""


def rows(groups: Iterable[str], figures: Iterable[Figure]) -> Iterator[list[Any]]:
    """The head and one row per figure; an empty cell is a number that is not there or not shown."""
    yield [*groups, *COLUMNS]
    for one in figures:
        yield [
            *one.groups,
            one.item,
            one.kind,
            ";".join(f"{dimension}={level}" for dimension, level in one.breakdown),
            one.status,
            *(number(getattr(one, name)) for name in ("value", "se", "df", "low", "high")),
            one.n,
            *(number(getattr(one, name)) for name in ("n_effective", "deff", "population")),
            one.interval_method,
            number(one.coverage),
            " ".join(one.members),
            " ".join(one.absent),
            " ".join(one.reasons),
        ]


def number(value: float | None) -> str:
    """All digits of a number, or nothing."""
    return "" if value is None else repr(float(value)) if isinstance(value, float) else str(value)


def write_figures(file: IO[str], found: Estimates) -> None:
    """The figures as CSV."""
    csv.writer(file, lineterminator="\n").writerows(rows(found.groups, found.figures))


def write_weights(file: IO[str], found: Estimates) -> None:
    """The weight of every respondent, in the order of the data."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["respondent", "base", "weight"])
    pairs = zip(found.weighted.base, found.weighted.weights, strict=True)
    for place, (base, weight) in enumerate(pairs, 1):
        writer.writerow([place, number(float(base)), number(float(weight))])


def account(found: Estimates, inputs: Iterable[Path], version: str) -> dict[str, Any]:
    """How the figures came about: files with their digests, weights by group, thresholds, notes."""
    return {
        "version": version,
        "inputs": [{"name": path.name, "sha256": digest(path)} for path in inputs],
        "respondents": found.n,
        "figures": len(found.figures),
        "shown": sum(1 for one in found.figures if one.value is not None),
        "suppressed": sum(1 for one in found.figures if one.status == "Q"),
        "thresholds": asdict(found.thresholds),
        "weights": [asdict(one) for one in found.weighted.accounts],
        "notes": list(found.notes),
    }


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_account(file: IO[str], found: dict[str, Any]) -> None:
    """The account as JSON."""
    json.dump(found, file, ensure_ascii=False, indent=1, allow_nan=False)
    file.write("\n")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A file that appears under its name when it is complete, and not before."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputRefused(f"Nothing can be written to {path}: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except OSError as error:
        raise InputRefused(f"Nothing can be written to {path}: {error.strerror}.") from error
    finally:
        Path(name).unlink(missing_ok=True)
