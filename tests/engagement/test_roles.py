"""The roles are groups with exactly the permissions written in code."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from engagement import roles
from engagement.errors import UnknownPermission
from tests.engagement.factories import make_user

pytestmark = pytest.mark.django_db

NAMES = {
    "communications_officer",
    "engagement_officer",
    "survey_manager",
    "analyst",
    "national_focal_point",
    "sectoral_body_reporter",
    "approver",
    "administrator",
}


@pytest.fixture(autouse=True)
def before_the_first_time(db):
    """Every test finds the roles; here it is their making that is tested."""
    Group.objects.all().delete()


def test_every_role_exists_with_its_permissions_after_the_command(capsys):
    call_command("roles")
    assert set(Group.objects.values_list("name", flat=True)) >= NAMES
    for name in NAMES:
        have = {
            f"{app}.{codename}"
            for app, codename in Group.objects.get(name=name).permissions.values_list(
                "content_type__app_label", "codename"
            )
        }
        assert have == set(roles.ROLES[name].permissions)


def test_a_second_run_changes_nothing():
    roles.ensure_roles()
    assert roles.ensure_roles() == []


def test_a_permission_given_by_hand_is_taken_back_and_reported():
    roles.ensure_roles()
    Group.objects.get(name="analyst").permissions.add(Permission.objects.get(codename="add_user"))
    assert roles.ensure_roles() == [
        "The role analyst gained 0 permissions and lost 1.",
    ]


def test_every_role_may_enter_the_office():
    for role in roles.ROLES.values():
        assert roles.ENTER_OFFICE in role.permissions


def test_only_administrators_manage_accounts():
    for name, role in roles.ROLES.items():
        assert ("engagement.change_user" in role.permissions) is (name == "administrator")


def test_an_unknown_permission_is_named(monkeypatch):
    role = roles.Role("Analyst", ("surveys.view_wonder",))
    monkeypatch.setitem(roles.ROLES, "analyst", role)
    with pytest.raises(UnknownPermission, match=r"surveys\.view_wonder \(role analyst\)"):
        roles.ensure_roles()
    with pytest.raises(CommandError, match="view_wonder"):
        call_command("roles")
    assert not Group.objects.filter(name="analyst").exists()


def test_asking_for_a_role_that_does_not_exist_names_those_that_do():
    with pytest.raises(KeyError, match="communications_officer"):
        roles.has_role(make_user(), "king")


def test_a_stranger_may_not_enter_the_office():
    assert not roles.may_enter_office(make_user())
