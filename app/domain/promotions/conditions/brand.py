"""Only at stations of named brands, by brand code."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_codes
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBrand:
    kind: Literal["BRAND"] = "BRAND"
    brands: frozenset[str]

    def __post_init__(self) -> None:
        require_codes(self.brands, "brands")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds."""
        if situation.station.brand_code in self.brands:
            return ()
        return (Reason(code=ReasonCode.BRAND, accepted=tuple(sorted(self.brands))),)
