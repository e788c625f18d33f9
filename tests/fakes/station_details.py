"""Station details in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.stations.station import StationDetails
from app.ports.errors import StorageUnavailable


@dataclass
class FakeStationDetailsRepository:
    by_id: dict[int, StationDetails] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def details(self, station_ids: Sequence[int]) -> Mapping[int, StationDetails]:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
        return {key: self.by_id[key] for key in station_ids if key in self.by_id}
