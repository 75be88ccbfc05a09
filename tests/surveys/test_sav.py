"""Check 14: the .sav, read again label by label, value by value, missing by missing."""

import csv
import io
import math
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pyreadstat
import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from surveys.errors import ExportRefused
from surveys.exports import csv as csv_export
from surveys.exports import formats, holding, making, queue, spss
from surveys.exports.rows import Table
from surveys.models import AuditEntry, Export, Questionnaire, Wave
from surveys.services.exporting import request_export
from tests.surveys.every_kind import DOUBTFUL, FULL, LANGUAGES, NOT_ASKED, every_kind, option, said
from tests.surveys.factories import make_questionnaire, make_response, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PSPP = shutil.which("pspp")


class Archive:
    """The archive of a wave in one label language, unpacked and read."""

    def __init__(self, table: Table, folder: Path, language: str) -> None:
        path = folder / f"{language}.zip"
        self.rows = spss.write(table, path, language=language, at=AT)
        self.folder = folder / language
        with ZipFile(path) as archive:
            self.names = archive.namelist()
            archive.extractall(self.folder)
        stem = f"{table.wave.slug}-{language}"
        self.sav = self.folder / f"{stem}.sav"
        self.frame, self.about = pyreadstat.read_sav(self.sav, user_missing=True)
        self.sps = (self.folder / f"{stem}.sps").read_text("utf-8-sig")
        listed = (self.folder / f"{stem}-shortened.csv").read_text("utf-8-sig")
        self.shortened = list(csv.DictReader(io.StringIO(listed)))
        self.readme = (self.folder / "README.txt").read_text("utf-8-sig")

    def row(self, **wanted) -> dict:
        """The only row with these values."""
        (name, value), *_rest = wanted.items()
        (found,) = self.frame[self.frame[name] == value].to_dict("records")
        return found


@pytest.fixture
def manager(client_for):
    return client_for("survey_manager")


def answered(document: dict) -> Wave:
    """A wave with three responses: one who said everything, one who had not heard of it and was
    not asked the rest, one who often did not know."""
    found = make_wave(questionnaire=make_questionnaire(document=document))
    for answers in (FULL, NOT_ASKED, DOUBTFUL):
        response = make_response(found, answers={"area": answers["area"]})
        response.answers = answers
        response.save()
    return found


@pytest.fixture
def wave() -> Wave:
    return answered(every_kind())


@pytest.fixture
def archive(wave, manager, tmp_path):
    def made(language: str = "en", of: Wave = wave) -> Archive:
        return Archive(Table.of(of, manager.user), tmp_path, language)

    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_14_variable_labels_are_those_of_the_chosen_language(archive, language):
    labels = archive(language).about.column_names_to_labels

    def words(english: str) -> str:
        return said(english)[language]

    assert labels["heard"] == words("Have you heard of ASEAN?")
    assert labels["rating"] == words("Rating")
    assert labels["where_radio"] == f"{words('Where from?')} :: {words('Radio')}"
    assert (
        labels["trust_media"] == f"{words('How much do you trust them?')} :: {words('The media')}"
    )
    assert labels["age"] == words("How old?")
    assert all(labels.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_14_value_labels_are_those_of_the_chosen_language(archive, language):
    found = archive(language).about.variable_value_labels
    with override(language):
        refused, not_asked = gettext("Refused"), gettext("Not asked")
        chosen, not_chosen = gettext("Chosen"), gettext("Not chosen")
    unsure = said("Don't know")[language]
    little, much = said("Little")[language], said("Much")[language]

    assert found["heard"] == {
        "yes": said("Yes")[language],
        "no": said("No")[language],
        "-9": unsure,
        "-8": refused,
        "-7": not_asked,
    }
    missing = {-9.0: unsure, -8.0: refused, -7.0: not_asked}
    assert found["rating"] == {1.0: little, 2.0: much} | missing
    assert found["trust_asean"] == {1.0: little, 4.0: much} | missing
    assert found["likely"] == {0.0: little, 10.0: much} | missing
    assert found["age"] == missing
    assert found["where_tv"] == {0.0: not_chosen, 1.0: chosen, -7.0: not_asked}
    if language != "en":
        assert not_asked != "Not asked"


def test_check_14_missing_codes_are_user_missing_and_kept_apart(archive):
    made = archive("km")
    ranges = made.about.missing_ranges

    assert ranges["rating"] == [{"lo": -9.0, "hi": -7.0}]
    assert ranges["age"] == [{"lo": -9.0, "hi": -7.0}]
    assert ranges["where_tv"] == [{"lo": -7.0, "hi": -7.0}]
    # A height of -8.5 would be valid: where values are not whole, each code stands alone.
    assert [one["lo"] for one in ranges["height"]] == [-9.0, -8.0, -7.0]
    assert [one["lo"] for one in ranges["heard"]] == ["-9", "-8", "-7"]
    assert [one["lo"] for one in ranges["comment"]] == ["-9", "-8", "-7"]
    doubtful, unasked = made.row(older=1.0), made.row(heard="-9")
    assert (doubtful["rating"], doubtful["likely"], doubtful["height"]) == (-9, -9, -9)
    assert (unasked["rating"], unasked["where_tv"], unasked["comment"]) == (-7, -7, "-7")
    plain, _about = pyreadstat.read_sav(made.sav)
    assert plain["rating"].notna().sum() == 1


def test_what_was_left_empty_is_system_missing(archive):
    doubtful = archive().row(older=1.0)

    assert math.isnan(doubtful["trust_media"])
    assert (doubtful["order"], doubtful["comment"]) == ("", "")


def test_check_14_values_have_the_types_that_programs_reckon_with(archive):
    made = archive()
    full = made.row(rating=2.0)

    assert (full["age"], full["height"], full["likely"], full["older"]) == (34, 1.68, 10, 0)
    assert full["born"] == date(1992, 2, 29)
    assert full["submitted_on"] == date(2026, 1, 1)
    assert f"{full['woke']:%H:%M}" == "05:45"
    assert full["met"] == datetime(2026, 3, 31, 8, 30)
    assert full["order"] == "radio tv"
    assert full["comment"] == FULL["comment"]
    measures = made.about.variable_measure
    assert (measures["rating"], measures["age"], measures["heard"]) == (
        "ordinal", "scale", "nominal",
    )  # fmt: skip


def test_columns_and_rows_are_those_of_the_csv(archive, wave, manager):
    table = Table.of(wave, manager.user)
    rows = list(csv.reader(io.StringIO("".join(csv_export.lines(table)).lstrip("\ufeff"))))
    made = archive("th")

    assert len(made.frame.columns) == len(rows[0])
    assert list(made.frame["response"]) == [row[0] for row in rows[1:]]
    assert made.rows == 3


def test_names_are_legal_and_a_question_called_like_a_leading_column_gets_another(archive):
    names = list(archive().frame.columns)

    assert {"where_tv", "where_radio", "trust_asean", "trust_media", "area"} <= set(names)
    assert "response_area" in names
    assert len({name.upper() for name in names}) == len(names)


def test_check_8_an_old_version_keeps_names_values_and_labels(archive, wave):
    second = every_kind()
    second["pages"][0]["questions"].insert(
        0, {"code": "where_tv", "kind": "text", "label": said("A newcomer of the same name")}
    )
    where = second["pages"][1]["questions"][1]
    where["choices"] = [where["choices"][1]]
    version = make_questionnaire(wave.survey, document=second)
    Questionnaire.objects.filter(pk=wave.questionnaire_id).update(state="superseded")
    wave.questionnaire = version
    wave.save()
    response = make_response(wave)
    response.answers = FULL | {"where": ["radio"], "where_tv": "new", "comment": "second"}
    response.save()

    made = archive()
    # The newcomer stands first, and yet the old column keeps its name and its removed choice.
    old, new = made.row(comment=FULL["comment"]), made.row(comment="second")
    assert (old["where_tv"], old["where_tv_2"]) == (1.0, "")
    assert math.isnan(new["where_tv"]) and new["where_tv_2"] == "new"
    assert made.about.column_names_to_labels["where_tv"] == "Where from? :: Television"


def test_check_14_sets_of_multiple_responses_are_in_the_syntax(archive):
    syntax = archive("km").sps.split()

    start = syntax.index("MRSETS")
    assert syntax[start + 1 : start + 3] == ["/MDGROUP", "NAME=$where"]
    assert ["VARIABLES=", "where_tv", "where_radio", "VALUE=1."] == syntax[
        syntax.index("VARIABLES=") : syntax.index("VALUE=1.") + 1
    ]


HOSTILE = (
    "It's \"quoted\" 'twice''\r\nEXECUTE.\n\n* Comment.\nHOST COMMAND=['rm -rf /'].\t"
    + "ភាសាខ្មែរ" * 1200
)


@pytest.fixture
def hostile() -> Wave:
    """A wave with a question, a row, choices and a set of ten thousand hostile characters."""
    document = every_kind()
    questions = document["pages"][1]["questions"]
    for question in questions[:3]:
        question["label"] = dict.fromkeys(LANGUAGES, f"{question['code']} {HOSTILE}")
        question.pop("short_label", None)
        question["choices"][0]["label"] = dict.fromkeys(LANGUAGES, HOSTILE)
    return answered(document)


def test_check_14_long_labels_end_in_an_ellipsis_and_are_listed_in_full(archive, hostile):
    made = archive("km", hostile)
    labels, values = made.about.column_names_to_labels, made.about.variable_value_labels
    one_line = " ".join(HOSTILE.split())

    for name in ("rating", "where_tv", "where_radio", "trust_asean", "trust_media"):
        assert labels[name].endswith("…")
        assert len(labels[name].encode()) <= 255
    assert values["rating"][1.0].endswith("…")
    assert len(values["rating"][1.0].encode()) <= 120
    # What tells the variables of a set apart is not what was cut off.
    assert labels["where_radio"].startswith(said("Radio")["km"])
    assert labels["trust_media"].startswith(said("The media")["km"])
    listed = {(one["variable"], one["value"]): one["in_full"] for one in made.shortened}
    assert listed["rating", ""] == f"rating {one_line}"
    assert listed["rating", "1"] == one_line
    assert ("trust_media", "") in listed
    assert "heard" not in {name for name, _value in listed}


def statements(syntax: str) -> list[str]:
    """The words of the syntax that stand outside quotation marks, line by line."""
    outside = []
    for line in syntax.splitlines():
        if line.startswith(("*", "  as attributes")):
            continue
        parts = line.split("'")
        assert len(parts) % 2 == 1, f"an open quotation mark in {line[:80]}"
        outside.append("".join(parts[::2]).strip())
    return outside


def test_hostile_labels_stay_inside_quotation_marks(archive, hostile):
    made = archive("th", hostile)

    assert all(len(line.encode()) <= 251 for line in made.sps.splitlines())
    outside = " ".join(statements(made.sps))
    for word in ("EXECUTE", "HOST", "Comment", "rm"):
        assert word not in outside
    assert "FullLabel(" in outside


@pytest.mark.skipif(PSPP is None, reason="PSPP is not installed")
def test_check_14_pspp_opens_the_file_and_runs_its_syntax(archive, hostile):
    made = archive("km", hostile)
    program = made.folder / "run.sps"
    program.write_text(
        f"GET FILE='{made.sav.name}'.\n"
        f"INSERT FILE='{made.sav.stem}.sps' ENCODING='UTF-8' ERROR=STOP.\n"
        "MRSETS /DISPLAY NAME=ALL.\nDISPLAY ATTRIBUTES.\nFREQUENCIES rating heard.\n",
        "utf-8",
    )

    done = subprocess.run(
        [PSPP, "-O", "format=csv", program.name],
        cwd=made.folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert "error" not in done.stdout.lower() + done.stderr.lower()
    assert "$where" in done.stdout
    assert "FullLabel" in done.stdout


def test_an_answer_that_no_version_offers_is_kept_as_text_and_said(archive, wave):
    response = wave.responses.get(answers__rating="2")
    response.answers |= {"rating": "often", "born": "yesterday", "age": 10**30}
    response.save()

    made = archive()

    odd = made.row(rating="often")
    assert (odd["born"], odd["age"]) == ("yesterday", str(10**30))
    assert made.row(heard="-9")["rating"] == "-7"
    assert set(made.frame["age"]) == {"-9", "-7", str(10**30)}
    assert "rating: held as text" in made.readme


def test_a_code_that_nothing_lists_but_that_is_a_number_stays_one(archive, wave):
    response = wave.responses.get(answers__rating="2")
    response.answers |= {"rating": "7"}
    response.save()

    assert archive().row(rating=7.0)["heard"] == "yes"


def test_a_long_code_in_khmer_that_nobody_chose_does_not_damage_the_file(manager, tmp_path):
    document = every_kind()
    document["pages"][0]["questions"][1]["choices"].append(option("ខ្មែរខ្មែរខ្មែរ", "Perhaps"))
    wave = answered(document)

    made = Archive(Table.of(wave, manager.user), tmp_path, "en")

    assert made.about.variable_value_labels["heard"]["yes"] == "Yes"
    assert "heard: nobody chose ខ្មែរខ្មែរខ្មែរ" in made.readme


def test_texts_too_long_for_spss_are_cut_and_said(archive, wave):
    response = wave.responses.get(answers__rating="2")
    response.answers |= {"comment": "ខ្មែរ" * 8000}
    response.save()

    made = archive()

    text = made.row(rating=2.0)["comment"]
    assert text.endswith("…")
    assert len(text.encode()) <= 32_767
    assert "comment: 1 texts were longer" in made.readme


def test_very_much_text_is_cut_further_so_that_memory_stays_bounded(archive, wave, monkeypatch):
    monkeypatch.setattr(holding, "MOST_HELD", 6_000)
    for number in range(6):
        response = make_response(wave)
        response.answers = FULL | {"comment": f"{number} " + "ខ្មែរ" * 200}
        response.save()

    made = archive()

    long = made.frame["comment"][made.frame["comment"].str.endswith("…")]
    assert len(long) == 6
    assert long.str.encode("utf-8").str.len().max() <= 500
    assert "comment: 6 texts were longer than 500 bytes" in made.readme


def test_texts_that_no_cutting_makes_small_enough_are_refused_with_a_sentence(
    manager, wave, monkeypatch
):
    monkeypatch.setattr(holding, "MOST_HELD", 100)

    answer = manager.post(
        f"/office/surveys/waves/{wave.token}/exports/sav/", {"language": "en"}, follow=True
    )

    assert "even cut to 250 bytes each" in answer.content.decode()


def test_half_characters_and_null_bytes_do_no_harm(archive, wave):
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        pytest.skip("PostgreSQL stores neither.")
    response = wave.responses.get(answers__rating="2")
    response.answers |= {"comment": "a\x00b\ud83d"}
    response.save()

    assert archive().row(rating=2.0)["comment"] == "ab?"


def test_a_wave_without_responses_gives_an_empty_file_with_all_its_labels(archive, wave):
    wave.responses.all().delete()

    made = archive("th")

    assert made.rows == len(made.frame) == 0
    assert made.about.column_names_to_labels["heard"] == said("Have you heard of ASEAN?")["th"]


def test_it_is_downloaded_with_labels_in_the_language_chosen_and_audited(
    manager, wave, settings, tmp_path
):
    settings.PRIVATE_ROOT = tmp_path
    answer = manager.post(f"/office/surveys/waves/{wave.token}/exports/sav/", {"language": "km"})

    assert answer["Content-Type"] == "application/zip"
    assert f"{wave.slug}-km-" in answer["Content-Disposition"]
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.namelist() == [
            f"{wave.slug}-km.sav", f"{wave.slug}-km.sps", f"{wave.slug}-km-shortened.csv",
            "README.txt",
        ]  # fmt: skip
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.data["format"], entry.data["rows"], entry.data["language"]) == ("sav", 3, "km")
    assert not list((tmp_path / "making").iterdir())


def test_a_language_that_the_questionnaire_lacks_is_refused_with_a_sentence(manager, wave):
    answer = manager.post(
        f"/office/surveys/waves/{wave.token}/exports/sav/", {"language": "my"}, follow=True
    )

    assert "no labels in “my”" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="exported").exists()


def run(export: Export) -> bool:
    """What the started process does."""
    export.refresh_from_db()
    return making.make(export=export, claim=export.claim)


def test_check_15_a_big_file_is_made_in_the_background(manager, wave, monkeypatch):
    monkeypatch.setattr(formats, "AT_ONCE", 2)
    page = f"/office/surveys/waves/{wave.token}/exports/"
    manager.post(f"{page}sav/", {"language": "th"})
    manager.post(f"{page}sav/", {"language": "th"})
    manager.post(f"{page}xlsx/")
    export, workbook = Export.objects.order_by("pk")
    assert (export.file_format, export.language) == ("sav", "th")
    assert workbook.file_format == "xlsx"
    assert "SPSS (th)" in manager.get(page).content.decode()

    queue.make_exports(at=timezone.now(), start=run)

    export.refresh_from_db()
    assert (export.state, export.rows_done) == ("ready", 3)
    answer = manager.get(f"/office/surveys/exports/{export.token}/file/")
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert f"{wave.slug}-th.sav" in archive.namelist()


def test_a_wave_too_large_for_memory_is_refused_before_anything_is_made(wave, manager, monkeypatch):
    monkeypatch.setattr("surveys.exports.sav.MOST_ROWS", 2)

    with pytest.raises(ExportRefused, match="CSV"):
        request_export(
            wave=wave, at=timezone.now(), by=manager.user, file_format="sav", language="en"
        )
