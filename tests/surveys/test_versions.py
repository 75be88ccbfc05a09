"""Publishing a version: what blocks, what has to be said, and which waves use it."""

import copy
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from surveys import services
from surveys.errors import EditRefused, PublishingRefused
from surveys.models import AuditEntry, Questionnaire, Response, Wave
from surveys.services import versions
from surveys.services.editing.drafts import draft_questionnaire
from tests.surveys.factories import (
    LONG_AGO,
    choice,
    document,
    make_plan,
    make_questionnaire,
    make_wave,
    texts,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = LONG_AGO + timedelta(days=200)


@pytest.fixture
def wave() -> Wave:
    return make_wave()


def new_version(questionnaire: Questionnaire) -> Questionnaire:
    return draft_questionnaire(survey=questionnaire.survey, source=questionnaire, by=None, at=NOW)


def draft_of(wave: Wave, change=lambda found: None) -> Questionnaire:
    draft = new_version(wave.questionnaire)
    change(draft.document)
    draft.save()
    return draft


def publish(draft: Questionnaire, **more):
    return versions.publish_questionnaire(questionnaire=draft, at=NOW, **more)


def first_question(found: dict) -> dict:
    return found["pages"][0]["questions"][0]


def fix_typo(found: dict) -> None:
    first_question(found)["label"]["en"] = "Heard of it at all?"


def test_a_new_version_is_a_draft_with_the_next_number_and_the_same_content(wave):
    draft = new_version(wave.questionnaire)

    assert (draft.number, draft.state) == (2, "drafting")
    assert draft.definition == wave.questionnaire.definition


def test_a_second_draft_is_refused_while_there_is_one(wave):
    new_version(wave.questionnaire)

    with pytest.raises(EditRefused, match="still a draft"):
        new_version(wave.questionnaire)


def test_check_8_a_typo_is_fixed_in_a_live_survey_without_stopping_it(wave):
    begun = services.start(wave=wave, secret="a", language="en", at=NOW)
    draft = draft_of(wave, fix_typo)

    done = publish(draft, adopt=[wave.token])

    wave = Wave.objects.get(pk=wave.pk)
    assert done.adopted == (wave,)
    assert (wave.state, wave.questionnaire) == ("collecting", draft)
    assert Questionnaire.objects.get(number=1).state == "superseded"
    later = services.start(wave=wave, secret="b", language="en", at=NOW)
    begun = services.find_started(wave=wave, secret="a")
    assert (begun.questionnaire.number, later.questionnaire.number) == (1, 2)


def test_a_response_under_way_is_finished_in_its_own_version(wave):
    services.start(wave=wave, secret="a", language="en", at=NOW)

    def take_out_television(found):
        del found["pages"][0]["questions"][1]["choices"][0]

    publish(draft_of(wave, take_out_television), adopt=[wave.token])
    begun = services.find_started(wave=Wave.objects.get(pk=wave.pk), secret="a")
    services.save_page(
        wave=begun.wave,
        secret="a",
        page_code="first",
        posted=QueryDict("q/heard=yes&q/where=tv&shown=heard&shown=where"),
        language="en",
        at=NOW,
    )

    assert Response.objects.get(pk=begun.pk).answers["where"] == ["tv"]


def test_a_published_version_cannot_be_published_again(wave):
    with pytest.raises(PublishingRefused, match="already"):
        publish(wave.questionnaire)


def test_a_draft_changed_since_it_was_reviewed_is_not_published(wave):
    draft = draft_of(wave)
    seen = draft.content_hash
    fix_typo(draft.document)
    draft.save()

    with pytest.raises(PublishingRefused, match="Look at it again"):
        publish(draft, seen=seen)


def broken(found: dict) -> None:
    first_question(found)["relevant"] = {
        "op": "=",
        "args": [{"ref": "nowhere"}, {"value": "x", "type": "text"}],
    }


def later_reference(found: dict) -> None:
    first_question(found)["relevant"] = {
        "op": "=",
        "args": [{"ref": "sex"}, {"value": "F", "type": "text"}],
    }


def circle(found: dict) -> None:
    one, two = found["pages"][2]["questions"][:2]
    one["relevant"] = {"op": "=", "args": [{"ref": "sex"}, {"value": "F", "type": "text"}]}
    two["relevant"] = {"op": "=", "args": [{"ref": "area"}, {"value": "KH", "type": "text"}]}


def never(found: dict) -> None:
    first_question(found)["relevant"] = {"value": False, "type": "bool"}


def lost_placeholder(found: dict) -> None:
    found["pages"][2]["questions"][0]["label"] = {"en": "You, ${heard}?", "th": "ท่าน"}


@pytest.mark.parametrize("change", [broken, later_reference, circle, never, lost_placeholder])
def test_problems_block_publishing_and_nothing_changes(wave, change):
    draft = draft_of(wave, change)

    with pytest.raises(PublishingRefused, match="stand"):
        publish(draft, adopt=[wave.token], accepts_untranslated=True)

    assert Wave.objects.get(pk=wave.pk).questionnaire.number == 1
    assert Questionnaire.objects.get(pk=draft.pk).state == "drafting"


def test_check_6_untranslated_texts_are_counted_and_accepted_explicitly(wave):
    def untranslate(found):
        del first_question(found)["label"]["th"]
        del first_question(found)["choices"][0]["label"]["th"]

    draft = draft_of(wave, untranslate)

    with pytest.raises(PublishingRefused, match="th 2"):
        publish(draft)
    publish(draft, accepts_untranslated=True)
    assert Questionnaire.objects.get(pk=draft.pk).state == "published"


def test_check_6_texts_of_a_wave_count_where_the_wave_takes_the_version(wave):
    Wave.objects.filter(pk=wave.pk).update(titles={}, purpose={"en": "Why"})
    draft = draft_of(wave, fix_typo)

    assert versions.review(draft).untranslated_counts([wave.token]) == {"th": 2}
    with pytest.raises(PublishingRefused, match="th 2"):
        publish(draft, adopt=[wave.token])
    publish(draft)
    assert Questionnaire.objects.get(pk=draft.pk).state == "published"


def test_a_text_that_a_wave_does_not_have_is_not_missing(wave):
    wave.titles, wave.purpose, wave.consent_wording = {}, {}, {"en": "I agree.", "th": " "}

    assert wave.untranslated_in(["en", "th", "km"], "en") == {"th": 2, "km": 2}


def swap(found: dict) -> None:
    yes, no = first_question(found)["choices"][:2]
    yes["label"], no["label"] = no["label"], yes["label"]


def retype(found: dict) -> None:
    question = first_question(found)
    question["kind"] = "number"
    question["choices"] = []
    for page in found["pages"]:
        page["relevant"] = None
        for one in page["questions"]:
            one["relevant"] = None


def take_over(found: dict) -> None:
    """The code of one question asks what another question asked."""
    questions = found["pages"][2]["questions"]
    questions[1]["label"] = dict(questions[0]["label"])


@pytest.mark.parametrize("change", [swap, retype, take_over])
def test_a_code_is_never_reused_for_another_meaning(wave, change):
    draft = draft_of(wave, change)

    assert versions.review(draft).changes.reused
    with pytest.raises(PublishingRefused, match="code"):
        publish(draft, accepts_untranslated=True)


def test_a_wording_far_from_the_old_one_must_be_said_to_mean_the_same(wave):
    def reword(found):
        found["pages"][0]["questions"][1]["choices"][0]["label"]["en"] = "Radio"

    draft = draft_of(wave, reword)

    with pytest.raises(PublishingRefused, match="new code"):
        publish(draft)
    publish(draft, same_meaning=["q:where/choices:tv/label"])


def test_a_code_that_returns_is_compared_with_what_it_meant_when_it_was_last_there(wave):
    def without_comment(found):
        del found["pages"][2]["questions"][2]

    publish(draft_of(wave, without_comment))
    second = Questionnaire.objects.get(number=2)
    third = new_version(second)
    third.document["pages"][2]["questions"].append(
        {"code": "comment", "kind": "number", "label": texts("How many children?")}
    )
    third.save()

    assert "was a text question" in versions.review(third).changes.reused[0].sentence


def test_the_review_lists_what_was_added_removed_and_reworded(wave):
    def edit(found):
        fix_typo(found)
        found["pages"][0]["questions"][1]["choices"][0] = choice("radio", "Radio")
        found["pages"][2]["questions"][2] = {
            "code": "remark",
            "kind": "text",
            "label": texts("Anything else?"),
        }

    found = versions.review(draft_of(wave, edit)).changes

    assert [one.question for one in found.of("added")] == ["remark"]
    assert [one.question for one in found.of("removed")] == ["comment"]
    assert [one.after for one in found.of("reworded")] == ["Heard of it at all?"]
    assert [one.code for one in found.of("added", "choice")] == ["radio"]
    assert [one.code for one in found.of("removed", "choice")] == ["tv"]
    assert found.reused == ()


def test_a_wave_whose_area_question_is_gone_cannot_use_the_version(wave):
    def without_area(found):
        del found["pages"][2]["questions"][0]

    draft = draft_of(wave, without_area)

    with pytest.raises(PublishingRefused, match="area"):
        publish(draft, adopt=[wave.token])
    publish(draft)


def test_a_wave_whose_quota_counts_a_question_that_is_gone_cannot_use_it(wave):
    wave.quotas.create(
        name="Women",
        limit=5,
        condition={"op": "=", "args": [{"ref": "sex"}, {"value": "F", "type": "text"}]},
    )

    def without_sex(found):
        del found["pages"][2]["questions"][1]

    with pytest.raises(PublishingRefused, match="Women"):
        publish(draft_of(wave, without_sex), adopt=[wave.token])


def test_figures_that_would_run_dry_are_named(wave):
    make_plan(wave)

    def without_yes(found):
        del first_question(found)["choices"][0]
        for page in found["pages"]:
            page["relevant"] = None
            for question in page["questions"]:
                question["relevant"] = None

    (adopter,) = versions.review(draft_of(wave, without_yes)).adopters
    assert "kpi-22" in adopter.warnings[0]


def test_a_closed_or_foreign_wave_cannot_take_a_version(wave):
    stranger = make_wave()
    draft = draft_of(wave)
    Wave.objects.filter(pk=wave.pk).update(state="closed")

    for token in (wave.token, stranger.token, "nonsense"):
        with pytest.raises(PublishingRefused, match="closed meanwhile"):
            publish(draft, adopt=[token])


def test_adopting_is_in_the_waves_history_and_makes_its_figures_stale(wave, client_for):
    user = client_for("survey_manager").user
    Wave.objects.filter(pk=wave.pk).update(published_at=LONG_AGO)

    publish(draft_of(wave, fix_typo), adopt=[wave.token], by=user)

    wave.refresh_from_db()
    assert wave.history.first().questionnaire.number == 2
    entry = AuditEntry.objects.get(action="edited", wave_token=wave.token)
    assert entry.who == str(user)
    assert wave.stale_at == NOW


def test_what_was_translated_from_an_older_wording_is_known_in_the_next_version(wave):
    publish(draft_of(wave, fix_typo), adopt=[wave.token])
    third = new_version(Questionnaire.objects.get(number=2))

    from surveys.backoffice.translationgrid import Grid

    assert Grid(third, "th").progress.outdated == 1


def office(questionnaire: Questionnaire, rest: str) -> str:
    return f"/office/surveys/questionnaires/{questionnaire.token}/{rest}"


def test_check_6_the_publishing_page_shows_the_counts_and_asks(client_for, wave):
    def untranslate(found):
        del first_question(found)["label"]["th"]

    draft = draft_of(wave, untranslate)
    manager = client_for("survey_manager")

    html = manager.get(office(draft, "publish/")).content.decode()
    assert "1 text would be shown in another language" in html
    seen = {"seen": draft.content_hash, "adopt": wave.token}
    refused = manager.post(office(draft, "publish/"), seen)
    assert refused.status_code == 422
    assert "Texts are not translated: th 1" in refused.content.decode()
    manager.post(office(draft, "publish/"), seen | {"accepts_untranslated": "1"})
    assert Wave.objects.get(pk=wave.pk).questionnaire == draft


def test_the_publishing_page_names_the_place_of_a_problem_and_links_to_it(client_for, wave):
    draft = draft_of(wave, broken)

    html = client_for("survey_manager").get(office(draft, "publish/")).content.decode()

    assert "page first, question heard" in html
    assert "disabled" in html
    assert "<script>alert" not in html


def test_publishing_is_logged_with_the_waves(client_for, wave):
    draft = draft_of(wave)
    manager = client_for("survey_manager")
    manager.post(
        office(draft, "publish/"), {"seen": draft.content_hash, "adopt": wave.token}, follow=True
    )

    entry = AuditEntry.objects.get(action="published")
    assert (entry.who, entry.data["waves"]) == (str(manager.user), [wave.token])


def test_a_new_version_is_made_by_a_button(client_for, wave):
    manager = client_for("survey_manager")

    manager.post(office(wave.questionnaire, "new-version/"))
    again = manager.post(office(wave.questionnaire, "new-version/"), follow=True)

    assert Questionnaire.objects.filter(state="drafting").count() == 1
    assert "still a draft" in again.content.decode()


def test_others_cannot_publish(client_for, wave):
    draft = draft_of(wave)

    for role in ("analyst", "communications_officer", "national_focal_point"):
        assert client_for(role).get(office(draft, "publish/")).status_code == 404
        assert client_for(role).post(office(draft, "new-version/")).status_code == 404


def test_the_first_version_of_a_survey_needs_no_comparison():
    draft = make_questionnaire(state="drafting", document=copy.deepcopy(document()))

    publish(draft)

    assert Questionnaire.objects.get(pk=draft.pk).published_at == NOW
    assert timezone.is_aware(Questionnaire.objects.get(pk=draft.pk).published_at)
