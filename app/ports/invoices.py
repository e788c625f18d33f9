"""Invoices of orders: inside a transaction, and read in batches."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.orders.invoice import Invoice


class InvoiceBook(Protocol):
    """Part of a `Work` that holds the member's lock. Tax number and email are kept sealed."""

    async def invoice(self, user_id: int, order_id: int) -> Invoice | None: ...

    async def save(self, invoice: Invoice) -> None:
        """An order has at most one: a second replaces the first."""
        ...


class InvoiceRepository(Protocol):
    """Reads outside of any use case that writes. When the database is down:
    `StorageUnavailable`."""

    async def invoices_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Invoice]:
        """By (user_id, order id); an order without one is absent. One statement."""
        ...
