"""The world the table is tested in: the whole demonstration, and one new user of each role."""

from django.test import Client

from tests.conftest import user_with_role


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
