"""What is usual for a viewer when a request leaves it out: grade and fill."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.pricing.fill import AmountFill, Fill
from app.domain.profiles.member import DEFAULT_FILL, DEFAULT_FUEL_GRADE, Habits, Preferences
from app.domain.shared.fuel import FuelGrade, FuelType


class FillOrigin(StrEnum):
    """Where a fill came from: the request, the viewer's setting or history, or nowhere."""

    GIVEN = "GIVEN"
    USUAL = "USUAL"
    DEFAULT = "DEFAULT"


@dataclass(frozen=True, slots=True)
class ChosenFill:
    fill: Fill
    origin: FillOrigin


def usual_fill(preferences: Preferences, habits: Habits, fuel_type: FuelType) -> ChosenFill:
    """The setting; else the lower median of the last orders of the fuel type; else 200 yuan
    (design §2, Price truth)."""
    if preferences.usual_fill is not None:
        return ChosenFill(preferences.usual_fill, FillOrigin.USUAL)
    median = habits.usual_pump_amount_fen.get(fuel_type)
    if median is not None:
        return ChosenFill(AmountFill(median), FillOrigin.USUAL)
    return ChosenFill(DEFAULT_FILL, FillOrigin.DEFAULT)


def usual_fuel_grade(preferences: Preferences, habits: Habits) -> FuelGrade:
    """The setting; else the grade mostly bought; else 92#."""
    return preferences.usual_fuel_grade or habits.usual_fuel_grade or DEFAULT_FUEL_GRADE
