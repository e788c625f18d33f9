"""Counts the SQL statements that reach the database: what "no N+1" is measured with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class StatementCount:
    """`statements`: their texts, in the order sent. `len()` is the number."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def count_statements(engine: AsyncEngine) -> Iterator[StatementCount]:
    """Counts what is sent through `engine`, by any task, until the block ends."""
    count = StatementCount()

    def note(
        connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        count.statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
