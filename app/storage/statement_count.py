"""Counts the SQL statements that reach the database: what "no N+1" is measured with."""

from collections.abc import Iterator
from contextlib import contextmanager

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

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        count.statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
