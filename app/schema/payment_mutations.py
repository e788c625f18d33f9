"""Paying an order again, or somewhere else."""

import strawberry
from strawberry import ID

from app.resolvers import orders as resolve
from app.resolvers.payments import PaymentStart
from app.schema.access import OWN, access
from app.schema.enums import PaymentScene
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.order_requests import own_order
from app.schema.orders import Order
from app.schema.payments import PaymentRequest, payment_request


@strawberry.input
class StartPaymentInput:
    order_id: ID
    payment_scene: PaymentScene
    idempotency_key: str

    def to_domain(self, info: Info) -> PaymentStart:
        return PaymentStart(
            order_id=own_order(self.order_id, info),
            scene=self.payment_scene,
            idempotency_key=self.idempotency_key,
        )


@access(OWN)
@strawberry.type
class StartPaymentPayload:
    order: Order | None
    payment: PaymentRequest | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class PaymentMutations:
    @strawberry.mutation(
        description="Again, or for another scene; an open request is answered again."
    )
    async def start_payment(
        self,
        info: Info,
        input: StartPaymentInput,  # noqa: A002 the contract's own word
    ) -> StartPaymentPayload | None:
        answer = await resolve.start(info.context, input.to_domain(info))
        words = words_of(info)
        return StartPaymentPayload(
            order=Order.of(answer.order, info) if answer.order else None,
            payment=payment_request(answer.payment),
            user_errors=[user_error(refusal, words) for refusal in answer.refusals],
        )
