"""The engine against the brute-force oracle: ``python -m bench.fuzz_engine --n 20000 --seed 1``.

Every case has a seed of its own, "seed:number"; a failure prints it with the command that runs
that case alone. Exit status 1 then.
"""

import sys
from random import Random
from time import perf_counter

import click
from rich.console import Console
from rich.progress import track

from app.domain.checkout.purchase import Purchase
from tests.oracle.both_explanations import explanation_differences
from tests.oracle.both_paths import path_differences
from tests.oracle.laws import broken_laws
from tests.oracle.random_cases import random_purchase

SHOWN_FAILURES = 10


def case_of(seed: int, number: int) -> tuple[Random, Purchase]:
    """The same case on any machine."""
    rng = Random(f"{seed}:{number}")
    return rng, random_purchase(rng)


def paths_of(seed: int, number: int) -> Random:
    """Chance of the case in which the fast and the straight path are compared: their prices, and
    what they explain."""
    return Random(f"{seed}:{number}:paths")


@click.command()
@click.option("--n", "cases", default=20_000, show_default=True, help="How many cases.")
@click.option("--seed", default=1, show_default=True, help="The run's seed.")
@click.option("--only", type=int, help="Run this case number alone, and print the case.")
def main(cases: int, seed: int, only: int | None) -> None:
    """Random purchases: the best combination equals the oracle's, every law holds, and the fast
    path equals the straight one: prices over many places, explanations, hints, refusals."""
    console = Console()
    console.print(f"seed {seed}")
    started = perf_counter()
    failures = 0
    numbers = [only] if only is not None else range(cases)
    for number in track(numbers, description="fuzz-engine", console=console):
        rng, purchase = case_of(seed, number)
        if only is not None:
            console.print(purchase)
        broken = what_is_broken(rng, purchase, paths_of(seed, number))
        failures += bool(broken)
        if broken and failures <= SHOWN_FAILURES:
            report(console, seed, number, broken)
    console.print(f"{len(numbers)} cases, {failures} failed, {perf_counter() - started:.0f} s")
    sys.exit(1 if failures else 0)


def what_is_broken(rng: Random, purchase: Purchase, paths: Random) -> list[str]:
    """The laws that do not hold; an engine that fails to answer breaks one too."""
    try:
        return [
            *broken_laws(rng, purchase),
            *path_differences(paths),
            *explanation_differences(paths),
        ]
    except Exception as error:  # noqa: BLE001 - whatever it is, the case must be named
        return [f"{type(error).__name__}: {error}"]


def report(console: Console, seed: int, number: int, broken: list[str]) -> None:
    """What is wrong, and how to see it again."""
    console.print(f"[red]case {number}[/red]: {'; '.join(broken)}", markup=True)
    console.print(f"  python -m bench.fuzz_engine --seed {seed} --only {number}")


if __name__ == "__main__":
    main()
