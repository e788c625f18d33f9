"""Payments over all members, for the operators who settle what is disputed."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.number import order_number
from app.domain.orders.payment import PaymentState
from app.ports.payments import ListedPayment
from app.storage.engine import reading
from app.storage.payments import PAYMENT, payment_of
from app.storage.tables import FuelOrderRow, table_of

ORDER = table_of(FuelOrderRow)
DISPUTED = (
    select(PAYMENT, ORDER.c.placed_at)
    .join(ORDER, (ORDER.c.user_id == PAYMENT.c.user_id) & (ORDER.c.id == PAYMENT.c.order_id))
    .where(PAYMENT.c.state == PaymentState.DISPUTED.value)
    .order_by(PAYMENT.c.paid_at, PAYMENT.c.id)
    .limit(bindparam("at_most"))
)


class PostgresPaymentRegister:
    """Implements `app.ports.payments.PaymentRegister`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def disputed(self, at_most: int) -> Sequence[ListedPayment]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(DISPUTED, {"at_most": at_most})).all()
        return [
            ListedPayment(
                order_number=order_number(row.order_id, row.placed_at), payment=payment_of(row)
            )
            for row in rows
        ]
