"""Rows of values beside what the ledger holds: unchanged, new, changed, or refused with a reason."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from indicators.estimates import digits, rounded, said_by
from indicators.held import Held, held_values
from indicators.imports import codes
from indicators.imports.cells import CellRefused
from indicators.imports.columns import Head, Record
from indicators.imports.kinds import UNCHANGED, Checked, Checker, with_problem
from indicators.imports.numbers import is_percentage
from indicators.models import ImportRow, Indicator, Observation
from indicators.units import unit_of

CORRECTABLE = ("document:", "manual:", "imports:")
"""Sources whose values a spreadsheet may replace: somebody wrote them down, nothing computes them."""
_NO_VALUE = {"L", "M", "O", "Q"}


class ObservationChecker(Checker):
    """Compares rows with the ledger, some thousand at a time."""

    def __init__(self, *, head: Head, mapping: dict[str, int]) -> None:
        self.head, self.mapping = head, mapping
        self.indicators = codes.indicators(Indicator.objects.all())
        self.areas = codes.areas()

    def check(self, records: Sequence[Record]) -> list[Checked]:
        found = [self._named(record) for record in records]
        held = held_values(one.key for one in found if one.key is not None)
        for one in found:
            if one.key is not None:
                self._compare(one, held.get(one.key, []))
        return found

    def _named(self, record: Record) -> Checked:
        """The row with its indicator and area found; its key is empty if they are not."""
        checked = Checked(record, ImportRow.Outcome.BAD)
        given = record.values
        named: dict[str, Any] = {}
        for column, known in (("indicator", self.indicators), ("area", self.areas)):
            if column in given:
                try:
                    named[column] = known.find(given[column])
                except CellRefused as refusal:
                    self._refuse(checked, column, refusal)
        parts = [given.get("indicator"), given.get("area"), given.get("period")]
        parts.append(given.get("breakdown"))
        checked.label = " ".join(str(part) for part in parts if part)[:300]
        if record.problems or len(named) < 2:
            return checked
        indicator, area = named["indicator"], named["area"]
        if indicator.is_placeholder:
            text = gettext_noop(
                "“%(indicator)s” is a placeholder: its source does not describe it, so it has no "
                "values. Describe it first."
            )
            self._refuse(checked, "indicator", CellRefused(text, indicator=indicator.slug))
            return checked
        breakdown = given.get("breakdown", "")
        checked.key = (indicator.pk, area.pk, given["period"], breakdown)
        checked.data = {
            "indicator": indicator.slug,
            "area": area.code,
            "period": given["period"],
            "breakdown": breakdown,
            "unit": indicator.unit,
        }
        checked.label = " ".join(
            part for part in (indicator.slug, area.code, given["period"], breakdown) if part
        )[:300]
        return checked

    def _compare(self, checked: Checked, held: list[Held]) -> None:
        source = checked.record.values.get("source", "")
        mine = [row for row in held if not source or row.source == source]
        standing = [row for row in mine if row.state == Observation.State.PUBLISHED]
        said, before = {}, {}
        for row in standing:
            said, before = self._said(checked, row), said_by(row)
            if said == before:
                checked.key = (*checked.key, row.source)
                checked.outcome = UNCHANGED
                return
        if len(standing) > 1:
            self._refuse(checked, "source", _several(standing))
            return
        row = next(iter(standing), None) or _withdrawn(mine)
        target = row.source if row is not None else source
        checked.key = (*checked.key, target)
        if target and not target.startswith(CORRECTABLE):
            self._refuse(checked, "source", _not_ours(target))
            return
        if not self._can_stand(checked, row):
            return
        checked.data |= said or self._said(checked, row)
        checked.data |= {"source": target, "note": checked.record.values.get("note", "")}
        checked.outcome = ImportRow.Outcome.NEW if row is None else ImportRow.Outcome.CHANGED
        if row is not None:
            checked.before = before or said_by(row)
            if row.state == Observation.State.WITHDRAWN:
                checked.before |= {"state": row.state}
                checked.data |= {"state": Observation.State.PUBLISHED}

    def _said(self, checked: Checked, row: Held | None) -> dict[str, Any]:
        """What the row would make the ledger say, as `said_by` tells what it says; columns the
        file lacks stay as they are held."""
        given = checked.record.values

        def number(name: str) -> Decimal | None:
            if name not in given:
                return getattr(row, name, None)
            found = given[name]
            return None if found is None else rounded(found)

        def words(name: str) -> Any:
            return given[name] if name in given else getattr(row, name, None)

        value, low, high = number("value"), number("low"), number("high")
        if low is not None and high is not None and low > high:
            # Refused with a sentence of its own below; the ledger would refuse it too.
            return {}
        status = words("status")
        if value is not None and "status" not in given and status in _NO_VALUE:
            status = "A"
        if not status:
            status = "A" if value is not None or row is None else row.status
        return {
            "value": digits(value),
            "low": digits(low),
            "high": digits(high),
            "n": words("n"),
            "n_effective": digits(number("n_effective")),
            "status": status,
            "qualifier": words("qualifier") or "",
            "method": words("method") or "",
        }

    def _can_stand(self, checked: Checked, row: Held | None) -> bool:
        given = checked.record.values

        def number(name: str) -> Decimal | None:
            return given[name] if name in given else getattr(row, name, None)

        value, low, high = number("value"), number("low"), number("high")
        status = given.get("status") or ("" if "status" in given else getattr(row, "status", ""))
        if value is None and status not in _NO_VALUE:
            self._refuse(
                checked,
                "value",
                CellRefused(
                    gettext_noop(
                        "There is no value. Write one, or a status that says why there is none "
                        "(L, M, O or Q)."
                    )
                ),
            )
        elif value is not None and given.get("status", "") in _NO_VALUE:
            self._refuse(
                checked,
                "status",
                CellRefused(
                    gettext_noop(
                        "The status %(status)s says that there is no value, but there is one."
                    ),
                    status=given["status"],
                ),
            )
        if low is not None and high is not None and low > high:
            self._refuse(
                checked,
                "low" if "low" in given else "high",
                CellRefused(
                    gettext_noop("The interval runs from %(low)s to %(high)s: lower end first."),
                    low=f"{low:f}",
                    high=f"{high:f}",
                ),
            )
        elif value is not None and (
            (low is not None and value < low) or (high is not None and value > high)
        ):
            self._refuse(
                checked,
                "value",
                CellRefused(
                    gettext_noop(
                        "The value %(value)s lies outside its interval (%(low)s to %(high)s). Give "
                        "both ends with the value."
                    ),
                    value=f"{value:f}",
                    low="" if low is None else f"{low.normalize():f}",
                    high="" if high is None else f"{high.normalize():f}",
                ),
            )
        self._within_the_unit(checked)
        return not checked.record.problems

    def _within_the_unit(self, checked: Checked) -> None:
        given, row = checked.record.values, checked.record.row
        words = checked.data["unit"]
        unit = unit_of(words)
        for name in ("value", "low", "high"):
            found = given.get(name)
            if found is None:
                continue
            text = ""
            if unit.highest is not None and not unit.lowest <= found <= unit.highest:
                text = gettext_noop(
                    "%(value)s is outside the unit's range: a percentage lies between 0 and 100."
                )
            elif unit.lowest is not None and found < unit.lowest:
                text = gettext_noop("%(value)s is below zero; “%(unit)s” are counted.")
            elif unit.is_whole and name == "value" and found != found.to_integral_value():
                text = gettext_noop(
                    "%(value)s is not a whole number; “%(unit)s” are counted one by one."
                )
            elif unit.highest is None and is_percentage(row.cell(self.mapping[name])):
                text = gettext_noop(
                    "The number has a percent sign, but the indicator's unit is not percent."
                )
            if text:
                details = {"value": f"{found:f}", "unit": words} if "%(" in text else {}
                self._refuse(checked, name, CellRefused(text, **details))

    def _refuse(self, checked: Checked, column: str, refusal: CellRefused) -> None:
        with_problem(checked, self.head, self.mapping, column, refusal.text, **refusal.details)


def _withdrawn(held: list[Held]) -> Held | None:
    """A value that was withdrawn and can be published again, if there is just one."""
    found = [row for row in held if row.source.startswith(CORRECTABLE)]
    return found[0] if len(found) == 1 else None


def _several(held: list[Held]) -> CellRefused:
    return CellRefused(
        gettext_noop(
            "This value is held from %(count)s sources: %(sources)s. Say in the column “source” "
            "which of them the row corrects."
        ),
        count=len(held),
        sources=", ".join(sorted(row.source for row in held)[:5]),
    )


def _not_ours(source: str) -> CellRefused:
    if source.startswith("reporting:"):
        return CellRefused(
            gettext_noop(
                "The value was reported by %(whom)s in a reporting round. Return the submission "
                "with a reason, so that they correct it."
            ),
            whom=source.partition(":")[2],
        )
    return CellRefused(
        gettext_noop(
            "The value comes from %(source)s, which computes it: correct it there. Sources of "
            "spreadsheets begin with document:, manual: or imports:."
        ),
        source=source,
    )
