"""The translation grid: one screen per language, saved cell by cell."""

import pytest

from surveys.errors import TranslationRefused
from surveys.models import Questionnaire
from surveys.questionnaire.translation import fingerprint
from surveys.services import translating
from surveys.services.translating import Wording
from tests.surveys.factories import LONG_AGO, choice, document, make_questionnaire, texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
JSON = {"headers": {"accept": "application/json"}}


def with_lists() -> dict:
    found = document()
    for code in ("one", "two"):
        found["pages"][2]["questions"].append(
            {
                "code": code,
                "kind": "single",
                "label": texts(f"About {code}? ${{heard}}", f"{code} ${{heard}}"),
                "choices": [choice("yes", "Yes!"), choice("no", "No!")],
            }
        )
    return found


@pytest.fixture
def draft() -> Questionnaire:
    return make_questionnaire(state="drafting", document=with_lists())


def page(draft: Questionnaire, rest: str = "in/th/") -> str:
    return f"/office/surveys/questionnaires/{draft.token}/translations/{rest}"


def label(draft: Questionnaire, code: str, language: str = "th") -> str:
    return Questionnaire.objects.get(pk=draft.pk).definition.by_code[code].label.get(language, "")


def save(client, draft, place, text, was="", **more):
    return client.post(
        page(draft, "in/th/save/"), {"place": place, "text": text, "was": was}, **more
    )


def test_every_text_stands_beside_its_translation_by_page_and_question(client_for, draft):
    html = client_for("survey_manager").get(page(draft)).content.decode()

    for words in ("Heard of it?", "ไทย Heard of it?", "Small survey", "Television", "<code>trust"):
        assert words in html
    assert "<script>alert" not in html


def test_a_cell_is_saved_by_itself_and_answers_with_the_progress(client_for, draft):
    answer = save(client_for("survey_manager"), draft, "q:heard/label", " เคยได้ยินไหม ", **JSON)

    assert answer.json()["saved"]["q:heard/label"]["state"] == "done"
    assert answer.json()["progress"]["percent"] == 100
    assert label(draft, "heard") == "เคยได้ยินไหม"


def test_without_a_script_the_button_saves_the_question_and_leads_back(client_for, draft):
    answer = client_for("survey_manager").post(
        page(draft, "in/th/save/") + "?show=all&q=heard",
        {
            "place": ["q:heard/label", "q:heard/choices:no/label"],
            "text": ["เคยไหม", "ไม่"],
            "was": ["", ""],
            "anchor": "t-abc",
        },
    )

    assert answer.status_code == 302
    assert answer["Location"].endswith("in/th/?show=all&q=heard#t-abc")
    assert label(draft, "heard") == "เคยไหม"


def test_an_empty_wording_takes_the_translation_away_and_counts_as_missing(client_for, draft):
    client = client_for("survey_manager")

    assert save(client, draft, "q:heard/label", "", **JSON).json()["progress"]["missing"] == 1
    html = client.get(page(draft) + "?show=missing").content.decode()
    assert "Heard of it?" in html
    assert "How old?" not in html


def test_a_lost_placeholder_is_refused_and_the_typed_text_shown_again(client_for, draft):
    client = client_for("survey_manager")

    answer = save(client, draft, "q:one/label", "หนึ่ง")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "has lost ${heard}" in html
    assert ">หนึ่ง</textarea>" in html
    assert label(draft, "one") == "one ${heard}"


def test_one_refused_cell_does_not_stop_the_others(client_for, draft):
    client_for("survey_manager").post(
        page(draft, "in/th/save/"),
        {"place": ["q:one/label", "q:age/label"], "text": ["หนึ่ง", "อายุ"], "was": ["", ""]},
    )

    assert (label(draft, "one"), label(draft, "age")) == ("one ${heard}", "อายุ")


def test_somebody_elses_newer_wording_is_not_overwritten_unseen(client_for, draft):
    client = client_for("survey_manager")
    seen = fingerprint(label(draft, "age"))
    save(client, draft, "q:age/label", "ของเพื่อน", seen, **JSON)

    refused = save(client, draft, "q:age/label", "ของฉัน", seen, **JSON)

    assert refused.status_code == 422
    assert "ของเพื่อน" in refused.json()["refused"]["q:age/label"]
    assert label(draft, "age") == "ของเพื่อน"


def test_a_list_that_stands_twice_is_written_in_both(client_for, draft):
    client = client_for("survey_manager")
    html = client.get(page(draft)).content.decode()
    assert "2 questions share these answers" in html
    assert html.count(">Yes!</p>") == 1

    save(client, draft, "q:one/choices:yes/label", "ใช่", **JSON)

    definition = Questionnaire.objects.get(pk=draft.pk).definition
    wordings = {definition.by_code[code].choice("yes").label["th"] for code in ("one", "two")}
    assert wordings == {"ใช่"}


def test_repeated_wordings_are_filled_in_at_once_and_taken_out_again(client_for, draft):
    client = client_for("survey_manager")
    translating.save_wordings(
        questionnaire=draft, language="th", wordings={"q:age/label": Wording("")}, at=LONG_AGO
    )
    draft.refresh_from_db()
    draft.document["pages"][0]["questions"][0]["hint"] = {"en": "How old?", "th": "อายุเท่าไร"}
    draft.save()

    assert "Fill in 1 wording" in client.get(page(draft)).content.decode()
    client.post(page(draft, "in/th/fill/"))
    assert label(draft, "age") == "อายุเท่าไร"
    client.post(page(draft, "in/th/fill/"), {"undo": "1"})
    assert label(draft, "age") == ""


def test_a_changed_source_wording_is_shown_until_somebody_says_it_still_fits(client_for, draft):
    client = client_for("survey_manager")
    draft.document["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    draft.save()

    html = client.get(page(draft) + "?show=outdated").content.decode()
    assert "Have you heard of it?" in html
    assert "How old?" not in html

    client.post(page(draft, "in/th/confirm/"), {"confirm": "q:heard/label"})
    assert "No wording was changed" in client.get(page(draft) + "?show=outdated").content.decode()


def test_the_wording_it_was_translated_from_is_shown_where_a_version_has_it(client_for, draft):
    later = make_questionnaire(draft.survey, state="drafting", document=with_lists())
    later.document["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    later.save()

    html = client_for("survey_manager").get(page(later) + "?show=outdated").content.decode()

    assert "<del" in html
    assert "Heard of it?</del>" in html


def test_searching_finds_source_and_translation(client_for, draft):
    client = client_for("survey_manager")

    for words in ("television", "ไทย Television", "choices:tv"):
        html = client.get(page(draft), {"q": words}).content.decode()
        assert "Television" in html
        assert "How old?" not in html
    assert "No text says" in client.get(page(draft), {"q": "nowhere"}).content.decode()


def test_a_language_is_added_taken_out_and_comes_back_with_its_wordings(client_for, draft):
    client = client_for("survey_manager")

    client.post(page(draft, "languages/"), {"add": "km"})
    draft.refresh_from_db()
    assert draft.definition.languages == ("en", "th", "km")
    client.post(page(draft, "languages/"), {"remove": "th"})
    draft.refresh_from_db()
    assert draft.definition.languages == ("en", "km")
    assert "ไทย" not in str(draft.document)

    answer = client.post(page(draft, "languages/"), {"add": "th"}, follow=True)
    assert "is back with" in answer.content.decode()
    assert label(draft, "heard") == "ไทย Heard of it?"


def test_what_was_outdated_is_outdated_after_it_came_back(draft):
    draft.document["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    draft.save()
    translating.remove_language(questionnaire=draft, language="th", at=LONG_AGO)
    translating.add_language(questionnaire=draft, language="th", at=LONG_AGO)

    draft.refresh_from_db()
    from surveys.backoffice.translationgrid import Grid

    assert Grid(draft, "th").progress.outdated == 1


@pytest.mark.parametrize(
    "posted", [{"add": ""}, {"other": "Khmer!"}, {"add": "th"}, {"remove": "en"}, {"remove": "xx"}]
)
def test_a_language_that_cannot_be_changed_is_explained(client_for, draft, posted):
    answer = client_for("survey_manager").post(page(draft, "languages/"), posted, follow=True)

    assert "messages" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.definition.languages == ("en", "th")


def test_a_published_version_is_read_and_never_written(client_for):
    published = make_questionnaire(document=with_lists())
    client = client_for("survey_manager")

    assert "<textarea" not in client.get(page(published)).content.decode()
    assert save(client, published, "q:heard/label", "x", **JSON).status_code == 409
    assert save(client, published, "q:heard/label", "x").status_code == 302
    with pytest.raises(TranslationRefused, match="Make a new version"):
        translating.save_wordings(
            questionnaire=published, language="th", wordings={"title": Wording("x")}, at=LONG_AGO
        )


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"place": "q:nowhere/label", "text": "x", "was": ""},
        {"place": "\x00", "text": "\x00", "was": "\x00"},
        {"place": "q:heard/label", "text": "x" * 1_000_000, "was": ""},
        {"place": ["q:heard/label"] * 3, "text": "one"},
        {"use": "q:heard/label\x00"},
    ],
)
def test_nonsense_is_answered_and_changes_nothing(client_for, draft, posted):
    client = client_for("survey_manager")

    assert client.post(page(draft, "in/th/save/"), posted).status_code in (302, 400, 422)
    assert client.post(page(draft, "in/th/save/"), posted, **JSON).status_code in (200, 400, 422)
    assert label(draft, "heard") == "ไทย Heard of it?"


def test_who_may_only_read_sees_no_boxes(client_for, draft):
    analyst = client_for("analyst")

    assert "<textarea" not in analyst.get(page(draft)).content.decode()
    assert save(analyst, draft, "q:heard/label", "x").status_code == 404
    assert client_for("sectoral_body_reporter").get(page(draft)).status_code == 404


@pytest.mark.parametrize("language", ["en", "km", "nonsense"])
def test_a_language_that_is_not_translated_has_no_grid(client_for, draft, language):
    assert client_for("survey_manager").get(page(draft, f"in/{language}/")).status_code == 404


def test_the_languages_page_shows_a_bar_for_each(client_for, draft):
    html = client_for("survey_manager").get(page(draft, "")).content.decode()

    assert html.count("<progress") == 2
    assert "100 %" in html


def test_a_translation_is_a_step_of_the_draft_that_can_be_undone(client_for, draft):
    client = client_for("survey_manager")

    save(client, draft, "q:age/label", "อายุ", **JSON)
    save(client, draft, "q:heard/label", "เคยไหม", **JSON)

    (step,) = draft.edits.all()
    assert step.by == client.user
    assert "th" in step.summary
    draft.refresh_from_db()
    assert draft.revision == step.revision == 2
