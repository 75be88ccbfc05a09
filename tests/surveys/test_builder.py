"""The builder's screens: every act is a plain form, refusals keep what was typed."""

import copy
import json
import re
from html import unescape

import pytest

from surveys.models import Questionnaire, Survey
from surveys.questionnaire import logic
from surveys.questionnaire.definition import parse, to_document
from tests.surveys.factories import (
    HOSTILE,
    awareness_document,
    document,
    make_questionnaire,
    make_survey,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture
def draft() -> Questionnaire:
    plain = to_document(parse(document()))
    return make_questionnaire(state="drafting", document=plain)


@pytest.fixture
def manager(client_for):
    return client_for("survey_manager")


def address(draft: Questionnaire, part: str = "") -> str:
    return f"/office/surveys/questionnaires/{draft.token}/edit/{part}"


def post(client, draft: Questionnaire, act: str, scripted: bool = False, **fields):
    draft.refresh_from_db()
    fields = {"act": act, "revision": draft.revision, "language": "en"} | fields
    headers = {"X-Builder": "1"} if scripted else {}
    answer = client.post(address(draft, "act/"), fields, headers=headers)
    draft.refresh_from_db()
    return answer


def form_of(client, draft: Questionnaire, code: str) -> dict:
    """The question's form as a browser would post it unchanged."""
    html = client.get(f"{address(draft)}?question={code}").content.decode()
    form = re.search(r"<form[^>]*panel__form.*?</form>", html, re.S)[0]
    fields: dict = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" not in found or found["name"] == "csrfmiddlewaretoken":
            continue
        if found.get("type") == "checkbox" and " checked" not in tag:
            continue
        fields.setdefault(found["name"], []).append(found.get("value", "on"))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = [text]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = [chosen[1]] if chosen else [""]
    for name in ("act", "revision", "language"):
        fields.pop(name)
    return {name: [unescape(one) for one in many] for name, many in fields.items()}


def question(draft: Questionnaire, code: str) -> dict:
    return next(q for p in draft.document["pages"] for q in p["questions"] if q["code"] == code)


@pytest.mark.parametrize(
    "query",
    ["", "?panel=texts", "?page=second", "?question=heard", "?question=trust&language=th",
     "?question=age&condition=constraint", "?page=second&condition=relevant",
     "?question=heard&condition=choice:yes", "?question=gone&page=gone&language=xx"],
)  # fmt: skip
def test_every_panel_opens_with_few_queries(manager, draft, query, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        answer = manager.get(address(draft) + query)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("code", ["heard", "where", "age", "trust", "comment"])
def test_a_form_posted_unchanged_changes_nothing(manager, draft, code):
    before = draft.document

    answer = post(manager, draft, "change-question", **form_of(manager, draft, code))

    assert answer.status_code == 302
    assert draft.document == before
    assert draft.revision == 0


def test_a_manager_builds_without_javascript(manager):
    made = manager.post(
        "/office/surveys/new/",
        {
            "title": "River",
            "code": "RIVER",
            "population": "All",
            "languages": ["en", "km"],
            "default_language": "en",
        },
    )
    draft = Survey.objects.get(code="RIVER").questionnaires.get()
    assert made.headers["Location"].endswith(f"/{draft.token}/edit/")

    post(manager, draft, "add-question", page="page1", kind="single", label="Do you fish?")
    fields = form_of(manager, draft, "fish") | {
        "do": "choice-paste",
        "choice_label": ["Yes", "No"],
        "choice_paste": "sometimes\tSometimes\n7 | Hardly ever\n\nNever",
    }
    post(manager, draft, "change-question", **fields)
    post(manager, draft, "change-question", **form_of(manager, draft, "fish") | {"do": "missing"})
    post(manager, draft, "add-page", title="Boats")
    post(manager, draft, "add-question", page="boats", kind="number", label="How many boats?")
    shown = post(
        manager, draft, "condition", page="boats", condition="relevant",
        do="rule-add:", **{"join:": "all"},
    )  # fmt: skip
    assert shown.status_code == 200
    assert 'name="ref:0"' in shown.content.decode()
    post(
        manager, draft, "condition", page="boats", condition="relevant", do="save-rules",
        part=["0"], **{"join:": "all", "ref:0": "fish", "op:0": "is", "value:0": "1"},
    )  # fmt: skip

    fish = question(draft, "fish")
    assert [(one["code"], one["label"].get("en")) for one in fish["choices"]] == [
        ("1", "Yes"),
        ("2", "No"),
        ("sometimes", "Sometimes"),
        ("7", "Hardly ever"),
        ("never", "Never"),
        ("-9", "Don't know"),
        ("-8", "Prefer not to say"),
    ]
    page = draft.document["pages"][1]
    assert logic.to_text(logic.read(page["relevant"])) == "${fish} = '1'"
    assert draft.document["pages"][1]["questions"][0]["code"] == "many_boats"


def test_a_condition_written_by_hand_is_shown_as_text_and_kept(manager, draft):
    hand = "not(${heard} = 'yes') and ${heard} != ''"
    place = {"question": "sex", "condition": "relevant"}
    post(manager, draft, "condition", do="save-text", text=hand, **place)

    html = manager.get(f"{address(draft)}?question=sex&condition=relevant").content.decode()

    assert "says more than can be clicked" in html
    assert "save-rules" not in html
    post(manager, draft, "change-question", **form_of(manager, draft, "sex"))
    assert logic.to_text(logic.read(question(draft, "sex")["relevant"])) == hand


def test_a_condition_that_cannot_be_read_is_refused_and_kept_in_the_form(manager, draft):
    answer = post(
        manager, draft, "condition", question="sex", condition="relevant", do="save-text",
        text="${heard} = pulldata('x')",
    )  # fmt: skip

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "pulldata() is not supported" in html
    assert "${heard} = pulldata(&#x27;x&#x27;)" in html
    assert question(draft, "sex").get("relevant") is None


def test_a_stale_edit_is_refused_shows_the_others_change_and_keeps_what_was_typed(
    manager, client_for, draft
):
    """Bad input: definitions edited by two people at once."""
    other = client_for("survey_manager")
    fields = form_of(manager, draft, "age") | {"label": "How old are you, really?"}
    theirs = form_of(other, draft, "age") | {"label": "Your age?"}
    post(other, draft, "change-question", **theirs)

    answer = post(manager, draft, "change-question", **fields | {"revision": 0})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert question(draft, "age")["label"]["en"] == "Your age?"
    assert other.user.email in html or str(other.user) in html
    assert "Changed “Your age?”" in html
    assert "How old are you, really?</textarea>" in html
    assert "<td>Your age?</td>" in html
    again = post(manager, draft, "change-question", **fields | {"revision": draft.revision})
    assert again.status_code == 302
    assert question(draft, "age")["label"]["en"] == "How old are you, really?"


def test_what_was_typed_for_a_deleted_question_is_shown_to_copy(manager, client_for, draft):
    fields = form_of(manager, draft, "comment") | {"label": "Anything you want to add"}
    post(client_for("survey_manager"), draft, "delete-question", question="comment")

    answer = post(manager, draft, "change-question", **fields | {"revision": 0})

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Deleted “Comment”" in html
    assert "<dd>Anything you want to add</dd>" in html


def test_a_deleted_question_comes_back_by_undo(manager, draft):
    before = draft.document
    post(manager, draft, "delete-question", question="heard")
    html = manager.get(address(draft)).content.decode()
    post(manager, draft, "undo")

    assert "There is no question &#x27;heard&#x27;" in html
    assert "Undo: Deleted “Heard of it?”" in html
    assert [q["code"] for q in draft.document["pages"][0]["questions"]] == [
        q["code"] for q in before["pages"][0]["questions"]
    ]


def test_the_script_gets_only_the_parts_that_changed(manager, draft):
    fields = form_of(manager, draft, "age") | {"label": "Your age?", "quiet": "1"}

    answer = post(manager, draft, "change-question", scripted=True, **fields).json()

    assert answer["ok"] is True
    assert answer["revision"] == 1
    assert set(answer["html"]) == {"builder-bar", "builder-problems", "section-second"}
    refused = post(manager, draft, "change-question", scripted=True, **fields | {"revision": 0})
    assert refused.status_code == 409
    assert "builder-editor" in refused.json()["html"]


def test_a_published_version_leads_to_the_page_where_it_is_read(manager):
    published = make_questionnaire()

    assert manager.get(address(published)).status_code == 302
    answer = post(manager, published, "delete-question", question="heard")
    assert answer.headers["Location"] == f"/office/surveys/questionnaires/{published.token}/"
    assert post(manager, published, "undo", scripted=True).status_code == 409


@pytest.mark.parametrize("role", ["analyst", "communications_officer", "approver"])
def test_readers_cannot_build(client_for, draft, role):
    client = client_for(role)

    for part in ("", "preview/", "try/", "history/"):
        assert client.get(address(draft, part)).status_code == 404
    assert post(client, draft, "delete-page", page="first").status_code == 404
    assert draft.revision == 0


HOSTILE_FIELDS = [
    {"act": "nonsense"},
    {"act": "change-question", "question": "age", "minimum": "1e400"},
    {"act": "change-question", "question": "age", "minimum": "nan"},
    {"act": "change-question", "question": "age", "decimals": "9" * 39},
    {"act": "change-question", "question": "age", "code": "\x00 ; drop"},
    {"act": "change-question", "question": "heard", "choice_key": ["yes"], "choice_code": ["a b"],
     "choice_label": ["x"]},
    {"act": "change-question", "question": "heard", "do": "choice-delete:99999999999"},
    {"act": "change-question", "question": "heard", "do": "choice-explode:1"},
    {"act": "change-question", "question": "heard", "kind": "hologram"},
    {"act": "change-question", "question": "heard", "label": "é" * 30000},
    {"act": "add-question", "page": "first", "kind": "<script>"},
    {"act": "add-page", "title": "x" * 10000, "after": "nowhere"},
    {"act": "move-question", "question": "age", "to": "-5", "to_page": "nowhere"},
    {"act": "move-page", "page": "first", "to": "9" * 30},
    {"act": "condition", "question": "age", "condition": "relevant", "do": "rule-delete:9.9.9.9"},
    {"act": "condition", "question": "age", "condition": "relevant", "do": "save-rules",
     "part": ["0", "0.0.0.0.0.0", "x", "-1"], "ref:0": "\x00"},
    {"act": "condition", "question": "age", "condition": "relevant", "do": "save-text",
     "text": "(" * 3000},
    {"act": "change-texts", "panel": "texts", "title": "t", "seed": "99999999999"},
    {"act": "change-page", "page": "first", "code": "second"},
    {"act": "undo", "revision": "zero"},
]  # fmt: skip


@pytest.mark.parametrize("fields", HOSTILE_FIELDS)
def test_hostile_forms_get_a_sentence_and_never_an_error(manager, draft, fields):
    answer = post(manager, draft, **fields)

    assert answer.status_code in (200, 302, 400, 409, 422)
    assert logic.readiness(draft.definition) is not None


def test_the_preview_is_the_respondents_own_page_in_any_language(manager, draft):
    english = manager.get(address(draft, "preview/?question=age")).content.decode()
    thai = manager.get(address(draft, "preview/?question=age&language=th")).content.decode()

    assert "How old?" in english
    assert "ไทย How old?" in thai
    assert 'lang="th"' in thai
    assert "respond.js" not in english


def test_trying_out_follows_the_skips_and_stores_nothing(manager, draft):
    from surveys.models import Response

    first = manager.get(address(draft, "try/"))
    key = re.search(r'name="key" value="([^"]+)"', first.content.decode())[1]
    empty = manager.post(address(draft, "try/"), {"page": "first", "key": key})
    second = manager.post(
        address(draft, "try/"),
        {"page": "first", "key": key, "q/heard": "no", "shown": ["heard"], "action": "next"},
    )
    html = second.content.decode()
    key = re.search(r'name="key" value="([^"]+)"', html)[1]
    end = manager.post(address(draft, "try/"), {"page": "third", "key": key, "q/area": "KH"})

    assert empty.status_code == 422
    assert "Where do you live?" in html
    assert "How old?" not in html
    assert "Nothing was stored" in end.content.decode()
    assert "not asked" in end.content.decode()
    assert Response.objects.count() == 0
    other = make_questionnaire(state="drafting")
    assert manager.post(address(other, "try/"), {"page": "first", "key": key}).status_code == 200
    assert manager.post(address(draft, "try/"), {"page": "x", "key": HOSTILE}).status_code == 200


def long_document(questions: int) -> dict:
    """The awareness questionnaire again and again under new codes."""
    made = awareness_document()
    base = copy.deepcopy(made["pages"])
    while sum(len(page["questions"]) for page in made["pages"]) < questions:
        number = len(made["pages"])
        text = json.dumps(base)
        for one in (q["code"] for page in base for q in page["questions"]):
            text = text.replace(f'"{one}"', f'"{one}_{number}"')
        pages = json.loads(text)
        for page in pages:
            page["code"] += f"_{number}"
        made["pages"] += pages
    return made


def test_an_edit_of_300_questions_costs_no_more_queries_and_bytes_than_one_of_30(
    manager, django_assert_max_num_queries
):
    for questions in (30, 300):
        draft = make_questionnaire(state="drafting", document=long_document(questions))
        assert len(draft.definition.questions) >= questions
        code = draft.definition.questions[-1].code
        fields = form_of(manager, draft, code) | {"quiet": "1", "label": ["Another wording"]}
        with django_assert_max_num_queries(20):
            answer = post(
                manager,
                draft,
                "change-question",
                scripted=True,
                **fields | {"revision": draft.revision},
            )
        assert answer.status_code == 200
        assert len(answer.content) < 40_000


def test_many_choices_are_not_drawn_one_by_one(manager):
    made = document()
    made["pages"][0]["questions"][1]["choices"] = [
        {"code": str(number), "label": {"en": f"District {number}"}} for number in range(600)
    ]
    draft = make_questionnaire(state="drafting", document=made)

    html = manager.get(f"{address(draft)}?question=where").content.decode()
    post(manager, draft, "change-question", **form_of(manager, draft, "where"))

    assert "too many to be shown one by one" in html
    assert len(question(draft, "where")["choices"]) == 600


def test_the_next_draft_begins_like_the_newest_version(manager):
    survey = make_survey()
    published = make_questionnaire(survey)
    page = manager.get(f"/office/surveys/drafts/{survey.token}/").content.decode()
    manager.post(
        f"/office/surveys/drafts/{survey.token}/", {"source": published.token, "note": "Shorter"}
    )

    assert f'value="{published.token}" selected' in page
    draft = survey.questionnaires.get(state="drafting")
    assert (draft.number, draft.note) == (2, "Shorter")
    again = manager.get(f"/office/surveys/drafts/{survey.token}/")
    assert again.headers["Location"].endswith(f"/{draft.token}/edit/")


def test_who_changed_what_can_be_read(manager, draft):
    post(manager, draft, "delete-page", page="second")
    post(manager, draft, "undo")

    html = manager.get(address(draft, "history/")).content.decode()

    assert "Deleted the page “Second” with 2 questions" in html
    assert "undone by" in html
