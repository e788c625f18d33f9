"""Orders by their number, over all members: for operators."""

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.number import order_id_in, order_number
from app.storage.engine import reading
from app.storage.orders import GREATEST_ID
from app.storage.tables import FuelOrderRow, table_of

ORDER = table_of(FuelOrderRow)
BY_ID = select(ORDER.c.user_id, ORDER.c.id, ORDER.c.placed_at).where(
    ORDER.c.id == bindparam("of_id", type_=BigInteger)
)


class PostgresOrderRegister:
    """Implements `app.ports.orders.OrderRegister`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def key_of(self, number: str) -> tuple[int, int] | None:
        order_id = order_id_in(number)
        if order_id is None or order_id > GREATEST_ID:
            return None
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BY_ID, {"of_id": order_id})).all()
        for row in rows:
            if order_number(row.id, row.placed_at) == number.strip():
                return row.user_id, row.id
        return None
