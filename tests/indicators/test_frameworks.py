"""A framework as data: its tree is moved safely, its versions are kept, two of them are told apart."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from indicators import frameworks, services
from indicators.errors import NotInTree, ReasonRequired, Unchanged
from indicators.models import (
    Baseline,
    FrameworkNode,
    FrameworkVersion,
    Indicator,
    NodeMapping,
    Target,
)
from tests.indicators.factories import AT, make_area, make_framework, make_indicator, make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina():
    """The administrator who keeps the frameworks."""
    return get_user_model().objects.create(email="amina@asean.example")


@pytest.fixture
def plan():
    framework = make_framework(slug="plan", title="Plan")
    for number, (key, parent) in enumerate(
        [("a", ""), ("b", ""), ("a-1", "a"), ("a-2", "a"), ("a-1-x", "a-1")], start=1
    ):
        make_node(
            framework=framework,
            key=key,
            code=key.upper(),
            title=f"Part {key}",
            position=number,
            parent=FrameworkNode.objects.filter(framework=framework, key=parent).first(),
        )
    return framework


def node(plan, key):
    return FrameworkNode.objects.get(framework=plan, key=key)


def shape(plan):
    """The tree as nested keys."""

    def told(branch):
        return (branch.node.key, [told(child) for child in branch.children])

    nodes = FrameworkNode.objects.filter(framework=plan).order_by("position", "code")
    return [told(branch) for branch in frameworks.branches(nodes)]


def test_a_tree_of_two_hundred_levels_is_arranged_without_running_out_of_stack():
    framework = make_framework(slug="deep")
    rows = [
        FrameworkNode(pk=n, framework=framework, key=str(n), parent_id=n - 1 or None)
        for n in range(1, 3001)
    ]
    [root] = frameworks.branches(rows)
    assert [branch.depth for branch in frameworks.flat([root])] == list(range(3000))
    assert len(frameworks.below(rows[0], rows)) == 3000


def test_a_new_node_stands_behind_its_siblings_under_a_key_of_its_own(plan, amina):
    made = services.add_node(
        framework=plan,
        parent=node(plan, "a"),
        by=amina,
        at=AT,
        kind="objective",
        code="A-2",
        title="Another",
    )
    assert made.key == "a-2-2"
    assert shape(plan)[0][1] == [("a-1", [("a-1-x", [])]), ("a-2", []), ("a-2-2", [])]


def test_a_node_moves_with_everything_below_it(plan, amina):
    services.move_node(node=node(plan, "a-1"), parent=node(plan, "b"), by=amina, at=AT)
    assert shape(plan) == [("a", [("a-2", [])]), ("b", [("a-1", [("a-1-x", [])])])]


def test_a_node_is_placed_before_the_sibling_that_is_named(plan, amina):
    services.move_node(
        node=node(plan, "b"),
        parent=node(plan, "a"),
        before=node(plan, "a-2"),
        by=amina,
        at=AT,
    )
    assert shape(plan) == [("a", [("a-1", [("a-1-x", [])]), ("b", []), ("a-2", [])])]


@pytest.mark.parametrize("under", ["a", "a-1", "a-1-x"])
def test_a_node_is_never_placed_under_itself_or_its_own_parts(plan, amina, under):
    before = shape(plan)
    with pytest.raises(NotInTree, match="cannot be placed under"):
        services.move_node(node=node(plan, "a"), parent=node(plan, under), by=amina, at=AT)
    assert shape(plan) == before


def test_a_node_is_never_placed_in_another_framework(plan, amina):
    with pytest.raises(NotInTree, match="another framework"):
        services.move_node(node=node(plan, "a"), parent=make_node(), by=amina, at=AT)


def test_siblings_change_places_even_if_they_had_the_same_number(plan, amina):
    FrameworkNode.objects.filter(framework=plan).update(position=0)
    assert [key for key, _parts in shape(plan)] == ["a", "b"]
    assert services.shift_node(node=node(plan, "b"), steps=-1, by=amina, at=AT)
    assert [key for key, _parts in shape(plan)] == ["b", "a"]
    assert not services.shift_node(node=node(plan, "b"), steps=-1, by=amina, at=AT)


def test_retiring_takes_everything_below_along_and_deletes_nothing(plan, amina):
    indicator = make_indicator(framework=plan, node=node(plan, "a-1-x"))
    day = date(2026, 1, 1)
    assert (
        services.retire_node(node=node(plan, "a"), on=day, reason="Replaced", by=amina, at=AT) == 4
    )
    standing = FrameworkNode.objects.filter(framework=plan).standing(day)
    assert [one.key for one in standing] == ["b"]
    indicator.refresh_from_db()
    assert indicator.node.key == "a-1-x"
    entry = node(plan, "a-1").history.get(history_type="~")
    assert (entry.history_user, entry.history_date, entry.history_change_reason) == (
        amina,
        AT,
        "Replaced",
    )


def test_a_node_comes_back_with_what_stands_above_it(plan, amina):
    services.retire_node(
        node=node(plan, "a"), on=date(2026, 1, 1), reason="Replaced", by=amina, at=AT
    )
    services.reinstate_node(node=node(plan, "a-1"), by=amina, at=AT)
    standing = FrameworkNode.objects.filter(framework=plan).standing(date(2026, 2, 1))
    assert {one.key for one in standing} == {"a", "a-1", "b"}


def test_retiring_without_a_reason_is_refused(plan, amina):
    with pytest.raises(ReasonRequired):
        services.retire_node(node=node(plan, "a"), on=date(2026, 1, 1), reason=" ", by=amina, at=AT)


def test_mapping_the_same_pair_again_replaces_its_note(plan, amina):
    other = make_node(framework=make_framework(slug="other"), key="goal")
    for note in ("first", "second"):
        services.map_nodes(
            from_node=node(plan, "a"), to_node=other, kind="related", note=note, by=amina, at=AT
        )
    [mapping] = NodeMapping.objects.all()
    assert mapping.note == "second"
    assert [entry.note for entry in mapping.history.all()] == ["second", "first"]


def test_nodes_of_one_framework_are_not_mapped_to_each_other(plan, amina):
    with pytest.raises(NotInTree, match="same framework"):
        services.map_nodes(
            from_node=node(plan, "a"), to_node=node(plan, "b"), kind="same", by=amina, at=AT
        )


def test_a_version_is_frozen_with_its_digest_and_only_if_something_changed(plan, amina):
    first = services.freeze(framework=plan, reason="Adopted", by=amina, at=AT)
    assert (first.number, first.digest) == (1, frameworks.digest(frameworks.contents(plan)))
    with pytest.raises(Unchanged, match="since version 1"):
        services.freeze(framework=plan, reason="Again", by=amina, at=AT)
    services.shift_node(node=node(plan, "b"), steps=-1, by=amina, at=AT)
    second = services.freeze(framework=plan, reason="Reordered", by=amina, at=AT)
    assert second.number == 2
    assert FrameworkVersion.objects.get(number=1).contents == first.contents
    with pytest.raises(ReasonRequired):
        services.freeze(framework=plan, reason="", by=amina, at=AT)


def test_two_documents_tell_added_removed_moved_renamed_and_changed_apart(plan, amina):
    indicator = make_indicator("kpi-1", framework=plan, title="Awareness")
    target = Target.objects.create(
        indicator=indicator, area=make_area("KH"), period="2030", value="2.500"
    )
    before = frameworks.contents(plan)
    services.move_node(node=node(plan, "a-1"), parent=node(plan, "b"), by=amina, at=AT)
    FrameworkNode.objects.filter(key="a-2").update(title="New name")
    Indicator.objects.filter(pk=indicator.pk).update(unit="score")
    target.delete()
    make_node(framework=plan, key="c", title="Part c", position=9)
    found = {
        (one.section, *one.known_as): one.kinds
        for one in frameworks.compare(before, frameworks.contents(plan))
    }
    assert found == {
        ("nodes", "a-1"): ("moved",),
        ("nodes", "a-2"): ("renamed",),
        ("nodes", "c"): ("added",),
        ("indicators", "kpi-1"): ("changed",),
        ("targets", "kpi-1", "KH", "2030"): ("removed",),
    }


def test_a_document_of_before_a_column_existed_is_not_thereby_different(plan):
    now = frameworks.contents(plan)
    older = frameworks.contents(plan)
    for row in older["nodes"]:
        del row["valid_to"]
    assert frameworks.compare(older, now) == []


def test_no_column_of_a_model_is_missing_from_the_document(plan):
    left_out = {"id", "token"}
    for section in frameworks.SECTIONS:
        held = {field.name for field in section.fields}
        columns = {
            field.name
            for field in section.model._meta.concrete_fields
            if not field.is_relation and field.name not in left_out
        }
        assert held == columns
    relations = {
        (section.name, field.name)
        for section in frameworks.SECTIONS
        for field in section.model._meta.concrete_fields
        if field.is_relation
    }
    assert relations == {
        ("nodes", "framework"),
        ("nodes", "parent"),
        ("indicators", "framework"),
        ("indicators", "node"),
        ("indicators", "parent"),
        ("targets", "indicator"),
        ("targets", "area"),
        ("baselines", "indicator"),
        ("baselines", "area"),
        ("mappings", "from_node"),
        ("mappings", "to_node"),
    }


def test_the_document_costs_the_same_queries_however_large_it_is(
    plan, django_assert_max_num_queries
):
    for number in range(30):
        indicator = make_indicator(f"kpi-{number}", framework=plan, node=node(plan, "a"))
        area = make_area("KH")
        Target.objects.create(indicator=indicator, area=area, period="2030", value=number)
        Baseline.objects.create(indicator=indicator, area=area, year=2016)
    with django_assert_max_num_queries(6):
        frameworks.contents(plan)
