"""Fires every case at servers of its own and tells what each refusal cost.

    python -m tests.attacks --rounds 5

CPU is the server process's own, of all its threads, by the kernel's clock; the ratio is to a plain
request (`{ now }`) and to the page of stations, both measured between the cases. Of each case the
median of the rounds. Exit code 1: a case was not refused as it says, or the next request not served.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import click
import orjson
from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.cli.seed import seed_database
from app.cli.servers import Databases
from app.integrations.local_servers import local_servers
from app.ports.seeding import SeedRecipe
from app.storage.migrate import upgrade
from tests.attacks.firing import faults_of, fire, next_served
from tests.attacks.reading import Case, cases
from tests.attacks.target import Target, target
from tests.e2e.live import Live, document, variables

SHOWN = 15


@dataclass(frozen=True)
class Told:
    """`cpu_ms`: of one request of the case, at the server."""

    case: Case
    faults: list[str]
    served: bool
    cpu_ms: float


def cpu_ms(live: Live) -> float:
    """Milliseconds on a processor so far: /proc/<pid>/task/*/schedstat, in nanoseconds."""
    tasks = Path(f"/proc/{live.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def spent_ms(live: Live, act: Callable[[], object]) -> float:
    before = cpu_ms(live)
    act()
    return cpu_ms(live) - before


def post(live: Live, body: bytes) -> None:
    with closing(HTTPConnection(urlsplit(live.url).netloc, timeout=60)) as connection:
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        connection.getresponse().read()


def usual_ms(live: Live, body: bytes, times: int = 50) -> float:
    for _ in range(5):
        post(live, body)
    return statistics.median(spent_ms(live, lambda: post(live, body)) for _ in range(times))


def tell(aim: Target, case: Case, rounds: int) -> Told:
    live = aim.servers[case.server]
    faults: list[str] = []
    spent: list[float] = []
    fire(aim, case)  # what it steals, and what the server reads once
    for _ in range(rounds):
        before = cpu_ms(live)
        shot = fire(aim, case)
        spent.append((cpu_ms(live) - before) / case.times)
        faults += faults_of(shot, case.expect)
    return Told(case, faults, next_served(aim, case), statistics.median(spent))


def report(told: Sequence[Told], plain_ms: float, page_ms: float) -> None:
    console = Console(width=110)
    table = Table(title="最贵的拒绝 the dearest refusals")
    for name in ("case", "refused by", "CPU ms", "× plain", "× page"):
        table.add_column(name, justify="left" if name in {"case", "refused by"} else "right")
    for one in sorted(told, key=lambda one: -one.cpu_ms)[:SHOWN]:
        expect = one.case.expect
        by = expect.limit or expect.code or expect.refusal or expect.closes or expect.status
        table.add_row(
            one.case.id,
            str(by or "null"),
            f"{one.cpu_ms:.2f}",
            f"{one.cpu_ms / plain_ms:.1f}",
            f"{one.cpu_ms / page_ms:.1f}",
        )
    console.print(table)
    for one in told:
        for fault in one.faults:
            console.print(f"[red]{one.case.id}: {fault}")
        if not one.served:
            console.print(
                f"[red]{one.case.id}: 之后的请求未得到回答 the next request was not served"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="of each case (default 5)")
    parser.add_argument("--only", default="", help="cases whose names hold this")
    options = parser.parse_args()
    chosen = [case for case in cases() if options.only in case.id]
    with tempfile.TemporaryDirectory(prefix="youhui-attacks-") as name:
        folder = Path(name)
        with local_servers(folder / "servers") as local:
            at = Databases(local.database_url, local.redis_url, local)
            upgrade(at.database_url)
            seed_database(at, SeedRecipe(stations=200, members=50))
            with target(at.database_url, at.redis_url, folder) as aim:
                live = aim.servers["open"]
                page = {"query": document("stations"), "variables": variables("stations")}
                plain_ms = usual_ms(live, aim.plain("open")[1])
                page_ms = usual_ms(live, orjson.dumps(page))
                told = [
                    tell(aim, case, options.rounds)
                    for case in track(chosen, "攻击 attacks", console=Console(stderr=True))
                ]
    report(told, plain_ms, page_ms)
    refused = sum(not one.faults for one in told)
    served = sum(one.served for one in told)
    slowest = max(told, key=lambda one: one.cpu_ms)
    click.echo(
        f"用例 cases {len(told)} · 已拒绝 refused {refused} · 之后仍服务 next served {served} · "
        f"最慢 slowest {slowest.case.id} {slowest.cpu_ms / plain_ms:.1f}× plain, "
        f"{slowest.cpu_ms / page_ms:.1f}× page"
    )
    click.echo(
        json.dumps(
            {
                "bench": "attacks",
                "cases": len(told),
                "refused": refused,
                "next_served": served,
                "slowest": slowest.case.id,
                "slowest_ratio_plain": round(slowest.cpu_ms / plain_ms, 2),
                "slowest_ratio_page": round(slowest.cpu_ms / page_ms, 2),
                "plain_ms": round(plain_ms, 3),
                "page_ms": round(page_ms, 3),
            }
        )
    )
    return 0 if refused == served == len(told) else 1


if __name__ == "__main__":
    sys.exit(main())
