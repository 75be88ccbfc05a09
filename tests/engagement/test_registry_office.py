"""The registry's screens: lists stay cheap, others' records are not there, attempts are kept."""

from datetime import date

import pytest
from django.urls import reverse

from engagement.models import Consent, Interaction, Person, RegistryAccess, Segment
from tests.engagement.factories import (
    make_affiliation,
    make_category,
    make_consent,
    make_holding,
    make_organisation,
    make_person,
    make_post,
    make_segment,
)
from tests.indicators.factories import make_area

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client_for):
    return client_for("engagement_officer")


@pytest.fixture
def focal(client_for):
    make_area("VN")
    return client_for("national_focal_point", area="VN")


def crowd(number):
    institute = make_organisation("Institute", area="VN")
    for index in range(number):
        make_affiliation(make_person(f"Person {index}", area="VN"), institute)


@pytest.mark.parametrize("screen", ["people", "organisations", "posts", "interactions"])
def test_lists_cost_the_same_for_two_and_for_forty(officer, screen, django_assert_max_num_queries):
    crowd(40)
    post = make_post(area="VN")
    make_holding(post, Person.objects.first())
    officer.get("/office/")
    with django_assert_max_num_queries(40):
        assert officer.get(reverse(f"registry_{screen}:index")).status_code == 200


def test_the_list_finds_either_script_and_the_search_is_written_down(officer):
    make_person("สมชาย ใจดี")
    make_person("Boris Novak")
    page = officer.get(reverse("registry_people:index"), {"q": "Somchai"}).content.decode()
    assert "สมชาย" in page
    assert "Boris" not in page
    entry = RegistryAccess.objects.get()
    assert (entry.user, entry.kind, entry.results) == (officer.user, "search", 1)


def test_the_list_is_filtered_by_category_with_those_below(officer):
    civil = make_category("civil-society")
    make_person("Amina", category=make_category("youth", parent=civil))
    make_person("Boris", category=make_category("media"))
    page = officer.get(reverse("registry_people:index"), {"category": civil.pk}).content.decode()
    assert "Amina" in page
    assert "Boris" not in page


def test_a_focal_point_does_not_find_people_of_another_area_and_the_attempt_is_kept(focal):
    somchai = make_person("Somchai", area="TH")
    for screen in ("inspect", "edit", "history", "add_consent"):
        url = reverse(f"registry_people:{screen}", args=[somchai.pk])
        assert focal.get(url).status_code == 404
    entry = RegistryAccess.objects.filter(kind="refused").first()
    assert entry.user == focal.user
    assert somchai.token in entry.what
    assert "Somchai" not in focal.get(reverse("registry_people:index")).content.decode()
    found = focal.get(reverse("registry_people:index"), {"q": "Somchai"})
    assert "inspect" not in found.content.decode().split("listing-results")[-1]


def test_a_focal_point_files_people_under_the_own_area_only(focal):
    thailand, vietnam = make_area("TH"), make_area("VN")
    words = {"display_name": "Hương", "native_name": "", "address": "huong@people.example"}
    url = reverse("registry_people:add")
    assert focal.post(url, words | {"area": thailand.pk}).status_code == 200
    assert focal.post(url, words).status_code == 200
    assert not Person.objects.exists()
    assert focal.post(url, words | {"area": vietnam.pk}).status_code == 302
    assert Person.objects.get().primary_address() == "huong@people.example"


def test_texts_on_a_record_are_shown_as_text(officer):
    person = make_person()
    page = officer.get(reverse("registry_people:inspect", args=[person.pk])).content.decode()
    assert '<script>alert("x")</script>' not in page
    assert "&lt;script&gt;" in page


def test_consent_on_paper_is_recorded_with_its_evidence(officer):
    person = make_person()
    url = reverse("registry_people:add_consent", args=[person.pk])
    assert officer.post(url, {"purpose": "campaigns", "state": "given"}).status_code == 422
    words = {
        "purpose": "campaigns",
        "state": "given",
        "wording_version": "2026-01",
        "wording": "You may write to me.",
        "evidence": "paper form, file 12",
    }
    assert officer.post(url, words).status_code == 302
    assert Consent.objects.get().recorded_by == officer.user
    page = officer.get(reverse("registry_people:inspect", args=[person.pk])).content.decode()
    assert "file 12" in page


def test_an_interaction_is_remembered_by_the_post_the_person_holds(officer):
    person, post = make_person(), make_post()
    make_holding(post, person)
    url = reverse("registry_people:add_interaction", args=[person.pk])
    words = {"kind": "call", "at": "2026-11-20 10:00", "subject": "Open values", "body": ""}
    assert officer.post(url, words).status_code == 302
    assert list(Interaction.objects.get().posts.all()) == [post]


def test_a_holder_is_appointed_and_an_overlap_is_explained(officer):
    post, amina, boris = make_post(), make_person("Amina"), make_person("Boris")
    url = reverse("registry_posts:appoint", args=[post.pk])
    assert officer.post(url, {"person": amina.pk, "start": "2026-01-01"}).status_code == 302
    answer = officer.post(url, {"person": boris.pk, "start": "2025-01-01"})
    assert answer.status_code == 422
    assert "Choose a later day" in answer.content.decode()
    assert post.holder(date(2026, 6, 1)).person == amina


def test_a_segment_is_built_from_its_form_and_counted_live(officer):
    amina = make_person(category=make_category("think-tanks"))
    make_consent(amina)
    words = {"categories": ["think-tanks"], "consent": "campaigns"}
    count = officer.get(reverse("registry_segments:count"), words).json()
    assert count["count"] == 1
    assert officer.post(reverse("registry_segments:add"), words | {"name": "T"}).status_code == 302
    segment = Segment.objects.get()
    assert segment.definition == words
    again = officer.get(reverse("registry_segments:count"), words | {"name": "T"}).json()
    assert again["count"] == 1
    page = officer.get(reverse("registry_segments:inspect", args=[segment.pk])).content.decode()
    assert "1 person belongs to it now." in page
    assert amina.display_name in page


def test_a_focal_points_count_holds_people_of_the_area_only(focal, officer):
    make_person("Hương", area="VN")
    make_person("Somchai", area="TH")
    segment = make_segment(area=make_area("VN"), definition={})
    page = focal.get(reverse("registry_segments:inspect", args=[segment.pk])).content.decode()
    assert "1 person belongs" in page
    assert "Somchai" not in page


def test_changes_are_readable_with_before_and_after(officer):
    person = make_person("Amina")
    words = {"display_name": "Amina Rahman", "native_name": "", "address": "", "language": "id"}
    officer.post(reverse("registry_people:edit", args=[person.pk]), words)
    page = officer.get(reverse("registry_people:history", args=[person.pk])).content.decode()
    assert "<del>Amina</del>" in page
    assert "<ins>Amina Rahman</ins>" in page
    assert str(officer.user) in page


def test_what_others_rest_on_is_not_deleted_and_the_reason_is_said(client_for):
    admin = client_for("administrator")
    category = make_category()
    make_organisation(category=category)
    url = reverse("registry_categories:delete", args=[category.pk])
    page = admin.post(url, follow=True).content.decode()
    assert "cannot be deleted" in page
    category.refresh_from_db()
