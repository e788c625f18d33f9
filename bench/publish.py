"""How long until a published promotion is live in every running process (goal 1).

Starts a PostgreSQL and a Valkey of its own, seeds demo data, starts server processes, keeps each
busy with checkout previews, and publishes again and again. A process has arrived when an answer of
it names the new rule version. Measured twice: as it is meant, with Redis announcing, and without
Redis, where each process finds the version by polling.

    python -m bench.publish --processes 4 --rounds 20

Writes a table, then one line of JSON for each measurement. Exit code 1: a request failed.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.cli.seed import seed_database
from app.cli.servers import Databases, announcements_at
from app.documents.promotions import loads_promotions
from app.integrations.local_servers import local_servers
from app.ports.seeding import SeedRecipe
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.promotions import PostgresPromotionStore
from tests.e2e.live import Live, serving

PATIENCE_S = 30.0
DIFFERENT = itertools.count(1)
"""Each publication changes the promotion."""
BEIJING = {"latitude": 39.9042, "longitude": 116.4074, "datum": "WGS84"}
PLACE = """query ($near: CoordinatesInput!) {
  stations(near: $near, radiusMeters: 50000, first: 1) { edges { node { id } } } }"""
PREVIEW = """query ($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) {
  userErrors { code } preview { quote { ruleVersion } payable { fen } } } }"""
PROMOTION = """
promotions:
  - code: BENCH-PUBLISH
    title: {{zh: 发布计时 {off_fen}}}
    lane: ACTIVITY
    benefit: {{kind: AMOUNT_OFF, off_fen: {off_fen}}}
"""


@dataclass
class Busy:
    """One process under previews. `arrived`: seconds of the clock at which each catalog version
    was first seen; `slowest_s`: the longest a request took."""

    live: Live
    variables: dict[str, Any]
    arrived: dict[int, float] = field(default_factory=dict)
    requests: int = 0
    failed: int = 0
    slowest_s: float = 0.0

    @contextmanager
    def kept(self) -> Iterator[None]:
        over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(self._ask, over)
            try:
                yield
            finally:
                over.set()
                asking.result()

    def _ask(self, over: threading.Event) -> None:
        body = json.dumps({"query": PREVIEW, "variables": self.variables})
        with closing(_connection(self.live)) as http:
            while not over.is_set():
                began = time.monotonic()
                version = _version(http, body)
                now = time.monotonic()
                self.requests += 1
                self.slowest_s = max(self.slowest_s, now - began)
                if version is None:
                    self.failed += 1
                else:
                    self.arrived.setdefault(version, now)


def _connection(live: Live) -> HTTPConnection:
    return HTTPConnection(live.url.removeprefix("http://"), timeout=PATIENCE_S)


def _version(http: HTTPConnection, body: str) -> int | None:
    """The rule version of an answer; None: the request failed."""
    try:
        http.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        answer = json.loads(http.getresponse().read())
        return int(answer["data"]["checkoutPreview"]["preview"]["quote"]["ruleVersion"])
    except (OSError, HTTPException, KeyError, TypeError, ValueError):
        http.close()
        return None


@dataclass(frozen=True)
class Measured:
    """Seconds from the moment publishing is asked for, by round."""

    redis: bool
    committed_s: list[float]
    first_s: list[float]
    all_s: list[float]
    requests: int
    failed: int
    slowest_s: float


def measure(at: Databases, *, redis: bool, processes: int, rounds: int, folder: Path) -> Measured:
    redis_url = at.redis_url if redis else None
    with ExitStack() as stack:
        lives = [
            stack.enter_context(serving(at.database_url, redis_url, folder / f"{redis}-{number}"))
            for number in range(processes)
        ]
        variables = preview_variables(lives[0])
        busy = [Busy(live, variables) for live in lives]
        for process in busy:
            stack.enter_context(process.kept())
        time.sleep(1.0)
        timings = [publish_and_wait(at.database_url, redis_url, busy, n) for n in range(rounds)]
    committed, first, everyone = (list(column) for column in zip(*timings, strict=True))
    return Measured(
        redis=redis,
        committed_s=committed,
        first_s=first,
        all_s=everyone,
        requests=sum(process.requests for process in busy),
        failed=sum(process.failed for process in busy),
        slowest_s=max(process.slowest_s for process in busy),
    )


def preview_variables(live: Live) -> dict[str, Any]:
    edges = live.data(PLACE, {"near": BEIJING})["stations"]["edges"]
    fill = {"pumpAmountFen": 20_000}
    return {
        "input": {"stationId": edges[0]["node"]["id"], "fuelGrade": "GASOLINE_92", "fill": fill}
    }


def publish_and_wait(
    database_url: str, redis_url: str | None, busy: Sequence[Busy], round_: int
) -> tuple[float, float, float]:
    """Seconds until the commit, until the first process serves the version, and until all do."""
    promotions = loads_promotions(PROMOTION.format(off_fen=next(DIFFERENT)))

    async def published() -> int:
        engine = make_engine(database_url, pool_size=1)
        announcements = announcements_at(Databases(database_url, redis_url))
        try:
            store = PostgresPromotionStore(engine, announcements)
            return await store.publish(promotions, "bench")
        finally:
            await engine.dispose()

    time.sleep(0.137 * (round_ % 7))  # not in step with the polls
    began = time.monotonic()
    version = asyncio.run(published())
    committed = time.monotonic()
    while not all(version in process.arrived for process in busy):
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(f"version {version} did not arrive everywhere in {PATIENCE_S} s")
        time.sleep(0.002)
    arrivals = [process.arrived[version] - began for process in busy]
    return committed - began, min(arrivals), max(arrivals)


def report(found: Sequence[Measured], processes: int) -> Table:
    table = Table(title=f"发布到 {processes} 个进程（秒） publishing to {processes} processes, s")
    table.add_column("途径 how", no_wrap=True)
    for name in ("commit p50", "first p50", "all p50", "all max", "requests", "failed", "slowest"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        medians = [statistics.median(s) for s in (one.committed_s, one.first_s, one.all_s)]
        table.add_row(
            "announced" if one.redis else "polled",
            *(f"{seconds:.3f}" for seconds in (*medians, max(one.all_s))),
            f"{one.requests:,}",
            str(one.failed),
            f"{one.slowest_s:.3f}",
        )
    table.caption = (
        "写入数据库、首个进程、全部进程用上新版本 · written, served by the first process, by all"
    )
    return table


def as_json(one: Measured, recipe: SeedRecipe, processes: int) -> str:
    ordered = sorted(one.all_s)
    return json.dumps(
        {
            "bench": "publish",
            "how": "announced" if one.redis else "polled",
            "processes": processes,
            "rounds": len(ordered),
            "stations": recipe.stations,
            "commit_p50_s": round(statistics.median(one.committed_s), 4),
            "first_p50_s": round(statistics.median(one.first_s), 4),
            "all_p50_s": round(statistics.median(ordered), 4),
            "all_max_s": round(ordered[-1], 4),
            "requests": one.requests,
            "failed": one.failed,
            "slowest_request_s": round(one.slowest_s, 4),
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=4, help="server processes (default 4)")
    parser.add_argument("--rounds", type=int, default=20, help="publications (default 20)")
    parser.add_argument("--stations", type=int, default=2_000, help="seeded (default 2000)")
    options = parser.parse_args()
    recipe = SeedRecipe(stations=options.stations, members=50)
    with tempfile.TemporaryDirectory(prefix="youhui-bench-") as name:
        folder = Path(name)
        with local_servers(folder / "servers") as local:
            at = Databases(local.database_url, local.redis_url, local)
            upgrade(at.database_url)
            seed_database(at, recipe)
            found = [
                measure(at, redis=redis, processes=options.processes, rounds=options.rounds,
                        folder=folder)
                for redis in (True, False)
            ]  # fmt: skip
    Console(width=100).print(report(found, options.processes))
    for one in found:
        print(as_json(one, recipe, options.processes))
    return 1 if any(one.failed for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
