"""Tasks and sweeps under their names, as Procrastinate runs them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from procrastinate import App, JobContext

from app.domain.audit.record import Actor, ActorKind
from app.ports.work import UnknownMember
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.storage.job_board import JobBoard
from app.storage.jobs import QUEUE
from app.worker.attempts import MOST_ATTEMPTS, Patience
from app.worker.task import Sweep, Task

OpenDesk = Callable[[Actor], Desk]
TASK_DEADLINE_S = 60
SWEEP_DEADLINE_S = 300
SILENT_S = 15.0
"""A worker without a heartbeat for so long is taken for dead. One that was only held up loses
nothing: its jobs run twice, as every job may."""
RESCUE_EVERY = "* * * * * */5"
PURGE_AT = "40 3 * * *"


def add_tasks(queue: App, tasks: Sequence[Task], open_desk: OpenDesk) -> None:
    for task in tasks:
        _add_task(queue, task, open_desk)


def add_sweeps(
    queue: App, sweeps: Sequence[Sweep], open_desk: OpenDesk, board: JobBoard, every_s: int
) -> None:
    for sweep in sweeps:
        _add_sweep(queue, sweep, open_desk, board, sweep.cron or _cron(every_s))


def add_upkeep(queue: App, board: JobBoard) -> None:
    """The queue's own sweeps."""

    async def rescue(**_scheduled: Any) -> None:
        for job_id, attempts in await board.rescue(SILENT_S, MOST_ATTEMPTS):
            await board.failed(job_id, attempts, "WorkerLost")

    async def purge(**_scheduled: Any) -> None:
        await board.purge()

    for name, act, cron in (("jobs.rescue", rescue, RESCUE_EVERY), ("jobs.purge", purge, PURGE_AT)):
        _schedule(queue, name, cron, act, pass_context=False)


def _add_task(queue: App, task: Task, open_desk: OpenDesk) -> None:
    async def run(context: JobContext, **given: Any) -> None:
        async with asyncio.timeout(TASK_DEADLINE_S):
            await _follow(task, lambda: open_desk(_actor(context)), given)

    queue.task(name=task.name, queue=QUEUE, retry=Patience(), pass_context=True)(run)


async def _follow(task: Task, desk: Callable[[], Desk], given: dict[str, Any]) -> None:
    """A job of an account that was joined to another while it ran, or waited to, goes on there."""
    try:
        await repeated(lambda: task.act(desk(), **given))
    except UnknownMember as gone:
        if gone.heir is None or given.get("user_id") != gone.user_id:
            raise
        heirs = given | {"user_id": gone.heir}
        await repeated(lambda: task.act(desk(), **heirs))


def _add_sweep(queue: App, sweep: Sweep, open_desk: OpenDesk, board: JobBoard, cron: str) -> None:
    async def run(context: JobContext, **_scheduled: Any) -> None:
        async with asyncio.timeout(SWEEP_DEADLINE_S):
            await repeated(lambda: sweep.act(open_desk(_actor(context))))
        if context.job.id is not None:
            await board.made_good(sweep.name, context.job.id)

    _schedule(queue, sweep.name, cron, run, pass_context=True)


def _schedule(
    queue: App, name: str, cron: str, run: Callable[..., Awaitable[None]], *, pass_context: bool
) -> None:
    """While one waits, another is not added."""
    task = queue.task(name=name, queue=QUEUE, queueing_lock=name, pass_context=pass_context)(run)
    queue.periodic(cron=cron)(task)


def _actor(context: JobContext) -> Actor:
    return Actor(
        kind=ActorKind.SYSTEM, name=context.job.task_name, request_id=f"job-{context.job.id}"
    )


def _cron(every_s: int) -> str:
    return "* * * * *" if every_s == 60 else f"* * * * * */{every_s}"
