"""Codes that give a coupon, in PostgreSQL, by their hashes only."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.wallet.runs import CouponRun
from app.ports.coupons import KnownCode

CODE_OF = text("""
SELECT batch_code, redeemed_by, revoked_at IS NOT NULL AS revoked
FROM coupon_code WHERE code_hash = ANY (:hashes)
""")
TAKE = text("""
UPDATE coupon_code SET redeemed_by = :user_id, redeemed_at = :moment
WHERE code_hash = ANY (:hashes) AND redeemed_by IS NULL AND revoked_at IS NULL
RETURNING batch_code
""")
MISS = text("""
INSERT INTO code_miss AS known (user_id, day_began_at, misses) VALUES (:user_id, :day, 1)
ON CONFLICT (user_id, day_began_at) DO UPDATE SET misses = known.misses + 1
RETURNING misses
""")
ADD = text("""
INSERT INTO coupon_code (code_hash, batch_code, run_id)
SELECT given.code_hash, :batch_code, :run_id FROM unnest(CAST(:hashes AS bytea[])) AS given (code_hash)
ON CONFLICT (code_hash) DO NOTHING
RETURNING run_id
""")
REVOKE = text("""
UPDATE coupon_code SET revoked_at = :moment WHERE code_hash IN (
    SELECT code_hash FROM coupon_code
    WHERE batch_code = :batch_code AND run_id = coalesce(CAST(:run_id AS bigint), run_id)
        AND redeemed_by IS NULL AND revoked_at IS NULL
    ORDER BY code_hash LIMIT :at_most FOR UPDATE
)
RETURNING run_id
""")


class PostgresCouponCodes:
    """Implements `app.ports.coupons.CouponCodes`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def code_of(self, hashes: Sequence[bytes]) -> KnownCode | None:
        found = (await self._connection.execute(CODE_OF, {"hashes": list(hashes)})).first()
        if found is None:
            return None
        return KnownCode(
            batch_code=found.batch_code, redeemed_by=found.redeemed_by, revoked=found.revoked
        )

    async def take_code(self, hashes: Sequence[bytes], user_id: int, moment: datetime) -> bool:
        given = {"hashes": list(hashes), "user_id": user_id, "moment": moment}
        return (await self._connection.execute(TAKE, given)).first() is not None

    async def count_miss(self, user_id: int, moment: datetime) -> int:
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        given = {"user_id": user_id, "day": day}
        return (await self._connection.execute(MISS, given)).scalar_one()

    async def add_codes(self, run: CouponRun, hashes: Sequence[bytes]) -> int:
        given = {"hashes": list(hashes), "batch_code": run.batch_code, "run_id": run.id}
        return len((await self._connection.execute(ADD, given)).all())

    async def revoke_codes(
        self, batch_code: str, run_id: int | None, moment: datetime, at_most: int
    ) -> int:
        given = {
            "batch_code": batch_code,
            "run_id": run_id,
            "moment": moment,
            "at_most": at_most,
        }
        return len((await self._connection.execute(REVOKE, given)).all())
