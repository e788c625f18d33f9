"""Refunds and invoices in memory; each call counts as one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.orders.invoice import Invoice
from app.domain.orders.refund_request import OrderRefund
from app.ports.errors import StorageUnavailable


@dataclass
class FakeOrderPapers:
    """Implements `RefundRepository` and `InvoiceRepository`."""

    refunds: list[OrderRefund] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    down: bool = False
    statements: int = 0

    def _count(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("order papers")

    async def refunds_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], tuple[OrderRefund, ...]]:
        self._count()
        return {
            key: tuple(r for r in self.refunds if (r.user_id, r.order_id) == key) for key in keys
        }

    async def invoices_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Invoice]:
        self._count()
        return {
            (i.user_id, i.order_id): i for i in self.invoices if (i.user_id, i.order_id) in keys
        }
