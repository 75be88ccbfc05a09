"""What a document prints about itself, on forms: checked as it is typed, and nothing else touched."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from indicators import demonstration, printed, services
from indicators.backoffice.frameworks.printedforms import figure_rows
from indicators.errors import NotAllowed
from indicators.frameworks import digest
from indicators.models import Framework
from indicators.printed import editing
from tests.indicators.factories import AT, HOSTILE, make_framework

pytestmark = pytest.mark.django_db
SOURCE = "Review 2020, Table 3"


@pytest.fixture
def admin(client_for):
    return client_for("administrator")


@pytest.fixture
def blueprint():
    """With the six tables that the Mid-Term Review prints."""
    data = Path(demonstration.__file__).parent / "data" / "frameworks.json"
    frameworks = {one["slug"]: one for one in json.loads(data.read_text(encoding="utf-8"))}
    known = frameworks["ascc-blueprint-2025"]
    return make_framework(slug=known["slug"], printed_facts=known["printed_facts"])


@pytest.fixture
def plan():
    """Two tables, of which a sum needs the first, and things that no form knows."""
    return make_framework(
        slug="plan",
        printed_facts={
            "unknown": ["kept"],
            "goals": {"value": 12, "text": "goals", "source": SOURCE, "further": 1},
            "tables": [
                {
                    "number": "1",
                    "title": "All",
                    "source": SOURCE,
                    "figures": [
                        {"key": "planned", "text": "planned", "value": 977},
                        {"key": "withdrawn", "text": "withdrawn", "value": "13"},
                        {"key": "left", "text": "remaining", "value": 964, "note": "x"},
                    ],
                },
                {
                    "number": "3",
                    "title": "Inclusive",
                    "source": SOURCE,
                    "figures": [
                        {"key": "all", "text": "all", "value": 402},
                        {"key": "done", "text": "done", "value": 215, "percent": "78.36",
                         "of": "all"},
                        {"key": "types", "text": "types", "words": "outreach"},
                    ],
                },
            ],
            "sums": [
                {"text": "Less", "terms": ["1:planned", "-1:withdrawn"], "total": "1:left"}
            ],
        },
    )  # fmt: skip


def at(name, *args, slug="plan"):
    return reverse(f"indicators_office:{name}", args=[slug, *args])


def text_of(response):
    return response.content.decode()


def filled(page):
    """What the form of a page would send, untouched."""
    found = {"seen": page.context["seen"]}
    many = [page.context.get("figures"), page.context.get("rows")]
    forms = [page.context.get("form"), *(form for _label, form in page.context.get("totals", ()))]
    for rows in filter(None, many):
        forms += [rows.management_form, *rows.forms]
    for form in filter(None, forms):
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                found[field.html_name] = str(value)
    return found


def facts():
    return Framework.objects.get(slug="plan").printed_facts


def finding(framework=None):
    framework = framework or Framework.objects.get(slug="plan")
    return [check.sentence for check in printed.checks(framework)]


def test_saving_every_form_as_it_stands_changes_nothing_and_the_workbook_neither(admin, blueprint):
    slug, before = blueprint.slug, json.dumps(blueprint.printed_facts)
    assert len(blueprint.printed_facts["tables"]) == 6
    saved = blueprint.history.count()
    for name, *more in [("printed_totals",), ("printed_table", 0), ("printed_table", 5),
                        ("printed_sums",)]:  # fmt: skip
        address = at(name, *more, slug=slug)
        sent = filled(admin.get(address))
        answer = admin.post(
            address, {key: text.replace("\n", "\r\n") for key, text in sent.items()}
        )
        assert answer.status_code == 302, text_of(answer)
    blueprint.refresh_from_db()
    assert blueprint.printed_facts == json.loads(before)
    assert blueprint.history.count() == saved


def test_a_corrected_figure_is_what_the_checks_and_the_workbook_say(admin, plan):
    address = at("printed_table", 1)
    sent = filled(admin.get(address)) | {"figures-1-value": "315", "figures-1-percent": "78,4"}
    assert admin.post(address, sent).status_code == 302
    done = facts()["tables"][1]["figures"][1]
    assert (done["value"], done["percent"]) == (315, "78.4")
    assert "315 of 402 is 78.4 %, as printed." in finding()
    assert facts()["unknown"] == ["kept"]
    file = admin.get(reverse("indicators_office:framework_export", args=["plan", "xlsx"]))
    uploaded = admin.post(
        reverse("indicators_office:framework_upload"),
        {"file": SimpleUploadedFile("plan.xlsx", file.content)},
    )
    assert "0 changes" in text_of(admin.get(uploaded["Location"]))


def test_what_a_row_has_beside_the_form_stays_and_rows_are_added_moved_and_taken_out(admin, plan):
    address = at("printed_table", 0)
    sent = filled(admin.get(address)) | {
        "figures-2-ORDER": "0",
        "figures-3-key": "share",
        "figures-3-text": f"share {HOSTILE}",
        "figures-3-percent": "21.0 %",
        "figures-3-of": "left",
    }
    admin.post(address, sent)
    assert [one["key"] for one in facts()["tables"][0]["figures"]] == [
        "left", "planned", "withdrawn", "share",
    ]  # fmt: skip
    assert facts()["tables"][0]["figures"][0]["note"] == "x"
    assert facts()["tables"][0]["figures"][2]["value"] == "13"
    assert facts()["tables"][0]["figures"][3]["percent"] == "21.0"
    page = admin.get(address)
    assert HOSTILE not in text_of(page)
    admin.post(address, filled(page) | {"figures-3-DELETE": "on"})
    assert len(facts()["tables"][0]["figures"]) == 3


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"key": "", "text": "x", "value": "1"}, "This field is required."),
        ({"key": "a b", "text": "x", "value": "1"}, "“a b” cannot be a key."),
        ({"key": "1:a", "text": "x", "value": "1"}, "“1:a” cannot be a key."),
        ({"key": "done", "text": "x", "value": "1"}, "“done” is used twice in this table."),
        ({"key": "new", "text": "x"}, "Write the number, the percentage or the words printed."),
        ({"key": "new", "text": "x", "value": "1", "words": "y"}, "either numbers or words"),
        ({"key": "new", "text": "x", "value": "many"}, "“many” is not a number."),
        ({"key": "new", "text": "x", "value": "1,234"}, "may be 1234 or 1.234"),
        ({"key": "new", "text": "x", "value": "1234567890123.456"}, "has more digits than"),
        ({"key": "new", "text": "x", "percent": "5", "of": "al"}, "“al” is no number of this"),
        ({"key": "new", "text": "x", "percent": "5", "of": "types"}, "There are: all, done."),
        ({"key": "new", "text": "x", "percent": "5", "same_as": "new"}, "is no other figure of"),
    ],
)
def test_a_figure_that_cannot_stand_is_answered_with_a_sentence(row, sentence):
    held = [
        {"key": "all", "text": "all", "value": 402},
        {"key": "done", "text": "done", "value": 215, "percent": "78.36", "of": "all"},
        {"key": "types", "text": "types", "words": "outreach"},
    ]
    rows = figure_rows(None, held)
    sent = {"figures-TOTAL_FORMS": "6", "figures-INITIAL_FORMS": "3"}
    for form in rows.initial_forms:
        sent |= {form.add_prefix(name): value for name, value in form.initial.items()}
    sent |= {f"figures-3-{name}": said for name, said in row.items()}
    typed = figure_rows(sent, held)
    assert not typed.is_valid()
    assert sentence in str(typed.errors[3].as_data())


def test_a_table_has_a_number_of_its_own_and_a_figure_its_source_if_it_says_none(admin, plan):
    address = at("printed_table_new")
    sent = filled(admin.get(address)) | {
        "number": "3",
        "title": "Twin",
        "source": SOURCE,
        "figures-0-key": "a",
        "figures-0-text": "a",
        "figures-0-value": "1",
    }
    assert "Another table has the number 3." in text_of(admin.post(address, sent))
    assert admin.post(address, sent | {"number": "4"}).status_code == 302
    [*_others, made] = printed.tables(Framework.objects.get(slug="plan"))
    assert (made.number, made.figures[0].source) == ("4", SOURCE)


def test_a_figure_that_a_sum_needs_is_neither_renamed_nor_taken_out(admin, plan):
    address = at("printed_table", 0)
    page = admin.get(address)
    for change in ({"figures-0-key": "intended"}, {"figures-0-DELETE": "on"}, {"number": "9"}):
        answer = admin.post(address, filled(page) | change)
        assert "The sum “Less” needs the number 1:planned." in text_of(answer)
    answer = admin.post(at("printed_table_remove", 0), {"seen": page.context["seen"]}, follow=True)
    assert "The sum “Less” needs the number 1:planned." in text_of(answer)
    assert facts() == plan.printed_facts
    admin.post(at("printed_table_remove", 1), {"seen": page.context["seen"]})
    assert [one["number"] for one in facts()["tables"]] == ["1"]


def test_a_sum_names_printed_numbers_alone(admin, plan):
    address = at("printed_sums")
    sent = filled(admin.get(address)) | {
        "sums-1-text": "Half",
        "sums-1-terms": "1:left; − 3:all",
        "sums-1-total": "562",
        "sums-1-overlaps": "on",
    }
    for change, name in (
        ({"sums-1-terms": "1:left, 3:none"}, "3:none"),
        ({"sums-1-terms": "3:types"}, "3:types"),
        ({"sums-1-total": "all"}, "all"),
    ):
        assert f"“{name}” is no printed number." in text_of(admin.post(address, sent | change))
    assert admin.post(address, sent).status_code == 302
    assert facts()["sums"][1] == {
        "text": "Half", "terms": ["1:left", "-3:all"], "total": "562", "overlaps": True,
    }  # fmt: skip
    assert "964 − 402 = 562, as printed." in finding()


def test_a_total_is_stated_with_its_place_or_not_at_all(admin, plan):
    address = at("printed_totals")
    sent = filled(admin.get(address))
    number = editing.TOTALS.index("indicators")
    goals = editing.TOTALS.index("goals")
    answer = admin.post(address, sent | {f"total-{number}-value": "45"})
    assert "Say where the number is printed" in text_of(answer)
    answer = admin.post(address, sent | {f"total-{goals}-value": ""})
    assert "Write the number, or empty everything about it." in text_of(answer)
    stated = {f"total-{number}-value": "45", f"total-{number}-source": SOURCE}
    assert admin.post(address, sent | stated).status_code == 302
    assert facts()["indicators"] == {"value": 45, "source": SOURCE}
    assert facts()["goals"] == plan.printed_facts["goals"]
    empty = {f"total-{goals}-{name}": "" for name in ("value", "text", "source")}
    admin.post(address, filled(admin.get(address)) | empty)
    assert "goals" not in facts()


def test_of_two_people_the_second_is_told_and_the_history_names_single_figures(admin, plan):
    plan.save()
    address = at("printed_table", 1)
    page = admin.get(address)
    admin.post(address, filled(page) | {"figures-1-value": "315"})
    late = admin.post(address, filled(page) | {"figures-1-value": "316"})
    assert "Somebody else saved the printed figures" in text_of(late)
    assert facts()["tables"][1]["figures"][1]["value"] == 315
    told = text_of(admin.get(at("framework_changes")))
    assert "<dt>3:done · value</dt><dd><del>215</del> → <ins>315</ins></dd>" in told
    assert told.count("<dt>") == 1


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"tables": None, "sums": {}, "goals": [], "indicators": {"value": "many"}},
        {
            "tables": ["x", {"figures": [3, {"key": "a", "value": "1E+9", "percent": "NaN"}]}],
            "sums": [{"terms": "x"}, {"terms": ["1:d", 5], "total": 7}, 5],
        },
    ],
)
def test_odd_facts_can_be_looked_at_and_put_right(admin, facts):
    make_framework(slug="plan", printed_facts=facts)
    for name, *more in [("printed_facts",), ("printed_totals",), ("printed_sums",),
                        ("printed_table_new",)]:  # fmt: skip
        assert admin.get(at(name, *more)).status_code == 200
    assert admin.get(at("printed_table", 7)).status_code == 404
    for name in ("printed_totals", "printed_sums", "printed_table_new"):
        assert admin.post(at(name), {"seen": digest(facts)}).status_code in (302, 422)


def test_only_who_edits_the_framework_keeps_its_printed_figures(client_for, plan):
    analyst = client_for("analyst")
    for name, *more in [("printed_facts",), ("printed_totals",), ("printed_sums",),
                        ("printed_table", 0), ("printed_table_new",)]:  # fmt: skip
        assert analyst.get(at(name, *more)).status_code == 404
    assert analyst.post(at("printed_table_remove", 0), {}).status_code == 404
    assert at("printed_facts") not in text_of(analyst.get(at("framework")))
    with pytest.raises(NotAllowed):
        services.save_printed_facts(
            framework=plan, facts={}, seen=digest(plan.printed_facts), by=analyst.user, at=AT
        )
    assert at("printed_facts") in text_of(client_for("administrator").get(at("framework")))


def test_an_overview_of_what_is_printed_says_what_contradicts(admin, plan):
    page = text_of(admin.get(at("printed_facts")))
    assert "215 of 402 is 53.5 %, not 78.36 %." in page
    assert "977 − 13 = 964, as printed." in page
