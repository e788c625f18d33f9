"""Rows of one table of the demo data."""

from collections.abc import Iterable, Sequence
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
