"""Who used which document, as PostgreSQL keeps it."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ports.contract_usage import UsedDocument, UsedOn, Uses
from app.ports.errors import StorageUnavailable
from app.storage.contract_usage import PostgresContractUsageRepository
from app.storage.engine import make_engine

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ONE = UsedDocument("app", "1.0.0", "aa", "One")
TWO = UsedDocument("app", "1.1.0", "aa", "One")
UNSAID = UsedDocument("", "", "bb", "Two")


@pytest.fixture
def usage(engine: AsyncEngine) -> PostgresContractUsageRepository:
    return PostgresContractUsageRepository(engine)


async def test_uses_add_up_by_day(usage: PostgresContractUsageRepository):
    await usage.add({})
    await usage.add({ONE: Uses(3, NOON), UNSAID: Uses(1, NOON)})
    await usage.add({ONE: Uses(2, NOON - timedelta(hours=1)), TWO: Uses(1, NOON)})
    later = NOON + timedelta(hours=12)
    await usage.add({ONE: Uses(7, later)})
    day, following = NOON.date(), later.date()
    assert await usage.since(day) == [
        UsedOn(day, UNSAID, Uses(1, NOON)),
        UsedOn(day, ONE, Uses(5, NOON)),
        UsedOn(day, TWO, Uses(1, NOON)),
        UsedOn(following, ONE, Uses(7, later)),
    ]
    assert await usage.since(following) == [UsedOn(following, ONE, Uses(7, later))]
    assert await usage.last_used() == {
        ONE: Uses(12, later),
        TWO: Uses(1, NOON),
        UNSAID: Uses(1, NOON),
    }


async def test_days_are_those_of_utc(usage: PostgresContractUsageRepository):
    beijing = datetime.fromisoformat("2026-05-02T07:59:59+08:00")
    await usage.add({ONE: Uses(1, beijing)})
    assert [row.day for row in await usage.since(date(2026, 1, 1))] == [date(2026, 5, 1)]


async def test_old_days_are_forgotten(usage: PostgresContractUsageRepository):
    for days in range(3):
        await usage.add({ONE: Uses(1, NOON + timedelta(days=days))})
    assert await usage.forget_before(NOON.date() + timedelta(days=2)) == 2
    assert [row.day for row in await usage.since(NOON.date())] == [date(2026, 5, 3)]


async def test_processes_that_write_at_once_lose_nothing(usage: PostgresContractUsageRepository):
    documents = [UsedDocument("h5", "1.0.0", f"{n:02}", f"Op{n}") for n in range(30)]
    uses = [dict.fromkeys(documents[::step], Uses(1, NOON)) for step in (1, -1) * 4]
    await asyncio.gather(*(usage.add(more) for more in uses))
    assert {used.count for used in (await usage.last_used()).values()} == {8}


async def test_a_database_that_is_down_is_said_to_be():
    engine = make_engine("postgresql://127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable):
        await PostgresContractUsageRepository(engine).add({ONE: Uses(1, NOON)})
    await engine.dispose()
