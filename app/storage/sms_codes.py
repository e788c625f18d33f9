"""One-time passwords in PostgreSQL, by their hashes only."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.identity.otp import SentCode
from app.storage.names import lock_names
from app.storage.tables import SmsCodeRow, SmsCountRow, table_of

CODE = table_of(SmsCodeRow)
COUNT = table_of(SmsCountRow)
KEPT = timedelta(days=2)
"""Longer than a day of UTC, whatever the clocks do."""

SENT = text("""
INSERT INTO sms_count AS known (subject_hash, day_began_at, sent) VALUES (:subject, :day, 1)
ON CONFLICT (subject_hash, day_began_at) DO UPDATE SET sent = known.sent + 1
RETURNING sent
""")


class PostgresSmsCodeBook:
    """Implements `app.ports.sms.SmsCodeBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def last(self, hashes: tuple[bytes, ...]) -> SentCode | None:
        await lock_names(self._connection, [f"sms:{hashes[0].hex()}"])
        query = (
            select(CODE)
            .where(CODE.c.phone_hash.in_(hashes))
            .order_by(CODE.c.made_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return SentCode(
            code_hash=bytes(row.code_hash), made_at=row.made_at, misses=row.misses, used=row.used
        )

    async def keep(self, phone_hash: bytes, sent: SentCode) -> None:
        new = upsert(CODE).values(
            phone_hash=phone_hash,
            code_hash=sent.code_hash,
            made_at=sent.made_at,
            misses=sent.misses,
            used=sent.used,
        )
        changed = {name: new.excluded[name] for name in ("code_hash", "made_at", "misses", "used")}
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=["phone_hash"], set_=changed)
        )

    async def count(self, subject: bytes, moment: datetime) -> int:
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        found = await self._connection.execute(SENT, {"subject": subject, "day": day})
        return found.scalar_one()

    async def purge(self, moment: datetime) -> int:
        before = moment - KEPT
        codes = delete(CODE).where(CODE.c.made_at < before)
        counts = delete(COUNT).where(COUNT.c.day_began_at < before)
        return sum([(await self._connection.execute(gone)).rowcount for gone in (codes, counts)])
