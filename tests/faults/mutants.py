"""`make test-mutants`: does the checker notice each planted defect?

Every defect runs with several seeds, two runs at a time; noticed means at least one violation,
other than that not all came to rest in time. Runs with no defect stand beside them: what is noticed
there would prove nothing.
"""

import argparse
import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.faults.planted import DEFECTS
from tests.faults.run import QUIET
from tests.faults.town import Town

PARSER = argparse.ArgumentParser(prog="make test-mutants", description=__doc__)
PARSER.add_argument("--seconds", type=float, default=15, help="of each run · 每次时长")
PARSER.add_argument("--seeds", type=int, default=10, help="of each defect · 每个缺陷的种子数")
PARSER.add_argument("--clients", type=int, default=8, help="at the same time · 并发客户端")
PARSER.add_argument("--only", choices=list(DEFECTS), help="one defect · 只运行一个")
PARSER.add_argument("--at-once", type=int, default=2, help="runs side by side · 同时运行数")


NONE = "（无缺陷 none）"
CONTROLS = 3
"""So many seeds run without a defect as well."""


@dataclass(slots=True)
class Tally:
    noticed: int = 0
    runs: int = 0
    last_lines: list[str] = field(default_factory=list[str])


def main() -> None:
    given = PARSER.parse_args()
    names = [given.only] if given.only else [*DEFECTS, NONE]
    tallies = {name: Tally() for name in names}
    wanted = [
        (name, seed)
        for seed in range(1, given.seeds + 1)
        for name in names
        if name != NONE or seed <= CONTROLS
    ]
    console = Console(highlight=False)
    with TemporaryDirectory(prefix="youhui-mutants-") as folder:
        given.furnished = Path(folder)
        asyncio.run(Town.at(given.furnished).furnish(lambda _: None))
        _run_all(given, wanted, tallies)
    _show(console, tallies)
    sys.exit(0 if all(_as_it_should(name, tally) for name, tally in tallies.items()) else 1)


def _as_it_should(name: str, tally: Tally) -> bool:
    return not tally.noticed if name == NONE else tally.noticed * 10 >= tally.runs * 9


def _run_all(
    given: argparse.Namespace, wanted: list[tuple[str, int]], tallies: dict[str, Tally]
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("植入缺陷 planted defects", total=len(wanted))
        with ThreadPoolExecutor(given.at_once) as pool:
            for name, noticed, line in pool.map(lambda one: _run(given, *one), wanted):
                tallies[name].runs += 1
                tallies[name].noticed += noticed
                tallies[name].last_lines.append(line)
                bar.advance(task)


def _run(given: argparse.Namespace, name: str, seed: int) -> tuple[str, bool, str]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.faults", "--quiet", "--seed", str(seed)),
            *("--seconds", str(given.seconds), "--clients", str(given.clients)),
            *(() if name == NONE else ("--defect", name)),
            *("--patience", "25", "--furnished", str(given.furnished), "--servers", "2"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    seen = [
        said.removeprefix("✗ ")
        for said in done.stderr.splitlines()
        if said.startswith("✗ ") and not said.startswith(f"✗ {QUIET}")
    ]
    line = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-200:]
    return name, bool(seen) and "violations=" in line, f"{line}  {seen[0][:140] if seen else ''}"


def _show(console: Console, tallies: dict[str, Tally]) -> None:
    table = Table("缺陷 defect", "发现 noticed", "运行 runs", title="植入的缺陷 planted defects")
    for name, tally in tallies.items():
        table.add_row(name, str(tally.noticed), str(tally.runs))
    console.print(table)
    for name, tally in tallies.items():
        for line in tally.last_lines:
            console.print(f"{name}: {line}")


if __name__ == "__main__":
    main()
