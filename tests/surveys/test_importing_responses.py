"""Responses collected elsewhere: checked cell by cell, written whole or not at all, published."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import fastparquet
import numpy as np
import pandas as pd
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import translation

from indicators import stated
from indicators.models import Observation
from surveys import estimating, frames
from surveys.backoffice import responseimports
from surveys.errors import ResponsesRefused
from surveys.importedrows import Drawing
from surveys.models import AuditEntry, QualityFlag, Questionnaire, Response, ResponseImport, Wave
from surveys.publishing import publish_stale
from surveys.services.responseimports import import_responses
from surveys.stats import estimates, intervals, variance
from tests.surveys.factories import (
    document,
    make_plan,
    make_questionnaire,
    make_response,
    make_wave,
)
from tests.surveys.test_publishing import ledger as _ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEAD = "heard,where=tv,where=web,age,trust/asean,trust/media,area,sex,language"
HEARD = "yes,1,0,34,4,1,KH,F,en"
NOT_HEARD = "no,-7,-7,-7,-7,-7,TH,M,th"
ledger = _ledger


@pytest.fixture
def wave() -> Wave:
    """A closed wave that nobody answered here."""
    found = make_wave(questionnaire=make_questionnaire(document=document()), state="closed")
    make_plan(found)
    return found


def file_of(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "elsewhere.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def refusal_of(wave: Wave, path: Path, **options) -> list[str]:
    with pytest.raises(ResponsesRefused) as refused:
        import_responses(wave=wave, path=path, at=AT, **options)
    assert not Response.objects.exists()
    assert not ResponseImport.objects.exists()
    assert not AuditEntry.objects.exists()
    return refused.value.sentences


def test_rows_become_responses_as_if_they_had_been_answered_here(wave, tmp_path):
    done = import_responses(wave=wave, path=file_of(tmp_path, HEARD, NOT_HEARD), at=AT)

    assert (done.rows, done.replaced, done.is_known) == (2, 0, False)
    cambodia, thailand = Response.objects.order_by("area")
    assert cambodia.answers == {
        "heard": "yes", "where": ["tv"], "age": 34, "trust": {"asean": "4", "media": "1"},
        "area": "KH", "sex": "F",
    }  # fmt: skip
    assert thailand.answers["where"] == "-7" and thailand.answers["trust"] == "-7"
    assert {(r.source, r.state, r.submitted_within) for r in (cambodia, thailand)} == {
        ("imported", "submitted", "wave")
    }
    assert (thailand.language, thailand.area) == ("th", "TH")
    assert QualityFlag.objects.filter(kind="fast").count() == 0


def test_an_imported_wave_is_published_like_any_other(ledger, wave, tmp_path):
    lines = [HEARD] * 60 + [NOT_HEARD.replace("TH,M", "KH,F")] * 40
    import_responses(wave=wave, path=file_of(tmp_path, *lines), at=AT)

    assert publish_stale(at=AT) == 1

    figure = Observation.objects.get(indicator__slug="kpi-22", area__code="KH", breakdown="")
    assert (figure.value, figure.n) == (Decimal("60"), 100)
    assert figure.provenance["sources"] == ["collected elsewhere, imported"]


def test_figures_name_every_way_in_which_those_counted_came_to_answer(ledger, tmp_path):
    wave = make_wave(
        questionnaire=make_questionnaire(document=document()),
        state="closed",
        takes_open_link=True,
        takes_invited=True,
    )
    make_plan(wave)
    import_responses(wave=wave, path=file_of(tmp_path, *[HEARD] * 60), at=AT)
    for source, area in (("invited", "KH"), ("open", "SG")):
        make_response(wave, source=source, answers={"area": area})

    publish_stale(at=AT)

    # Singapore's population is not known here, so its answer from the open link is in no figure.
    figure = Observation.objects.get(indicator__slug="kpi-22", area__code="KH", breakdown="")
    assert figure.provenance["sources"] == ["invited", "collected elsewhere, imported"]


def test_the_same_answers_again_change_nothing_in_whatever_order(wave, tmp_path):
    import_responses(wave=wave, path=file_of(tmp_path, HEARD, NOT_HEARD), at=AT)
    Wave.objects.update(stale_at=None)

    again = import_responses(wave=wave, path=file_of(tmp_path, NOT_HEARD, HEARD), at=AT)

    assert again.is_known and Response.objects.count() == 2
    wave.refresh_from_db()
    assert wave.stale_at is None
    assert AuditEntry.objects.count() == 1


def test_another_file_takes_the_place_of_the_first_only_when_told_to(wave, tmp_path):
    own = make_response(wave)
    import_responses(wave=wave, path=file_of(tmp_path, HEARD, NOT_HEARD), at=AT)
    other = file_of(tmp_path, HEARD, HEARD, HEARD)

    with pytest.raises(ResponsesRefused, match="holds 2 responses of the file elsewhere.csv"):
        import_responses(wave=wave, path=other, at=AT)
    done = import_responses(wave=wave, path=other, at=AT, replace=True)

    assert (done.rows, done.replaced) == (3, 2)
    assert Response.objects.count() == 4 and Response.objects.filter(pk=own.pk).exists()
    assert [entry.action for entry in AuditEntry.objects.all()] == ["imported", "imported"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            HEARD.replace("yes", "maybe"),
            "Row 3 of elsewhere.csv, heard: “maybe” is no answer (yes, no",
        ),
        (HEARD.replace("34", "very"), "Row 3 of elsewhere.csv, age: “very” is no answer"),
        (HEARD.replace("34", "340"), "Row 3 of elsewhere.csv, age: Please give a number"),
        (HEARD.replace(",4,1,", ",4,7,"), "Row 3 of elsewhere.csv, trust/media: “7” is no answer"),
        (HEARD.replace("yes,1", "yes,2"), "Row 3 of elsewhere.csv, where=tv: “2” is neither 1"),
        (HEARD.replace("KH", "XX"), "Row 3 of elsewhere.csv, area: “XX” is no answer"),
        (HEARD.replace(",en", ",de"), "Row 3 of elsewhere.csv, language: “de” is no language"),
        (HEARD.replace("yes", "no"), "Row 3 of elsewhere.csv, where: is answered, though"),
        (NOT_HEARD.replace("no", "yes"), "Row 3 of elsewhere.csv, age: says “-7” (not asked), but"),
        (
            HEARD.replace(",4,1,", ",4,-7,"),
            "Row 3 of elsewhere.csv, trust/media: “-7” (not asked) stands",
        ),
    ],
)
def test_a_cell_that_does_not_fit_is_named_and_nothing_is_written(wave, tmp_path, line, expected):
    sentences = refusal_of(wave, file_of(tmp_path, HEARD, line))

    assert any(expected in sentence for sentence in sentences), sentences


def test_every_wrong_cell_is_named_up_to_a_limit(wave, tmp_path):
    sentences = refusal_of(wave, file_of(tmp_path, *[HEARD.replace("KH", "XX")] * 40))

    assert len(sentences) == 26 and "these are the first" in sentences[-1]


def test_a_file_that_is_no_table_of_this_questionnaire_is_refused(wave, tmp_path):
    assert "“income” is no question" in refusal_of(wave, file_of(tmp_path, "1", head="income"))[0]
    assert (
        "no column that is a question"
        in refusal_of(wave, file_of(tmp_path, "en", head="language"))[0]
    )
    assert "There is no file" in refusal_of(wave, tmp_path / "nothing.csv")[0]
    path = file_of(tmp_path, HEARD)
    path.write_bytes(path.read_bytes() + b"\xff\n")
    assert "not UTF-8: line 3" in refusal_of(wave, path)[0]


def test_a_wave_that_is_not_open_and_a_draft_are_refused(wave, tmp_path):
    Wave.objects.filter(pk=wave.pk).update(state="drafted")
    assert "The wave is drafted" in refusal_of(wave, file_of(tmp_path, HEARD))[0]
    Wave.objects.filter(pk=wave.pk).update(state="closed")
    Questionnaire.objects.update(state="drafting")
    assert "is a draft" in refusal_of(wave, file_of(tmp_path, HEARD))[0]


def test_our_own_export_comes_back_as_it_went(wave, tmp_path, client_for, site):
    import_responses(wave=wave, path=file_of(tmp_path, HEARD, NOT_HEARD), at=AT)
    answer = client_for("survey_manager").get(f"/office/surveys/waves/{wave.token}/responses.csv")
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")
    before = sorted(map(str, Response.objects.values_list("answers", flat=True)))
    other = make_wave(questionnaire=wave.questionnaire, state="closed")
    rows = list(csv.DictReader(io.StringIO(exported)))
    known = list(rows[0])
    path = file_of(
        tmp_path, *(",".join(row[n] for n in known) for row in rows), head=",".join(known)
    )

    import_responses(wave=other, path=path, at=AT)

    assert sorted(map(str, other.responses.values_list("answers", flat=True))) == before


def test_parquet_comes_in_the_same_way(wave, tmp_path):
    table = pd.DataFrame([HEARD.split(","), NOT_HEARD.split(",")], columns=HEAD.split(","))
    fastparquet.write(str(tmp_path / "elsewhere.parquet"), table)

    done = import_responses(wave=wave, path=tmp_path / "elsewhere.parquet", at=AT)

    assert done.rows == 2


def test_the_command_checks_imports_and_says_so(wave, tmp_path):
    path = str(file_of(tmp_path, HEARD, NOT_HEARD))
    said = StringIO()

    call_command("import_wave", wave.slug, path, "--check", stdout=said)
    assert not Response.objects.exists()
    call_command("import_wave", wave.slug, path, stdout=said)
    call_command("import_wave", wave.slug, path, stdout=said)

    assert said.getvalue().splitlines() == [
        "2 responses can be imported.",
        "2 responses imported, 0 replaced.",
        "The wave holds these 2 responses already.",
    ]
    for arguments, sentence in (
        (("no-such-wave", path), "no wave with the address 'no-such-wave'"),
        ((wave.slug, path, "--by", "nobody@people.example"), "Nobody here has the address"),
        ((wave.slug, str(file_of(tmp_path, HEARD.replace("KH", "XX")))), "Row 2 of elsewhere.csv"),
    ):
        with pytest.raises(CommandError, match=sentence) as refused:
            call_command("import_wave", *arguments)
        assert refused.value.returncode == 2


def test_many_rows_take_few_queries(wave, tmp_path, django_assert_max_num_queries):
    path = file_of(tmp_path, *[HEARD] * 400)

    with django_assert_max_num_queries(24):
        import_responses(wave=wave, path=path, at=AT)


def upload(client, wave: Wave, *lines: str, name: str = "elsewhere.csv", **more):
    content = "\n".join([HEAD, *lines]) + "\n"
    file = SimpleUploadedFile(name, content.encode())
    return client.post(
        f"/office/surveys/waves/{wave.token}/import/", {"file": file} | more, follow=True
    )


@pytest.mark.usefixtures("site")
def test_a_survey_manager_checks_a_file_imports_it_and_replaces_it(client_for, wave):
    manager = client_for("survey_manager")

    checked = upload(manager, wave, HEARD, NOT_HEARD, check="1")
    assert "2 responses fit. Nothing was written yet." in checked.content.decode()
    assert not Response.objects.exists()
    imported = upload(manager, wave, HEARD, NOT_HEARD)
    assert "2 responses were imported." in imported.content.decode()
    assert "of the file elsewhere.csv" in imported.content.decode()
    again = upload(manager, wave, HEARD, NOT_HEARD)
    assert "holds these responses already" in again.content.decode()
    other = upload(manager, wave, HEARD)
    assert other.status_code == 422 and Response.objects.count() == 2
    upload(manager, wave, HEARD, replace="1")

    assert Response.objects.count() == 1
    assert ResponseImport.objects.get().by == manager.user


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("lines", "name", "expected"),
    [
        ([HEARD.replace("KH", "<b>X")], "a.csv", "area: “&lt;b&gt;X” is no answer (KH, TH)"),
        ([HEARD], "a.xlsx", "of a kind that is not read here"),
        ([HEARD], "../../a.csv.gz", "cannot be unpacked"),
        ([HEARD], "a.sav", "is no SPSS file"),
    ],
)
def test_what_does_not_fit_is_said_on_the_page(client_for, wave, lines, name, expected):
    answer = upload(client_for("survey_manager"), wave, *lines, name=name)

    assert answer.status_code == 422
    assert expected in answer.content.decode()
    assert not Response.objects.exists()


@pytest.mark.usefixtures("site")
def test_without_a_file_and_with_one_too_large_the_page_says_so(client_for, wave, monkeypatch):
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{wave.token}/import/"
    assert "Choose a file with the responses first." in manager.post(address).content.decode()

    monkeypatch.setattr(responseimports, "LARGEST", 10)
    assert "manage.py import_wave" in upload(manager, wave, HEARD).content.decode()


def clustered(groups: int = 12, size: int = 9) -> list[str]:
    """Villages whose people answer alike, in two provinces of Cambodia."""
    lines = []
    for village in range(groups):
        for person in range(size):
            answers = HEARD if (village % 3 == 0) or person == 0 else NOT_HEARD
            answers = answers.replace("TH,M,th", "KH,M,en")
            lines.append(f"{answers},{'north' if village % 2 else 'south'},village {village}")
    return lines


DRAWN = Drawing(strata=("province",), unit="village")
DRAWN_HEAD = f"{HEAD},province,village"


def test_strata_and_sampling_units_of_a_file_are_in_the_errors(ledger, wave, tmp_path):
    lines = clustered()
    path = file_of(tmp_path, *lines, head=DRAWN_HEAD)
    import_responses(wave=wave, path=path, at=AT, drawing=DRAWN)
    publish_stale(at=AT)
    drawn = Observation.objects.get(indicator__slug="kpi-22", area__code="KH", breakdown="")

    said = np.array([line.startswith("yes") for line in lines], dtype=float)
    plain = variance.design(
        np.ones(len(lines)),
        strata=[line.split(",")[-2] for line in lines],
        psu=[line.split(",")[-1] for line in lines],
    )
    (right,) = estimates.means(plain, {"heard": said})
    low, high = intervals.proportion(
        right.estimate, right.se, df=right.df, n=right.n, n_effective=right.n_effective
    )
    assert right.df == 10
    assert float(drawn.value) == pytest.approx(100 * right.estimate, abs=1e-4)
    assert float(drawn.low) == pytest.approx(100 * low, abs=1e-4)
    assert float(drawn.high) == pytest.approx(100 * high, abs=1e-4)
    assert drawn.provenance["interval"] == "logit, t on sampling units as drawn in each stratum"
    assert drawn.provenance["design_effect"] == pytest.approx(right.deff, abs=1e-3)
    with translation.override("th"):
        assert stated.in_readers_language(drawn.provenance["interval"])

    plainly = file_of(tmp_path, *(line.rsplit(",", 2)[0] for line in lines))
    again = import_responses(wave=wave, path=plainly, at=AT, replace=True)
    publish_stale(at=AT)

    alone = Observation.objects.get(pk=drawn.pk)
    assert not again.is_known, "The same answers without their design are another file."
    assert alone.value == drawn.value
    assert alone.high - alone.low < drawn.high - drawn.low
    assert alone.provenance["interval"] == "logit, t on respondents as sampling units"


def test_villages_are_kept_as_numbers_and_people_without_one_stand_alone(wave, tmp_path):
    path = file_of(tmp_path, *clustered(), head=DRAWN_HEAD)
    import_responses(wave=wave, path=path, at=AT, drawing=DRAWN)
    make_response(wave)

    kept = set(Response.objects.values_list("stratum", "sampling_unit"))
    assert kept == {("", "")} | {
        (province, number)
        for province, numbers in (("north", "123456"), ("south", ["7", "8", "9", "10", "11", "12"]))
        for number in numbers
    }
    frame = frames.responses(wave, columns=["heard"])
    found, _axis = estimating.sample(frame, np.ones(len(frame)), ("KH",))
    assert found.clustered and len(found.psu_stratum) == 13
    assert sorted(found.psus_in.tolist()) == [1, 6, 6]


def test_a_row_that_does_not_say_how_somebody_was_drawn_is_named(wave, tmp_path):
    lines = [f"{HEARD},north,v1", f"{HEARD},,v1", f"{HEARD},north,"]
    path = file_of(tmp_path, *lines, head=DRAWN_HEAD)

    sentences = refusal_of(wave, path, drawing=DRAWN)

    assert sentences == [
        "Row 3 of elsewhere.csv, province: is empty; it says how everybody was drawn.",
        "Row 4 of elsewhere.csv, village: is empty; it says how everybody was drawn.",
    ]
    assert "province" in refusal_of(wave, path)[0]
    unknown = Drawing(strata=("sex",), unit="hamlet")
    assert "hamlet" in refusal_of(wave, file_of(tmp_path, HEARD), drawing=unknown)[0]


def test_a_question_may_be_a_stratum(ledger, wave, tmp_path):
    lines = [HEARD] * 30 + [NOT_HEARD.replace("TH,M", "KH,M")] * 30
    path = file_of(tmp_path, *lines)
    call_command("import_wave", wave.slug, path, "--stratum", "sex", stdout=StringIO())
    publish_stale(at=AT)

    figure = Observation.objects.get(indicator__slug="kpi-22", area__code="KH", breakdown="")
    assert figure.value == 50
    # In each stratum everybody said the same, so that the strata explain all there is to explain.
    assert figure.provenance["interval"].endswith(
        "t on respondents as sampling units in each stratum"
    )
    assert figure.provenance["design_effect"] == 0
