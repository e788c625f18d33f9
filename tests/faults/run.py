"""One run: start, shop while everything fails, heal, settle down, and look at what is left."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.asking import Client
from tests.faults.checker import Found, check_all
from tests.faults.history import History, Told
from tests.faults.http import Http
from tests.faults.mischief import Mischief
from tests.faults.schedule import schedule
from tests.faults.shopping import Shopper
from tests.faults.simulator import Simulator
from tests.faults.town import PAY_WITHIN_S, SERVERS, Town
from tests.faults.world import build_world, still_waiting, watch_jobs

QUIET = "安静 quiet"
"""The check that everything came to rest in time."""

Tell = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """`checks`: (name, how many were looked at, how many violated). `recovery`: of `Recovery.table`."""

    faults: int
    requests: int
    orders: int
    unresolved: int
    checks: list[tuple[str, int, int]]
    violations: list[str]
    recovery: list[tuple[str, int, float, float]] = field(
        default_factory=list[tuple[str, int, float, float]]
    )
    figures: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`patience_s`: how long orders and jobs may take to end, once everything runs well.
    `furnished`: of `Town`."""

    seconds: float
    seed: int
    clients: int
    defect: str | None
    patience_s: float
    furnished: Path | None = None
    servers: int = SERVERS


async def run(folder: Path, wanted: Wanted, tell: Tell) -> Outcome:
    """Everything that was started is ended, however the run ends."""
    town, http = Town.at(folder, wanted.defect, wanted.furnished, wanted.servers), Http()
    try:
        await town.open(tell)
        return await _run(town, http, wanted, tell)
    finally:
        http.close()
        await town.close()


async def _run(town: Town, http: Http, wanted: Wanted, tell: Tell) -> Outcome:
    history, over = History(), asyncio.Event()
    simulator = Simulator(http, town)
    world = await build_world(town, http)
    since = datetime.now(UTC)
    mischief = Mischief(town, simulator, history.recovery, tell)
    shoppers = [
        Shopper(
            Client(town, history, http, random.Random(f"{wanted.seed}/{number}"), over),
            world,
            simulator,
        )
        for number in range(wanted.clients)
    ]
    shopping = [asyncio.ensure_future(shopper.shop()) for shopper in shoppers]
    named: set[tuple[int, int]] = set()
    watching = asyncio.ensure_future(watch_jobs(town, named))
    await mischief.follow(list(schedule(wanted.seconds, wanted.seed)))
    tell("一切恢复 everything is mended")
    await mischief.heal()
    over.set()
    ended, late = await asyncio.wait(shopping, timeout=wanted.patience_s)
    for task in late:
        task.cancel()
    for task in ended:
        task.result()
    watching.cancel()
    left = await _settled(town, wanted.patience_s, tell)
    found = await check_all(town, history, simulator, since, named)
    return _outcome(town, history, mischief, found, left)


async def _settled(town: Town, patience_s: float, tell: Tell) -> dict[str, int]:
    """What has not come to its end in time; empty: everything has."""
    tell("等待任务结束 waiting until all jobs are done")
    town.jump(PAY_WITHIN_S)  # what nobody pays is over at once
    deadline = asyncio.get_running_loop().time() + patience_s
    while left := await asyncio.to_thread(still_waiting, town):
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.5)
    return left


def _outcome(
    town: Town, history: History, mischief: Mischief, found: Found, left: dict[str, int]
) -> Outcome:
    late = [f"{count} {name} not ended in time" for name, count in left.items()]
    found.add(QUIET, 1, late)
    placed = [act for act in history.of("placeOrder") if act.told is Told.DONE]
    return Outcome(
        faults=mischief.done,
        requests=history.requests,
        orders=len({act.result["id"] for act in placed}),
        unresolved=len(history.unresolved),
        checks=found.checks,
        violations=found.violations,
        recovery=list(history.recovery.table()),
        figures={
            "未应答 without an answer": str(history.faulted),
            "提交应答丢失 commits whose answer was lost": str(
                town.to_postgres.lost if town.to_postgres else 0
            ),
        },
    )
