"""People on a database of the test's own."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.storage.engine import make_engine
from tests.fakes.world import NOON
from tests.identities.pairs import ELDER, REFERRER, YOUNGER, Two
from tests.identities.people import People
from tests.identities.site import Site, simulating
from tests.support import rows
from tests.support.purchases import Shop


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=10)
    yield engine
    await engine.dispose()


@pytest.fixture
async def people(engine: AsyncEngine) -> People:
    return People(engine)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with simulating() as (port, simulator):
        settings = Settings(
            database_url=database_url, demo=True, data_dir=tmp_path, login_simulator_port=port
        )
        with TestClient(create_app(settings), follow_redirects=False) as client:
            yield Site(client, simulator)


@pytest.fixture
async def two(engine: AsyncEngine) -> Two:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_station(engine, 2)
    for days, user_id in enumerate((REFERRER, ELDER, YOUNGER)):
        joined_at = NOON - timedelta(days=9 - days)
        await rows.put_member(engine, user_id, joined_at=joined_at)
    shops = [Shop(engine, user_id=user_id) for user_id in (ELDER, YOUNGER)]
    return Two(People(engine, NOON + timedelta(days=30)), *shops)
