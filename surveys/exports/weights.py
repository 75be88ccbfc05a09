"""The weights of a wave's responses, as columns of its table: what its figures were computed with.

Only what the weighting scheme asks for is read, not whole responses, so that a hundred thousand
of them take some megabytes.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from django.db.models.fields.json import KeyTransform
from numpy.typing import NDArray

from surveys.models import Response, Wave, WeightingScheme
from surveys.publishing import populations_of
from surveys.quality.exclusions import excluded
from surveys.weighting import variables, weigh

WITHIN, ACROSS = "weight", "weight_asean"
NAMES = (WITHIN, ACROSS)
_KEY = 16
_READ = 5000


@dataclass(frozen=True)
class Weights:
    """For each response in the order of the keys: its weight within its area, and across areas.

    Within an area the mean weight is 1. Across areas the weights of a member state add up to its
    share of the population, with a mean of 1 over all member states. NaN where there is none: the
    response is in a standing exclusion set, or its area has no population in the wave's vintage.
    """

    keys: bytes
    within: NDArray[np.float64]
    across: NDArray[np.float64]

    def of(self, key: UUID) -> tuple[float | str, float | str]:
        """Both weights of one response, "" where it has none."""
        wanted = key.bytes
        place = bisect_left(
            range(len(self.within)), wanted, key=lambda at: self.keys[at * _KEY : at * _KEY + _KEY]
        )
        if self.keys[place * _KEY : place * _KEY + _KEY] != wanted:
            return "", ""
        return _shown(self.within[place]), _shown(self.across[place])


def _shown(weight: float) -> float | str:
    # Six decimals, as the columns of statistics programs hold them: every format says the same.
    return "" if math.isnan(weight) else round(float(weight), 6)


def weights_of(wave: Wave, *, at: datetime) -> Weights | None:
    """The weights of every submitted response that counts, or None without a weighting scheme."""
    scheme = wave.weighting
    if scheme is None:
        return None
    asked = variables(scheme)
    rows = (
        Response.objects.submitted()
        .filter(wave=wave)
        .exclude(excluded(wave))
        .order_by("pk")
        .values_list("pk", "area", *(KeyTransform(name, "answers") for name in asked))
    )
    keys = bytearray()
    columns: list[list[Any]] = [[] for _name in ("area", *asked)]
    for key, *values in rows.iterator(chunk_size=_READ):
        keys += key.bytes
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    frame = _frame(scheme, asked, columns)
    within = weigh(frame, scheme).weights
    areas = frame["area"].to_numpy(dtype=object)
    people = populations_of(wave, at=at).people
    return Weights(bytes(keys), within, _across(within, areas, people))


def _frame(scheme: WeightingScheme, asked: list[str], columns: list[list[Any]]) -> pd.DataFrame:
    data: dict[str, Any] = {"area": pd.Categorical(columns[0])}
    for name, values in zip(asked, columns[1:], strict=True):
        if name == scheme.base_weight:
            data[name] = np.array([_number(value) for value in values], dtype=np.float64)
        else:
            texts = [None if value is None else str(value) for value in values]
            data[f"{name}_answer" if name == "area" else name] = pd.Categorical(texts)
    return pd.DataFrame(data)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _across(
    within: NDArray[np.float64], areas: NDArray[np.object_], people: Any
) -> NDArray[np.float64]:
    """Weights that add up to the populations of the areas (those known), with mean 1."""
    found = np.full(len(within), np.nan)
    for area, population in people.items():
        rows = areas == area
        if rows.any():
            found[rows] = within[rows] * (population / within[rows].sum())
    known = ~np.isnan(found)
    if known.any():
        found[known] /= found[known].mean()
    return found
