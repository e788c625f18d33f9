"""When a failed job runs again, and what is kept of why it failed."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from procrastinate import JobContext, RetryDecision, jobs, retry
from procrastinate.exceptions import TaskNotFound

from app.ports.errors import StorageUnavailable
from app.storage.job_board import JobBoard

LOG = logging.getLogger("youhui.worker")
MOST_ATTEMPTS = 12
LONGEST_WAIT_S = 600
"""1, 2, 4, … seconds, then every ten minutes: over half an hour, then a person must look."""
OURS = Path(__file__).parents[1]


class Patience(retry.BaseRetryStrategy):
    """Doubling waits; a job that a worker's end cut short runs again at once."""

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts + 1 >= MOST_ATTEMPTS or isinstance(exception, TaskNotFound):
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_WAIT_S)})


def cause_of(fault: BaseException) -> str:
    """Types of the fault and its causes, and the place in our code. Texts only of faults that are
    ours: others may quote a row."""
    chain: list[str] = []
    link: BaseException | None = fault
    while link is not None and len(chain) < 4:
        kind = type(link)
        ours = kind.__module__.startswith("app.") and not isinstance(link, StorageUnavailable)
        chain.append(f"{kind.__name__}: {link}"[:200] if ours and str(link) else kind.__name__)
        link = link.__cause__
    frames = [
        f for f in traceback.extract_tb(fault.__traceback__) if OURS in Path(f.filename).parents
    ]
    if frames:
        last = frames[-1]
        where = Path(last.filename).relative_to(OURS.parent)
        chain.append(f"{where}:{last.lineno} {last.name}")
    return " ← ".join(chain)


class FailuresKept:
    """A worker's middleware: why a job failed is written down before the queue hears of it."""

    def __init__(self, board: JobBoard) -> None:
        self._board = board

    async def __call__(
        self, call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: object
    ) -> Any:
        try:
            return await call_next()
        except Exception as fault:
            job = context.job
            cause = cause_of(fault)
            LOG.warning("job %s %s, attempt %d: %s", job.id, job.task_name, job.attempts + 1, cause)
            await self._keep(job, cause)
            raise

    async def _keep(self, job: jobs.Job, cause: str) -> None:
        if job.id is None:
            return
        try:
            await self._board.failed(job.id, job.attempts + 1, cause)
        except StorageUnavailable:
            LOG.warning("job %s: its failure could not be kept", job.id)
