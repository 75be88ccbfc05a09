"""The world the table is tested in: the whole demonstration, and one new user of each role."""

from importlib import import_module

from django.test import Client
from django.utils import timezone

from tests.conftest import user_with_role

APPS = ("indicators", "engagement", "surveys", "campaigns", "cms")


def build() -> None:
    """Load the demonstration of every application."""
    at = timezone.now()
    for name in APPS:
        import_module(f"{name}.demonstration").load(at=at)


def client_of(role: str) -> Client:
    """A client of a new user with that role. The focal point is of Viet Nam, the reporter of SOMHD."""
    client = Client(raise_request_exception=False)
    if role == "visitor":
        return client
    limits = {
        "national_focal_point": {"area": "VN"},
        "sectoral_body_reporter": {"body": "SOMHD"},
    }
    client.force_login(user_with_role(role, **limits.get(role, {})))
    return client
