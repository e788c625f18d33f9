"""One seed: a world full of failures, then a calm one until nothing is left to do."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.domain.audit.record import ActorKind
from app.resolvers.payment_money import payment_notice
from tests.simulation.actors import (
    ACTS,
    SIMULATED,
    member,
    member_again,
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
SECOND_DAYS = 0.5
MOST_ROUNDS, MOST_JOBS = 30, 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one seed. `trace`: what happened, in order."""

    seed: int
    crashes: int
    faults: int
    orders: int
    violations: tuple[str, ...]
    trace: tuple[str, ...]

    def without_trace(self) -> "Outcome":
        return replace(self, trace=())


def simulate(seed: int) -> Outcome:
    """The same seed does the same on any machine."""
    world = World(seed)
    scheduler = world.scheduler
    try:
        _day(world, member)
        if world.chance.random() < SECOND_DAYS:
            _nights(world)
            _day(world, member_again)
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


def _day(world: World, life: Callable[[World, int], Coroutine[Any, Any, None]]) -> None:
    """Everybody acts, some on two devices at a time; until all members have had enough."""
    scheduler = world.scheduler
    for user_id in MEMBERS:
        for device in range(1 + (world.chance.random() < 0.3)):
            name = f"member {user_id} on device {device}"
            world.members.append(scheduler.start(name, 0, life(world, user_id)))
    for number in (1, 2):
        scheduler.start(f"worker {number}", 0, worker(world, number))
    scheduler.start("provider", 0, teller(world))
    scheduler.start("time", 0, passing_time(world))
    scheduler.run()


def _nights(world: World) -> None:
    """Orders are completed and rewards cool; what fails now is lost, and found by sweeps."""
    for hours in (1, 26, 22):
        world.clock.later(timedelta(hours=hours))
        _round(world)
        _round(world)


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
    done = 0
    for sweep in SIMULATED:
        _drive(world, sweep.name, sweep.act(_desk(world, sweep.name)))
    while (taken := take_job(world)) is not None:
        done += 1
        if done > MOST_JOBS:
            raise Stuck("jobs make jobs without end")
        _, job = taken
        _drive(world, job.name, ACTS[job.name](_desk(world, job.name), **job.given))
    return done > 0 or bool(notices)


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
