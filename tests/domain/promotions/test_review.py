"""The review: each planted fault is told at its place, its sound neighbour is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.documents.promotions import parse_promotion
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review import KnownPlaces, Remark, Severity, review
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import (
    PriceHistory,
    PricePoint,
    Remoteness,
    Station,
    StationProduct,
)

MOMENT = datetime(2026, 3, 10, tzinfo=UTC)
OFF = {"kind": "AMOUNT_OFF", "off_fen": 500}


def one(code: str = "A", **changes: Any) -> Promotion:
    document = {"code": code, "title": {"zh": code}, "lane": "ACTIVITY", "benefit": OFF}
    return parse_promotion({**document, **changes})


def places_of(remarks: tuple[Remark, ...]) -> list[tuple[str, str]]:
    return [(".".join(map(str, remark.path)), remark.severity.value) for remark in remarks]


def tiers(mode: str, kind: str, *steps: tuple[int, dict[str, int]]) -> dict[str, Any]:
    name = "from_fen" if kind == "TIERED_AMOUNT" else "from_ml"
    return {"kind": kind, "mode": mode, "tiers": [{name: at, "off": off} for at, off in steps]}


def amounts(*steps: tuple[int, int]) -> dict[str, Any]:
    return tiers("WHOLE", "TIERED_AMOUNT", *((at, {"off_fen": off}) for at, off in steps))


THRESHOLD = [{"kind": "THRESHOLD_AMOUNT", "min_fen": 30_000}]
TWO_TIERS = amounts((20_000, 500), (30_000, 900))
LITRES = tiers(
    "WHOLE",
    "TIERED_LITRES",
    (0, {"off_mill_per_litre": 100}),
    (50_000, {"off_mill_per_litre": 200}),
)
PERCENTS = tiers("WHOLE", "TIERED_AMOUNT", (0, {"off_bp": 100}), (20_000, {"off_bp": 300}))
SCHEDULE = {"kind": "SCHEDULE", "days_of_week": [1]}
JUNE = {"starts_at": "2026-06-02", "ends_at": "2026-06-05"}
POINTS = {"kind": "POINTS_REDEMPTION", "points_per_step": 100, "fen_per_step": 100}
NO_DEMAND = [{"demand": d, "factor_bp": 0} for d in ("PEAK", "OFF_PEAK")]


def dynamic(**changes: Any) -> dict[str, Any]:
    return {"kind": "DYNAMIC", "strength": {"off_fen": 500}, **changes}


@pytest.mark.parametrize(
    ("wrong", "right", "path", "severity"),
    [
        (
            {"conditions": [{"kind": "THRESHOLD_AMOUNT", "min_fen": 2_400_001}]},
            {"conditions": [{"kind": "THRESHOLD_AMOUNT", "min_fen": 2_400_000}]},
            "conditions.0.min_fen",
            "ERROR",
        ),
        (
            {"conditions": [{"kind": "THRESHOLD_LITRES", "min_ml": 3_333_334}]},
            {"conditions": [{"kind": "THRESHOLD_LITRES", "min_ml": 3_333_333}]},
            "conditions.0.min_ml",
            "ERROR",
        ),
        (
            {"benefit": amounts((0, 100), (2_400_001, 200))},
            {"benefit": amounts((0, 100), (2_400_001, 200)), "scope": ["FUEL", "NON_FUEL"]},
            "benefit.tiers.1.from_fen",
            "ERROR",
        ),
        (
            {"benefit": TWO_TIERS, "conditions": THRESHOLD},
            {"benefit": amounts((20_000, 500), (30_001, 900)), "conditions": THRESHOLD},
            "benefit.tiers.0",
            "ERROR",
        ),
        (
            {"benefit": TWO_TIERS, "cap_fen": 500},
            {"benefit": TWO_TIERS, "cap_fen": 501},
            "benefit.tiers.1",
            "WARNING",
        ),
        (
            {"benefit": amounts((0, 500), (30_000, 500))},
            {"benefit": TWO_TIERS},
            "benefit.tiers.1",
            "WARNING",
        ),
        (
            {"benefit": LITRES, "cap_fen": 500},
            {"benefit": LITRES, "cap_fen": 501},
            "benefit.tiers.1",
            "WARNING",
        ),
        (
            {"benefit": PERCENTS, "cap_fen": 200, "percent_base": "PUMP"},
            {"benefit": PERCENTS, "cap_fen": 200},
            "benefit.tiers.1",
            "WARNING",
        ),
        (
            {"benefit": dynamic(volume_factors=[
                {"from_ml": 0, "factor_bp": 9_000}, {"from_ml": 9_000, "factor_bp": 12_000}])},
            {"benefit": dynamic(volume_factors=[
                {"from_ml": 9_000, "factor_bp": 12_000}, {"from_ml": 0, "factor_bp": 9_000}])},
            "benefit.volume_factors.1",
            "ERROR",
        ),
        (
            {"benefit": dynamic(time_factors=[*NO_DEMAND, NO_DEMAND[0]], min_strength=1)},
            {"benefit": dynamic(time_factors=NO_DEMAND, min_strength=1)},
            "benefit.time_factors.2",
            "ERROR",
        ),
        (
            {"benefit": dynamic(time_factors=NO_DEMAND)},
            {"benefit": dynamic(time_factors=NO_DEMAND[:1])},
            "benefit",
            "ERROR",
        ),
        (
            {"conditions": [SCHEDULE], "validity": {**JUNE, "starts_at": "2026-06-04"}},
            {"conditions": [SCHEDULE], "validity": {**JUNE, "ends_at": "2026-06-08"}},
            "conditions.0",
            "ERROR",
        ),
        (
            {"conditions": [SCHEDULE], "validity": JUNE},
            {"conditions": [SCHEDULE], "validity": {**JUNE, "starts_at": "2026-06-01"}},
            "conditions.0",
            "WARNING",
        ),
        (
            {"conditions": [SCHEDULE, {"kind": "SCHEDULE", "days_of_week": [3]}]},
            {"conditions": [SCHEDULE, {"kind": "SCHEDULE", "days_of_month": [31]}]},
            "conditions.0",
            "ERROR",
        ),
        (
            {"conditions": [
                {"kind": "SCHEDULE", "windows": [{"start": "08:00", "end": "10:00"}]},
                {"kind": "SCHEDULE", "windows": [{"start": "10:00", "end": "12:00"}]}]},
            {"conditions": [
                {"kind": "SCHEDULE", "windows": [{"start": "22:00", "end": "02:00"}]},
                {"kind": "SCHEDULE", "windows": [{"start": "01:00", "end": "12:00"}]}]},
            "conditions.0",
            "ERROR",
        ),
        (
            {"validity": {"ends_at": "2026-03-09"}},
            {"validity": {"ends_at": "2026-03-10"}},
            "validity.ends_at",
            "WARNING",
        ),
        (
            {"lane": "UNIT_PRICE",
             "benefit": {"kind": "PLATFORM_PRICE", "price_mill_per_litre": 20_000}},
            {"lane": "UNIT_PRICE",
             "benefit": {"kind": "PLATFORM_PRICE", "price_mill_per_litre": 19_999}},
            "benefit.price_mill_per_litre",
            "ERROR",
        ),
        (
            {"benefit": {"kind": "FIRST_N_LITRES", "first_ml": 49,
                         "off": {"off_mill_per_litre": 100}}},
            {"benefit": {"kind": "FIRST_N_LITRES", "first_ml": 50,
                         "off": {"off_mill_per_litre": 100}}},
            "benefit.first_ml",
            "ERROR",
        ),
        (
            {"lane": "POINTS", "benefit": POINTS, "cap_fen": 99},
            {"lane": "POINTS", "benefit": POINTS, "cap_fen": 100},
            "cap_fen",
            "ERROR",
        ),
        ({"budget_fen": 499}, {"budget_fen": 500}, "budget_fen", "WARNING"),
        (
            {"budget_fen": 499, "refuse_partial": True},
            {"budget_fen": 499, "cap_fen": 499, "refuse_partial": True},
            "budget_fen",
            "ERROR",
        ),
        (
            {"limits": [{"per": "USER", "period": "DAY", "max_fen": 0}]},
            {"limits": [{"per": "USER", "period": "DAY", "max_fen": 500}]},
            "limits.0.max_fen",
            "ERROR",
        ),
        (
            {"lane": "COUPON", "delivery": {"valid_days_from_claim": 7, "stock": 0}},
            {"lane": "COUPON", "delivery": {"valid_days_from_claim": 7, "stock": 1}},
            "delivery.stock",
            "WARNING",
        ),
    ],
)  # fmt: skip
def test_a_planted_fault_is_told_at_its_place(
    wrong: dict[str, Any], right: dict[str, Any], path: str, severity: str
) -> None:
    remarks = review([one(**wrong)], moment=MOMENT)
    assert places_of(remarks) == [(path, severity)]
    assert remarks[0].zh
    assert remarks[0].en
    assert review([one(**right)], moment=MOMENT) == ()


def test_a_handshake_named_by_one_side_only() -> None:
    here, there = one("A", stacks_with=["B"]), one("B", sequence=1, lane="UNIT_PRICE")
    assert places_of(review([here], [there])) == [("stacks_with", "WARNING")]
    assert "there is no promotion called B" in review([here])[0].en
    assert review([here], [one("B", lane="UNIT_PRICE", stacks_with=["A"])]) == ()


@pytest.mark.parametrize(
    "what",
    [{"exclusivity_group": "g"}, {"refuses_lanes": ["ACTIVITY"]}],
    ids=lambda what: next(iter(what)),
)
def test_a_handshake_in_vain(what: dict[str, Any]) -> None:
    a, b = one("A", stacks_with=["B"], **what), one("B", stacks_with=["A"], **what)
    remarks = review([a, b])
    assert [(r.code, *places_of((r,))) for r in remarks] == [
        ("A", ("stacks_with", "WARNING")),
        ("B", ("stacks_with", "WARNING")),
    ]
    assert "always exclude each other" in remarks[0].en


@pytest.mark.parametrize(
    ("better", "remarked"),
    [
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}}, True),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 499}}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "lane": "UNIT_PRICE"}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "paused": True}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "conditions": THRESHOLD}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "cap_fen": 400}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "budget_fen": 9_000}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "validity": JUNE}, False),
        ({"benefit": {"kind": "AMOUNT_OFF", "off_fen": 600}, "tags": ["x"]}, False),
    ],
)
def test_one_that_another_always_outdoes(better: dict[str, Any], remarked: bool) -> None:
    remarks = review([one("A")], [one("BETTER", **better)])
    assert places_of(remarks) == ([("benefit", "WARNING")] if remarked else [])


def test_of_twins_one_is_remarked_on() -> None:
    assert [remark.code for remark in review([one("A"), one("B")])] == ["B"]


def test_stronger_conditions_are_outdone_by_weaker_ones() -> None:
    narrow = one("A", conditions=THRESHOLD)
    assert [remark.code for remark in review([narrow, one("B")])] == ["A"]


def station() -> Station:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    product = StationProduct(
        station_id=1,
        fuel_grade=FuelGrade.GASOLINE_92,
        nozzles=("1",),
        pump_price=PriceHistory((PricePoint(since, 8_000),)),
        ceiling=PriceHistory((PricePoint(since, 8_400),)),
        floor_price_mill_per_litre=0,
    )
    return Station(
        id=1, code="x:1", name="站", brand_code="sinopec", region_code="310115", address="",
        latitude_e7=0, longitude_e7=0, time_zone="Asia/Shanghai", tags=frozenset({"wash"}),
        remoteness=Remoteness.URBAN, peak_hours=frozenset(), service_fee_fen=0,
        products={FuelGrade.GASOLINE_92: product},
    )  # fmt: skip


PLACES = KnownPlaces.of(
    StationDirectory.of([station()]), brands=["sinopec"], amenities=["shop"], regions=["440000"]
)


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"kind": "STATION", "stations": ["x:1", "x:2"]}, "stations"),
        ({"kind": "BRAND", "brands": ["sinopek"]}, "brands"),
        ({"kind": "REGION", "regions": ["999999"]}, "regions"),
        ({"kind": "TAG", "tags": ["wosh"]}, "tags"),
    ],
)
def test_unknown_codes(condition: dict[str, Any], field: str) -> None:
    remarks = review([one(conditions=[condition])], places=PLACES)
    assert places_of(remarks) == [(f"conditions.0.{field}", "WARNING")]
    assert review([one(conditions=[condition])]) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "STATION", "stations": ["x:1"]},
        {"kind": "BRAND", "brands": ["sinopec"]},
        {"kind": "REGION", "regions": ["310000", "440000"]},
        {"kind": "TAG", "tags": ["wash", "shop"]},
    ],
)
def test_known_codes(condition: dict[str, Any]) -> None:
    assert review([one(conditions=[condition])], places=PLACES) == ()


@pytest.mark.parametrize(
    ("price", "severity"), [(7_999, None), (8_000, "WARNING"), (8_400, "ERROR")]
)
def test_a_platform_price_against_the_pumps(price: int, severity: str | None) -> None:
    benefit = {"kind": "PLATFORM_PRICE", "price_mill_per_litre": price}
    remarks = review([one(lane="UNIT_PRICE", benefit=benefit)], places=PLACES)
    assert [remark.severity for remark in remarks] == ([Severity(severity)] if severity else [])
