"""An order (订单): a quote that was taken, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import OrderTerms
from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Found by (`user_id`, `id`) only. `terms` never change.

    `payment_method`: how it is, or was, paid. `pay_before`: exclusive; unpaid until then, it
    expires. `refunded_lines`: fen of each line of the ledger that refunds took back in all (asked
    for and not rejected), by the amounts before discounts; `refunded_fen`: the money of them.
    `completed_at` stays when a completed order is refunded.
    """

    user_id: int
    id: int
    quote_id: str
    status: OrderStatus
    terms: OrderTerms
    payment_method: PaymentMethod
    placed_at: datetime
    pay_before: datetime
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    refunded_lines: tuple[int, ...]
    refunded_fen: int = 0
    number: str
