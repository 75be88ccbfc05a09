"""What every test may ask for: people signed in with a role, and (by the plugin) real servers."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone, translation

pytest_plugins = [
    "tests.availability",
    "tests.crowds",
    "tests.databases",
    "tests.services.demo",
]


@pytest.fixture
def client_for(db) -> Callable[..., Client]:
    """Sign in a new user who has one role: `client_for("analyst")`.

    `area` and `body` limit the role to an area's code or a sectoral body's acronym, as a dated
    grant. The client carries its `user`. "stranger" is signed in and has no role at all.
    """

    def sign_in(role: str, *, area: str = "", body: str = "") -> Client:
        user = user_with_role(role, area=area, body=body)
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return sign_in


def user_with_role(role: str, *, area: str = "", body: str = ""):
    """Return a new user with that role; see `client_for`."""
    from django.contrib.auth.models import Group

    from engagement.models import User

    count = User.objects.count() + 1
    user = User.objects.create_user(f"{role.replace('_', '-')}-{count}@people.example", "pass")
    if role == "stranger":
        return user
    user.groups.add(Group.objects.get(name=role))
    if area or body:
        from engagement.models import Grant
        from indicators.models import Area, SectoralBody

        Grant.objects.create(
            user=user,
            role=role,
            area=Area.objects.get(code=area) if area else None,
            body=SectoralBody.objects.get(acronym=body) if body else None,
            valid_from=timezone.localdate(),
        )
    return user


@pytest.fixture(autouse=True)
def no_language_left_behind() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins without one."""
    yield
    translation.deactivate()


@pytest.fixture
def work_once() -> Callable[[], dict[str, int]]:
    """Do all periodic work once, as `manage.py work` does within a second: `work_once()`."""

    def work() -> dict[str, int]:
        from config.periodic import PERIODIC

        return {job.name: job.run(at=timezone.now()) for job in PERIODIC.values()}

    return work
