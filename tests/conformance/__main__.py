"""`make conformance`: the audits of GraphQL over HTTP, and real clients, against a real server."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from app.gateway.http_profile import HttpProfile
from tests.conformance.suite import INSTALL, OPEN, Report, installed, run
from tests.e2e.live import Live, serving
from tests.support import servers
from tests.support.databases import DatabaseFactory


@contextmanager
def server(**environment: str) -> Iterator[Live]:
    """A server of its own with the small seed."""
    servers.open_run()
    try:
        found = servers.run_servers()
        databases = DatabaseFactory(found.database_url, servers.run_name(), "main")
        with (
            tempfile.TemporaryDirectory(prefix="youhui-conformance-") as folder,
            databases.database(databases.seeded_template()) as url,
            serving(url, found.redis_url, Path(folder), **OPEN, **environment) as live,
        ):
            yield live
    finally:
        servers.close_run()


def main() -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    if not installed():
        console.print(f"没有 Node.js：未测试。No Node.js: nothing was tested ({INSTALL.name}).")
        sys.exit(0)
    with server() as live:
        report = run(live)
    with server(YOUHUI_GRAPHQL_OVER_HTTP=HttpProfile.SEPTEMBER_2026.value) as live:
        newer = run(live)
    show(report, console)
    told = list(newer.failures_of_clients())
    for failure in told:
        console.print(f"[red]✗[/red] {HttpProfile.SEPTEMBER_2026}: {failure}")
    console.print(
        f"以 {HttpProfile.SEPTEMBER_2026} 版状态码，客户端能力 clients with that edition's statuses: "
        f"{newer.done}/{newer.done + len(told)}"
    )
    sys.exit(1 if told or list(report.failures()) else 0)


def show(report: Report, console: Console) -> None:
    console.print(report.table())
    console.print(
        "✓ 通过 works   – 该客户端没有这项能力 the client has no such thing   ✗ 失败 fails"
    )
    for failure in report.failures():
        console.print(f"[red]✗[/red] {failure}", markup=True)
    console.print(f"GraphQL over HTTP: {report.passed}/{len(report.audits)}", style="bold")


if __name__ == "__main__":
    main()
