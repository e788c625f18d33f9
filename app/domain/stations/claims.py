"""What a row of a station file says, and what it is judged against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.findings import Finding, Rejection
from app.domain.stations.geo import Coordinates
from app.domain.stations.station import OpeningPeriod, PriceHistory

T = TypeVar("T")

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

CeilingBook = Mapping[tuple[str, FuelGrade], PriceHistory]
"""Official prices by price zone and grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationClaim:
    """What one row says of a station. `findings`: what could not even be read; `notes`: what was
    read with a loss that does not keep the row out.

    `price_zone_code` None: no official price is known to hold here. `priced` is False where the
    source tells no prices: the station is then taken without products.
    """

    line: int
    source_id: str
    name: str
    brand_code: str
    brand_name: str
    address: str
    region_code: str
    place: Coordinates | None
    time_zone: str
    opening: tuple[OpeningPeriod, ...] = ()
    amenities: tuple[str, ...] = ()
    phone: str | None = None
    price_zone_code: str | None = None
    priced: bool = True
    prices: Mapping[FuelGrade, int] = field(default_factory=dict[FuelGrade, int])
    updated_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def recency(self) -> tuple[datetime, str, int]:
        """Newest last; a tie goes to the greater id, then to the later line."""
        return (self.updated_at or LONG_AGO, self.source_id, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a mapping calls possible. Prices in mills per litre, inclusive; `south_west` and
    `north_east` enclose the area, None: the whole earth."""

    lowest_mill: int
    highest_mill: int
    south_west: Coordinates | None = None
    north_east: Coordinates | None = None

    def hold(self, place: Coordinates) -> bool:
        if self.south_west is None or self.north_east is None:
            return True
        low, high = self.south_west, self.north_east
        east_of_seam = low.longitude_e7 <= high.longitude_e7
        after, before = (
            place.longitude_e7 >= low.longitude_e7,
            place.longitude_e7 <= high.longitude_e7,
        )
        along = (after and before) if east_of_seam else (after or before)
        return low.latitude_e7 <= place.latitude_e7 <= high.latitude_e7 and along


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What rows are judged against. `zones` are the codes of the price zones that exist."""

    bounds: Bounds
    moment: datetime
    zones: frozenset[str] = frozenset()
    ceilings: CeilingBook = field(default_factory=dict[tuple[str, FuelGrade], PriceHistory])


@dataclass(frozen=True, slots=True)
class Judgement(Generic[T]):
    """`rejected` by line. `accepted` in the order of the file."""

    accepted: tuple[T, ...]
    rejected: tuple[Rejection, ...]
