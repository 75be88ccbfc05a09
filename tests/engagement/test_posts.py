"""Posts remember: who held them on which day, and what happened then."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from engagement.errors import HoldingsOverlap
from engagement.models import Post, PostHolding
from engagement.services import appoint, end_holding, record_interaction
from tests.engagement.factories import AT, make_holding, make_person, make_post

pytestmark = pytest.mark.django_db


def test_the_holder_of_a_past_day_is_known():
    post = make_post("SOCA leader, Thailand", area="TH")
    amina, boris = make_person("Amina"), make_person("Boris")
    make_holding(post, amina, date(2016, 1, 1), date(2021, 3, 1))
    make_holding(post, boris, date(2021, 3, 1))
    assert post.holder(date(2020, 5, 21)).person == amina
    assert post.holder(date(2021, 3, 1)).person == boris
    assert post.holder(date(2015, 1, 1)) is None


def test_an_appointment_ends_the_predecessors_term_on_that_day():
    post = make_post()
    old = make_holding(post, make_person("Amina"))
    appoint(post=post, person=make_person("Boris"), start=date(2026, 7, 1))
    old.refresh_from_db()
    assert old.valid_to == date(2026, 7, 1)
    assert post.holder(date(2026, 7, 1)).person.display_name == "Boris"


def test_an_acting_holder_stands_beside_the_regular_one():
    post = make_post()
    regular = make_holding(post, make_person("Amina"))
    appoint(post=post, person=make_person("Boris"), start=date(2026, 7, 1), is_acting=True)
    regular.refresh_from_db()
    assert regular.valid_to is None
    assert post.holder(date(2026, 8, 1)) == regular


def test_nobody_is_appointed_before_a_later_holder():
    post = make_post()
    make_holding(post, make_person("Amina"), start=date(2026, 7, 1))
    with pytest.raises(HoldingsOverlap, match="Amina.*later day"):
        appoint(post=post, person=make_person("Boris"), start=date(2026, 1, 1))
    assert PostHolding.objects.count() == 1


def test_a_term_cannot_end_before_it_begins():
    holding = make_holding(make_post(), make_person(), start=date(2026, 7, 1))
    with pytest.raises(HoldingsOverlap):
        end_holding(holding=holding, on=date(2026, 7, 1))
    holding.valid_to = date(2026, 1, 1)
    with pytest.raises(ValidationError, match="end must come after"):
        holding.full_clean()
    with pytest.raises(IntegrityError):
        holding.save()


def test_vacant_posts_are_found():
    held, vacant = make_post("Held"), make_post("Vacant")
    make_post("Gone", abolished_on=date(2020, 1, 1))
    make_holding(held, make_person())
    assert list(Post.objects.vacant(AT.date())) == [vacant]


def test_the_post_keeps_what_was_said_to_its_former_holder():
    post, amina = make_post(), make_person("Amina")
    record_interaction(kind="letter", subject="Calendar", people=[amina], posts=[post], at=AT)
    appoint(post=post, person=make_person("Boris"), start=date(2026, 12, 1))
    assert [entry.subject for entry in post.interactions.all()] == ["Calendar"]
