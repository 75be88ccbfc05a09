"""Check 30: the ledger's public pages by keyboard, on a phone, in the dark, without a script."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from indicators.models import Area, Observation, Target
from tests.browser.test_accessibility import sideways, violations
from tests.browser.test_answering import _site  # noqa: F401 (a fixture)
from tests.indicators.factories import (
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    make_node,
    record_values,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan():
    """A framework of one characteristic with a survey's indicator and a national policy."""
    framework = make_framework(slug="plan", title="The plan")
    node = make_node(framework=framework, code="A", title="Engages and Benefits the People")
    make_asean("KH", "TH")
    Area.objects.filter(code="KH").update(name="Cambodia")
    common = {"framework": framework, "node": node}
    awareness = make_indicator("kpi-22", code="KPI 22", title="Awareness of ASEAN", **common)
    make_indicator(
        "kpi-16", code="KPI 16", title="Policies", data_route="national_policy", **common
    )
    record_values(
        *(
            make_estimate(
                "kpi-22", area, period, str(value), low=Decimal(value) - 2,
                high=Decimal(value) + 2, n=900, breakdown=breakdown,
                provenance={"survey": "Awareness", "question": "heard"},
            )
            for area, more in (("ASEAN", 0), ("KH", 4), ("TH", 9))
            for period, value in (("2024", 60 + more), ("2026", 64 + more))
            for breakdown in ("", "sex=F", "sex=M")
        ),
        source="surveys.wave:a",
    )  # fmt: skip
    record_values(make_estimate("kpi-16", "KH", "2026", "2"), source="document:policy")
    asean = Area.objects.get(code="ASEAN")
    Target.objects.create(indicator=awareness, area=asean, period="2030", value=80)


def addresses() -> dict[str, str]:
    row = Observation.objects.get(area__code="KH", period="2026", breakdown="sex=F")
    return {
        "overview": "/indicators/",
        "filtered to nothing": "/indicators/?q=nothing",
        "indicator": "/indicators/kpi-22/",
        "indicator of a group": "/indicators/kpi-22/?area=KH&breakdown=sex%3DF",
        "policy": "/indicators/kpi-16/",
        "value": f"/indicators/kpi-22/values/{row.token}/",
        "embed": "/indicators/kpi-22/embed/",
        "member states": "/indicators/areas/",
        "country": "/indicators/areas/KH/",
        "comparison": "/indicators/compare/?indicator=kpi-22&area=KH&area=TH&period=x",
        "compared": "/indicators/compare/?indicator=kpi-22&area=KH&area=TH",
        "changes": "/indicators/changes/?since=never",
    }


@pytest.mark.parametrize(("width", "colours"), [(320, "light"), (390, "dark"), (1280, "dark")])
def test_check_30_a_machine_finds_no_barrier_on_any_page(open_page, plan, width, colours):
    page = open_page(width=width, color_scheme=colours)
    found, overflow = {}, {}
    for name, address in addresses().items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        found[name] = violations(page)
        overflow[name] = sideways(page)
    assert {name: each for name, each in found.items() if each} == {}
    assert {name: each for name, each in overflow.items() if each} == {}


def by_keyboard_to(page: Page, name: str, role: str) -> None:
    """Press Tab until the control has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _press in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {name!r}.")


def test_check_30_an_area_and_a_group_are_chosen_by_keyboard_without_a_script(open_page, plan):
    page = open_page(width=390, java_script_enabled=False)
    page.goto("/indicators/kpi-22/")
    page.get_by_label("Area", exact=True).select_option("KH")
    page.get_by_label("Group", exact=True).select_option("sex=F")
    page.get_by_label("Group", exact=True).press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kpi-22/?area=KH&breakdown=sex%3DF")
    expect(page.get_by_role("heading", name="Values: Cambodia, women")).to_be_visible()


def test_check_26_three_clicks_lead_from_the_front_page_to_a_values_source(open_page, plan):
    page = open_page(java_script_enabled=True)
    page.goto("/indicators/")
    by_keyboard_to(page, "Awareness of ASEAN", "link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Awareness of ASEAN")
    by_keyboard_to(page, "Where 2026 comes from", "link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where this value comes from")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="heard")).to_be_visible()


@pytest.fixture
def news(live_server) -> Iterator[str]:
    """The address of another site that frames `/indicators/kpi-22/` and what is named after it."""

    class News(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = f"{live_server.url}/indicators/kpi-22{self.path}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{address}"></iframe>'.encode())

        def log_message(self, *_words: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), News) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_another_sites_page_may_frame_the_chart_and_nothing_else(open_page, plan, news):
    page = open_page()
    page.goto(f"{news}/embed/")
    shown = page.frame_locator("iframe").get_by_role("heading", level=1)
    expect(shown).to_have_text("KPI 22: Awareness of ASEAN")
    page.goto(f"{news}/", wait_until="load")
    expect(shown).to_have_count(0)


@pytest.mark.parametrize("language", ["id", "th", "vi"])
def test_check_30_the_pages_change_their_language(phone, plan, language):
    phone.goto("/indicators/areas/KH/")
    phone.get_by_role("button", name="Menu").click()
    phone.locator(".languages summary").click()
    phone.locator(f".languages button[lang={language}]").click()
    expect(phone.locator("html")).to_have_attribute("lang", language)
    assert phone.url.endswith("/indicators/areas/KH/")
