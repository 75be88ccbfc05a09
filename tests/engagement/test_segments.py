"""A segment recomputes: who belongs to it follows the registry."""

from datetime import timedelta

import pytest

from engagement.errors import SegmentInvalid
from engagement.models import Segment, Tag
from engagement.registry import segments
from engagement.services import withdraw_consent
from tests.engagement.factories import (
    AT,
    make_affiliation,
    make_body,
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
TODAY = AT.date()


def members(definition):
    segment = Segment(name="Not saved", definition=definition)
    return set(segments.people_in(segment, at=AT))


def test_an_empty_definition_is_everybody():
    amina = make_person()
    assert members({}) == {amina}


def test_a_category_includes_those_below_it():
    civil = make_category("civil-society")
    youth = make_category("youth", parent=civil)
    amina = make_person("Amina", category=youth)
    make_person("Boris", category=make_category("media"))
    assert members({"categories": ["civil-society"]}) == {amina}


def test_the_category_of_the_present_organisation_counts():
    amina, boris = make_person("Amina"), make_person("Boris")
    institute = make_organisation(category=make_category("think-tanks"))
    make_affiliation(amina, institute)
    make_affiliation(boris, institute, valid_to=TODAY - timedelta(days=1))
    assert members({"categories": ["think-tanks"]}) == {amina}


def test_different_filters_must_all_hold_and_values_are_alternatives():
    amina = make_person("Amina", area="VN", language="vi")
    make_person("Boris", area="VN", language="en")
    chipo = make_person("Chipo", area="TH", language="vi")
    assert members({"areas": ["VN", "TH"], "languages": ["vi"]}) == {amina, chipo}


def test_holders_of_posts_of_a_body_belong_while_they_hold_them():
    amina, boris = make_person("Amina"), make_person("Boris")
    post = make_post(body=make_body("SOMHD"))
    make_holding(post, boris, end=TODAY)
    make_holding(post, amina, start=TODAY)
    assert members({"bodies": ["SOMHD"]}) == {amina}
    assert members({"posts": ["focal_point"]}) == {amina}


def test_consent_follows_withdrawal():
    amina = make_person()
    make_consent(amina)
    segment = make_segment(definition={"consent": "campaigns"})
    assert list(segments.people_in(segment, at=AT)) == [amina]
    withdraw_consent(person=amina, purpose="campaigns", evidence="x", at=AT + timedelta(hours=1))
    assert list(segments.people_in(segment, at=AT)) == []


def test_exclusions_win():
    amina, boris = make_person("Amina"), make_person("Boris")
    boris.tags.add(Tag.objects.create(slug="press", name="Press"))
    assert members({"exclude": {"tags": ["press"]}}) == {amina}


def test_organisations_and_addresses_narrow_the_segment():
    amina, boris = make_person("Amina"), make_person("Boris", address=None)
    institute = make_organisation()
    make_affiliation(amina, institute)
    make_affiliation(boris, institute)
    found = members({"organisations": [institute.token], "with_address": True})
    assert found == {amina}


@pytest.mark.parametrize(
    ("definition", "key", "word"),
    [
        ([], "", "set of filters"),
        ({"colour": ["red"]}, "colour", "“colour” is not a filter"),
        ({"areas": ["XX"]}, "areas", "“XX” is not known"),
        ({"areas": "VN"}, "areas", "list of codes"),
        ({"areas": [1]}, "areas", "list of codes"),
        ({"consent": "everything"}, "consent", "not a purpose"),
        ({"with_address": "yes"}, "with_address", "true or false"),
        ({"exclude": {"consent": "campaigns"}}, "exclude.consent", "cannot be excluded"),
        ({"exclude": []}, "exclude", "holds filters"),
        ({"exclude": {"tags": ["nothing"]}}, "exclude.tags", "not known"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(definition, key, word):
    make_area("VN")
    ((found, sentence),) = segments.problems(definition)
    assert found == key
    assert word in sentence


def test_a_definition_that_lost_its_category_raises_with_the_sentence():
    segment = make_segment(definition={"categories": ["gone"]})
    with pytest.raises(SegmentInvalid, match="gone"):
        segments.people_in(segment, at=AT)
