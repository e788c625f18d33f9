"""What a member usually does, from their latest completed orders."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.profiles.member import Habits
from app.domain.shared.fuel import FuelGrade, FuelType

T = TypeVar("T")

ORDERS_FOR_USUAL_FILL = 10
"""Per fuel type (design §2, Price truth)."""
ORDERS_FOR_USUAL_PLACES = 50
USUAL_STATIONS = 20


@dataclass(frozen=True, slots=True)
class PastFill:
    """One completed order, as far as habits need it."""

    station_id: int
    fuel_grade: FuelGrade
    pump_amount_fen: int


def habits_of(
    newest_first: Sequence[PastFill], *, counted_orders: int, savings_total_fen: int
) -> Habits:
    """Habits from completed orders, newest first; at least the last 10 of each fuel type and the
    last 50 of all (fewer where there are fewer; more change nothing).

    Usual grade: the most frequent of the last 10, a tie to the newer. Usual stations: the most
    frequent of the last 50, a tie to the one visited later, at most 20.
    """
    latest = newest_first[:ORDERS_FOR_USUAL_FILL]
    grades = most_frequent(fill.fuel_grade for fill in latest)
    places = most_frequent(fill.station_id for fill in newest_first[:ORDERS_FOR_USUAL_PLACES])
    return Habits(
        counted_orders=counted_orders,
        usual_pump_amount_fen=_usual_amounts(newest_first),
        usual_fuel_grade=grades[0] if grades else None,
        savings_total_fen=savings_total_fen,
        usual_station_ids=places[:USUAL_STATIONS],
    )


def most_frequent(values: Iterable[T]) -> tuple[T, ...]:
    """Distinct values, the most frequent first; among equals the one met first."""
    return tuple(value for value, _ in Counter(values).most_common())


def _usual_amounts(newest_first: Sequence[PastFill]) -> dict[FuelType, int]:
    """Per fuel type the lower median pump amount of its last 10 orders."""
    amounts: dict[FuelType, list[int]] = {}
    for fill in newest_first:
        of_type = amounts.setdefault(fill.fuel_grade.fuel_type, [])
        if len(of_type) < ORDERS_FOR_USUAL_FILL:
            of_type.append(fill.pump_amount_fen)
    return {
        fuel_type: sorted(of_type)[(len(of_type) - 1) // 2]
        for fuel_type, of_type in amounts.items()
    }
