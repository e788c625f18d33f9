"""COPY: many rows into a table in one stream, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

Cursor = psycopg.AsyncCursor[tuple[Any, ...]]


async def driver_connection(
    connection: AsyncConnection,
) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    """The psycopg connection under SQLAlchemy's, in the same transaction: COPY needs it."""
    raw = await connection.get_raw_connection()
    return cast("psycopg.AsyncConnection[tuple[Any, ...]]", raw.driver_connection)


async def copy_rows(
    cursor: Cursor, target: sql.Composable, rows: Iterable[Sequence[object]]
) -> int:
    """Streams `rows` into `target`, a table with its columns; the number of rows written."""
    written = 0
    async with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
        for row in rows:
            await copy.write_row(row)
            written += 1
    return written


def columns_of(table: str, columns: Sequence[str]) -> sql.Composable:
    """A table with some of its columns, as COPY and INSERT name them."""
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("{} ({})").format(sql.Identifier(table), listed)
