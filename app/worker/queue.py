"""Procrastinate on our database, made patient: the end of a job is told until it is heard."""

import asyncio
import logging
import selectors
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, exceptions, jobs, manager
from psycopg_pool import AsyncConnectionPool

LOG = logging.getLogger("youhui.worker")
PATIENCE_S = 10.0
"""How long the end of a job is told again to a database that does not answer. Then the worker
starts anew, and what it was doing is rescued."""
CONNECTION = {
    "application_name": "youhui-worker",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c timezone=UTC",
}


class PatientJobManager(manager.JobManager):
    """`lost` is called when the end of a job could not be told: only a new start heals that."""

    lost: Callable[[], None] = staticmethod(lambda: None)

    async def finish_job_by_id_async(
        self, job_id: int, status: jobs.Status, delete_job: bool
    ) -> None:
        await self._told(
            job_id,
            lambda: super(PatientJobManager, self).finish_job_by_id_async(
                job_id, status, delete_job
            ),
        )

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """One whose key waits already ends here: that one does the same."""
        try:
            await self._told(
                job_id,
                lambda: super(PatientJobManager, self).retry_job_by_id_async(
                    job_id, retry_at, priority, queue, lock
                ),
            )
        except exceptions.UniqueViolation:
            await self.finish_job_by_id_async(job_id, jobs.Status.ABORTED, delete_job=True)

    async def _told(self, job_id: int, tell: Callable[[], Awaitable[None]]) -> None:
        ends = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                return await tell()
            except exceptions.UniqueViolation:
                raise
            except exceptions.ConnectorException as fault:
                if isinstance(fault.__cause__, psycopg.errors.RaiseException):
                    LOG.info("job %d is no longer this worker's: another one took it up", job_id)
                    return None
                if asyncio.get_running_loop().time() > ends:
                    self.lost()
                    raise
            await asyncio.sleep(0.2)


def _pool(**given: Any) -> AsyncConnectionPool:
    given["check"] = _heard_out
    return AsyncConnectionPool(**given)


async def _heard_out(connection: psycopg.AsyncConnection[Any]) -> None:
    """Where a connection was broken, that news waits to be read: only then is it asked whether it
    still works, not before every statement."""
    with selectors.DefaultSelector() as news:
        news.register(connection.fileno(), selectors.EVENT_READ)
        if news.select(timeout=0):
            await connection.execute("")


def make_queue(conninfo: str, concurrency: int) -> App:
    """`conninfo`: as libpq takes it. Nothing is connected before `open_async`."""
    connector = PsycopgConnector(
        conninfo=conninfo,
        kwargs=CONNECTION,
        min_size=1,
        max_size=concurrency + 4,
        timeout=5,
        pool_factory=_pool,
    )
    queue = App(connector=connector, periodic_defaults={"max_delay": 86_400})
    queue.job_manager = PatientJobManager(connector)
    return queue
