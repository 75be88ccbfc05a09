"""Every act on a draft changes what it says, can be undone, and is refused when stale."""

from datetime import timedelta

import pytest

from surveys.errors import EditRefused, StaleEdit
from surveys.models import Questionnaire
from surveys.questionnaire import logic
from surveys.services import editing
from tests.surveys.editing.conftest import AT
from tests.surveys.factories import IF_HEARD, make_questionnaire, make_survey

pytestmark = pytest.mark.django_db


def codes(draft: Questionnaire) -> dict[str, list[str]]:
    draft.refresh_from_db()
    return {
        page["code"]: [q["code"] for q in page["questions"]] for page in draft.document["pages"]
    }


ACTS = [
    ("add_page", {"title": "Health"}),
    ("change_page", {"page": "first", "changed": {"code": "opening", "title": {"en": "Opening"}}}),
    ("move_page", {"page": "third", "to": 0}),
    ("duplicate_page", {"page": "second"}),
    ("delete_page", {"page": "second"}),
    ("add_question", {"page": "first", "kind": "matrix", "label": "How much do you trust"}),
    ("move_question", {"question": "sex", "page": "first", "to": 1}),
    ("duplicate_question", {"question": "where"}),
    ("delete_question", {"question": "heard"}),
    ("change_texts", {"language": "th", "texts": {"title": "ใหม่", "thanks": "ขอบคุณ"}}),
    ("set_condition", {"tree": None, "question": "where"}),
    ("set_condition", {"tree": logic.parse_text("${age} > 20"), "page": "third"}),
    ("set_condition", {"tree": logic.read(IF_HEARD), "question": "area", "choice": "KH"}),
    ("set_condition", {"tree": logic.parse_text(". > 3"), "question": "age", "name": "constraint"}),
]


@pytest.mark.parametrize(("name", "what"), ACTS, ids=[name for name, _what in ACTS])
def test_every_act_is_undone_and_done_again_exactly(act, draft, name, what):
    before = draft.document
    act("change_texts", language="en", texts={"title": "Begun"})
    draft.refresh_from_db()
    begun = draft.document

    act(name, **what)
    draft.refresh_from_db()
    after = draft.document
    act("undo")
    draft.refresh_from_db()
    undone = draft.document
    act("redo")
    draft.refresh_from_db()

    assert after != begun
    assert undone == begun
    assert draft.document == after
    assert draft.revision == 4
    act("undo")
    act("undo")
    draft.refresh_from_db()
    assert draft.document == before


@pytest.mark.parametrize(("name", "what"), ACTS, ids=[name for name, _what in ACTS])
def test_every_act_on_an_older_revision_is_refused_and_says_what_the_other_changed(
    act, draft, ann, ben, name, what
):
    act("delete_question", question="comment", by=ben)
    draft.refresh_from_db()
    stands = draft.document

    with pytest.raises(StaleEdit) as refused:
        act(name, **what, revision=0)

    draft.refresh_from_db()
    assert draft.document == stands
    assert [(one.summary, one.by) for one in refused.value.edits] == [("Deleted “Comment”", ben)]
    assert refused.value.revision == 1


@pytest.mark.parametrize(("name", "what"), ACTS, ids=[name for name, _what in ACTS])
def test_a_published_version_is_read_only(act, draft, name, what):
    Questionnaire.objects.filter(pk=draft.pk).update(state="published")

    with pytest.raises(EditRefused, match="Make a new version"):
        act(name, **what)

    with pytest.raises(EditRefused):
        act("undo")


def test_a_question_is_added_under_a_code_made_of_its_words(act, draft):
    code = act("add_question", page="first", kind="single", label="Have you heard of ASEAN?")
    nameless = act("add_question", page="first", kind="text", label="តើអ្នក?", after="heard")

    assert code == "heard_asean"
    assert nameless == "q1"
    assert codes(draft)["first"] == ["heard", "q1", "where", "heard_asean"]


@pytest.mark.parametrize("kind", ["single", "multiple", "matrix", "rank", "scale", "number", "text",
                                  "date", "note", "consent", "time", "datetime", "calculate"])  # fmt: skip
def test_a_new_question_of_every_kind_can_be_stored_and_changed_to_every_kind(
    act, draft, question, kind
):
    code = act("add_question", page="first", kind=kind)
    for other in (
        "matrix",
        "calculate",
        "time",
        "scale",
        "note",
        "rank",
        "consent",
        "date",
        "multiple",
        kind,
    ):
        changed = question(code) | {"kind": other}
        act("change_question", question=code, changed=changed)
        assert question(code)["kind"] == other


def test_an_unknown_kind_is_refused(act):
    with pytest.raises(EditRefused, match="no kind of question"):
        act("add_question", page="first", kind="hologram")


def test_a_renamed_question_is_followed_by_conditions_and_piped_texts(act, draft, question):
    changed = question("sex")
    changed["label"]["en"] = "You said ${heard}. Sex?"
    act("change_question", question="sex", changed=changed)

    act("change_question", question="heard", changed=question("heard") | {"code": "knows"})

    assert logic.to_text(logic.read(question("where")["relevant"])) == "${knows} = 'yes'"
    assert draft.document["pages"][1]["relevant"]["args"][0] == {"ref": "knows"}
    assert question("sex")["label"]["en"] == "You said ${knows}. Sex?"


def test_codes_of_choices_may_change_places_and_conditions_follow(act, question):
    changed = question("heard")
    changed["choices"][0]["code"], changed["choices"][1]["code"] = "no", "yes"
    act(
        "change_question",
        question="heard",
        changed=changed,
        renamed_choices={"yes": "no", "no": "yes"},
    )

    assert logic.to_text(logic.read(question("where")["relevant"])) == "${heard} = 'no'"


def test_changing_a_question_leaves_its_conditions_as_they_are(act, question):
    changed = question("where") | {"relevant": None, "required": False}

    act("change_question", question="where", changed=changed)

    assert question("where")["relevant"] == IF_HEARD


def test_a_copied_page_asks_its_own_questions(act, draft):
    condition = logic.parse_text("${age} > 20")
    act("set_condition", tree=condition, question="trust")

    code = act("duplicate_page", page="second")

    assert codes(draft)[code] == ["age_copy", "trust_copy"]
    twin = draft.document["pages"][2]["questions"][1]
    assert twin["relevant"]["args"][0] == {"ref": "age_copy"}


def test_deleting_a_question_tells_who_still_names_it(act, draft):
    page, following, dangling = act("delete_question", question="heard")

    assert (page, following, dangling) == ("first", "where", ["where", "second"])
    sentences = [str(one) for one in logic.readiness(draft.definition).problems]
    assert any("no question 'heard'" in one for one in sentences)


def test_the_last_page_is_kept(act):
    act("delete_page", page="first")
    act("delete_page", page="second")

    with pytest.raises(EditRefused, match="at least one page"):
        act("delete_page", page="third")


def test_what_could_not_be_read_again_is_not_stored(act, draft, question):
    changed = question("age") | {"minimum": 200}

    with pytest.raises(EditRefused) as refused:
        act("change_question", question="age", changed=changed)

    assert "The minimum 200 is above the maximum 120." in str(refused.value)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_typing_is_one_step_and_another_question_a_new_one(act, draft, question):
    for number, label in enumerate(("H", "He", "Heard"), start=1):
        changed = question("heard")
        changed["label"]["en"] = label
        act("change_question", question="heard", changed=changed, at=AT + timedelta(seconds=number))
    changed = question("age") | {"required": False}
    act("change_question", question="age", changed=changed, at=AT + timedelta(seconds=4))

    assert draft.edits.count() == 2
    act("undo")
    act("undo")
    assert question("heard")["label"]["en"] == "Heard of it?"


def test_nothing_changed_is_no_step(act, draft, question):
    act("delete_question", question="comment")
    act("change_question", question="age", changed=question("age"))

    assert draft.edits.count() == 1


def test_a_new_step_after_an_undo_ends_the_redo(act, draft):
    act("delete_page", page="third")
    act("undo")
    act("delete_page", page="second")

    with pytest.raises(EditRefused, match="nothing to do again"):
        act("redo")
    assert list(codes(draft)) == ["first", "third"]


def test_the_code_of_a_published_question_is_refused_for_another_kind_of_answer(ann):
    survey = make_survey()
    published = make_questionnaire(survey)
    draft = editing.draft_questionnaire(survey=survey, by=ann, at=AT, source=published)
    age = next(
        q for page in draft.document["pages"] for q in page["questions"] if q["code"] == "age"
    )

    with pytest.raises(EditRefused) as refused:
        editing.change_question(
            questionnaire=draft,
            revision=0,
            by=ann,
            at=AT,
            question="age",
            changed=age | {"kind": "text"},
        )

    assert "stands for a number question in version 1" in str(refused.value)
    assert "kind" in refused.value.fields


def test_a_draft_begins_empty_or_like_a_version_of_any_survey(ann):
    other = make_questionnaire()
    survey = make_survey()
    draft = editing.draft_questionnaire(survey=survey, by=ann, at=AT, source=other)

    assert (draft.number, draft.state, draft.revision) == (1, "drafting", 0)
    assert [q.code for q in draft.definition.questions][:2] == ["heard", "where"]
    with pytest.raises(EditRefused, match="still a draft"):
        editing.draft_questionnaire(survey=survey, by=ann, at=AT)
    first = editing.create_survey(
        code="NEW",
        title="New",
        population="All",
        languages=["km", "en"],
        default_language="km",
        by=ann,
        at=AT,
    )
    assert first.document["title"] == {"km": "New"}
    with pytest.raises(EditRefused, match="belongs to another survey"):
        editing.create_survey(
            code="NEW", title="x", population="x", languages=["en"], default_language="en",
            by=ann, at=AT,
        )  # fmt: skip
