"""Only for named fuel grades."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_some
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.shared.fuel import FuelGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFuelGrade:
    kind: Literal["FUEL_GRADE"] = "FUEL_GRADE"
    fuel_grades: frozenset[FuelGrade]

    def __post_init__(self) -> None:
        require_some(self.fuel_grades, "fuel_grades")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. Accepted grades come in the order of display."""
        if situation.fuel_grade in self.fuel_grades:
            return ()
        accepted = tuple(grade.value for grade in FuelGrade if grade in self.fuel_grades)
        return (Reason(code=ReasonCode.FUEL_GRADE, accepted=accepted),)
