"""Reading a wave's responses for a file, in steps, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from surveys.exports import weights
from surveys.exports.alignment import alignment_of
from surveys.exports.columns import Alignment, names
from surveys.models import QualityFlag, Questionnaire, Response, Wave

LEADING = ("response", "version", "language", "source", "submitted_on", "area", "flags")
"""Columns that every table begins with."""
BEFORE = "response_"
"""What a leading column is called with where a question has its name."""
STEP = 500
_KEY = 16


def apart(questions: Iterable[str]) -> dict[str, str]:
    """The names of the leading columns, those of weights included, beside columns of answers.

    A question keeps its name in every file; a leading column of the same name is called
    "response_area" instead of "area", so that no name comes twice.
    """
    taken = set(questions)
    found = {}
    for name in (*LEADING, *weights.NAMES):
        shown = name
        while shown in taken:
            shown = BEFORE + shown
        taken.add(shown)
        found[name] = shown
    return found


@dataclass(frozen=True)
class Table:
    """The submitted responses of a wave that somebody may see, ready to be written row by row.

    Rows come in the order of their random keys, which says nothing about who came when. The keys
    are read first, 16 bytes each, and the rows are those that existed then.
    """

    wave: Wave
    responses: QuerySet[Response]
    alignment: Alignment

    @classmethod
    def of(cls, wave: Wave, user: Any) -> Table:
        """The table of what `user` may see of a wave."""
        found = Response.objects.visible_to(user).submitted().filter(wave=wave)
        return cls(wave, found, alignment_of(wave))

    @property
    def is_weighted(self) -> bool:
        """Whether there are columns of weights."""
        return self.wave.weighting_id is not None

    @cached_property
    def own(self) -> tuple[str, ...]:
        """What the columns in front of the answers hold."""
        return (*LEADING, *weights.NAMES) if self.is_weighted else LEADING

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """What each of these columns is called: see `apart`."""
        return apart(names(self.alignment.columns))

    @cached_property
    def leading(self) -> tuple[str, ...]:
        """The names of the columns in front of the answers."""
        return tuple(self.shown[name] for name in self.own)

    @cached_property
    def header(self) -> list[str]:
        """The names of all columns."""
        return [*self.leading, *names(self.alignment.columns)]

    @cached_property
    def text_columns(self) -> frozenset[int]:
        """Places of the columns that hold what people wrote."""
        first = len(self.leading)
        return frozenset(
            place for place, column in enumerate(self.alignment.columns, first) if column.is_text
        )

    def count(self) -> int:
        """How many rows there are now."""
        return self.responses.count()

    def rows(self, on_step: Callable[[int], None] | None = None) -> Iterator[list[Any]]:
        """Every row; `on_step` hears after each step how many have been read."""
        keys = self._keys()
        numbers = dict(
            Questionnaire.objects.filter(survey_id=self.wave.survey_id).values_list("pk", "number")
        )
        cells = {number: self.alignment.cells(number) for number in self.alignment.versions}
        weighted = weights.weights_of(self.wave, at=timezone.now())
        done = 0
        for start in range(0, len(keys), STEP * _KEY):
            part = keys[start : start + STEP * _KEY]
            step = [UUID(bytes=part[i : i + _KEY]) for i in range(0, len(part), _KEY)]
            read = self._read(step)
            flags = self._flags(step)
            for key in step:
                # Withdrawn since the keys were read: it is no longer to be given to anybody.
                if (row := read.get(key)) is None:
                    continue
                version, language, source, day, area, answers = row
                number = numbers[version]
                # A version published after the table was laid out has no columns in it.
                if number not in cells:
                    continue
                marks = " ".join(sorted(flags.get(key, ())))
                yield [
                    str(key), number, language, source, day, area, marks,
                    *(weighted.of(key) if weighted else ()), *cells[number](answers),
                ]  # fmt: skip
            done += len(step)
            if on_step is not None:
                on_step(done)

    def _keys(self) -> bytes:
        found = self.responses.order_by("pk").values_list("pk", flat=True)
        return b"".join(key.bytes for key in found.iterator(chunk_size=5000))

    def _read(self, keys: list[UUID]) -> dict[UUID, tuple[Any, ...]]:
        rows = (
            Response.objects.submitted()
            .filter(pk__in=keys)
            .values_list(
                "pk", "questionnaire_id", "language", "source", "submitted_on", "area", "answers"
            )
        )
        return {row[0]: row[1:] for row in rows}

    @staticmethod
    def _flags(keys: list[UUID]) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        rows = QualityFlag.objects.filter(response__in=keys).values_list("response_id", "kind")
        for key, kind in rows:
            found.setdefault(key, []).append(kind)
        return found
