"""What has been issued of coupon batches, from PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.storage.engine import reading
from app.storage.tables import BatchStockRow, table_of

STOCK = table_of(BatchStockRow)
ISSUED = select(STOCK.c.batch_code, STOCK.c.issued).where(
    STOCK.c.batch_code == any_(bindparam("batch_codes", type_=ARRAY(Text)))
)


class PostgresStockRepository:
    """Implements `app.ports.stock.StockRepository`; a batch of which none was issued is absent."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def issued(self, batch_codes: Sequence[str]) -> Mapping[str, int]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(ISSUED, {"batch_codes": list(batch_codes)})).all()
        return {row.batch_code: row.issued for row in rows}
