"""One seed: a world full of failures, then a calm one until nothing is left to do."""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain.audit.record import ActorKind
from app.resolvers.payment_money import payment_notice
from app.worker.tasks import SWEEPS
from tests.simulation.actors import (
    ACTS,
    member,
    note_failure,
    passing_time,
    take_job,
    teller,
    worker,
)
from tests.simulation.laws import broken_laws
from tests.simulation.scheduler import Stuck, Task
from tests.simulation.town import MEMBERS
from tests.simulation.world import World

CALM = (0, 20, 20, 25 * 60, 25 * 60, 8 * 24 * 60, 60)
"""Minutes between the looks of the calm time: past payment, fuelling, completion, both coolings."""
MOST_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one seed. `trace`: what happened, in order."""

    seed: int
    crashes: int
    faults: int
    orders: int
    violations: tuple[str, ...]
    trace: tuple[str, ...]


def simulate(seed: int) -> Outcome:
    """The same seed does the same on any machine."""
    world = World(seed)
    scheduler = world.scheduler
    for user_id in MEMBERS:
        task = scheduler.start(f"member {user_id}", 0, member(world, user_id))
        world.members.append(task)
    for number in (1, 2):
        scheduler.start(f"worker {number}", 0, worker(world, number))
    scheduler.start("provider", 0, teller(world))
    scheduler.start("time", 0, passing_time(world))
    try:
        scheduler.run()
        _come_to_rest(world)
        violations = broken_laws(world)
    except (Stuck, AssertionError) as error:
        violations = [f"{type(error).__name__}: {error}"]
    return Outcome(
        seed=seed,
        crashes=scheduler.crashes,
        faults=world.faults,
        orders=len(world.store.rows("orders")),
        violations=tuple(violations),
        trace=tuple(scheduler.trace),
    )


def _come_to_rest(world: World) -> None:
    """Jobs, notices and sweeps, while time leaps, until nothing more is due."""
    world.calm()
    assert not world.store.locks, "a transaction that ended holds a lock"
    for minutes in CALM:
        world.clock.later(timedelta(minutes=minutes))
        for _ in range(MOST_ROUNDS):
            world.clock.later(timedelta(minutes=2))
            if not _round(world):
                break


def _round(world: World) -> bool:
    """Whether there was anything to do."""
    world.pay.move_refunds()
    notices, world.pay.notices = world.pay.notices, []
    for notice in notices:
        _drive(world, notice.notice_id, payment_notice(_desk(world, "wechat_pay"), notice))
    found = False
    for sweep in SWEEPS:
        _drive(world, sweep.name, sweep.act(_desk(world, sweep.name)))
    while (taken := take_job(world)) is not None:
        found = True
        _, job = taken
        _drive(world, job.name, ACTS[job.name](_desk(world, job.name), **job.given))
    return found or bool(notices)


def _desk(world: World, name: str) -> Any:
    return world.desk(name, ActorKind.SYSTEM)


def _drive(world: World, name: str, awaited: Any) -> None:
    """To its end, alone."""

    async def run() -> None:
        await awaited

    coroutine: Coroutine[Any, Any, None] = run()
    task = Task(name, 0, coroutine)
    while not task.done:
        label = task.step()
        world.scheduler.trace.append(f"calm {name}: {label or task.error or 'done'}")
    note_failure(world, name, task.error)
