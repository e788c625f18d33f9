"""Connections notice a database host that is gone."""

from sqlalchemy.ext.asyncio import AsyncEngine

from app.storage.copying import driver_connection
from app.storage.engine import reading


async def test_a_silent_host_is_given_up(engine: AsyncEngine):
    async with reading(engine) as connection:
        given = (await driver_connection(connection)).info.get_parameters()
    assert int(given["tcp_user_timeout"]) <= 30_000
    assert int(given["keepalives_idle"]) <= 30
