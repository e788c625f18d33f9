"""Details of stations that are not held in memory."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.stations.station import StationDetails


class StationDetailsRepository(Protocol):
    async def details(self, station_ids: Sequence[int]) -> Mapping[int, StationDetails]:
        """One statement. Database down: `StorageUnavailable`."""
        ...
