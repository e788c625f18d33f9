"""Station details by station id."""

from collections.abc import Mapping, Sequence

import orjson

from app.domain.stations.station import StationDetails
from app.loaders.batching import BatchLoader
from app.ports.public_cache import PublicCache
from app.ports.station_details import StationDetailsRepository

KIND = "station-details"
TTL_S = 300


class StationDetailsByIdLoader(BatchLoader[int, StationDetails | None]):
    """None: no such station. Asks the shared cache first, where there is one."""

    def __init__(
        self, details: StationDetailsRepository, version: int, cache: PublicCache | None
    ) -> None:
        super().__init__()
        self._details = details
        self._version = version
        self._shared = cache

    async def load_batch(self, keys: Sequence[int]) -> list[StationDetails | None]:
        found = await self._cached(keys)
        missing = [key for key in keys if key not in found]
        if missing:
            read = await self._details.details(missing)
            await self._keep(read)
            found |= read
        return [found.get(key) for key in keys]

    async def _cached(self, keys: Sequence[int]) -> dict[int, StationDetails]:
        if self._shared is None:
            return {}
        entries = await self._shared.get_many(KIND, self._version, [str(key) for key in keys])
        return {int(key): _decoded(int(key), entry) for key, entry in entries.items()}

    async def _keep(self, read: Mapping[int, StationDetails]) -> None:
        if self._shared is not None:
            entries = {str(id_): _encoded(details) for id_, details in read.items()}
            await self._shared.put_many(KIND, self._version, entries, TTL_S)


def _encoded(details: StationDetails) -> bytes:
    return orjson.dumps([details.phone, details.image_url])


def _decoded(station_id: int, entry: bytes) -> StationDetails:
    phone, image_url = orjson.loads(entry)
    return StationDetails(station_id=station_id, phone=phone, image_url=image_url)
