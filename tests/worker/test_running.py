"""A worker on a real queue: jobs are done, repeated, given up; a lost database is waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.audit.record import Actor
from app.ports.errors import StorageConflict
from app.ports.jobs import Job
from app.settings import without_driver
from app.storage.engine import make_engine
from app.storage.job_board import JobBoard
from app.storage.jobs import PostgresJobQueue
from app.worker.running import WorkerOptions, work
from app.worker.task import Sweep, Task

PATIENCE_S = 30


class Senseless(Exception):
    """What a task of these tests fails with."""


@dataclass
class Shop:
    """Tasks that write down what they were asked, and a queue to ask them by."""

    engine: AsyncEngine
    url: str
    done: list[Any] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def board(self) -> JobBoard:
        return JobBoard(self.engine)

    async def act(self, desk: Any, **given: Any) -> None:
        self.began.set()
        if self.faults:
            raise self.faults.pop(0)
        self.done.append((desk.name, given))

    async def slow(self, desk: Any) -> None:
        self.began.set()
        await self.go_on.wait()
        self.done.append((desk.name, {}))

    async def sweep(self, desk: Any) -> None:
        await self.act(desk)

    async def defer(self, name: str = "a.task", **given: int) -> None:
        async with self.engine.begin() as connection:
            await PostgresJobQueue(connection).defer(Job(name=name, given=given))

    def options(self, *sweeps: Sweep) -> WorkerOptions:
        return WorkerOptions(
            conninfo=without_driver(self.url),
            concurrency=4,
            sweep_every_s=1,
            tasks=(Task("a.task", self.act), Task("a.slow", self.slow)),
            sweeps=sweeps,
        )

    @asynccontextmanager
    async def working(self, *sweeps: Sweep) -> AsyncIterator[asyncio.Event]:
        def open_desk(actor: Actor) -> Any:
            return actor

        stop = asyncio.Event()
        running = asyncio.create_task(work(self.options(*sweeps), open_desk, self.board, stop))
        try:
            yield stop
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE_S)

    async def until(self, reached: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not reached():  # noqa: ASYNC110 - what is reached may be any state
                await asyncio.sleep(0.02)

    async def until_left(self, *statuses: str) -> list[str]:
        """The names of the tests' jobs, once none but of these statuses are there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                listed = await self.board.jobs(["todo", "doing", "failed", "aborted"], 50)
                found = [job for job in listed if not job.name.startswith("jobs.")]
                if {job.status for job in found} <= set(statuses):
                    return [job.name for job in found]
                await asyncio.sleep(0.02)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    engine = make_engine(database_url)
    yield Shop(engine, database_url)
    await engine.dispose()


async def test_a_job_is_done_once_and_is_gone(shop: Shop):
    async with shop.working():
        await shop.defer(order_id=42)
        await shop.until(lambda: shop.done)
        assert await shop.until_left() == []
    assert shop.done == [("a.task", {"order_id": 42})]


async def test_a_job_for_later_waits_for_its_time(shop: Shop):
    async with shop.engine.begin() as connection:
        row = await connection.execute(text("SELECT now() + interval '1 day'"))
        later = Job(name="a.task", given={"late": 1}, at=row.scalar_one())
        await PostgresJobQueue(connection).defer(later)
    async with shop.working():
        await shop.defer(late=0)
        await shop.until(lambda: shop.done)
    assert shop.done == [("a.task", {"late": 0})]


async def test_a_failed_job_is_repeated_and_its_cause_is_kept_meanwhile(shop: Shop):
    shop.faults = [Senseless("twice"), Senseless("twice")]
    async with shop.working():
        await shop.defer()
        await shop.until(lambda: len(shop.faults) == 1)
        await shop.until(lambda: shop.done)
    assert len(shop.done) == 1
    async with shop.engine.connect() as connection:
        assert await connection.scalar(text("SELECT attempt FROM job_failure")) == 2


async def test_transactions_in_each_other_s_way_are_repeated_at_once(shop: Shop):
    shop.faults = [StorageConflict("40P01"), StorageConflict("40P01")]
    async with shop.working():
        await shop.defer()
        await shop.until(lambda: shop.done)
    async with shop.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM job_failure")) == 0


async def test_a_job_that_goes_on_failing_is_a_dead_letter_with_its_cause(shop: Shop):
    shop.faults = [ValueError("phone 13800000000")]
    await shop.defer()
    async with shop.engine.begin() as connection:
        await connection.execute(text("UPDATE procrastinate_jobs SET attempts = 11"))
    async with shop.working():
        assert await shop.until_left("failed") == ["a.task"]
    [dead] = await shop.board.jobs(["failed"], 10)
    assert dead.cause is not None
    assert dead.cause.startswith("ValueError ← app/")
    assert "138" not in dead.cause  # the text of a fault may quote a person


async def test_a_job_that_no_worker_knows_is_a_dead_letter_at_once(shop: Shop):
    await shop.defer("b.unknown")
    async with shop.working():
        assert await shop.until_left("failed") == ["b.unknown"]


async def test_a_worker_that_is_stopped_finishes_what_has_begun(shop: Shop):
    async with shop.working() as stop:
        await shop.defer("a.slow")
        await asyncio.wait_for(shop.began.wait(), PATIENCE_S)
        stop.set()
        await asyncio.sleep(0)
        shop.go_on.set()
    assert shop.done == [("a.slow", {})]
    assert await shop.until_left() == []


async def test_sweeps_come_by_themselves_and_a_good_one_makes_good_a_failed_one(shop: Shop):
    shop.faults = [Senseless()]
    async with shop.working(Sweep("a.sweep", shop.sweep)):
        await shop.until(lambda: not shop.faults)
        await shop.until(lambda: shop.done)
        await shop.until_left("todo", "doing")
    assert shop.done[0] == ("a.sweep", {})


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'youhui-worker'
"""


async def test_a_lost_database_is_waited_for(shop: Shop):
    async with shop.working():
        await shop.defer(n=1)
        await shop.until(lambda: len(shop.done) == 1)
        for n in (2, 3, 4):
            async with shop.engine.connect() as connection:
                await connection.execute(text(CUT))
            await shop.defer(n=n)
            await shop.until(lambda n=n: len(shop.done) >= n)
        assert await shop.until_left() == []


async def test_a_connection_lost_during_a_job_neither_loses_nor_blocks_it(shop: Shop):
    async with shop.working():
        await shop.defer("a.slow")
        await asyncio.wait_for(shop.began.wait(), PATIENCE_S)
        async with shop.engine.connect() as connection:
            await connection.execute(text(CUT))
        shop.go_on.set()
        await shop.until(lambda: shop.done)
        assert await shop.until_left() == []
