"""What somebody who clicks through the demonstration of the indicators meets."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_reporting_round import sideways, violations


@pytest.mark.needs_pango
def test_a_reader_comes_from_a_correction_to_the_mean_and_to_the_report_as_a_file(demo_phone):
    page = demo_phone
    page.goto("/indicators/changes/")
    expect(page.get_by_text("Two provinces were counted twice.")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("link", name="with a trained health volunteer").click()
    expect(page.get_by_text("mean of 7 of 10 member states").first).to_be_visible()
    expect(page.get_by_text("computed again from the values of the member states")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    page.goto("/indicators/reports/")
    with page.expect_download() as found:
        page.get_by_role("link", name=re.compile("Download PDF")).click()
    assert Path(found.value.path()).read_bytes().startswith(b"%PDF-")
