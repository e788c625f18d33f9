"""`make test-faults`: the whole platform under load while everything around it fails.

The last line says it all: seed=… faults=… requests=… orders=… unresolved=… violations=…
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.table import Table

from tests.faults.run import Outcome, Wanted, run
from tests.faults.town import SERVERS

PARSER = argparse.ArgumentParser(prog="make test-faults", description=__doc__)
PARSER.add_argument("--seconds", type=float, default=60, help="how long faults come · 故障时长")
PARSER.add_argument("--seed", type=int, default=7, help="of faults and clients · 随机种子")
PARSER.add_argument("--clients", type=int, default=32, help="at the same time · 并发客户端")
PARSER.add_argument("--defect", default=None, help="a planted defect · 植入的缺陷")
PARSER.add_argument(
    "--patience", type=float, default=90, help="seconds until all jobs ended · 等待任务结束的秒数"
)
PARSER.add_argument("--furnished", type=Path, default=None, help="data to start from · 现成的数据")
PARSER.add_argument("--servers", type=int, default=SERVERS, help="processes · 服务进程数")
PARSER.add_argument("--keep", action="store_true", help="keep logs and data · 保留日志和数据")
PARSER.add_argument("--quiet", action="store_true", help="the last line alone · 只打印最后一行")


def main() -> None:
    given = PARSER.parse_args()
    console = Console(stderr=True, quiet=given.quiet, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="youhui-faults-"))
    outcome = None
    try:
        outcome = uvloop.run(
            run(
                folder,
                Wanted(
                    seconds=given.seconds,
                    seed=given.seed,
                    clients=given.clients,
                    defect=given.defect,
                    patience_s=given.patience,
                    furnished=given.furnished,
                    servers=given.servers,
                ),
                console.print,
            )
        )
    finally:
        failed = outcome is None or outcome.violations or outcome.unresolved
        if given.keep or (failed and given.defect is None):
            click.echo(f"日志 logs: {folder}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    _show(outcome, console)
    click.echo(
        f"seed={given.seed} faults={outcome.faults} requests={outcome.requests} "
        f"orders={outcome.orders} unresolved={outcome.unresolved} "
        f"violations={len(outcome.violations)}"
    )
    sys.exit(1 if outcome.violations or outcome.unresolved else 0)


def _show(outcome: Outcome, console: Console) -> None:
    table = Table("检查 check", "对象 looked at", "违反 violations", title="核对 what was checked")
    for name, looked_at, violated in outcome.checks:
        table.add_row(name, str(looked_at), f"[red]{violated}" if violated else "0")
    console.print(table)
    console.print(_recovery(outcome))
    for violation in outcome.violations[:40]:
        click.echo(f"✗ {violation}", err=True)
    figures = " · ".join(f"{name} {value}" for name, value in outcome.figures.items())
    console.print(figures)


def _recovery(outcome: Outcome) -> Table:
    names = ("故障 fault", "次数 times", "中位数 median s", "最长 max s")
    table = Table(*names, title="恢复 until requests succeed again")
    for what, times, median, longest in outcome.recovery:
        table.add_row(what, str(times), f"{median:.2f}", f"{longest:.2f}")
    return table


if __name__ == "__main__":
    main()
