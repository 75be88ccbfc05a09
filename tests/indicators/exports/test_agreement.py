"""Every format states the same: each number of every observation, to the last digit."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indicators import exports
from indicators.estimates import Estimate, settled
from indicators.exports.cells import is_exact_as_double
from indicators.ledger import record
from indicators.models import Observation
from tests.indicators.exports import reading
from tests.indicators.factories import AT, make_area, make_indicator

# What the ledger takes: at most six decimals and 15 significant digits, below 10^14.
EDGES = ("0", "-0", "0.000001", "-0.000001", "99999999999999", "-99999999999999.4", "123456789.123456",
         "-3.25", "72.4", "4.35", "0.1", "99999999.999999", "9007199.254741")  # fmt: skip
NUMBERS = st.one_of(
    st.sampled_from(EDGES).map(Decimal),
    st.decimals(-(10**14) + 1, 10**14 - 1, places=0),
    st.decimals(-(10**8), 10**8, places=6),
    st.decimals(-1000, 1000, places=3),
)
WORDS = st.one_of(
    st.sampled_from(
        ["", "ค่าเฉลี่ยถ่วงน้ำหนัก", "មធ្យម", "=1+1", "'=1+1", "-5", "@x", 'a;b,"c"\nd', "＝1", "'"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30),
)
BREAKDOWNS = st.sampled_from(
    ["", "sex=F", "age=15-24;sex=M", "age=55+", "urbanisation=rural", "education=ขั้นสูง",
     "age=Y15T24", "income=lowest fifth;sex=F"]
)  # fmt: skip
PERIODS = st.sampled_from(["2016", "2026", "2026-S1", "2026-Q4", "2026-11", "2026-W47"])


@st.composite
def estimates(draw):
    value = draw(st.none() | NUMBERS)
    low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
    has_interval = value is not None and draw(st.booleans())
    return Estimate(
        indicator=draw(st.sampled_from(["kpi-22", "kpi-31c"])),
        area=draw(st.sampled_from(["ASEAN", "KH"])),
        period=draw(PERIODS),
        breakdown=draw(BREAKDOWNS),
        value=value,
        low=low if has_interval else None,
        high=high if has_interval else None,
        n=draw(st.none() | st.integers(0, 2**31 - 1)),
        n_effective=draw(st.none() | st.decimals(0, 10**8, places=6)),
        status="A" if value is not None else draw(st.sampled_from("OQM")),
        method=draw(WORDS),
        qualifier=draw(st.sampled_from(["", "approx", "gt", "lt"])),
        population_vintage=draw(WORDS),
        provenance={"document": draw(WORDS)},
        members=("KH",) if draw(st.booleans()) else (),
        is_demonstration=draw(st.booleans()),
    )


LEDGERS = st.lists(
    estimates(),
    min_size=8,
    max_size=40,
    unique_by=lambda e: (e.indicator, e.area, e.period, e.breakdown),
)


def recorded() -> dict[str, dict]:
    """What the tables hold, as the files have to state it."""
    return {
        row.token: {name: getattr(row, name) for name in (*reading.NUMBERS, *reading.TEXTS)}
        | {"is_demonstration": str(row.is_demonstration).lower(), "n": _whole(row.n)}
        for row in Observation.objects.all()
    }


def _whole(number):
    return None if number is None else Decimal(number)


@pytest.fixture
def framework(db):
    make_area("ASEAN", kind="group")
    make_area("KH", name="កម្ពុជា")
    make_indicator("kpi-22", title='=HYPERLINK("x")', unit="percent")
    make_indicator("kpi-31c", title="สัดส่วน", unit="-per 1,000")


@pytest.fixture
def structure(client, framework):
    return reading.structure_of(client).structure["ASCC_INDICATORS"]


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(LEDGERS)
@example(
    [
        Estimate("kpi-22", "KH", str(2001 + place), value=Decimal(text), method=text)
        for place, text in enumerate(EDGES)
    ]
)
def test_check_29_csv_xlsx_sdmx_and_api_agree_to_the_last_digit(client, structure, said):
    with transaction.atomic():
        record(said, source="document:ทดสอบ", digest="", at=AT)
        held = recorded()
        assert len(held) == len(said)
        assert reading.from_csv(client) == held
        assert reading.from_xlsx(client) == held
        assert reading.from_sdmx_csv(client, "sdmx") == held
        assert reading.from_sdmx_csv(client, "sdmx2") == held
        assert reading.from_sdmx_ml(client, structure) == held
        assert reading.from_api(client) == held
        transaction.set_rollback(True)


@given(NUMBERS)
@settings(max_examples=200, derandomize=True)
def test_fifteen_digits_survive_in_a_binary_double(number):
    kept = settled(Estimate("kpi-22", "KH", "2026", value=number)).value
    assert is_exact_as_double(kept)


@pytest.mark.parametrize("text", ["0.12345678901234567", "12345678901234567.1"])
def test_a_number_that_a_double_cannot_hold_is_text_in_the_workbook(text):
    import openpyxl

    file = exports.xlsx_bytes(["value"], [(Decimal(text),), (Decimal("-2.5"),)])
    page = openpyxl.load_workbook(BytesIO(file)).active
    assert page["A2"].value == text
    assert page["A3"].value == -2.5
