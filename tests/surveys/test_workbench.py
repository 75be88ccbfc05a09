"""The analysis workbench: the numbers of publishing, side by side, and what it says of them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.http import QueryDict

from indicators.models import Indicator, Observation
from surveys import frames, workbench
from surveys.exports.rows import alignment_of
from surveys.models import AnalysisPlanEntry, ExclusionSet, QualityFlag, ResponseImport, Wave
from surveys.publishing import publish_wave
from surveys.stats import comparisons
from surveys.stats.tables import cross_table
from surveys.stats.variance import design
from surveys.weighting import weigh
from surveys.workbench.asking import breakdowns_of
from surveys.workbench.choosing import Menu
from tests.surveys.factories import (
    choice,
    document,
    make_plan,
    make_questionnaire,
    make_response,
    make_scheme,
    make_survey,
    make_wave,
    texts,
)
from tests.surveys.test_publishing import ledger  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site", "ledger")]
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALL = ()


def answered(
    wave: Wave, area: str, *, yes: int, no: int, women: int | None = None, **columns
) -> None:
    """`women` counts the women among them, the first ones; default: every other person."""
    for number in range(yes + no):
        is_woman = number % 2 == 0 if women is None else number < women
        answers = {"area": area, "heard": "yes" if number < yes else "no"}
        make_response(wave, answers=answers | {"sex": "F" if is_woman else "M"}, **columns)


def look(wave: Wave, user=None, *, areas=None, **chosen):
    """What the workbench computes for a choice, without drawing it."""
    from django.contrib.auth import get_user_model

    user = user or get_user_model()(is_superuser=True, is_active=True)
    menu: Menu = workbench.menu_of(wave.survey, user)
    wanted = workbench.Choice(**({"waves": (wave.token,)} | chosen))
    newest = menu.waves_of(wanted)[-1]
    table = alignment_of(newest)
    asked = workbench.asked(
        menu,
        wanted,
        items=workbench.items_of(table),
        breakdowns=breakdowns_of(table),
        table=table,
    )
    return workbench.computed(asked, areas=areas, at=AT)


def address(wave: Wave, query: str = "", name: str = "workbench/") -> str:
    return f"/office/surveys/surveys/{wave.survey.token}/{name}{query}"


# The same numbers as publishing


def test_every_number_is_the_published_one():
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_plan(wave)
    answered(wave, "KH", yes=70, no=50, women=80)
    answered(wave, "TH", yes=40, no=90, women=60)
    publish_wave(wave=wave, at=AT)

    found = (
        look(wave, item="heard", measure="share", counts=("yes",), by=("sex",)).series[0].figures
    )

    published = Observation.objects.filter(indicator__slug="kpi-22").select_related("area")
    assert published.count() == 9  # two areas and ASEAN: all, women, men
    for one in published:
        cell = tuple(tuple(part.split("=")) for part in one.breakdown.split(";") if part)
        figure = found["share", one.area.code, cell]
        shown = [figure.value * 100, figure.low * 100, figure.high * 100, figure.n]
        assert shown == pytest.approx(
            [float(one.value), float(one.low), float(one.high), one.n], abs=5e-5
        )
        assert figure.n_effective == pytest.approx(float(one.n_effective), abs=0.05)
        assert figure.status == one.status


def test_multiple_responses_are_shares_of_those_asked():
    wave = make_wave()
    for number in range(80):
        where = ["tv", "web"] if number < 10 else ["tv"] if number < 50 else ["web"]
        make_response(wave, answers={"where": where})
    for _number in range(40):
        make_response(wave, answers={"heard": "no", "where": "-7"})

    found = look(wave, item="where").series[0]

    tv, web = (found.figures[code, "KH", ALL] for code in ("tv", "web"))
    assert (tv.value, web.value) == (50 / 80, 40 / 80)  # over the 80 asked, not 120, not 90 ticks
    assert (tv.n, web.n) == (80, 80)
    base = found.bases["KH", ALL]
    assert (base.asked, base.valid, base.not_asked) == (80, 80, 40)


def test_net_scores_means_and_the_highest_answers_by_hand():
    wave = make_wave()
    for number in range(60):
        trust = "4" if number < 45 else "1"
        make_response(
            wave, answers={"trust": {"asean": trust, "media": "1"}, "age": 20 + number % 2}
        )

    mean = look(wave, item="trust/asean", measure="mean").series[0].figures["mean", "KH", ALL]
    net = look(wave, item="trust/asean", measure="net", counts=("4",), against=("1",))
    top = look(wave, item="trust/asean", measure="share", top="1")
    age = look(wave, item="age").series[0].figures["mean", "KH", ALL]

    assert mean.value == pytest.approx((45 * 4 + 15 * 1) / 60)
    assert net.series[0].figures["net", "KH", ALL].value == pytest.approx(100 * (45 - 15) / 60)
    assert top.asked.choice.counts == ("4",)
    assert top.series[0].figures["share", "KH", ALL].value == 0.75
    assert age.value == 20.5


def test_dont_know_refused_and_not_asked_are_kept_apart():
    wave = make_wave()
    for heard, many in (("yes", 30), ("no", 10), ("-9", 8), ("-8", 4), ("-7", 5), (None, 3)):
        for _number in range(many):
            make_response(wave, answers={"heard": heard})

    inside = look(wave, item="heard", measure="share", counts=("yes",)).series[0]
    outside = look(wave, item="heard", measure="share", counts=("yes",), outside=("-9",)).series[0]

    base = inside.bases["KH", ALL]
    parts = (base.valid, base.dont_know, base.refused, base.not_asked, base.blank)
    assert parts == (40, 8, 4, 5, 3)
    assert base.asked == 55
    assert inside.figures["share", "KH", ALL].value == pytest.approx(30 / 52)
    assert outside.figures["share", "KH", ALL].value == pytest.approx(30 / 44)


def test_a_condition_narrows_the_base_and_its_counts():
    wave = make_wave()
    answered(wave, "KH", yes=40, no=40, women=50)

    found = look(wave, item="heard", measure="share", counts=("yes",), where="${sex} = 'F'").series[
        0
    ]

    assert found.figures["share", "KH", ALL].n == found.bases["KH", ALL].asked == 50
    assert found.figures["share", "KH", ALL].value == 0.8


def test_another_scheme_or_none_can_be_tried():
    wave = make_wave()
    scheme = make_scheme(wave.survey)
    answered(wave, "KH", yes=80, no=20, women=80)
    share = {"item": "heard", "measure": "share", "counts": ("yes",)}

    plain = look(wave, **share).series[0]
    tried = look(wave, **share, weights=str(scheme.pk)).series[0]

    assert plain.figures["share", "KH", ALL].value == 0.8
    assert tried.figures["share", "KH", ALL].value == pytest.approx(0.5)
    assert tried.scheme == scheme
    assert tried.weighted.areas["KH"].kind == "raked"


# Side by side


def following(wave: Wave, change=None, **columns) -> Wave:
    after = document()
    if change:
        change({q["code"]: q for page in after["pages"] for q in page["questions"]})
    questionnaire = make_questionnaire(wave.survey, document=after)
    return make_wave(questionnaire=questionnaire, previous=wave, period="2027", **columns)


def both(one: Wave, other: Wave) -> tuple[str, str]:
    return (one.token, other.token)


def test_two_waves_stand_side_by_side_and_their_change_is_tested():
    before = make_wave()
    after = following(before)
    answered(before, "KH", yes=60, no=60)
    answered(after, "KH", yes=90, no=30)
    answered(before, "TH", yes=50, no=50)
    answered(after, "TH", yes=52, no=48)

    found = look(after, waves=both(after, before), item="heard", measure="share", counts=("yes",))
    made = workbench.compared(found)

    assert [one.wave for one in found.series] == [before, after]
    tests = {one.second[1]: one for one in made.tests}
    assert set(tests) == {"KH", "TH", "ASEAN"}
    assert tests["KH"].difference.difference == pytest.approx(0.25)
    assert tests["KH"].is_significant and not tests["TH"].is_significant
    raw = [tests[area].difference.p for area in ("KH", "TH", "ASEAN")]
    assert [tests[a].p for a in ("KH", "TH", "ASEAN")] == pytest.approx(list(comparisons.holm(raw)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda q: q["heard"]["label"].update(en="Know it?"), "“heard” has changed. The wording"),
        (lambda q: q["heard"]["choices"].append(choice("maybe", "Maybe")), "Answers were added: maybe"),
        (lambda q: q["sex"]["choices"].append(choice("X", "Other")), "“sex” has changed"),
        (lambda q: q["heard"].update(code="known") or q["where"].update(relevant=None), "was not asked"),
    ],
)  # fmt: skip
def test_a_wave_that_asked_otherwise_is_not_put_beside(change, says):
    before = make_wave()

    def changing(questions):
        change(questions)
        if questions["heard"]["code"] == "known":
            for page in ("age", "trust"):
                questions[page].pop("relevant", None)

    after_document = document()
    questions = {q["code"]: q for page in after_document["pages"] for q in page["questions"]}
    changing(questions)
    if questions["heard"]["code"] == "known":
        after_document["pages"][1]["relevant"] = None
    after = make_wave(
        questionnaire=make_questionnaire(before.survey, document=after_document), period="2027"
    )
    item = questions["heard"]["code"]
    answered(before, "KH", yes=40, no=40)

    found = look(after, waves=both(before, after), item=item, measure="distribution", by=("sex",))

    assert [one.wave for one in found.series] == [after]
    [(wave, reasons)] = found.asked.left_out
    assert wave == before
    assert says in " ".join(reasons)


def test_flagged_and_excluded_responses_are_seen_in_and_out():
    wave = make_wave()
    answered(wave, "KH", yes=40, no=40)
    for kind in ("honeypot", "speeding"):
        for _number in range(20):
            bad = make_response(wave, answers={"heard": "yes"}, source="invited")
            QualityFlag.objects.create(response=bad, kind=kind, computed_on=AT.date())
    ExclusionSet.objects.create(
        wave=wave, name="Bots", filter={"flags": ["honeypot"]}, reason="Hidden field filled"
    )
    share = {"item": "heard", "measure": "share", "counts": ("yes",)}

    sides = look(wave, **share, sides="exclusions").series
    sources = look(wave, **share, sides="sources").series

    shown = {one.variant: one.figures["share", "KH", ALL] for one in (*sides, *sources)}
    assert {name: (one.value, one.n) for name, one in shown.items() if one.value} == {
        "standing": (0.6, 100),
        "everybody": (pytest.approx(80 / 120), 120),
        "unflagged": (0.5, 80),
        "open": (0.5, 80),
    }
    assert (shown["invited"].status, shown["invited"].n) == ("Q", 20)
    assert not workbench.compared(look(wave, **share, sides="exclusions")).tests


def test_with_and_without_weights_are_two_columns():
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    answered(wave, "KH", yes=80, no=20, women=80)

    on, off = look(wave, item="heard", measure="share", counts=("yes",), sides="weights").series

    assert on.figures["share", "KH", ALL].value == pytest.approx(0.5)
    assert off.figures["share", "KH", ALL].value == 0.8
    assert off.figures["share", "KH", ALL].deff == pytest.approx(1.0)


# What is hidden


def test_few_answers_are_flagged_or_hidden_and_their_row_stays(client_for):
    wave = make_wave(areas=["KH", "TH"])
    answered(wave, "KH", yes=10, no=19)
    answered(wave, "TH", yes=20, no=25)

    page = client_for("analyst").get(address(wave, "?item=heard&measure=share&counts=yes"))

    rows = {row["area"]: row for row in page.context["rows"]}
    assert (rows["Cambodia"]["state"], rows["Cambodia"]["value"]) == ("hidden", "")
    assert rows["Cambodia"]["n"] == "29"
    assert "at least 30 are needed" in rows["Cambodia"]["reasons"]
    assert rows["Thailand"]["state"] == "flagged"
    assert "34.5" not in page.content.decode()  # 10 of 29


def test_no_hidden_cell_follows_from_the_others_not_even_for_asean():
    wave = make_wave()
    answered(wave, "KH", yes=60, no=40, women=15)
    answered(wave, "TH", yes=60, no=40, women=10)

    found = (
        look(wave, item="heard", measure="share", counts=("yes",), by=("sex",)).series[0].figures
    )

    women, men = (("sex", "F"),), (("sex", "M"),)
    for area in ("KH", "TH", "ASEAN"):
        assert found["share", area, ALL].value is not None
        assert found["share", area, women].value is None
        assert found["share", area, men].value is None
    assert found["share", "ASEAN", women].n == 25


# Tests


def test_the_difference_of_two_groups_is_that_of_the_statistics():
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    answered(wave, "KH", yes=70, no=50, women=80)

    found = look(wave, item="heard", measure="share", counts=("yes",), by=("sex",), area="KH")
    [made] = workbench.compared(found).tests

    frame = frames.responses(wave, columns=["heard", "sex"])
    weights = weigh(frame, wave.weighting).weights
    direct = comparisons.between_groups(
        design(weights, strata=frame["area"].astype(str).to_numpy()),
        (frame["heard"] == "yes").to_numpy(dtype=float),
        (frame["sex"] == "M").to_numpy(),
        (frame["sex"] == "F").to_numpy(),
    )
    assert made.difference.difference == pytest.approx(direct.difference, rel=1e-12)
    assert made.difference.se == pytest.approx(direct.se, rel=1e-9)
    assert made.p == pytest.approx(direct.p, rel=1e-6)


def test_groups_drawn_in_the_same_villages_are_compared_with_their_covariance():
    wave = make_wave()
    for village in range(12):
        for person in range(10):
            says_yes = person < 3 + village % 4 + (person % 2)
            make_response(
                wave,
                source="imported",
                sampling_unit=str(village + 1),
                answers={
                    "area": "KH",
                    "heard": "yes" if says_yes else "no",
                    "sex": "F" if person % 2 else "M",
                },
            )
    ResponseImport.objects.create(
        wave=wave, file_name="villages.csv", digest="x", rows=120, created_at=AT,
        unit_column="village",
    )  # fmt: skip
    chosen = {"item": "heard", "measure": "share", "counts": ("yes",), "by": ("sex",)}

    (test,) = workbench.compared(look(wave, areas=["KH"], area="KH", **chosen)).tests

    frame = frames.responses(wave, columns=["heard", "sex"])
    heard = (frame["heard"] == "yes").to_numpy(float)
    by_hand = comparisons.between_groups(
        design(np.ones(120), psu=np.asarray(frame[frames.UNIT])),
        heard,
        (frame["sex"] == "M").to_numpy(),
        (frame["sex"] == "F").to_numpy(),
    )
    assert test.difference == by_hand
    assert by_hand.df < 12
    together = workbench.compared(look(wave, **chosen))
    assert together.shares_units and not together.tests


def test_the_two_way_table_has_its_rao_scott_test():
    wave = make_wave()
    answered(wave, "KH", yes=70, no=50, women=80)

    found = look(wave, item="heard", measure="distribution", by=("sex",), area="KH")
    table = workbench.compared(found).association

    frame = frames.responses(wave, columns=["heard", "sex"])
    direct = cross_table(
        design(np.ones(len(frame)), strata=frame["area"].astype(str).to_numpy()),
        frame["heard"].astype(str).to_numpy(),
        frame["sex"].astype(str).to_numpy(),
    )
    assert (table.f, table.p, table.n) == pytest.approx((direct.f, direct.p, 120))
    assert table.p < 0.001


def test_the_page_says_in_words_what_rose_and_names_the_correction(client_for):
    before = make_wave(title="Before")
    after = following(before, title="After")
    answered(before, "KH", yes=40, no=80)
    answered(after, "KH", yes=100, no=20)
    answered(before, "TH", yes=50, no=50)
    answered(after, "TH", yes=50, no=50)
    query = f"?wave={before.token}&wave={after.token}&item=heard&measure=share&counts=yes"

    story = client_for("analyst").get(address(after, query)).context["story"]
    explored = client_for("analyst").get(address(after, f"{query}&correction=bh")).context["story"]

    told = " ".join(one["text"] for one in story["sentences"])
    assert "3 comparisons between the waves; 2 significant" in story["summary"]
    assert "for 3 tests by Holm" in story["summary"]
    assert "Cambodia: rose by 50.0 percentage points, from 33.3\N{NO-BREAK SPACE}% to 83.3" in told
    assert story["quiet"] == "No statistically detectable change: Thailand."
    assert (
        "Thailand: no statistically detectable change (0.0, 95 % interval"
        in story["rest"][0]["text"]
    )
    assert "Benjamini-Hochberg" in explored["summary"]


# Addresses, files, the plan


def test_an_address_says_the_whole_choice_and_nothing_else():
    chosen = workbench.Choice(
        waves=("a", "b"), item="trust/asean", measure="net", counts=("4",), against=("1",),
        outside=("-9",), by=("sex", "heard"), area="KH", weights="none", sides="sources",
        where="${age} > 20", correction="bh",
    )  # fmt: skip

    assert workbench.choice_of(QueryDict(chosen.query)) == chosen
    assert workbench.choice_of(QueryDict("junk=1&item=\x00&by=&by=x&by=x")) == workbench.Choice(
        by=("x",)
    )


def test_the_file_has_the_shown_table(client_for):
    wave = make_wave(areas=["KH", "TH"])
    answered(wave, "KH", yes=60, no=40)
    answered(wave, "TH", yes=5, no=5)
    client = client_for("analyst")
    query = "?item=heard&measure=net&counts=yes&against=no&by=sex"

    shown = client.get(address(wave, query)).context["rows"]
    answer = client.get(address(wave, query, "workbench.csv"))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"].endswith('.csv"')
    assert [row["n"] for row in rows] == [row["n"] for row in shown]
    [whole] = [row for row in rows if row["area"] == "KH" and row["sex"] == ""]
    assert (whole["value"], whole["n"], whole["asked"]) == ("20.0", "100", "100")
    assert {row["value"] for row in rows if row["area"] == "TH"} == {""}
    assert not any(row["survey"].startswith(("=", "+", "-", "@")) for row in rows)


def test_a_view_becomes_an_entry_of_the_plan_that_publishes_the_same_number(client_for):
    wave = make_wave()
    answered(wave, "KH", yes=70, no=30, women=40)
    client = client_for("analyst")
    query = f"?wave={wave.token}&item=heard&measure=share&counts=yes&by=sex&where=${{age}} > 20"

    page = client.get(address(wave, query))
    form = client.get(page.context["plan_url"]).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    saved = client.post(page.context["plan_url"].partition("?")[0], data | {"indicator": "kpi-22"})

    assert saved.status_code == 302
    entry = AnalysisPlanEntry.objects.get()
    assert (entry.question, entry.counts, entry.breakdowns) == (
        "heard",
        ["yes"],
        [[["sex", "sex"]]],
    )
    publish_wave(wave=wave, at=AT)
    published = Observation.objects.get(area__code="KH", breakdown="")
    [shown] = [r for r in page.context["rows"] if r["area"] == "Cambodia" and r["cell"] == "All"]
    assert published.value == Decimal("70")
    assert shown["value"] == "70.0\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("item", ["heard", "where"])
def test_the_shares_of_each_answer_are_kept_in_the_plan_and_published_one_by_one(client_for, item):
    wave = make_wave()
    answered(wave, "KH", yes=70, no=30, women=40)
    for person, response in enumerate(wave.responses.filter(answers__heard="yes").order_by("pk")):
        response.answers["where"] = (["tv"], ["web"], ["tv", "web"])[person % 3]
        response.save()
    for response in wave.responses.filter(answers__heard="no"):
        response.answers["where"] = "-7"
        response.save()
    client = client_for("analyst")
    page = client.get(address(wave, f"?wave={wave.token}&item={item}&by=sex"))
    form = client.get(page.context["plan_url"]).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    saved = client.post(page.context["plan_url"].partition("?")[0], data | {"indicator": "kpi-22"})

    assert saved.status_code == 302
    publish_wave(wave=wave, at=AT)

    shown = look(wave, item=item, by=("sex",)).series[0].figures
    published = {
        (row.area.code, row.breakdown): row for row in Observation.objects.select_related("area")
    }
    compared = 0
    for (answer, area, cell), figure in shown.items():
        if not figure.n:
            continue
        pairs = sorted([("answer", answer), *cell])
        row = published.pop((area, ";".join(f"{name}={level}" for name, level in pairs)))
        assert row.n == figure.n and row.status == figure.status
        if figure.value is None:
            assert row.value is None
        else:
            assert float(row.value) == pytest.approx(100 * figure.value, abs=1e-4)
            assert float(row.high) == pytest.approx(100 * figure.high, abs=1e-4)
            compared += 1
    assert published == {}
    assert compared >= 8
    told = Observation.objects.filter(breakdown__contains="answer=").first().provenance
    assert told["counts"] and told["question_code"].startswith(item)
    indicator = Indicator.objects.get(slug="kpi-22")
    assert client.get(indicator.get_absolute_url()).status_code == 200


def test_one_choice_of_several_is_a_share_of_those_asked(client_for):
    wave = make_wave()
    answered(wave, "KH", yes=60, no=40)
    wave.responses.filter(answers__heard="no").update(
        answers={"area": "KH", "heard": "no", "sex": "F", "where": "-7"}
    )
    plan = f"/office/surveys/surveys/{wave.survey.token}/plan/new/"
    data = {
        "indicator": "kpi-22", "question": "where", "estimator": "proportion", "counts": "tv web",
        "order": "0", "is_active": "on",
    }  # fmt: skip

    refused = client_for("analyst").post(plan, data)
    saved = client_for("analyst").post(plan, data | {"counts": "tv"})

    assert "People could choose several" in refused.content.decode()
    assert saved.status_code == 302
    publish_wave(wave=wave, at=AT)
    row = Observation.objects.get(area__code="KH", breakdown="")
    assert (row.value, row.n) == (100, 60)
    assert row.provenance["counts"] == ["Television"]
    opened = client_for("analyst").get(
        address(wave, "?entry=" + str(AnalysisPlanEntry.objects.get().pk))
    )
    assert opened.context["form"]["item"].code == "where"


def test_an_entry_of_the_plan_opens_as_it_is_promised(client_for):
    wave = make_wave()
    make_plan(wave)
    net = make_plan(
        wave, "other", question="trust", row="asean", estimator="net",
        counts=["4"], counts_against=["1"], outside_base=["-9"],
    )  # fmt: skip
    client = client_for("analyst")

    first = client.get(address(wave)).context["view"].choice
    chosen = client.get(address(wave, f"?entry={net.pk}")).context["view"].choice

    assert (first.item, first.measure, first.counts) == ("heard", "share", ("yes",))
    assert (chosen.item, chosen.measure, chosen.counts, chosen.against) == (
        "trust/asean", "net", ("4",), ("1",),
    )  # fmt: skip


# Nothing, too much, and nonsense


def test_a_survey_without_waves_says_so(client_for):
    page = client_for("analyst").get(f"/office/surveys/surveys/{make_survey().token}/workbench/")

    assert page.status_code == 200
    assert "has no wave yet" in page.content.decode()


@pytest.mark.parametrize("query", ["", "?item=where&by=sex", "?item=age&sides=exclusions"])
def test_a_wave_nobody_answered_says_so(client_for, query):
    page = client_for("analyst").get(address(make_wave(), query))

    assert page.status_code == 200
    assert "Nobody whose answers you may see" in page.content.decode()


def test_one_area_outside_any_population_stands_alone(client_for):
    wave = make_wave(areas=["XX"])
    answered(wave, "XX", yes=30, no=30)

    page = client_for("analyst").get(address(wave, "?item=heard&measure=share&counts=yes"))

    rows = {row["area"]: row["value"] for row in page.context["rows"]}
    assert rows["XX"] == "50.0\N{NO-BREAK SPACE}%"
    assert "there is nothing to compare it with" in page.context["story"]["summary"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("item=gone", "has no question “gone”"),
        ("item=heard&by=heard", "cannot be broken down by itself"),
        ("item=heard&by=age", "not a question with one answer"),
        ("item=heard&area=ZZ", "Choose another area"),
        ("item=heard&weights=99", "has no weighting scheme “99”"),
        ("item=heard&where=${gone", "cannot be used"),
        ("item=heard&where=${nothing} = 1", "cannot be used"),
        ("item=heard&outside=yes&outside=no&outside=-9", "nobody is left to count"),
        ("item=heard&measure=net&counts=yes&against=yes", "cannot count and count against"),
        ("wave=nonsense", "names no wave"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(client_for, query, says):
    wave = make_wave(areas=["KH"])
    answered(wave, "KH", yes=3, no=3)
    client = client_for("analyst")

    page = client.get(address(wave, f"?{query}"))
    file = client.get(address(wave, f"?{query}", "workbench.csv"))

    assert page.status_code == 422
    assert says in page.content.decode()
    assert file.status_code == 302


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("item=heard&measure=mean", "distribution"),
        ("item=heard&measure=share", "No answer is ticked"),
        ("item=heard&measure=net&counts=yes", "A net score needs"),
        ("item=heard&measure=share&counts=4", "No answer is ticked"),
    ],
)
def test_what_almost_fits_is_shown_otherwise_and_said(client_for, query, says):
    wave = make_wave(areas=["KH"])
    answered(wave, "KH", yes=30, no=30)

    page = client_for("analyst").get(address(wave, f"?{query}"))

    assert page.status_code == 200
    assert page.context["view"].choice.measure == "distribution"
    assert says in page.content.decode()


def test_no_combination_breaks_or_shows_something_that_is_no_number():
    from surveys.backoffice.workbench_page import csv_rows, page

    wave = make_wave(areas=["KH", "TH"])
    answered(wave, "KH", yes=35, no=0)
    make_response(wave, answers={"area": "TH", "where": [], "age": None, "trust": "-7"})
    make_response(wave, answers={"area": "", "heard": "odd", "age": "-9", "sex": None})
    items = workbench.items_of(alignment_of(wave))
    for item in items:
        for measure in item.measures:
            for by in ((), ("sex", "heard")):
                if item.question in by:
                    continue
                found = look(
                    wave, item=item.code, measure=measure, by=by, sides="exclusions",
                    counts=(item.answers[0].code,) if item.answers else (),
                    against=(item.answers[1].code,) if item.answers else (),
                )  # fmt: skip
                told = f"{page(found, {})}{list(csv_rows(found, {}))}".lower()
                assert "nan" not in told.replace("cannot", "")
                assert " inf" not in told


def test_too_large_a_table_is_refused_with_a_way_out(client_for, monkeypatch):
    monkeypatch.setattr("surveys.workbench.computing.MOST_ROWS", 5)
    wave = make_wave(areas=["KH", "TH"])
    answered(wave, "KH", yes=30, no=30)

    page = client_for("analyst").get(address(wave, "?item=heard&measure=distribution&by=sex"))

    assert page.status_code == 422
    assert "Choose one area" in page.content.decode()


def test_a_scheme_that_needs_another_question_is_refused(client_for):
    wave = make_wave()
    scheme = make_scheme(
        wave.survey, margins=[{"variables": ["gone"], "source": "", "vintage": "", "shares": {}}]
    )

    page = client_for("analyst").get(address(wave, f"?item=heard&weights={scheme.pk}"))

    assert page.status_code == 422
    assert "needs the question “gone”" in page.content.decode()


# Who sees what


def test_a_focal_point_sees_the_granted_area_and_no_total(client_for):
    wave = make_wave(areas=["KH", "TH"])
    answered(wave, "KH", yes=30, no=30)
    answered(wave, "TH", yes=60, no=0)
    dara = client_for("national_focal_point", area="KH")
    query = "?item=heard&measure=share&counts=yes"

    page = dara.get(address(wave, query))
    file = dara.get(address(wave, query, "workbench.csv")).content.decode()

    assert {row["area"] for row in page.context["rows"]} == {"Cambodia"}
    assert {row["n"] for row in page.context["rows"]} == {"60"}
    assert ",TH," not in file and ",ASEAN," not in file
    assert dara.get(address(wave, f"{query}&area=TH")).status_code == 422
    assert dara.get(address(wave, f"{query}&area=ASEAN")).status_code == 422


@pytest.mark.parametrize("role", ["communications_officer", "sectoral_body_reporter"])
def test_who_may_not_read_responses_finds_no_workbench(client_for, role):
    wave = make_wave()

    assert client_for(role).get(address(wave)).status_code == 404
    assert client_for(role).get(address(wave, "", "workbench.csv")).status_code == 404


def test_the_number_of_queries_does_not_grow_with_responses(client_for, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    wave = make_wave(areas=["KH", "TH"])
    client = client_for("analyst")
    query = address(wave, "?item=heard&measure=distribution&by=sex&sides=exclusions")
    answered(wave, "KH", yes=2, no=2)
    client.get(query)  # so that nothing is asked for the first time
    with CaptureQueriesContext(connection) as few:
        client.get(query)
    answered(wave, "TH", yes=40, no=40)

    with django_assert_num_queries(len(few)):
        client.get(query)
    assert len(few) < 40


def test_what_people_typed_into_titles_is_only_text(client_for):
    wave = make_wave()
    answered(wave, "KH", yes=30, no=30)

    html = (
        client_for("analyst")
        .get(address(wave, "?item=where&where=<script>alert(1)</script>"))
        .content.decode()
    )
    fine = client_for("analyst").get(address(wave, "?item=where")).content.decode()

    assert "<script>alert" not in html
    assert "<script>alert" not in fine


def test_waves_that_began_later_than_chosen_are_told_by_name():
    wave = make_wave(opens_at=AT - timedelta(days=400), period="2025")
    later = following(wave, mode="telephone", sampling_type="probability")

    found = look(later, waves=both(later, wave), item="heard")

    from surveys.backoffice.workbench_words import remarks_on_waves

    said = " ".join(remarks_on_waves(found.asked))
    assert "The mode differs" in said
    assert "The sampling differs" in said


def test_labels_fall_back_to_the_default_language():
    wave = make_wave()
    table = alignment_of(wave)

    labels = {item.code: item.label for item in workbench.items_of(table)}

    assert labels["trust/asean"] == "Trust – ASEAN"
    assert texts("Heard of it?")["en"] == labels["heard"]
