"""People with one name, names in two scripts, addresses, and who is found."""

import pytest
from django.db import IntegrityError

from engagement.models import EmailAddress, Organisation, Person, StakeholderName
from tests.engagement.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def native(person, full):
    return StakeholderName.objects.create(person=person, full=full, kind="native")


def test_one_name_is_enough():
    sukarno = make_person("Sukarno")
    assert sukarno.first_word == "Sukarno"
    assert str(sukarno) == "Sukarno"


def test_a_stored_salutation_goes_before_the_first_word():
    assert make_person("Nguyễn Thị Hương", salutation="Hương").first_word == "Hương"


def test_either_script_finds_the_person():
    somchai = make_person("Somchai Jaidee")
    native(somchai, "สมชาย ใจดี")
    only_thai = make_person("สมชาย ใจดี")
    make_person("Boris Novak")
    assert set(Person.objects.named("Somchai")) == {somchai, only_thai}
    assert set(Person.objects.named("สมชาย")) == {somchai, only_thai}


def test_thai_letters_find_somebody_known_in_latin_only():
    somchai = make_person("Somchai")
    assert list(Person.objects.named("สมชาย")) == [somchai]


def test_plain_letters_find_vietnamese_tone_marks():
    huong = make_person("Nguyễn Thị Hương")
    assert list(Person.objects.named("nguyen huong")) == [huong]


def test_two_letters_from_the_middle_of_a_khmer_name_find_it():
    ministry = make_organisation("ក្រសួងអប់រំ")
    make_organisation("Ministry of nothing")
    assert list(Organisation.objects.named("អប")) == [ministry]


def test_every_word_must_be_found_in_one_of_the_names():
    make_person("Amina Yusof")
    assert not Person.objects.named("Amina Hassan").exists()


def test_a_percent_sign_is_an_ordinary_letter():
    make_person("Amina Yusof")
    assert not Person.objects.named("%").exists()


def test_a_new_display_name_replaces_the_old_key():
    person = make_person("Amina Yusof")
    person.display_name = "Amina Rahman"
    person.save()
    assert not Person.objects.named("Yusof").exists()
    assert Person.objects.named("Rahman").get() == person


def test_names_that_begin_with_the_query_come_first():
    make_person("Maung Aung")
    first = make_person("Aung")
    assert Person.objects.named("Aung").first() == first


def test_the_main_address_is_the_one_to_write_to():
    person = make_person(address="old@people.example")
    EmailAddress.objects.create(person=person, address="second@people.example")
    assert person.primary_address() == "old@people.example"
    person.addresses.filter(is_primary=True).update(status="bounced")
    assert person.primary_address() == "second@people.example"


def test_somebody_without_an_address_has_none():
    assert make_person(address=None).primary_address() is None


def test_the_same_address_twice_on_one_person_is_refused():
    person = make_person(address="a@people.example")
    with pytest.raises(IntegrityError):
        EmailAddress.objects.create(person=person, address="A@people.example")
