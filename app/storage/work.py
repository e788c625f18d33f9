"""The unit of work over one connection of PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.ports.errors import StorageConflict
from app.ports.work import UnknownMember
from app.storage.audit import PostgresAuditTrail
from app.storage.engine import unavailable_on_fault
from app.storage.jobs import PostgresJobQueue
from app.storage.payments import PostgresPaymentBook
from app.storage.tables import MemberRow, table_of

MEMBER = table_of(MemberRow)
IN_THE_WAY = frozenset({"40P01", "40001"})
"""SQLSTATE of a deadlock and of a serialization failure: this transaction was undone for another."""


class PostgresWork:
    """Implements `app.ports.work.Work`. Each book is made when first asked for, on the one
    connection; none of them begins, commits or rolls back.

    `user_id`: the member whose lock is held; None: nobody's.
    """

    def __init__(self, connection: AsyncConnection, user_id: int | None) -> None:
        self.connection = connection
        self.user_id = user_id

    @cached_property
    def audit(self) -> PostgresAuditTrail:
        return PostgresAuditTrail(self.connection)

    @cached_property
    def jobs(self) -> PostgresJobQueue:
        return PostgresJobQueue(self.connection)

    @cached_property
    def payments(self) -> PostgresPaymentBook:
        return PostgresPaymentBook(self.connection)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        async with self.connection.begin_nested():
            yield


class PostgresWorks:
    """Implements `app.ports.work.Works`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def begin(self, user_id: int | None) -> AsyncIterator[PostgresWork]:
        async with _faults_named(), self._engine.begin() as connection:
            if user_id is not None:
                await _lock_member(connection, user_id)
            yield PostgresWork(connection, user_id)


async def _lock_member(connection: AsyncConnection, user_id: int) -> None:
    """Held to the end. NO KEY: rows that refer to the member may be added meanwhile."""
    locked = (
        select(MEMBER.c.user_id).where(MEMBER.c.user_id == user_id).with_for_update(key_share=True)
    )
    if (await connection.execute(locked)).first() is None:
        raise UnknownMember(user_id)


@asynccontextmanager
async def _faults_named() -> AsyncIterator[None]:
    """`StorageConflict` for what repeating heals, `StorageUnavailable` for a database that is
    gone; the rest is a fault of ours and stays what it is."""
    async with unavailable_on_fault():
        try:
            yield
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) in IN_THE_WAY:
                raise StorageConflict(str(fault.orig)) from fault
            raise
