"""Habits from past orders: lower medians, ties, bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.profiles.habits import PastFill, habits_of
from app.domain.profiles.member import Habits
from app.domain.shared.fuel import FuelGrade, FuelType

PETROL, PREMIUM, DIESEL = FuelGrade.GASOLINE_92, FuelGrade.GASOLINE_95, FuelGrade.DIESEL_0

fills = st.lists(
    st.builds(
        PastFill,
        station_id=st.integers(1, 5),
        fuel_grade=st.sampled_from(FuelGrade),
        pump_amount_fen=st.integers(1, 100_000),
    ),
    max_size=70,
)


def habits(*newest_first: PastFill) -> Habits:
    return habits_of(newest_first, counted_orders=0, savings_total_fen=0)


def petrol(*amounts: int) -> list[PastFill]:
    return [PastFill(1, PETROL, amount) for amount in amounts]


@pytest.mark.parametrize(
    ("amounts", "usual"),
    [
        ([500], 500),
        ([900, 100], 100),
        ([900, 100, 500], 500),
        ([4, 3, 2, 1], 2),
        ([*range(10, 0, -1), 999, 999, 999], 5),
    ],
)
def test_usual_amount_is_the_lower_median_of_the_last_ten(amounts: list[int], usual: int):
    assert habits(*petrol(*amounts)).usual_pump_amount_fen == {FuelType.GASOLINE: usual}


def test_grades_of_one_type_share_a_usual_amount():
    found = habits(PastFill(1, PETROL, 100), PastFill(1, PREMIUM, 300), PastFill(1, DIESEL, 7))
    assert found.usual_pump_amount_fen == {FuelType.GASOLINE: 100, FuelType.DIESEL: 7}


def test_no_orders_no_habits():
    assert habits() == Habits()


def test_usual_grade_is_the_most_frequent_and_a_tie_goes_to_the_newer():
    assert (
        habits(
            PastFill(1, PREMIUM, 1), PastFill(1, PETROL, 1), PastFill(1, PETROL, 1)
        ).usual_fuel_grade
        is PETROL
    )
    assert habits(PastFill(1, PREMIUM, 1), PastFill(1, PETROL, 1)).usual_fuel_grade is PREMIUM


def test_usual_stations_by_visits_then_by_the_latest():
    visits = [PastFill(station, PETROL, 1) for station in (3, 1, 2, 1, 4)]
    assert habits(*visits).usual_station_ids == (1, 3, 2, 4)


def test_usual_stations_are_bounded():
    visits = [PastFill(station, PETROL, 1) for station in range(1, 60)]
    assert habits(*visits).usual_station_ids == tuple(range(1, 21))


@given(fills, fills)
def test_orders_beyond_the_last_ten_of_a_type_do_not_matter(newest, older):
    enough = {
        fuel_type
        for fuel_type in FuelType
        if sum(fill.fuel_grade.fuel_type is fuel_type for fill in newest) >= 10
    }
    with_older = habits(*newest, *older).usual_pump_amount_fen
    alone = habits(*newest).usual_pump_amount_fen
    assert all(with_older[fuel_type] == alone[fuel_type] for fuel_type in enough)


@given(fills)
def test_half_of_the_last_ten_are_at_most_the_usual_amount(newest):
    for fuel_type, usual in habits(*newest).usual_pump_amount_fen.items():
        amounts = [
            fill.pump_amount_fen for fill in newest if fill.fuel_grade.fuel_type is fuel_type
        ][:10]
        assert usual in amounts
        assert 2 * sum(amount <= usual for amount in amounts) >= len(amounts)
        assert 2 * sum(amount < usual for amount in amounts) < len(amounts)
