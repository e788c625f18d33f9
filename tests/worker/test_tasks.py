"""What a worker can do: every job that is deferred has its task, and a second run of any task or
sweep, at the same instant, leaves every table as the first one left it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain.audit.record import Actor, ActorKind
from app.domain.referral.referral import Side
from app.outside import Outside
from app.resolvers.desk import Desk
from app.settings import Settings
from app.storage.job_board import JobBoard
from app.storage.tables import MemberRow, metadata, table_of
from app.worker.tasks import SWEEPS, TASKS

RESOLVERS = Path(__file__).parents[2] / "app" / "resolvers"
AREAS = "accounts|coupons|orders|payments|referrals|refunds|requests"
BY_NAME = {task.name: task for task in TASKS}
NOBODYS = 999_999_999_999
LATER = timedelta(days=45)
"""By then coupons, lots and unpaid orders of the seed are past their ends."""


@pytest.fixture
async def outside(seeded_copy_url: str, tmp_path: Path) -> AsyncIterator[Outside]:
    settings = Settings(database_url=seeded_copy_url, data_dir=tmp_path)
    outside = Outside.of(settings)
    async with outside.running():
        yield outside


def desk_at(outside: Outside, moment: datetime) -> Desk:
    actor = Actor(kind=ActorKind.SYSTEM, name="a-test")
    return outside.open_desk(moment, outside.catalogs.current(), actor)


async def digests(outside: Outside) -> dict[str, str]:
    """Of every table of ours, whatever the order of its rows."""
    found = {}
    async with outside.engine.connect() as connection:
        for table in metadata.tables:
            query = f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} t"
            found[table] = await connection.scalar(text(query))
    return found


async def a_member(outside: Outside) -> int:
    async with outside.engine.connect() as connection:
        return (await connection.scalars(select(table_of(MemberRow).c.user_id).limit(1))).one()


def given_to(name: str, user_id: int) -> dict[str, Any]:
    """Arguments of a task, of a member who exists and of things that do not."""
    area = name.partition(".")[0]
    rest: dict[str, dict[str, Any]] = {
        "orders": {"order_id": NOBODYS},
        "payments": {"payment_id": NOBODYS},
        "refunds": {"refund_id": NOBODYS},
        "referrals": {"friend_id": user_id, "side": next(iter(Side)).value},
    }
    own = {"privacy.export": {"export_id": NOBODYS}}
    return {"user_id": user_id, **own.get(name, rest.get(area, {}))}


def test_every_job_that_is_deferred_has_its_task():
    named = {
        name
        for path in RESOLVERS.glob("*.py")
        for name in re.findall(rf'"((?:{AREAS})\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert named <= BY_NAME.keys()
    assert {"orders.expire", "orders.fulfil", "payments.check", "refunds.send"} <= named


def test_names_are_given_once():
    names = [task.name for task in (*TASKS, *SWEEPS)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_task_whose_subject_is_gone_does_nothing(name: str, outside: Outside):
    before = await digests(outside)
    desk = desk_at(outside, outside.clock.now())
    await BY_NAME[name].act(desk, **given_to(name, await a_member(outside)))
    assert await digests(outside) == before


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)
async def test_a_sweep_done_twice_leaves_what_it_left_once(sweep, outside: Outside):
    desk = desk_at(outside, outside.clock.now() + LATER)
    await sweep.act(desk)
    once = await digests(outside)
    jobs = await JobBoard(outside.engine).jobs(["todo"], 10_000)
    await sweep.act(desk)
    assert await digests(outside) == once
    assert len(await JobBoard(outside.engine).jobs(["todo"], 10_000)) == len(jobs)


async def test_all_that_is_due_much_later_is_done_once(outside: Outside):
    """Sweeps and the jobs that they defer, and all of it again."""
    before = await digests(outside)
    desk = desk_at(outside, outside.clock.now() + LATER)
    await all_at(desk, outside)
    once = await digests(outside)
    assert once["coupon"] != before["coupon"]
    await all_at(desk, outside)
    assert await digests(outside) == once


async def all_at(desk: Desk, outside: Outside) -> None:
    for sweep in SWEEPS:
        await sweep.act(desk)
    for job in await JobBoard(outside.engine).jobs(["todo"], 10_000):
        await BY_NAME[job.name].act(desk, **job.given)
