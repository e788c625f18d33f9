"""The life of an order (订单): placed, paid, fulfilled, completed; cancelled, expired, refunded.

Source: the contract's OrderStatus. A partly refunded order still lives: what is left of it is
fuelled and completed as any other, which its dates tell; its status keeps saying what the driver
asks about first.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus


class OrderAct(StrEnum):
    """What moves an order on. REJECT_REFUND: the provider refused, the order stands as before."""

    PAY = "PAY"
    FULFIL = "FULFIL"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    EXPIRE = "EXPIRE"
    ASK_REFUND = "ASK_REFUND"
    REFUND_PART = "REFUND_PART"
    REFUND_WHOLE = "REFUND_WHOLE"
    REJECT_REFUND = "REJECT_REFUND"


_S, _A = OrderStatus, OrderAct
MOVES: dict[tuple[OrderStatus, OrderAct], OrderStatus | None] = {
    (_S.PLACED, _A.PAY): _S.PAID,
    (_S.PLACED, _A.CANCEL): _S.CANCELLED,
    (_S.PLACED, _A.EXPIRE): _S.EXPIRED,
    (_S.PAID, _A.FULFIL): _S.FULFILLED,
    (_S.PAID, _A.ASK_REFUND): _S.REFUNDING,
    (_S.FULFILLED, _A.COMPLETE): _S.COMPLETED,
    (_S.FULFILLED, _A.ASK_REFUND): _S.REFUNDING,
    (_S.COMPLETED, _A.ASK_REFUND): _S.REFUNDING,
    (_S.REFUNDING, _A.REFUND_PART): _S.PARTIALLY_REFUNDED,
    (_S.REFUNDING, _A.REFUND_WHOLE): _S.REFUNDED,
    (_S.REFUNDING, _A.REJECT_REFUND): None,
    (_S.PARTIALLY_REFUNDED, _A.FULFIL): _S.PARTIALLY_REFUNDED,
    (_S.PARTIALLY_REFUNDED, _A.COMPLETE): _S.PARTIALLY_REFUNDED,
    (_S.PARTIALLY_REFUNDED, _A.ASK_REFUND): _S.REFUNDING,
}
"""All legal moves; None: back to where the order stood (`standing`)."""

FINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REFUNDED})
"""Nothing moves them any more."""

_CLOSING = frozenset({OrderAct.CANCEL, OrderAct.EXPIRE, OrderAct.REFUND_WHOLE})


class IllegalMove(Exception):
    """The order's state does not allow the act; nothing was changed."""

    def __init__(self, status: OrderStatus, act: OrderAct) -> None:
        super().__init__(f"an order that is {status} does not {act}")
        self.status = status
        self.act = act


def may(order: Order, act: OrderAct) -> bool:
    """Whether the act is legal now. A fuelled order is not fuelled again, nor completed twice or
    before it was fuelled, whatever its status says."""
    if (order.status, act) not in MOVES:
        return False
    if act is OrderAct.FULFIL:
        return order.fulfilled_at is None
    if act is OrderAct.COMPLETE:
        return order.fulfilled_at is not None and order.completed_at is None
    return True


def standing(order: Order) -> OrderStatus:
    """Where a paid order stands when no refund of it is under way, as its dates and what was
    refunded tell."""
    if any(order.refunded_lines):
        return OrderStatus.PARTIALLY_REFUNDED
    if order.completed_at is not None:
        return OrderStatus.COMPLETED
    return OrderStatus.FULFILLED if order.fulfilled_at is not None else OrderStatus.PAID


def at_rest(order: Order) -> bool:
    """Whether nothing moves it any more by itself; a completed one only by another refund."""
    if order.status in FINAL:
        return True
    return order.completed_at is not None and order.status is not OrderStatus.REFUNDING


def moved(order: Order, act: OrderAct, at: datetime) -> Order:
    """The order after the act, with the act's date set. Raises `IllegalMove`.

    `closed_at` is set where nothing can follow. REJECT_REFUND: what the refund had taken must be
    out of `refunded_lines` already.
    """
    if not may(order, act):
        raise IllegalMove(order.status, act)
    status = MOVES[order.status, act] or standing(order)
    if act is OrderAct.PAY:
        return replace(order, status=status, paid_at=at)
    if act is OrderAct.FULFIL:
        return replace(order, status=status, fulfilled_at=at)
    if act is OrderAct.COMPLETE:
        return replace(order, status=status, completed_at=at)
    if act in _CLOSING:
        return replace(order, status=status, closed_at=at)
    return replace(order, status=status)
