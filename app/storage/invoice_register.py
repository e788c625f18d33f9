"""Invoices over all members, for the operators who issue them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.number import order_number
from app.domain.shared.payment import PaymentMethod
from app.ports.invoices import InvoicePage, ListedInvoice
from app.ports.sealing import Sealer
from app.storage.engine import reading
from app.storage.invoices import INVOICE, invoice_of
from app.storage.tables import FuelOrderRow, table_of

ORDER = table_of(FuelOrderRow)
OF_ORDER = (ORDER.c.user_id == INVOICE.c.user_id) & (ORDER.c.id == INVOICE.c.order_id)
OWED = case(
    (ORDER.c.payment_method == PaymentMethod.FUEL_CREDIT.value, 0),
    else_=ORDER.c.payable_fen - ORDER.c.refunded_fen,
).label("owed_fen")
PLACE = (INVOICE.c.requested_at, INVOICE.c.user_id, INVOICE.c.order_id)


class PostgresInvoiceRegister:
    """Implements `app.ports.invoices.InvoiceRegister`."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer | None) -> None:
        self._engine = engine
        self._sealer = sealer

    async def page(self, wanted: InvoicePage) -> Sequence[ListedInvoice]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(_query(wanted))).all()
        return [
            ListedInvoice(
                number=order_number(row.order_id, row.placed_at),
                invoice=invoice_of(row, self._sealer),
                owed_fen=row.owed_fen,
            )
            for row in rows
        ]


def _query(wanted: InvoicePage) -> Select[*tuple[Any, ...]]:
    query = (
        select(INVOICE, ORDER.c.placed_at, OWED)
        .join(ORDER, OF_ORDER)
        .where(INVOICE.c.status == wanted.status.value)
    )
    if wanted.over_issued:
        query = query.where(INVOICE.c.amount_fen > OWED)
    if wanted.after is not None:
        query = query.where(tuple_(*PLACE) > tuple_(*map(literal, wanted.after)))
    return query.order_by(*PLACE).limit(wanted.first)
