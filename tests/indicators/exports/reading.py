"""Reading the ledger's files back as other programs do, each to the same plain values."""

import csv
import io
from decimal import Decimal

import openpyxl
import sdmx
from django.urls import reverse

NUMBERS = ("value", "low", "high", "n", "n_effective")
TEXTS = ("period", "status", "qualifier", "method", "population_vintage", "is_demonstration")
IN_SDMX = {
    "value": "OBS_VALUE",
    "low": "LOWER_CI",
    "high": "UPPER_CI",
    "n": "SAMPLE_SIZE",
    "n_effective": "EFFECTIVE_SAMPLE_SIZE",
    "period": "TIME_PERIOD",
    "status": "OBS_STATUS",
    "qualifier": "VALUE_QUALIFIER",
    "method": "METHOD",
    "population_vintage": "POPULATION_VINTAGE",
    "is_demonstration": "IS_DEMONSTRATION",
}


def content_of(client, form: str, **query) -> bytes:
    answer = client.get(reverse("indicators:export", args=[form]), query)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return answer.getvalue()


def structure_of(client):
    message = client.get(reverse("indicators:structure"))
    assert message.status_code == 200
    return sdmx.read_sdmx(io.BytesIO(message.content))


def plain(text: str) -> str:
    """The text that a cell was made of: one apostrophe less before what looks like a formula."""
    from indicators.exports.cells import neutral

    return text[1:] if text[:1] == "'" and neutral(text[1:]) == text else text


def number(text) -> Decimal | None:
    return None if text in ("", None) else Decimal(str(text))


def from_csv(client) -> dict[str, dict]:
    text = content_of(client, "csv").decode("utf-8-sig")
    return _by_id(csv.DictReader(io.StringIO(text, newline="")), neutralised=True)


def from_xlsx(client) -> dict[str, dict]:
    book = openpyxl.load_workbook(io.BytesIO(content_of(client, "xlsx")), read_only=True)
    lines = book.active.iter_rows(values_only=True)
    header = next(lines)
    rows = []
    for line in lines:
        row = dict(zip(header, line, strict=True))
        # repr() is the shortest text that gives the double back: what R and pandas show.
        row |= {name: None if row[name] is None else repr(row[name]) for name in NUMBERS}
        row["is_demonstration"] = str(row["is_demonstration"]).lower()
        row |= {name: row[name] or "" for name in (*TEXTS, "breakdown", "source")}
        rows.append(row)
    return _by_id(rows, neutralised=True)


def from_sdmx_csv(client, form: str) -> dict[str, dict]:
    text = content_of(client, form).decode()
    found = [
        {name: row[column] for name, column in IN_SDMX.items()} | {"id": row["OBS_ID"]}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
    return _by_id(found, neutralised=True)


def from_sdmx_ml(client, dsd) -> dict[str, dict]:
    message = sdmx.read_sdmx(io.BytesIO(content_of(client, "sdmxml")), structure=dsd)
    found = []
    for observation in message.data[0].obs:
        said = {key: value.value for key, value in observation.attached_attribute.items()}
        said |= {"TIME_PERIOD": observation.key["TIME_PERIOD"].value}
        said |= {"OBS_VALUE": observation.value}
        row = {name: said.get(column) or "" for name, column in IN_SDMX.items()}
        found.append(row | {"id": said["OBS_ID"]})
    return _by_id(found, neutralised=False)


def from_api(client) -> dict[str, dict]:
    found, url = [], reverse("indicators:api:observations") + "?limit=17"
    while url:
        page = client.get(url).json()
        found += page["items"]
        url = page["next"]
    for row in found:
        row["is_demonstration"] = str(row["is_demonstration"]).lower()
    return _by_id(found, neutralised=False)


def _by_id(rows, *, neutralised: bool) -> dict[str, dict]:
    found = {}
    for row in rows:
        said = {name: number(row[name]) for name in NUMBERS}
        said |= {name: plain(row[name]) if neutralised else row[name] for name in TEXTS}
        assert row["id"] not in found, "each observation stands in a file once"
        found[row["id"]] = said
    return found
