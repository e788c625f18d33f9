"""How fast the engine is: ``python -m bench.engine`` prints a table, then JSON lines.

Times are CPU microseconds of one thread (other work on the machine counts less than on a clock on
the wall), medians of interleaved runs, in a process that has priced before. Cards are prices of one
member at 150 stations of a city; a combination is the search alone, from offers that apply.
"""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from statistics import median
from time import process_time
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from app.domain.checkout.decision import Constraints, able_contenders, roster_of, search
from app.domain.checkout.engine import best_unlock, price_many, quote
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.scene import Scene
from app.domain.promotions.rulebook import RuleBook
from bench.engine_cases import adversarial, city, purchase, targeted, typical

COUNTS = (40, 200, 1_000, 5_000)
OFFERS = (4, 8, 12, 16, 20)
SHAPES = {"typical": typical, "adversarial": adversarial}
Line = dict[str, Any]
Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Goal:
    """What was aimed at, for a figure of a line; `most` inclusive."""

    bench: dict[str, object]
    figure: str
    most: float


GOALS = (
    Goal({"bench": "price-150", "promotions": 1_000}, "ratio", 6),
    Goal({"bench": "price-150", "promotions": 5_000}, "ratio", 25),
    Goal({"bench": "combine", "offers": 12, "shape": "typical"}, "median_us", 100),
    Goal({"bench": "combine", "offers": 20, "shape": "adversarial"}, "max_us", 5_000),
    Goal({"bench": "combine", "offers": 20, "shape": "typical"}, "inexact", 0),
    Goal({"bench": "price-150-coupons"}, "median_us", 5_000),
)


@click.command()
@click.option("--runs", default=15, show_default=True, help="Interleaved runs of each price.")
@click.option("--cases", default=200, show_default=True, help="Random cases of each combination.")
def main(runs: int, cases: int) -> None:
    """Prices at 150 stations, combinations of offers, memory."""
    lines = [*cards(runs), *previews(runs), *combinations(cases), compiled()]
    console = Console()
    console.print(table_of(lines))
    for line in lines:
        click.echo(json.dumps(line))
    for goal in GOALS:
        for line in lines:
            if goal.bench.items() <= line.items():
                verdict = "met" if line[goal.figure] <= goal.most else "MISSED"
                console.print(
                    f"{verdict}: {goal.bench} {goal.figure} {line[goal.figure]}, goal {goal.most}"
                )


def cards(runs: int) -> Iterator[Line]:
    """Cards by number of promotions; with coupons; a whole quote and its hints."""
    places = city()
    asked = {count: purchase(targeted(count), coupons=0) for count in COUNTS}
    with_coupons = purchase(targeted(40), coupons=10)
    heavy = purchase(targeted(40), coupons=190, kinds=6)
    priced = price_many(with_coupons, places[:1])[0]
    jobs: dict[str, Job] = {
        **{f"price-150 {count}": _pricing(one, places) for count, one in asked.items()},
        "price-150-coupons": _pricing(with_coupons, places),
        "price-150-heavy-wallet": _pricing(heavy, places),
        "quote": lambda: quote(with_coupons),
        "quote-heavy-wallet": lambda: quote(heavy),
        "quote-and-unlocks": lambda: quote(with_coupons).unlocks,
        "best-unlock": lambda: best_unlock(priced),
    }
    medians = _medians(jobs, runs)
    base = medians[f"price-150 {COUNTS[0]}"]
    for count in COUNTS:
        micros = medians.pop(f"price-150 {count}")
        yield {
            "bench": "price-150",
            "promotions": count,
            "median_us": micros,
            "ratio": round(micros / base, 2),
        }
    for name, micros in medians.items():
        yield {"bench": name, "median_us": micros}


def previews(runs: int) -> Iterator[Line]:
    """A quote by number of promotions, of a member with 10 coupons: alone, with the 50 offers that
    are nearest to applying, and with its hints."""
    asked = {count: purchase(targeted(count), coupons=10) for count in COUNTS}
    jobs: dict[str, Job] = {}
    for count, one in asked.items():
        jobs[f"{count} alone"] = lambda one=one: quote(one)
        jobs[f"{count} notApplied"] = lambda one=one: quote(one).nearest(50)
        jobs[f"{count} unlocks"] = lambda one=one: quote(one).unlocks
    for name, micros in _medians(jobs, runs).items():
        count, ask = name.split()
        yield {"bench": "preview", "promotions": int(count), "ask": ask, "median_us": micros}


def _pricing(asked: Purchase, places: Any) -> Job:
    return lambda: price_many(asked, places)


def _medians(jobs: dict[str, Job], runs: int) -> dict[str, int]:
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for run in range(runs + 1):
        for name, job in jobs.items():
            began = process_time()
            job()
            if run:
                times[name].append(process_time() - began)
    return {name: round(median(of) * 1e6) for name, of in times.items()}


def combinations(cases: int) -> Iterator[Line]:
    """The best combination of offers that apply, under the default node budget."""
    for shape, make in SHAPES.items():
        for offers in OFFERS:
            asked = [make(Random(f"{offers}:{number}"), offers) for number in range(cases)]
            yield {"bench": "combine", "offers": offers, "shape": shape, **_searches(asked)}


def _searches(asked: list[Purchase]) -> Line:
    questions = [(scene := Scene.of(one), able_contenders(scene, roster_of(one))) for one in asked]
    times: list[list[float]] = [[] for _ in asked]
    inexact = 0
    for run in range(4):
        for number, (scene, able) in enumerate(questions):
            began = process_time()
            found = search(scene, able, Constraints())
            times[number].append(process_time() - began)
            inexact += run == 0 and found is not None and not found.exact
    micros = sorted(median(of[1:]) * 1e6 for of in times)
    return {
        "median_us": round(median(micros)),
        "p95_us": round(micros[int(len(micros) * 0.95)]),
        "max_us": round(micros[-1]),
        "exact": inexact == 0,
        "inexact": inexact,
        "cases": len(asked),
    }


def compiled() -> Line:
    """What 5,000 compiled promotions add to the promotions themselves, and the time it takes."""
    promotions = targeted(COUNTS[-1])
    began = process_time()
    RuleBook.of("1", promotions)
    took = process_time() - began
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    book = RuleBook.of("1", promotions)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {
        "bench": "compile",
        "promotions": len(book.by_code),
        "median_us": round(took * 1e6),
        "kib": held // 1024,
    }


def table_of(lines: list[Line]) -> Table:
    table = Table(title="bench-engine (CPU µs)")
    for column in ("bench", "of", "median", "p95", "max", "more"):
        table.add_column(column, justify="left" if column in ("bench", "of", "more") else "right")
    for line in lines:
        of = [str(line[name]) for name in ("promotions", "offers", "shape", "ask") if name in line]
        more = [f"{name} {line[name]}" for name in ("ratio", "inexact", "kib") if name in line]
        figures = [str(line.get(name, "")) for name in ("median_us", "p95_us", "max_us")]
        table.add_row(line["bench"], " ".join(of), *figures, ", ".join(more))
    return table


if __name__ == "__main__":
    main()
