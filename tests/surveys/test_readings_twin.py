"""A number typed into a page is the same number to the browser's script and to the server."""

import json
import subprocess
from pathlib import Path

import pytest

from surveys.answers import _read_number
from surveys.questionnaire.definition import Question
from tests import servers

READINGS = Path(__file__).parents[2] / "surveys" / "static" / "surveys" / "readings.js"
SCRIPT = """
import { readFile } from "node:fs/promises";
const source = await readFile(process.argv[1]);
const { valueOf } = await import(`data:text/javascript;base64,${source.toString("base64")}`);
const cases = JSON.parse(process.argv[2]);
const found = cases.map(([typed, decimals]) => {
  const data = new FormData();
  data.set("q/n", typed);
  return valueOf(data, "n", "number", decimals) ?? null;
});
console.log(JSON.stringify(found));
"""
TYPED = (
    "34", " 34 ", "1 000", "0", "-3", "+3", "3.", ".5", "3.5", "3,5", "3.50", "3.0", "3,25", "3.250",
    "3.257", "3.000000001", "1.123456789", "1.1234567891", "0.10", "-0.005", "៣៤", "๓,๕", "၃.၂၅", "３.２",
    "1e3", "0x10", "Infinity", "NaN", "", "a", "3.5.1", "3,5,1", "1,000", "-7", "-7.0", "-8.00",
    "999999999999999", "9999999999999999",
)  # fmt: skip


def server(typed: str, decimals: int) -> float | str | None:
    question = Question(code="n", kind="number", label={}, decimals=decimals)
    return _read_number(question, typed)[0]


@pytest.mark.needs_node
def test_what_is_typed_into_a_number_reads_alike():
    cases = [(typed, decimals) for typed in TYPED for decimals in (0, 1, 2, 9)]
    command = [servers.node(), "--input-type=module", "-e", SCRIPT, READINGS, json.dumps(cases)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    browser = json.loads(result.stdout)
    assert [one for one in zip(cases, browser, strict=True) if server(*one[0]) != one[1]] == []
    assert {1, 2} <= {len(str(value).partition(".")[2]) for value in browser if value is not None}
