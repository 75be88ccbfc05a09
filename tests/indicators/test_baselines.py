"""An area that starts from a year of its own: seen before it is saved, and where it counts."""

import pytest
from django.urls import reverse

from indicators import baselines, services
from indicators.errors import ChangedMeanwhile, InvalidEntry, NotAllowed
from indicators.models import AggregateDue, Area, Baseline
from tests.conftest import user_with_role
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def literacy():
    """Measured from 2016; Cambodia counted for the first time in 2018, Laos in time."""
    make_asean("KH", "LA")
    indicator = make_indicator("literacy", baseline_year=2016, aggregation="mean")
    record_values(
        make_estimate("literacy", "LA", "2016", "70"),
        make_estimate("literacy", "LA", "2024", "80"),
        make_estimate("literacy", "KH", "2018", "60"),
        make_estimate("literacy", "KH", "2024", "75"),
    )
    AggregateDue.objects.all().delete()
    return indicator


@pytest.fixture
def admin(client_for):
    return client_for("administrator")


def at(name, *args):
    return reverse(f"indicators_office:{name}", args=["literacy", *args])


def text_of(response):
    return response.content.decode()


def give(indicator, by, **values):
    given = {"area": make_area("KH"), "year": 2018, "source": "Census", "before": None} | values
    return services.set_baseline(indicator=indicator, by=by, at=AT, **given)


def test_what_it_changes_is_shown_before_it_is_saved(admin, literacy):
    wanted = {"area": "KH", "year": "2018", "source": f"Census {HOSTILE}"}
    shown = admin.post(at("baseline"), wanted)
    page = text_of(shown)
    assert "Insufficient: no observation of the baseline year 2016" in page
    assert "Better: 60 in 2018, 75 in 2024." in page
    assert not Baseline.objects.exists()
    saved = admin.post(at("baseline"), wanted | {"seen": shown.context["seen"]}, follow=True)
    held = Baseline.objects.get()
    assert (held.area.code, held.year) == ("KH", 2018)
    assert held.history.get().history_user == admin.user
    listed = text_of(saved)
    assert "Better: 60 in 2018, 75 in 2024." in listed
    assert HOSTILE not in listed
    assert AggregateDue.objects.get().indicator == literacy


def test_another_year_than_the_one_shown_is_shown_first(admin, literacy):
    shown = admin.post(at("baseline"), {"area": "KH", "year": "2018", "source": "Census"})
    seen = {"source": "Census", "seen": shown.context["seen"]}
    answer = admin.post(at("baseline"), seen | {"area": "KH", "year": "2024"})
    assert "no observation since the 2024 baseline" in text_of(answer)
    assert not Baseline.objects.exists()


def test_it_is_changed_and_taken_back_and_the_history_tells_all_of_it(admin, literacy):
    give(literacy, admin.user)
    form = admin.get(at("baseline"), {"area": "KH"}).context["form"]
    assert (form["year"].value(), form["source"].value()) == (2018, "Census")
    asked = admin.get(at("baseline_remove", "KH"))
    assert "Insufficient: no observation of the baseline year 2016" in text_of(asked)
    assert admin.post(at("baseline_remove", "KH"), {"seen": "KH:2017:"}).status_code == 409
    assert Baseline.objects.exists()
    admin.post(at("baseline_remove", "KH"), {"seen": asked.context["seen"]})
    assert not Baseline.objects.exists()
    told = text_of(admin.get(at("indicator_changes")))
    assert told.count("baseline year of Area KH: 2018") == 2
    page = text_of(admin.get(at("indicator")))
    assert "No area has a year of its own; all start from: fixed year 2016." in page


def test_of_two_people_the_second_is_told(admin, literacy):
    shown = admin.post(at("baseline"), {"area": "KH", "year": "2018", "source": "Census"})
    give(literacy, user_with_role("administrator"), year=2024)
    late = {"area": "KH", "year": "2018", "source": "Census", "seen": shown.context["seen"]}
    assert "2024" in text_of(admin.post(at("baseline"), late))
    assert Baseline.objects.get().year == 2024
    with pytest.raises(ChangedMeanwhile, match="Area KH"):
        give(literacy, admin.user, year=2018)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"area": "KH", "year": "soon", "source": "x"},
        {"area": "KH", "year": "99999999999999999999", "source": "x"},
        {"area": "XX", "year": "2018", "source": "x"},
        {"area": "KH", "year": "2018", "source": ""},
    ],
)
def test_odd_input_is_answered_with_sentences(admin, literacy, values):
    answer = admin.post(at("baseline"), values)
    assert answer.status_code == 422
    assert "Nothing was saved" in text_of(answer)


def test_only_who_edits_indicators_gives_an_area_its_year(client_for, literacy):
    analyst = client_for("analyst")
    give(literacy, user_with_role("administrator"))
    page = text_of(analyst.get(at("indicator")))
    assert "Better: 60 in 2018, 75 in 2024." in page
    assert at("baseline") not in page
    for name, *more in (("baseline",), ("baseline_remove", "KH")):
        assert analyst.get(at(name, *more)).status_code == 404
        assert analyst.post(at(name, *more), {}).status_code == 404
    with pytest.raises(NotAllowed):
        give(literacy, analyst.user, before=2018)
    with pytest.raises(InvalidEntry, match="four digits"):
        give(literacy, user_with_role("administrator"), area=make_area("LA"), year=16)


def test_the_list_costs_the_same_queries_however_many_areas(literacy, django_assert_num_queries):
    user = user_with_role("administrator")
    user.has_perm("indicators.view_indicator")
    for code in ("KH", "LA"):
        give(literacy, user, area=Area.objects.get(code=code))
    with django_assert_num_queries(3):
        assert len(baselines.own_baselines(literacy, user)) == 2


def test_the_public_page_names_the_areas_own_rule_even_without_a_year_for_all(client, literacy):
    literacy.baseline_year = None
    literacy.save()
    give(literacy, user_with_role("administrator"))
    page = text_of(client.get(reverse("indicators:detail", args=["literacy"])))
    assert "a year of the area&#x27;s own" in page
