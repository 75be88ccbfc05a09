import re

import pytest

from cms import contrast


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_reads_on_every_ground_it_is_set_on(theme):
    assert [pair for pair in contrast.measured(theme) if not pair.passes] == []


def test_black_on_white_has_the_greatest_contrast():
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)


def test_the_systems_dark_theme_is_the_chosen_dark_theme():
    css = contrast.STYLESHEET.read_text()
    chosen = re.search(r":root\[data-theme=dark\]\{(.*?)\n\}", css, re.S)[1]
    systems = re.search(r":root:not\(\[data-theme=light\]\)\{(.*?)\n\}\}", css, re.S)[1]
    assert systems == chosen


def test_the_stylesheet_stays_light():
    assert contrast.STYLESHEET.stat().st_size < 30_000
