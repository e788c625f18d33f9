"""An operation that is given up ends its work: loaders, what is loaded once, and the statements at
the database."""

import asyncio
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.gateway.deadline import within
from app.loaders import Loaders
from app.loaders.batching import BatchCancelled, BatchLoader
from app.resolvers.context import RequestContext
from app.storage.engine import make_engine, reading

ASLEEP = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' AND state = 'active'"
OTHERS = " AND pid <> pg_backend_pid() AND datname = current_database()"


class Sleeping(BatchLoader[int, int]):
    """Each batch sleeps at the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self._engine = engine

    async def load_batch(self, keys: Sequence[int]) -> list[int]:
        async with reading(self._engine) as connection:
            await connection.execute(text("SELECT pg_sleep(:s)"), {"s": max(keys)})
        return list(keys)


@dataclass(frozen=True)
class Only:
    sleeping: Sleeping


@pytest.fixture
async def narrow(database_url: str):
    """One connection to work on."""
    engine = make_engine(database_url, pool_size=1, max_overflow=0, statement_timeout_ms=60_000)
    yield engine
    await engine.dispose()


def context_over(engine: AsyncEngine) -> RequestContext:
    loaders = Loaders(public=Only(Sleeping(engine)), viewer=None)
    absent = {each.name: None for each in fields(RequestContext) if each.default is MISSING}
    absent = {name: None for name in absent if name not in {"loaders", "_kept"}}
    return RequestContext(**absent, loaders=loaders)


def sleeping_of(context: RequestContext) -> Sleeping:
    only: Any = context.loaders.public
    loader: Sleeping = only.sleeping
    return loader


async def asleep(engine: AsyncEngine) -> int:
    async with reading(engine) as connection:
        return (await connection.execute(text(ASLEEP + OTHERS))).scalar_one()


async def until(engine: AsyncEngine, count: int) -> None:
    for _ in range(600):
        if await asleep(engine) == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{await asleep(engine)} statements run, not {count}")


@pytest.mark.parametrize("once", [False, True], ids=["loader", "once"])
async def test_a_deadline_ends_the_statement_at_the_database(engine, narrow, once):
    context = context_over(narrow)

    def load():
        return sleeping_of(context).load(300)

    async def operation():
        async with within(0.5, context):
            loading = context.once("slow", load) if once else load()
            await asyncio.gather(until(engine, 1), loading)

    with pytest.raises(TimeoutError):
        await operation()
    await until(engine, 0)
    async with reading(narrow) as connection:  # the one connection there is, fit for use
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_caller_that_goes_away_ends_it_too(engine, narrow):
    context = context_over(narrow)

    async def operation():
        async with within(300, context):
            await sleeping_of(context).load(300)

    task = asyncio.ensure_future(operation())
    await until(engine, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(engine, 0)


async def test_who_still_waits_for_a_batch_that_is_given_up_is_told(narrow):
    context = context_over(narrow)
    waiting = asyncio.ensure_future(sleeping_of(context).load(300))
    await asyncio.sleep(0.2)
    context.give_up()
    with pytest.raises(BatchCancelled):
        await waiting


async def test_what_ends_in_time_is_not_touched(narrow):
    context = context_over(narrow)
    async with within(60, context):
        assert await sleeping_of(context).load(0) == 0
