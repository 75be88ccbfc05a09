"""Public pages are kept for nobody in particular, and never longer than what they say is true."""

import gzip
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse

from indicators import kept, ledger
from indicators.models import Area, Indicator, Target
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/indicators/kpi-22/"


@pytest.fixture(autouse=True)
def _keeping(settings):
    settings.PAGES_KEPT = 60
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def kpi_22():
    make_area("ASEAN", kind="group", name="ASEAN")
    make_indicator(title="Awareness of ASEAN")
    record_values(make_estimate("kpi-22", "ASEAN", "2026", "72.4"), digest="first")


def text_of(response) -> str:
    return response.content.decode()


def is_kept(client, address: str, **headers) -> bool:
    """Whether the address is answered without being rendered."""
    return client.get(address, **headers).context is None


@pytest.mark.parametrize("address", ["/indicators/", ADDRESS])
def test_the_second_visitor_gets_the_page_as_it_was_rendered_for_the_first(
    client, kpi_22, address, django_assert_num_queries
):
    first = client.get(address)
    with django_assert_num_queries(1):
        second = client.get(address)
    assert first.content == second.content
    assert second.context is None


def test_a_new_value_is_on_the_page_at_the_next_request(client, kpi_22):
    assert "72.4" in text_of(client.get(ADDRESS))
    record_values(make_estimate("kpi-22", "ASEAN", "2026", "73.9"), digest="second")
    assert "73.9" in text_of(client.get(ADDRESS))


def test_a_value_recorded_with_the_same_moment_and_no_digest_is_on_the_page(client, kpi_22):
    for value in ("70.1", "70.2", "70.3"):
        record_values(make_estimate("kpi-22", "ASEAN", "2026", value))
        assert value in text_of(client.get(ADDRESS))


def test_a_withdrawn_value_leaves_the_page_at_the_next_request(client, kpi_22):
    assert "72.4" in text_of(client.get(ADDRESS))
    ledger.record([], source="document:test", digest="none", at=AT + timedelta(days=1))
    assert "No value yet" in text_of(client.get(ADDRESS))


def test_a_stale_value_is_marked_and_unmarked_at_the_next_request(client, kpi_22):
    client.get(ADDRESS)
    ledger.mark_stale(source="document:test", at=AT + timedelta(seconds=1))
    assert "Being recomputed" in text_of(client.get(ADDRESS))
    later = AT + timedelta(seconds=2)
    record_values(make_estimate("kpi-22", "ASEAN"), digest="first", at=later)
    assert "Being recomputed" not in text_of(client.get(ADDRESS))


def test_an_edited_title_and_a_new_target_are_on_the_page_at_the_next_request(client, kpi_22):
    client.get(ADDRESS)
    indicator = Indicator.objects.get()
    indicator.title = "Awareness, asked anew"
    indicator.save()
    assert "asked anew" in text_of(client.get(ADDRESS))
    asean = Area.objects.get(code="ASEAN")
    Target.objects.create(indicator=indicator, area=asean, period="2030", value=85)
    assert "2030" in text_of(client.get(ADDRESS))


def test_an_indicator_that_is_no_longer_public_is_gone_at_the_next_request(client, kpi_22):
    assert client.get(ADDRESS).status_code == 200
    indicator = Indicator.objects.get()
    indicator.is_published = False
    indicator.save()
    assert client.get(ADDRESS).status_code == 404


def test_who_is_signed_in_neither_gets_the_kept_page_nor_leaves_one(client, client_for, kpi_22):
    analyst = client_for("analyst")
    assert "Sign out" in text_of(analyst.get(ADDRESS))
    assert "Sign out" not in text_of(client.get(ADDRESS))
    assert "Sign out" in text_of(analyst.get(ADDRESS))
    assert analyst.get(ADDRESS).headers["Cache-Control"] == "private, no-cache"


def test_a_message_for_one_visitor_is_kept_for_nobody(client, kpi_22):
    client.cookies["messages"] = "a message that only its reader may see"
    assert not is_kept(client, ADDRESS)
    assert not is_kept(client, ADDRESS)
    del client.cookies["messages"]
    assert not is_kept(client, ADDRESS), "the visitor with the message left the page behind"


def test_an_answer_that_sets_a_cookie_or_carries_a_token_is_not_kept(rf, kpi_22):
    told = []

    def with_cookie(request):
        told.append("cookie")
        response = HttpResponse("yours")
        response.set_cookie("who", "you")
        return response

    def with_token(request):
        told.append("token")
        return HttpResponse(get_token(request))

    for view in (with_cookie, with_token):
        for _visitor in range(2):
            request = rf.get("/anywhere/")
            request.user, request.LANGUAGE_CODE = AnonymousUser(), "en"
            kept.kept_page()(view)(request)
    assert told == ["cookie", "cookie", "token", "token"]


def test_who_is_known_without_a_session_is_not_nobody(rf, client_for, kpi_22):
    told = []

    def greeting(request):
        told.append(str(request.user))
        return HttpResponse(f"Hello {request.user}")

    for user in (AnonymousUser(), client_for("analyst").user, AnonymousUser()):
        request = rf.get("/anywhere/")
        request.user, request.LANGUAGE_CODE = user, "en"
        answer = kept.kept_page()(greeting)(request)
        assert answer.content.decode() == f"Hello {user}"
    assert len(told) == 2


def test_pages_are_kept_in_each_language_apart(client, kpi_22):
    english = client.get(ADDRESS)
    thai = client.get(ADDRESS, HTTP_ACCEPT_LANGUAGE="th")
    assert 'lang="th"' in text_of(thai)
    assert client.get(ADDRESS).content == english.content
    assert client.get(ADDRESS, HTTP_ACCEPT_LANGUAGE="th").content == thai.content


def test_pages_are_kept_for_each_host_apart(client, kpi_22, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    client.get(ADDRESS, HTTP_HOST="one.example")
    assert not is_kept(client, ADDRESS, HTTP_HOST="two.example")
    assert is_kept(client, ADDRESS, HTTP_HOST="one.example")


@pytest.mark.parametrize("query", ["?x=1", "?area=KH&x=1", f"?area={'K' * 400}", f"?q={HOSTILE}"])
def test_invented_parameters_do_not_push_pages_out_of_the_cache(client, kpi_22, query):
    assert client.get(ADDRESS + query).status_code == 200
    assert not is_kept(client, ADDRESS + query)


def test_a_browser_that_has_the_page_is_told_so_until_a_value_changes(client, kpi_22):
    etag = client.get(ADDRESS).headers["ETag"]
    again = client.get(ADDRESS, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    record_values(make_estimate("kpi-22", "ASEAN", "2026", "73.9"), digest="second")
    assert client.get(ADDRESS, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_page_travels_compressed_to_who_can_read_it(client, kpi_22):
    plain = client.get(ADDRESS)
    zipped = client.get(ADDRESS, HTTP_ACCEPT_ENCODING="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert len(zipped.content) < len(plain.content) / 2


def test_a_missing_indicator_is_looked_for_each_time(client, kpi_22):
    assert client.get("/indicators/kpi-98/").status_code == 404
    make_indicator("kpi-98")
    assert client.get("/indicators/kpi-98/").status_code == 200


def test_only_reading_is_answered(client, kpi_22):
    assert client.post(reverse("indicators:table")).status_code == 405


@pytest.mark.needs_redis
def test_redis_keeps_pages_as_the_memory_of_a_process_does(client, kpi_22, settings, redis_address):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_address,
        },
    }
    first = client.get(ADDRESS, HTTP_ACCEPT_ENCODING="gzip")
    again = client.get(ADDRESS, HTTP_ACCEPT_ENCODING="gzip")
    assert (again.content, again.context) == (first.content, None)
    record_values(make_estimate("kpi-22", "ASEAN", "2026", "73.9"), digest="second")
    assert "73.9" in text_of(client.get(ADDRESS))
