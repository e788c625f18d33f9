"""What commands about the contract print."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.gateway.trusted.checking import ContractReport, Level, SdlChange, Shipped

LEVELS = {
    Level.BREAKING: ("破坏 breaking", "red"),
    Level.DANGEROUS: ("有风险 dangerous", "yellow"),
    Level.SAFE: ("安全 safe", "green"),
}
SHOWN_HITS = 3


def of_changes(changes: Sequence[SdlChange], *, everything: bool) -> list[RenderableType]:
    """The table, and how many there are of each level. Safe changes are only counted, unless all
    are wanted."""
    table = Table("级别 level", "变更 change", "影响 hits", header_style="bold")
    table.columns[0].no_wrap = True
    for change in changes:
        if everything or change.level is not Level.SAFE:
            table.add_row(Text(*LEVELS[change.level]), Text(change.description), _hits(change))
    counts = Counter(change.level for change in changes)
    told = Text("  ".join(f"{LEVELS[level][0]} {counts[level]}" for level in Level))
    return [table, told] if table.row_count else [told]


def _hits(change: SdlChange) -> Text:
    if change.hits:
        more = len(change.hits) - SHOWN_HITS
        named = "\n".join(map(str, change.hits[:SHOWN_HITS]))
        return Text(named + (f"\n+{more}" if more > 0 else ""), "red")
    if change.level is Level.BREAKING:
        return Text("没有已发布的操作用到 nothing shipped uses it", "dim")
    return Text("")


def broken_lines(report: ContractReport) -> Iterator[str]:
    """Channel, version, operation, and why; one line for each reason."""
    for shipped, reasons in report.breaks.items():
        for reason in _once(reasons):
            yield f"{_named(shipped)}: {reason}"


def _named(shipped: Shipped) -> str:
    return f"{shipped.channel} {shipped.version} {shipped.operation}"


def _once(reasons: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(reasons))
