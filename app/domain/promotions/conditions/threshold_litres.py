"""A least volume, inclusive, on exact litres."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from app.domain.promotions.conditions.choices import require_above_zero
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdLitres:
    kind: Literal["THRESHOLD_LITRES"] = "THRESHOLD_LITRES"
    min_ml: int

    def __post_init__(self) -> None:
        require_above_zero(self.min_ml, "min_ml")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. The gap is what the exact volume still lacks, rounded up to the ml."""
        gap_ml = ceil(self.min_ml - situation.volume_ml)
        if gap_ml <= 0:
            return ()
        return (Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=gap_ml),)
