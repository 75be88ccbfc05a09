"""The form in which a condition is clicked together, and what was clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from surveys.answers import clean_text
from surveys.models import Questionnaire
from surveys.questionnaire import logic, rules
from surveys.questionnaire.definition import Definition
from surveys.questionnaire.rules import ALL, ANY, Group, Rule
from surveys.services.editing.places import page_at, question_at

from .editor import written
from .place import Place

OPERATOR_WORDS = {
    "is": _("is"),
    "is-not": _("is not"),
    "less": _("is less than"),
    "at-most": _("is at most"),
    "more": _("is more than"),
    "at-least": _("is at least"),
    "includes": _("includes"),
    "excludes": _("does not include"),
    "count-at-least": _("has at least … ticked"),
    "count-at-most": _("has at most … ticked"),
    "count-is": _("has exactly … ticked"),
    "contains": _("contains"),
    "starts": _("begins with"),
    "answered": _("is answered"),
    "unanswered": _("is not answered"),
}
MOST_LINES = 60


def holder_of(document: dict[str, Any], place: Place) -> dict[str, Any]:
    """The page, question or choice whose condition is open."""
    if not place.question:
        return page_at(document, place.page)[1]
    question = question_at(document, place.question)[2]
    if place.choice:
        return next(one for one in question.get("choices", ()) if one["code"] == place.choice)
    return question


def types_at(definition: Definition, place: Place) -> Mapping[str, str]:
    """What a condition here may refer to; a constraint also to the answer itself."""
    if place.condition_name == "constraint" and place.question in definition.types:
        return {**definition.types, ".": definition.types[place.question]}
    return definition.types


def stored_tree(questionnaire: Questionnaire, place: Place) -> logic.Node | None:
    """The open condition as it is stored."""
    found = holder_of(questionnaire.document, place).get(place.condition_name)
    return logic.read(found) if found else None


def condition_panel(
    questionnaire: Questionnaire,
    place: Place,
    *,
    group: Group | None = None,
    text: str | None = None,
) -> dict[str, Any]:
    """The open condition as rules, if it can be clicked, and as text.

    `group` and `text` are what somebody has clicked or typed but not stored.
    """
    definition = questionnaire.definition
    tree = stored_tree(questionnaire, place)
    types = types_at(definition, place)
    shown = group
    if shown is None and place.condition_name != "calculation":
        shown = rules.rules_of(tree, types)
    offered = _offered(definition, place)
    return {
        "holder_code": place.choice or place.question or place.page,
        "condition": place.condition,
        "condition_name": place.condition_name,
        "is_choice": bool(place.choice),
        "can_click": shown is not None,
        "group": _drawn(shown, "", definition, types, offered, 0) if shown is not None else None,
        "text": written(logic.write(tree)) if text is None and tree else text or "",
        "is_stored": tree is not None,
        "references": [ref for ref, _label in offered],
    }


def _offered(definition: Definition, place: Place) -> list[tuple[str, str]]:
    """Questions that are asked before this place, with words to know them by."""
    found: list[tuple[str, str]] = []
    own = place.condition_name == "constraint"
    if own and definition.by_code[place.question].static_type:
        found.append((".", str(_("This answer"))))
    for page in definition.pages:
        if page.code == place.page and not place.question:
            break
        for question in page.questions:
            if question.code == place.question:
                break
            label = _short(definition.text(question.label, definition.default_language))
            if question.kind == "matrix":
                found += [
                    (
                        f"{question.code}/{row.code}",
                        f"{question.code}/{row.code}: "
                        + _short(definition.text(row.label, definition.default_language)),
                    )
                    for row in question.rows
                ]
            elif question.code in definition.types:
                found.append((question.code, f"{question.code}: {label}"))
        if page.code == place.page:
            break
    return found


def _short(label: str) -> str:
    label = " ".join(label.split())
    return f"{label[:56]}…" if len(label) > 57 else label


def _drawn(
    group: Group,
    path: str,
    definition: Definition,
    types: Mapping[str, str],
    offered: list[tuple[str, str]],
    depth: int,
) -> dict[str, Any]:
    parts = []
    for index, part in enumerate(group.parts):
        here = f"{path}.{index}" if path else str(index)
        if isinstance(part, Group):
            parts.append(_drawn(part, here, definition, types, offered, depth + 1))
        else:
            parts.append(_line(part, here, definition, types, offered))
    return {
        "is_group": True,
        "path": path,
        "join": group.join,
        "parts": parts,
        "may_nest": depth + 1 < rules.DEPTH,
    }


def _line(
    rule: Rule,
    path: str,
    definition: Definition,
    types: Mapping[str, str],
    offered: list[tuple[str, str]],
) -> dict[str, Any]:
    kind = types.get(rule.ref, "")
    names = list(rules.OPERATORS.get(kind, ()))
    if rule.operator == "includes" and rule.operator not in names:
        names.append("includes")
    known = {ref for ref, _label in offered}
    later = [(rule.ref, f"{rule.ref} !")] if rule.ref and rule.ref not in known else []
    values = _values(definition, rule, kind)
    return {
        "is_group": False,
        "path": path,
        "ref": rule.ref,
        "operator": rule.operator,
        "value": rule.value,
        "kind": kind,
        "questions": offered + later,
        "operators": [(name, OPERATOR_WORDS[name]) for name in names],
        "values": values,
        "needs_value": rule.operator not in rules.NO_VALUE,
        "is_counted": rule.operator in rules.COUNTS,
    }


def _values(definition: Definition, rule: Rule, kind: str) -> list[tuple[str, str]]:
    if kind not in ("single", "multi") or rule.operator in rules.COUNTS:
        return []
    question = definition.by_code.get(rule.ref.partition("/")[0])
    if question is None:
        return []
    language = definition.default_language
    labels = {one.code: definition.text(one.label, language) for one in question.choices}
    found = [(code, f"{code}: {_short(labels.get(code, ''))}") for code in question.choice_codes]
    if rule.value and rule.value not in question.choice_codes:
        found.append((rule.value, f"{rule.value} !"))
    return found


def read_rules(posted: QueryDict) -> Group:
    """The rules of a posted form. Lines come under paths such as "0" and "2.1"."""
    paths = [path for path in posted.getlist("part")[:MOST_LINES] if _is_path(path)]
    return _group("", paths, posted, 0)


def _is_path(path: str) -> bool:
    return len(path) <= 20 and all(part.isascii() and part.isdigit() for part in path.split("."))


def _group(path: str, paths: list[str], posted: QueryDict, depth: int) -> Group:
    join = ANY if posted.get(f"join:{path}") == ANY else ALL
    parts: list[Rule | Group] = []
    for child in paths:
        if child.rpartition(".")[0] != path:
            continue
        if f"join:{child}" in posted and depth < rules.DEPTH:
            parts.append(_group(child, paths, posted, depth + 1))
        else:
            parts.append(_rule(child, posted))
    return Group(join, tuple(parts))


def _rule(path: str, posted: QueryDict) -> Rule:
    return Rule(
        clean_text(posted.get(f"ref:{path}", "")[:200]),
        clean_text(posted.get(f"op:{path}", "")[:40]),
        clean_text(posted.get(f"value:{path}", "")[:500]),
    )


def settled(group: Group, types: Mapping[str, str]) -> Group:
    """The rules with an operator that fits wherever the question was changed."""
    parts: list[Rule | Group] = []
    for part in group.parts:
        if isinstance(part, Group):
            parts.append(settled(part, types))
            continue
        names = rules.OPERATORS.get(types.get(part.ref, ""), ())
        fits = part.operator in names or part.operator == "includes"
        operator = part.operator if fits or not names else names[0]
        parts.append(Rule(part.ref, operator, part.value if fits else ""))
    return Group(group.join, tuple(parts))


def pressed(group: Group, do: str) -> Group:
    """The rules after a button: `rule-add:PATH`, `group-add:PATH`, `rule-delete:PATH`."""
    act, _colon, path = do.partition(":")
    steps = [int(step) for step in path.split(".")] if path and _is_path(path) else []
    if act == "rule-add":
        return _changed(group, steps, lambda one: Group(one.join, (*one.parts, Rule())))
    if act == "group-add":
        inner = Group(ANY if group.join == ALL else ALL, (Rule(), Rule()))
        return _changed(group, steps, lambda one: Group(one.join, (*one.parts, inner)))
    if act == "rule-delete" and steps:
        *outer, last = steps
        return _changed(
            group,
            outer,
            lambda one: Group(one.join, (*one.parts[:last], *one.parts[last + 1 :])),
        )
    return group


def _changed(group: Group, steps: list[int], change: Any) -> Group:
    if not steps:
        return change(group)
    first, *rest = steps
    if first >= len(group.parts) or not isinstance(group.parts[first], Group):
        return group
    inner = _changed(group.parts[first], rest, change)
    return Group(group.join, (*group.parts[:first], inner, *group.parts[first + 1 :]))
