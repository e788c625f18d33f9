"""How long until a published promotion is live in every running process (goal: 1 s), and the
longest that a request takes meanwhile (goal: 50 ms).

Starts a PostgreSQL and a Valkey of its own, seeds demo data, publishes many promotions, starts
server processes, keeps each busy with checkout previews, and publishes again and again from a
process of its own. A process has arrived when an answer of it tells the new title. Measured
as it is meant, with Redis announcing; without Redis, where each process finds the version by
polling; and with every promotion changed at once. `quiet`: the slowest request of a time as long
in which nothing is published.

    python -m bench.publish --processes 4 --rounds 20 --promotions 5000

Writes a table, then one line of JSON for each measurement. Exit code 1: a request failed.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.cli.seed import seed_database
from app.cli.servers import Databases, announcements_at
from app.documents.promotions import parse_promotion
from app.domain.promotions.promotion import Promotion
from app.integrations.local_servers import local_servers
from app.ports.seeding import SeedRecipe
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.promotions import PostgresPromotionStore
from bench.traffic import PATIENCE_S, TITLE, Busy, question_of, slowest_of
from tests.e2e.live import serving

DIFFERENT = itertools.count(1)
"""Each publication changes the promotion."""
MANY_ROUNDS = 3
"""How often all promotions change."""


def rules(count: int, number: int) -> list[Promotion]:
    """One that beats all others everywhere, then such as are targeted at one station each."""
    documents: list[dict[str, Any]] = [
        {
            "code": f"BENCH-PUBLISH-{index}",
            "title": {"zh": f"{TITLE}{number}"},
            "lane": "ACTIVITY",
            "benefit": {"kind": "AMOUNT_OFF", "off_fen": 5_000 + number},
            "conditions": [
                {"kind": "STATION", "stations": [f"bench:{index}"]},
                {"kind": "SCHEDULE", "days_of_week": [index % 7 + 1]},
                {"kind": "THRESHOLD_AMOUNT", "min_fen": 10_000 + index},
            ][: 3 if index else 0],
        }
        for index in range(count)
    ]
    return [parse_promotion(document) for document in documents]


@dataclass(frozen=True)
class Scenario:
    """`redis`: versions are announced. `changed`: how many promotions change in a round. `ask`:
    "preview" (a quote without `notApplied`) or "card" (a price alone)."""

    redis: bool
    changed: int
    ask: str = "preview"

    @property
    def name(self) -> str:
        how = "announced" if self.redis else "polled"
        return f"{how}, {self.changed:,} changed"


@dataclass(frozen=True)
class Measured:
    """Seconds by round: from asking to publish until the commit, and from the commit until the
    first process and until all serve the version. `slowest_s`: the longest request meanwhile."""

    scenario: Scenario
    committed_s: list[float]
    first_s: list[float]
    all_s: list[float]
    requests: int
    failed: int
    quiet_s: float
    slowest_s: float


def measure(
    at: Databases, scenario: Scenario, *, processes: int, rounds: int, folder: Path
) -> Measured:
    redis_url = at.redis_url if scenario.redis else None
    with ExitStack() as stack:
        lives = [
            stack.enter_context(
                serving(
                    at.database_url,
                    redis_url,
                    folder / f"{scenario.name}-{number}",
                    YOUHUI_LIMITS_ENABLED="0",
                )
            )
            for number in range(processes)
        ]
        publisher = stack.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
        publisher.submit(rules, 1, 1).result()
        question = question_of(lives[0], scenario.ask)
        busy = [Busy(live, question) for live in lives]
        for process in busy:
            stack.enter_context(process.kept())
        time.sleep(2.0)
        quiet_s = slowest_of(busy, lambda: time.sleep(rounds * 0.5))
        timings: list[tuple[float, float, float]] = []

        def publish_all() -> None:
            for round_ in range(rounds):
                time.sleep(0.137 * (round_ % 7))  # not in step with the polls
                timings.append(
                    publish_and_wait(publisher, at.database_url, redis_url, busy, scenario)
                )

        slowest_s = slowest_of(busy, publish_all)
    committed, first, everyone = (list(column) for column in zip(*timings, strict=True))
    return Measured(
        scenario=scenario,
        committed_s=committed,
        first_s=first,
        all_s=everyone,
        requests=sum(process.requests for process in busy),
        failed=sum(process.failed for process in busy),
        quiet_s=quiet_s,
        slowest_s=slowest_s,
    )


def publish(database_url: str, redis_url: str | None, changed: int, number: int) -> int:
    """In the publisher's process. Returns the catalog version."""
    promotions = rules(changed, number)

    async def published() -> int:
        engine = make_engine(database_url, pool_size=1, statement_timeout_ms=60_000)
        announcements = announcements_at(Databases(database_url, redis_url))
        try:
            return await PostgresPromotionStore(engine, announcements).publish(promotions, "bench")
        finally:
            await engine.dispose()

    return asyncio.run(published())


def publish_and_wait(
    publisher: ProcessPoolExecutor,
    database_url: str,
    redis_url: str | None,
    busy: Sequence[Busy],
    scenario: Scenario,
) -> tuple[float, float, float]:
    """As in `Measured`."""
    began = time.monotonic()
    number = next(DIFFERENT)
    publisher.submit(publish, database_url, redis_url, scenario.changed, number).result()
    committed = time.monotonic()
    while not all(number in process.arrived for process in busy):
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(f"round {number} did not arrive everywhere in {PATIENCE_S} s")
        time.sleep(0.002)
    arrivals = [max(0.0, process.arrived[number] - committed) for process in busy]
    return committed - began, min(arrivals), max(arrivals)


def report(found: Sequence[Measured], processes: int, promotions: int) -> Table:
    title = f"{promotions:,} 个活动，发布到 {processes} 个进程 promotions to processes"
    table = Table(title=title)
    table.add_column("途径 how", no_wrap=True)
    for name in ("commit s", "first s", "all s", "all max s", "requests", "failed", "quiet ms",
                 "slowest ms"):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        medians = [statistics.median(s) for s in (one.committed_s, one.first_s, one.all_s)]
        table.add_row(
            one.scenario.name,
            *(f"{seconds:.3f}" for seconds in (*medians, max(one.all_s))),
            f"{one.requests:,}",
            str(one.failed),
            f"{one.quiet_s * 1000:.0f}",
            f"{one.slowest_s * 1000:.0f}",
        )
    table.caption = (
        "写入用时；写入后首个、全部进程用上新版本 · to write; then until the first and all serve it"
    )
    return table


def as_json(one: Measured, recipe: SeedRecipe, processes: int, promotions: int) -> str:
    ordered = sorted(one.all_s)
    return json.dumps(
        {
            "bench": "publish",
            "how": "announced" if one.scenario.redis else "polled",
            "promotions": promotions,
            "changed": one.scenario.changed,
            "ask": one.scenario.ask,
            "processes": processes,
            "rounds": len(ordered),
            "stations": recipe.stations,
            "commit_p50_s": round(statistics.median(one.committed_s), 4),
            "first_p50_s": round(statistics.median(one.first_s), 4),
            "all_p50_s": round(statistics.median(ordered), 4),
            "all_max_s": round(ordered[-1], 4),
            "requests": one.requests,
            "failed": one.failed,
            "quiet_slowest_request_s": round(one.quiet_s, 4),
            "slowest_request_s": round(one.slowest_s, 4),
        }
    )


def scenarios(promotions: int, rounds: int, ask: str) -> Iterator[tuple[Scenario, int]]:
    yield Scenario(redis=True, changed=1, ask=ask), rounds
    yield Scenario(redis=False, changed=1, ask=ask), rounds
    if promotions > 1:
        yield Scenario(redis=True, changed=promotions, ask=ask), min(rounds, MANY_ROUNDS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=4, help="server processes (default 4)")
    parser.add_argument("--rounds", type=int, default=20, help="publications (default 20)")
    parser.add_argument("--stations", type=int, default=2_000, help="seeded (default 2000)")
    parser.add_argument("--promotions", type=int, default=1, help="published (default 1)")
    parser.add_argument("--ask", choices=("preview", "card"), default="preview")
    options = parser.parse_args()
    recipe = SeedRecipe(stations=options.stations, members=50)
    with tempfile.TemporaryDirectory(prefix="youhui-bench-") as name:
        folder = Path(name)
        with local_servers(folder / "servers") as local:
            at = Databases(local.database_url, local.redis_url, local)
            upgrade(at.database_url)
            seed_database(at, recipe)
            publish(at.database_url, None, options.promotions, next(DIFFERENT))
            found = [
                measure(at, scenario, processes=options.processes, rounds=rounds, folder=folder)
                for scenario, rounds in scenarios(options.promotions, options.rounds, options.ask)
            ]
    Console(width=120).print(report(found, options.processes, options.promotions))
    for one in found:
        print(as_json(one, recipe, options.processes, options.promotions))
    return 1 if any(one.failed for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
