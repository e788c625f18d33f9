"""Orders a second on one hot promotion, with its budget in one part and in sixteen.

Starts a PostgreSQL of its own that keeps what it acknowledged (fsync on), and lets many members
count on one budget at once, each in the transaction that placing an order has: the member's lock,
a row of their own, and the shared counter last. Both ways run in turns of one run, so that a busy
machine slows both. The sums are checked afterwards: not one use is lost.

    python -m bench.escrow --members 64 --seconds 3 --rounds 5

Writes a table, then one line of JSON for each way.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.escrow import Bounds
from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.promotions.usage import CounterKey, Used
from app.integrations.local_servers import local_servers
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.tables import MemberRow, table_of
from app.storage.work import PostgresWorks

SLOTS = (1, 16)
BUDGET = Bounds(max_uses=10**9, max_fen=10**15)
ONE_ORDER = Used(1, 500)


@dataclass
class Way:
    """One number of parts. `rates`: transactions a second, by round."""

    slots: int
    rates: list[float] = field(default_factory=list)
    done: int = 0

    @property
    def key(self) -> CounterKey:
        return CounterKey(f"BENCH-{self.slots}", LimitPer.TOTAL, "", LimitPeriod.EVER, EVER_START)


async def place_on(works: PostgresWorks, way: Way, user_id: int, until: float) -> int:
    """Orders of one member, one after the other, until the time is up; how many."""
    own = way.key._replace(per=LimitPer.USER, subject=str(user_id))
    placed = 0
    while time.perf_counter() < until:
        async with works.begin(user_id) as work:
            await work.counters.add(own, ONE_ORDER, BUDGET)
            refused = await work.counters.add(way.key, ONE_ORDER, BUDGET)
            assert refused is None, refused
        placed += 1
    return placed


async def one_round(engine: AsyncEngine, way: Way, members: int, seconds: float) -> None:
    works = PostgresWorks(engine, slots=way.slots)
    began = time.perf_counter()
    counts = await asyncio.gather(
        *(place_on(works, way, user_id, began + seconds) for user_id in range(1, members + 1))
    )
    way.rates.append(sum(counts) / (time.perf_counter() - began))
    way.done += sum(counts)


async def check_sums(engine: AsyncEngine, way: Way) -> None:
    query = "SELECT sum(uses), sum(fen), count(*) FROM promotion_counter WHERE code = :code"
    async with engine.connect() as connection:
        row = (await connection.execute(text(query), {"code": way.key.code})).one()
    assert tuple(row) == (way.done, way.done * ONE_ORDER.fen, way.slots), row


async def measure(url: str, asked: argparse.Namespace) -> list[Way]:
    engine = make_engine(url, pool_size=asked.members, max_overflow=0, statement_timeout_ms=60_000)
    async with engine.begin() as connection:
        members = [{"user_id": number} for number in range(1, asked.members + 1)]
        await connection.execute(insert(table_of(MemberRow)), members)
    ways = [Way(slots) for slots in SLOTS]
    for way in ways:
        await one_round(engine, way, asked.members, 0.5)
        way.rates.clear()
    for _ in range(asked.rounds):
        for way in ways:
            await one_round(engine, way, asked.members, asked.seconds)
    for way in ways:
        await check_sums(engine, way)
    await engine.dispose()
    return ways


def show(ways: list[Way], asked: argparse.Namespace) -> None:
    table = Table("parts", "orders/s, median", "least", "most", "times one part")
    first = statistics.median(ways[0].rates)
    for way in ways:
        median = statistics.median(way.rates)
        shown = (median, min(way.rates), max(way.rates))
        table.add_row(str(way.slots), *(f"{rate:,.0f}" for rate in shown), f"{median / first:.2f}")
    Console().print(table)
    for way in ways:
        told = {"slots": way.slots, "members": asked.members, "rates": way.rates}
        sys.stdout.write(json.dumps(told) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=64, help="at once")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="youhui-bench-") as folder,
        local_servers(Path(folder)) as servers,
    ):
        upgrade(servers.database_url)
        ways = asyncio.run(measure(servers.database_url, asked))
    show(ways, asked)


if __name__ == "__main__":
    main()
