"""The score of a mutation run: how many of the planted faults some test notices.

    make mutants                                   all of app/domain/promotions
    make mutants ONLY='app.domain.promotions.bill*'

Reads what mutmut found (`mutmut results --all true`) in this folder. A mutant that no test runs
counts as not noticed. What survives is listed; `mutmut show NAME` prints it, and
docs/mutation.md names those that change nothing.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

MUTMUT = Path(sys.executable).with_name("mutmut")
NOTICED = ("killed", "timeout", "suspicious", "segfault", "caught by type check")
MISSED = ("survived", "no tests")


def main() -> None:
    listed = subprocess.run(
        [MUTMUT, "results", "--all", "true"], capture_output=True, text=True, check=True
    ).stdout
    found = [tuple(line.strip().rsplit(": ", 1)) for line in listed.splitlines() if ": " in line]
    run = [(name, status) for name, status in found if status in NOTICED + MISSED]
    if not run:
        sys.exit("没有结果，请先 make mutants · nothing was run: make mutants")
    for line in report(run):
        print(line)


def report(run: list[tuple[str, str]]) -> Iterable[str]:
    """A row a module, then the whole, then the names of what survived."""
    by_module: dict[str, Counter[str]] = {}
    for name, status in run:
        by_module.setdefault(_module(name), Counter())[status] += 1
    yield f"{'module':48} {'mutants':>8} {'noticed':>8} {'survived':>9} {'untested':>9} {'score':>7}"
    for module in sorted(by_module):
        yield _row(module, by_module[module])
    yield _row("total", sum(by_module.values(), Counter()))
    for name, status in run:
        if status in MISSED:
            yield f"{status:9} {name}"


def _module(name: str) -> str:
    return name.rsplit(".", 1)[0].removeprefix("app.domain.")


def _row(title: str, counts: Counter[str]) -> str:
    total = counts.total()
    noticed = total - sum(counts[status] for status in MISSED)
    survived, untested = (counts[status] for status in MISSED)
    score = f"{100 * noticed / total:.1f} %"
    return f"{title:48} {total:8} {noticed:8} {survived:9} {untested:9} {score:>7}"


if __name__ == "__main__":
    main()
