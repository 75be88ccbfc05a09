"""Rights by area and body, of one's own or through a post, and the day they end."""

from datetime import date, timedelta

import pytest

from engagement.models import Interaction, Organisation, Person, Post, Segment
from engagement.permissions import GrantBackend
from engagement.registry.visibility import today
from engagement.roles import ensure_roles, has_role, may_enter_office
from tests.engagement.factories import (
    AT,
    make_affiliation,
    make_body,
    make_grant,
    make_holding,
    make_organisation,
    make_person,
    make_post,
    make_segment,
    make_user,
)
from tests.indicators.factories import make_area, make_asean

pytestmark = pytest.mark.django_db


@pytest.fixture
def boris():
    """A focal point of Viet Nam by a grant of his own."""
    ensure_roles()
    user = make_user("boris@people.example")
    make_grant(user=user, area="VN")
    return user


def codes(user, on):
    return set(user.granted_areas(on).values_list("code", flat=True))


def test_a_grant_holds_from_its_first_day_until_the_day_it_ends():
    user = make_user()
    make_grant(user=user, area="VN", valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1))
    assert codes(user, date(2025, 12, 31)) == set()
    assert codes(user, date(2026, 1, 1)) == {"VN"}
    assert codes(user, date(2026, 6, 30)) == {"VN"}
    assert codes(user, date(2026, 7, 1)) == set()


def test_a_grant_for_a_group_covers_its_members_of_that_day():
    make_asean("VN")
    user = make_user()
    make_grant(user=user, area="ASEAN")
    assert codes(user, date(2026, 1, 1)) == {"ASEAN", "VN"}
    assert codes(user, date(1999, 1, 1)) == {"ASEAN"}


def test_a_post_passes_its_grants_from_holder_to_holder_on_one_day():
    ensure_roles()
    amina, boris = make_user("amina@people.example"), make_user("boris@people.example")
    post = make_post(area="VN")
    make_grant(post=post, area="VN")
    change = date(2026, 7, 1)
    make_holding(post, make_person("Amina", user=amina), end=change)
    make_holding(post, make_person("Boris", user=boris), start=change)
    assert codes(amina, change - timedelta(days=1)) == {"VN"}
    assert codes(boris, change - timedelta(days=1)) == set()
    assert codes(amina, change) == set()
    assert codes(boris, change) == {"VN"}


def test_permissions_end_with_the_term_too():
    ensure_roles()
    amina = make_user()
    post = make_post(area="VN")
    make_grant(post=post, area="VN")
    holding = make_holding(post, make_person("Amina", user=amina))
    assert may_enter_office(amina)
    assert has_role(amina, "national_focal_point")
    holding.valid_to = today()
    holding.save()
    amina = type(amina).objects.get(pk=amina.pk)
    assert not may_enter_office(amina)
    assert not has_role(amina, "national_focal_point")


def test_bodies_are_granted_like_areas():
    user = make_user()
    make_grant(user=user, role="sectoral_body_reporter", body="SOMHD")
    make_body("SOMY")
    assert [body.acronym for body in user.granted_bodies(today())] == ["SOMHD"]


def test_an_inactive_account_has_no_rights(boris):
    boris.is_active = False
    boris.save()
    assert codes(boris, today()) == set()
    assert GrantBackend().get_group_permissions(boris) == set()


def test_a_focal_point_sees_the_people_of_the_area(boris):
    own = make_person("Hương", area="VN")
    here = make_person("Chipo")
    make_affiliation(here, make_organisation(area="VN"))
    posted = make_person("Minh")
    make_holding(make_post("Post", area="VN"), posted)
    make_person("Somchai", area="TH")
    moved_on = make_person("Dan")
    make_affiliation(moved_on, make_organisation("Former", area="VN"), valid_to=today())
    assert set(Person.objects.visible_to(boris)) == {own, here, posted}


def test_a_focal_point_sees_shared_regional_organisations_but_not_their_people(boris):
    asean = make_area("ASEAN", kind="group")
    somhd = make_organisation("SOMHD", area=asean, body=make_body("SOMHD"))
    own = make_organisation("Institute", area="VN")
    make_organisation("Elsewhere", area="TH")
    make_affiliation(make_person("Chipo"), somhd)
    assert set(Organisation.objects.visible_to(boris)) == {somhd, own}
    assert not Person.objects.visible_to(boris).exists()


def test_posts_interactions_and_segments_are_limited_alike(boris, client_for):
    own, other = make_post("A", area="VN"), make_post("B", area="TH")
    from engagement.services import record_interaction

    for post in (own, other):
        record_interaction(kind="letter", subject=post.title, posts=[post], at=AT)
    mine = make_segment("Mine", area=make_area("VN"))
    make_segment("All")
    assert list(Post.objects.visible_to(boris)) == [own]
    assert [row.subject for row in Interaction.objects.visible_to(boris)] == ["A"]
    assert list(Segment.objects.visible_to(boris)) == [mine]


def test_a_reporter_sees_the_people_of_the_body():
    ensure_roles()
    user = make_user()
    make_grant(user=user, role="sectoral_body_reporter", body="SOMHD")
    somhd = make_person("Amina")
    make_holding(make_post("SOMHD focal point", area="TH", body=make_body("SOMHD")), somhd)
    make_holding(make_post("SOMY focal point", area="TH", body=make_body("SOMY")), make_person())
    assert list(Person.objects.visible_to(user)) == [somhd]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("communications_officer", True),
        ("engagement_officer", True),
        ("survey_manager", True),
        ("approver", True),
        ("administrator", True),
        ("analyst", False),
        ("national_focal_point", False),
        ("sectoral_body_reporter", False),
        ("stranger", False),
    ],
)
def test_only_regional_staff_see_everybody(client_for, role, sees):
    make_person()
    user = client_for(role).user
    assert Person.objects.visible_to(user).exists() is sees


def test_a_visitor_sees_nobody():
    from django.contrib.auth.models import AnonymousUser

    make_person()
    for model in (Person, Organisation, Post, Interaction, Segment):
        assert not model.objects.visible_to(AnonymousUser()).exists()
