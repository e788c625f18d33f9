"""What followed the viewer's orders: their refunds and invoices."""

from collections.abc import Sequence

from app.domain.orders.invoice import Invoice
from app.domain.orders.refund_request import OrderRefund
from app.loaders.viewer.own import ViewerLoader
from app.ports.invoices import InvoiceRepository
from app.ports.refunds import RefundRepository


class RefundsByOrderLoader(ViewerLoader[tuple[int, int], tuple[OrderRefund, ...]]):
    """By (user id, order id), in the order asked for."""

    def __init__(self, user_id: int, refunds: RefundRepository) -> None:
        super().__init__(user_id)
        self._refunds = refunds

    async def load_batch(self, keys: Sequence[tuple[int, int]]) -> list[tuple[OrderRefund, ...]]:
        found = await self._refunds.refunds_by_order(keys)
        return [found.get(key, ()) for key in keys]


class InvoiceByOrderLoader(ViewerLoader[tuple[int, int], Invoice | None]):
    """By (user id, order id). None: none was asked for."""

    def __init__(self, user_id: int, invoices: InvoiceRepository) -> None:
        super().__init__(user_id)
        self._invoices = invoices

    async def load_batch(self, keys: Sequence[tuple[int, int]]) -> list[Invoice | None]:
        found = await self._invoices.invoices_by_order(keys)
        return [found.get(key) for key in keys]
