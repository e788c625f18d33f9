"""A shop over a database of the test's own: station 1, members 1 and 2."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.storage.engine import make_engine
from tests.support import rows
from tests.support.purchases import Shop


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=5)
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    for user_id in (1, 2):
        await rows.put_member(engine, user_id)
    yield engine
    await engine.dispose()


@pytest.fixture
def shop(engine: AsyncEngine) -> Shop:
    return Shop(engine)
