"""What the driver may do with an order now: clients draw their buttons from it."""

from datetime import datetime
from enum import StrEnum

from app.domain.orders.invoice import may_invoice
from app.domain.orders.lifecycle import OrderAct, may
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus


class OrderAction(StrEnum):
    PAY = "PAY"
    CANCEL = "CANCEL"
    REFUND = "REFUND"
    INVOICE = "INVOICE"
    REORDER = "REORDER"


def actions_of(
    order: Order, moment: datetime, *, invoiced: bool = False
) -> tuple[OrderAction, ...]:
    """In the order of display. An invoice is on the money really paid, once; to reorder is to ask
    for the same fill again, whatever became of this one."""
    allowed: list[OrderAction] = []
    if order.status is OrderStatus.PLACED and moment < order.pay_before:
        allowed.append(OrderAction.PAY)
    if may(order, OrderAct.CANCEL):
        allowed.append(OrderAction.CANCEL)
    if may(order, OrderAct.ASK_REFUND):
        allowed.append(OrderAction.REFUND)
    if may_invoice(order) and not invoiced:
        allowed.append(OrderAction.INVOICE)
    return (*allowed, OrderAction.REORDER)
