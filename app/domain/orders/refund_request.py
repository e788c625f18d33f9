"""A refund (退款) that a driver asked for: how much, where it stands, what it gave back."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.shared.text import LocalizedText


class RefundStatus(StrEnum):
    """REQUESTED: noted, the provider not asked yet. PROCESSING: the provider was, or is being,
    asked. DONE and REJECTED are final."""

    REQUESTED = "REQUESTED"
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    REJECTED = "REJECTED"

    @property
    def open(self) -> bool:
        return self in (RefundStatus.REQUESTED, RefundStatus.PROCESSING)


MOVES = frozenset(
    {
        (RefundStatus.REQUESTED, RefundStatus.PROCESSING),
        (RefundStatus.REQUESTED, RefundStatus.DONE),
        (RefundStatus.PROCESSING, RefundStatus.DONE),
        (RefundStatus.PROCESSING, RefundStatus.REJECTED),
    }
)
"""From, to. Straight to DONE: nothing is to be moved at a provider."""


class RestoredKind(StrEnum):
    """COUPON_EXPIRED: it came back and its time is over. FUEL_CREDIT: money that was paid with it."""

    COUPON = "COUPON"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    POINTS = "POINTS"
    FUEL_CREDIT = "FUEL_CREDIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """One thing given back. `amount`: points, or fen of fuel credit; of a coupon 1, and its
    `title`."""

    kind: RestoredKind
    amount: int
    title: LocalizedText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefund:
    """Found by (`user_id`, `id`). It takes the order's lines from `before` to `after`: fen of each
    line in all, by the amounts before discounts.

    `number` names it at the provider for ever. `money_fen`: what the driver gets, `fee_fen` of it
    the service fee, which returns where the order becomes whole again. An order has at most one
    open refund at a time.
    """

    user_id: int
    id: int
    order_id: int
    number: str
    status: RefundStatus
    before: tuple[int, ...]
    after: tuple[int, ...]
    money_fen: int
    fee_fen: int = 0
    reason: str
    requested_at: datetime
    settled_at: datetime | None = None
    restored: tuple[Restored, ...] = ()

    @property
    def gross_fen(self) -> int:
        """Before discounts, the fee included: money and what the funders get back."""
        return sum(self.after) - sum(self.before) + self.fee_fen

    @property
    def returned_fen(self) -> int:
        """What the funders get back."""
        return self.gross_fen - self.money_fen


class IllegalRefundMove(Exception):
    """The refund is not where that could happen; nothing was changed."""

    def __init__(self, status: RefundStatus, to: RefundStatus) -> None:
        super().__init__(f"a refund that is {status} does not become {to}")


def settled(
    refund: OrderRefund, to: RefundStatus, at: datetime, restored: tuple[Restored, ...] = ()
) -> OrderRefund:
    """DONE or REJECTED. Raises `IllegalRefundMove`."""
    return replace(_moved(refund, to), settled_at=at, restored=restored)


def sent(refund: OrderRefund) -> OrderRefund:
    """PROCESSING; asked again it stays so. Raises `IllegalRefundMove`."""
    if refund.status is RefundStatus.PROCESSING:
        return refund
    return _moved(refund, RefundStatus.PROCESSING)


def _moved(refund: OrderRefund, to: RefundStatus) -> OrderRefund:
    if (refund.status, to) not in MOVES:
        raise IllegalRefundMove(refund.status, to)
    return replace(refund, status=to)
