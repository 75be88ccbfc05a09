"""The guide for programmers shows only what works."""

import re

import pytest
from django.urls import reverse

from tests.indicators.factories import make_asean, make_estimate, make_indicator, record_values

pytestmark = pytest.mark.django_db


def links_of(client) -> list[str]:
    page = client.get(reverse("indicators:guide"))
    assert page.status_code == 200
    main = page.content.decode().split("<main")[1].split("</main>")[0]
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"#]+)"', main)]


def test_every_example_and_every_link_of_the_guide_answers(client):
    make_asean("KH")
    make_indicator("kpi-22")
    record_values(make_estimate("kpi-22", "KH"))
    links = links_of(client)
    assert sum("/api/v1/" in link for link in links) >= 7
    assert sum("export." in link for link in links) >= 7
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link


def test_the_guide_stands_without_any_indicator(client):
    make_asean()
    assert all(client.get(link).status_code == 200 for link in links_of(client))


def test_the_guide_names_every_parameter_of_observations(client):
    page = client.get(reverse("indicators:guide")).content.decode()
    for name in ("indicator", "from_year", "updated_since", "breakdown", "after", "limit"):
        assert f"<code>{name}</code>" in page
