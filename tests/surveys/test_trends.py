"""Which items of two waves may be compared, and how a break reaches the ledger."""

from datetime import UTC, datetime

import pytest

from indicators.models import Area, AreaMembership, Framework, Indicator, Observation, Population
from indicators.readings import judge
from surveys import services
from surveys.publishing import publish_wave
from surveys.questionnaire.comparing import comparabilities
from surveys.questionnaire.definition import parse
from surveys.trends import broken_items, comparability_of
from tests.surveys.factories import (
    IF_HEARD,
    choice,
    document,
    make_plan,
    make_questionnaire,
    make_response,
    make_wave,
    texts,
)

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def question(found: dict, code: str) -> dict:
    return next(one for page in found["pages"] for one in page["questions"] if one["code"] == code)


def verdicts(change) -> dict[str, tuple[str, str]]:
    after = document()
    change(after)
    return {
        one.item: (one.status, " ".join(one.reasons))
        for one in comparabilities(parse(document()), parse(after))
    }


def test_the_same_questionnaire_is_comparable_throughout():
    found = verdicts(lambda after: None)

    assert {status for status, _reason in found.values()} == {"same"}
    assert set(found) >= {"heard", "where", "trust/asean", "trust/media"}


def reword(after):
    question(after, "sex")["label"]["en"] = "Gender"


def reword_in_thai(after):
    question(after, "sex")["label"]["th"] = "เพศสภาพ"


def reword_an_answer(after):
    question(after, "sex")["choices"][0]["label"]["en"] = "Female"


def add_an_answer(after):
    question(after, "sex")["choices"].append(choice("X", "Other"))


def drop_an_answer(after):
    question(after, "sex")["choices"].pop()


def reorder_answers(after):
    question(after, "sex")["choices"].reverse()


def ask_others(after):
    question(after, "sex")["relevant"] = IF_HEARD


def change_kind(after):
    question(after, "sex")["kind"] = "multiple"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (reword, "wording changed in en."),
        (reword_in_thai, "wording changed in th."),
        (reword_an_answer, "wording changed in en."),
        (add_an_answer, "added: X"),
        (drop_an_answer, "taken out: M"),
        (reorder_answers, "another order"),
        (ask_others, "now those where ${heard} = 'yes'"),
        (change_kind, "is a multiple question"),
    ],
)
def test_check_9_every_way_to_change_an_item_is_named(change, says):
    found = verdicts(change)

    status, reason = found["sex"]
    assert status == "changed"
    assert says in reason
    assert found["comment"] == ("same", "")


def test_a_row_reworded_breaks_itself_and_not_its_neighbours():
    def change(after):
        question(after, "trust")["rows"][0]["label"]["en"] = "The ASEAN"

    found = verdicts(change)

    assert found["trust/asean"][0] == "changed"
    assert found["trust/media"][0] == "same"


def test_an_item_breaks_when_the_question_that_filters_it_changed():
    def change(after):
        question(after, "heard")["label"]["en"] = "Do you know ASEAN?"

    found = verdicts(change)

    assert "depends on “heard”" in found["age"][1]
    assert found["sex"][0] == "same"


def test_new_and_gone_items_are_told():
    def change(after):
        after["pages"][2]["questions"][2] = {
            "code": "remark",
            "kind": "text",
            "label": texts("Anything?"),
        }

    found = verdicts(change)

    assert (found["remark"][0], found["comment"][0]) == ("new", "gone")


def test_notes_hints_for_staff_and_short_labels_break_nothing():
    def change(after):
        question(after, "sex")["short_label"] = texts("S")
        after["pages"][0]["questions"].insert(
            0, {"code": "welcome", "kind": "note", "label": texts("Hello")}
        )

    assert {status for status, _reason in verdicts(change).values()} == {"same"}


@pytest.fixture
def waves(site):
    """A wave with its figures and, made from it in one action, the next one."""
    framework, _created = Framework.objects.get_or_create(
        slug="test", defaults={"title": "Test", "valid_from": "2016-01-01"}
    )
    Indicator.objects.get_or_create(
        slug="kpi-22", defaults={"framework": framework, "title": "ASEAN awareness"}
    )
    asean, _created = Area.objects.get_or_create(
        code="ASEAN", defaults={"name": "ASEAN", "kind": Area.Kind.GROUP}
    )
    area, _created = Area.objects.get_or_create(
        code="KH", defaults={"name": "Cambodia", "kind": Area.Kind.MEMBER_STATE}
    )
    AreaMembership.objects.get_or_create(group=asean, area=area, valid_from="2000-01-01")
    Population.objects.get_or_create(
        area=area, year=2025, ages="15+", vintage="Test", defaults={"value": 1_000_000}
    )
    first = make_wave()
    make_plan(first)
    second = services.next_wave(wave=first, at=AT)
    for wave in (first, second):
        for number in range(120):
            make_response(wave, answers={"heard": "yes" if number % 2 else "no"})
    return first, second


def with_other_wording(wave):
    found = document()
    question(found, "heard")["label"]["en"] = "Do you know ASEAN?"
    wave.questionnaire = make_questionnaire(wave.survey, document=found)
    wave.save()
    wave.responses.update(questionnaire=wave.questionnaire)
    return wave


def values() -> dict[str, Observation]:
    return {
        row.period: row
        for row in Observation.objects.filter(area__code="KH", breakdown="").published()
    }


@pytest.mark.django_db
def test_check_9_the_next_wave_is_made_in_one_action_and_its_trend_goes_on(waves):
    first, second = waves
    for wave in waves:
        publish_wave(wave=wave, at=AT)

    assert second.previous == first
    assert broken_items(second) == {}
    assert {row.status for row in values().values()} == {"A"}
    assert judge(Indicator.objects.get(slug="kpi-22"), values().values()).is_sufficient


@pytest.mark.django_db
def test_check_9_a_reworded_item_begins_a_new_series_and_says_why(waves):
    second = with_other_wording(waves[1])
    for wave in waves:
        publish_wave(wave=wave, at=AT)

    found = values()
    old, new = found[waves[0].period], found[second.period]
    assert (old.status, new.status) == ("A", "B")
    assert new.provenance["series_break"] == ["The wording changed in en."]
    verdict = judge(Indicator.objects.get(slug="kpi-22"), found.values())
    assert not verdict.is_sufficient


@pytest.mark.django_db
def test_a_break_counts_where_another_status_had_to_be_said(waves):
    second = with_other_wording(waves[1])
    keep = list(second.responses.values_list("pk", flat=True)[:40])
    second.responses.exclude(pk__in=keep).delete()
    for wave in waves:
        publish_wave(wave=wave, at=AT)

    new = values()[second.period]
    assert new.status == "U"
    assert new.breaks_series
    assert not judge(Indicator.objects.get(slug="kpi-22"), values().values()).is_sufficient


@pytest.mark.django_db
def test_an_item_reworded_while_the_wave_collected_is_not_comparable(waves):
    first, second = waves
    found = document()
    question(found, "sex")["label"]["en"] = "Gender"
    first.questionnaire = make_questionnaire(first.survey, document=found)
    first.save()
    make_response(first)
    second.questionnaire = first.questionnaire
    second.save()
    second.responses.update(questionnaire=first.questionnaire)

    changed = {one.item: one.reasons for one in comparability_of(second) if one.status == "changed"}

    assert list(changed) == ["sex"]
    assert "between versions 1 and 2" in changed["sex"][0]


@pytest.mark.django_db
def test_check_9_the_page_says_which_items_changed(client_for, waves):
    second = with_other_wording(waves[1])
    client = client_for("analyst")

    html = client.get(f"/office/surveys/waves/{second.token}/changes/").content.decode()

    assert "The wording changed in en." in html
    assert "<code>kpi-22</code>" in html
    assert "<script>alert" not in html
    link = f"/office/surveys/waves/{second.token}/changes/"
    assert link in client.get(f"/office/surveys/waves/{second.token}/").content.decode()
    first = client.get(f"/office/surveys/waves/{waves[0].token}/changes/").content.decode()
    assert "No wave comes before" in first
