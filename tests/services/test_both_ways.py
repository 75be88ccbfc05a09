"""One code, two ways to run: the same promises hold for the `work` loop and for Celery."""

from datetime import datetime

import pytest

from tests.servers import wait_until


def test_health_tells_that_database_cache_and_worker_are_well(site):
    facts = site.health()
    assert (facts["code"], facts["status"]) == ("200", "ok")
    assert (facts["database"], facts["cache"], facts["worker"]) == ("ok", "ok", "ok")


def test_the_home_page_and_its_stylesheet_are_served(site):
    visitor = site.visitor()
    home = visitor.get("/")
    assert home.status_code == 200
    assert "site-header" in home.text
    href = home.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = visitor.get(href)
    assert style.status_code == 200
    assert "immutable" in style.headers["Cache-Control"]


def test_an_unknown_page_is_the_sites_own_404(site):
    answer = site.visitor().get("/no/such/page/")
    assert answer.status_code == 404
    assert "site-header" in answer.text


def test_plain_http_is_sent_to_https(site):
    import requests

    answer = requests.get(
        f"{site.base}/accounts/login/",
        headers={"Host": "suara.example"}, allow_redirects=False, timeout=20,
    )  # fmt: skip
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://suara.example/")


def test_a_role_can_sign_in_and_is_sent_to_set_up_a_second_factor(site):
    visitor = site.visitor()
    page = visitor.get("/accounts/login/")
    answer = visitor.post(
        "/accounts/login/",
        {"login": "analyst@suara.example", "password": "suara-demo-2026"},
        page=page.text,
    )
    assert answer.status_code == 302
    assert "sessionid" in visitor.cookies
    office = visitor.request("GET", "/office/")
    assert office.status_code == 302
    assert "2fa" in office.headers["Location"]


def _heartbeat(site) -> datetime:
    words = site.manage("heartbeat")
    return datetime.fromisoformat(words.partition(" at ")[2].partition(" UTC")[0])


def test_periodic_work_goes_on_after_the_worker_was_killed(site):
    before = _heartbeat(site)
    site.kill_jobs()
    site.start_jobs()
    wait_until(lambda: _heartbeat(site) > before, seconds=60, what="a heartbeat after the kill")


@pytest.fixture
def second_worker(site):
    """Another worker beside the one that runs."""
    from config.processes import Together
    from tests.services.installation import command_of

    other = Together(env=site.env)
    if site.kind == "celery":
        other.start("second", [*command_of("worker"), "--hostname", "second@%h"])
    else:
        import sys

        from tests.services.installation import ROOT

        other.start("second", [sys.executable, str(ROOT / "manage.py"), "work"])
    yield other
    other.end()


def test_a_second_worker_beside_the_first_does_no_harm(site, second_worker):
    before = _heartbeat(site)
    wait_until(lambda: _heartbeat(site) > before, seconds=60, what="a heartbeat of two workers")
    assert second_worker.ended() == ""
