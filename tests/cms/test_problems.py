import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from cms.views import problems
from tests.cms import factories, markup


def test_the_frame_renders_without_a_page_and_without_a_request():
    assert "Suara" in render_to_string("base.html")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, "csrf"])
def test_each_error_page_is_in_the_design_and_says_what_to_do(status):
    html = render_to_string(f"errors/{status}.html")
    assert "site-header" in html
    assert markup.faults(html) == []


@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_the_design(client, settings):
    settings.DEBUG = False
    factories.make_home()
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no page here" in answer.content.decode()
    assert markup.faults(answer.content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (problems.bad_request, 400),
        (problems.permission_denied, 403),
        (problems.page_not_found, 404),
        (problems.csrf_failure, 403),
    ],
)
def test_each_handler_answers_with_its_status(view, status, client):
    request = RequestFactory().get("/")
    assert view(request, Http404()).status_code == status


def test_a_fault_of_ours_is_answered_without_the_database():
    # No database mark: the page must stand when the database does not.
    answer = problems.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_in_the_design():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "amina@people.example", "password": "x"})
    assert answer.status_code == 403
    assert "The form had expired" in answer.content.decode()
