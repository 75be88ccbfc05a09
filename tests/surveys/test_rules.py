"""Clicked rules and hand-written conditions are one tree; what cannot be clicked is left alone."""

import random

import pytest

from surveys.questionnaire import logic, rules
from surveys.questionnaire.rules import ALL, ANY, Group, Rule
from tests.surveys import logic_cases

TYPES = {
    "heard": "single",
    "where": "multi",
    "age": "number",
    "born": "date",
    "name": "text",
    "trust/asean": "single",
}


def clicked(text: str) -> Group | None:
    return rules.rules_of(logic.parse_text(text), TYPES)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("${heard} = 'yes'", Group(ALL, (Rule("heard", "is", "yes"),))),
        ("${trust/asean} != '4'", Group(ALL, (Rule("trust/asean", "is-not", "4"),))),
        ("${age} >= 18", Group(ALL, (Rule("age", "at-least", "18"),))),
        ("${age} = -9", Group(ALL, (Rule("age", "is", "-9"),))),
        ("${born} < date('2008-01-01')", Group(ALL, (Rule("born", "less", "2008-01-01"),))),
        ("selected(${where}, 'tv')", Group(ALL, (Rule("where", "includes", "tv"),))),
        ("not(selected(${where}, 'tv'))", Group(ALL, (Rule("where", "excludes", "tv"),))),
        ("selected(${heard}, 'yes')", Group(ALL, (Rule("heard", "includes", "yes"),))),
        ("count-selected(${where}) >= 2", Group(ALL, (Rule("where", "count-at-least", "2"),))),
        ("contains(${name}, 'a')", Group(ALL, (Rule("name", "contains", "a"),))),
        ("${name} != ''", Group(ALL, (Rule("name", "answered"),))),
        (
            "${age} > 18 and (${heard} = 'yes' or ${heard} = 'no')",
            Group(
                ALL,
                (
                    Rule("age", "more", "18"),
                    Group(ANY, (Rule("heard", "is", "yes"), Rule("heard", "is", "no"))),
                ),
            ),
        ),
    ],
)
def test_what_can_be_clicked_is_shown_as_rules_and_gives_the_same_tree(text, group):
    assert clicked(text) == group
    assert rules.tree_of(group, TYPES) == logic.parse_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "not(${heard} = 'yes')",
        "${age} + 1 > 18",
        "18 < ${age}",
        "${heard} = ${name}",
        "if(${age} > 3, true(), false())",
        "${unknown} = 'x'",
        "regex(${name}, '[a-z]+')",
        "${heard} = 'yes' and (${age} > 1 or (${age} > 2 and (${age} > 3 or ${age} > 4)))",
    ],
)
def test_what_cannot_be_clicked_is_shown_as_text_only(text):
    assert clicked(text) is None


def test_no_tree_is_ever_changed_by_being_shown_as_rules():
    """Thousands of random trees: either refused by the clicker or given back exactly."""
    trees = logic_cases.Trees(random.Random(7))
    shown = 0
    for _number in range(3000):
        tree = logic.read(trees.tree("bool", 3))
        group = rules.rules_of(tree, logic_cases.TYPES)
        if group is not None:
            shown += 1
            assert rules.tree_of(group, logic_cases.TYPES) == tree
    assert shown > 20


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule(), "names no question"),
        (Rule("gone", "is", "x"), "no question 'gone'"),
        (Rule("heard", "is", ""), "has no value"),
        (Rule("heard", "less", "3"), "Choose how heard is compared"),
        (Rule("age", "is", "many"), "is no number"),
        (Rule("age", "is", "inf"), "is no number"),
        (Rule("born", "is", "tomorrow"), "is no date"),
    ],
)
def test_a_line_that_is_not_finished_is_refused_with_a_sentence(rule, sentence):
    with pytest.raises(logic.LogicError, match=sentence):
        rules.tree_of(Group(ALL, (rule,)), TYPES)


def test_no_line_is_no_condition():
    assert rules.tree_of(Group(), TYPES) is None
    assert rules.rules_of(None, TYPES) == Group()
