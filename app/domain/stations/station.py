"""Stations (加油站), their products and the prices in force over time.

Coordinates are WGS84 in units of 1e-7 degree, integers: only `geo` knows floats.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText


class Remoteness(StrEnum):
    """How far from a city a station lies; the place factor of dynamic offers."""

    URBAN = "URBAN"
    SUBURBAN = "SUBURBAN"
    REMOTE = "REMOTE"


class Demand(StrEnum):
    PEAK = "PEAK"
    OFF_PEAK = "OFF_PEAK"


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price in mills per litre from an instant on, until the next point."""

    effective_from: datetime
    price_mill_per_litre: int


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """Points in time order, at least one. Before the first, the first holds."""

    points: tuple[PricePoint, ...]

    def at(self, moment: datetime) -> PricePoint:
        index = bisect_right(self.points, moment, key=lambda point: point.effective_from)
        return self.points[max(0, index - 1)]

    def next_change_after(self, moment: datetime) -> datetime | None:
        index = bisect_right(self.points, moment, key=lambda point: point.effective_from)
        return self.points[index].effective_from if index < len(self.points) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationProduct:
    """One fuel grade at one station. `ceiling` is the official price (国标价), where it is known.

    `floor_price_mill_per_litre` (限价): no combination of offers brings the fuel below it; 0: none.
    """

    station_id: int
    fuel_grade: FuelGrade
    nozzles: tuple[str, ...]
    pump_price: PriceHistory
    ceiling: PriceHistory | None = None
    floor_price_mill_per_litre: int = 0

    def pump_price_mill_at(self, moment: datetime) -> int:
        return self.pump_point_at(moment).price_mill_per_litre

    def pump_point_at(self, moment: datetime) -> PricePoint:
        """What the pump counts with, and since when: the station's price, never over the official
        one, which holds from 24:00 whether the station has posted a new price or not."""
        posted = self.pump_price.at(moment)
        official = self.official_point_at(moment)
        if official is None or posted.price_mill_per_litre <= official.price_mill_per_litre:
            return posted
        since = max(posted.effective_from, official.effective_from)
        return PricePoint(since, official.price_mill_per_litre)

    def official_point_at(self, moment: datetime) -> PricePoint | None:
        """The official price in force; None: none is known, or none holds yet."""
        if self.ceiling is None or moment < self.ceiling.points[0].effective_from:
            return None
        return self.ceiling.at(moment)

    def next_change_after(self, moment: datetime) -> datetime | None:
        """The next scheduled change of the pump price or of the ceiling."""
        changes = [self.pump_price.next_change_after(moment)]
        if self.ceiling is not None:
            changes.append(self.ceiling.next_change_after(moment))
        return min((change for change in changes if change is not None), default=None)


@dataclass(frozen=True, slots=True)
class OpeningPeriod:
    """Minutes of the local day, [opens, closes); closes <= opens runs past midnight."""

    opens_minute: int
    closes_minute: int

    def covers(self, minute: int) -> bool:
        if self.opens_minute < self.closes_minute:
            return self.opens_minute <= minute < self.closes_minute
        return minute >= self.opens_minute or minute < self.closes_minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What search and pricing need of a station.

    `code` is stable over databases: "source:source_id". `opening` empty means always open.
    `peak_hours`: local hours (0-23) of peak demand. `products` by grade, in display order.
    `generated` marks demo data.
    """

    id: int
    code: str
    name: str
    brand_code: str
    region_code: str
    address: str
    latitude_e7: int
    longitude_e7: int
    time_zone: str
    opening: tuple[OpeningPeriod, ...] = ()
    amenities: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    remoteness: Remoteness = Remoteness.URBAN
    peak_hours: frozenset[int] = frozenset()
    service_fee_fen: int = 0
    generated: bool = False
    products: Mapping[FuelGrade, StationProduct] = field(
        default_factory=dict[FuelGrade, StationProduct]
    )

    def local(self, moment: datetime) -> datetime:
        """The station's wall clock at an instant."""
        return moment.astimezone(ZoneInfo(self.time_zone))

    def is_open_at(self, moment: datetime) -> bool:
        if not self.opening:
            return True
        local = self.local(moment)
        minute = local.hour * 60 + local.minute
        return any(period.covers(minute) for period in self.opening)

    def demand_at(self, moment: datetime) -> Demand:
        return self.demand_in(self.local(moment))

    def demand_in(self, local: datetime) -> Demand:
        """The demand at a time of the station's wall clock."""
        return Demand.PEAK if local.hour in self.peak_hours else Demand.OFF_PEAK


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDetails:
    """What only a station's own page needs: read by id, not held in memory."""

    station_id: int
    phone: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A code to filter by (a brand, an amenity) and its name."""

    code: str
    name: LocalizedText
    icon_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place found by name. `code` is the administrative code; a prefix of its parts' codes
    once the zeros at its end are cut (110000 covers 110101)."""

    code: str
    name: str
    latitude_e7: int
    longitude_e7: int
