"""Jobs are part of the transaction that causes them; the board tells of them, and mends."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ports.jobs import Job
from app.storage.engine import make_engine
from app.storage.job_board import JobBoard
from app.storage.jobs import PostgresJobQueue
from app.storage.migrate import downgrade, upgrade

EXPIRE = Job(name="orders.expire", given={"user_id": 7, "order_id": 42}, key="42")
SOON = datetime(2031, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def board(engine: AsyncEngine) -> JobBoard:
    return JobBoard(engine)


async def defer(engine: AsyncEngine, *jobs: Job) -> None:
    async with engine.begin() as connection:
        for job in jobs:
            await PostgresJobQueue(connection).defer(job)


async def change(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement))


async def test_a_committed_transaction_leaves_its_job(engine: AsyncEngine, board: JobBoard):
    await defer(engine, Job(name="orders.fulfil", given={"order_id": 1}, at=SOON))
    [job] = await board.jobs(["todo"], 10)
    assert (job.name, job.given, job.due_at) == ("orders.fulfil", {"order_id": 1}, SOON)


async def test_a_rolled_back_transaction_leaves_none(engine: AsyncEngine, board: JobBoard):
    async with engine.connect() as connection:
        await PostgresJobQueue(connection).defer(EXPIRE)
        await connection.rollback()
    assert await board.jobs(["todo"], 10) == []


async def test_while_a_key_waits_another_is_not_added_and_the_transaction_goes_on(
    engine: AsyncEngine, board: JobBoard
):
    other = Job(name="orders.expire", given={"user_id": 7, "order_id": 43}, key="43")
    await defer(engine, EXPIRE, EXPIRE, other)
    assert len(await board.jobs(["todo"], 10)) == 2


async def test_what_waits_takes_the_earlier_time(engine: AsyncEngine, board: JobBoard):
    later, soon, now = (
        Job(name="a.b", given={}, key="1", at=at) for at in (SOON + timedelta(days=1), SOON, None)
    )
    for job, due_at in ((soon, SOON), (later, SOON), (now, None), (soon, None)):
        await defer(engine, job)
        assert [waiting.due_at for waiting in await board.jobs(["todo"], 10)] == [due_at]


async def test_one_key_means_nothing_to_jobs_of_another_name(engine: AsyncEngine, board: JobBoard):
    await defer(engine, EXPIRE, Job(name="orders.fulfil", given=EXPIRE.given, key=EXPIRE.key))
    assert len(await board.jobs(["todo"], 10)) == 2


async def test_a_key_whose_job_runs_may_wait_again(engine: AsyncEngine, board: JobBoard):
    await defer(engine, EXPIRE)
    await change(engine, "UPDATE procrastinate_jobs SET status = 'doing'")
    await defer(engine, EXPIRE)
    assert [job.status for job in await board.jobs(["todo", "doing"], 10)] == ["todo", "doing"]


async def test_the_state_counts_what_waits_what_is_dead_and_what_is_overdue(
    engine: AsyncEngine, board: JobBoard
):
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    await defer(engine, EXPIRE, Job(name="a.b", given={}, at=SOON))
    await defer(engine, Job(name="a.late", given={}, at=long_ago))
    await defer(engine, Job(name="a.dead", given={}))
    await change(
        engine, "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'a.dead'"
    )
    state = await board.state()
    assert (state.waiting, state.dead, state.overdue, state.workers) == (3, 1, 1, 0)


async def test_a_dead_job_tells_its_cause_and_runs_again_from_its_first_attempt(
    engine: AsyncEngine, board: JobBoard
):
    await defer(engine, EXPIRE)
    await change(engine, "UPDATE procrastinate_jobs SET status = 'failed', attempts = 12")
    [dead] = await board.jobs(["failed"], 10)
    await board.failed(dead.id, 11, "KeyError")
    await board.failed(dead.id, 12, "Senseless")
    found = await board.job(dead.id)
    assert found is not None
    assert found.cause == "Senseless"
    assert await board.retry([dead.id, dead.id + 1]) == [dead.id]
    [again] = await board.jobs(["todo"], 10)
    assert again.attempts == 0


async def test_a_dead_job_stays_dead_while_its_key_waits(engine: AsyncEngine, board: JobBoard):
    await defer(engine, EXPIRE)
    await change(engine, "UPDATE procrastinate_jobs SET status = 'failed'")
    await defer(engine, EXPIRE)
    assert await board.retry(None) == []
    assert len(await board.jobs(["todo"], 10)) == 1


STARTED = """
INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '{ago}');
UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)
WHERE status = 'todo'
"""


async def run_for(engine: AsyncEngine, ago: str) -> None:
    for statement in STARTED.format(ago=ago).split(";"):
        await change(engine, statement)


async def test_what_a_silent_worker_had_waits_again_and_what_a_live_one_has_does_not(
    engine: AsyncEngine, board: JobBoard
):
    await defer(engine, EXPIRE)
    await run_for(engine, "1 minute")
    await defer(engine, Job(name="a.live", given={}))
    await run_for(engine, "1 second")
    assert [attempts for _, attempts in await board.rescue(15, 12)] == [1]
    assert [job.name for job in await board.jobs(["todo"], 10)] == ["orders.expire"]
    assert [job.name for job in await board.jobs(["doing"], 10)] == ["a.live"]


async def test_a_job_that_outlives_all_its_workers_is_given_up(
    engine: AsyncEngine, board: JobBoard
):
    await defer(engine, EXPIRE)
    await change(engine, "UPDATE procrastinate_jobs SET attempts = 11")
    await run_for(engine, "1 minute")
    await board.rescue(15, 12)
    assert [job.name for job in await board.jobs(["failed"], 10)] == ["orders.expire"]


async def test_a_lost_job_whose_key_waits_again_is_dropped(engine: AsyncEngine, board: JobBoard):
    await defer(engine, EXPIRE)
    await run_for(engine, "1 minute")
    await defer(engine, EXPIRE)
    assert await board.rescue(15, 12) == []
    assert [job.status for job in await board.jobs(["todo", "doing"], 10)] == ["todo"]


async def test_a_good_sweep_makes_good_its_failed_ones_only(engine: AsyncEngine, board: JobBoard):
    sweep = Job(name="orders.sweep", given={})
    await defer(engine, sweep, EXPIRE)
    await change(engine, "UPDATE procrastinate_jobs SET status = 'failed'")
    await defer(engine, sweep)
    [now] = await board.jobs(["todo"], 10)
    await board.made_good("orders.sweep", now.id)
    assert [job.name for job in await board.jobs(["failed"], 10)] == ["orders.expire"]


async def test_dead_letters_are_kept_for_a_month(engine: AsyncEngine, board: JobBoard):
    await defer(engine, EXPIRE, Job(name="a.old", given={}))
    await change(engine, "UPDATE procrastinate_jobs SET status = 'failed'")
    for job in await board.jobs(["failed"], 10):
        await board.failed(job.id, 1, "Senseless")
    await change(
        engine,
        "UPDATE procrastinate_events SET at = now() - interval '31 days' WHERE job_id ="
        " (SELECT id FROM procrastinate_jobs WHERE task_name = 'a.old')",
    )
    await board.purge()
    assert [job.name for job in await board.jobs(["failed"], 10)] == ["orders.expire"]
    async with engine.connect() as connection:
        assert (await connection.scalar(text("SELECT count(*) FROM job_failure"))) == 1


async def test_the_queue_s_objects_go_with_their_migration(empty_database_url: str):
    upgrade(empty_database_url, "0006")
    downgrade(empty_database_url, "0005")
    engine = make_engine(empty_database_url)
    async with engine.connect() as connection:
        left = await connection.scalar(
            text("""
                SELECT count(*) FROM (
                    SELECT relname FROM pg_class UNION ALL SELECT proname FROM pg_proc
                    UNION ALL SELECT typname FROM pg_type
                ) named(it) WHERE it LIKE '%procrastinate%'
            """)
        )
    await engine.dispose()
    assert left == 0
