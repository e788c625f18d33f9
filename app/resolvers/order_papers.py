"""What followed the viewer's orders, asked for and read: refunds and invoices."""

from dataclasses import dataclass

from app.domain.orders.invoice import Invoice
from app.domain.orders.order import Order
from app.domain.orders.refund_request import OrderRefund
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.invoices import InvoiceAsked, request_invoice
from app.resolvers.orders import SIGN_IN
from app.resolvers.refunds import RefundAsked, request_refund
from app.resolvers.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedOrder:
    """The order as it stands now, after a refusal too; None: no such order of the viewer's."""

    order: Order | None = None
    refund: OrderRefund | None = None
    refusals: tuple[Refusal, ...] = ()


async def refund_order(context: RequestContext, asked: RefundAsked) -> RefundedOrder:
    """Raises `StorageUnavailable`: repeat with the same key."""
    viewer = context.viewer()
    if viewer is None:
        return RefundedOrder(refusals=SIGN_IN)
    answer = await request_refund(context.desk(), viewer.user_id, asked)
    order = await _order(context, viewer, answer.order_id)
    return RefundedOrder(order=order, refund=answer.refund, refusals=answer.refusals)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicedOrder:
    """As `RefundedOrder`."""

    order: Order | None = None
    invoice: Invoice | None = None
    refusals: tuple[Refusal, ...] = ()


async def invoice_order(context: RequestContext, asked: InvoiceAsked) -> InvoicedOrder:
    """Raises `StorageUnavailable`: repeat with the same key."""
    viewer = context.viewer()
    if viewer is None:
        return InvoicedOrder(refusals=SIGN_IN)
    answer = await request_invoice(context.desk(), viewer.user_id, asked)
    order = await _order(context, viewer, answer.order_id)
    return InvoicedOrder(order=order, invoice=answer.invoice, refusals=answer.refusals)


async def _order(context: RequestContext, viewer: Viewer, order_id: int | None) -> Order | None:
    """Read anew: it was just written."""
    context.forget()
    if order_id is None:
        return None
    return await viewer.loaders.order_by_id.load((viewer.user_id, order_id))


async def refunds_of(context: RequestContext, order: Order) -> tuple[OrderRefund, ...]:
    """In the order asked for. Database down: `StorageUnavailable`."""
    viewer = context.viewer()
    if viewer is None:
        return ()
    return await viewer.loaders.refunds_by_order.load((order.user_id, order.id))


async def invoice_of(context: RequestContext, order: Order) -> Invoice | None:
    """Database down: `StorageUnavailable`."""
    viewer = context.viewer()
    if viewer is None:
        return None
    return await viewer.loaders.invoice_by_order.load((order.user_id, order.id))
