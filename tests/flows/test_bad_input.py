"""Whatever a stranger sends: a page in the site's design, never a fault of ours, nothing stored half.

The list of addresses is read from the site itself, so that a new one is tested the day it appears.
"""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cms.factories import make_root

pytestmark = pytest.mark.django_db

OURS = ("campaigns", "surveys", "engagement", "indicators", "cms", "config")
WORDS = {"int": "9223372036854775808", "uuid": "00000000-0000-0000-0000-000000000000"}


def _addresses(resolver, prefix: str = ""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def _fill(route: str, word: str) -> str:
    def value(match: re.Match) -> str:
        kind = match.group(1).split(":")[0] if ":" in match.group(1) else "str"
        return WORDS.get(kind, word)

    return "/" + re.sub(r"<([^>]+)>", value, route).replace("\\Z", "").rstrip("$")


def _public_routes() -> list[str]:
    routes = {
        route
        for route, view in _addresses(get_resolver())
        if not route.startswith(("office/", "documents/", "accounts/"))
        and "(" not in route
        and getattr(view, "__module__", "").split(".")[0] in OURS
    }
    return sorted(routes)


ROUTES = _public_routes()
HOSTILE = {
    "an unknown token": "no-such-thing",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "a broken character": "%FF%FE",
    "a null byte": "a%00b",
    "another alphabet": "%E0%B8%AA%E0%B8%A7%E0%B8%B1%E0%B8%AA%E0%B8%94%E0%B8%B5",
    "a long word": "x" * 3000,
    "a way out": "..%2F..%2Fetc%2Fpasswd",
    "a number too large": "99999999999999999999999999",
}
PLAIN_TEXT = ("application/json", "text/csv", "text/calendar", "text/plain", "application/xml")


def _office_routes() -> list[str]:
    return sorted(
        {
            route
            for route, _view in _addresses(get_resolver())
            if route.startswith("office/") and "(" not in route and "logout" not in route
        }
    )


OFFICE_ROUTES = _office_routes()


@pytest.fixture
def visitor() -> Client:
    """A stranger's browser, which is shown what a real server answers to a fault."""
    return Client(raise_request_exception=False)


def _answer_is_sound(response) -> str:
    """Return what is wrong with an answer to a hostile request, or an empty text."""
    if response.status_code >= 500:
        return f"status {response.status_code}"
    if response.status_code >= 400:
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and b"site-header" not in response.content:
            return f"status {response.status_code} outside the site's design"
        if not response.content:
            return f"status {response.status_code} with an empty page"
    return ""


def _complaints(requests) -> list[str]:
    return [
        f"{what}: {wrong}" for what, response in requests if (wrong := _answer_is_sound(response))
    ]


def test_the_list_of_public_addresses_is_not_empty():
    assert len(ROUTES) >= 2, ROUTES


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_words_in_an_address_get_a_clear_page(route, visitor):
    assert not _complaints(
        (f"{what} in {route}", visitor.get(_fill(route, word))) for what, word in HOSTILE.items()
    )


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_queries_get_a_clear_page(route, visitor):
    address = _fill(route, "no-such-thing")
    queries = [f"page={word}&q={word}&format={word}&{word}={word}" for word in HOSTILE.values()]
    assert not _complaints(
        (f"?{query[:60]} at {route}", visitor.get(f"{address}?{query}")) for query in queries
    )


def test_hostile_words_and_queries_find_no_fault_in_the_whole_office(client_for):
    # Wagtail's own pages stand on a root, which a database made without migrations does not have.
    make_root()
    staff = client_for("administrator")
    staff.raise_request_exception = False
    assert len(OFFICE_ROUTES) > 100
    wrong = []
    for route in OFFICE_ROUTES:
        for what in ("an unknown token", "a number too large"):
            word = HOSTILE[what]
            has_words = "<" in route.replace("<int:", "")
            query = "" if has_words else f"?p={word}&q={word}&id={word}&ordering={word}"
            if staff.get(_fill(route, word) + query).status_code >= 500:
                wrong.append(f"{what} at {route}{query}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_bodies_get_a_clear_page(route, visitor):
    address = _fill(route, "no-such-thing")

    def send(body: bytes, kind: str, method: str = "post"):
        return getattr(visitor, method)(address, body, content_type=kind)

    form = "application/x-www-form-urlencoded"
    many = "&".join(f"f{n}=1" for n in range(2_500)).encode()
    assert not _complaints(
        [
            ("a null byte in a form", send(b"email=a%00b@people.example&text=%00", form)),
            ("broken characters in a form", send(b"email=%ff%fe&\xff=\xfe", form)),
            ("a form in an alphabet of its own", send(b"a=b", f"{form}; charset=utf-7")),
            ("too many fields", send(many, form)),
            ("too many bytes", send(b"text=" + b"x" * 2_600_000, form)),
            ("no boundary", send(b"--x\r\n\r\n", "multipart/form-data")),
            ("half a boundary", send(b"--x\r\nContent-Dis", "multipart/form-data; boundary=x")),
            ("JSON that is none", send(b'{"a": ', "application/json")),
            ("JSON with a null byte", send(b'{"a": "\\u0000"}', "application/json")),
            ("JSON of another kind", send(b"[[[1e999]]]", "application/json")),
            ("a kind nobody knows", send(b"\x00\x01", "application/x-nobody-knows")),
            ("no kind at all", send(b"a=b", "")),
            ("PUT", send(b"a=b", form, "put")),
            ("DELETE", send(b"", form, "delete")),
            ("PATCH", send(b"{}", "application/json", "patch")),
        ]
    )


def test_an_unknown_address_is_the_sites_own_404(visitor):
    response = visitor.get("/no/such/page/")
    assert response.status_code == 404
    assert b"site-header" in response.content


@pytest.mark.parametrize("word", ["a%00b", "%00"])
def test_a_null_byte_in_the_address_is_a_400(visitor, word):
    assert visitor.get(f"/{word}/").status_code == 400
    assert visitor.get(f"/?q={word}").status_code == 400


def test_a_null_byte_in_a_cookie_is_a_400(visitor):
    assert visitor.get("/", HTTP_COOKIE='sessionid="\\000aaaaaaaaaa"').status_code == 400


def test_a_form_with_too_many_fields_is_a_413_in_the_sites_design(visitor):
    response = visitor.post("/accounts/login/", {f"field-{n}": "1" for n in range(2_100)})
    assert response.status_code == 413
    assert b"site-header" in response.content


def test_a_form_with_too_many_bytes_is_a_413(visitor):
    body = b"login=" + b"x" * 2_600_000
    kind = "application/x-www-form-urlencoded"
    assert visitor.post("/accounts/login/", body, content_type=kind).status_code == 413


def test_a_body_too_large_for_the_site_is_refused_by_its_announced_length(visitor):
    response = visitor.post("/accounts/login/", {"a": "b"}, CONTENT_LENGTH="25000001")
    assert response.status_code == 413


def test_a_null_byte_in_a_form_is_a_400(visitor):
    assert visitor.post("/accounts/login/", {"login": "a\0b"}).status_code == 400


def test_a_file_where_text_was_asked_for_is_answered(visitor):
    file = SimpleUploadedFile("a.txt", b"\0" * 10)
    assert visitor.post("/accounts/login/", {"login": file}).status_code < 500


def test_a_wrong_method_is_told_in_the_sites_design(visitor):
    response = visitor.delete("/health/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert b"site-header" in response.content


def test_an_unknown_host_is_refused(visitor, settings):
    settings.ALLOWED_HOSTS = ["suara.example"]
    response = visitor.get("/", HTTP_HOST="elsewhere.example")
    assert response.status_code == 400


def test_a_form_without_its_token_is_a_403_in_the_sites_design():
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)
    response = careful.post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert b"site-header" in response.content


@pytest.mark.parametrize("size", [2_600_000])
def test_the_same_limits_hold_with_the_token_check(size):
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)
    careful.cookies["csrftoken"] = "a" * 32
    body = b"login=" + b"x" * size
    response = careful.post(
        "/accounts/login/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413
    assert b"site-header" in response.content


def test_hostile_languages_and_cookies_change_nothing(visitor):
    address = "/health/"
    assert visitor.get(address, HTTP_ACCEPT_LANGUAGE="x" * 5000 + ";q=9,\xff").status_code == 200
    assert (
        visitor.get(address, HTTP_COOKIE="django_language=../../etc; sessionid=;;;=").status_code
        == 200
    )
