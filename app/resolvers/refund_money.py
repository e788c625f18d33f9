"""Refunds as money moves: asked of the provider, then done or rejected.

The provider is asked outside any transaction, under a number that names the refund there for ever:
whatever is lost on the way is asked again and moves money once.
"""

from dataclasses import replace
from datetime import timedelta

from app.domain.orders import refund as plans
from app.domain.orders.invoice import after_refund
from app.domain.orders.lifecycle import OrderAct, moved
from app.domain.orders.order import Order
from app.domain.orders.refund_request import (
    OrderRefund,
    RefundStatus,
    Restored,
    RestoredKind,
    sent,
    settled,
)
from app.domain.orders.settlement import returned_by
from app.domain.shared.payment import PaymentMethod
from app.domain.wallet.coupon import CouponStatus
from app.ports.jobs import Job
from app.ports.payment_providers import (
    PaymentDeclined,
    PaymentProvider,
    PaymentUnavailable,
    ProviderRefund,
    ProviderRefundState,
    RefundWanted,
)
from app.ports.work import Work
from app.resolvers import counting, coupon_moves, ledger_moves, referral_moves
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.resolvers.order_life import record, reward_cause

MOST_SWEPT = 500
ASK_AGAIN_AFTER = timedelta(minutes=1)
"""How long a refund may stay open before a sweep asks what became of it."""


class RefundMismatch(Exception):
    """The provider gave back another amount than was asked: left to a person."""


async def send_refund(desk: Desk, user_id: int, refund_id: int) -> None:
    """The jobs `refunds.send` and `refunds.check`: asks the provider to give the money back, or
    what became of it, and settles what is known. Done twice, or early, it changes nothing.

    Raises `PaymentUnavailable`, `StorageUnavailable`: to be repeated; `RefundMismatch`.
    """
    asking = await _asking(desk, user_id, refund_id)
    if asking is None:
        return
    refund, wanted, provider = asking
    told = await _told(provider, wanted)
    if told.amount_fen not in (None, refund.money_fen):
        raise RefundMismatch(refund.number)
    await _learn(desk, refund, told.state)


async def _asking(
    desk: Desk, user_id: int, refund_id: int
) -> tuple[OrderRefund, RefundWanted, PaymentProvider] | None:
    """The open refund, PROCESSING from now on, and what to ask of whom; None: nothing is open."""

    async def noted() -> tuple[OrderRefund, RefundWanted, PaymentProvider] | None:
        async with desk.works.begin(user_id) as work:
            refund = await work.refunds.refund(user_id, refund_id)
            if refund is None or not refund.status.open:
                return None
            order = await work.orders.order(user_id, refund.order_id)
            provider = None if order is None else desk.providers.get(order.payment_method)
            payments = await work.payments.of_order(user_id, refund.order_id)
            payment = next((p for p in payments if refund.number.startswith(f"{p.number}-r")), None)
            if payment is None:
                return None
            if provider is None:
                raise PaymentUnavailable(f"no provider here knows {refund.number}")
            await work.refunds.save(sent(refund))
            wanted = RefundWanted(
                refund_number=refund.number,
                number=payment.number,
                amount_fen=refund.money_fen,
                total_fen=payment.amount_fen,
                reason=refund.reason,
            )
            return refund, wanted, provider

    return await repeated(noted)


async def _told(provider: PaymentProvider, wanted: RefundWanted) -> ProviderRefund:
    """What became of it; what the provider never heard of is asked for."""
    known = await provider.refund_state(wanted.refund_number)
    if known.state is not ProviderRefundState.UNKNOWN:
        return known
    try:
        return await provider.refund(wanted)
    except PaymentDeclined:
        state = ProviderRefundState.REJECTED
        return ProviderRefund(refund_number=wanted.refund_number, state=state)


async def _learn(desk: Desk, asked: OrderRefund, state: ProviderRefundState) -> None:
    """What the provider said, held against the refund as it is by now."""

    async def learnt() -> None:
        async with desk.works.begin(asked.user_id) as work:
            refund = await work.refunds.refund(asked.user_id, asked.id)
            order = await work.orders.order(asked.user_id, asked.order_id)
            if refund is None or order is None or not refund.status.open:
                return
            if state is ProviderRefundState.DONE:
                await settle(desk, work, order, refund)
            elif state is ProviderRefundState.REJECTED:
                await _reject(desk, work, order, refund)

    await repeated(learnt)


async def settle(desk: Desk, work: Work, order: Order, refund: OrderRefund) -> Order:
    """The money is back: what the order took of others is given back with it, what it earned is
    taken back. The order as it then is. Part of the caller's transaction; shared counters last."""
    plan = plans.refund(order.terms.ledger, refund.before, refund.after)
    act = OrderAct.REFUND_WHOLE if plan.coupons_return else OrderAct.REFUND_PART
    done = moved(order, act, desk.moment)
    await work.orders.save(done)
    await work.funding.add(returned_by(done, refund.id, plan, desk.moment))
    await record(desk, work, "order.refund_done", order, done)
    await _take_back(desk, work, done, whole=plan.coupons_return)
    restored = await _give_back(desk, work, done, refund, whole=plan.coupons_return)
    await _lower_invoice(work, done, refund)
    await work.refunds.save(settled(refund, RefundStatus.DONE, desk.moment, restored))
    by_code = plans.freed_by_code(done.terms.ledger, refund.before, refund.after)
    await counting.give_back_part(work, done, by_code, with_use=plan.coupons_return)
    return done


async def _take_back(desk: Desk, work: Work, order: Order, *, whole: bool) -> None:
    """What completion earned: points and credit in proportion, a referral's reward, and with the
    whole order its coupons, now or when another order lets go of them."""
    lines = order.terms.ledger.lines
    part = sum(order.refunded_lines), sum(line.amount_fen for line in lines)
    await ledger_moves.reverse_accrual(work, order, part, desk.moment)
    await referral_moves.order_refunded(work, order, desk.moment)
    for reward in order.terms.rewards if whole else ():
        coupon_id = await work.coupons.of_cause(order.user_id, reward_cause(order, reward))
        if coupon_id is not None:
            await work.coupons.recall(order.user_id, coupon_id, desk.moment)


async def _give_back(
    desk: Desk, work: Work, order: Order, refund: OrderRefund, *, whole: bool
) -> tuple[Restored, ...]:
    """Fuel credit that was paid with; with the whole order its coupons and points too."""
    restored: list[Restored] = []
    if order.payment_method is PaymentMethod.FUEL_CREDIT and refund.money_fen > 0:
        restored.append(Restored(kind=RestoredKind.FUEL_CREDIT, amount=refund.money_fen))
    if not whole:
        await ledger_moves.credit_back(work, order, refund.id, refund.money_fen, desk.moment)
        return tuple(restored)
    await ledger_moves.unburn_for_order(work, order, desk.moment)
    if order.terms.points:
        restored.append(Restored(kind=RestoredKind.POINTS, amount=order.terms.points))
    return (*restored, *await _coupons_back(desk, work, order))


_BACK_AS = {
    CouponStatus.USABLE: RestoredKind.COUPON,
    CouponStatus.EXPIRED: RestoredKind.COUPON_EXPIRED,
}


async def _coupons_back(desk: Desk, work: Work, order: Order) -> tuple[Restored, ...]:
    """One that was recalled meanwhile is revoked: it is not told of."""
    if not order.terms.coupon_ids:
        return ()
    await coupon_moves.give_back(work, order, desk.moment)
    coupons = await work.coupons.coupons(order.user_id, order.terms.coupon_ids)
    back = {number: coupon.status_at(desk.moment) for number, coupon in coupons.items()}
    return tuple(
        Restored(kind=_BACK_AS[back[offer.coupon_id]], amount=1, title=offer.title)
        for offer in order.terms.applied
        if offer.coupon_id is not None and back.get(offer.coupon_id) in _BACK_AS
    )


async def _lower_invoice(work: Work, order: Order, refund: OrderRefund) -> None:
    invoice = await work.invoices.invoice(order.user_id, order.id)
    if invoice is not None:
        lowered = after_refund(invoice, refund.money_fen)
        if lowered != invoice:
            await work.invoices.save(lowered)


async def _reject(desk: Desk, work: Work, order: Order, refund: OrderRefund) -> None:
    """The provider will not: the order stands where it stood, and nothing was given back."""
    without = replace(
        order,
        refunded_lines=refund.before,
        refunded_fen=order.refunded_fen - refund.money_fen,
    )
    after = moved(without, OrderAct.REJECT_REFUND, desk.moment)
    await work.orders.save(after)
    await work.refunds.save(settled(refund, RefundStatus.REJECTED, desk.moment))
    await record(desk, work, "order.refund_rejected", order, after)


async def sweep_refunds(desk: Desk) -> int:
    """The schedule `refunds.sweep`: a job for each refund that has been open for a while. How
    many."""
    async with desk.works.begin(None) as work:
        before = desk.moment - ASK_AGAIN_AFTER
        found = await work.refunds.open_since(before, MOST_SWEPT)
        for user_id, refund_id in found:
            await work.jobs.defer(refund_job("refunds.check", user_id, refund_id))
    return len(found)


def refund_job(name: str, user_id: int, refund_id: int) -> Job:
    """One a refund waits at a time."""
    given = {"user_id": user_id, "refund_id": refund_id}
    return Job(name=name, given=given, key=f"{name}:{user_id}:{refund_id}")
