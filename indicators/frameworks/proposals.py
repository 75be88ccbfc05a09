"""What applying a draft would do: checked against what is there, row by row, and nothing done yet."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from indicators.frameworks.cells import as_read
from indicators.frameworks.contents import (
    FORMAT,
    FRAMEWORK,
    INDICATORS,
    MAPPINGS,
    NODES,
    SECTIONS,
    Section,
    contents,
    digest,
    in_order,
    plain,
)
from indicators.frameworks.differences import ADDED, Difference, compare, label
from indicators.frameworks.drafts import Draft, DraftRow, problem
from indicators.frameworks.sheets import NAMES
from indicators.imports import Problem
from indicators.models import Area, Framework, FrameworkNode, Indicator

Row = dict[str, Any]
Wrong = tuple[str, str, dict[str, Any]]
"""The column at fault, the sentence, and what stands in the sentence."""

_NEEDED = {
    "framework": ("title",),
    "nodes": ("title", "kind"),
    "indicators": ("title",),
    "targets": ("value",),
}


@dataclass(frozen=True)
class Proposal:
    """What a draft would make of the framework.

    `before` is the document as it is (None for a new framework), `after` as it would be; `absent`
    are rows that the draft does not have: they stay, for importing never deletes.
    """

    framework: Framework | None
    slug: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    differences: list[Difference]
    absent: list[tuple[str, str]]
    problems: list[Problem]
    seen_digest: str

    @property
    def can_be_applied(self) -> bool:
        """Whether the framework itself could be read; without it there is nothing to add rows to."""
        return bool(self.after[FRAMEWORK.name])

    @property
    def added(self) -> list[Difference]:
        return [one for one in self.differences if ADDED in one.kinds]

    @property
    def changed(self) -> list[Difference]:
        return [one for one in self.differences if ADDED not in one.kinds]


def propose(draft: Draft) -> Proposal:
    """Lay the draft over the framework it names. Rows that cannot be are left out, with the reason."""
    framework = Framework.objects.filter(slug=draft.slug).first()
    before = contents(framework) if framework is not None else None
    laid = _Laid(draft, before)
    laid.settle()
    after = laid.document()
    empty = {"format": FORMAT, FRAMEWORK.name: [], **{s.name: [] for s in SECTIONS[1:]}}
    return Proposal(
        framework=framework,
        slug=draft.slug,
        before=before,
        after=after,
        differences=compare(before or empty, after),
        absent=laid.absent(),
        problems=_as_in_the_file([*draft.problems, *laid.problems]),
        seen_digest=digest(before) if before is not None else "",
    )


def _as_in_the_file(problems: list[Problem]) -> list[Problem]:
    sheets = [name.casefold() for name in NAMES.values()]

    def place(found: Problem) -> tuple[int, int]:
        name = found.sheet.strip().casefold()
        return (sheets.index(name) if name in sheets else len(sheets), found.row)

    return sorted(problems, key=place)


class _Laid:
    """The rows of a draft laid over those there are, until every row that is left can stand."""

    def __init__(self, draft: Draft, before: dict[str, Any] | None) -> None:
        self.problems: list[Problem] = []
        self.current: dict[str, dict[tuple, Row]] = {}
        self.given: dict[str, dict[tuple, DraftRow]] = {}
        self.slug = draft.slug
        self._seen: dict[str, set[tuple]] = {}
        self._read_sections = set(draft.rows)
        for section in SECTIONS:
            rows = (before or {}).get(section.name) or []
            rows = [rows] if isinstance(rows, dict) else rows
            self.current[section.name] = {section.known_as(row): row for row in rows}
            self.given[section.name] = self._once(section, draft.rows.get(section.name, []))
        self._spell_out_references()
        self.areas = set(Area.objects.values_list("code", flat=True))
        slugs = [key[0] for key in self.given[INDICATORS.name]]
        self.elsewhere = dict(
            Indicator.objects.filter(slug__in=slugs)
            .exclude(framework__slug=self.slug)
            .values_list("slug", "framework__title")
        )
        self.others = self._other_nodes()

    def settle(self) -> None:
        """Leave out rows that cannot stand, and rows that could only stand with those, and so on."""
        while True:
            refused = [
                (section, key, found)
                for section in SECTIONS
                for key, found in self._refused(section)
            ]
            if not refused:
                return
            for section, key, found in refused:
                if self.given[section.name].pop(key, None) is not None:
                    self.problems.append(found)

    def document(self) -> dict[str, Any]:
        """The framework as it would be."""
        found: dict[str, Any] = {"format": FORMAT}
        for section in SECTIONS:
            rows = list(self._merged(section).values())
            if section is FRAMEWORK:
                found[section.name] = rows[0] if rows else {}
                continue
            found[section.name] = in_order(section, rows)
        return found

    def absent(self) -> list[tuple[str, str]]:
        """(section, label) of the rows that are there and that the draft does not have."""
        return [
            (section.name, label(section, row))
            for section in SECTIONS[1:]
            if section.name in self._read_sections
            for key, row in self.current[section.name].items()
            if key not in self._seen[section.name]
        ]

    def _once(self, section: Section, rows: Iterable[DraftRow]) -> dict[tuple, DraftRow]:
        found: dict[tuple, DraftRow] = {}
        for row in rows:
            key = section.known_as(row.values)
            if key in found:
                self.problems.append(
                    problem(
                        row,
                        section.known_by[-1],
                        gettext_noop("The same row stands in line %(line)s already."),
                        line=found[key].number,
                    )
                )
            else:
                found[key] = row
        self._seen[section.name] = set(found)
        return found

    def _spell_out_references(self) -> None:
        """People refer to nodes and indicators by their codes, too; the document by their keys."""
        nodes = self._by_code(NODES)
        indicators = self._by_code(INDICATORS)
        for section, name, words in (
            (NODES, "parent", nodes),
            (INDICATORS, "node", nodes),
            (INDICATORS, "parent", indicators),
        ):
            for row in self.given[section.name].values():
                said = row.values.get(name)
                if said:
                    row.values[name] = words.get(said, said)
        for name in ("targets", "baselines", "mappings"):
            section = next(one for one in SECTIONS if one.name == name)
            column, words = ("node", nodes) if section is MAPPINGS else ("indicator", indicators)
            spelt = {}
            for row in self.given[name].values():
                row.values[column] = words.get(row.values[column], row.values[column])
                spelt[section.known_as(row.values)] = row
            self.given[name] = spelt
            self._seen[name] = set(spelt)

    def _by_code(self, section: Section) -> dict[str, str]:
        """Codes that are not themselves keys, and that one row alone has, to the row's key."""
        codes: dict[str, set[str]] = {}
        keys = {key[0] for key in [*self.current[section.name], *self.given[section.name]]}
        rows = [
            *((key[0], row.get("code")) for key, row in self.current[section.name].items()),
            *((key[0], row.values.get("code")) for key, row in self.given[section.name].items()),
        ]
        for key, code in rows:
            if code and code not in keys:
                codes.setdefault(code, set()).add(key)
        return {code: next(iter(found)) for code, found in codes.items() if len(found) == 1}

    def _other_nodes(self) -> set[tuple[str, str]]:
        slugs = {key[1] for key in self.given[MAPPINGS.name]}
        found = FrameworkNode.objects.filter(framework__slug__in=slugs)
        return set(found.values_list("framework__slug", "key"))

    def _merged(self, section: Section) -> dict[tuple, Row]:
        merged = dict(self.current[section.name])
        position = max((row.get("position") or 0 for row in merged.values()), default=0)
        for key, row in self.given[section.name].items():
            if key in merged:
                merged[key] = merged[key] | self._real_changes(section, merged[key], row)
            else:
                position += 1
                made = _defaults(section, min(position, 32_767)) | row.values
                if "titles" in made:
                    made["titles"] = _without_empty(made["titles"])
                merged[key] = made
        return merged

    @staticmethod
    def _real_changes(section: Section, now: Row, row: DraftRow) -> Row:
        """What the row says otherwise than an export of `now` would."""
        found = {}
        for name, value in row.values.items():
            if name == "titles":
                given = {**(now[name] or {}), **(value or {})}
                value = _without_empty(given)
            if value != now.get(name) and value != as_read(section, name, now.get(name)):
                found[name] = value
        return found

    def _refused(self, section: Section) -> list[tuple[tuple, Problem]]:
        merged = self._merged(section)
        checks: dict[str, Callable[[Row, dict[str, Any]], Wrong | None]] = {
            "nodes": self._node,
            "indicators": self._indicator,
            "targets": self._of_indicator,
            "baselines": self._of_indicator,
            "mappings": self._mapping,
        }
        check = checks.get(section.name)
        context: dict[str, Any] = {
            "nodes": self._merged(NODES),
            "indicators": self._merged(INDICATORS),
        }
        if section in (NODES, INDICATORS):
            context["misplaced"] = _misplaced(merged)
            context["codes"] = Counter(row["code"] for row in merged.values())
        found = []
        for key, row in self.given[section.name].items():
            wrong = _lacking(section, merged[key])
            if wrong is None and check is not None:
                wrong = check(merged[key], context)
            if wrong is not None:
                column, text, details = wrong
                found.append((key, problem(row, column, text, **details)))
        return found

    def _node(self, row: Row, context: dict[str, Any]) -> Wrong | None:
        text = context["misplaced"].get((row["key"],))
        return ("parent", text, {}) if text else None

    def _indicator(self, row: Row, context: dict[str, Any]) -> Wrong | None:
        if row["slug"] in self.elsewhere:
            text = gettext_noop("This address belongs to an indicator of “%(framework)s”.")
            return "slug", text, {"framework": self.elsewhere[row["slug"]]}
        if row["node"] and (row["node"],) not in context["nodes"]:
            return "node", gettext_noop("No node has this key or code."), {}
        if row["code"] and context["codes"][row["code"]] > 1:
            return "code", gettext_noop("Another indicator of the framework has this code."), {}
        text = context["misplaced"].get((row["slug"],))
        return ("parent", text, {}) if text else None

    def _of_indicator(self, row: Row, context: dict[str, Any]) -> Wrong | None:
        if (row["indicator"],) not in context["indicators"]:
            return "indicator", gettext_noop("No indicator has this address or code."), {}
        if row["area"] not in self.areas:
            return "area", gettext_noop("No area has this code."), {}
        return None

    def _mapping(self, row: Row, context: dict[str, Any]) -> Wrong | None:
        if (row["node"],) not in context["nodes"]:
            return "node", gettext_noop("No node has this key or code."), {}
        if row["other_framework"] == self.slug:
            text = gettext_noop("Nodes of one framework are not mapped to each other.")
            return "other_framework", text, {}
        if (row["other_framework"], row["other_node"]) not in self.others:
            text = gettext_noop("The framework “%(slug)s” has no node with this key.")
            return "other_node", text, {"slug": row["other_framework"]}
        return None


_UNKNOWN = gettext_noop("No row has this key, address or code.")
_CIRCLE = gettext_noop("The row would be a part of itself: its parts lead back to it.")
_LEFT_OUT = gettext_noop("The row it is a part of was left out.")


def _misplaced(rows: dict[tuple, Row]) -> dict[tuple, str]:
    """The rows without a place in the tree, each with why. Every row is visited once."""
    why: dict[tuple, str] = {}
    for start in rows:
        path: list[tuple] = []
        on_path: set[tuple] = set()
        key = start
        while key not in why and key not in on_path:
            path.append(key)
            on_path.add(key)
            parent = rows[key]["parent"]
            if not parent:
                why |= dict.fromkeys(path, "")
            elif (parent,) not in rows:
                why |= dict.fromkeys(path, _LEFT_OUT)
                why[key] = _UNKNOWN
            else:
                key = (parent,)
        if key in why:
            why |= {one: _LEFT_OUT if why[key] else "" for one in path if one not in why}
        else:
            inside = path.index(key)
            why |= dict.fromkeys(path[:inside], _LEFT_OUT)
            why |= dict.fromkeys(path[inside:], _CIRCLE)
    return {key: text for key, text in why.items() if text}


def _lacking(section: Section, row: Row) -> Wrong | None:
    for name in _NEEDED.get(section.name, ()):
        if row.get(name) in (None, ""):
            return name, gettext_noop("The cell is empty, but this column is needed."), {}
    return None


def _defaults(section: Section, position: int) -> Row:
    found: Row = dict.fromkeys(section.references, "")
    for field in section.fields:
        found[field.name] = plain(field.get_default())
    if "position" in found:
        found["position"] = position
    return {name: found[name] for name in section.names}


def _without_empty(titles: Any) -> dict[str, str]:
    return {code: title for code, title in (titles or {}).items() if title}
