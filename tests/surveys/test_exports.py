"""Files of responses: one aligned table over all versions, in flat memory, audited, private."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from surveys import frames
from surveys.errors import ExportRefused
from surveys.exports import codebook, formats, making, queue, xlsx
from surveys.exports import csv as csv_export
from surveys.exports.columns import Alignment, merged
from surveys.exports.rows import Table, alignment_of
from surveys.exports.variables import Variables
from surveys.models import AuditEntry, Export, Questionnaire, Wave
from surveys.models.exports import SILENCE
from surveys.questionnaire.definition import parse
from surveys.services.exporting import request_export
from surveys.services.responseimports import import_responses
from tests.surveys.factories import (
    choice,
    document,
    make_questionnaire,
    make_response,
    make_scheme,
    make_wave,
    texts,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = timezone.now()


def second_document() -> dict:
    """Version 2: a choice and a row are gone, a choice, a row and a question are new."""
    found = document()
    where = found["pages"][0]["questions"][1]
    where["choices"] = [choice("radio", "Radio"), choice("web", "Web")]
    trust = found["pages"][1]["questions"][1]
    trust["rows"] = [trust["rows"][0], {"code": "police", "label": texts("Police")}]
    found["pages"][2]["questions"].insert(
        1,
        {
            "code": "town",
            "kind": "single",
            "label": texts("Town?"),
            "choices": [choice("1", "Yes")],
        },
    )
    return found


@pytest.fixture
def wave() -> Wave:
    """A collecting wave that went over to version 2, with a response of each version and one of
    somebody who was asked neither follow-up."""
    first = make_wave()
    make_response(first, answers={"where": ["tv"], "sex": "F", "comment": '=HYPERLINK("http://x")'})
    make_response(
        first, answers={"heard": "no", "where": "-7", "age": "-7", "trust": "-7", "sex": "M"}
    )
    version = make_questionnaire(first.survey, document=second_document())
    Questionnaire.objects.filter(pk=first.questionnaire_id).update(state="superseded")
    first.questionnaire = version
    first.save()
    make_response(
        first,
        answers={
            "where": ["radio", "web"],
            "trust": {"asean": "1", "police": "4"},
            "sex": "X",
            "town": "1",
        },
    )
    return first


def read_csv(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def by_sex(rows: list[dict]) -> dict[str, dict]:
    return {row["sex"]: row for row in rows}


def export_of(client, wave: Wave) -> dict[str, dict[str, str]]:
    return by_sex(read_csv(client.get(f"/office/surveys/waves/{wave.token}/responses.csv")))


def test_check_8_two_versions_export_into_one_aligned_table(client_for, wave):
    rows = export_of(client_for("survey_manager"), wave)

    assert [rows[sex]["version"] for sex in "FMX"] == ["1", "1", "2"]
    old, unasked, new = rows["F"], rows["M"], rows["X"]
    # A removed choice and a removed row keep their columns and old values.
    assert (old["where=tv"], old["trust/media"]) == ("1", "1")
    assert (new["where=tv"], new["trust/media"]) == ("", "")
    # New columns are blank in old rows, and -7 where their question was there and not asked.
    assert (old["where=radio"], old["trust/police"], old["town"]) == ("", "", "")
    assert (unasked["where=radio"], unasked["trust/police"], unasked["town"]) == ("-7", "-7", "")
    assert (new["where=radio"], new["where=web"], new["trust/police"]) == ("1", "1", "4")
    assert new["town"] == "1"


def test_check_8_columns_stand_in_document_order(wave):
    names = [column.name for column in alignment_of(wave).columns]

    assert names == [
        "heard", "where=tv", "where=radio", "where=web", "age", "trust/asean", "trust/media",
        "trust/police", "area", "town", "sex", "comment",
    ]  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), min_size=1, max_size=4)
)
def test_merging_keeps_everything_once_and_the_newest_order(orders):
    found = merged(orders)

    assert sorted(found) == sorted({item for order in orders for item in order})
    assert [item for item in found if item in orders[0]] == orders[0]


def test_missing_codes_stay_as_they_are_and_formulas_do_not_run(client_for, wave):
    make_response(wave, answers={"heard": "-9", "sex": "K", "comment": "-9"})

    rows = export_of(client_for("survey_manager"), wave)

    assert rows["K"]["heard"] == "-9"
    assert rows["K"]["comment"] == "-9"
    assert rows["F"]["comment"].startswith("'=")


def test_check_25_an_export_is_audited_with_rows_and_columns(client_for, wave):
    manager = client_for("survey_manager")

    export_of(manager, wave)

    entry = AuditEntry.objects.get(action="exported")
    assert (entry.who, entry.data["rows"]) == (str(manager.user), 3)
    assert "where=tv" in entry.data["columns"]


def test_frames_use_the_same_union(wave):
    frame = frames.responses(wave)

    assert {"where=tv", "where=radio", "trust/police", "town"} <= set(frame.columns)
    tv = frame["where=tv"].astype(object).where(frame["where=tv"].notna(), None).tolist()
    assert sorted(tv, key=str) == ["-7", "1", None]
    assert set(frames.responses(wave, columns=["trust/media"])["trust/media"].dropna()) == {
        "-7",
        "1",
    }


def test_a_version_nobody_answered_is_not_in_the_table(wave):
    make_questionnaire(wave.survey, document=document(), state="drafting")

    assert sorted(alignment_of(wave).versions) == [1, 2]


def test_a_row_keeps_to_its_own_version_when_a_code_changed_its_kind():
    before, after = document(), document()
    after["pages"][0]["questions"][1]["kind"] = "rank"
    table = Alignment({1: parse(before), 2: parse(after)})
    old = dict(zip([c.name for c in table.columns], table.cells(1)({"where": ["tv"]}), strict=True))
    new = dict(
        zip([c.name for c in table.columns], table.cells(2)({"where": ["web", "tv"]}), strict=True)
    )

    assert (old["where=tv"], old["where"]) == (1, "")
    assert (new["where=tv"], new["where"]) == ("", "web tv")


def workbook(answer) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_small_workbook_comes_at_once_with_a_codebook(client_for, wave):
    answer = client_for("analyst").post(f"/office/surveys/waves/{wave.token}/exports/xlsx/")

    book = workbook(answer)
    header, *rows = book["Responses"].iter_rows(values_only=True)
    found = by_sex([dict(zip(header, row, strict=True)) for row in rows])
    assert (found["F"]["where=tv"], found["X"]["where=tv"], found["M"]["where=tv"]) == (1, None, -7)
    assert found["F"]["comment"] == '=HYPERLINK("http://x")'
    codes = [row[:9] for row in book["Codebook"].iter_rows(values_only=True)]
    tv = [row for row in codes if row[0] == "where=tv"]
    assert ("1", "chosen") in [(row[7], row[8]) for row in tv]
    assert tv[0][5] == "1"
    assert [row[8] for row in codes if row[0] == "heard" and row[7] == "-9"] == ["Don't know"]
    formulas = [
        cell.coordinate
        for row in book["Responses"].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []
    assert AuditEntry.objects.filter(action="exported", data__format="xlsx").exists()


@pytest.fixture
def asked(client_for, wave):
    """An export in the queue, as it stands after a manager asked for more rows than at once."""
    client = client_for("survey_manager")
    return client, request_export(wave=wave, at=NOW, by=client.user)


def run(export: Export) -> bool:
    """What the started process does."""
    export.refresh_from_db()
    return making.make(export=export, claim=export.claim)


def test_check_15_a_big_workbook_is_made_in_the_background(client_for, wave, monkeypatch):
    monkeypatch.setattr(formats, "AT_ONCE", 2)
    client = client_for("survey_manager")
    page = f"/office/surveys/waves/{wave.token}/exports/"
    client.post(page + "xlsx/")
    export = Export.objects.get()
    assert "<progress" in client.get(page).content.decode()
    status = f"/office/surveys/exports/{export.token}/progress/"
    assert client.get(status).json() == {
        "is_running": True,
        "done": 0,
        "total": 3,
        "percent": 0,
    }

    assert queue.make_exports(at=NOW, start=run) == 1

    assert client.get(status).json()["percent"] == 100
    answer = client.get(f"/office/surveys/exports/{export.token}/file/")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert workbook(answer)["Responses"].max_row == 4


def test_the_command_that_the_queue_starts_makes_the_file(asked):
    _client, export = asked

    queue.make_exports(at=NOW, start=lambda one: call_command("make_export", one.token, one.claim))

    export.refresh_from_db()
    assert (export.state, export.rows_done) == ("ready", 3)


def test_asking_twice_waits_for_the_one_that_is_being_made(asked, wave):
    client, export = asked

    assert request_export(wave=wave, at=NOW, by=client.user) == export


def test_two_processes_never_make_the_same_export(asked):
    started = []

    queue.make_exports(at=NOW, start=started.append)
    queue.make_exports(at=NOW + timedelta(seconds=1), start=started.append)

    assert len(started) == 1


def test_an_export_whose_maker_was_killed_is_begun_again(asked):
    _client, export = asked
    queue.make_exports(at=NOW, start=lambda one: None)
    export.refresh_from_db()
    first = export.claim
    (Path(settings.PRIVATE_ROOT) / "making" / first).mkdir(parents=True)

    later = NOW + SILENCE + timedelta(seconds=1)
    assert queue.make_exports(at=later - timedelta(seconds=2), start=run) == 0
    assert queue.make_exports(at=later, start=run) == 1

    export.refresh_from_db()
    assert (export.state, export.attempts) == ("ready", 2)
    assert export.claim != first


def test_a_maker_that_was_taken_for_dead_writes_nothing_when_it_wakes(asked):
    _client, export = asked
    queue.make_exports(at=NOW, start=lambda one: None)
    export.refresh_from_db()
    sleeper = Export.objects.get(pk=export.pk)
    queue.make_exports(at=NOW + SILENCE * 2, start=run)

    assert making.make(export=sleeper, claim=sleeper.claim) is False

    export.refresh_from_db()
    assert export.state == "ready"
    files = list((Path(settings.PRIVATE_ROOT) / "exports").glob(f"{export.token}*"))
    assert len(files) == 1


def test_after_three_silent_attempts_it_is_given_up_with_a_sentence(asked):
    _client, export = asked
    for number in range(4):
        queue.make_exports(at=NOW + SILENCE * 2 * number, start=lambda one: None)

    export.refresh_from_db()
    assert export.state == "failed"
    assert "3 times" in export.error


def test_nothing_is_written_for_somebody_who_may_no_longer_export(asked):
    client, export = asked
    client.user.groups.clear()

    queue.make_exports(at=NOW, start=run)

    export.refresh_from_db()
    assert export.state == "failed"
    assert "may no longer" in export.error


def test_the_file_is_only_for_whoever_asked_and_may_still_export(client_for, asked):
    client, export = asked
    queue.make_exports(at=NOW, start=run)
    file = f"/office/surveys/exports/{export.token}/file/"

    assert client_for("analyst").get(file).status_code == 404
    assert client.get(file).status_code == 200
    export.refresh_from_db()
    assert client.get(f"/media/{export.file_name}").status_code == 404
    assert not (Path(settings.MEDIA_ROOT) / export.file_name).exists()
    client.user.groups.clear()
    assert client.get(file).status_code in (302, 404)


def test_a_file_is_deleted_after_a_week(asked):
    client, export = asked
    queue.make_exports(at=NOW, start=run)

    queue.make_exports(at=timezone.now() + making.KEPT + timedelta(minutes=1), start=run)

    export.refresh_from_db()
    assert export.state == "expired"
    assert client.get(f"/office/surveys/exports/{export.token}/file/").status_code == 404
    assert not list((Path(settings.PRIVATE_ROOT) / "exports").glob(f"{export.token}*"))


def test_too_many_rows_for_a_sheet_are_said_before_anything_is_made(wave, monkeypatch, client_for):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)

    with pytest.raises(ExportRefused, match="CSV"):
        request_export(wave=wave, at=NOW, by=client_for("survey_manager").user)


def test_a_response_withdrawn_while_the_file_is_written_is_left_out(wave, client_for):
    table = Table.of(wave, client_for("survey_manager").user)
    rows = table.rows()
    wave.responses.filter(answers__sex="M").update(state="withdrawn", answers={})

    assert len(list(rows)) == 2


def test_memory_stays_flat_because_rows_are_read_in_steps(
    wave, client_for, django_assert_max_num_queries
):
    for _number in range(30):
        make_response(wave)
    table = Table.of(wave, client_for("survey_manager").user)
    seen: list[int] = []
    with django_assert_max_num_queries(12):
        assert len(list(table.rows(seen.append))) == 33
    assert seen == [33]


def test_others_do_not_export(client_for, wave):
    for role in ("communications_officer", "national_focal_point", "approver"):
        client = client_for(role)
        assert client.get(f"/office/surveys/waves/{wave.token}/exports/").status_code == 404
        assert client.post(f"/office/surveys/waves/{wave.token}/exports/xlsx/").status_code == 404


def colliding() -> dict:
    """Questions called like what stands in front of the answers."""
    found = document()
    page = found["pages"][0]["questions"]
    for code in ("source", "language", "weight", "response_source"):
        page.append({"code": code, "kind": "text", "label": texts(code.title()), "max_length": 40})
    return found


def test_no_column_comes_twice_and_every_format_calls_it_the_same(client_for):
    wave = make_wave(questionnaire=make_questionnaire(document=colliding()))
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_response(wave, answers={"source": "the radio", "language": "Khmer", "weight": "60 kg"})
    table = Table.of(wave, client_for("survey_manager").user)

    header, row = csv.reader(io.StringIO("".join(csv_export.lines(table)).lstrip("\ufeff")))

    assert len(set(header)) == len(header)
    said = dict(zip(header, row, strict=True))
    assert (said["area"], said["response_area"]) == ("KH", "KH")
    assert (said["source"], said["response_response_source"]) == ("the radio", "open")
    assert (said["language"], said["response_language"]) == ("Khmer", "en")
    assert (said["weight"], said["response_weight"]) == ("60 kg", "1.0")
    variables = Variables(table)
    assert [one.column for one in variables.all] == header
    assert {one.name for one in variables.all if one.is_weight} == {
        "response_weight", "weight_asean",
    }  # fmt: skip
    book = [line[0] for line in codebook.rows(table.alignment, table.shown, is_weighted=True)]
    assert list(dict.fromkeys(book)) == header


def test_our_own_csv_can_be_taken_in_again(client_for, tmp_path):
    wave = make_wave(questionnaire=make_questionnaire(document=document()))
    for language in ("en", "th"):
        make_response(wave, language=language)
    path = tmp_path / "own.csv"
    path.write_text(
        "".join(csv_export.lines(Table.of(wave, client_for("survey_manager").user))),
        encoding="utf-8",
    )
    other = make_wave(questionnaire=wave.questionnaire)

    import_responses(wave=other, path=path, at=timezone.now())

    assert sorted(other.responses.values_list("language", "area")) == [("en", "KH"), ("th", "KH")]
    assert {str(one.answers) for one in other.responses.all()} == {
        str(one.answers) for one in wave.responses.all()
    }
