"""Where a promotion can ever apply: a False is certain."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.placement import can_apply_at
from app.domain.promotions.promotion import Promotion
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import PriceHistory, PricePoint, Station, StationProduct
from tests.support.promotions import amount_off

PETROL, PREMIUM, DIESEL = FuelGrade.GASOLINE_92, FuelGrade.GASOLINE_95, FuelGrade.DIESEL_0
PRICE = PriceHistory((PricePoint(datetime(2026, 1, 1, tzinfo=UTC), 8_000),))


def station(*grades: FuelGrade) -> Station:
    return Station(
        id=1,
        code="seed:1",
        name="站",
        brand_code="sinopec",
        region_code="110101",
        address="",
        latitude_e7=0,
        longitude_e7=0,
        time_zone="Asia/Shanghai",
        tags=frozenset({"24h", "car-wash"}),
        products={
            grade: StationProduct(station_id=1, fuel_grade=grade, nozzles=(), pump_price=PRICE)
            for grade in grades
        },
    )


def promotion(*conditions: Condition) -> Promotion:
    return amount_off("A", 100, *conditions)


def grades(*several: FuelGrade) -> OfFuelGrade:
    return OfFuelGrade(fuel_grades=frozenset(several))


HERE: list[Condition] = [
    AtStation(stations=frozenset({"seed:1", "seed:2"})),
    OfBrand(brands=frozenset({"sinopec"})),
    InRegion(regions=frozenset({"110000"})),
    InRegion(regions=frozenset({"310000", "110101"})),
    WithTag(tags=frozenset({"24h", "new"})),
    grades(PETROL, DIESEL),
]
ELSEWHERE: list[Condition] = [
    AtStation(stations=frozenset({"seed:2"})),
    OfBrand(brands=frozenset({"petrochina"})),
    InRegion(regions=frozenset({"110102"})),
    WithTag(tags=frozenset({"new"})),
    grades(DIESEL),
]
OF_OTHER_THINGS: list[Condition] = [
    IsFirstOrder(),
    Schedule(days_of_week=frozenset({1})),
    ThresholdAmount(min_fen=10**8),
]


@pytest.mark.parametrize("condition", HERE, ids=repr)
def test_conditions_on_the_place_that_hold(condition: Condition):
    assert can_apply_at(promotion(condition), station(PETROL))


@pytest.mark.parametrize("condition", ELSEWHERE, ids=repr)
def test_conditions_on_the_place_that_fail(condition: Condition):
    assert not can_apply_at(promotion(condition), station(PETROL))


@pytest.mark.parametrize("condition", OF_OTHER_THINGS, ids=repr)
def test_other_conditions_stay_open(condition: Condition):
    assert can_apply_at(promotion(condition), station(PETROL))


def test_one_grade_must_satisfy_every_condition_on_the_grade():
    both = promotion(grades(PETROL, DIESEL), grades(PREMIUM, DIESEL))
    assert can_apply_at(both, station(PETROL, DIESEL))
    assert not can_apply_at(both, station(PETROL, PREMIUM))


def test_nothing_applies_where_nothing_is_sold():
    assert not can_apply_at(promotion(), station())


@given(st.lists(st.sampled_from(HERE + ELSEWHERE + OF_OTHER_THINGS), max_size=5))
def test_it_applies_where_each_condition_on_the_place_holds(conditions: list[Condition]):
    expected = not any(condition in ELSEWHERE for condition in conditions)
    assert can_apply_at(promotion(*conditions), station(PETROL)) is expected
