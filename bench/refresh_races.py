"""Pairs of refreshes that race for one session, from several processes, on a real PostgreSQL.

Starts a PostgreSQL of its own, signs members in, and lets two processes use each session's refresh
token at the same time. Of each pair it is counted who turned the session (one conditional
statement), and what both were told. Then the first token of every session is used once more, after
the window, and every session must be over.

    python -m bench.refresh_races --pairs 1000 --processes 2

It must hold: one turn and one successor for each session, never two; both of a pair are told the
same successor; each reuse ends its session, and then no token of it is good. Exit code 1 otherwise.
Writes a table, then one line of JSON.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.cache.keys import Keys
from app.cache.revocations import RedisRevocations
from app.domain.identity.session import DEFAULT_RULES
from app.domain.shared.channel import Channel
from app.integrations.local_servers import local_servers
from app.ports.work import Works
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.sessions import open_session, refreshed
from app.security.access_tokens import AccessTokens
from app.security.followed_keys import FollowedKeys
from app.security.session_tokens import SignedSessionTokens
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import PostgresSessionBook, PostgresSessionRepository
from app.storage.tables import MemberRow, table_of
from app.storage.work import PostgresWork, PostgresWorks

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
AT_ONCE = 25
"""Sessions that a process refreshes at a time."""

Told = list[str | None]


class CountingBook(PostgresSessionBook):
    """Counts the conditional statements that turned a session."""

    def __init__(self, connection: AsyncConnection, turned: Counter[int]) -> None:
        super().__init__(connection)
        self._turned = turned

    async def rotate(
        self, user_id: int, session_id: int, generation: int, at: datetime, app_version: str | None
    ) -> bool:
        won = await super().rotate(user_id, session_id, generation, at, app_version)
        self._turned[session_id] += won
        return won


class CountingWork(PostgresWork):
    def __init__(self, connection: AsyncConnection, turned: Counter[int]) -> None:
        super().__init__(connection, None)
        self._turned = turned

    @property
    def sessions(self) -> CountingBook:
        return CountingBook(self.connection, self._turned)


class CountingWorks(PostgresWorks):
    """The real units of work, whose book of sessions counts."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.turned: Counter[int] = Counter()

    @asynccontextmanager
    async def begin(self, user_id: int | None) -> AsyncIterator[PostgresWork]:
        async with super().begin(user_id) as work:
            yield CountingWork(work.connection, self.turned)


def front_of(engine: AsyncEngine, folder: Path, works: Works | None = None) -> FrontDesk:
    keys = FollowedKeys(folder)
    return FrontDesk(
        works=works or PostgresWorks(engine),
        sessions=PostgresSessionRepository(engine),
        tokens=SignedSessionTokens(keys, AccessTokens(keys)),
        revocations=RedisRevocations(None, None, Keys("bench"), timedelta(minutes=10)),
    )


def at(after: timedelta = timedelta()) -> Arrival:
    return Arrival(moment=NOW + after, channel=Channel.APP)


async def sign_all_in(front: FrontDesk, engine: AsyncEngine, pairs: int) -> list[str]:
    async with engine.begin() as connection:
        rows = [{"user_id": number} for number in range(1, pairs + 1)]
        await connection.execute(insert(table_of(MemberRow)), rows)
    tokens: list[str] = []
    for user_id in range(1, pairs + 1):
        async with front.works.begin(None) as work:
            opened = await open_session(front, work, user_id, at(), {"by": "BENCH"})
        tokens.append(opened.pair.refresh_token)
    return tokens


async def race(
    url: str, folder: Path, tokens: Sequence[str], barrier: Barrier
) -> tuple[Told, Counter[int]]:
    """What one process is told for each token, and how often it turned each session. All begin
    each part together."""
    engine = make_engine(url, pool_size=AT_ONCE, max_overflow=0, statement_timeout_ms=60_000)
    works, told = CountingWorks(engine), list[str | None]()
    front = front_of(engine, folder, works)
    for start in range(0, len(tokens), AT_ONCE):
        part = tokens[start : start + AT_ONCE]
        await asyncio.to_thread(barrier.wait)
        pairs = await asyncio.gather(*(refreshed(front, token, at()) for token in part))
        told += [pair and pair.refresh_token for pair in pairs]
    await engine.dispose()
    return told, works.turned


def racer(url: str, folder: str, tokens: list[str], barrier: Barrier, answers: Any) -> None:
    answers.put(asyncio.run(race(url, Path(folder), tokens, barrier)))


def raced(url: str, folder: Path, tokens: list[str], processes: int) -> list[Any]:
    spawned = multiprocessing.get_context("spawn")
    barrier, answers = spawned.Barrier(processes), spawned.Queue()
    given = (url, str(folder), tokens, barrier, answers)
    racers = [spawned.Process(target=racer, args=given) for _ in range(processes)]
    for process in racers:
        process.start()
    told = [answers.get() for _ in racers]
    for process in racers:
        process.join()
    return told


async def reuse(front: FrontDesk, engine: AsyncEngine, old: list[str], new: Told) -> dict[str, int]:
    """Every first token once more, after the window; then every successor."""
    late = at(DEFAULT_RULES.window)
    reused = [await refreshed(front, token, late) for token in old]
    after = [await refreshed(front, token or "", late) for token in new]
    async with engine.connect() as connection:
        ended = await connection.scalar(
            text("SELECT count(*) FROM member_session WHERE end_reason = 'REUSED'")
        )
        records = await connection.scalar(
            text("SELECT count(*) FROM audit_event WHERE act = 'session.refresh_reused'")
        )
    return {
        "reuses_answered": sum(pair is not None for pair in reused),
        "successors_good_after_reuse": sum(pair is not None for pair in after),
        "sessions_ended_by_reuse": int(ended or 0),
        "records_of_reuse": int(records or 0),
    }


async def generations(engine: AsyncEngine) -> Counter[int]:
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT generation FROM member_session"))
        return Counter(found.scalars())


def judged(told: list[Any], pairs: int) -> dict[str, int]:
    """Over all processes: turns of each session, and what each pair was told."""
    turns = sum((turned for _, turned in told), Counter[int]())
    answers = list(zip(*(answer for answer, _ in told), strict=True))
    return {
        "pairs": pairs,
        "processes": len(told),
        "sessions_turned_once": sum(times == 1 for times in turns.values()),
        "sessions_turned_more": sum(times > 1 for times in turns.values()),
        "pairs_told_one_successor": sum(None not in a and len(set(a)) == 1 for a in answers),
        "refused": sum(answer is None for pair in answers for answer in pair),
    }


def run(url: str, folder: Path, asked: argparse.Namespace) -> dict[str, int]:
    async def begin() -> list[str]:
        engine = make_engine(url)
        tokens = await sign_all_in(front_of(engine, folder), engine, asked.pairs)
        await engine.dispose()
        return tokens

    async def end(new: Told) -> dict[str, int]:
        engine = make_engine(url)
        once = (await generations(engine))[1]
        found = await reuse(front_of(engine, folder), engine, tokens, new)
        await engine.dispose()
        return {"sessions_of_generation_1": once, **found}

    tokens = asyncio.run(begin())
    told = raced(url, folder, tokens, asked.processes)
    return {**judged(told, asked.pairs), **asyncio.run(end(told[0][0]))}


def holds(found: dict[str, int]) -> bool:
    every = (
        "sessions_turned_once",
        "pairs_told_one_successor",
        "sessions_of_generation_1",
        "sessions_ended_by_reuse",
        "records_of_reuse",
    )
    none = ("sessions_turned_more", "refused", "reuses_answered", "successors_good_after_reuse")
    return all(found[name] == found["pairs"] for name in every) and not any(
        found[name] for name in none
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="youhui-bench-") as folder,
        local_servers(Path(folder)) as servers,
    ):
        upgrade(servers.database_url)
        found = run(servers.database_url, Path(folder) / "keys", asked)
    table = Table("", "")
    for name, number in found.items():
        table.add_row(name.replace("_", " "), f"{number:,}")
    Console().print(table)
    sys.stdout.write(json.dumps(found) + "\n")
    sys.exit(0 if holds(found) else 1)


if __name__ == "__main__":
    main()
