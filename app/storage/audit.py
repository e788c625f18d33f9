"""Writes audit records inside the caller's transaction."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.audit.record import AuditRecord
from app.storage.tables import AuditEventRow, table_of

EVENTS = table_of(AuditEventRow)
NOBODYS = 0


class PostgresAuditTrail:
    """Implements `AuditTrail`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, record: AuditRecord) -> None:
        actor = record.actor
        await self._connection.execute(
            insert(EVENTS).values(
                user_id=NOBODYS if record.user_id is None else record.user_id,
                at=record.at,
                act=record.act,
                subject=record.subject,
                actor_kind=actor.kind.value,
                actor=actor.name,
                channel=actor.channel and actor.channel.value,
                device=actor.device,
                request_id=actor.request_id,
                before=dict(record.before),
                after=dict(record.after),
            )
        )
