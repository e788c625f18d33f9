"""Locks on names: things that many want at once and that no row stands for yet."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def lock_names(connection: AsyncConnection, names: Iterable[str]) -> None:
    """Held to the end of the transaction. In one order, so that two who want the same names do not
    wait for each other. Two names of one hash only wait in vain."""
    for name in sorted(names):
        await connection.execute(LOCK, {"name": name})
