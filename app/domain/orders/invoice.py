"""Invoices (发票): asked for once an order, over what was really paid."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentMethod

LONGEST_TITLE = 100
LONGEST_EMAIL = 254
_TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")


_BILLED = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.FULFILLED,
        OrderStatus.COMPLETED,
        OrderStatus.PARTIALLY_REFUNDED,
    }
)


class InvoiceStatus(StrEnum):
    """FAILED: it cannot be issued, e.g. since everything was refunded before."""

    REQUESTED = "REQUESTED"
    ISSUED = "ISSUED"
    FAILED = "FAILED"


class InvoiceFieldInvalid(ValueError):
    """`field` names what cannot stand on an invoice: title, tax_number or email."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """To whom it is made out. `tax_number` and `email` are personal: kept sealed, never shown in a
    log, so they are no part of the text of this value.

    Source of the tax number's form: the unified social credit code has 18 characters, older
    registrations 15 to 20. Raises `InvoiceFieldInvalid`.
    """

    title: str
    tax_number: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.title.strip()) <= LONGEST_TITLE or not self.title.isprintable():
            raise InvoiceFieldInvalid("title")
        if self.tax_number is not None and not _TAX_NUMBER.fullmatch(self.tax_number):
            raise InvoiceFieldInvalid("tax_number")
        if self.email is not None and not _is_email(self.email):
            raise InvoiceFieldInvalid("email")


def _is_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Of the order (`user_id`, `order_id`). `number`, `issued_on`: as the paper says, while it
    stands; `url`: where it can be fetched. `failure`: why there is none, in an operator's words.
    """

    user_id: int
    order_id: int
    status: InvoiceStatus
    bill: Bill
    amount_fen: int
    requested_at: datetime
    number: str | None = None
    issued_on: date | None = None
    url: str | None = None
    failure: str | None = None

    @property
    def stands(self) -> bool:
        """While it does, no other can be asked for."""
        return self.status is not InvoiceStatus.FAILED


def after_refund(invoice: Invoice, money_fen: int) -> Invoice:
    """What is still asked for falls by what was refunded; nothing left: it fails. One that was
    issued stands as it is."""
    if invoice.status is not InvoiceStatus.REQUESTED:
        return invoice
    left = invoice.amount_fen - money_fen
    if left <= 0:
        return replace(invoice, status=InvoiceStatus.FAILED)
    return replace(invoice, amount_fen=left)


def may_invoice(order: Order) -> bool:
    """Whether an invoice of the order can be asked for now, had none been."""
    return order.status in _BILLED and paid_in_money_fen(order) > 0


def paid_in_money_fen(order: Order) -> int:
    """What was really paid, less what was refunded; 0 for what fuel credit paid."""
    if order.paid_at is None or order.payment_method is PaymentMethod.FUEL_CREDIT:
        return 0
    return order.terms.payable_fen - order.refunded_fen
