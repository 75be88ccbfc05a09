"""Bodies, measures and activities for tests, and reporters who write for a body."""

from indicators.models import Activity, FrameworkNode, SectoralBody
from tests.conftest import user_with_role
from tests.indicators.factories import make_framework


def make_body(acronym):
    return SectoralBody.objects.get_or_create(acronym=acronym, defaults={"name": acronym})[0]


def make_activity(title, lead="SOMHD", *, support=(), on=(), **values):
    values = {"type": "outreach"} | values
    activity = Activity.objects.create(title=title, lead_body=make_body(lead), **values)
    activity.supporting_bodies.set([make_body(word) for word in support])
    activity.measures.set(on)
    return activity


def make_tree(slug="blueprint"):
    """A characteristic, a key result area below it and two measures below that, by key."""
    framework = make_framework(slug=slug, title="Blueprint")
    found = {}
    for key, kind, parent in (
        ("b", "characteristic", None),
        ("b-2", "key_result_area", "b"),
        ("b-2-1", "measure", "b-2"),
        ("b-2-2", "measure", "b-2"),
    ):
        found[key] = FrameworkNode.objects.create(
            framework=framework,
            key=key,
            code=key.upper(),
            title=f"Measure {key}",
            kind=kind,
            parent=found.get(parent),
            position=len(found),
        )
    return found


def reporter_of(acronym):
    """Somebody who reports for the body from today on."""
    make_body(acronym)
    return user_with_role("sectoral_body_reporter", body=acronym)
