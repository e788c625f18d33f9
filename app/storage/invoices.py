"""Invoices in PostgreSQL; what is personal is sealed on the way in and opened on the way out."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.orders.invoice import Bill, Invoice, InvoiceStatus
from app.ports.invoices import InvoiceNumberTaken
from app.ports.sealing import SealBroken, Sealer
from app.storage.engine import reading
from app.storage.tables import InvoiceRow, table_of

INVOICE = table_of(InvoiceRow)
ONE = select(INVOICE).where(
    INVOICE.c.user_id == bindparam("owner"), INVOICE.c.order_id == bindparam("order")
)
BY_ORDERS = select(INVOICE).where(
    INVOICE.c.user_id == any_(bindparam("user_ids", type_=ARRAY(BigInteger))),
    INVOICE.c.order_id == any_(bindparam("order_ids", type_=ARRAY(BigInteger))),
)
TAX_NUMBER = "invoice.tax_number"
EMAIL = "invoice.email"


class PostgresInvoiceBook:
    """Implements `app.ports.invoices.InvoiceBook`. Without a sealer it keeps, and finds, only
    invoices that hold nothing personal."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer | None) -> None:
        self._connection = connection
        self._sealer = sealer

    async def invoice(self, user_id: int, order_id: int) -> Invoice | None:
        found = await self._connection.execute(ONE, {"owner": user_id, "order": order_id})
        row = found.first()
        return None if row is None else invoice_of(row, self._sealer)

    async def save(self, invoice: Invoice) -> None:
        new = insert(INVOICE).values(_row(invoice, self._sealer))
        kept = {
            column.name: new.excluded[column.name]
            for column in INVOICE.columns
            if not column.primary_key
        }
        written = new.on_conflict_do_update(index_elements=INVOICE.primary_key, set_=kept)
        try:
            await self._connection.execute(written)
        except IntegrityError as fault:
            if isinstance(fault.orig, UniqueViolation):
                raise InvoiceNumberTaken from fault
            raise


class PostgresInvoiceRepository:
    """Implements `app.ports.invoices.InvoiceRepository`."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer | None) -> None:
        self._engine = engine
        self._sealer = sealer

    async def invoices_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Invoice]:
        wanted = frozenset(keys)
        given = {
            "user_ids": sorted({user_id for user_id, _ in wanted}),
            "order_ids": sorted({order_id for _, order_id in wanted}),
        }
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BY_ORDERS, given)).all()
        found = (invoice_of(row, self._sealer) for row in rows)
        return {
            (one.user_id, one.order_id): one
            for one in found
            if (one.user_id, one.order_id) in wanted
        }


def _row(invoice: Invoice, sealer: Sealer | None) -> dict[str, Any]:
    def sealed(text: str | None, place: str) -> bytes | None:
        return None if text is None else _with(sealer).seal(text, _at(place, invoice))

    return {
        "user_id": invoice.user_id,
        "order_id": invoice.order_id,
        "status": invoice.status.value,
        "title": invoice.bill.title,
        "tax_number_sealed": sealed(invoice.bill.tax_number, TAX_NUMBER),
        "email_sealed": sealed(invoice.bill.email, EMAIL),
        "amount_fen": invoice.amount_fen,
        "requested_at": invoice.requested_at,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "url": invoice.url,
        "failure": invoice.failure,
    }


def invoice_of(row: Any, sealer: Sealer | None) -> Invoice:
    """An invoice of a row that holds all columns of the table. Raises `SealBroken`."""

    def opened(sealed: bytes | None, place: str) -> str | None:
        return None if sealed is None else _with(sealer).open(bytes(sealed), _at(place, row))

    return Invoice(
        user_id=row.user_id,
        order_id=row.order_id,
        status=InvoiceStatus(row.status),
        bill=Bill(
            title=row.title,
            tax_number=opened(row.tax_number_sealed, TAX_NUMBER),
            email=opened(row.email_sealed, EMAIL),
        ),
        amount_fen=row.amount_fen,
        requested_at=row.requested_at,
        number=row.number,
        issued_on=row.issued_on,
        url=row.url,
        failure=row.failure,
    )


def _with(sealer: Sealer | None) -> Sealer:
    if sealer is None:
        raise SealBroken("this process has no key")
    return sealer


def _at(place: str, invoice: Any) -> str:
    """A sealed text moved to another row does not open there."""
    return f"{place}:{invoice.user_id}:{invoice.order_id}"
