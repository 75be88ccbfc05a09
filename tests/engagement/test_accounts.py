"""Signing in, the second factor of staff, and the accounts' screen in the back office."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail

from engagement.models import User
from engagement.roles import ROLES
from tests.engagement.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-word-for-tests"


@pytest.fixture
def amina(client_for):
    """A communications officer whose address is confirmed."""
    user = client_for("communications_officer").user
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email, password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_staff_start_in_the_back_office(client, amina):
    assert sign_in(client, amina.email).headers["Location"] == "/office/"


def test_others_start_on_the_home_page(client):
    dan = make_user("dan@people.example", password=PASSWORD)
    EmailAddress.objects.create(user=dan, email=dan.email, verified=True, primary=True)
    assert sign_in(client, dan.email).headers["Location"] == "/"


def test_a_wrong_password_signs_nobody_in(client, amina):
    assert sign_in(client, amina.email, "wrong").status_code == 200
    assert "_auth_user_id" not in client.session


def test_wagtails_own_sign_ins_lead_to_ours(client):
    for path in ("/office/login/", "/_util/login/"):
        assert (
            client.get(path + "?next=/office/").headers["Location"].startswith("/accounts/login/")
        )


def test_staff_without_a_second_factor_are_led_to_set_one_up(client_for, settings):
    settings.REQUIRE_STAFF_MFA = True
    client = client_for("analyst")
    answer = client.get("/office/", follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "needs a second factor" in answer.content.decode()


def test_staff_with_a_second_factor_reach_the_office(client_for, settings):
    settings.REQUIRE_STAFF_MFA = True
    client = client_for("analyst")
    TOTP.activate(client.user, generate_totp_secret())
    assert client.get("/office/").status_code == 200


def test_a_second_factor_is_asked_for_when_signing_in(client, amina):
    TOTP.activate(amina, generate_totp_secret())
    assert (
        sign_in(client, amina.email).headers["Location"].startswith("/accounts/2fa/authenticate/")
    )
    assert client.get("/office/").status_code == 302


def test_without_the_setting_a_second_factor_is_only_offered(client_for, settings):
    settings.REQUIRE_STAFF_MFA = False
    client = client_for("analyst")
    assert client.get("/office/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200


def sign_up(client, email):
    words = {"email": email, "password1": PASSWORD, "password2": PASSWORD, "website": ""}
    return client.post("/accounts/signup/", words)


def test_a_visitor_may_open_an_account_which_has_no_rights(client):
    sign_up(client, "chipo@people.example")
    chipo = User.objects.get(email="chipo@people.example")
    assert chipo.get_all_permissions() == set()
    assert [letter.to for letter in mail.outbox] == [["chipo@people.example"]]
    assert client.get("/office/").status_code == 302


def test_a_program_that_fills_the_hidden_field_gets_no_account(client):
    words = {"email": "bot@x.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", words | {"website": "spam"})
    assert not User.objects.filter(email="bot@x.example").exists()


def test_sign_up_can_be_closed(client, settings):
    settings.OPEN_SIGNUP = False
    sign_up(client, "chipo@people.example")
    assert not User.objects.exists()


def test_a_reset_is_mailed_to_people_with_an_account_only(client, amina):
    client.post("/accounts/password/reset/", {"email": amina.email})
    client.post("/accounts/password/reset/", {"email": "nobody@people.example"})
    assert [letter.to for letter in mail.outbox] == [[amina.email]]


def test_the_demonstrations_logins_sign_in(client, whole_registry):
    from engagement.demonstration.logins import PASSWORD as PUBLIC
    from engagement.demonstration.logins import address

    for role in ROLES:
        assert sign_in(client, address(role), PUBLIC).headers["Location"] == "/office/"
        client.logout()


@pytest.fixture
def whole_registry(db):
    from django.utils import timezone

    from engagement.demonstration import logins, registry
    from indicators import demonstration

    at = timezone.now()
    demonstration.load(at=at)
    registry.load(at=at)
    logins.load(at=at)


def test_an_administrator_adds_and_changes_an_account(client_for):
    client = client_for("administrator")
    words = {
        "email": "Mei@Office.Example",
        "name": "Mei",
        "language": "en",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = client.post("/office/users/new/", words)
    assert answer.status_code == 302, answer.context["form"].errors
    mei = User.objects.get(email="mei@office.example")
    EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    changed = {"email": "mei2@office.example", "name": "Mei Lin", "is_active": "on"}
    answer = client.post(f"/office/users/edit/{mei.pk}/", changed)
    assert answer.status_code == 302, answer.context["form"].errors
    mei.refresh_from_db()
    assert (mei.name, mei.email) == ("Mei Lin", "mei2@office.example")
    assert not EmailAddress.objects.filter(user=mei).exists()


def test_an_administrator_cannot_change_a_superuser_or_make_one(client_for):
    client = client_for("administrator")
    root = User.objects.create_superuser("root@office.example")
    client.post(f"/office/users/edit/{root.pk}/", {"email": "x@x.example", "is_active": "on"})
    root.refresh_from_db()
    assert root.email == "root@office.example"
    own = {"email": client.user.email, "name": "A", "is_superuser": "on"}
    client.post(f"/office/users/edit/{client.user.pk}/", own)
    assert not User.objects.get(pk=client.user.pk).is_superuser
