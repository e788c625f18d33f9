"""Only in named regions, by administrative code: a region holds its parts (110000 covers 110101)."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_codes
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.stations.places import covers


@dataclass(frozen=True, slots=True, kw_only=True)
class InRegion:
    kind: Literal["REGION"] = "REGION"
    regions: frozenset[str]

    def __post_init__(self) -> None:
        require_codes(self.regions, "regions")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds."""
        here = situation.station.region_code
        if any(covers(region, here) for region in self.regions):
            return ()
        return (Reason(code=ReasonCode.REGION, accepted=tuple(sorted(self.regions))),)
