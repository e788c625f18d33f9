"""The job queue looked at from outside its jobs: what waits, what failed and why, who works; and
its upkeep. Procrastinate's tables, which its own functions fill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.storage.engine import unavailable_on_fault

DEAD = "failed"
KEPT = timedelta(days=30)
"""How long a dead letter stays."""


@dataclass(frozen=True, slots=True)
class SeenJob:
    """`status`: todo, doing, failed, … as the queue says. `due_at` None: at once. `cause`: of its
    last failure; `failed_at` None: it never failed."""

    id: int
    name: str
    status: str
    given: dict[str, Any]
    attempts: int
    due_at: datetime | None
    deferred_at: datetime | None
    failed_at: datetime | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """`overdue`: due jobs that nobody has taken up for a minute. `workers`: with a heartbeat
    within the last minute."""

    waiting: int
    running: int
    dead: int
    overdue: int
    workers: int


SEEN = """
SELECT job.id, job.task_name, job.status::text, job.args, job.attempts, job.scheduled_at,
       (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = job.id AND e.type = 'deferred'),
       failure.at, failure.cause
FROM procrastinate_jobs job LEFT JOIN job_failure failure ON failure.job_id = job.id
"""

STATE = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
       count(*) FILTER (WHERE status = 'failed'),
       count(*) FILTER (WHERE status = 'todo'
                        AND coalesce(scheduled_at, since.at) < now() - interval '1 minute'),
       (SELECT count(*) FROM procrastinate_workers
        WHERE last_heartbeat > now() - interval '1 minute')
FROM procrastinate_jobs job
LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events e
                   WHERE e.job_id = job.id AND job.status = 'todo' AND job.scheduled_at IS NULL
) since ON true
"""

FAILED = """
INSERT INTO job_failure (job_id, attempt, at, cause) VALUES (:job_id, :attempt, now(), :cause)
ON CONFLICT (job_id) DO UPDATE SET attempt = excluded.attempt, at = excluded.at,
                                   cause = excluded.cause
"""

RETRY = """
UPDATE procrastinate_jobs job
SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL
WHERE job.status IN ('failed', 'aborted', 'cancelled')
AND (CAST(:ids AS bigint[]) IS NULL OR job.id = ANY (:ids))
AND NOT EXISTS (SELECT FROM procrastinate_jobs other
                WHERE other.queueing_lock = job.queueing_lock AND other.id <> job.id
                AND (other.status = 'todo'
                     OR (other.status IN ('failed', 'aborted', 'cancelled') AND other.id > job.id)))
RETURNING job.id
"""

RESCUE = """
WITH stalled AS (
    SELECT job.id, job.queueing_lock, job.attempts,
           row_number() OVER (PARTITION BY coalesce(job.queueing_lock, job.id::text)
                              ORDER BY job.id DESC) AS nth,
           EXISTS (SELECT FROM procrastinate_jobs other
                   WHERE other.queueing_lock = job.queueing_lock AND other.status = 'todo'
           ) AS again
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers w ON w.id = job.worker_id
    WHERE job.status = 'doing'
    AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :silent_s))
), superseded AS (
    DELETE FROM procrastinate_jobs job USING stalled s
    WHERE job.id = s.id AND job.status = 'doing' AND (s.again OR s.nth > 1)
)
UPDATE procrastinate_jobs job
SET status = CASE WHEN s.attempts + 1 >= :most THEN 'failed' ELSE 'todo'
             END::procrastinate_job_status,
    attempts = s.attempts + 1, scheduled_at = NULL, worker_id = NULL
FROM stalled s
WHERE job.id = s.id AND job.status = 'doing' AND NOT (s.again OR s.nth > 1)
RETURNING job.id, job.attempts
"""

MADE_GOOD = """
DELETE FROM procrastinate_jobs WHERE task_name = :name AND status = 'failed' AND id < :job_id
"""

PURGE = (
    """
DELETE FROM procrastinate_jobs job WHERE job.status IN ('failed', 'aborted', 'cancelled')
AND NOT EXISTS (SELECT FROM procrastinate_events e
                WHERE e.job_id = job.id AND e.at > now() - CAST(:kept AS interval))
""",
    """
DELETE FROM job_failure failure
WHERE NOT EXISTS (SELECT FROM procrastinate_jobs job WHERE job.id = failure.job_id)
""",
)


class JobBoard:
    """Every method is a transaction of its own and raises `StorageUnavailable`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def state(self) -> QueueState:
        [row] = await self._rows(STATE)
        return QueueState(*row)

    async def jobs(self, statuses: Sequence[str], most: int) -> list[SeenJob]:
        """The newest first."""
        rows = await self._rows(
            f"{SEEN} WHERE job.status::text = ANY (:statuses) ORDER BY job.id DESC LIMIT :most",
            statuses=list(statuses),
            most=most,
        )
        return [SeenJob(*row) for row in rows]

    async def job(self, job_id: int) -> SeenJob | None:
        rows = await self._rows(f"{SEEN} WHERE job.id = :job_id", job_id=job_id)
        return SeenJob(*rows[0]) if rows else None

    async def retry(self, ids: Sequence[int] | None) -> list[int]:
        """Lets jobs that were given up run again from their first attempt; None: all. Answers
        those: one whose key waits already is left alone, for that one does the same."""
        rows = await self._rows(RETRY, ids=None if ids is None else list(ids))
        return [row.id for row in rows]

    async def failed(self, job_id: int, attempt: int, cause: str) -> None:
        """`attempt`: from 1."""
        await self._rows(FAILED, job_id=job_id, attempt=attempt, cause=cause)

    async def rescue(self, silent_s: float, most_attempts: int) -> list[tuple[int, int]]:
        """Jobs whose worker has been silent for so long wait again, each with its attempts; one
        that outlived `most_attempts` workers is given up."""
        rows = await self._rows(RESCUE, silent_s=silent_s, most=most_attempts)
        return [(row.id, row.attempts) for row in rows]

    async def made_good(self, name: str, job_id: int) -> None:
        """A sweep that did its work makes good the failed ones before it."""
        await self._rows(MADE_GOOD, name=name, job_id=job_id)

    async def purge(self) -> None:
        """Forgets dead letters after `KEPT`, and causes of jobs that are gone."""
        for statement in PURGE:
            await self._rows(statement, **({"kept": KEPT} if ":kept" in statement else {}))

    async def _rows(self, statement: str, **given: object) -> Sequence[Row[Any]]:
        async with unavailable_on_fault(), self._engine.begin() as connection:
            result = await connection.execute(text(statement), given)
            return result.fetchall() if result.returns_rows else []
