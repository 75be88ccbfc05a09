"""The table of docs/logic.md, line by line, and how conditions are read, written and checked."""

from datetime import date, datetime

import pytest

from surveys.questionnaire import logic

TYPES = {
    "age": "number",
    "kids": "number",
    "name": "text",
    "heard": "single",
    "why": "multi",
    "born": "date",
    "ok": "bool",
    "trust/r1": "single",
}
CLOCK = {"today": date(2026, 11, 22), "now": datetime(2026, 11, 22, 8, 30)}


def value(text, own=None, **answers):
    return logic.evaluate(logic.parse_text(text), answers, types=TYPES, own=own, **CLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "${age} < 16",
        "${age} <= 16",
        "${age} > 16",
        "16 >= ${age}",
        "${age} = 5",
        "${age} = ${kids} and ${name} = 'a'",
        "selected(${why}, 'work')",
        "contains(${name}, 'a')",
        "starts-with(${name}, 'a')",
        "regex(${name}, '.*')",
        "contains('abc', '')",
        "selected(${why}, '')",
        "${ok}",
        "${ok} and true()",
    ],
)
def test_a_blank_makes_these_false(text):
    assert (
        logic.evaluate(logic.parse_text(f"if({text}, 'yes', 'no')"), {}, types=TYPES, **CLOCK)
        == "no"
    )


@pytest.mark.parametrize(
    "text",
    [
        "${age} = ''",
        "${name} = ''",
        "${why} = ''",
        "${age} = ${kids}",
        "${age} != 5",
        "not(${ok})",
        "not(${age} > 1)",
        "'' = ''",
        "${born} != today()",
    ],
)
def test_a_blank_makes_these_true(text):
    assert value(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "${age} + 1",
        "1 - ${age}",
        "${age} * 2",
        "4 div ${age}",
        "${age} mod 2",
        "-${age}",
        "int(${name})",
        "number(${name})",
        "round(${age})",
        "min(${age}, ${kids})",
        "sum(${age})",
        "selected-at(${why}, 0)",
        "selected-at('a', 1)",
        "1 div 0",
        "5 mod 0",
        "number('abc')",
        "concat('', ${name})",
        "coalesce(${age}, ${kids})",
        "date('2026-02-30')",
        "date('9999-12-31') + 1",
        "number('1e5')",
    ],
)
def test_these_are_blank(text):
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count-selected(${why})", 0),
        ("string-length(${name})", 0),
        ("coalesce(${age}, 3)", 3),
        ("max(${age}, 2)", 2),
        ("sum(${age}, 2, 3)", 5),
        ("concat('a', ${name}, 1.50)", "a1.5"),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("round(2.345, 2)", 2.35),
        ("int(-1.9)", -1),
        ("-7 mod 3", -1),
        ("7 mod -3", 1),
        ("7 div 2", 3.5),
        ("string-length('ខ្មែរ')", 5),
        ("string-length('😀')", 1),
        ("concat(0.1 + 0.2)", "0.30000000000000004"),
        ("concat(1 div 10000000)", "1e-7"),
        ("if(${ok}, 1, 2)", 2),
        ("today()", "2026-11-22"),
        ("now()", "2026-11-22T08:30:00"),
        ("date(now())", "2026-11-22"),
        ("date('2024-02-28') + 1", "2024-02-29"),
        ("today() - date('2026-11-01')", 21),
        ("position(..)", 1),
        ("selected-at('a', 0)", "a"),
        ("number(' 3.5 ')", 3.5),
    ],
)
def test_these_have_a_value_whatever_is_blank(text, expected):
    assert value(text) == expected


def test_dont_know_and_refused_are_blank_in_arithmetic_and_visible_to_equality():
    for stored in (-9, "-9"):
        assert value("${age} = -9", age=stored) is True
        assert value("${age} != -9", age=stored) is False
        assert value("${age} < 16", age=stored) is False
        assert value("${age} + 1", age=stored) is None
        assert value("${age} = ''", age=stored) is False
        assert value("max(${age}, -20)", age=stored) == -20
    assert value("${born} = -8", born="-8") is True
    assert value("${heard} = '-9'", heard="-9") is True
    assert value("${age} = -7", age=-7) is False and value("${age} = ''", age=-7) is True


def test_a_constraint_is_not_evaluated_on_a_blank_or_a_missing_code():
    tree = logic.parse_text(". >= 18 and . < 120")
    for answer, fits in (
        ({}, True),
        ({"age": -9}, True),
        ({"age": "-8"}, True),
        ({"age": 17}, False),
        ({"age": 18}, True),
    ):
        assert logic.satisfies(tree, answer, types=TYPES, own="age", **CLOCK) is fits


def test_once_keeps_the_answer_there_is():
    assert value("once(today())", own="born", born="2020-01-01") == "2020-01-01"
    assert value("once(today())", own="born") == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("${name} < 3", "two numbers, two dates or two times, but here it has a text and a number"),
        ("${heard} > 3", "a code and a number"),
        ("${nothing} = 1", "no question 'nothing'"),
        ("${trust} = '1'", "is a matrix"),
        ("${why} = 'work'", "Use selected"),
        ("${age} = 'x'", "two values of one type"),
        (". > 1", "only in a constraint|in a constraint only"),
        ("regex(${name}, '(?=a)')", "lookaround"),
        ("regex(${name}, ${name})", "a pattern written in quotes"),
        ("if(${age}, 1, 2)", "decides by a condition"),
        ("if(true(), 1, 'a')", "values of one type"),
        ("selected(${age}, 'a')", "a question with choices"),
        ("${age} and true()", "conditions"),
        ("string-length(${age})", "a text"),
        ("min(${age}, today())", "numbers, or dates"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(logic.LogicError, match=sentence):
        logic.check(logic.parse_text(text), TYPES)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("${age} + 1", "number"),
        ("${born} + 30", "date"),
        ("today() - ${born}", "number"),
        ("${born} = -9", "bool"),
        ("if(${ok}, ${age}, '')", "number"),
        ("coalesce(${heard}, ${name})", "text"),
        ("selected-at(${why}, 0)", "single"),
        ("${age} = ''", "bool"),
        ("concat(${age}, ${why}, ${born})", "text"),
        ("${trust/r1} = '4'", "bool"),
        ("number(${heard}) > 3", "bool"),
        ("''", "text"),
    ],
)
def test_what_fits_has_a_type(text, kind):
    assert logic.check(logic.parse_text(text), TYPES) == kind


def test_a_relevance_must_be_a_condition():
    with pytest.raises(logic.LogicError, match="gives a number, not yes or no"):
        logic.check_condition(logic.parse_text("${age} + 1"), TYPES)


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("${heard} = 1", "${heard} = '1'"),
        ("${born} > '2026-01-01'", "${born} > date('2026-01-01')"),
        ("${heard} >= 3", "number(${heard}) >= 3"),
        ("${age} = '18'", "${age} = 18"),
        ("selected(${why}, 2)", "selected(${why}, '2')"),
        ("${born} <= now()", "${born} <= date(now())"),
        ("not(1 = ${heard})", "not('1' = ${heard})"),
        ("${name} < 3", "${name} < 3"),
    ],
)
def test_imported_conditions_are_settled_where_one_meaning_is_possible(written, settled):
    assert logic.to_text(logic.settle(logic.parse_text(written), TYPES)) == settled


@pytest.mark.parametrize(
    "text",
    [
        "${age} >= 18 and selected(${why}, 'work')",
        "not(selected(${why}, 'x')) or ${name} = ''",
        "-9",
        "${age} - -9",
        "-(9)",
        "(${ok} and ${ok}) and ${ok}",
        "${ok} and ${ok} and ${ok}",
        "if(${age} > 1, 'a', \"it's\")",
        "position(..)",
        "${age} - (${kids} - 1)",
        "1 div 2 mod 3",
        "-${age} * 2",
        "date('2026-01-01') < today()",
        ". > 0 and . < 120",
        "1 = 1 = true()",
        "(1 + 2) * 3",
        "-(1 + 2)",
        "0.5 + 12",
        "not(true() or false()) and (true() or false())",
    ],
)
def test_text_is_read_and_written_alike(text):
    assert logic.to_text(logic.parse_text(text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pulldata('x', 'y')", r"pulldata\(\) is not supported"),
        ("${age} ~ 2", "position 8.*not understood"),
        ("(1", "expected '\\)'"),
        ("", "is empty"),
        ("1 2", "'2' was not expected"),
        ("${age} = 'x", "not understood"),
        ("/data/age = 1", "not understood"),
        ("age > 1", "write \\$\\{age\\}"),
        ("selected(${why})", "takes 2 values and has 1"),
        ("1 +", "something is missing"),
        ("(" * 60 + "1" + ")" * 60, "deeper than 50"),
        ("1 + " * 700 + "1", "2000"),
        ("-" * 60 + "1", "deeper than 50"),
        ("1+" * 60 + "1", "deeper than 50"),
        ("\x00", "not understood"),
    ],
)
def test_text_that_cannot_be_read_is_refused_with_its_place(text, sentence):
    with pytest.raises(logic.LogicError, match=sentence):
        logic.parse_text(text)


def test_typographic_quotes_and_spaces_of_spreadsheets_are_read():
    assert logic.parse_text("${heard}\u00a0= \u2018yes\u2019") == logic.parse_text(
        "${heard} = 'yes'"
    )


def test_a_text_with_both_quotation_marks_keeps_its_meaning():
    tree = logic.read({"value": 'it\'s "so"', "type": "text"})
    again = logic.parse_text(logic.to_text(tree))
    assert logic.evaluate(again, {}, types={}, **CLOCK) == 'it\'s "so"'


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        "x",
        {"ref": ""},
        {"ref": 1},
        {"op": "pow", "args": []},
        {"op": "=", "args": [{"ref": "a"}]},
        {"value": float("nan"), "type": "number"},
        {"value": 10**400, "type": "number"},
        {"value": True, "type": "number"},
        {"value": "2026-02-30", "type": "date"},
        {"value": "x", "type": "single"},
        {"op": "not", "args": "x"},
        {"op": ["="]},
        {"value": 1, "type": ["number"]},
        {"ref": "a", "op": "="},
    ],
)
def test_a_tree_that_is_none_is_refused(tree):
    with pytest.raises(logic.LogicError):
        logic.read(tree)


def test_a_tree_deeper_than_fifty_is_refused_without_exhausting_anything():
    tree = {"ref": "ok"}
    for _ in range(5000):
        tree = {"op": "not", "args": [tree]}
    with pytest.raises(logic.LogicError, match="deeper than 50"):
        logic.read(tree)


def test_a_hostile_pattern_takes_no_time():
    assert value("regex(${name}, '(a+)+(a|aa)*(a*)*b')", name="a" * 4000) is False
