"""Places, staleness, shared lists and placeholders: the rules behind the translation grid."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.definition import parse
from surveys.questionnaire.translation import (
    fingerprint,
    is_outdated,
    placeholder_problem,
    placeholder_problems,
    progress,
    reconciled,
    shared,
    slots,
    suggestions,
    texts_of,
)
from tests.surveys.factories import awareness_document, choice, document, texts


def yes_no(code: str) -> dict:
    return {
        "code": code,
        "kind": "single",
        "label": texts(f"About {code}?"),
        "choices": [choice("yes", "Yes"), choice("no", "No")],
    }


def with_lists() -> dict:
    found = document()
    found["pages"][2]["questions"] += [yes_no("one"), yes_no("two")]
    return found


def text_at(definition, place):
    return next(text for text in texts_of(definition) if text.place == place)


def test_a_place_names_page_question_choice_and_row_by_their_codes():
    places = {text.place for text in texts_of(parse(document()))}

    assert {
        "title",
        "p:first/title",
        "q:heard/label",
        "q:heard/choices:-9/label",
        "q:trust/rows:asean/label",
    } <= places


def test_places_stay_when_pages_and_questions_move():
    moved = document()
    moved["pages"].reverse()
    moved["pages"][0]["questions"].reverse()

    before = {text.place: dict(text.texts) for text in texts_of(parse(document()))}
    after = {text.place: dict(text.texts) for text in texts_of(parse(moved))}
    assert before == after


def test_every_text_of_a_definition_has_its_slot_in_the_document():
    for found in (document(), awareness_document()):
        room = slots(found)
        for text in texts_of(parse(found)):
            assert dict(room[text.place].texts) == dict(text.texts)


def test_progress_counts_the_cells_that_the_publishing_check_misses():
    found = awareness_document()
    del found["pages"][0]["questions"][0]["label"]["id"]
    definition = parse(found)
    missing = [cell.language for cell in definition.untranslated()]
    for language in definition.languages:
        counted = progress(texts_of(definition), language, {}, definition.default_language)
        assert counted.missing == missing.count(language)


def test_a_changed_source_wording_marks_translations_made_from_the_old_one():
    before = document()
    recorded = reconciled(before, {})
    after = copy.deepcopy(before)
    after["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    recorded = reconciled(after, recorded)
    definition = parse(after)

    assert is_outdated(text_at(definition, "q:heard/label"), "th", recorded, "en")
    assert not is_outdated(text_at(definition, "q:where/label"), "th", recorded, "en")


def test_a_translation_changed_with_its_source_is_up_to_date():
    before = document()
    recorded = reconciled(before, {})
    after = copy.deepcopy(before)
    after["pages"][0]["questions"][0]["label"] = {"en": "Have you heard?", "th": "เคยได้ยินไหม"}

    recorded = reconciled(after, recorded)

    assert not is_outdated(text_at(parse(after), "q:heard/label"), "th", recorded, "en")


def test_the_record_survives_any_number_of_other_changes():
    found = document()
    recorded = reconciled(found, {})
    found["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    for number in range(5):
        recorded = reconciled(found, recorded)
        found["title"]["en"] = f"Title {number}"
    assert is_outdated(
        text_at(parse(found), "q:heard/label"), "th", reconciled(found, recorded), "en"
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["pages", "questions", "code", "label", "choices", "title", "en"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_what_is_no_questionnaire_has_a_record_all_the_same(nonsense):
    reconciled(nonsense, {})


def test_identical_lists_are_translated_once():
    together = shared(texts_of(parse(with_lists())), "th")

    assert together["q:one/choices:yes/label"] == (
        "q:one/choices:yes/label",
        "q:two/choices:yes/label",
    )
    # "heard" has a third answer: another list.
    assert "q:heard/choices:yes/label" not in together


def test_a_list_translated_in_two_ways_is_left_apart():
    found = with_lists()
    found["pages"][2]["questions"][-1]["choices"][0]["label"]["th"] = "เคย"

    together = shared(texts_of(parse(found)), "th")

    assert "q:one/choices:yes/label" not in together
    assert "q:one/choices:no/label" in together


def test_a_wording_translated_elsewhere_is_offered():
    found = with_lists()
    for question in found["pages"][2]["questions"][-2:]:
        del question["choices"][0]["label"]["th"]

    assert suggestions(texts_of(parse(found)), "th")["q:one/choices:yes/label"] == "ไทย Yes"


def test_a_lost_and_an_invented_placeholder_are_named():
    assert placeholder_problem("You said ${heard}.", "ท่านตอบว่า ${heard}") == ""
    assert "lost ${heard}" in placeholder_problem("You said ${heard}.", "ท่านตอบว่า")
    assert "no ${herd}" in placeholder_problem("You said ${heard}.", "${heard} ${herd}")


def test_a_document_names_every_translation_with_a_wrong_placeholder():
    found = document()
    found["pages"][2]["questions"][0]["label"] = {"en": "You said ${heard}", "th": "ท่านตอบ"}

    (problem,) = placeholder_problems(parse(found))

    assert problem.path == "q:area/label (th)"


def test_fingerprints_ignore_surrounding_space_only():
    assert fingerprint(" Yes ") == fingerprint("Yes") != fingerprint("yes")
