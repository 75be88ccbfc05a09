"""Rows of a work plan beside the register: the activity each is about, and what it changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from indicators.imports import codes
from indicators.imports.cells import CellRefused, shown
from indicators.imports.columns import Head, Record
from indicators.imports.kinds import UNCHANGED, Checked, Checker, with_problem
from indicators.models import Activity, ImportRow, SectoralBody

_PLAIN = ("title", "description", "status", "withdrawn_reason", "type", "funding", "source")


class ActivityChecker(Checker):
    """Finds the activity that a row is about by its reference, its source and title, or its lead
    body and title; only bodies that the user reports for may be written."""

    def __init__(self, *, head: Head, mapping: dict[str, int], by: Any, at: datetime) -> None:
        self.head, self.mapping, self.at = head, mapping, at
        self.bodies = codes.bodies()
        self.nodes = codes.nodes()
        self.reports_for: set[int] | None = None
        if not by.has_perm("indicators.change_any_activity"):
            self.reports_for = set(by.granted_bodies(at.date()).values_list("pk", flat=True))

    def check(self, records: Sequence[Record]) -> list[Checked]:
        found = [self._named(record) for record in records]
        held = _Held(records)
        for one in found:
            if not one.record.problems:
                self._compare(one, held)
        return found

    def _named(self, record: Record) -> Checked:
        """The row with its bodies and measures found."""
        given = record.values
        checked = Checked(record, ImportRow.Outcome.BAD, label=given.get("title", "")[:300])
        if given.get("lead_body"):
            self._find(checked, "lead_body", [given["lead_body"]], self.bodies)
        for column, known in (("supporting_bodies", self.bodies), ("contributes_to", self.nodes)):
            if column in given:
                self._find(checked, column, given[column], known)
        return checked

    def _find(
        self, checked: Checked, column: str, typed: Iterable[str], known: codes.Codes[Any]
    ) -> None:
        found = []
        for one in typed:
            try:
                found.append(known.find(one))
            except CellRefused as refusal:
                self._refuse(checked, column, refusal.text, **refusal.details)
        checked.data[f"{column}_found"] = found

    def _compare(self, checked: Checked, held: "_Held") -> None:
        given = checked.record.values
        lead = next(iter(checked.data.pop("lead_body_found", [])), None)
        bodies = checked.data.pop("supporting_bodies_found", None)
        nodes = checked.data.pop("contributes_to_found", None)
        matches = held.find(given, lead)
        if given.get("reference") and not matches:
            self._refuse(
                checked,
                "reference",
                gettext_noop(
                    "No activity has the reference “%(value)s”. Leave it empty for a new one."
                ),
                value=shown(given["reference"]),
            )
            return
        if len(matches) > 1:
            self._refuse(
                checked,
                "title",
                gettext_noop(
                    "%(count)s activities are called so. Give the reference of the one meant."
                ),
                count=len(matches),
            )
            return
        activity = matches[0] if matches else None
        before = said_by(activity) if activity is not None else {}
        after = self._said(given, before, lead, bodies, nodes)
        checked.label = after["title"][:300]
        if not self._can_stand(checked, after, activity, lead):
            return
        key: Any = activity.pk if activity is not None else None
        checked.key = key or ("new", after["lead_body"], after["title"].casefold())
        if activity is not None and after == before:
            checked.outcome = UNCHANGED
            return
        checked.outcome = ImportRow.Outcome.CHANGED if activity else ImportRow.Outcome.NEW
        checked.before = before | connected_with(activity) if activity else {}
        checked.data = after | {
            "token": activity.token if activity else "",
            "version": activity.version if activity else None,
            "lead_id": (lead or activity.lead_body).pk,
            "body_ids": _ids(bodies, activity.supporting_bodies.all() if activity else ()),
            "measure_ids": _ids(nodes, activity.measures.all() if activity else ()),
        }

    def _said(
        self,
        given: dict[str, Any],
        before: dict[str, Any],
        lead: SectoralBody | None,
        bodies: list[Any] | None,
        nodes: list[Any] | None,
    ) -> dict[str, Any]:
        """What the row would make of the activity; columns the file lacks stay as they are held."""
        said = {name: given.get(name, before.get(name, "")) for name in _PLAIN}
        said["title"] = said["title"] or before.get("title", "")
        said["status"] = said["status"] or before.get("status", Activity.Status.PLANNED)
        said["type"] = said["type"] or before.get("type", "")
        said["lead_body"] = lead.acronym if lead is not None else before.get("lead_body", "")
        if said["status"] != Activity.Status.WITHDRAWN:
            said["withdrawn_reason"] = ""
        said["status_since"] = given.get("status_since") or before.get("status_since", "")
        if said["status"] != before.get("status") and not given.get("status_since"):
            said["status_since"] = self.at.date().isoformat()
        further = given.get("further_types", _parts(before.get("further_types", "")))
        said["further_types"] = _joined(
            name for name in Activity.Type.values if name in further and name != said["type"]
        )
        supporting = (
            _parts(before.get("supporting_bodies", ""))
            if bodies is None
            else sorted({body.acronym for body in bodies})
        )
        said["supporting_bodies"] = _joined(one for one in supporting if one != said["lead_body"])
        said["contributes_to"] = (
            before.get("contributes_to", "")
            if nodes is None
            else _joined(sorted({codes.address_of(node) for node in nodes}))
        )
        years = given.get("years") or ()
        for place, name in enumerate(("year_from", "year_to")):
            said[name] = given.get(name, years[place] if years else before.get(name))
        return said

    def _can_stand(
        self,
        checked: Checked,
        after: dict[str, Any],
        activity: Activity | None,
        lead: SectoralBody | None,
    ) -> bool:
        if not after["title"]:
            self._refuse(checked, "title", gettext_noop("The activity has no title."))
        if not after["lead_body"]:
            self._refuse(checked, "lead_body", gettext_noop("Say which body leads the activity."))
        if not after["type"]:
            self._refuse(
                checked,
                "type",
                gettext_noop("The main type is missing. Write %(known)s."),
                known=", ".join(Activity.Type.values),
            )
        if after["status"] == Activity.Status.WITHDRAWN and not after["withdrawn_reason"]:
            self._refuse(
                checked, "withdrawn_reason", gettext_noop("Say why the activity was withdrawn.")
            )
        first, last = after["year_from"], after["year_to"]
        if first and last and first > last:
            self._refuse(
                checked,
                "year_to" if "year_to" in self.mapping else "years",
                gettext_noop("The activity ends in %(last)s, before its first year %(first)s."),
                first=first,
                last=last,
            )
        if after["status_since"] > self.at.date().isoformat():
            self._refuse(
                checked,
                "status_since",
                gettext_noop("The day %(day)s is still to come."),
                day=after["status_since"],
            )
        for body in (activity.lead_body if activity else None, lead):
            if body is not None and not self._reports_for(body):
                self._refuse(
                    checked,
                    "lead_body",
                    gettext_noop("You do not report for %(body)s today."),
                    body=body.acronym,
                )
                break
        return not checked.record.problems

    def _reports_for(self, body: SectoralBody) -> bool:
        return self.reports_for is None or body.pk in self.reports_for

    def _refuse(self, checked: Checked, column: str, text: str, **details: Any) -> None:
        with_problem(checked, self.head, self.mapping, column, text, **details)


class _Held:
    """The activities that some rows may be about."""

    def __init__(self, records: Sequence[Record]) -> None:
        given = [record.values for record in records]
        known = Activity.objects.select_related("lead_body").prefetch_related(
            "supporting_bodies", "measures__framework"
        )
        tokens = {one["reference"] for one in given if one.get("reference")}
        titles = {one["title"] for one in given if one.get("title")}
        self.by_token = {one.token: one for one in known.filter(token__in=tokens)}
        self.by_title: dict[str, list[Activity]] = {}
        for one in known.filter(title__in=titles):
            self.by_title.setdefault(one.title, []).append(one)

    def find(self, given: dict[str, Any], lead: SectoralBody | None) -> list[Activity]:
        """The activities a row may mean."""
        if given.get("reference"):
            found = self.by_token.get(given["reference"])
            return [found] if found is not None else []
        called = self.by_title.get(given.get("title", ""), [])
        if given.get("source"):
            same = [one for one in called if one.source == given["source"]]
            if same:
                return same
        return [one for one in called if lead is None or one.lead_body_id == lead.pk]


def said_by(activity: Activity) -> dict[str, Any]:
    """What an activity says, flat, in the words of its export."""
    return {name: getattr(activity, name) for name in _PLAIN} | {
        "lead_body": activity.lead_body.acronym,
        "status_since": activity.status_since.isoformat() if activity.status_since else "",
        "further_types": _joined(activity.further_types),
        "supporting_bodies": _joined(
            sorted(body.acronym for body in activity.supporting_bodies.all())
        ),
        "contributes_to": _joined(
            sorted(codes.address_of(node) for node in activity.measures.all())
        ),
        "year_from": activity.year_from,
        "year_to": activity.year_to,
    }


def connected_with(activity: Activity) -> dict[str, Any]:
    """The keys of what an activity is connected with, which outlive a change of its codes."""
    return {
        "lead_id": activity.lead_body_id,
        "body_ids": _ids(None, activity.supporting_bodies.all()),
        "measure_ids": _ids(None, activity.measures.all()),
    }


def _ids(found: list[Any] | None, held: Iterable[Any]) -> list[int]:
    return sorted({one.pk for one in (held if found is None else found)})


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _parts(joined: str) -> list[str]:
    return joined.split("; ") if joined else []
