import pytest
from django.template.loader import render_to_string

from cms.blocks import FiguresBlock, StoryBlock
from cms.models.standard import ResourceBlock
from tests.cms import factories, markup
from tests.indicators.factories import make_area, make_estimate, make_indicator, record_values

pytestmark = pytest.mark.django_db

BLOCKS = {
    **StoryBlock().child_blocks,
    **{f"figures.{name}": block for name, block in FiguresBlock().child_blocks.items()},
    "resource": ResourceBlock(),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_the_preview_of_each_block_renders(name):
    block = BLOCKS[name]
    html = block.render(block.get_preview_value())
    assert html.strip()
    assert markup.read(html).wrong == []


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_has_an_icon_a_description_and_a_template(name):
    block = BLOCKS[name]
    assert block.meta.icon and str(block.meta.description) and block.meta.template


def _render(block, value):
    return block.render(block.to_python(value))


def test_a_figure_block_reads_the_ledger_each_time():
    make_area("ASEAN", kind="group")
    indicator = make_indicator("kpi-22")
    block = StoryBlock().child_blocks["figure"]
    value = {"indicator": indicator.pk, "area": "ASEAN", "heading": "Heard of it"}
    assert "No value yet" in _render(block, value)
    record_values(make_estimate("kpi-22", area="ASEAN", value="72.4"), source="one")
    assert "72.4" in _render(block, value)
    record_values(make_estimate("kpi-22", area="ASEAN", value="73.9"), source="one", digest="b")
    assert "73.9" in _render(block, value)


def test_a_figure_of_an_unpublished_indicator_is_not_shown():
    make_area("ASEAN", kind="group")
    indicator = make_indicator("secret", is_published=False, title="Not yet public")
    block = StoryBlock().child_blocks["figure"]
    assert "Not yet public" not in _render(block, {"indicator": indicator.pk, "area": "ASEAN"})


def test_a_survey_block_follows_the_state_of_the_wave():
    wave = factories.make_wave(title="Awareness")
    block = StoryBlock().child_blocks["survey"]
    value = {"wave": wave.pk, "text": factories.HOSTILE, "label": "Answer now"}
    html = _render(block, value)
    assert "Answer now" in html and "<script>" not in html
    type(wave).objects.filter(pk=wave.pk).update(state="closed")
    assert "Answer now" not in _render(block, value)
    type(wave).objects.filter(pk=wave.pk).update(state="drafted")
    html = _render(block, value)
    assert "Awareness" not in html and "not open to the public" in html


def test_a_block_whose_target_was_deleted_still_renders():
    wave, event = factories.make_wave(), factories.make_event()
    blocks = StoryBlock().child_blocks
    survey = {"wave": wave.pk, "text": "", "label": "Answer"}
    meeting = {"event": event.pk, "text": ""}
    wave.delete()
    event.delete()
    assert "not open to the public" in _render(blocks["survey"], survey)
    assert "not announced" in _render(blocks["event"], meeting)


def test_an_event_for_those_concerned_is_not_shown():
    event = factories.make_event(title="Closed meeting", visibility="restricted")
    html = _render(StoryBlock().child_blocks["event"], {"event": event.pk, "text": ""})
    assert "Closed meeting" not in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//elsewhere.example/", "data:text/html,x"]
)
def test_a_call_to_action_takes_no_dangerous_address(address):
    from django.core.exceptions import ValidationError

    block = StoryBlock().child_blocks["action"]
    value = block.to_python(
        {"title": "T", "text": "", "label": "L", "page": None, "address": address}
    )
    with pytest.raises(ValidationError):
        block.clean(value)


def test_a_key_figure_component_says_when_there_is_no_value():
    from types import SimpleNamespace

    html = render_to_string(
        "components/figure.html",
        {"figure": SimpleNamespace(title=factories.HOSTILE, observation=None, url="")},
    )
    assert "No value yet" in html and "<script>" not in html
