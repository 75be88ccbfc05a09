"""The screens of an import: each step by hand, without a script, for those who may."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from indicators.imports import queue
from indicators.models import ColumnMapping, Import, Observation
from tests.indicators.factories import HOSTILE, make_estimate, record_values
from tests.indicators.imports.conftest import counts
from tests.indicators.imports.files import csv_file, workbook

pytestmark = pytest.mark.django_db
HEAD = "indicator;area;period;value;note"


def upload(client, *lines, name="values.csv", kind="observations", data=None):
    file = SimpleUploadedFile(name, data or csv_file(*lines).getvalue())
    return client.post(
        reverse("indicators_office:imports"), {"kind": kind, "file": file}, follow=True
    )


def address(name, imported, *more):
    return reverse(f"indicators_office:{name}", args=[imported.token, *more])


def chosen(page):
    """What the form on the columns' page would send."""
    sent = {"decimal_sign": page.context["imported"].decimal_sign}
    for column, place in page.context["fields"]:
        sent[f"column_{column.name}"] = "" if place is None else place
    return sent


def test_a_file_goes_from_upload_to_the_ledger_and_back_by_hand(client_for, ledger):
    record_values(make_estimate(), source="document:a")
    client = client_for("analyst")
    page = upload(
        client, HEAD, "kpi-22;KH;2026;73,4;", f'kpi-22;LA;2026;60;"{HOSTILE}"', "kpi-22;VN;x;1,5;"
    )
    assert page.status_code == 200
    assert "Which column is which?" in page.content.decode()
    imported = Import.objects.get()
    review = client.post(address("import_columns", imported), chosen(page), follow=True)
    imported.refresh_from_db()
    assert counts(imported) == (1, 1, 0, 1)
    html = review.content.decode()
    assert "<del>72.4</del> → <ins>73.4</ins>" in html
    assert HOSTILE not in html
    bad = client.get(address("import", imported), {"show": "bad"}).content.decode()
    assert "The period “x” is not understood" in bad
    new = client.get(address("import", imported), {"show": "new"})
    assert HOSTILE not in new.content.decode()
    assert [name for name, _value in new.context["rows"][0]["says"]][:2] == ["Value", "Status"]
    step = address("import_step", imported)
    refused = client.post(step, {"to": "apply"}, follow=True)
    assert "Say why the values change" in refused.content.decode()
    done = client.post(step, {"to": "apply", "reason": "Erratum"}, follow=True)
    assert "1 new, 1 changed" in done.content.decode()
    assert Observation.objects.published().count() == 2
    undone = client.post(step, {"to": "undo", "reason": "Wrong file"}, follow=True)
    assert "Everything is as it was before" in undone.content.decode()
    assert str(Observation.objects.published().get().value) == "72.400000"
    again = client.post(step, {"to": "apply", "reason": "x"}, follow=True)
    assert "this step is not possible now" in again.content.decode()
    assert client.post(step, {"to": "nonsense"}).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_check_4_the_bad_rows_come_as_a_file_and_corrected_only_they_load(client_for, ledger, form):
    client = client_for("analyst")
    good = [f"kpi-22;KH;{year};{year - 1950};" for year in range(1951, 2014)]
    bad = [f"kpi-22;LA;{year};many;-5 of them" for year in range(1951, 1988)]
    page = upload(client, HEAD, *good, *bad)
    imported = Import.objects.get()
    client.post(address("import_columns", imported), chosen(page))
    client.post(address("import_step", imported), {"to": "apply"})
    assert Observation.objects.count() == 63
    answer = client.get(address("import_problems", imported, form))
    assert "attachment" in answer["Content-Disposition"]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == 38
        assert rows[1][:5] == ["kpi-22", "LA", "1951", "many", "'-5 of them"]
        assert rows[1][5:8] == ["65", "value", "many"]
        assert rows[1][8].startswith("“many” is not a number")
    corrected = answer.content
    if form == "csv":
        corrected = corrected.replace(b",many,", b",12,")
    else:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(corrected))
        for row in book.active.iter_rows(min_row=2):
            row[3].value = 12
        made = io.BytesIO()
        book.save(made)
        corrected = made.getvalue()
    page = upload(client, data=corrected, name=f"bad-rows.{form}")
    second = Import.objects.first()
    assert ColumnMapping.objects.count() == 1
    assert "was imported on" in page.content.decode()
    client.post(address("import_columns", second), chosen(page))
    second.refresh_from_db()
    assert counts(second) == (37, 0, 0, 0)
    client.post(address("import_step", second), {"to": "apply"})
    assert Observation.objects.count() == 100
    assert Observation.objects.filter(provenance__document="-5 of them").count() == 37


def test_the_reason_is_told_in_the_readers_language(client_for, ledger, monkeypatch):
    from indicators.imports import cells

    client = client_for("analyst")
    page = upload(client, HEAD, "kpi-22;VN;x;1,5;")
    imported = Import.objects.get()
    client.post(address("import_columns", imported), chosen(page))
    monkeypatch.setattr(
        cells, "_", lambda text: text.replace("is not understood", "tidak dipahami")
    )
    answer = client.get(address("import_problems", imported, "csv")).content.decode()
    assert "tidak dipahami" in answer


@pytest.mark.parametrize("role", ["approver", "communications_officer", "national_focal_point"])
def test_whoever_may_not_import_finds_no_such_page(client_for, ledger, way, role):
    imported = way.check(csv_file("indicator,area,period,value", "kpi-22,LA,2026,x"))
    client = client_for(role)
    assert client.get(reverse("indicators_office:imports")).status_code == 404
    assert upload(client, HEAD, "kpi-22;VN;x;1,5;").status_code == 404
    for name, *more in (("import",), ("import_progress",), ("import_problems", "csv")):
        assert client.get(address(name, imported, *more)).status_code == 404
    for name in ("import_columns", "import_step"):
        assert client.post(address(name, imported), {"to": "apply"}).status_code == 404
    empty = reverse("indicators_office:import_template", args=["observations", "csv"])
    assert client.get(empty).status_code == 404


def test_an_unreadable_file_is_answered_with_its_sentence(client_for, ledger):
    client = client_for("analyst")
    page = upload(client, data=b"%PDF-1.7", name="values.xlsx")
    assert page.status_code == 422
    assert "The file is a PDF." in page.content.decode()
    nothing = client.post(reverse("indicators_office:imports"), {"kind": "observations"})
    assert nothing.status_code == 422
    odd = upload(client, HEAD, kind="nonsense")
    assert odd.status_code == 422
    assert not Import.objects.exists()


def test_another_sheet_and_another_encoding_can_be_looked_at(client_for, ledger):
    client = client_for("analyst")
    data = workbook(["about"], ["nothing"], Other=[["kpi", "country"], ["kpi-22", "KH"]])
    page = upload(client, data=data.getvalue(), name="values.xlsx")
    imported = Import.objects.get()
    assert imported.sheet == "Other"
    page = client.post(
        address("import_columns", imported), {"look": "1", "sheet": "Sheet"}, follow=True
    )
    assert page.context["imported"].headings == ["about"]
    thai = upload(client, data="area;ร้อยละ\r\nKH;1\r\n".encode("cp874"))
    assert thai.context["imported"].encoding == "cp874"
    other = client.post(
        address("import_columns", thai.context["imported"]),
        {"look": "1", "encoding": "cp1252"},
        follow=True,
    )
    assert other.context["imported"].headings[1].startswith("Ã")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"column_indicator": "0"},
        {"column_indicator": "9999", "column_area": "-1", "column_period": "1.5"},
        {"column_indicator": "٣", "column_area": "0", "column_period": "0"},
    ],
)
def test_columns_that_cannot_be_are_answered_with_a_sentence(client_for, ledger, sent):
    client = client_for("analyst")
    upload(client, HEAD, "kpi-22;VN;2026;1,5;")
    answer = client.post(address("import_columns", Import.objects.get()), sent)
    assert answer.status_code == 422


def test_a_large_file_is_worked_on_in_the_background_and_shows_how_far(
    client_for, ledger, monkeypatch, work_once
):
    monkeypatch.setattr(queue, "AT_ONCE", 10)
    monkeypatch.setattr(queue, "AT_ONCE_ROWS", 0)
    client = client_for("analyst")
    page = upload(client, HEAD, "kpi-22;VN;2026;1,5;")
    imported = Import.objects.get()
    waiting = client.post(address("import_columns", imported), chosen(page), follow=True)
    assert "<progress" in waiting.content.decode()
    assert client.get(address("import_progress", imported)).json() == {
        "is_running": True,
        "done": 0,
        "total": 1,
        "percent": 0,
    }
    started = []
    assert queue.run_imports(at=timezone.now(), start=started.append) == 1
    assert queue.run_imports(at=timezone.now(), start=started.append) == 0
    from django.core.management import call_command

    call_command("run_import", started[0].token, started[0].claim)
    client.post(address("import_step", imported), {"to": "apply"})
    assert not Observation.objects.exists()
    assert queue.run_imports(at=timezone.now(), start=started.append) == 1
    call_command("run_import", started[1].token, started[1].claim)
    assert Observation.objects.count() == 1
    assert client.get(address("import_progress", imported)).json()["percent"] == 100


def test_empty_tables_can_be_had(client_for, ledger):
    client = client_for("analyst")
    for form in ("csv", "xlsx"):
        name = reverse("indicators_office:import_template", args=["observations", form])
        page = upload(client, data=client.get(name).content, name=f"empty.{form}")
        assert page.context["fields"][0][1] == 0
    unknown = reverse("indicators_office:import_template", args=["nonsense", "csv"])
    assert client.get(unknown).status_code == 404


def test_pages_do_not_query_for_each_row(client_for, ledger, django_assert_max_num_queries):
    client = client_for("analyst")
    page = upload(client, HEAD, *(f"kpi-22;KH;{year};5;" for year in range(1950, 2010)))
    imported = Import.objects.get()
    client.post(address("import_columns", imported), chosen(page))
    with django_assert_max_num_queries(25):
        client.get(address("import", imported))
    with django_assert_max_num_queries(25):
        client.get(reverse("indicators_office:imports"))
