"""What follows an order's payment: refunds and its invoice."""

import strawberry

from app.domain.orders.invoice import Invoice as AskedInvoice
from app.domain.orders.invoice import InvoiceStatus
from app.domain.orders.refund_request import OrderRefund, RefundStatus
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.info import Info, words_of
from app.schema.scalars import DateTime
from app.schema.texts.refunds import restored_text
from app.schema.values import Money

strawberry.enum(RefundStatus)
strawberry.enum(InvoiceStatus)


@access(OWN)
@strawberry.type
class Refund:
    id: strawberry.ID
    amount: Money
    status: RefundStatus
    reason: str | None
    requested_at: DateTime
    _refund: strawberry.Private[OrderRefund]

    @classmethod
    def of(cls, refund: OrderRefund) -> "Refund":
        return cls(
            id=ids.refund_id(refund.user_id, refund.id),
            amount=Money.of(refund.money_fen),
            status=refund.status,
            reason=refund.reason,
            requested_at=DateTime(refund.requested_at),
            _refund=refund,
        )

    @strawberry.field(description="Coupons, points and credit given back.")
    def restored(self, info: Info) -> list[str]:
        return [restored_text(one, words_of(info)) for one in self._refund.restored]


@access(OWN)
@strawberry.type
class Invoice:
    status: InvoiceStatus
    title: str
    amount: Money
    number: str | None = strawberry.field(description="As the paper says, once it is issued.")
    issued_on: str | None = strawberry.field(
        description='The day that the paper bears, e.g. "2026-11-23".'
    )
    url: str | None = strawberry.field(description="Where it can be fetched.")
    failure: str | None = strawberry.field(
        description="Why there is none, in an operator's words; another may be asked for."
    )

    @classmethod
    def of(cls, invoice: AskedInvoice) -> "Invoice":
        return cls(
            status=invoice.status,
            title=invoice.bill.title,
            amount=Money.of(invoice.amount_fen),
            number=invoice.number,
            issued_on=invoice.issued_on.isoformat() if invoice.issued_on else None,
            url=invoice.url,
            failure=invoice.failure,
        )
