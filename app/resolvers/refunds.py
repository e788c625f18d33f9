"""Refunds that drivers ask for: the whole of what is left, or a part of the pump amount."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from app.domain.orders import refund as plans
from app.domain.orders.lifecycle import OrderAct, may, moved
from app.domain.orders.order import Order
from app.domain.orders.payment import Payment, PaymentState
from app.domain.orders.refund_request import OrderRefund, RefundStatus
from app.domain.shared.payment import PaymentMethod
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.once import Asked, Receipt, once
from app.resolvers.order_life import record
from app.resolvers.refund_money import refund_job, settle
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """`pump_amount_fen`: the part of the pump amount that is not wanted; None: all that is left of
    the order. `reason`: the driver's own words, 1 to 200 characters."""

    order_id: int
    pump_amount_fen: int | None
    reason: str
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """`order_id` None: there is no such order of the viewer's. `refund` as it is now."""

    order_id: int | None
    refund: OrderRefund | None
    refusals: tuple[Refusal, ...] = ()


async def request_refund(desk: Desk, user_id: int, asked: RefundAsked) -> RefundAnswer:
    """Notes the refund and, where money moves at a provider, leaves it to a job; what was paid by
    fuel credit, or cost nothing, is given back at once.

    Refused: INVALID_INPUT, NOT_FOUND, ORDER_STATE (unpaid, a refund under way, or nothing left),
    REFUND_TOO_LARGE with what is left, in fen of the pump amount. Raises `StorageUnavailable`.
    """

    async def act(work: Work) -> Receipt:
        refund = await _ask(desk, work, user_id, asked)
        return {"refund_id": refund.id}

    request = Asked(
        operation="requestRefund",
        key=asked.idempotency_key,
        asked={
            "order_id": asked.order_id,
            "pump_amount_fen": asked.pump_amount_fen,
            "reason": asked.reason,
        },
    )
    answer = await once(desk, user_id, request, act)
    if isinstance(answer, tuple):
        unknown = any(refusal.code is ErrorCode.NOT_FOUND for refusal in answer)
        order_id = None if unknown else asked.order_id
        return RefundAnswer(order_id=order_id, refund=None, refusals=answer)
    async with desk.works.begin(user_id) as work:
        refund = await work.refunds.refund(user_id, cast("int", answer["refund_id"]))
    return RefundAnswer(order_id=asked.order_id, refund=refund)


async def _ask(desk: Desk, work: Work, user_id: int, asked: RefundAsked) -> OrderRefund:
    reason = asked.reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Refused(Refusal(code=ErrorCode.INVALID_INPUT, at=("reason",)))
    order = await work.orders.order(user_id, asked.order_id)
    if order is None:
        raise Refused(Refusal(code=ErrorCode.NOT_FOUND, at=("order_id",), subject=Subject.ORDER))
    if not may(order, OrderAct.ASK_REFUND):
        raise Refused(Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",)))
    after = _lines_after(order, asked.pump_amount_fen)
    plan = plans.refund(order.terms.ledger, order.refunded_lines, after)
    payment = await _payment_to_return(work, order, plan.money_fen)
    earlier = await work.refunds.of_order(user_id, order.id)
    refund = await work.refunds.add(
        OrderRefund(
            user_id=user_id,
            id=0,
            order_id=order.id,
            number=f"{payment.number if payment else order.number}-r{len(earlier) + 1}",
            status=RefundStatus.REQUESTED,
            before=order.refunded_lines,
            after=after,
            money_fen=plan.money_fen,
            fee_fen=plan.fee_fen,
            reason=reason,
            requested_at=desk.moment,
        )
    )
    await _begin(desk, work, order, refund, at_provider=payment is not None)
    return refund


def _lines_after(order: Order, pump_amount_fen: int | None) -> tuple[int, ...]:
    """Fen of each line refunded in all, once this refund is. Raises `Refused`."""
    amounts = [line.amount_fen for line in order.terms.ledger.lines]
    if pump_amount_fen is None:
        return tuple(amounts)
    if pump_amount_fen <= 0:
        raise Refused(Refusal(code=ErrorCode.INVALID_INPUT, at=("pump_amount_fen",)))
    before = order.refunded_lines
    left_fen = amounts[0] - before[0]
    if pump_amount_fen > left_fen:
        raise Refused(
            Refusal(
                code=ErrorCode.REFUND_TOO_LARGE,
                at=("pump_amount_fen",),
                limit=left_fen,
                used=pump_amount_fen,
            )
        )
    return (before[0] + pump_amount_fen, *before[1:])


async def _payment_to_return(work: Work, order: Order, money_fen: int) -> Payment | None:
    """The payment that the money goes back to; None: no provider is to move any. Raises `Refused`
    where money came that no payment of ours accounts for."""
    if money_fen == 0 or order.payment_method is PaymentMethod.FUEL_CREDIT:
        return None
    payment = paying(await work.payments.of_order(order.user_id, order.id))
    if payment is None:
        raise Refused(Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",), subject=Subject.METHOD))
    return payment


def paying(payments: Sequence[Payment]) -> Payment | None:
    """The one that paid the order."""
    return next((each for each in payments if each.state is PaymentState.PAID), None)


async def _begin(
    desk: Desk, work: Work, order: Order, refund: OrderRefund, *, at_provider: bool
) -> None:
    """The order is REFUNDING and counts the refund; a job sends it, or it is settled at once."""
    taken = replace(
        moved(order, OrderAct.ASK_REFUND, desk.moment),
        refunded_lines=refund.after,
        refunded_fen=order.refunded_fen + refund.money_fen,
    )
    await work.orders.save(taken)
    await record(desk, work, "order.refund", order, taken)
    if at_provider:
        await work.jobs.defer(refund_job("refunds.send", refund.user_id, refund.id))
    else:
        await settle(desk, work, taken, refund)
