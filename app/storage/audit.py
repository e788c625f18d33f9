"""Writes audit records inside the caller's transaction, and finds them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.audit.record import Actor, ActorKind, AuditRecord
from app.domain.shared.channel import Channel
from app.ports.audit import AuditWanted, KeptRecord
from app.storage.engine import reading
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


class PostgresAuditSearch:
    """Implements `AuditSearch`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def search(self, wanted: AuditWanted, at_most: int) -> Sequence[KeptRecord]:
        query = select(EVENTS).where(*_conditions(wanted)).order_by(EVENTS.c.id.desc())
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query.limit(at_most))).all()
        return [KeptRecord(row.id, _record(row)) for row in rows]


def _conditions(wanted: AuditWanted) -> list[Any]:
    found: list[Any] = []
    for column, value in (
        (EVENTS.c.user_id, wanted.user_id),
        (EVENTS.c.actor, wanted.actor),
        (EVENTS.c.subject, wanted.subject),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.act is not None:
        prefix = wanted.act.endswith(".")
        act = EVENTS.c.act
        found.append(act.startswith(wanted.act, autoescape=True) if prefix else act == wanted.act)
    if wanted.since is not None:
        found.append(EVENTS.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(EVENTS.c.at < wanted.until)
    if wanted.before_id is not None:
        found.append(EVENTS.c.id < wanted.before_id)
    return found


def _record(row: Any) -> AuditRecord:
    return AuditRecord(
        act=row.act,
        subject=row.subject,
        user_id=None if row.user_id == NOBODYS else row.user_id,
        at=row.at,
        actor=Actor(
            kind=ActorKind(row.actor_kind),
            name=row.actor,
            channel=None if row.channel is None else Channel(row.channel),
            device=row.device,
            request_id=row.request_id,
        ),
        before=row.before,
        after=row.after,
    )
