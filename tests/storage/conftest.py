"""An engine and a catalog source on a database of the test's own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.storage.catalog_source import PostgresCatalogSource
from app.storage.engine import make_engine


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=5)
    yield engine
    await engine.dispose()


@pytest.fixture
async def source(database_url: str) -> AsyncIterator[PostgresCatalogSource]:
    """Not loaded, following nothing."""
    source = PostgresCatalogSource(database_url)
    yield source
    await source.close()
