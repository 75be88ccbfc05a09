"""Frameworks in the back office: shaped with plain forms, kept apart by right, explained by history."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from indicators import frameworks
from indicators.backoffice.frameworks.forms import IndicatorForm
from indicators.frameworks import sheets
from indicators.models import (
    Framework,
    FrameworkImport,
    FrameworkNode,
    FrameworkVersion,
    Indicator,
    NodeMapping,
    Target,
)
from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_framework,
    make_indicator,
    make_node,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client_for):
    return client_for("administrator")


@pytest.fixture
def plan():
    framework = make_framework(slug="plan", title=f"Plan {HOSTILE}")
    goal = make_node(framework=framework, key="g", code="G", title="Goal", position=1)
    make_node(framework=framework, key="g-1", title="First", parent=goal, position=2)
    make_node(framework=framework, key="g-2", title="Second", parent=goal, position=3)
    make_node(framework=framework, key="h", code="H", title="Other goal", position=4)
    return framework


def node(key):
    return FrameworkNode.objects.get(framework__slug="plan", key=key)


def at(name, *args):
    return reverse(f"indicators_office:{name}", args=args)


def text_of(response):
    return response.content.decode()


def test_the_tree_is_written_as_lists_within_lists(admin, plan):
    page = text_of(admin.get(at("framework", "plan")))
    assert page.count("<ol>") == page.count("</ol>") - page.count('<ol class="fw-tree">') == 1
    places = [page.index(f'id="node-{node(key).token}"') for key in ("g", "g-1", "g-2", "h")]
    assert places == sorted(places)
    assert page.index("<ol>") < places[1] < places[2] < page.index("</ol></li>") < places[3]
    assert HOSTILE not in page


def test_the_tree_costs_the_same_queries_however_large(admin, plan, django_assert_max_num_queries):
    for number in range(60):
        made = make_node(framework=plan, parent=node("g-1"))
        make_indicator(f"kpi-{number}", framework=plan, node=made)
    admin.get(at("framework", "plan"))
    with django_assert_max_num_queries(15):
        admin.get(at("framework", "plan"))


def test_a_node_is_added_below_another_with_titles_in_several_languages(admin, plan):
    address = f"{at('node_new', 'plan')}?under={node('g').token}"
    answer = admin.post(
        address,
        {
            "title": "Third",
            "kind": "Sasaran khusus",
            "title_status": "confirmed",
            "title_id": "Ketiga",
        },
    )
    assert answer.status_code == 302
    made = FrameworkNode.objects.get(title="Third")
    assert (made.parent.key, made.kind, made.titles) == ("g", "Sasaran khusus", {"id": "Ketiga"})
    assert made.history.get().history_user == admin.user


def test_a_node_moves_up_and_down_without_a_script(admin, plan):
    admin.post(at("node_shift", "plan", node("g-2").token), {"to": "up"})
    order = plan.nodes.filter(parent__key="g").order_by("position").values_list("key", flat=True)
    assert list(order) == ["g-2", "g-1"]


def test_a_node_is_placed_right_behind_another(admin, plan):
    address = at("node_move", "plan", node("h").token)
    assert admin.get(address).status_code == 200
    answer = admin.post(address, {"how": "behind", "node": node("g-1").token})
    assert answer.status_code == 302
    order = plan.nodes.filter(parent__key="g").order_by("position").values_list("key", flat=True)
    assert list(order) == ["g-1", "h", "g-2"]


def test_a_cycle_is_refused_with_a_sentence(admin, plan):
    answer = admin.post(
        at("node_move", "plan", node("g").token), {"how": "under", "node": node("g-1").token}
    )
    assert answer.status_code == 422
    assert "cannot be placed under “First”, which is the same or a part of it" in text_of(answer)
    assert node("g").parent is None


def test_a_node_is_retired_with_its_parts_and_put_back(admin, plan):
    address = at("node_retire", "plan", node("g").token)
    assert "3 nodes are retired with it" in text_of(admin.get(address))
    admin.post(address, {"on": "2026-01-01", "reason": "Replaced by the new plan"})
    assert "retired on 2026-01-01" in text_of(admin.get(at("framework", "plan")))
    assert plan.nodes.filter(valid_to=None).count() == 1
    admin.post(at("node_retire", "plan", node("g-1").token), {"reinstate": "1"})
    assert set(plan.nodes.filter(valid_to=None).values_list("key", flat=True)) == {"g", "g-1", "h"}


def test_of_two_people_who_edit_one_node_the_second_is_told_and_loses_nothing_silently(admin, plan):
    address = at("node", "plan", node("g").token)
    values = {"title": "Mine", "kind": "goal", "title_status": "confirmed"}
    first = admin.get(address).context["form"]["seen"].value()
    assert admin.post(address, values | {"seen": first}).status_code == 302
    answer = admin.post(address, values | {"title": "Theirs", "seen": first})
    assert answer.status_code == 422
    assert "Somebody else saved “Mine”" in text_of(answer)
    assert node("g").title == "Mine"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "", "kind": ""},
        {"title": "x", "kind": "k" * 200, "title_status": "sure", "valid_from": "9999999-1-1"},
    ],
)
def test_odd_input_is_answered_with_sentences(admin, plan, values):
    for name in ("node_new", "indicator_new"):
        answer = admin.post(at(name, "plan"), values)
        assert answer.status_code == 422
        assert "Nothing was saved" in text_of(answer)


def test_the_form_of_an_indicator_has_every_column_of_the_model(plan):
    columns = {field.name for field in Indicator._meta.concrete_fields}
    known = {*IndicatorForm.Meta.fields, "titles", "framework", "id"}
    assert columns == known


def test_an_indicator_is_added_and_edited_with_all_it_is_described_by(admin, plan):
    assert node("g-1").token in text_of(admin.get(at("framework", "plan")))
    page = admin.get(f"{at('indicator_new', 'plan')}?of={node('g-1').token}")
    assert page.context["form"]["node"].value() == node("g-1").pk
    values = {
        "code": "KPI 7.a",
        "title": "Share of people who read",
        "title_th": "การอ่าน",
        "title_status": "confirmed",
        "node": node("g-1").pk,
        "unit": "percent",
        "decimals": 1,
        "direction": "range",
        "range_low": "40",
        "range_high": "60.5",
        "data_route": "public_perception",
        "aggregation": "weighted_mean",
        "minimum_members": 6,
        "baseline_year": 2024,
        "progress_method": "share_of_way",
        "position": 1,
        "is_published": "on",
    }
    answer = admin.post(at("indicator_new", "plan"), values)
    assert answer.status_code == 302
    made = Indicator.objects.get(slug="kpi-7-a")
    assert (made.node.key, made.titles, str(made.range_high)) == (
        "g-1",
        {"th": "การอ่าน"},
        "60.500000",
    )
    address = at("indicator_edit", "kpi-7-a")
    seen = admin.get(address).context["form"]["seen"].value()
    wrong = admin.post(address, values | {"seen": seen, "range_low": "70"})
    assert "The range ends before it begins." in text_of(wrong)
    admin.post(address, values | {"seen": seen, "unit": "per mille"})
    page = text_of(admin.get(at("indicator_changes", "kpi-7-a")))
    assert "per mille" in page
    assert str(admin.user) in page


def test_a_code_is_used_once_in_a_framework(admin, plan):
    make_indicator("kpi-1", framework=plan, code="KPI 1")
    answer = admin.post(at("indicator_new", "plan"), {"code": "KPI 1", "title": "Twin"})
    assert "Another indicator of this framework has the code “KPI 1”." in text_of(answer)


def test_a_sub_kpi_is_never_above_its_own_parent(admin, plan):
    parent = make_indicator("kpi-1", framework=plan, code="KPI 1")
    child = make_indicator("kpi-1a", framework=plan, parent=parent)
    address = at("indicator_edit", "kpi-1")
    seen = admin.get(address).context["form"]["seen"].value()
    answer = admin.post(address, {"parent": child.pk, "title": "x", "seen": seen})
    assert "sub-KPI of one of its own sub-KPIs" in text_of(answer)


def test_a_target_is_taken_back_and_stays_in_the_history(admin, plan):
    indicator = make_indicator("kpi-1", framework=plan)
    admin.post(
        at("target", "kpi-1"),
        {"area": make_area("KH").code, "period": "2030", "value": "5", "source": "Work plan"},
    )
    target = Target.objects.get(indicator=indicator)
    admin.post(at("target_remove", "kpi-1", target.pk))
    assert not Target.objects.exists()
    page = text_of(admin.get(at("indicator_changes", "kpi-1")))
    assert "target 2030" in page
    assert "removed" in page


@pytest.fixture
def other():
    framework = make_framework(slug="new-plan", title="New plan")
    make_node(framework=framework, key="x", title="Theme X", position=1)
    make_node(framework=framework, key="y", title="Theme Y", position=2)
    return framework


def test_two_frameworks_are_mapped_side_by_side_with_what_is_not_mapped(admin, plan, other):
    address = at("framework_mapping", "plan", "new-plan")
    answer = admin.post(
        address,
        {
            "from_node": node("g").pk,
            "to_node": other.nodes.get(key="x").pk,
            "kind": "related",
            "note": f"read {HOSTILE}",
        },
    )
    assert answer.status_code == 302
    page = admin.get(address)
    beside = page.context["beside"]
    assert (beside.left_unmapped, beside.right_unmapped) == (3, 1)
    assert "↔ Theme X (related to)" in text_of(page)
    assert HOSTILE not in text_of(page)
    turned = admin.get(at("framework_mapping", "new-plan", "plan"))
    assert "stated from the other side" in text_of(turned)
    pair = NodeMapping.objects.get()
    edited = admin.get(f"{address}?pair={pair.pk}")
    assert edited.context["form"]["note"].value() == pair.note
    admin.post(at("mapping_remove", "plan", "new-plan", pair.pk))
    assert not NodeMapping.objects.exists()


def test_a_framework_is_not_mapped_to_itself(admin, plan):
    assert admin.get(at("framework_mapping", "plan", "plan")).status_code == 404


def test_a_version_is_frozen_read_and_compared_with_now(admin, plan):
    address = at("framework_versions", "plan")
    assert "No version has been frozen yet." in text_of(admin.get(address))
    admin.post(address, {"reason": "Adopted in Kuala Lumpur"})
    assert "The framework is as in version 1." in text_of(admin.get(address))
    again = admin.post(address, {"reason": "Once more"})
    assert "Nothing has changed since version 1." in text_of(again)
    FrameworkNode.objects.filter(key="g-1").update(title="Renamed", parent=node("h"))
    page = admin.get(address, {"first": "1"})
    [difference] = page.context["differences"]
    assert difference.kinds == ("moved", "renamed")
    assert "<del>First</del> → <ins>Renamed</ins>" in text_of(page)
    shown = text_of(admin.get(at("framework_version", "plan", 1)))
    assert "First" in shown
    assert "Renamed" not in shown
    book = load_workbook(io.BytesIO(admin.get(at("framework_version_export", "plan", 1)).content))
    assert "Nodes" in book.sheetnames


def test_an_old_version_is_proposed_seen_and_applied(admin, plan):
    admin.post(at("framework_versions", "plan"), {"reason": "Adopted"})
    FrameworkNode.objects.filter(key="g-1").update(title="Spoilt")
    answer = admin.post(at("framework_version_restore", "plan", 1))
    assert node("g-1").title == "Spoilt"
    preview = admin.get(answer["Location"])
    assert "<del>Spoilt</del> → <ins>First</ins>" in text_of(preview)
    admin.post(answer["Location"], {"seen": preview.context["proposal"].seen_digest})
    assert node("g-1").title == "First"
    assert "Applied on" in text_of(admin.get(answer["Location"]))


@pytest.mark.parametrize("query", ["first=99&second=now", "first=x&second=-1", "second=2&first=1"])
def test_odd_comparisons_never_break_the_page(admin, plan, query):
    admin.post(at("framework_versions", "plan"), {"reason": "Adopted"})
    assert admin.get(f"{at('framework_versions', 'plan')}?{query}").status_code == 200


def test_a_workbook_is_uploaded_previewed_and_applied(admin, plan):
    document = frameworks.contents(plan)
    document["nodes"][0]["title"] = "Changed in Excel"
    file = SimpleUploadedFile("plan.xlsx", sheets.workbook(document))
    answer = admin.post(at("framework_upload"), {"file": file})
    preview = admin.get(answer["Location"])
    assert "Changed in Excel" in text_of(preview)
    assert node("g").title == "Goal"
    stale = admin.post(answer["Location"], {"seen": "stale"})
    assert stale.status_code == 409
    assert "nothing was applied" in text_of(stale)
    admin.post(answer["Location"], {"seen": preview.context["proposal"].seen_digest})
    assert node("g").title == "Changed in Excel"


def test_the_export_of_the_back_office_comes_back_with_0_changes(admin, plan):
    file = SimpleUploadedFile(
        "plan.xlsx", admin.get(at("framework_export", "plan", "xlsx")).content
    )
    answer = admin.post(at("framework_upload"), {"file": file})
    assert "0 changes" in text_of(admin.get(answer["Location"]))


def test_a_file_that_is_no_framework_is_answered_with_a_sentence(admin):
    for content in (b"slug;title\n", b"\x00\x00", b"%PDF-1.7"):
        file = SimpleUploadedFile("plan.xlsx", content)
        answer = admin.post(at("framework_upload"), {"file": file})
        assert answer.status_code == 422
    assert not FrameworkImport.objects.exists()


def test_staff_without_the_right_read_the_tree_and_change_nothing(client_for, plan, other):
    reporter = client_for("sectoral_body_reporter")
    page = text_of(reporter.get(at("framework", "plan")))
    assert "Goal" in page
    assert at("node", "plan", node("g").token) not in page
    posts = [
        (at("node_shift", "plan", node("g").token), {"to": "down"}),
        (at("node_move", "plan", node("g").token), {"how": "under", "node": node("h").token}),
        (at("node_retire", "plan", node("g").token), {"on": "2026-01-01", "reason": "x"}),
        (at("node_new", "plan"), {"title": "x", "kind": "y", "title_status": "confirmed"}),
        (at("framework_mapping", "plan", "new-plan"), {"from_node": node("g").pk}),
        (at("framework_edit", "plan"), {"title": "x"}),
        (at("framework_upload"), {}),
    ]
    for address, values in posts:
        assert reporter.post(address, values).status_code == 404
    reporter.post(at("framework_versions", "plan"), {"reason": "mine"})
    assert not FrameworkVersion.objects.exists()
    assert plan.nodes.filter(parent=None).order_by("position").first().key == "g"


def test_a_new_framework_is_described_and_its_history_told(admin):
    admin.post(
        at("framework_new"),
        {"slug": "fresh", "title": "Fresh", "position": 9, "title_id": "Segar"},
    )
    framework = Framework.objects.get(slug="fresh")
    assert framework.titles == {"id": "Segar"}
    address = at("framework_edit", "fresh")
    seen = admin.get(address).context["form"]["seen"].value()
    answer = admin.post(
        address,
        {
            "title": "Fresh",
            "position": 9,
            "valid_from": "2030-01-01",
            "valid_to": "2029-01-01",
            "seen": seen,
        },
    )
    assert "It ends before it begins." in text_of(answer)
    page = text_of(admin.get(at("framework_changes", "fresh")))
    assert "added" in page
    assert str(admin.user) in page


def test_the_public_sees_blueprint_and_plan_side_by_side(client, loaded):
    page = client.get(
        reverse(
            "indicators:framework_beside",
            args=["ascc-blueprint-2025", "ascc-strategic-plan-2026-2035"],
        )
    )
    beside = page.context["beside"]
    assert (len(beside.pairs), beside.left_unmapped, beside.right_unmapped) == (3, 26, 4)
    text = text_of(page)
    assert "No source states a mapping; this one is ours." in text
    assert "A Engages and Benefits the People" in text
    for slugs in (["ascc-blueprint-2025"] * 2, ["ascc-blueprint-2025", "none"]):
        assert client.get(reverse("indicators:framework_beside", args=slugs)).status_code == 404


@pytest.mark.parametrize(
    "slug", ["areas", "api", "compare", "activities", "frameworks", "rounds", "submissions"]
)
def test_no_indicator_can_take_the_address_of_another_page(admin, plan, slug):
    answer = admin.post(at("indicator_new", "plan"), {"slug": slug, "title": "Areas"})
    assert f"“{slug}” is the address of another page." in text_of(answer)
