"""The states of an order, as the contract names them."""

from enum import StrEnum


class OrderStatus(StrEnum):
    PLACED = "PLACED"
    PAID = "PAID"
    FULFILLED = "FULFILLED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"

    @property
    def counts(self) -> bool:
        """Whether the order ends a member's being new: open or completed, even if refunded
        later (design §2, First order)."""
        return self not in (OrderStatus.CANCELLED, OrderStatus.EXPIRED)
