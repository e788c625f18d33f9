"""Details of stations from PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.stations.station import StationDetails
from app.storage.engine import reading
from app.storage.tables import StationRow, table_of

STATION = table_of(StationRow)
DETAILS = select(STATION.c.id, STATION.c.phone, STATION.c.image_url).where(
    STATION.c.id == any_(bindparam("station_ids", type_=ARRAY(BigInteger)))
)


class PostgresStationDetailsRepository:
    """Implements `app.ports.station_details.StationDetailsRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def details(self, station_ids: Sequence[int]) -> Mapping[int, StationDetails]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(DETAILS, {"station_ids": list(station_ids)})).all()
        return {
            station_id: StationDetails(station_id=station_id, phone=phone, image_url=image_url)
            for station_id, phone, image_url in rows
        }
