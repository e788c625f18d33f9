"""All stations of one version, found by id, by code, by place and by region. Immutable."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.domain.stations.geo import Coordinates, SpatialIndex
from app.domain.stations.places import folded, region_prefix
from app.domain.stations.station import Station


@dataclass(frozen=True, slots=True)
class StationDirectory:
    """`ordered` is by id, the order of the spatial index; `texts` holds each station's name and
    address as they are searched; `region_codes` are (region code, id), sorted."""

    by_id: Mapping[int, Station]
    by_code: Mapping[str, Station]
    ordered: tuple[Station, ...]
    texts: Mapping[int, str]
    region_codes: tuple[tuple[str, int], ...]
    index: SpatialIndex = field(repr=False, compare=False)

    @classmethod
    def of(cls, stations: Iterable[Station]) -> "StationDirectory":
        """Two stations with one id or one code: ValueError."""
        ordered = tuple(sorted(stations, key=lambda station: station.id))
        by_id = {station.id: station for station in ordered}
        by_code = {station.code: station for station in ordered}
        if not len(by_id) == len(by_code) == len(ordered):
            raise ValueError("two stations have the same id or code")
        return cls(
            MappingProxyType(by_id),
            MappingProxyType(by_code),
            ordered,
            MappingProxyType({s.id: folded(f"{s.name} {s.address}") for s in ordered}),
            tuple(sorted((station.region_code, station.id) for station in ordered)),
            SpatialIndex([coordinates_of(station) for station in ordered]),
        )

    def near(self, centre: Coordinates, radius_m: int) -> tuple[tuple[Station, int], ...]:
        """(station, distance in metres) not farther than `radius_m`, nearest first, then by id."""
        return tuple(
            (self.ordered[position], distance)
            for position, distance in self.index.within(centre, radius_m)
        )

    def in_region(self, region_code: str) -> tuple[Station, ...]:
        """Stations of a region and of its parts, by region code, then id."""
        prefix = region_prefix(region_code)
        start = bisect_left(self.region_codes, (prefix, 0))
        found: list[Station] = []
        for code, station_id in self.region_codes[start:]:
            if not code.startswith(prefix):
                break
            found.append(self.by_id[station_id])
        return tuple(found)


def coordinates_of(station: Station) -> Coordinates:
    return Coordinates(station.latitude_e7, station.longitude_e7)
