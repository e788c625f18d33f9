"""What several processes of one server allow together, against the limit they share: with Redis, with
Redis lost midway, and without it. Asked over HTTP, a connection each time, so that all of them serve.

    python -m bench.rate_limit --processes 4

`limit`: a bucket's capacity and what came back while it was asked; without Redis each process counts
to its part, so that all together allow no more; lost midway, every process begins a part anew.
Attempts are share codes that a guest guesses, ten aliases a request: each counts.

Writes a table, then one line of JSON for each measurement. Exit code 1: more was allowed than said.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from zlib import crc32

from rich.console import Console
from rich.table import Table

from app.cli.seed import seed_database
from app.cli.servers import Databases
from app.integrations.local_servers import local_servers
from app.ports.seeding import SeedRecipe
from app.storage.migrate import upgrade
from tests.e2e.live import Live, serving

CAPACITY, REFILL_S = 400, 100
NOBODY = "redis://127.0.0.1:1/0"
CLIENTS = 16
POINT = "{ now }"
GUESSES = 10
GUESS = (
    "{"
    + " ".join(f'g{i}: referralLanding(code: "WRNG{i:02}") {{ code }}' for i in range(GUESSES))
    + "}"
)
ATTEMPTS = 20
"""Of a device; one comes back in 30 s."""
TAKEN_S = 30


@dataclass(frozen=True)
class Measured:
    what: str
    redis: str
    processes: int
    asked: int
    allowed: int
    limit: int
    seconds: float

    @property
    def holds(self) -> bool:
        return self.allowed <= self.limit


def ask(live: Live, query: str, device: str) -> tuple[int, Any]:
    """Status and body, on a connection of its own: the kernel gives it to any of the processes."""
    with closing(HTTPConnection(live.url.partition("://")[2], timeout=60)) as connection:
        headers = {
            "Content-Type": "application/json",
            "Youhui-Device": device,
            # each device at an address of its own: attempts are counted by address, too
            "X-Forwarded-For": f"198.51.100.{crc32(device.encode()) % 250}",
        }
        connection.request("POST", "/graphql", json.dumps({"query": query}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def points_allowed(live: Live, device: str, times: int) -> int:
    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = [
            status for status, _ in pool.map(lambda _: ask(live, POINT, device), range(times))
        ]
    if set(statuses) - {200, 429}:
        raise RuntimeError(f"neither served nor refused: {set(statuses)}")
    return statuses.count(200)


def attempts_allowed(live: Live, device: str, times: int) -> int:
    """Guesses that were looked up: those that were not answered RATE_LIMITED."""

    def looked_up(_: int) -> int:
        status, body = ask(live, GUESS, device)
        if status == 429:
            return 0
        refused = [e for e in body.get("errors", ()) if e["extensions"]["code"] == "RATE_LIMITED"]
        return GUESSES - len(refused)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(looked_up, range(times)))


def warm(live: Live) -> None:
    """Every process has read the documents, which costs points too."""
    for number in range(40):
        for query in (POINT, GUESS):
            ask(live, query, f"warming-{number:03}")


Allowed = Callable[[Live, str, int], int]


def measure(
    live: Live, what: str, redis: str, allowed: Allowed, times: int, options: argparse.Namespace
) -> Measured:
    began = time.monotonic()
    count = allowed(live, f"bench-{what[:6]}-{redis[:4]}".replace(" ", "-"), times)
    seconds = time.monotonic() - began
    points = what == "points"
    back = seconds * CAPACITY / REFILL_S if points else seconds / TAKEN_S
    return Measured(
        what=what,
        redis=redis,
        processes=options.processes,
        asked=times * (1 if points else GUESSES),
        allowed=count,
        limit=int((CAPACITY if points else ATTEMPTS) + back),
        seconds=round(seconds, 2),
    )


def all_of(at: Databases, folder: Path, options: argparse.Namespace) -> list[Measured]:
    found: list[Measured] = []
    limits: dict[str, Any] = {
        "YOUHUI_LIMITS_DEVICE": f"{CAPACITY}/{REFILL_S}",
        "YOUHUI_TRUSTED_PROXIES": "127.0.0.1",
    }
    for redis, url in (("up", at.redis_url), ("gone", NOBODY)):
        with serving(
            at.database_url, url, folder / redis, "--workers", str(options.processes), **limits
        ) as live:
            warm(live)
            for what, allowed, times in (
                ("points", points_allowed, 3 * CAPACITY),
                ("attempts", attempts_allowed, 30),
            ):
                found.append(measure(live, what, redis, allowed, times, options))
            if redis == "up":
                found.append(_lost_midway(at, live, options))
    return found


def _lost_midway(at: Databases, live: Live, options: argparse.Namespace) -> Measured:
    """Both limits hold: the shared one until then, the processes' parts of it from then on."""

    def halved(serving_: Live, device: str, times: int) -> int:
        before = points_allowed(serving_, device, times // 2)
        if at.local is None:
            raise RuntimeError("only a Redis of our own can be ended")
        for server in at.local.servers:
            if server.name.lower().startswith("valkey"):
                os.kill(server.pid, signal.SIGKILL)
        return before + points_allowed(serving_, device, times // 2)

    one = measure(live, "points", "lost midway", halved, 4 * CAPACITY, options)
    return Measured(**{**asdict(one), "limit": one.limit + CAPACITY})


def report(found: Sequence[Measured], processes: int) -> Table:
    table = Table(title=f"{processes} 个进程合计放行 allowed by {processes} processes together")
    for name in ("计数 counted", "Redis", "asked", "allowed", "limit", "s"):
        table.add_column(name, justify="left" if name in {"计数 counted", "Redis"} else "right")
    for one in found:
        table.add_row(
            one.what, one.redis, f"{one.asked:,}", f"{one.allowed:,}", f"{one.limit:,}",
            f"{one.seconds:.1f}",
        )  # fmt: skip
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=4, help="server processes (default 4)")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youhui-bench-")))
        local = stack.enter_context(local_servers(folder / "servers"))
        at = Databases(local.database_url, local.redis_url, local)
        upgrade(at.database_url)
        seed_database(at, SeedRecipe(stations=20, members=5))
        found = all_of(at, folder, options)
    Console(width=100).print(report(found, options.processes))
    for one in found:
        print(json.dumps({"bench": "rate_limit", **asdict(one)}))
    return 0 if all(one.holds for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
