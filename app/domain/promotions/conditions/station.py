"""Only at named stations, by station code ("source:source_id")."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_codes
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStation:
    kind: Literal["STATION"] = "STATION"
    stations: frozenset[str]

    def __post_init__(self) -> None:
        require_codes(self.stations, "stations")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds."""
        if situation.station.code in self.stations:
            return ()
        return (Reason(code=ReasonCode.STATION, accepted=tuple(sorted(self.stations))),)
