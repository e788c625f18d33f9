"""All stations of one version, found by id, by code and by place.

The stations helper completes it: see `near`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.stations.station import Station


@dataclass(frozen=True, slots=True)
class StationDirectory:
    by_id: Mapping[int, Station]
    by_code: Mapping[str, Station]

    @classmethod
    def of(cls, stations: Iterable[Station]) -> "StationDirectory":
        listed = list(stations)
        return cls({s.id: s for s in listed}, {s.code: s for s in listed})
