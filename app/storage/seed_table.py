"""Rows of one table of the demo data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Values = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """`kept`: rows that exist stay as they are, since others may have written them."""

    table: str
    columns: tuple[str, ...]
    rows: Iterable[Values]
    total: int
    kept: bool = False


def rows_of(table: str, rows: Sequence[Mapping[str, object]]) -> Iterator[TableRows]:
    """Rows by column, all with the same columns; none: no table."""
    if rows:
        values = (tuple(row.values()) for row in rows)
        yield TableRows(table=table, columns=tuple(rows[0]), rows=values, total=len(rows))
