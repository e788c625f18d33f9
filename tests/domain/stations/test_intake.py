"""Judging rows: what is taken does not depend on the order of the rows."""

import random
from datetime import timedelta

import pytest

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import Bounds, Setting, StationClaim
from app.domain.stations.findings import Finding, RowFault
from app.domain.stations.geo import E7, Coordinates, to_wgs84
from app.domain.stations.intake import judge
from tests.domain.stations.builders import NOON, claim

SETTING = Setting(
    bounds=Bounds(lowest_mill=4_000, highest_mill=12_000), moment=NOON + timedelta(hours=1)
)


def faults(*claims: StationClaim) -> list[tuple[int, str]]:
    return [
        (rejection.line, finding.fault.value)
        for rejection in judge(claims, SETTING).rejected
        for finding in rejection.findings
    ]


def test_the_outcome_does_not_depend_on_the_order() -> None:
    claims = [
        claim(1, source_id="a", updated_at=NOON),
        claim(2, source_id="a", updated_at=NOON - timedelta(days=1)),
        claim(3, source_id="b", at=(31.5, 121.5)),
        claim(4, source_id="c", at=(31.5, 121.5)),
        claim(5, source_id="d", at=(31.5, 121.5), updated_at=NOON - timedelta(days=9)),
        claim(6, source_id="e", name="x", address="y", at=(31.7, 121.5)),
        claim(7, source_id="f", name="X ", address="y", at=(31.7003, 121.5)),
        claim(8, source_id="g", name=""),
    ]
    expected = judge(claims, SETTING)
    assert [c.line for c in expected.accepted] == [1, 4, 7]
    for seed in range(20):
        shuffled = random.Random(seed).sample(claims, len(claims))
        assert judge(shuffled, SETTING) == expected


def test_a_row_that_is_not_taken_never_beats_one_that_could_be() -> None:
    older = claim(1, source_id="a", updated_at=NOON - timedelta(days=1))
    newer = claim(2, source_id="a", name="")
    assert faults(older, newer) == [(2, "NAME_MISSING")]


def test_equal_numbers_under_other_prefixes_are_other_stations() -> None:
    assert (
        faults(
            claim(1, source_id="nsw_62", at=(31.0, 121.5)),
            claim(2, source_id="tas_62", at=(35.0, 121)),
        )
        == []
    )


def test_neighbours_with_other_names_are_other_stations() -> None:
    assert faults(claim(1, at=(31.0, 121.5)), claim(2, at=(31.00008, 121.5))) == []


def test_without_an_address_names_alone_are_not_a_place() -> None:
    same = {"name": "加油站", "address": ""}
    assert faults(claim(1, at=(31.0, 121.5), **same), claim(2, at=(31.0003, 121.5), **same)) == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"source_id": ""}, "ID_MISSING"),
        ({"name": ""}, "NAME_MISSING"),
        ({"place": Coordinates(0, 0)}, "COORDINATES_IMPOSSIBLE"),
        ({"updated_at": NOON + timedelta(days=2)}, "TIME_IN_FUTURE"),
        ({"prices": {}}, "NO_MAPPED_GRADE"),
        ({"prices": {FuelGrade.GASOLINE_92: 3_999}}, "PRICE_ABSURD"),
        ({"prices": {FuelGrade.GASOLINE_92: 12_001}}, "PRICE_ABSURD"),
        ({"price_zone_code": "310000:west"}, "ZONE_UNKNOWN"),
        ({"findings": (Finding(RowFault.UNPRINTABLE),)}, "UNPRINTABLE"),
    ],
)
def test_a_row_alone(given: dict[str, object], fault: str) -> None:
    assert faults(claim(1, **given)) == [(1, fault)]


@pytest.mark.parametrize(
    "given",
    [
        {"prices": {FuelGrade.GASOLINE_92: 4_000, FuelGrade.DIESEL_0: 12_000}},
        {"prices": {}, "priced": False},
        {"updated_at": NOON + timedelta(hours=24)},
        {"updated_at": None},
        {"place": Coordinates(0, 1)},
    ],
)
def test_what_is_possible_is_taken(given: dict[str, object]) -> None:
    assert faults(claim(1, **given)) == []


def test_a_row_of_wrong_columns_tells_only_that() -> None:
    broken = claim(1, name="", findings=(Finding(RowFault.COLUMN_COUNT),))
    assert faults(broken) == [(1, "COLUMN_COUNT")]


@pytest.mark.parametrize(
    ("longitude", "inside"), [(179.0, True), (-179.0, True), (0.0, False), (169.9, False)]
)
def test_an_area_may_cross_the_antimeridian(longitude: float, inside: bool) -> None:
    bounds = Bounds(
        lowest_mill=1,
        highest_mill=2,
        south_west=Coordinates(-20 * E7, 170 * E7),
        north_east=Coordinates(-10 * E7, -170 * E7),
    )
    assert bounds.hold(to_wgs84(-15, longitude)) is inside
    assert not bounds.hold(to_wgs84(-21, longitude))
