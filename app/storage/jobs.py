"""The job queue inside the caller's transaction: a job exists exactly if it commits.

Jobs are rows of Procrastinate's table. They are written here by one statement and not by its own
`defer`: for a job whose key waits already that one raises, which would undo the caller's
transaction. The one that waits is brought forward instead: a sweep that finds something due need
not wait for a job whose time was reckoned by another clock.
"""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from app.ports.jobs import Job

QUEUE = "youhui"
DEFER = text("""
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
VALUES (:queue, :name, 0, :key, :given, :at)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET scheduled_at = excluded.scheduled_at
WHERE procrastinate_jobs.scheduled_at IS NOT NULL
AND (excluded.scheduled_at IS NULL OR excluded.scheduled_at < procrastinate_jobs.scheduled_at)
""").bindparams(bindparam("given", type_=JSONB))


class PostgresJobQueue:
    """Implements `JobQueue`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def defer(self, job: Job) -> None:
        await self._connection.execute(
            DEFER,
            {
                "queue": QUEUE,
                "name": job.name,
                "key": None if job.key is None else f"{job.name}:{job.key}",
                "given": dict(job.given),
                "at": job.at,
            },
        )
