"""Catalogues and search engines learn what there is, and nothing that is not known."""

import json

import pytest
from django.urls import reverse

from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _recorded():
    make_area("KH", name="Cambodia")
    make_area("TH", name="Thailand")
    framework = make_framework(slug="blueprint", titles={"th": "พิมพ์เขียว"})
    make_framework(slug="empty")
    make_indicator("kpi-22", framework=framework)
    make_indicator("kpi-99", framework=make_framework(slug="inside"), is_published=False)
    record_values(
        make_estimate("kpi-22", "KH", "2016"),
        make_estimate("kpi-22", "TH", "2026-Q3"),
        make_estimate("kpi-99", "TH", "1999"),
    )


def catalogue_of(client) -> dict:
    answer = client.get(reverse("indicators:catalogue"))
    assert answer.headers["Content-Type"] == "application/ld+json"
    return answer.json()


def test_each_framework_with_values_is_a_data_set_with_its_files(
    client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        found = catalogue_of(client)
    (dataset,) = found["dcat:dataset"]
    assert dataset["dct:identifier"] == "blueprint"
    assert {"@language": "th", "@value": "พิมพ์เขียว"} in dataset["dct:title"]
    assert [one["rdfs:label"] for one in dataset["dct:spatial"]] == ["Cambodia", "Thailand"]
    years = dataset["dct:temporal"]
    assert (years["dcat:startDate"]["@value"], years["dcat:endDate"]["@value"]) == ("2016", "2026")
    assert len(dataset["dcat:distribution"]) == 7
    for one in dataset["dcat:distribution"]:
        assert client.get(one["dcat:accessURL"]["@id"]).status_code == 200


def test_what_is_not_published_is_in_nobodys_catalogue_but_those_inside(client, client_for):
    assert "inside" not in json.dumps(catalogue_of(client))
    assert "inside" in json.dumps(catalogue_of(client_for("analyst")))


def test_a_licence_is_stated_when_there_is_one(client, settings):
    assert "dct:license" not in json.dumps(catalogue_of(client))
    settings.DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
    found = catalogue_of(client)
    assert found["dct:license"] == {"@id": settings.DATA_LICENCE}
    for one in found["dcat:dataset"][0]["dcat:distribution"]:
        assert one["dct:license"] == {"@id": settings.DATA_LICENCE}


def test_a_page_tells_search_engines_what_it_shows_whatever_its_title_holds(client):
    page = client.get(reverse("indicators:detail", args=["kpi-22"])).content.decode()
    assert HOSTILE not in page
    block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    found = json.loads(block)
    assert found["@type"] == "Dataset"
    assert found["variableMeasured"]["name"].endswith(HOSTILE)
    assert found["temporalCoverage"] == "2016/2026"
    assert found["spatialCoverage"] == ["Cambodia", "Thailand"]
    assert len(found["description"]) >= 50
    for one in found["distribution"]:
        assert client.get(one["contentUrl"]).status_code == 200
