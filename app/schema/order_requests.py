"""What a driver asks for once an order is paid: a refund, an invoice."""

import strawberry
from strawberry import ID

from app.resolvers import order_papers as resolve
from app.resolvers.invoices import InvoiceAsked
from app.resolvers.refunds import RefundAsked
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.orders import Order
from app.schema.refunds import Invoice, Refund

NO_ORDER = 0
"""No order has it: stands for an id that cannot be read, or is another member's."""


def own_order(text: str, info: Info) -> int:
    """The id of an order of the viewer's; `NO_ORDER` for anything else."""
    key = ids.order_key(text)
    return key.order_id if key and key.user_id == info.context.user_id else NO_ORDER


@strawberry.input(description="A part of the pump amount; left out: all that is left.")
class RequestRefundInput:
    order_id: ID
    pump_amount_fen: int | None = strawberry.UNSET
    reason: str
    idempotency_key: str

    def to_domain(self, info: Info) -> RefundAsked:
        given = isinstance(self.pump_amount_fen, int)
        return RefundAsked(
            order_id=own_order(self.order_id, info),
            pump_amount_fen=self.pump_amount_fen if given else None,
            reason=self.reason,
            idempotency_key=self.idempotency_key,
        )


@access(OWN)
@strawberry.type
class RequestRefundPayload:
    order: Order | None
    refund: Refund | None
    user_errors: list[UserError]


@strawberry.input
class RequestInvoiceInput:
    order_id: ID
    title: str
    tax_number: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    idempotency_key: str

    def to_domain(self, info: Info) -> InvoiceAsked:
        return InvoiceAsked(
            order_id=own_order(self.order_id, info),
            title=self.title,
            tax_number=self.tax_number or None,
            email=self.email or None,
            idempotency_key=self.idempotency_key,
        )


@access(OWN)
@strawberry.type
class RequestInvoicePayload:
    order: Order | None
    invoice: Invoice | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class OrderRequestMutations:
    @strawberry.mutation
    async def request_refund(
        self,
        info: Info,
        input: RequestRefundInput,  # noqa: A002 the contract's own word
    ) -> RequestRefundPayload | None:
        answer = await resolve.refund_order(info.context, input.to_domain(info))
        words = words_of(info)
        return RequestRefundPayload(
            order=Order.of(answer.order, info) if answer.order else None,
            refund=Refund.of(answer.refund) if answer.refund else None,
            user_errors=[user_error(refusal, words) for refusal in answer.refusals],
        )

    @strawberry.mutation
    async def request_invoice(
        self,
        info: Info,
        input: RequestInvoiceInput,  # noqa: A002 the contract's own word
    ) -> RequestInvoicePayload | None:
        answer = await resolve.invoice_order(info.context, input.to_domain(info))
        words = words_of(info)
        return RequestInvoicePayload(
            order=Order.of(answer.order, info) if answer.order else None,
            invoice=Invoice.of(answer.invoice) if answer.invoice else None,
            user_errors=[user_error(refusal, words) for refusal in answer.refusals],
        )
