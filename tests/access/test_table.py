"""Every address, asked by every role, against the written table in `table.py`."""

import logging
import re

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access import world
from tests.access.addresses import Address, addresses, path_to, path_with_anything
from tests.access.table import (
    ELSEWHERE,
    OBJECTS,
    OBJECTS_ELSEWHERE,
    OUTSIDERS,
    ROLES,
    STAFF,
    TABLE,
    WAGTAIL,
    WAGTAIL_ASKS,
    WAGTAIL_OFF,
    WAGTAIL_PUBLIC,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access")]

# What a screen reader says first, and what a tab shows.
NAMELESS = re.compile(rb"<title>\s*(-|</title>)")


@pytest.fixture(scope="module")
def whole_site(put_the_whole_demonstration, django_db_blocker):
    """The demonstration, put there for this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        put_the_whole_demonstration()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ask(whole_site, django_db_blocker, settings):
    """Ask one path as one role; what the request writes is taken back."""
    settings.REQUIRE_STAFF_MFA = False
    settings.OUTBOX_PUBLIC = True
    logging.disable(logging.CRITICAL)
    clients = {}

    def status(role: str, path: str) -> int:
        if role not in clients:
            clients[role] = world.client_of(role)
        client = clients[role]
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        mark = transaction.savepoint()
        try:
            response = client.get(path)
            if NAMELESS.search(getattr(response, "content", b"")[:4000]):
                status.nameless.append(path)
            return response.status_code
        finally:
            transaction.savepoint_rollback(mark)
            for name, value in cookies.items():
                client.cookies[name] = value

    status.nameless = []
    yield status
    logging.disable(logging.NOTSET)


def is_wagtails(address: Address) -> bool:
    """Whether the address belongs to Wagtail and stands in the table by the part it is in."""
    module = getattr(address.pattern.callback, "__module__", "")
    owner = getattr(address.pattern.callback, "view_class", None)
    model = getattr(address.pattern.callback, "view_initkwargs", {}).get("model")
    ours = isinstance(model, type) and not model.__module__.startswith(("wagtail", "django"))
    at_users = address.key.startswith(("wagtailusers_", "wagtailadmin_"))
    return (
        address.route.startswith("office/")
        and address.key not in TABLE
        and (at_users or not ours)
        and (
            address.key.startswith(("wagtail", "office/"))
            or module.startswith("wagtail")
            or (owner is not None and owner.__module__.startswith("wagtail"))
        )
    )


def part(address: Address) -> tuple[str, ...]:
    return next(who for prefix, who in WAGTAIL.items() if address.route.startswith(prefix))


def test_every_address_stands_in_the_table():
    missing = [
        f"{address.key}  ({address.route})"
        for address in addresses()
        if address.key not in TABLE and not is_wagtails(address)
    ]
    assert missing == [], "Add a row for each to tests/access/table.py."


def test_the_table_names_no_address_that_is_gone():
    known = {address.key for address in addresses()}
    assert sorted(set(TABLE) - known) == []
    assert sorted((set(OBJECTS) | set(ELSEWHERE)) - known) == []


def test_every_row_says_what_every_role_gets():
    for key, row in (TABLE | ELSEWHERE).items():
        assert set(row) == set(ROLES), key


def test_every_row_is_asked_with_a_real_object(whole_site):
    lacking = [
        address.key
        for address in addresses()
        if address.key in TABLE and path_to(address, OBJECTS) is None
    ]
    assert lacking == [], "Name an object for each in OBJECTS of tests/access/table.py."


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_at_every_address_what_the_table_says(ask, role):
    wrong = []
    for address in addresses():
        if address.key not in TABLE:
            continue
        path = path_to(address, OBJECTS)
        got, expected = ask(role, path), TABLE[address.key][role]
        if got != expected:
            wrong.append(f"{address.key} {path}: {got}, the table says {expected}")
    assert not wrong, "\n".join(wrong)
    assert not ask.nameless, "These pages have no title: " + ", ".join(ask.nameless)


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_another_country_is_not_there(ask, role):
    wrong = []
    for key, row in ELSEWHERE.items():
        path = reverse(key, args=OBJECTS_ELSEWHERE[key]())
        if (got := ask(role, path)) != row[role]:
            wrong.append(f"{key} {path}: {got}, the table says {row[role]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_wagtails_own_screens_open_for_those_who_work_there(ask, role):
    from cms.models import HomePage

    page = HomePage.objects.first().pk
    wrong = []
    for address in addresses():
        if not is_wagtails(address) or address.key in WAGTAIL_PUBLIC:
            continue
        path = path_to(address, {}) or path_with_anything(address, page)
        if path is None:
            continue
        got = ask(role, path)
        if address.route.startswith(WAGTAIL_OFF):
            fine = got in {302, 404}
        elif role in OUTSIDERS:
            fine = got in {301, 302, 404}
        elif role in part(address) or address.key in WAGTAIL_ASKS:
            fine = got < 500
        else:
            fine = got in {301, 302, 403, 404, 405}
        if not fine:
            wrong.append(f"{address.key} {path}: {got}")
    assert not wrong, "\n".join(wrong)


def test_the_staff_of_the_table_are_the_roles_of_the_product():
    from engagement.roles import ROLES as PRODUCT

    assert set(STAFF) == set(PRODUCT)
