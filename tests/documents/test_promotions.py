"""Promotion documents: what is taken, what comes back, and what each fault is told as."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.documents.findings import DocumentInvalid, Finding
from app.documents.promotions import (
    dump_promotion,
    load_promotions,
    loads_promotions,
    parse_promotion,
    read_promotion,
)
from app.documents.yaml_text import parse_text
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.conditions import CONDITION_KINDS
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from tests.golden.cases import all_cases

PLAIN: dict[str, Any] = {
    "code": "LESS-1",
    "title": {"zh": "立减 1 元"},
    "lane": "ACTIVITY",
    "benefit": {"kind": "AMOUNT_OFF", "off_fen": 100},
}
FULL = """
promotions:
  - code: NIGHT
    title: {zh: 夜间阶梯, en: Night tiers}
    lane: COUPON
    benefit:
      kind: TIERED_LITRES
      mode: MARGINAL
      tiers:
        - {from_ml: 0, off: {off_mill_per_litre: 100}}
        - {from_ml: 20000, off: {off_bp: 500}}
    conditions:
      - {kind: STATION, stations: ["nsw:1", "nsw:2"]}
      - {kind: BRAND, brands: [sinopec]}
      - {kind: REGION, regions: ["310000"]}
      - {kind: TAG, tags: [highway]}
      - {kind: FUEL_GRADE, fuel_grades: [GASOLINE_92, DIESEL_0]}
      - kind: SCHEDULE
        windows: [{start: 22:00, end: 06:00}, {start: 20:00, end: 24:00}]
        days_of_week: [6, 7]
        days_of_month: [8, 18, 28]
      - {kind: FIRST_ORDER}
      - {kind: SEGMENT, segments: [lapsed]}
      - {kind: MEMBER_TIER, at_least: GOLD}
      - {kind: CHANNEL, channels: [MINI_PROGRAM]}
      - {kind: PAYMENT_METHOD, methods: [WECHAT_PAY]}
      - {kind: THRESHOLD_AMOUNT, min_fen: 20000}
      - {kind: THRESHOLD_LITRES, min_ml: 30000}
    validity: {starts_at: 2026-06-01, ends_at: 2026-06-30}
    delivery: {claimable: true, per_user: 2, stock: 1000}
    scope: [FUEL, NON_FUEL]
    sequence: 7
    tags: [night]
    stacks_with: ["tag:night", OTHER]
    exclusivity_group: g
    refuses_lanes: [POINTS]
    cap_fen: 3000
    refuse_partial: true
    threshold_base: RUNNING
    percent_base: PUMP
    funding: {platform_bp: 4000, station_bp: 6000}
    paused: true
"""

DOCUMENTS = [
    *parse_text(FULL).value["promotions"],  # pyright: ignore[reportIndexIssue]
    *(document for case in all_cases() for document in case.given.get("promotions", [])),
]
"""The full one above, and those of all golden cases: a new kind comes with its own."""


def one(text: str) -> Promotion:
    (promotion,) = loads_promotions(text)
    return promotion


def findings(document: dict[str, Any]) -> dict[str, Finding]:
    with pytest.raises(DocumentInvalid) as caught:
        parse_promotion(document)
    return {finding.path: finding for finding in caught.value.findings}


def test_a_plain_document_takes_the_defaults() -> None:
    promotion = parse_promotion(PLAIN)
    assert promotion.lane is Lane.ACTIVITY
    assert promotion.sequence == 100
    assert promotion.funding.platform_bp == 10_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["code"])
def test_documents_go_there_and_back(document: dict[str, Any]) -> None:
    promotion = parse_promotion({"title": {"zh": "题"}, **document})
    dumped = dump_promotion(promotion)
    assert parse_promotion(dumped) == promotion
    assert dump_promotion(parse_promotion(dumped)) == dumped


def test_every_kind_is_among_them() -> None:
    assert {document["benefit"]["kind"] for document in DOCUMENTS} == set(BENEFIT_KINDS)
    conditions = [c for document in DOCUMENTS for c in document.get("conditions", [])]
    assert {condition["kind"] for condition in conditions} == set(CONDITION_KINDS)


def test_a_dumped_document_names_every_field_and_is_stable() -> None:
    document = dump_promotion(one(FULL))
    assert list(document) == [field.name for field in fields(Promotion)]
    assert document["refuses_lanes"] == ["POINTS"]
    assert document["stacks_with"] == ["OTHER", "tag:night"]


def test_an_end_date_means_the_end_of_that_day_in_the_promotions_zone() -> None:
    validity = one(FULL).validity
    assert validity.starts_at == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert validity.ends_at == datetime(2026, 6, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Australia/Sydney", datetime(2026, 10, 4, 13, tzinfo=UTC)),  # a day of 23 hours
        ("America/New_York", datetime(2026, 10, 5, 4, tzinfo=UTC)),
        ("UTC", datetime(2026, 10, 5, tzinfo=UTC)),
    ],
)
def test_dates_are_in_the_named_zone(zone: str, end: datetime) -> None:
    document = {**PLAIN, "validity": {"ends_at": "2026-10-04", "time_zone": zone}}
    assert parse_promotion(document).validity.ends_at == end


def test_an_instant_keeps_its_offset() -> None:
    document = {**PLAIN, "validity": {"starts_at": "2026-06-01T08:00:00+08:00"}}
    assert parse_promotion(document).validity.starts_at == datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        ({"lanes": "ACTIVITY"}, "lanes", "did you mean lane?"),
        ({"colour": "red"}, "colour", "is no field here"),
        ({"lane": "ACTIVTY"}, "lane", "did you mean ACTIVITY?"),
        ({"title": "立减"}, "title", "must be an object"),
        ({"title": {"en": "x"}}, "title.zh", "is missing"),
        ({"title": {"zh": " "}}, "title.zh", "must not be blank"),
        ({"code": "有 空格"}, "code", "letters, digits"),
        ({"benefit": {"kind": "AMOUNTOFF", "off_fen": 1}}, "benefit", "did you mean AMOUNT_OFF?"),
        ({"benefit": {"off_fen": 1}}, "benefit", "has no kind"),
        ({"benefit": "AMOUNT_OFF"}, "benefit", "must be an object"),
        ({"benefit": {"kind": "AMOUNT_OFF"}}, "benefit.off_fen", "is missing"),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": "1"}}, "benefit.off_fen", "a whole number"),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 1.5}}, "benefit.off_fen", "a whole number"),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": True}}, "benefit.off_fen", "a whole number"),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 0}}, "benefit", "above 0"),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 10**19}}, "benefit.off_fen", "too large"),
        ({"cap_fen": 0}, "", "cap_fen"),
        ({"scope": ["FUEL", "SERVICE_FEE"]}, "", "service fee"),
        ({"scope": "FUEL"}, "scope", "a list"),
        ({"tags": [1]}, "tags[0]", "must be text"),
        ({"paused": "yes"}, "paused", "true or false"),
        ({"conditions": [{"kind": "CHANNEL", "channels": ["SMS"]}]},
         "conditions[0].channels[0]", "one of: MINI_PROGRAM, H5, APP"),
        ({"conditions": [{"kind": "BRAND", "brands": []}]}, "conditions[0]", "at least one"),
        ({"conditions": [{"kind": "SCHEDULE", "days_of_month": [0]}]},
         "conditions[0]", "go from 1 to 31, not 0"),
        ({"conditions": [{"kind": "SCHEDULE", "windows": [{"start": "25:00", "end": "26:00"}]}]},
         "conditions[0].windows[0]", "25:00"),
        ({"conditions": [{"kind": "SCHEDULE", "windows": [{"start": 1320, "end": "06:00"}]}]},
         "conditions[0].windows[0].start", "must be text"),
        ({"conditions": [{"kind": "TIME"}]}, "conditions[0]", "there is no kind 'TIME'"),
        ({"validity": {"ends_at": "30.06.2026"}}, "validity.ends_at", "is no date"),
        ({"validity": {"ends_at": "2026-02-30"}}, "validity.ends_at", "is no date"),
        ({"validity": {"ends_at": "2026-06-30T10:00:00"}}, "validity.ends_at", "with an offset"),
        ({"validity": {"ends_at": 20260630}}, "validity.ends_at", "must be a date"),
        ({"validity": {"time_zone": "Mars/Base"}}, "validity.time_zone", "Mars/Base"),
        ({"validity": {"starts_at": "2026-07-01", "ends_at": "2026-06-30"}},
         "validity.ends_at", "later than the start"),
        ({"funding": {"station_bp": 1}}, "funding", "10000"),
        ({"lane": "COUPON"}, "lane", "give delivery"),
        ({"lane": "POINTS"}, "", "points"),
        ({"delivery": {}}, "", "lane COUPON"),
        ({"lane": "COUPON", "delivery": {}}, "delivery", "needs an end"),
        ({"lane": "COUPON", "delivery": {"valid_days_from_claim": 0}},
         "delivery.valid_days_from_claim", "at least 1 day"),
        ({"lane": "COUPON", "delivery": {"valid_days_from_claim": 1, "per_user": 0}},
         "delivery.per_user", "at least 1"),
        ({"lane": "COUPON", "delivery": {"valid_days_from_claim": 1, "stock": -1}},
         "delivery.stock", "not be negative"),
        ({"exclusive": True, "stacks_with": ["X"]}, "stacks_with", "alone in the order"),
        ({"stacks_with": ["tag:"]}, "stacks_with", "never blank"),
        ({"exclusivity_group": " "}, "exclusivity_group", "not be blank"),
    ],
)  # fmt: skip
def test_each_fault_is_told_where_it_is(change: dict[str, Any], path: str, word: str) -> None:
    found = findings({**PLAIN, **change})
    assert list(found) == [path]
    assert word in found[path].en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found[path].zh)


def test_missing_fields_are_all_named() -> None:
    assert set(findings({"lane": "ACTIVITY"})) == {"code", "title", "benefit"}


def test_only_the_alternative_that_was_meant_is_reported() -> None:
    tiers = [{"from_fen": 1, "off": {"off_bp": "x"}}, {"from_fen": 2, "off": {"off_bpp": 3}},
             {"from_fen": 3, "off": {"off_bp": 1, "off_fen": 3}}]  # fmt: skip
    found = findings(
        {**PLAIN, "benefit": {"kind": "TIERED_AMOUNT", "mode": "WHOLE", "tiers": tiers}}
    )
    assert {path: finding.en for path, finding in found.items()} == {
        "benefit.tiers[0].off.off_bp": "must be a whole number, not 'x'",
        "benefit.tiers[1].off": "write exactly one field of: off_mill_per_litre | off_bp | off_fen",
        "benefit.tiers[2].off": "write exactly one field of: off_mill_per_litre | off_bp | off_fen",
    }


def test_a_wrong_date_does_not_hide_other_findings() -> None:
    found = findings({**PLAIN, "lane": "X", "validity": {"starts_at": "soon", "from": 1}})
    assert set(found) == {"validity.starts_at", "lane", "validity.from"}


@pytest.mark.parametrize("kind", BENEFIT_KINDS)
def test_unknown_fields_are_refused_in_every_benefit(kind: str) -> None:
    found = findings({**PLAIN, "benefit": {"kind": kind, "surprise": 1}})
    assert "is no field here" in found["benefit.surprise"].en


def file_findings(path: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(DocumentInvalid) as caught:
        load_promotions(path)
    assert caught.value.source == str(path)
    return [(finding.path, finding.line) for finding in caught.value.findings]


def test_a_file_tells_path_and_line(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "# 活动\npromotions:\n"
        "  - code: A\n    title: {zh: 减}\n    lane: ACTIVITY\n"
        "    benefit:\n      kind: AMOUNT_OFF\n      off_fen: many\n"
        "  - code: B\n    title: {zh: 减}\n    lane: ACTIVITY\n"
        "    benefit: {kind: AMOUNT_OFF, off_fen: 1}\n"
        "  - code: B\n    title: {zh: 减}\n    lane: ACTIVITY\n"
        "    benefit: {kind: AMOUNT_OFF, off_fen: 2}\n"
        "  - 3\n",
        encoding="utf-8",
    )
    assert file_findings(path) == [
        ("promotions[0].benefit.off_fen", 8),
        ("promotions[2].code", 13),
        ("promotions[3]", 17),
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", [("", None)]),
        (b"\n  \n", [("", None)]),
        (b"# nothing\n", [("", None)]),
        ("promotions:\n- code: 减".encode("gbk"), [("", 2)]),
        ("promotions: []".encode("utf-16"), [("", 1)]),
        (b"promotions: []\n", [("promotions", 1)]),
        (b"promotions: {}\n", [("promotions", 1)]),
        (b"- code: A\n", [("", 1)]),
        (b"promotion:\n- code: A\n", [("", 1)]),
        (b"version: 2\npromotions:\n- x\n", [("version", 1)]),
        (b"promotions:\n- code: [\n", [("", 3)]),
        (b"promotions:\n- code: A\n  code: B\n", [("code", 3)]),
        (b"promotions: !!python/object:os.system x\n", [("", 1)]),
        (b"promotions: &a [*a]\n", [("", None)]),
    ],
    ids=ascii,
)
def test_a_broken_file_is_told(
    tmp_path: Path, raw: bytes, expected: list[tuple[str, int | None]]
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(raw)
    assert file_findings(path) == expected


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.encode())
    assert load_promotions(path) == loads_promotions(FULL)


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        '{\n\t"promotions": [{"code": "A", "title": {"zh": "\\u51cf"}, "lane": "ACTIVITY",\n'
        '\t\t"benefit": {"kind": "AMOUNT_OFF", "off_fen": 1}}]\n}\n',
        encoding="utf-8",
    )
    (promotion,) = load_promotions(path)
    assert promotion.title.zh == "减"


def test_words_stay_words() -> None:
    """YAML 1.1 would read 22:00 as 1320, `no` as false and 010 as 8."""
    text = FULL.replace("[night]", "[no, 010, 2026-01-01]")
    assert one(text).tags == {"no", "010", "2026-01-01"}


def test_a_small_file_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(DocumentInvalid, match="grows too large"):
        loads_promotions("\n".join(lines))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["code"])
def test_what_is_kept_is_read_to_the_same(document: dict[str, Any]) -> None:
    promotion = parse_promotion({"title": {"zh": "题"}, **document})
    assert read_promotion(json.dumps(dump_promotion(promotion))) == promotion


def test_a_kept_document_with_bare_dates_is_read_as_a_written_one() -> None:
    document = {**PLAIN, "validity": {"starts_at": "2026-06-01", "ends_at": "2026-06-30"}}
    assert read_promotion(json.dumps(document)) == parse_promotion(document)


@pytest.mark.parametrize("text", ['{"code": "A"}', "[]", "{", json.dumps({**PLAIN, "cap_fen": 0})])
def test_what_is_kept_and_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises((DocumentInvalid, ValueError)):
        read_promotion(text)
