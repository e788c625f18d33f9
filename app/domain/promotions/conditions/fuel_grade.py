"""Only for named fuel grades."""

from dataclasses import dataclass
from typing import Literal

from app.domain.shared.fuel import FuelGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFuelGrade:
    kind: Literal["FUEL_GRADE"] = "FUEL_GRADE"
    fuel_grades: frozenset[FuelGrade]
