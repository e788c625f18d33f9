"""Consents, copies of a member's data, and erasure, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.identity.privacy import Consent, Export, ExportState, PrivacyStanding
from app.domain.orders.status import OrderStatus
from app.ports.sealing import PersonalSeal, SealBroken
from app.storage.engine import reading
from app.storage.privacy_rules import collect, erase
from app.storage.tables import (
    ConsentRow,
    DataExportRow,
    ErasureRow,
    FuelOrderRow,
    OrderRefundRow,
    PaymentRow,
    table_of,
)
from app.storage.tables.order_life import OPEN
from app.storage.tables.payments import UNDECIDED

CONSENT = table_of(ConsentRow)
EXPORT = table_of(DataExportRow)
ERASURE = table_of(ErasureRow)
ORDER = table_of(FuelOrderRow)
REFUND = table_of(OrderRefundRow)
PAYMENT = table_of(PaymentRow)

OVER = [
    status.value for status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REFUNDED)
]
STANDING = text("""
SELECT given.policy, given.given_at, export.id, export.state, export.requested_at,
       export.expires_at, erasure.due_at
FROM (SELECT) AS one
LEFT JOIN LATERAL (SELECT policy, given_at FROM consent WHERE user_id = :user_id
                   ORDER BY given_at DESC LIMIT 1) AS given ON true
LEFT JOIN LATERAL (SELECT id, state, requested_at, expires_at FROM data_export
                   WHERE user_id = :user_id ORDER BY id DESC LIMIT 1) AS export ON true
LEFT JOIN erasure ON erasure.user_id = :user_id AND erasure.done_at IS NULL
""")


class PostgresPrivacyBook:
    """Implements `app.ports.privacy.PrivacyBook`."""

    def __init__(self, connection: AsyncConnection, seal: PersonalSeal | None) -> None:
        self._connection = connection
        self._seal = seal

    async def consent(self, user_id: int, consent: Consent) -> bool:
        given = {
            "user_id": user_id,
            "policy": consent.policy_version,
            "given_at": consent.given_at,
        }
        new = upsert(CONSENT).values(given).on_conflict_do_nothing()
        added = await self._connection.execute(new.returning(CONSENT.c.user_id))
        return added.first() is not None

    async def open_export(self, user_id: int) -> Export | None:
        asked = select(EXPORT).where(
            EXPORT.c.user_id == user_id, EXPORT.c.state == ExportState.REQUESTED.value
        )
        row = (await self._connection.execute(asked)).first()
        return None if row is None else _export(row)

    async def ask_export(self, user_id: int, moment: datetime) -> Export:
        await self._connection.execute(delete(EXPORT).where(EXPORT.c.user_id == user_id))
        state = ExportState.REQUESTED
        asked = insert(EXPORT).values(user_id=user_id, state=state.value, requested_at=moment)
        found = await self._connection.execute(asked.returning(EXPORT.c.id))
        return Export(user_id=user_id, id=found.scalar_one(), state=state, requested_at=moment)

    async def make_export(self, export: Export, expires_at: datetime) -> None:
        archive = await collect(self._connection, export.user_id, _with(self._seal))
        sealed = _with(self._seal).seal(archive, _place(export.user_id, export.id))
        made = {"state": ExportState.READY.value, "archive": sealed, "expires_at": expires_at}
        await self._connection.execute(
            update(EXPORT)
            .where(EXPORT.c.user_id == export.user_id, EXPORT.c.id == export.id)
            .values(made)
        )

    async def purge_exports(self, moment: datetime) -> int:
        return (
            await self._connection.execute(delete(EXPORT).where(EXPORT.c.expires_at <= moment))
        ).rowcount

    async def erasure_at(self, user_id: int) -> datetime | None:
        due = select(ERASURE.c.due_at).where(
            ERASURE.c.user_id == user_id, ERASURE.c.done_at.is_(None)
        )
        return await self._connection.scalar(due)

    async def ask_erasure(self, user_id: int, moment: datetime, due_at: datetime) -> None:
        asked = {"requested_at": moment, "due_at": due_at, "done_at": None}
        new = upsert(ERASURE).values(user_id=user_id, **asked)
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=["user_id"], set_=asked)
        )

    async def take_erasure_back(self, user_id: int) -> None:
        await self._connection.execute(
            delete(ERASURE).where(ERASURE.c.user_id == user_id, ERASURE.c.done_at.is_(None))
        )

    async def unfinished(self, user_id: int) -> bool:
        going_on = or_(
            exists(select(ORDER.c.id)).where(
                ORDER.c.user_id == user_id,
                ORDER.c.completed_at.is_(None),
                ORDER.c.status.not_in(OVER),
            ),
            exists(select(REFUND.c.id)).where(REFUND.c.user_id == user_id, text(OPEN)),
            exists(select(PAYMENT.c.id)).where(
                PAYMENT.c.user_id == user_id, text(f"({UNDECIDED})")
            ),
        )
        return bool(await self._connection.scalar(select(going_on)))

    async def erase(self, user_id: int, moment: datetime) -> None:
        await erase(self._connection, user_id)
        await self._connection.execute(
            update(ERASURE).where(ERASURE.c.user_id == user_id).values(done_at=moment)
        )

    async def due(self, moment: datetime, at_most: int) -> Sequence[int]:
        due = (
            select(ERASURE.c.user_id)
            .where(ERASURE.c.done_at.is_(None), ERASURE.c.due_at <= moment)
            .order_by(ERASURE.c.due_at)
            .limit(at_most)
        )
        return (await self._connection.execute(due)).scalars().all()


class PostgresPrivacyRepository:
    """Implements `app.ports.privacy.PrivacyRepository`."""

    def __init__(self, engine: AsyncEngine, seal: PersonalSeal) -> None:
        self._engine = engine
        self._seal = seal

    async def standing(self, user_id: int) -> PrivacyStanding:
        async with reading(self._engine) as connection:
            row = (await connection.execute(STANDING, {"user_id": user_id})).one()
        consent, export = None, None
        if row.policy is not None:
            consent = Consent(policy_version=row.policy, given_at=row.given_at)
        if row.id is not None:
            export = Export(
                user_id=user_id,
                id=row.id,
                state=ExportState(row.state),
                requested_at=row.requested_at,
                expires_at=row.expires_at,
            )
        return PrivacyStanding(consent=consent, export=export, erasure_at=row.due_at)

    async def archive(self, user_id: int, export_id: int, moment: datetime) -> str | None:
        ready = select(EXPORT.c.archive).where(
            EXPORT.c.user_id == user_id, EXPORT.c.id == export_id, EXPORT.c.expires_at > moment
        )
        async with reading(self._engine) as connection:
            sealed = await connection.scalar(ready)
        if sealed is None:
            return None
        return self._seal.open(bytes(sealed), _place(user_id, export_id))


def _export(row: Any) -> Export:
    return Export(
        user_id=row.user_id,
        id=row.id,
        state=ExportState(row.state),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
    )


def _with(seal: PersonalSeal | None) -> PersonalSeal:
    if seal is None:
        raise SealBroken("this process has no key")
    return seal


def _place(user_id: int, export_id: int) -> str:
    """A copy that was moved to another member's row does not open there."""
    return f"data_export:{user_id}:{export_id}"
