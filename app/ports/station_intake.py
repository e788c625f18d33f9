"""Where judged rows of stations and official prices go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.stations.claims import CeilingBook, StationClaim
from app.domain.stations.official_prices import CeilingClaim
from app.domain.stations.station import Label, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class StationBatch:
    """Accepted rows of one source. `moment`: when prices of rows without a time hold from."""

    source: str
    claims: Sequence[StationClaim]
    moment: datetime
    regions: Sequence[Region] = ()
    amenities: Sequence[Label] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCount:
    """What became of accepted rows; the four sum to their number.

    `outdated`: older than what is stored, left alone. `version`: the catalog version made; None
    when nothing changed.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outdated: int = 0
    version: int | None = None


class StationIntake(Protocol):
    """Each method is one transaction: all of it or nothing. Taking the same rows again changes
    nothing and makes no version. When the database is down: `StorageUnavailable`."""

    async def zones(self) -> frozenset[str]:
        """Codes of the price zones that exist."""
        ...

    async def ceilings(self) -> CeilingBook:
        """All official prices."""
        ...

    async def take_stations(self, batch: StationBatch) -> IntakeCount: ...

    async def take_ceilings(self, claims: Sequence[CeilingClaim]) -> IntakeCount: ...
