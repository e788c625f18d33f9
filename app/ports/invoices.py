"""Invoices of orders: inside a transaction, and read in batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.orders.invoice import Invoice, InvoiceStatus


class InvoiceNumberTaken(Exception):
    """Another invoice stands under the number; the transaction is to be undone."""


class InvoiceBook(Protocol):
    """Part of a `Work` that holds the member's lock. Tax number and email are kept sealed."""

    async def invoice(self, user_id: int, order_id: int) -> Invoice | None: ...

    async def save(self, invoice: Invoice) -> None:
        """An order has at most one: a second replaces the first. Raises `InvoiceNumberTaken`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedInvoice:
    """`number`: the order's. `owed_fen`: what the invoice should be over by now; one that was
    issued over more, before a refund, is to be made void."""

    number: str
    invoice: Invoice
    owed_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePage:
    """The longest waiting first. `over_issued`: only those issued over more than is owed. `after`:
    (requested_at, user_id, order_id) of the last one seen."""

    status: InvoiceStatus
    over_issued: bool = False
    first: int = 1_000
    after: tuple[datetime, int, int] | None = None


class InvoiceRegister(Protocol):
    """For operators, over all members; tax numbers and emails are opened. When the database is
    down: `StorageUnavailable`."""

    async def page(self, wanted: InvoicePage) -> Sequence[ListedInvoice]: ...


class InvoiceRepository(Protocol):
    """Reads outside of any use case that writes. When the database is down:
    `StorageUnavailable`."""

    async def invoices_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Invoice]:
        """By (user_id, order id); an order without one is absent. One statement."""
        ...
