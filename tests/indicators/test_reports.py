"""Reports: made once in the background, kept as they were, read by whom they were given to."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from indicators.errors import NotAllowed, PdfNotAvailable, WrongState
from indicators.models import Activity, Report, SectoralBody
from indicators.reports import changes, making, pdf, queue, snapshot
from indicators.services.reports import publish_report, request_report, withdraw_report
from tests.conftest import user_with_role
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    make_node,
    record_values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_storage(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def analyst():
    return user_with_role("analyst")


@pytest.fixture
def blueprint():
    """A framework of two characteristics; NEET of ASEAN rose from 12.3 to 15.3."""
    make_asean("KH", "VN")
    framework = make_framework(slug="ascc-blueprint-2025", title="ASCC Blueprint 2025")
    dynamic = make_node(framework=framework, code="E", title="Dynamic", position=5)
    inclusive = make_node(framework=framework, code="B", title="Inclusive", position=2)
    area = make_node(framework=framework, code="E.1", parent=dynamic, position=6)
    make_indicator(
        "kpi-31c", framework=framework, node=area, code="KPI 31c", title=f"NEET {HOSTILE}",
        direction="down", position=1,
    )  # fmt: skip
    make_indicator(
        "kpi-16", framework=framework, node=inclusive, code="KPI 16", title="Policies",
        data_route="national_policy", position=2,
    )  # fmt: skip
    say("12.3", "15.3")
    return framework


def say(first, last, **more):
    record_values(
        make_estimate("kpi-31c", "ASEAN", "2016", first),
        make_estimate("kpi-31c", "ASEAN", "2019", last),
        source="document:review",
        **more,
    )


def ask(framework, by, **more):
    values = {"title": f"Results {HOSTILE}", "language": "en", "at": AT} | more
    return request_report(framework=framework, by=by, **values)


def without_pango(html):
    raise PdfNotAvailable("The library Pango is missing: install libpango-1.0-0.")


def make(report, monkeypatch, write=without_pango):
    """Make it here and now, as the process the queue starts would."""
    monkeypatch.setattr(pdf, "write", write)
    claimed = []
    assert queue.make_reports(at=AT, start=claimed.append) == 1
    found = Report.objects.get(pk=claimed[0].pk)
    assert found.pk == report.pk
    making.make(report=found, claim=claimed[0].claim)
    found.refresh_from_db()
    return found


def test_without_pango_the_page_for_printing_is_complete_and_says_what_to_install(
    blueprint, analyst, client_for, monkeypatch
):
    report = make(ask(blueprint, analyst), monkeypatch)
    assert report.state == Report.State.READY
    assert "libpango-1.0-0" in report.error
    client = client_for("analyst")
    page = client.get(report.get_absolute_url()).content.decode()
    assert "NEET" in page
    assert "Worse: 12.3 in 2016, 15.3 in 2019." in page
    assert "national policy; awaiting the focal points of the member states" in page
    assert HOSTILE not in page
    assert "Download PDF" not in page
    assert client.get(reverse("indicators:report_pdf", args=[report.token])).status_code == 404


def test_a_missing_pango_is_answered_with_the_packages_name(monkeypatch):
    import builtins

    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "Install the packages libpango-1.0-0 and libpangoft2-1.0-0" in pdf.missing()
    with pytest.raises(PdfNotAvailable):
        pdf.write("<p></p>")


def test_a_report_stays_as_it_was_made(blueprint, analyst, client_for, monkeypatch):
    report = make(ask(blueprint, analyst), monkeypatch, write=lambda html: b"%PDF first")
    client = client_for("approver")
    before = client.get(report.get_absolute_url()).content
    say("12.3", "11.0", at=AT + timedelta(days=1))
    blueprint.title = "Another title"
    blueprint.save()
    assert client.get(report.get_absolute_url()).content == before
    file = client.get(reverse("indicators:report_pdf", args=[report.token]))
    assert b"".join(file.streaming_content) == b"%PDF first"
    assert queue.make_reports(at=AT + timedelta(days=1)) == 0, "nothing makes it again"


def test_each_number_stands_under_its_part_and_route(blueprint, analyst, monkeypatch):
    report = make(ask(blueprint, analyst), monkeypatch)
    results = report.html[report.html.index('id="results"') : report.html.index('id="missing"')]
    assert results.index("B Inclusive") < results.index("KPI 16") < results.index("E Dynamic")
    assert results.index("E Dynamic") < results.index("KPI 31c")
    missing = report.html[report.html.index('id="missing"') :]
    assert "National policy, through a focal point" in missing
    assert "KPI 31c" not in missing[: missing.index('id="contradictions"')]


def test_check_28_the_report_prints_the_contradiction_and_counts_each_activity_once(
    blueprint, analyst, monkeypatch
):
    source = "Review, Table 3"
    blueprint.printed_facts = {
        "tables": [
            {
                "number": "3",
                "title": "Characteristic B",
                "source": source,
                "figures": [
                    {"key": "all", "text": "activities", "value": 402, "source": source},
                    {
                        "key": "done", "text": "completed or ongoing", "value": 215,
                        "percent": "78.36", "of": "all", "source": source,
                    },
                ],
            }
        ]
    }  # fmt: skip
    blueprint.save()
    body = SectoralBody.objects.create(acronym="SOMHD", name="Health")
    for title, status in (("Training", "ongoing"), ("Study", "withdrawn")):
        activity = Activity.objects.create(
            title=title, type="research", lead_body=body, status=status, withdrawn_reason="merged"
        )
        activity.measures.set(blueprint.nodes.filter(code__in=["B", "E"]))
    html = make(ask(blueprint, analyst), monkeypatch).html
    assert "53.5" in html
    assert "78.36" in html
    assert "Counted once each, there are 1." in html


def test_the_next_report_says_what_has_changed_and_why(blueprint, analyst, monkeypatch):
    first = make(ask(blueprint, analyst), monkeypatch)
    assert "compared with no earlier one" in first.html
    say("12.3", "11.9", at=first.as_of + timedelta(days=1), reason="The office corrected it")
    second = make(ask(blueprint, analyst, previous=first), monkeypatch)
    assert second.number == 2
    assert [
        (one.indicator.slug, one.area, one.period, one.kind, one.before, one.after, one.reason)
        for one in changes.since(first)
    ] == [
        ("kpi-31c", "ASEAN", "2019", "changed", "15.3\xa0%", "11.9\xa0%", "The office corrected it")
    ]
    part = second.html[second.html.index('id="changes"') :]
    for words in ("The office corrected it", "15.3", "11.9", "worse", "better"):
        assert words in part


def test_new_and_withdrawn_values_are_changes_and_what_turned_back_is_none(blueprint):
    values = snapshot.values_of(blueprint)
    report = Report(framework=blueprint, as_of=AT, contents={"values": values})
    say("12.3", "99")
    say("12.3", "15.3")
    assert changes.since(report) == []
    record_values(
        make_estimate("kpi-31c", "KH", "2019", "9.1"),
        make_estimate("kpi-31c", "ASEAN", "2016", "12.3"),
        source="document:review",
    )
    found = [(one.area, one.period, one.kind) for one in changes.since(report)]
    assert found == [("ASEAN", "2019", "withdrawn"), ("Area KH", "2019", "new")]


def test_only_a_published_report_is_read_by_the_public(blueprint, analyst, client, monkeypatch):
    report = make(ask(blueprint, analyst), monkeypatch, write=lambda html: b"%PDF")
    addresses = [
        report.get_absolute_url(),
        reverse("indicators:report_pdf", args=[report.token]),
    ]
    listed = reverse("indicators:reports")
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    with pytest.raises(NotAllowed):
        publish_report(report=report, by=analyst, at=AT)
    approver = user_with_role("approver")
    publish_report(report=report, by=approver, at=AT)
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    page = client.get(listed).content.decode()
    assert report.token in page
    assert HOSTILE not in page
    withdraw_report(report=report, by=approver)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert report.token not in client.get(listed).content.decode()


def test_a_report_is_refused_with_a_sentence(blueprint, analyst):
    with pytest.raises(NotAllowed):
        ask(blueprint, user_with_role("approver"))
    with pytest.raises(WrongState, match="“km” is not one of the languages"):
        ask(blueprint, analyst, language="km")
    other = ask(make_framework(), analyst)
    with pytest.raises(WrongState, match="finished one of the same framework"):
        ask(blueprint, analyst, previous=other)
    with pytest.raises(WrongState, match="not ready"):
        publish_report(report=other, by=user_with_role("approver"), at=AT)


def test_a_report_whose_maker_died_is_made_again_and_given_up_after_three_times(blueprint, analyst):
    report = ask(blueprint, analyst)
    started = []
    for attempt in range(5):
        queue.make_reports(at=AT + timedelta(minutes=3 * attempt), start=started.append)
    assert len(started) == queue.ATTEMPTS
    report.refresh_from_db()
    assert report.state == Report.State.FAILED
    assert "never finished" in report.error
    stale = started[0]
    assert not making.make(report=report, claim=stale.claim), "its claim has run out"


def test_the_command_makes_what_was_claimed_and_nothing_else(blueprint, analyst, monkeypatch):
    monkeypatch.setattr(pdf, "write", lambda html: b"%PDF")
    report = ask(blueprint, analyst)
    claimed = []
    queue.make_reports(at=AT, start=claimed.append)
    with pytest.raises(CommandError, match="somebody else is making it"):
        call_command("make_report", report.token, "another-claim")
    call_command("make_report", report.token, claimed[0].claim)
    report.refresh_from_db()
    assert (report.state, report.size) == (Report.State.READY, 4)
    with pytest.raises(CommandError):
        call_command("make_report", report.token, claimed[0].claim)


def test_a_failure_is_a_sentence_in_the_row_and_in_the_log(blueprint, analyst, monkeypatch, caplog):
    def broken(html):
        raise ZeroDivisionError

    report = make(ask(blueprint, analyst), monkeypatch, write=broken)
    assert (report.state, report.html) == (Report.State.FAILED, "")
    assert "administrators' log" in report.error
    assert "ZeroDivisionError" in caplog.text


def test_the_office_asks_watches_and_publishes(blueprint, client_for, monkeypatch):
    analyst = client_for("analyst")
    address = reverse("indicators_office:report_new")
    data = {"framework": blueprint.pk, "title": f"Results {HOSTILE}", "language": "vi"}
    assert analyst.post(address, data | {"language": "xx"}).status_code == 422
    assert analyst.post(address, data | {"title": "\x00"}).status_code == 400
    assert analyst.post(address, data | {"previous": "999"}).status_code == 422
    assert analyst.post(address, data).status_code == 302
    page = analyst.get(reverse("indicators_office:reports")).content.decode()
    assert "waiting" in page
    assert "Look again" in page
    report = make(Report.objects.get(), monkeypatch)
    publish = reverse("indicators_office:report_publish", args=[report.token])
    assert analyst.post(publish).status_code == 404
    approver = client_for("approver")
    assert approver.post(publish).status_code == 302
    page = approver.get(reverse("indicators_office:reports")).content.decode()
    assert "Take back" in page
    assert HOSTILE not in page


def test_gathering_asks_no_query_for_each_indicator(
    blueprint, analyst, django_assert_max_num_queries
):
    node = blueprint.nodes.get(code="B")
    for number in range(30):
        make_indicator(f"more-{number}", framework=blueprint, node=node, position=10 + number)
    report = ask(blueprint, analyst)
    with django_assert_max_num_queries(45):
        making.gather(report)


@pytest.mark.parametrize(
    "path",
    [
        "reports/%00/",
        "reports/%00.pdf",
        "reports/x%27%22/",
        "reports/?page=%00",
        "reports/?page=9e99",
    ],
)
def test_nonsense_in_an_address_is_no_failure(client, path):
    assert client.get(f"/indicators/{path}").status_code in {200, 400, 404}
