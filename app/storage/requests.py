"""What was answered to each idempotency key, in PostgreSQL."""

from datetime import datetime

from sqlalchemy import BigInteger, Text, bindparam, delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.ports.requests import AnsweredRequest
from app.storage.tables import IdempotentRequestRow, table_of

REQUEST = table_of(IdempotentRequestRow)
FIND = select(REQUEST.c.operation, REQUEST.c.input_hash, REQUEST.c.answer).where(
    REQUEST.c.user_id == bindparam("of_user", type_=BigInteger),
    REQUEST.c.key == bindparam("of_key", type_=Text),
)
KEEP = insert(REQUEST)


class PostgresRequestRecords:
    """Implements `app.ports.requests.RequestRecords`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, user_id: int, key: str) -> AnsweredRequest | None:
        given = {"of_user": user_id, "of_key": key}
        row = (await self._connection.execute(FIND, given)).first()
        if row is None:
            return None
        return AnsweredRequest(
            operation=row.operation, asked_hash=row.input_hash, answer=row.answer
        )

    async def keep(self, user_id: int, key: str, answered: AnsweredRequest, at: datetime) -> None:
        row = {
            "user_id": user_id,
            "key": key,
            "operation": answered.operation,
            "input_hash": answered.asked_hash,
            "answer": dict(answered.answer),
            "created_at": at,
        }
        await self._connection.execute(KEEP, row)

    async def purge(self, before: datetime, at_most: int) -> int:
        ours = tuple_(REQUEST.c.user_id, REQUEST.c.key)
        old = (
            select(REQUEST.c.user_id, REQUEST.c.key)
            .where(REQUEST.c.created_at < before)
            .order_by(REQUEST.c.created_at)
            .limit(at_most)
            .with_for_update(skip_locked=True)
        )
        gone = await self._connection.execute(delete(REQUEST).where(ours.in_(old)))
        return gone.rowcount
