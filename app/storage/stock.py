"""What has been issued of coupon batches, from PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, Text, any_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.storage.engine import reading
from app.storage.tables import PromotionCounterRow, table_of

COUNTER = table_of(PromotionCounterRow)
ISSUED = (
    select(COUNTER.c.code, cast(func.sum(COUNTER.c.uses), BigInteger).label("issued"))
    .where(
        COUNTER.c.code == any_(bindparam("batch_codes", type_=ARRAY(Text))),
        COUNTER.c.per == LimitPer.TOTAL.value,
        COUNTER.c.period == LimitPeriod.EVER.value,
    )
    .group_by(COUNTER.c.code)
)
"""Of a batch, what counts in total and for ever are its coupons; it has no other such counter."""


class PostgresStockRepository:
    """Implements `app.ports.stock.StockRepository`; a batch of which none was issued is absent."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def issued(self, batch_codes: Sequence[str]) -> Mapping[str, int]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(ISSUED, {"batch_codes": list(batch_codes)})).all()
        return {row.code: row.issued for row in rows}
