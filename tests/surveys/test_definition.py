"""A questionnaire document is read whole, with every problem named at once."""

import copy
import cProfile
import json

import pytest

from surveys.questionnaire import logic
from surveys.questionnaire.definition import DefinitionError, parse, to_document


def expression(text):
    return logic.write(logic.parse_text(text))


def make_document(**changes):
    document = {
        "schema": 1,
        "languages": ["en", "km"],
        "default_language": "en",
        "title": {"en": "Awareness", "km": "ការយល់ដឹង"},
        "pages": [
            {
                "code": "p1",
                "title": {"en": "<b>First</b>", "km": "ទីមួយ"},
                "relevant": None,
                "questions": [
                    {
                        "code": "heard",
                        "kind": "single",
                        "label": {"en": "Heard of it?", "km": "ធ្លាប់ឮទេ?"},
                        "required": True,
                        "choices": [
                            {"code": "yes", "label": {"en": "Yes", "km": "បាទ"}},
                            {"code": "no", "label": {"en": "No"}},
                            {"code": "-9", "label": {"en": "Don't know"}, "missing": "-9"},
                        ],
                    },
                    {
                        "code": "age",
                        "kind": "number",
                        "label": {"en": "Age"},
                        "minimum": 0,
                        "maximum": 120,
                        "constraint": expression(". >= 15"),
                        "constraint_message": {"en": "15 or older"},
                    },
                ],
            },
            {
                "code": "p2",
                "title": {},
                "relevant": expression("${heard} = 'yes'"),
                "questions": [
                    {
                        "code": "trust",
                        "kind": "matrix",
                        "label": {"en": "Trust"},
                        "choices": [{"code": "1", "label": {"en": "Low"}}],
                        "rows": [{"code": "r1", "label": {"en": "The bloc"}}],
                    }
                ],
            },
        ],
    }
    document.update(changes)
    return document


def changed(*path, value):
    document = copy.deepcopy(make_document())
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return document


FIRST = ("pages", 0, "questions", 0)
SECOND = ("pages", 0, "questions", 1)


def test_a_document_survives_being_read_and_written():
    definition = parse(make_document())
    assert parse(json.loads(json.dumps(to_document(definition)))) == definition
    assert definition.types == {"heard": "single", "age": "number", "trust/r1": "single"}


def test_equal_content_has_an_equal_hash_and_any_change_another():
    base = parse(make_document())
    assert parse(to_document(base)).content_hash == base.content_hash
    assert parse(changed(*SECOND, "maximum", value=121)).content_hash != base.content_hash


def test_the_wording_hash_follows_what_a_respondent_reads_in_one_language():
    base = parse(make_document())
    translated = parse(changed(*FIRST, "label", value={"en": "Heard of it?", "km": "ផ្សេង"}))
    assert base.wording_hash("heard", "en") == translated.wording_hash("heard", "en")
    assert base.wording_hash("heard", "km") != translated.wording_hash("heard", "km")
    routed = parse(changed(*FIRST, "relevant", value=expression("true()")))
    assert base.wording_hash("heard", "en") == routed.wording_hash("heard", "en")


def test_untranslated_cells_are_named_per_language():
    cells = {(c.language, c.path) for c in parse(make_document()).untranslated()}
    assert ("km", "pages[0].questions[0].choices[1].label") in cells
    assert ("km", "pages[0].questions[1].constraint_message") in cells
    assert ("en", "pages[0].questions[0].label") not in cells
    assert ("km", "pages[0].questions[0].label") not in cells


def test_a_missing_text_falls_back_to_the_default_language():
    definition = parse(make_document())
    label = definition.by_code["age"].label
    assert definition.text(label, "km") == "Age"
    assert definition.text({}, "km") == ""


@pytest.mark.parametrize(
    ("document", "path", "sentence"),
    [
        (None, "", "JSON object"),
        (changed("schema", value=2), "schema", "Use 1"),
        (changed("colour", value="red"), "colour", "not known here"),
        (changed("languages", value=["EN"]), "languages[0]", "lower case"),
        (changed("languages", value=["en", "km", "en"]), "languages[2]", "listed twice"),
        (changed("languages", value="en"), "languages", "must be a list"),
        (changed("default_language", value="fr"), "default_language", "not among"),
        (changed("title", value="x"), "title", "one text per language"),
        (changed("title", value={"fr": "x"}), "title.fr", "not a language"),
        (changed("title", value={"en": 1}), "title.en", "must be a text"),
        (changed("title", value={"en": "a\x00b"}), "title.en", "null character"),
        (changed("pages", value={}), "pages", "must be a list"),
        (changed("pages", 0, value=1), "pages[0]", "must be an object"),
        (changed("pages", 1, "code", value="P1"), "pages[1].code", "used at pages[0]"),
        (
            changed(*SECOND, "code", value="HEARD"),
            "pages[0].questions[1].code",
            "case does not count",
        ),
        (changed(*FIRST, "code", value="1st"), "pages[0].questions[0].code", "Begin with a letter"),
        (changed(*FIRST, "code", value="a/b"), "pages[0].questions[0].code", "cannot be used"),
        (changed(*FIRST, "code", value=["a"]), "pages[0].questions[0].code", "cannot be used"),
        (changed(*FIRST, "kind", value="video"), "pages[0].questions[0].kind", "not known"),
        (changed(*FIRST, "kind", value=[]), "pages[0].questions[0].kind", "not known"),
        (
            changed(*FIRST, "required", value="yes"),
            "pages[0].questions[0].required",
            "true or false",
        ),
        (changed(*FIRST, "choices", value=[]), "pages[0].questions[0].choices", "at least one"),
        (
            changed(*FIRST, "choices", 0, "code", value="a b"),
            "pages[0].questions[0].choices[0].code",
            "without spaces",
        ),
        (
            changed(*FIRST, "choices", 0, "code", value="no"),
            "pages[0].questions[0].choices[1].code",
            "is used at",
        ),
        (
            changed(*FIRST, "choices", 0, "code", value="-7"),
            "pages[0].questions[0].choices[0].code",
            "not asked",
        ),
        (
            changed(*FIRST, "choices", 0, "missing", value="-8"),
            "pages[0].questions[0].choices[0].code",
            "do not fit",
        ),
        (
            changed(*FIRST, "relevant", value={"op": "pow"}),
            "pages[0].questions[0].relevant",
            "not known",
        ),
        (
            changed(*FIRST, "rows", value=[{"code": "r", "label": {}}]),
            "pages[0].questions[0].rows",
            "no rows",
        ),
        (changed(*SECOND, "minimum", value=-9), "pages[0].questions[1].minimum", "missing codes"),
        (
            changed(*SECOND, "minimum", value=200),
            "pages[0].questions[1].minimum",
            "above the maximum",
        ),
        (changed(*SECOND, "minimum", value="0"), "pages[0].questions[1].minimum", "Use a number"),
        (changed(*SECOND, "minimum", value=1e400), "pages[0].questions[1].minimum", "below 1e15"),
        (changed(*SECOND, "kind", value="scale"), "pages[0].questions[1].maximum", "at most 101"),
        (
            changed("pages", 1, "questions", 0, "rows", value=[]),
            "pages[1].questions[0].rows",
            "at least one row",
        ),
        (
            changed(*SECOND, "choices", value=[{"code": "a", "label": {}}]),
            "pages[0].questions[1].choices[0]",
            "don't know",
        ),
    ],
)
def test_what_cannot_be_stored_is_named_with_its_place(document, path, sentence):
    with pytest.raises(DefinitionError) as caught:
        parse(document)
    assert any(
        problem.path == path and sentence in problem.sentence for problem in caught.value.problems
    ), caught.value.problems


def test_all_problems_come_at_once():
    document = changed(*FIRST, "kind", value="video")
    document["title"] = {"fr": "x"}
    document["pages"][1]["questions"][0]["rows"] = "r"
    with pytest.raises(DefinitionError) as caught:
        parse(document)
    assert len(caught.value.problems) >= 4


def ready(*relevances, **more):
    questions = [
        {
            "code": f"q{index}",
            "kind": "single",
            "label": {"en": "?"},
            "choices": [{"code": "a", "label": {"en": "A"}}, {"code": "b", "label": {"en": "B"}}],
            "relevant": expression(text) if text else None,
        }
        for index, text in enumerate(relevances)
    ]
    document = make_document(
        languages=["en"],
        title={"en": "T"},
        pages=[{"code": "p", "title": {}, "questions": questions} | more],
    )
    return logic.readiness(parse(document))


def test_a_sound_questionnaire_can_be_published():
    assert ready(None, "${q0} = 'a'", "selected(${q1}, 'b') or ${q0} = 'b'").can_publish
    sound = logic.readiness(parse(make_document()))
    assert sound.can_publish and sound.untranslated_counts["km"] == 7


@pytest.mark.parametrize(
    ("relevances", "path", "sentence"),
    [
        ((None, "${gone} = 'a'"), "pages[0].questions[1].relevant", "no question 'gone'"),
        (("${q1} = 'a'", None), "pages[0].questions[0].relevant", "asked later"),
        (
            ("${q1} = 'a'", "${q0} = 'a'"),
            "pages[0].questions[0]",
            "in a circle: q0 needs q1 needs q0",
        ),
        (("${q0} = 'a'",), "pages[0].questions[0]", "in a circle"),
        ((None, "false()"), "pages[0].questions[1].relevant", "never be shown"),
        ((None, "${q0} = 'a' and 1 = 2"), "pages[0].questions[1].relevant", "never be shown"),
        ((None, "${q0} = 'a' and ${q0} = 'b'"), "pages[0].questions[1].relevant", "never be shown"),
        ((None, "false()", "${q1} = 'a'"), "pages[0].questions[2].relevant", "never be shown"),
        ((None, "${q0} = 'c'"), "pages[0].questions[1].relevant", "no choice 'c'"),
        ((None, "selected(${q0}, 'c')"), "pages[0].questions[1].relevant", "no choice 'c'"),
        ((None, "string-length(${q0})"), "pages[0].questions[1].relevant", "not yes or no"),
    ],
)
def test_what_stands_against_publishing_is_named_with_its_place(relevances, path, sentence):
    problems = ready(*relevances).problems
    assert any(p.path == path and sentence in p.sentence for p in problems), problems


def test_a_page_that_is_never_shown_is_named_once():
    problems = ready(None, None, relevant=expression("false()")).problems
    assert [problem.path for problem in problems] == ["pages[0].relevant"]


def test_an_imported_text_nobody_could_read_blocks_publishing_and_hides_nothing():
    document = changed(*SECOND, "relevant", value={"unparsed": "pulldata('a')"})
    definition = parse(document)
    problems = logic.readiness(definition).problems
    assert "pulldata" in problems[0].sentence
    found = logic.path(definition, {}, today=CLOCK[0], now=CLOCK[1])
    assert "age" in found.questions


def test_an_answer_off_the_path_reads_as_blank_for_what_follows():
    document = make_document()
    document["pages"].append(
        {
            "code": "p3",
            "title": {},
            "relevant": expression("${trust/r1} = '1'"),
            "questions": [{"code": "end", "kind": "note", "label": {"en": "Thanks"}}],
        }
    )
    definition = parse(document)
    answers = {"heard": "yes", "trust": {"r1": "1"}}
    found = logic.path(definition, answers, today=CLOCK[0], now=CLOCK[1])
    assert [page.code for page in found.pages] == ["p1", "p2", "p3"]
    answers["heard"] = "no"
    found = logic.path(definition, answers, today=CLOCK[0], now=CLOCK[1])
    assert [page.code for page in found.pages] == ["p1"]
    assert found.after(None).code == "p1" and found.after("p1") is None


def _clock():
    from datetime import date, datetime

    return date(2026, 11, 22), datetime(2026, 11, 22, 8)


CLOCK = _clock()


def with_question(**question):
    document = make_document()
    document["pages"][0]["questions"].append({"code": "more", "label": {}} | question)
    return document


def test_every_newer_part_of_the_document_survives_being_read_and_written():
    document = with_question(
        kind="multiple",
        choices=[{"code": "a", "label": {}}, {"code": "b", "label": {}}],
        default=["b", "a"],
        read_only=True,
    )
    document["seed"] = 7
    document["pages"][0] |= {"question_order": "random", "rotation": "themes"}
    document["pages"][1]["questions"][0]["row_order"] = "random"
    document["pages"][1]["questions"] += [
        {
            "code": "older",
            "kind": "calculate",
            "label": {},
            "calculation": expression("${age} + 1"),
        },
        {"code": "at", "kind": "time", "label": {}, "default": "08:30"},
        {"code": "when", "kind": "datetime", "label": {}, "default": "2026-03-31T08:30"},
        {"code": "much", "kind": "number", "label": {}, "default": 2.5, "decimals": 1},
    ]
    definition = parse(document)
    written = json.loads(json.dumps(to_document(definition)))

    assert parse(written) == definition
    assert written["seed"] == 7 and written["pages"][0]["rotation"] == "themes"
    assert written["pages"][0]["questions"][-1]["default"] == ["b", "a"]
    assert definition.types["older"] == "number"
    assert (definition.types["at"], definition.types["when"]) == ("time", "datetime")


@pytest.mark.parametrize(
    ("question", "path", "sentence"),
    [
        ({"kind": "number", "default": "x"}, "default", "no answer to a number question"),
        ({"kind": "number", "default": -9}, "default", "no answer"),
        ({"kind": "number", "default": True}, "default", "no answer"),
        ({"kind": "date", "default": "2026-02-30"}, "default", "no answer to a date question"),
        ({"kind": "time", "default": "24:00"}, "default", "'08:30'"),
        ({"kind": "note", "default": "x"}, "default", "Remove it"),
        ({"kind": "calculate", "default": "x"}, "default", "no answer"),
        ({"kind": "calculate", "required": True}, "required", "cannot be required"),
        (
            {"kind": "calculate", "constraint": expression("true()")},
            "constraint",
            "no constraint",
        ),
        ({"kind": "calculate", "minimum": 1}, "minimum", "no minimum"),
        ({"kind": "text", "calculation": expression("1")}, "calculation", "Use kind calculate"),
        ({"kind": "text", "row_order": "random"}, "row_order", "no rows"),
    ],
)
def test_defaults_and_calculations_that_do_not_fit_are_named(question, path, sentence):
    with pytest.raises(DefinitionError) as caught:
        parse(with_question(**question))
    place = f"pages[0].questions[2].{path}"
    assert any(
        problem.path == place and sentence in problem.sentence for problem in caught.value.problems
    ), caught.value.problems


def test_the_way_through_a_long_questionnaire_grows_with_its_length_and_not_faster():
    """Counted in calls of functions, which no busy machine changes: four times, not sixteen."""

    def calls(count):
        questions = [
            {
                "code": f"q{index}",
                "kind": "number",
                "label": {},
                "relevant": index and expression(f"${{q{index - 1}}} > 3 and not(${{q0}} = 1)"),
            }
            for index in range(count)
        ]
        questions[0]["relevant"] = None
        pages = [
            {"code": f"p{at}", "title": {}, "questions": questions[at : at + 10]}
            for at in range(0, count, 10)
        ]
        definition = parse(make_document(pages=pages))
        answers = {f"q{index}": 5 for index in range(count)}
        assert len(logic.path(definition, answers, today=CLOCK[0], now=CLOCK[1]).questions) == count
        counted = cProfile.Profile()
        counted.runcall(logic.path, definition, answers, today=CLOCK[0], now=CLOCK[1])
        return sum(entry.callcount for entry in counted.getstats())

    short, long = calls(300), calls(1200)
    assert short < 100 * 300
    assert short * 3 < long < short * 5
