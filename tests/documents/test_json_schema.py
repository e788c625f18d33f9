"""The published JSON Schemas: as the code prints them, true of what is shipped, false of faults."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from app.documents.json_schema import cases_schema, printed, promotions_schema
from app.documents.yaml_text import parse_text, read_text
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.conditions import CONDITION_KINDS

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
PROMOTIONS = Draft202012Validator(orjson.loads((SCHEMAS / "promotions-v1.json").read_bytes()))
CASES = Draft202012Validator(orjson.loads((SCHEMAS / "cases-v1.json").read_bytes()))
SEED = sorted((ROOT / "seed" / "promotions").glob("*.yaml"))
GOLDEN = sorted((ROOT / "tests" / "golden" / "promotions").rglob("*.yaml"))
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.yaml"))
GOOD: dict[str, Any] = {
    "schema": "youhui.promotions/1",
    "promotions": [
        {
            "code": "A",
            "title": {"zh": "题"},
            "lane": "ACTIVITY",
            "benefit": {"kind": "AMOUNT_OFF", "off_fen": 100},
            "conditions": [{"kind": "THRESHOLD_AMOUNT", "min_fen": 100}],
            "validity": {"starts_at": "2026-06-01", "ends_at": "2026-06-30T10:00:00+08:00"},
        }
    ],
}
CASE = """
cases:
  - name: one
    given:
      fill: {litres: "30.5"}
      promotions: [{code: A, lane: ACTIVITY, benefit: {kind: AMOUNT_OFF, off_fen: 100}}]
    expect: {payable_fen: 100, applied: [[A, 100]]}
"""


@pytest.mark.parametrize(
    ("name", "schema"),
    [("promotions-v1.json", promotions_schema), ("cases-v1.json", cases_schema)],
)
def test_the_file_is_what_the_code_prints(name: str, schema: Any) -> None:
    assert (SCHEMAS / name).read_text("utf-8") == printed(schema()), "run `make schema`"
    Draft202012Validator.check_schema(schema())


def faults(validator: Draft202012Validator, value: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(value)]


@pytest.mark.parametrize("path", SEED, ids=lambda path: path.name)
def test_every_shipped_promotion_is_valid(path: Path) -> None:
    assert faults(PROMOTIONS, read_text(path).value) == []


@pytest.mark.parametrize("path", [*GOLDEN, *EXAMPLES], ids=lambda path: path.name)
def test_every_shipped_case_is_valid(path: Path) -> None:
    assert faults(CASES, read_text(path).value) == []


def test_there_are_files_to_validate() -> None:
    assert len(SEED) >= 4
    assert len(GOLDEN) >= 20
    assert EXAMPLES


def changed(path: tuple[str | int, ...], value: Any) -> Any:
    """The good document with one place set; ... takes it away."""
    document = copy.deepcopy(GOOD)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "youhui.promotions/2"),
        (("promotion",), []),
        (("promotions",), []),
        (("promotions",), ...),
        (("promotions", 0, "colour"), "red"),
        (("promotions", 0, "code"), ...),
        (("promotions", 0, "code"), "-A"),
        (("promotions", 0, "code"), "A" * 65),
        (("promotions", 0, "title"), "题"),
        (("promotions", 0, "title", "zh"), ...),
        (("promotions", 0, "lane"), "ACTIVTY"),
        (("promotions", 0, "benefit", "kind"), "AMOUNT_OF"),
        (("promotions", 0, "benefit", "kind"), ...),
        (("promotions", 0, "benefit", "off_fen"), "100"),
        (("promotions", 0, "benefit", "off_fen"), -1),
        (("promotions", 0, "benefit", "off_fen"), 10**9 + 1),
        (("promotions", 0, "benefit", "off_fen"), ...),
        (("promotions", 0, "conditions", 0, "max_fen"), 1),
        (("promotions", 0, "conditions"), {"kind": "FIRST_ORDER"}),
        (("promotions", 0, "validity", "starts_at"), "next week"),
        (("promotions", 0, "validity", "ends_at"), "2026-06-30T10:00:00"),
        (("promotions", 0, "scope"), ["FUEL", "FUEL"]),
        (("promotions", 0, "paused"), "yes"),
    ],
)
def test_a_planted_fault_is_not_valid(path: tuple[str | int, ...], value: Any) -> None:
    assert faults(PROMOTIONS, GOOD) == []
    assert faults(PROMOTIONS, changed(path, value)) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cases:", "case:"),
        ("name: one", "title: one"),
        ('litres: "30.5"', "litres: 30.5"),
        ('litres: "30.5"', 'litres: "30.55555"'),
        ("payable_fen: 100", "payable_fenn: 100"),
        ("[[A, 100]]", "[[A, 100, 1]]"),
        ("off_fen: 100", "off_fen: -100"),
        ("lane: ACTIVITY", "lane: NOWHERE"),
        ("fill:", "fil:"),
    ],
)
def test_a_planted_fault_in_a_case_is_not_valid(right: str, wrong: str) -> None:
    assert faults(CASES, parse_text(CASE).value) == []
    assert faults(CASES, parse_text(CASE.replace(right, wrong)).value) != []


def test_every_kind_is_described_in_the_schema() -> None:
    definitions = promotions_schema()["$defs"]
    told = {
        definition["properties"]["kind"]["const"]: definition["description"]
        for definition in definitions.values()
        if "kind" in definition.get("properties", {})
    }
    assert set(told) == {*BENEFIT_KINDS, *CONDITION_KINDS}
    assert all(told.values())
