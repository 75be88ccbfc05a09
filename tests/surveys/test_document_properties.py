"""Whatever a questionnaire holds survives storage; whatever is sent as one is answered in words."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.pagescript import script_data
from surveys.questionnaire import logic
from surveys.questionnaire.definition import (
    KINDS,
    DefinitionError,
    parse,
    to_document,
)
from surveys.questionnaire.ordering import Orders
from surveys.screens import screen_questions
from tests.surveys import logic_cases
from tests.surveys.documents import household

CLOCK = {"today": date(2026, 11, 22), "now": datetime(2026, 11, 22, 8, 30)}
words = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12
) | st.sampled_from(["${q0}", "ខ្មែរ", "\u200f", "👩‍🌾", "<b>"])
texts = st.dictionaries(st.sampled_from(["en", "km"]), words.filter(bool), max_size=2)
seeds = st.integers(0, 10**6)


@st.composite
def trees(draw, kind="bool"):
    """A tree of the fuzzer, over the fuzzer's codes."""
    import random

    return logic_cases.Trees(random.Random(draw(seeds))).tree(kind, draw(st.integers(0, 4)))


def sometimes(strategy):
    return st.none() | strategy


@st.composite
def choices(draw):
    codes = draw(
        st.lists(st.sampled_from(["a", "b", "yes", "1", "ខ"]), min_size=1, max_size=4, unique=True)
    )
    found = [
        {
            "code": code,
            "label": draw(texts),
            "missing": None,
            "exclusive": draw(st.booleans()),
            "relevant": draw(sometimes(trees())),
        }
        for code in codes
    ]
    missing = draw(st.sampled_from([None, "-9", "-8"]))
    return found + ([{"code": missing, "label": {}, "missing": missing}] if missing else [])


@st.composite
def questions(draw, code):
    kind = draw(st.sampled_from(KINDS))
    found = {"code": code, "kind": kind, "label": draw(texts), "hint": draw(texts)}
    found["relevant"] = draw(sometimes(trees()))
    if kind == "calculate":
        types = st.sampled_from(list(logic_cases.POOL))
        return found | {"calculation": draw(sometimes(types.flatmap(trees)))}
    found |= {"required": draw(st.booleans()), "read_only": draw(st.booleans())}
    found |= {"constraint": draw(sometimes(trees())), "constraint_message": draw(texts)}
    if kind in ("single", "multiple", "matrix", "rank"):
        found["choices"] = draw(choices())
        found["choice_order"] = draw(st.sampled_from(["fixed", "random"]))
        code = found["choices"][0]["code"]
        found["default"] = {"single": code, "multiple": [code], "rank": [code]}.get(kind)
    if kind == "matrix":
        found["rows"] = [{"code": "r1", "label": draw(texts)}, {"code": "r2", "label": {}}]
        found["row_order"] = draw(st.sampled_from(["fixed", "random"]))
    if kind == "scale":
        found |= {"minimum": 0, "maximum": draw(st.integers(0, 100))}
    if kind == "number":
        found |= {"decimals": draw(st.integers(0, 4))}
        found["default"] = draw(sometimes(st.integers(0, 99) | st.floats(0, 99)))
    if kind == "text":
        found["default"] = draw(sometimes(words.filter(bool)))
    if kind in ("date", "time", "datetime"):
        values = {"date": "2024-02-29", "time": "08:30", "datetime": "2024-02-29T23:59"}
        found["default"] = draw(st.sampled_from([None, values[kind]]))
    return found


@st.composite
def documents(draw):
    codes = [code for code in logic_cases.TYPES if "/" not in code]
    count = draw(st.integers(0, 8))
    found = [draw(questions(code)) for code in codes[:count]]
    half = count // 2
    return {
        "schema": 1,
        "languages": ["en", "km"],
        "default_language": "km",
        "title": draw(texts),
        "thanks": draw(texts),
        "seed": draw(sometimes(st.integers(0, 99))),
        "pages": [
            {
                "code": f"p{number}",
                "title": draw(texts),
                "relevant": draw(sometimes(trees())),
                "questions": part,
                "question_order": draw(st.sampled_from(["fixed", "random"])),
                "rotation": draw(st.sampled_from(["", "r"])),
            }
            for number, part in enumerate((found[:half], found[half:]))
        ],
    }


@settings(max_examples=150, deadline=None)
@given(documents())
def test_a_questionnaire_read_written_and_read_again_is_the_same(document):
    definition = parse(document)
    written = json.loads(json.dumps(to_document(definition)))

    assert parse(written) == definition
    assert to_document(parse(written)) == to_document(definition)
    assert parse(written).content_hash == definition.content_hash


@settings(max_examples=150, deadline=None)
@given(documents(), st.randoms(use_true_random=False))
def test_whatever_was_answered_any_questionnaire_can_be_reviewed_and_shown(document, rng):
    definition = parse(document)
    answers = logic_cases.Trees(rng).answers()
    logic.readiness(definition)
    path = logic.path(definition, answers, **CLOCK)
    path = path.arranged(Orders(definition, "x").pages())

    for page in definition.pages:
        shown = screen_questions(definition, page, path, answers, language="km", seed="x")
        asked = {question.code for question in shown}
        here = {question.code for question in page.questions if question.kind != "calculate"}
        assert asked <= here and here & path.questions <= asked
        data = script_data(definition, page, path, answers, language="km", **CLOCK)
        assert json.loads(json.dumps(data)) is None or set(data["conditions"]) <= set(data["order"])


@settings(max_examples=300, deadline=None)
@given(trees())
def test_a_condition_written_as_text_is_read_as_the_same_condition(tree):
    node = logic.read(tree)
    text = logic.to_text(node)
    if len(text) <= 2000:
        again = logic.parse_text(text)
        assert logic.to_text(again) == text
        assert logic.read(logic.write(again)) == again


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from([10**400, "\ud800", "\x00", "calculate", "single", "random", -9, "-7"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def spoiled(document, rng, value):
    """The document with one of its parts, however deep, replaced by `value`."""
    part, key = document, rng.choice(sorted(document))
    while isinstance(part[key], dict | list) and part[key] and rng.random() < 0.85:
        part = part[key]
        key = rng.choice(sorted(part)) if isinstance(part, dict) else rng.randrange(len(part))
    part[key] = value
    return document


@settings(max_examples=600, deadline=None)
@given(st.randoms(use_true_random=False), anything)
def test_a_document_with_anything_in_any_place_is_read_or_refused_in_sentences(rng, value):
    document = spoiled(household(), rng, value)
    try:
        definition = parse(document)
    except DefinitionError as error:
        assert error.problems
        assert all(problem.sentence.endswith((".", "'", ")")) for problem in error.problems)
    else:
        # What was read can be stored as UTF-8 and reviewed.
        json.dumps(to_document(definition), ensure_ascii=False, allow_nan=False).encode()
        logic.readiness(definition)


@settings(max_examples=200, deadline=None)
@given(anything)
def test_anything_at_all_is_read_or_refused_in_sentences(value):
    try:
        parse(value)
    except DefinitionError as error:
        assert error.problems


@pytest.mark.parametrize("sign", ["\ud800", "\x00"])
@pytest.mark.parametrize(
    "part",
    [
        {"label": {"en": "a@"}},
        {"appearance": "a@"},
        {"default": "a@"},
        {"relevant": {"op": "=", "args": [{"ref": "q"}, {"value": "@", "type": "text"}]}},
        {"relevant": {"ref": "@"}},
        {"constraint": {"unparsed": "a@"}},
        {"choices": [{"code": "a@", "label": {}}]},
    ],
)
def test_a_character_that_no_database_keeps_is_refused_wherever_it_stands(part, sign):
    written = json.dumps(part).replace("@", json.dumps(sign)[1:-1])
    document = household()
    document["pages"][0]["questions"].append({"code": "q", "kind": "text", "label": {}})
    document["pages"][0]["questions"][-1] |= json.loads(written)

    with pytest.raises(DefinitionError, match="stored|cannot be used|no answer|200 characters"):
        parse(document)
