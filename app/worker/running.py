"""A worker process: fetches and runs jobs until it is stopped, whatever the database does."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from procrastinate import App, exceptions
from procrastinate.worker import Worker

from app.storage.job_board import JobBoard
from app.storage.jobs import QUEUE
from app.worker.application import SILENT_S, OpenDesk, add_sweeps, add_tasks, add_upkeep
from app.worker.attempts import FailuresKept
from app.worker.queue import PatientJobManager, make_queue
from app.worker.task import Sweep, Task
from app.worker.tasks import SWEEPS, TASKS

LOG = logging.getLogger("youhui.worker")
GRACE_S = 20
"""So long a stopping worker waits for the jobs it has; what is then cut short waits anew."""
POLL_S = 1.0
"""Jobs for now announce themselves; this is how late one for later may be."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """`conninfo`: as libpq takes it. `concurrency`: jobs at a time. `sweep_every_s`: divides 60.
    `tasks` and `sweeps`: what it can do; all that there is, unless told."""

    conninfo: str
    concurrency: int
    sweep_every_s: int
    tasks: Sequence[Task] = TASKS
    sweeps: Sequence[Sweep] = SWEEPS


def build_queue(options: WorkerOptions, open_desk: OpenDesk, board: JobBoard) -> App:
    """Everything a worker can do, not yet connected."""
    queue = make_queue(options.conninfo, options.concurrency)
    add_tasks(queue, options.tasks, open_desk)
    add_sweeps(queue, options.sweeps, open_desk, board, options.sweep_every_s)
    add_upkeep(queue, board)
    return queue


async def work(
    options: WorkerOptions, open_desk: OpenDesk, board: JobBoard, stop: asyncio.Event
) -> None:
    """Runs jobs until `stop` is set; then finishes what has begun, for at most `GRACE_S`.

    A database that goes away is waited for, and waits are short at first.
    """
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        try:
            await _session(options, open_desk, board, stop)
            wait_s = FIRST_WAIT_S
        except (exceptions.ConnectorException, psycopg.Error, OSError) as fault:
            LOG.warning("数据库断开，重连中 database lost, next try in %.1f s: %r", wait_s, fault)
        if not stop.is_set():
            await _pause(stop, wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def _session(
    options: WorkerOptions, open_desk: OpenDesk, board: JobBoard, stop: asyncio.Event
) -> None:
    """From one connecting to the loss of it, or to the end."""
    queue = build_queue(options, open_desk, board)
    async with queue.open_async():
        worker = Worker(
            queue,
            queues=[QUEUE],
            concurrency=options.concurrency,
            fetch_job_polling_interval=POLL_S,
            shutdown_graceful_timeout=GRACE_S,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=SILENT_S / 5,
            stalled_worker_timeout=SILENT_S,
            worker_middleware=[FailuresKept(board)],
        )
        if isinstance(queue.job_manager, PatientJobManager):
            queue.job_manager.lost = worker.stop
        stopping = asyncio.create_task(_stop(worker, stop))
        try:
            await worker.run()
        finally:
            stopping.cancel()


async def _stop(worker: Worker, stop: asyncio.Event) -> None:
    await stop.wait()
    worker.stop()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
