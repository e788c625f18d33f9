"""What operators do with invoices (开票): issued under a number, refused, or made void (红冲).

Source of the number's form: fully digitalised invoices (数电票) have 20 digits; older electronic ones
a number of 8, written alone or behind their code of 12.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.orders.invoice import Invoice, InvoiceStatus
from app.domain.orders.number import CHINA
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus

NUMBER = re.compile(r"\d{8}|\d{20}", re.ASCII)
URL = re.compile(r"https://[!-~]{1,492}")
LONGEST_FAILURE = 100


class InvoiceAct(StrEnum):
    """REJECT: it will not be issued. VOID: it was, and counts no longer."""

    ISSUE = "ISSUE"
    REJECT = "REJECT"
    VOID = "VOID"


MOVES: Mapping[tuple[InvoiceStatus, InvoiceAct], InvoiceStatus] = {
    (InvoiceStatus.REQUESTED, InvoiceAct.ISSUE): InvoiceStatus.ISSUED,
    (InvoiceStatus.REQUESTED, InvoiceAct.REJECT): InvoiceStatus.FAILED,
    (InvoiceStatus.ISSUED, InvoiceAct.VOID): InvoiceStatus.FAILED,
}
"""All legal moves. Once it FAILED, the driver may ask again."""


class InvoiceFault(StrEnum):
    """Why an operator's act was refused. UNKNOWN: the order has no invoice. STATE: `MOVES` has no
    such move. AMOUNT: the paper's is not what the invoice is over by now. REFUNDING: a refund of
    the order is under way, which may lower it. TAKEN: another invoice has the number."""

    UNKNOWN = "UNKNOWN"
    STATE = "STATE"
    AMOUNT = "AMOUNT"
    REFUNDING = "REFUNDING"
    TAKEN = "TAKEN"
    NUMBER = "NUMBER"
    DATE = "DATE"
    URL = "URL"
    REASON = "REASON"


class InvoiceRefused(Exception):
    """Nothing was changed. `invoice`: as it stands, where there is one."""

    def __init__(self, fault: InvoiceFault, invoice: Invoice | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.invoice = invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An invoice as it was issued: its number, the day it bears (China's), its amount with tax in
    fen, and an https address where it can be fetched. Raises `InvoiceRefused`: NUMBER, URL."""

    number: str
    issued_on: date
    amount_fen: int
    url: str | None = None

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise InvoiceRefused(InvoiceFault.NUMBER)
        if self.url is not None and not URL.fullmatch(self.url):
            raise InvoiceRefused(InvoiceFault.URL)


def issued(invoice: Invoice, order: Order, paper: Paper, moment: datetime) -> Invoice:
    """ISSUED under the paper's number. The very same paper again changes nothing. Raises
    `InvoiceRefused`: STATE, REFUNDING, AMOUNT, DATE (before the order was paid, or to come)."""
    after = replace(
        invoice,
        status=InvoiceStatus.ISSUED,
        number=paper.number,
        issued_on=paper.issued_on,
        url=paper.url,
    )
    if invoice == after and paper.amount_fen == invoice.amount_fen:
        return invoice
    _refuse_illegal(invoice, InvoiceAct.ISSUE)
    if order.status is OrderStatus.REFUNDING:
        raise InvoiceRefused(InvoiceFault.REFUNDING, invoice)
    if paper.amount_fen != invoice.amount_fen:
        raise InvoiceRefused(InvoiceFault.AMOUNT, invoice)
    paid_at = order.paid_at or order.placed_at
    if not _day(paid_at) <= paper.issued_on <= _day(moment):
        raise InvoiceRefused(InvoiceFault.DATE, invoice)
    return after


def ended(invoice: Invoice, act: InvoiceAct, failure: str) -> Invoice:
    """REJECT or VOID: FAILED, with a reason of 1 to 100 characters that the driver reads. Raises
    `InvoiceRefused`: STATE, REASON."""
    _refuse_illegal(invoice, act)
    if not 1 <= len(failure) <= LONGEST_FAILURE or not failure.isprintable():
        raise InvoiceRefused(InvoiceFault.REASON, invoice)
    return replace(
        invoice,
        status=MOVES[invoice.status, act],
        number=None,
        issued_on=None,
        url=None,
        failure=failure,
    )


def _refuse_illegal(invoice: Invoice, act: InvoiceAct) -> None:
    if (invoice.status, act) not in MOVES:
        raise InvoiceRefused(InvoiceFault.STATE, invoice)


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
