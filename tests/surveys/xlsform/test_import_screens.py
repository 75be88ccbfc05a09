"""The survey manager's way from a spreadsheet to a draft and back."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys.models import Questionnaire, QuestionnaireImport, Survey
from surveys.questionnaire.definition import to_document
from surveys.questionnaire.xlsform import read_xlsform
from surveys.services.importing import KEPT, forget_imports
from tests.surveys.factories import HOSTILE, LONG_AGO, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
FORM = """
| survey |
| | type | name | label::English (en) | label::Khmer (km) | relevant |
| | select_one yn | heard | Heard of ASEAN? | ធ្លាប់ឮទេ? | |
| | geopoint | where | Where? | | |
| | text | why | Why? HOSTILE | | pulldata('x') = 'y' |
| choices |
| | list_name | name | label::English (en) | label::Khmer (km) |
| | yn | yes | Yes | បាទ |
| | yn | no | No | ទេ |
| settings |
| | form_title | form_id |
| | Small form | small |
""".replace("HOSTILE", HOSTILE)
IMPORT = "/office/surveys/import/"


def upload(client, data: bytes | str = FORM, name: str = "form.md", **query):
    data = data.encode() if isinstance(data, str) else data
    address = IMPORT + (f"?survey={query['survey']}" if query else "")
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


@pytest.fixture
def manager(client_for):
    return client_for("survey_manager")


def test_check_1_nothing_is_saved_before_the_manager_has_seen_what_was_understood(manager):
    answer = upload(manager)
    page = manager.get(answer.url).content.decode()

    assert Questionnaire.objects.count() == 0
    assert "Nothing is saved yet" in page
    assert "Heard of ASEAN?" in page
    assert "<td>survey</td><td>3</td><td><code>type</code></td>" in page
    assert "places on a map are not supported" in page
    assert HOSTILE not in page


def test_check_1_one_act_makes_a_new_survey_with_a_draft(manager):
    review = upload(manager).url

    answer = manager.post(
        review, {"target": "", "code": "SMALL", "title": "Small", "population": "All"}
    )

    questionnaire = Questionnaire.objects.get()
    assert answer.url.endswith(f"/questionnaires/{questionnaire.token}/")
    assert (questionnaire.survey.code, questionnaire.number) == ("SMALL", 1)
    assert [one.code for one in questionnaire.definition.questions] == ["heard", "why"]
    assert questionnaire.definition.title == {"en": "Small form"}


def test_pressing_the_button_twice_makes_one_draft(manager):
    review = upload(manager).url
    given = {"target": "", "code": "SMALL", "title": "Small", "population": "All"}

    first, second = manager.post(review, given), manager.post(review, given)

    assert first.url == second.url
    assert Survey.objects.count() == 1


def test_a_form_becomes_the_next_version_of_a_survey(manager):
    wave = make_wave()
    review = upload(manager, survey=wave.survey.token).url

    manager.post(review, {"target": wave.survey.token})

    draft = wave.survey.questionnaires.get(state="drafting")
    assert draft.number == wave.questionnaire.number + 1
    assert draft.note == "Imported from form.md"


def test_a_form_replaces_an_open_draft_as_one_step_that_can_be_undone(manager):
    wave = make_wave()
    manager.post(upload(manager).url, {"target": wave.survey.token})
    draft = wave.survey.questionnaires.get(state="drafting")
    before = draft.document

    other = FORM.replace("heard", "known")
    review = upload(manager, other).url
    blind = manager.post(review, {"target": wave.survey.token})
    seen = manager.post(
        review,
        {"target": wave.survey.token, f"revision_{wave.survey.token}": str(draft.revision)},
    )

    assert (blind.status_code, seen.status_code) == (422, 302)
    draft.refresh_from_db()
    assert draft.document != before
    assert wave.survey.questionnaires.filter(state="drafting").count() == 1
    assert draft.edits.filter(undone_at=None).latest("pk").summary == "Imported from form.md"


def test_a_new_survey_needs_its_particulars_and_a_free_code(manager):
    wave = make_wave()
    review = upload(manager).url

    empty = manager.post(review, {"target": "", "code": "", "title": "", "population": ""})
    taken = manager.post(
        review, {"target": "", "code": wave.survey.code, "title": "T", "population": "P"}
    )

    assert (empty.status_code, taken.status_code) == (422, 422)
    assert "Say for whom the survey speaks" in empty.content.decode()
    assert "belongs to another survey" in taken.content.decode()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "form.xlsx", "Choose a file|is empty"),
        (b"PK\x03\x04 not a zip", "form.xlsx", "damaged"),
        (b"%PDF-1.4 nothing", "form.xlsx", "is a PDF"),
        (b"\xff\xd8\xff\xe0 picture", "form.xls", "neither a workbook nor a text"),
        ("type,name\n,\n", "form.csv", "no question that can be asked"),
        ("x" * 11 * 1024 * 1024, "form.csv", "at most 10 MB"),
    ],
)
def test_check_1_a_file_that_is_no_form_gets_an_explanation(manager, data, name, sentence):
    answer = upload(manager, data, name)

    assert answer.status_code in (413, 422)
    page = answer.content.decode()
    assert any(part in page for part in sentence.split("|"))
    assert QuestionnaireImport.objects.count() == 0


def test_check_1_a_file_of_50_mb_gets_an_explanation_without_being_read(manager):
    class Untouched(io.RawIOBase):
        """A body that may not be read."""

        def read(self, size: int = -1) -> bytes:
            raise AssertionError("50 MB were read.")

    answer = manager.generic(
        "POST",
        IMPORT,
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
        **{"wsgi.input": Untouched()},
    )

    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


def test_the_upload_is_guarded_against_other_sites(client_for):
    from django.test import Client

    manager = client_for("survey_manager")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies

    assert upload(strict).status_code == 403


@pytest.mark.parametrize("role", ["analyst", "communications_officer", "national_focal_point"])
def test_who_may_not_draft_finds_no_import(client_for, manager, role):
    review = upload(manager).url
    other = client_for(role)

    assert other.get(IMPORT).status_code == 404
    assert other.get(review).status_code == 404


def test_check_2_the_download_is_the_same_questionnaire(manager):
    wave = make_wave()

    answer = manager.get(f"/office/surveys/questionnaires/{wave.questionnaire.token}/xlsform/")

    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    imported = read_xlsform(data, "form.xlsx")
    assert imported.document == to_document(wave.questionnaire.definition)
    assert imported.form_id == wave.survey.code


def test_forms_nobody_takes_up_are_forgotten_and_reports_of_others_stay(manager):
    upload(manager)
    kept = upload(manager).url
    manager.post(kept, {"target": "", "code": "K", "title": "K", "population": "P"})
    QuestionnaireImport.objects.update(created_at=LONG_AGO)

    assert forget_imports(at=LONG_AGO + KEPT) == 0
    assert forget_imports(at=LONG_AGO + KEPT + timedelta(seconds=1)) == 1
    page = manager.get(kept).content.decode()
    assert "places on a map are not supported" in page
