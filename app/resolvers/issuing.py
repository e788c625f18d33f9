"""Operators issue, refuse and make void the invoices that drivers asked for."""

from collections.abc import Callable

from app.domain.audit.record import AuditRecord, Plain
from app.domain.orders.invoice import Invoice
from app.domain.orders.issuing import (
    InvoiceAct,
    InvoiceFault,
    InvoiceRefused,
    Paper,
    ended,
    issued,
)
from app.domain.orders.order import Order
from app.ports.invoices import InvoiceNumberTaken
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.once import repeated

_ACTS = {
    InvoiceAct.ISSUE: "invoice.issue",
    InvoiceAct.REJECT: "invoice.reject",
    InvoiceAct.VOID: "invoice.void",
}

Change = Callable[[Invoice, Order], Invoice]


async def issue_invoice(desk: Desk, key: tuple[int, int], paper: Paper) -> Invoice:
    """The invoice of the order (user_id, id), issued as the paper says; the same paper again
    changes nothing. The paper tells its amount, since a refund may have lowered the invoice after
    it was listed. Raises `InvoiceRefused`, `UnknownMember`, `StorageUnavailable`."""
    try:
        return await _changed(
            desk, key, InvoiceAct.ISSUE, lambda one, order: issued(one, order, paper, desk.moment)
        )
    except InvoiceNumberTaken as taken:
        raise InvoiceRefused(InvoiceFault.TAKEN) from taken


async def end_invoice(desk: Desk, key: tuple[int, int], act: InvoiceAct, failure: str) -> Invoice:
    """REJECT or VOID: it FAILED, and the driver reads why. Raises as `issue_invoice`."""
    return await _changed(desk, key, act, lambda one, _: ended(one, act, failure.strip()))


async def _changed(desk: Desk, key: tuple[int, int], act: InvoiceAct, change: Change) -> Invoice:
    """Under the member's lock, so that no refund settles between the look and the change."""

    async def done() -> Invoice:
        async with desk.works.begin(key[0]) as work:
            order = await work.orders.order(*key)
            before = await work.invoices.invoice(*key)
            if order is None or before is None:
                raise InvoiceRefused(InvoiceFault.UNKNOWN)
            after = change(before, order)
            if after != before:
                await work.invoices.save(after)
                await _record(desk, work, act, before, after)
            return after

    return await repeated(done)


async def _record(desk: Desk, work: Work, act: InvoiceAct, before: Invoice, after: Invoice) -> None:
    """Numbers and amounts; no words of the operator's, which may hold anything."""
    await work.audit.add(
        AuditRecord(
            act=_ACTS[act],
            subject=f"order:{after.order_id}",
            user_id=after.user_id,
            at=desk.moment,
            actor=desk.actor,
            before=_told(before),
            after=_told(after),
        )
    )


def _told(invoice: Invoice) -> dict[str, Plain]:
    return {
        "status": invoice.status,
        "amount_fen": invoice.amount_fen,
        "number": invoice.number,
    }


async def note_invoices_read(desk: Desk, count: int) -> None:
    """Tax numbers and addresses of so many invoices were written out, for the record."""
    async with desk.works.begin(None) as work:
        await work.audit.add(
            AuditRecord(
                act="invoice.read",
                subject="invoices",
                user_id=None,
                at=desk.moment,
                actor=desk.actor,
                after={"count": count},
            )
        )
