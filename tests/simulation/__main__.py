"""Many seeds of the simulation: ``python -m tests.simulation --seeds 10000 --processes 2``.

The last line sums up; exit status 1 where a law was broken. ``--seed 42 --trace`` shows one.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

import click
from rich.console import Console
from rich.progress import Progress

from tests.simulation.running import Outcome, simulate

AT_ONCE = 25
SHOWN_SEEDS = 10


def outcomes(seeds: range, processes: int) -> Iterator[Outcome]:
    """In the order of the seeds, without their traces."""
    chunks = [list(seeds[at : at + AT_ONCE]) for at in range(0, len(seeds), AT_ONCE)]
    if processes <= 1:
        for chunk in chunks:
            yield from some(chunk)
        return
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(some, chunks):
            yield from found


def some(seeds: list[int]) -> list[Outcome]:
    return [simulate(seed).without_trace() for seed in seeds]


@click.command()
@click.option("--seeds", default=1_000, show_default=True, help="How many seeds.")
@click.option("--first", default=1, show_default=True, help="The first of them.")
@click.option("--processes", default=2, show_default=True, help="How many at a time.")
@click.option("--seed", type=int, help="This seed alone.")
@click.option("--trace", is_flag=True, help="With --seed: every step of it.")
def main(seeds: int, first: int, processes: int, seed: int | None, trace: bool) -> None:
    """The use cases over memory, with everything failing; then the laws."""
    console = Console()
    if seed is not None:
        outcome = simulate(seed)
        for line in outcome.trace if trace else ():
            click.echo(line)
        found = [outcome]
    else:
        found = _run(console, range(first, first + seeds), processes)
    wrong = [outcome for outcome in found if outcome.violations]
    for outcome in wrong[:SHOWN_SEEDS]:
        click.echo(f"seed {outcome.seed}: python -m tests.simulation --seed {outcome.seed} --trace")
        for violation in outcome.violations:
            click.echo(f"  {violation}")
    crashes, faults = sum(o.crashes for o in found), sum(o.faults for o in found)
    violations = sum(len(outcome.violations) for outcome in found)
    click.echo(f"seeds={len(found)} crashes={crashes} faults={faults} violations={violations}")
    sys.exit(1 if violations else 0)


def _run(console: Console, seeds: range, processes: int) -> list[Outcome]:
    started, found = perf_counter(), list[Outcome]()
    with Progress(console=console) as progress:
        task = progress.add_task("simulate", total=len(seeds))
        for outcome in outcomes(seeds, processes):
            found.append(outcome)
            progress.advance(task)
    spent = perf_counter() - started
    orders = sum(outcome.orders for outcome in found)
    click.echo(f"{orders} orders in {spent:.0f} s, {len(found) / spent:.0f} seeds a second")
    return found


if __name__ == "__main__":
    main()
