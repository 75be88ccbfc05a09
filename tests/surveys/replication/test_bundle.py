"""The replication bundle: its files give the published figures, by the command and by R."""

import csv
import io
import json
import random
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.utils import timezone

from indicators.models import (
    Area,
    AreaMembership,
    Framework,
    Indicator,
    Observation,
    Population,
)
from surveys.errors import ExportRefused
from surveys.exports import making, queue
from surveys.models import AuditEntry, Export, Response, ResponseImport, Wave
from surveys.publishing import publish_wave
from surveys.replication.bundle import columns_of, write_bundle
from surveys.replication.rscript import text
from surveys.services.exporting import request_export
from tests.surveys.factories import (
    IF_HEARD,
    make_plan,
    make_response,
    make_scheme,
    make_wave,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = {"KH": 1_000_000, "TH": 3_000_000, "VN": 9_000_000}
SECRET = "my name is Sokha and I live by the river"


@pytest.fixture
def ledger():
    """An ASEAN of three member states with populations, and one indicator per estimator."""
    framework, _made = Framework.objects.get_or_create(
        slug="test", defaults={"title": "Test", "valid_from": "2016-01-01"}
    )
    for slug in ("heard", "heard-women", "trust", "trust-net", "age", "tv", "words"):
        Indicator.objects.get_or_create(
            slug=slug, defaults={"framework": framework, "title": slug.title()}
        )
    asean, _made = Area.objects.get_or_create(
        code="ASEAN", defaults={"name": "ASEAN", "kind": Area.Kind.GROUP}
    )
    for code, people in PEOPLE.items():
        area, _made = Area.objects.get_or_create(
            code=code, defaults={"name": code, "kind": Area.Kind.MEMBER_STATE}
        )
        AreaMembership.objects.get_or_create(group=asean, area=area, valid_from="2000-01-01")
        Population.objects.get_or_create(
            area=area, year=2025, ages="15+", vintage="Test 2025", defaults={"value": people}
        )


@pytest.fixture
def wave(ledger) -> Wave:
    """A published wave: two raked areas (one with a weight at the cap), one too small to be raked
    or shown; some people without a sex, many who were not asked everything."""
    found = make_wave()
    shares = {"F": 0.55, "M": 0.45}
    found.weighting = make_scheme(
        found.survey,
        cap=2.5,
        minimum_for_raking=30,
        margins=[
            {
                "variables": ["sex"], "source": "invented", "vintage": "test",
                "shares": {"KH": shares, "TH": {"F": 0.2, "M": 0.8}, "VN": shares},
            },
            {
                "variables": ["sex", "heard"], "source": "invented", "vintage": "test",
                "shares": {"KH": {"F|yes": 0.4, "F|no": 0.15, "M|yes": 0.3, "M|no": 0.15}},
            },
        ],
    )  # fmt: skip
    found.save()
    by_sex = [["sex", "sex"]]
    make_plan(found, "heard", breakdowns=[by_sex, [["sex", "sex"], ["known", "heard"]]])
    make_plan(found, "heard-women", question="trust", row="asean", counts=["4"], filter=IF_HEARD,
              outside_base=["-9"], breakdowns=[])  # fmt: skip
    make_plan(found, "trust", question="trust", row="asean", estimator="mean", breakdowns=[by_sex])
    make_plan(found, "trust-net", question="trust", row="asean", estimator="net",
              counts=["4", "3"], counts_against=["1"], breakdowns=[by_sex])  # fmt: skip
    make_plan(found, "tv", question="where", counts=["tv"], breakdowns=[by_sex])
    make_plan(found, "words", question="heard", estimator="each", counts=[], breakdowns=[by_sex])
    make_plan(found, "age", question="age", estimator="mean", breakdowns=[])
    chance = random.Random(20261124)
    pattern = make_response(found)
    people = []
    for area, many in (("KH", 160), ("TH", 130), ("VN", 17)):
        for _person in range(many):
            person = pattern.twin()
            heard = chance.choices(["yes", "no", "-9"], [70, 28, 0 if area == "KH" else 2])[0]
            person.area = area
            person.answers = {
                "area": area,
                "sex": chance.choices(["F", "M", None], [65, 34, 1])[0],
                "heard": heard,
                "where": ["tv"] if heard == "yes" else "-7",
                "age": chance.randint(15, 90) if heard == "yes" else "-7",
                "trust": {"asean": chance.choice("12344"), "media": "1"}
                if heard == "yes"
                else "-7",
                "comment": SECRET,
            }
            people.append(person)
    pattern.delete()
    Response.objects.bulk_create(people)
    assert publish_wave(wave=found, at=AT)
    found.refresh_from_db()
    return found


@pytest.fixture
def bundle(wave, tmp_path) -> Path:
    """The folder of the unpacked bundle."""
    (tmp_path / "made").mkdir()
    path = tmp_path / "made" / "bundle.zip"
    write_bundle(wave, path, at=AT)
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_bundle_has_every_file_that_its_readme_names(bundle):
    names = {path.name for path in bundle.iterdir()}

    assert names == {
        "README.txt", "data.csv", "codebook.csv", "plan.json", "margins.csv", "estimates.csv",
        "replicate.R",
    }  # fmt: skip
    page = (bundle / "README.txt").read_text()
    assert [name for name in names if name not in page] == []
    assert "{" not in page and "None" not in page


def test_nothing_in_a_bundle_leads_to_a_person(bundle, wave):
    everything = "".join(path.read_text(encoding="utf-8") for path in bundle.iterdir())

    assert SECRET not in everything
    keys = [str(key) for key in Response.objects.values_list("pk", flat=True)]
    assert [key for key in keys if key in everything or key.replace("-", "") in everything] == []
    head = rows_of(bundle / "data.csv")[0].keys()
    assert not {"where", "where=web", "comment", "language", "source", "submitted_on"} & set(head)


def test_rows_are_numbered_in_the_order_of_their_content_not_of_the_responses(bundle):
    rows = [list(row.values()) for row in rows_of(bundle / "data.csv")]

    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert [row[1:] for row in rows] == sorted(row[1:] for row in rows)


def test_the_figures_are_those_of_the_ledger_and_hidden_ones_stay_hidden(bundle, wave):
    rows = {}
    for row in rows_of(bundle / "estimates.csv"):
        slug, _, answer = row["figure"].partition("|")
        cell = filter(None, [f"answer={answer}" if answer else "", row["breakdown"]])
        rows[slug, row["area"], ";".join(cell)] = row
    ledger = Observation.objects.filter(source=wave.source).select_related("indicator", "area")

    assert ledger.count() > 30
    for one in ledger:
        row = rows[one.indicator.slug, one.area.code, one.breakdown]
        assert row["published_value"] == (
            "" if one.value is None else format(one.value.normalize(), "f")
        )
        assert int(row["n"]) == one.n
        if one.value is None:
            assert [row[name] for name in ("value", "se", "low", "high", "deff", "population")] == [
                ""
            ] * 6
    assert rows["heard", "VN", ""]["status"] == "Q"
    assert rows["heard", "KH", ""]["value"]


def test_the_command_repeats_the_figures_digit_for_digit(bundle):
    call_command(
        "estimate", str(bundle / "plan.json"), "--data", str(bundle / "data.csv"),
        "--margins", str(bundle / "margins.csv"), "--out", str(bundle / "again.csv"), "--quiet",
        stderr=io.StringIO(),
    )  # fmt: skip

    again, first = rows_of(bundle / "again.csv"), rows_of(bundle / "estimates.csv")
    assert again == [
        {name: value for name, value in row.items() if not name.startswith("published_")}
        for row in first
    ]


def test_the_weights_of_the_data_are_those_of_the_plan(bundle):
    call_command(
        "estimate", str(bundle / "plan.json"), "--data", str(bundle / "data.csv"),
        "--margins", str(bundle / "margins.csv"), "--weights", str(bundle / "w.csv"), "--quiet",
        "--out", str(bundle / "again.csv"), stderr=io.StringIO(),
    )  # fmt: skip
    pairs = zip(rows_of(bundle / "w.csv"), rows_of(bundle / "data.csv"), strict=True)
    off = [abs(float(w["weight"]) / float(row["weight"]) - 1) for w, row in pairs]
    assert max(off) < 1e-12


def test_the_codebook_explains_every_column_and_code(bundle):
    meanings = {
        (row["column"], row["code"]): row["meaning"] for row in rows_of(bundle / "codebook.csv")
    }
    columns = {column for column, _code in meanings}
    data = rows_of(bundle / "data.csv")

    assert set(data[0]) == columns
    coded = json.loads((bundle / "plan.json").read_text())["levels"]
    for name in ("heard", "sex", "trust/asean"):
        used = {row[name] for row in data} - {""}
        assert [code for code in used if not meanings.get((name, code))] == []
    assert set(coded) == {"area", "sex", "heard"}


def compared(folder: Path, rscript: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [rscript, "--vanilla", "replicate.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.needs_r
def test_r_recomputes_every_published_figure(bundle, rscript_path):
    ended = compared(bundle, rscript_path)

    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    assert "Every published figure was reproduced." in ended.stdout
    differences = rows_of(bundle / "differences.csv")
    shown = [row for row in rows_of(bundle / "estimates.csv") if row["value"]]
    values = [row for row in differences if row["measure"] == "value"]
    assert len(values) == len(shown) > 25
    assert {row["area"] for row in values} == {"KH", "TH", "ASEAN"}
    assert {row["too_large"] for row in differences} == {"FALSE"}
    assert {row["measure"] for row in differences} >= {
        "n", "df", "value", "se", "low", "high", "deff", "n_effective", "published_value",
    }  # fmt: skip


@pytest.mark.needs_r
def test_r_finds_the_errors_of_people_drawn_in_villages(wave, tmp_path, rscript_path):
    """Two of the areas were asked elsewhere, in villages of two provinces; one answered here."""
    people = [*Response.objects.exclude(area="VN").order_by("area", "pk")]
    for number, person in enumerate(people):
        person.source = Response.Source.IMPORTED
        person.stratum = "north" if number % 3 else "south"
        person.sampling_unit = str(number // 8)
    Response.objects.bulk_update(people, ["source", "stratum", "sampling_unit"])
    ResponseImport.objects.create(
        wave=wave, file_name="villages.csv", digest="x", rows=len(people), created_at=AT,
        stratum_columns=["province"], unit_column="village",
    )  # fmt: skip
    before = {row.pk: row for row in Observation.objects.exclude(value=None)}
    assert publish_wave(wave=wave, at=AT)
    wave.refresh_from_db()

    write_bundle(wave, tmp_path / "bundle.zip", at=AT)

    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        packed.extractall(tmp_path)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert columns_of(wave) == list(rows_of(folder / "data.csv")[0])
    assert "strata within each area, sampling units as drawn" in (folder / "README.txt").read_text()
    ended = compared(folder, rscript_path)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    changed = [
        row
        for row in Observation.objects.filter(pk__in=before)
        if row.value == before[row.pk].value and row.low != before[row.pk].low
    ]
    assert len(changed) > 20


def falsify(path: Path, column: str) -> dict[str, str]:
    """Make the first number of a column wrong by a thousandth; return its row."""
    rows = rows_of(path)
    wrong = next(row for row in rows if row[column])
    wrong[column] = repr(float(wrong[column]) * (1 + 1e-3))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return wrong


@pytest.mark.needs_r
def test_r_ends_with_an_error_and_names_every_number_that_is_wrong(bundle, rscript_path):
    wrong = falsify(bundle / "estimates.csv", "se")
    assert wrong == falsify(bundle / "estimates.csv", "published_high") | {
        "published_high": wrong["published_high"]
    }
    falsify(bundle / "data.csv", "weight")

    ended = compared(bundle, rscript_path)

    assert ended.returncode == 1
    assert "3 differences are too large" in ended.stdout
    named = [row for row in rows_of(bundle / "differences.csv") if row["too_large"] == "TRUE"]
    assert [(row["figure"], row["area"], row["measure"]) for row in named] == [
        (wrong["figure"], wrong["area"], "se"),
        (wrong["figure"], wrong["area"], "published_high"),
    ]


def test_a_wave_without_a_scheme_has_a_bundle_without_margins(ledger, tmp_path, wave):
    wave.weighting = None
    wave.save()
    publish_wave(wave=wave, at=AT + timedelta(minutes=1))
    wave.refresh_from_db()

    write_bundle(wave, tmp_path / "bundle.zip", at=AT)

    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        assert not [name for name in packed.namelist() if name.endswith("margins.csv")]


def test_a_wave_never_published_has_no_bundle(ledger, tmp_path):
    with pytest.raises(ExportRefused, match="no published figures yet"):
        write_bundle(make_wave(), tmp_path / "bundle.zip", at=AT)


def test_responses_that_came_in_since_must_be_published_first(wave, tmp_path):
    make_response(wave, answers={"area": "KH"})

    with pytest.raises(ExportRefused, match="computed from other responses"):
        write_bundle(wave, tmp_path / "bundle.zip", at=AT)
    assert not (tmp_path / "bundle.zip").exists()


def test_a_ledger_that_says_something_else_is_named(wave, tmp_path):
    Observation.objects.filter(
        source=wave.source, indicator__slug="heard", area__code="KH", breakdown=""
    ).update(value=12)

    with pytest.raises(ExportRefused, match="published value of heard for KH"):
        write_bundle(wave, tmp_path / "bundle.zip", at=AT)


def test_texts_for_r_are_ascii_and_closed():
    assert text('a"b\\c\né😀') == '"a\\"b\\\\c\\n\\U000000E9\\U0001F600"'


def test_the_audit_log_knows_the_columns_of_the_data(bundle, wave):
    assert columns_of(wave) == list(rows_of(bundle / "data.csv")[0])


@pytest.mark.usefixtures("site")
def test_an_analyst_asks_for_it_in_the_office_and_fetches_it_when_it_is_made(client_for, wave):
    analyst = client_for("analyst")
    office = f"/office/surveys/waves/{wave.token}/exports/"
    assert b"Replication bundle" in analyst.get(office).content

    asked = analyst.post(office + "bundle/", follow=True)

    assert "The bundle is being made" in asked.content.decode()
    entry = AuditEntry.objects.get(action=AuditEntry.Action.EXPORTED)
    assert entry.data["format"] == "bundle" and "weight" in entry.data["columns"]
    export = Export.objects.get(by=analyst.user)
    queue.make_exports(
        at=timezone.now(), start=lambda one: making.make(export=one, claim=one.claim)
    )
    export.refresh_from_db()
    assert (export.state, export.error) == ("ready", "")
    answer = analyst.get(f"/office/surveys/exports/{export.token}/file/")
    assert f"{wave.slug}-replication-" in answer["Content-Disposition"]
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert f"{wave.slug}-replication/estimates.csv" in packed.namelist()


@pytest.mark.usefixtures("site")
def test_a_wave_without_figures_is_refused_when_asked_for(client_for, ledger):
    drafted = make_wave()
    asked = client_for("analyst").post(
        f"/office/surveys/waves/{drafted.token}/exports/bundle/", follow=True
    )
    assert "no published figures yet" in asked.content.decode()
    assert not Export.objects.exists()


def test_who_may_see_some_areas_only_gets_no_bundle(wave, client_for):
    """Nobody has exactly these rights among the roles; a person may be given them."""
    person = client_for("stranger").user
    give = Permission.objects.filter(
        codename__in=["view_wave", "view_response", "export_response"],
        content_type__app_label="surveys",
    )
    person.user_permissions.add(*give)

    with pytest.raises(ExportRefused, match="some areas only"):
        request_export(
            wave=wave, at=AT, by=type(person).objects.get(pk=person.pk), file_format="bundle"
        )
