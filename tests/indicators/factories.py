"""Plain makers of the ledger's rows, with titles that would do harm if they were not escaped."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from indicators.ledger import Estimate, record
from indicators.models import Area, AreaMembership, Framework, FrameworkNode, Indicator

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'
_number = count(1)


def make_area(code="KH", **overrides):
    defaults = {"name": f"Area {code}", "kind": "member_state"}
    return Area.objects.get_or_create(code=code, defaults=defaults | overrides)[0]


def make_asean(*codes):
    asean = make_area("ASEAN", name="ASEAN", kind="group")
    for code in codes:
        AreaMembership.objects.get_or_create(
            group=asean, area=make_area(code), valid_from=date(2000, 1, 1)
        )
    return asean


def make_framework(**overrides):
    values = {"slug": f"framework-{next(_number)}", "title": "Blueprint"} | overrides
    return Framework.objects.create(**values)


def make_node(**overrides):
    framework = overrides.pop("framework", None) or make_framework()
    number = next(_number)
    values = {
        "key": f"node-{number}",
        "code": "",
        "title": f"Node {number} {HOSTILE}",
        "kind": "characteristic",
    } | overrides
    return FrameworkNode.objects.create(framework=framework, **values)


def make_indicator(slug="kpi-22", **overrides):
    values = {
        "title": f"ASEAN awareness {HOSTILE}",
        "unit": "percent",
        "direction": "up",
        "data_route": "public_perception",
    } | overrides
    if "framework" not in values:
        values["framework"] = make_framework()
    return Indicator.objects.create(slug=slug, **values)


def make_estimate(indicator="kpi-22", area="KH", period="2026", value="72.4", **overrides):
    return Estimate(
        indicator=indicator,
        area=area,
        period=period,
        value=None if value is None else Decimal(value),
        **overrides,
    )


def record_values(*estimates, source="document:test", digest="", at=AT, **more):
    return record(estimates, source=source, digest=digest, at=at, **more)
