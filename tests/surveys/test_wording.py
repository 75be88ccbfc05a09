"""Earlier answers in later texts, and the orders of one respondent."""

from datetime import date, datetime

import pytest
from django.utils import translation

from surveys.pagescript import script_data
from surveys.questionnaire import logic, piping
from surveys.questionnaire.definition import parse
from surveys.questionnaire.ordering import Orders
from surveys.wording import Wording
from tests.surveys.documents import choice, condition, document, household, page, question

CLOCK = {"today": date(2026, 11, 22), "now": datetime(2026, 11, 22, 8, 30)}
NUMBERS = [choice("1", "one"), choice("2", "two"), choice("3", "three")]
KINDS = parse(
    document(
        page(
            "p",
            question("one", "single", choices=[choice("y", "Yes"), choice("-9", "Unsure")]),
            question("many", "multiple", choices=NUMBERS),
            question("ranked", "rank", choices=NUMBERS),
            question(
                "grid",
                "matrix",
                rows=[{"code": "r", "label": {"en": "Row"}}],
                choices=[choice("4", "Much")],
            ),
            question("much", "number", decimals=2, choices=[choice("-8", "No answer")]),
            question("scale", "scale", minimum=0, maximum=10),
            question("words", "text"),
            question("day", "date"),
            question("at", "time"),
            question("when", "datetime"),
            question("agree", "consent"),
            question("sum", "calculate", calculation=condition("${much} + 1")),
            question("fit", "calculate", calculation=condition("${much} > 1")),
            question("next", "calculate", calculation=condition("${day} + 1")),
            question(
                "loop", "single", choices=[choice("a", "A ${words}"), choice("b", "B ${loop}")]
            ),
        )
    )
)


def said(code: str, language: str = "en", **answers) -> str:
    path = logic.path(KINDS, answers, **CLOCK)
    with translation.override(language):
        return Wording.of(KINDS, language, answers, path).text({"en": f"<${{{code}}}>"})[1:-1]


@pytest.mark.parametrize(
    ("code", "answers", "expected"),
    [
        ("one", {"one": "y"}, "Yes"),
        ("one", {"one": "-9"}, "Unsure"),
        ("one", {"one": "gone"}, ""),
        ("many", {"many": ["1"]}, "one"),
        ("many", {"many": ["1", "3"]}, "one and three"),
        ("many", {"many": ["1", "2", "3"]}, "one, two and three"),
        ("ranked", {"ranked": ["3", "1"]}, "three and one"),
        ("grid/r", {"grid": {"r": "4"}}, "Much"),
        ("grid/r", {"grid": {}}, ""),
        ("grid", {"grid": {"r": "4"}}, ""),
        ("much", {"much": 2.5}, "2.5"),
        ("much", {"much": 34}, "34"),
        ("much", {"much": "-8"}, "No answer"),
        ("scale", {"scale": 7}, "7"),
        ("words", {"words": "Dara & ${much}", "much": 3}, "Dara & ${much}"),
        ("words", {}, ""),
        ("day", {"day": "2026-03-31"}, "March 31, 2026"),
        ("at", {"at": "08:30"}, "08:30"),
        ("when", {"when": "2026-03-31T08:30"}, "March 31, 2026 08:30"),
        ("agree", {"agree": "yes"}, ""),
        ("sum", {"much": 2.5}, "3.5"),
        ("fit", {"much": 2.5}, ""),
        ("next", {"day": "2026-03-31"}, "April 1, 2026"),
        ("loop", {"loop": "a", "words": "${loop}"}, "A ${loop}"),
        ("loop", {"loop": "b"}, "B "),
        ("nobody", {}, ""),
    ],
)
def test_an_answer_is_put_in_as_the_respondent_reads_it(code, answers, expected):
    assert said(code, **answers) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("id", "a, b, dan c"),
        ("th", "a b และc"),
        ("zh-hans", "a、b和c"),
        ("km", "a, b និង c"),
        ("xx", "a, b and c"),
    ],
)
def test_a_list_is_joined_the_way_the_language_does(language, expected):
    assert piping.joined(["a", "b", "c"], language) == expected


@pytest.mark.parametrize("language", ["lo", "my", "fil", "tet"])
def test_a_date_never_turns_english_where_no_months_are_known(language):
    assert said("day", language, day="2026-03-31") == "2026-03-31"


def test_an_answer_off_the_path_says_nothing():
    content = document(
        page("a", question("heard", "text")),
        page("b", question("where", "text"), relevant=condition("${heard} = 'yes'")),
    )
    definition = parse(content)
    answers = {"heard": "no", "where": "Hue"}
    path = logic.path(definition, answers, **CLOCK)

    assert Wording.of(definition, "en", answers, path).text({"en": "[${where}]"}) == "[]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no reference, $ {x} or ${1x} or ${}", "no reference, $ {x} or ${1x} or ${}"),
        ("${ name }, ${name}", "<name>, <name>"),
        ("${trust/r1}", "<trust/r1>"),
        ("${${name}}", "${<name>}"),
    ],
)
def test_references_are_found_once_from_left_to_right(text, expected):
    assert piping.fill(text, lambda code: f"<{code}>") == expected


def problems(content) -> dict[str, str]:
    return {problem.path: problem.sentence for problem in logic.readiness(parse(content)).problems}


def test_a_questionnaire_whose_texts_name_earlier_answers_can_be_published():
    assert problems(household()) == {}


@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"label": {"en": "?", "th": "${gone}"}}, "questions[0].label.th", "no such question"),
        ({"hint": {"en": "${later}"}}, "questions[0].hint.en", "asked later or here"),
        ({"label": {"en": "${first}"}}, "questions[0].label.en", "asked later or here"),
        ({"label": {"en": "${before}"}}, None, ""),
        ({"constraint_message": {"en": "${first} and ${later}"}}, None, ""),
        ({"label": {"en": "${grid}"}}, "questions[0].label.en", "such as ${grid/r}"),
        ({"label": {"en": "${grid/x}"}}, "questions[0].label.en", "Name one of its rows"),
        ({"label": {"en": "${before/r}"}}, "questions[0].label.en", "has no rows"),
        ({"label": {"en": "${text}"}}, "questions[0].label.en", "a note and has no answer"),
    ],
)
def test_a_text_that_names_what_is_not_known_is_found_by_place_and_language(change, path, sentence):
    grid = question(
        "grid", "matrix", rows=[{"code": "r", "label": {"en": "R"}}], choices=NUMBERS[:1]
    )
    content = document(
        page("a", question("before", "text"), grid, question("text", "note")),
        page("b", question("first", "text") | change, question("later", "text")),
    )
    found = problems(content)

    assert list(found) == ([f"pages[1].{path}"] if path else [])
    assert sentence in "".join(found.values())


def test_a_page_that_changes_places_may_not_depend_on_its_neighbours():
    content = document(
        page("a", question("one", "text"), rotation="r"),
        page("b", question("two", "text", "About ${one}"), rotation="r"),
        page("c", question("three", "text", relevant=condition("${one} != ''")), rotation="r"),
        page("d", question("four", "text", relevant=condition("${one} != ''"))),
    )
    found = problems(content)

    assert set(found) == {
        "pages[1].questions[0].label.en",
        "pages[1].questions[0].label.th",
        "pages[2].questions[0].relevant",
    }
    assert all("changes places with this one" in sentence for sentence in found.values())


@pytest.mark.parametrize(
    ("calculation", "path", "sentence"),
    [
        (None, "calculation", "has no calculation"),
        ("${later}", "calculation", "asked later"),
        ("${worth}", "", "in a circle"),
        ("${before} + 1", "calculation", "works on two numbers"),
        (". + 1", "calculation", "meaning in a constraint only"),
    ],
)
def test_a_calculation_is_checked_before_publishing(calculation, path, sentence):
    content = document(
        page(
            "a",
            question("before", "text"),
            question(
                "worth", "calculate", calculation=calculation and condition(calculation), label="w"
            ),
            question("later", "number"),
        )
    )
    place = f"pages[0].questions[1]{'.' if path else ''}{path}"

    assert sentence in problems(content).get(place, ""), problems(content)


def test_the_units_of_a_random_page_stay_whole_and_its_notes_where_they_belong():
    content = document(
        page(
            "p",
            question("intro", "note"),
            question("a", "text"),
            question("a2", "text", relevant=condition("${a} = 'x'")),
            question("between", "note"),
            question("b", "text"),
            question("c", "text"),
            question("b2", "text", "Why ${b}?"),
            question("d", "text"),
            question("outro", "note"),
            question_order="random",
        )
    )
    definition = parse(content)
    seen = set()
    for respondent in range(60):
        order = Orders(definition, str(respondent)).questions(definition.pages[0])
        text = " ".join(order)
        assert order[0] == "intro" and order[-1] == "outro"
        assert "a a2" in text and "between b c b2" in text
        assert sorted(order) == sorted(definition.by_code)
        seen.add(text)
    assert len(seen) == 6


def test_another_seed_gives_other_orders_and_the_same_seed_the_same():
    def order(seed):
        content = document(
            page("p", question("q", "single", choices=_many(), choice_order="random")), seed=seed
        )
        definition = parse(content)
        return Orders(definition, "somebody").choices(definition.by_code["q"])

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in (None, 1, 2, 3)}) == 4
    assert order(5)[-2:] == ["none", "-9"]


def _many():
    numbers = [choice(f"c{number}", "x") for number in range(9)]
    return [*numbers, choice("none", "None", exclusive=True), choice("-9", "?")]


def test_the_script_is_told_only_of_earlier_answers_that_are_named_and_on_the_path():
    content = household()
    content["pages"][2]["questions"][2]["relevant"] = condition(
        "selected(${why}, 'other') and ${work} = 'x' and ${age} > 3"
    )
    definition = parse(content)
    answers = {"born": 2020, "work": "x", "name": "secret", "why": ["other"]}
    path = logic.path(definition, answers, **CLOCK)
    data = script_data(definition, definition.pages[2], path, answers, language="en", **CLOCK)

    # Nobody of six years was asked about work: on the server it reads as blank.
    assert data["answers"] == {"age": 6}
    assert data["types"] == {"why": "multi", "work": "text", "age": "number"}
