"""The page that somebody watches all day: it counts right, refreshes cheaply, reads no answers."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import counting
from surveys.models import QualityFlag, Quota, Response, Wave
from tests.surveys.factories import LONG_AGO, make_response, make_scheme, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture
def wave() -> Wave:
    cache.clear()
    wave = make_wave(areas=["KH", "TH"], targets={"KH": 10, "TH": 20}, cells=["sex"])
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    return wave


def add(wave: Wave, *, sex: str = "F", seconds: int = 60, **columns) -> Response:
    response = make_response(
        wave,
        answers={"sex": sex, "area": columns.pop("area", "KH")},
        paradata={"device": "phone", "seconds": {"first": seconds}},
        last_page=columns.pop("last_page", "third"),
        **columns,
    )
    response.derive()
    response.save()
    return response


def count(wave: Wave) -> counting.Counted:
    return counting.count(wave, Response.objects.filter(wave=wave))


def test_everything_is_counted_from_the_rows(wave):
    add(wave, seconds=10)
    add(wave, sex="M", seconds=20, language="th")
    add(wave, area="TH", seconds=1000, source="invited")
    add(wave, state="started", last_page="first")
    add(wave, state="withdrawn")
    make_response(make_wave())

    found = count(wave)

    assert found.states == {"submitted": 3, "started": 1, "withdrawn": 1}
    assert found.areas == {"KH": 2, "TH": 1}
    assert found.cells == {"KH": {"F": 1, "M": 1}, "TH": {"F": 1}}
    assert found.pages == {"third": 3, "first": 1}
    assert found.languages == {"en": 3, "th": 1}
    assert found.sources == {"open": 2, "invited": 1}
    assert found.devices == {"phone": 4}
    assert found.seconds == 20
    assert found.days == {LONG_AGO.date().isoformat(): 3}


def test_targets_of_cells_follow_from_the_shares_of_the_scheme(wave):
    wave.weighting.margins[0]["shares"]["TH"] = {"F": 0.3, "M": 0.7}
    add(wave, area="TH", sex="M")

    table = counting.cell_table(wave, count(wave), ["KH", "TH"])

    assert [(cell.codes, cell.count, cell.target) for cell in table["TH"]] == [
        (("F",), 0, 6),
        (("M",), 1, 14),
    ]
    assert [cell.target for cell in table["KH"]] == [5, 5]


def test_days_without_answers_are_shown_and_long_fieldwork_is_shown_by_week(wave):
    for offset in (0, 3):
        add(wave, submitted_on=date(2026, 3, 2) + timedelta(days=offset))
    assert counting.by_day(count(wave)) == [
        ("2026-03-02", 1),
        ("2026-03-03", 0),
        ("2026-03-04", 0),
        ("2026-03-05", 1),
    ]

    add(wave, submitted_on=date(2026, 6, 30))

    weeks = counting.by_day(count(wave))
    assert weeks[0] == ("2026-03-02", 2)
    assert weeks[-1] == ("2026-06-29", 1)
    assert len(weeks) == 18


def test_the_page_is_refreshed_only_when_something_has_changed(wave, client_for):
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{wave.token}/live/"
    add(wave)

    first = manager.get(address)
    again = manager.get(address, headers={"If-None-Match": first["ETag"]})
    cache.clear()
    add(wave)
    after = manager.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert after.status_code == 200
    assert after["ETag"] != first["ETag"]
    assert "<html" not in after.content.decode()


def test_a_focal_point_sees_the_counts_of_the_granted_area_only(wave, client_for):
    from tests.indicators.factories import make_area

    make_area("KH")
    add(wave)
    add(wave, area="TH")
    everybody = client_for("survey_manager").get(f"/office/surveys/waves/{wave.token}/live/")
    dara = client_for("national_focal_point", area="KH").get(
        f"/office/surveys/waves/{wave.token}/live/"
    )

    assert everybody.context["submitted"] == 2
    assert dara.context["submitted"] == 1


def test_a_drifted_quota_and_a_broken_one_raise_an_alarm(wave, client_for):
    tree = {"op": "=", "args": [{"ref": "sex"}, {"value": "F", "type": "text"}]}
    Quota.objects.create(wave=wave, name="Women", condition=tree, limit=9, taken=4, counted=3)
    Quota.objects.create(wave=wave, name="Broken", condition={"ref": "gone"}, limit=9)

    html = client_for("survey_manager").get(f"/office/surveys/waves/{wave.token}/").content.decode()

    assert "says 4 places are taken, but the nightly recount found 3" in html
    assert "Nobody can submit" in html
    assert html.count('role="alert"') == 2


def test_check_15_the_counts_read_no_answers_and_a_fixed_number_of_queries(wave, client_for):
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{wave.token}/"

    def queries() -> list[str]:
        cache.clear()
        manager.get(address)
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert manager.get(address).status_code == 200
        return [query["sql"] for query in seen.captured_queries]

    add(wave)
    few = queries()
    for number in range(40):
        response = add(wave, area=("KH", "TH")[number % 2], sex="FM"[number % 2])
        QualityFlag.objects.create(
            response=response, kind="speeding", how="x", computed_on=LONG_AGO.date()
        )
    many = queries()

    assert len(many) == len(few)
    assert len(many) <= 40
    on_responses = [sql for sql in many if "surveys_response" in sql and "SELECT" in sql]
    assert on_responses
    assert not any('"surveys_response"."answers"' in sql for sql in on_responses)
    assert not any('"surveys_response"."paradata"' in sql for sql in on_responses)


def test_check_15_the_list_of_responses_counts_nothing_and_reads_one_page(wave, client_for):
    manager = client_for("survey_manager")
    for _number in range(55):
        add(wave)
    address = f"/office/surveys/waves/{wave.token}/responses/"

    with CaptureQueriesContext(connection) as seen:
        first = manager.get(address)
    second = manager.get(f"{address}?p=2")

    assert len(first.context["rows"]) == 50
    assert len(second.context["rows"]) == 5
    keys = {row.pk for row in (*first.context["rows"], *second.context["rows"])}
    assert len(keys) == 55
    statements = [query["sql"] for query in seen.captured_queries]
    listed = [sql for sql in statements if 'FROM "surveys_response"' in sql]
    assert not any("COUNT(" in sql for sql in listed)
    assert not any('"surveys_response"."answers"' in sql for sql in listed)


@pytest.mark.parametrize("p", ["0", "-1", "x", "99999999999", "1e9", "²"])
def test_an_odd_page_number_is_a_page(wave, client_for, p):
    answer = client_for("survey_manager").get(
        f"/office/surveys/waves/{wave.token}/responses/", {"p": p, "state": "x\x00", "flag": "?"}
    )

    assert answer.status_code in (200, 400)


def test_check_15_the_counting_scan_uses_the_index_alone(wave):
    add(wave)
    rows = Response.objects.filter(wave=wave).order_by().values_list("state", "area", "cell")
    from django.db.models import Count

    plan = rows.annotate(many=Count("*")).explain()

    if connection.vendor == "sqlite":
        assert "COVERING INDEX response_fieldwork" in plan
    else:
        assert plan  # PostgreSQL takes the table itself while it is this small


def test_the_wave_form_makes_and_changes_a_wave_in_its_own_zone(wave, client_for):
    manager = client_for("survey_manager")
    form = {
        "questionnaire": wave.questionnaire.pk,
        "title": "Autumn",
        "period": "2027",
        "opens_at": "2027-09-01T08:00",
        "closes_at": "2027-09-30T18:00",
        "time_zone": "Asia/Yangon",
        "anonymity": "confidential",
        "sampling_type": "quota",
        "takes_open_link": "on",
        "areas": ["KH"],
        "area_question": "area",
        "cells": ["sex"],
        "minimum_seconds": "30",
        "protection": "always",
        "target_KH": "120",
        "title_en": "Autumn",
        "consent_en": "I agree.",
        "consent_th": "ฉันยอมรับ",
    }
    from tests.indicators.factories import make_area

    make_area("KH")
    address = f"/office/surveys/surveys/{wave.survey.token}/new-wave/"

    refused = manager.post(address, form | {"consent_en": "", "period": "soon"})
    manager.post(address, form)
    made = Wave.objects.get(slug="autumn")

    assert refused.status_code == 422
    assert "Say what people agree to" in refused.content.decode()
    assert (made.opens_at.isoformat(), made.targets) == ("2027-09-01T01:30:00+00:00", {"KH": 120})
    assert made.consent_wording == {"en": "I agree.", "th": "ฉันยอมรับ"}
    settings = f"/office/surveys/waves/{made.token}/settings/"
    assert 'value="2027-09-01T08:00"' in manager.get(settings).content.decode()
    manager.post(settings, form | {"slug": "autumn", "closes_at": "2027-08-01T08:00"})
    made.refresh_from_db()
    assert made.closes_at.isoformat() == "2027-09-30T11:30:00+00:00"
    manager.post(settings, form | {"slug": "autumn", "contact": "ask@people.example"})
    made.refresh_from_db()
    assert (made.contact, made.protection) == ("ask@people.example", "always")
    assert made.state == "drafted"


def test_check_9_the_next_wave_is_one_button(wave, client_for):
    manager = client_for("survey_manager")

    answer = manager.post(f"/office/surveys/waves/{wave.token}/next/", follow=True)

    made = wave.following.get()
    assert made.targets == wave.targets
    assert answer.redirect_chain[-1][0].endswith(f"{made.token}/settings/")


def test_a_draft_is_deleted_after_asking(wave, client_for):
    draft = make_wave(state="drafted", title="Mistake")
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{draft.token}/delete/"

    assert "Yes, delete the draft" in manager.get(address).content.decode()
    assert Wave.objects.filter(pk=draft.pk).exists()
    manager.post(address)
    assert not Wave.objects.filter(pk=draft.pk).exists()


def test_quotas_are_added_made_and_refused_on_their_page(wave, client_for):
    manager = client_for("survey_manager")
    Wave.objects.filter(pk=wave.pk).update(state="paused")
    address = f"/office/surveys/waves/{wave.token}/quotas/"

    refused = manager.post(address, {"name": "Odd", "condition": "${x} = 1", "limit": "1"})
    manager.post(address, {"name": "Women", "condition": "${sex} = 'F'", "limit": "7"})
    manager.post(f"{address}make/", {"by": ["sex", "nonsense"]})

    assert "no question" in refused.content.decode()
    assert set(Quota.objects.values_list("name", flat=True)) == {
        "Women",
        "KH · F",
        "KH · M",
        "TH · F",
        "TH · M",
    }
    quota = Quota.objects.get(name="Women")
    manager.post(
        f"{address}{quota.pk}/", {"name": "Women", "condition": "${sex} = 'F'", "limit": "8"}
    )
    manager.post(f"{address}recount/")
    quota.refresh_from_db()
    assert (quota.limit, quota.counted) == (8, 0)
    manager.post(f"{address}{quota.pk}/delete/")
    assert not Quota.objects.filter(name="Women").exists()


def test_check_25_the_audit_log_is_read_and_filtered(wave, client_for):
    manager = client_for("survey_manager")
    manager.post(f"/office/surveys/waves/{wave.token}/move/", {"to": "paused", "reason": "Flood"})
    manager.post(f"/office/surveys/waves/{wave.token}/publish/")
    b"".join(manager.get(f"/office/surveys/waves/{wave.token}/responses.csv").streaming_content)

    def words(**filters) -> str:
        return manager.get("/office/surveys/audit/", filters).content.decode()

    everything = words()
    assert "Flood" in everything
    assert "exported" in everything
    assert "Flood" not in words(action="exported")
    assert "Flood" in words(wave=wave.token, who=manager.user.email, survey=wave.survey.code)
    assert "Flood" not in words(since="2099-01-01")
    assert "Flood" in words(since="2026-02-31", p="x")
    assert manager.post("/office/surveys/audit/").status_code == 405
