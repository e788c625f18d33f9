"""Invoices that drivers ask for: once an order, over what was really paid."""

from dataclasses import dataclass

from app.domain.audit.record import AuditRecord
from app.domain.orders.invoice import (
    Bill,
    Invoice,
    InvoiceFieldInvalid,
    InvoiceStatus,
    may_invoice,
    paid_in_money_fen,
)
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.once import Asked, Receipt, once
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAsked:
    """As it was typed. `tax_number`, `email`: None or blank: none."""

    order_id: int
    title: str
    tax_number: str | None
    email: str | None
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAnswer:
    """`order_id` None: there is no such order of the viewer's. `invoice` as it is now."""

    order_id: int | None
    invoice: Invoice | None
    refusals: tuple[Refusal, ...] = ()


async def request_invoice(desk: Desk, user_id: int, asked: InvoiceAsked) -> InvoiceAnswer:
    """Notes the invoice over what was paid less what was refunded; fuel credit is no money, so
    what it paid is not invoiced.

    Refused: INVALID_INPUT, NOT_FOUND, ORDER_STATE (unpaid, nothing left that was paid, or a refund
    under way), INVOICE_EXISTS. Raises `StorageUnavailable`.
    """

    async def act(work: Work) -> Receipt:
        await _ask(desk, work, user_id, asked)
        return {"order_id": asked.order_id}

    request = Asked(
        operation="requestInvoice",
        key=asked.idempotency_key,
        asked={
            "order_id": asked.order_id,
            "title": asked.title,
            "tax_number": asked.tax_number,
            "email": asked.email,
        },
    )
    answer = await once(desk, user_id, request, act)
    if isinstance(answer, tuple):
        unknown = any(refusal.code is ErrorCode.NOT_FOUND for refusal in answer)
        order_id = None if unknown else asked.order_id
        return InvoiceAnswer(order_id=order_id, invoice=None, refusals=answer)
    async with desk.works.begin(user_id) as work:
        invoice = await work.invoices.invoice(user_id, asked.order_id)
    return InvoiceAnswer(order_id=asked.order_id, invoice=invoice)


async def _ask(desk: Desk, work: Work, user_id: int, asked: InvoiceAsked) -> None:
    bill = _bill(asked)
    order = await work.orders.order(user_id, asked.order_id)
    if order is None:
        raise Refused(Refusal(code=ErrorCode.NOT_FOUND, at=("order_id",), subject=Subject.ORDER))
    known = await work.invoices.invoice(user_id, order.id)
    if known is not None and known.stands:
        raise Refused(Refusal(code=ErrorCode.INVOICE_EXISTS, at=("order_id",)))
    if not may_invoice(order):
        raise Refused(Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",)))
    invoice = Invoice(
        user_id=user_id,
        order_id=order.id,
        status=InvoiceStatus.REQUESTED,
        bill=bill,
        amount_fen=paid_in_money_fen(order),
        requested_at=desk.moment,
    )
    await work.invoices.save(invoice)
    await work.audit.add(
        AuditRecord(
            act="invoice.request",
            subject=f"order:{order.id}",
            user_id=user_id,
            at=desk.moment,
            actor=desk.actor,
            after={"amount_fen": invoice.amount_fen, "with_tax_number": bool(bill.tax_number)},
        )
    )


def _bill(asked: InvoiceAsked) -> Bill:
    """Raises `Refused` with the field that cannot stand."""
    tax_number, email = (asked.tax_number or "").strip(), (asked.email or "").strip()
    try:
        return Bill(
            title=asked.title.strip(),
            tax_number=tax_number.upper() or None,
            email=email or None,
        )
    except InvoiceFieldInvalid as invalid:
        raise Refused(Refusal(code=ErrorCode.INVALID_INPUT, at=(invalid.field,))) from None
