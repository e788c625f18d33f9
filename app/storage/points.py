"""Points balances from PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.points import PointsBalance
from app.storage.engine import reading
from app.storage.tables import PointsAccountRow, table_of

ACCOUNT = table_of(PointsAccountRow)
BALANCES = select(
    ACCOUNT.c.user_id,
    ACCOUNT.c.available,
    ACCOUNT.c.pending,
    ACCOUNT.c.expiring_soon,
    ACCOUNT.c.expiring_at,
).where(ACCOUNT.c.user_id == any_(bindparam("user_ids", type_=ARRAY(BigInteger))))


class PostgresPointsRepository:
    """Implements `app.ports.points.PointsRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def balances(self, user_ids: Sequence[int]) -> Mapping[int, PointsBalance]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BALANCES, {"user_ids": list(user_ids)})).all()
        return {
            row.user_id: PointsBalance(
                available=row.available,
                pending=row.pending,
                expiring_soon=row.expiring_soon,
                expiring_at=row.expiring_at,
            )
            for row in rows
        }
