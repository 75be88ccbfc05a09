"""The promise of the whole thing: somebody answers, and within ten seconds the figure is a new one."""

from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tests.servers import wait_until

WAVE = "/surveys/asean-awareness-2026/"
FIGURE = "/indicators/api/v1/observations?indicator=kpi-22&area=ASEAN&period=2026&breakdown=_T"


def _fill_in(page: str) -> dict[str, list[str]]:
    """Fill in a page's form as somebody would who always takes the first choice."""
    form = BeautifulSoup(page, "html.parser").select_one("form#page-form, form.respondent__begin")
    answers: dict[str, list[str]] = {}
    for field in form.select("input[name], select[name]"):
        name, kind = field["name"], field.get("type", field.name)
        if kind == "hidden":
            answers[name] = [field.get("value", "")]
        elif kind in {"radio", "checkbox"}:
            answers.setdefault(name, [field["value"]])
        elif kind == "select":
            options = [option["value"] for option in field.select("option[value]")]
            answers.setdefault(name, [next(value for value in options if value)])
    return answers


def _answer(visitor) -> int:
    """Answer the open wave; return the number of pages that took."""
    place = WAVE
    for pages in range(1, 20):
        shown = visitor.request("GET", place)
        assert shown.status_code == 200, (place, shown.status_code)
        sent = visitor.request("POST", place, data={**_fill_in(shown.text), "action": ["next"]})
        assert sent.status_code == 302, BeautifulSoup(sent.text, "html.parser").main.text
        place = sent.headers["Location"]
        if urlsplit(place).path.endswith("/thanks/"):
            assert visitor.get(place).status_code == 200
            return pages
    raise AssertionError("The survey does not end.")


def _number_of_answers(visitor) -> int:
    [figure] = visitor.get(FIGURE).json()["items"]
    return figure["n"]


def test_a_response_changes_the_published_figure_within_ten_seconds(site):
    visitor = site.visitor()
    before = _number_of_answers(visitor)
    assert _answer(visitor) > 2
    wait_until(
        lambda: _number_of_answers(visitor) == before + 1, seconds=10, what="the new n of KPI 22"
    )
    page = visitor.get("/indicators/kpi-22/")
    assert page.status_code == 200
    assert str(before + 1) in page.text


def test_a_response_given_while_no_worker_runs_is_published_when_one_starts(site):
    visitor = site.visitor()
    before = _number_of_answers(visitor)
    site.kill_jobs()
    try:
        _answer(visitor)
        assert _number_of_answers(visitor) == before
    finally:
        site.start_jobs()
    wait_until(
        lambda: _number_of_answers(visitor) == before + 1,
        seconds=60,
        what="the new n of KPI 22 after the worker came back",
    )
