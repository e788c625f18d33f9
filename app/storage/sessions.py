"""Sessions of members, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, Select, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.identity.session import Session, SessionEnd
from app.domain.shared.channel import Channel
from app.ports.sessions import KeptSession, NewSession
from app.storage.engine import reading
from app.storage.tables import MemberSessionRow, table_of

SESSION = table_of(MemberSessionRow)


class PostgresSessionBook:
    """Implements `app.ports.sessions.SessionBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, new: NewSession) -> int:
        row = {
            "user_id": new.user_id,
            "channel": new.channel.value,
            "device": new.device,
            "app_version": new.app_version,
            "seed": new.seed,
            "opened_at": new.opened_at,
            "last_seen_at": new.opened_at,
        }
        opened = await self._connection.execute(insert(SESSION).values(row).returning(SESSION.c.id))
        session_id: int = opened.scalar_one()
        return session_id

    async def find(self, user_id: int, session_id: int) -> KeptSession | None:
        found = await self._connection.execute(
            select(SESSION).where(SESSION.c.user_id == user_id, SESSION.c.id == session_id)
        )
        row = found.first()
        return KeptSession(_session(row), row.seed) if row else None

    async def rotate(
        self, user_id: int, session_id: int, generation: int, at: datetime, app_version: str | None
    ) -> bool:
        rotated = await self._connection.execute(
            update(SESSION)
            .where(
                SESSION.c.user_id == user_id,
                SESSION.c.id == session_id,
                SESSION.c.generation == generation,
                SESSION.c.ended_at.is_(None),
            )
            .values(
                generation=SESSION.c.generation + 1,
                last_seen_at=func.greatest(SESSION.c.last_seen_at, at),
                app_version=func.coalesce(app_version, SESSION.c.app_version),
            )
        )
        return rotated.rowcount == 1

    async def end(
        self, user_id: int, session_ids: Sequence[int] | None, at: datetime, why: SessionEnd
    ) -> tuple[int, ...]:
        which = [SESSION.c.user_id == user_id, SESSION.c.ended_at.is_(None)]
        if session_ids is not None:
            which.append(SESSION.c.id.in_(session_ids))
        ended = await self._connection.execute(
            update(SESSION)
            .where(*which)
            .values(ended_at=at, end_reason=why.value)
            .returning(SESSION.c.id)
        )
        return tuple(ended.scalars())

    async def alive(self, user_id: int, seen_after: datetime) -> Sequence[Session]:
        found = await self._connection.execute(_alive(user_id, seen_after))
        return [_session(row) for row in found]

    async def purge(self, ended_before: datetime, seen_before: datetime, at_most: int) -> int:
        """An idle session was opened before it was last seen: found by that, which no refresh
        writes."""
        ours = tuple_(SESSION.c.user_id, SESSION.c.id)
        idle = and_(SESSION.c.opened_at < seen_before, SESSION.c.last_seen_at < seen_before)
        over = (
            select(SESSION.c.user_id, SESSION.c.id)
            .where(or_(SESSION.c.ended_at < ended_before, idle))
            .limit(at_most)
            .with_for_update(skip_locked=True)
        )
        gone = await self._connection.execute(delete(SESSION).where(ours.in_(over)))
        return gone.rowcount


class PostgresSessionRepository:
    """Implements `app.ports.sessions.SessionRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def alive(self, user_id: int, seen_after: datetime) -> Sequence[Session]:
        async with reading(self._engine) as connection:
            return [_session(row) for row in await connection.execute(_alive(user_id, seen_after))]


def _alive(user_id: int, seen_after: datetime) -> Select[tuple[object, ...]]:
    return (
        select(SESSION)
        .where(
            SESSION.c.user_id == user_id,
            SESSION.c.ended_at.is_(None),
            SESSION.c.last_seen_at > seen_after,
        )
        .order_by(SESSION.c.last_seen_at.desc(), SESSION.c.id.desc())
    )


def _session(row: Row[tuple[object, ...]]) -> Session:
    return Session(
        user_id=row.user_id,
        id=row.id,
        channel=Channel(row.channel),
        device=row.device,
        app_version=row.app_version,
        opened_at=row.opened_at,
        last_seen_at=row.last_seen_at,
        generation=row.generation,
        ended_at=row.ended_at,
    )
