"""Money that a provider reports: by its notice, or because it was asked.

Both ways meet in `money_came`, so an order is paid once however often, late or out of order the
provider tells of it; and what nobody wanted goes back by itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from app.domain.audit.record import AuditRecord, Plain
from app.domain.orders.order import Order
from app.domain.orders.payment import (
    Money,
    MoneyVerdict,
    Payment,
    PaymentState,
    closed,
    judge_money,
    key_in,
    not_returnable,
    returned,
    with_money,
)
from app.ports.jobs import Job
from app.ports.payment_notices import NoticeKind, ProviderNotice
from app.ports.payment_providers import (
    PaymentDeclined,
    PaymentProvider,
    ProviderPayment,
    ProviderRefundState,
    ProviderState,
    RefundWanted,
)
from app.ports.payments import NoticeOutcome, NoticeRecord, StrayNotice
from app.ports.work import UnknownMember, Work
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.resolvers.order_life import paid
from app.resolvers.payments import check_job, close_payments

MOST_SWEPT = 500
NOTHING_MORE: Mapping[str, Plain] = MappingProxyType({})
RETURN_REASON = "订单已关闭或已支付，款项原路退回"

_OUTCOMES = {
    MoneyVerdict.PAYS: NoticeOutcome.PAID,
    MoneyVerdict.RETURNS: NoticeOutcome.RETURNING,
    MoneyVerdict.DISPUTES: NoticeOutcome.DISPUTED,
    MoneyVerdict.KNOWN: NoticeOutcome.IGNORED,
}


class _NotOurs(Exception):
    """No member has a payment of that number."""


async def payment_notice(desk: Desk, notice: ProviderNotice) -> NoticeOutcome:
    """Takes a verified notice, in one short transaction; told twice, it does nothing the second
    time. One of a payment that nobody has is kept for the reconciliation.

    Raises `StorageUnavailable`, `StorageConflict`: the provider is to tell it again.
    """
    key = key_in(notice.number)
    try:
        return await _taken(desk, notice, key)
    except UnknownMember as gone:
        if key is None or gone.heir is None:
            return await _keep_stray(desk, notice)
        key = (gone.heir, key[1])
    except _NotOurs:
        return await _keep_stray(desk, notice)
    # The number names an account that was joined to another since it was given.
    try:
        return await _taken(desk, notice, key)
    except (_NotOurs, UnknownMember):
        return await _keep_stray(desk, notice)


async def _taken(desk: Desk, notice: ProviderNotice, key: tuple[int, int] | None) -> NoticeOutcome:
    """Raises `_NotOurs` and `UnknownMember`."""

    async def once() -> NoticeOutcome:
        if key is None:
            raise _NotOurs
        async with desk.works.begin(key[0]) as work:
            return await _take(desk, work, notice, key)

    return await repeated(once)


async def _take(
    desk: Desk, work: Work, notice: ProviderNotice, key: tuple[int, int]
) -> NoticeOutcome:
    payment = await work.payments.by_id(*key)
    if payment is None or payment.number != notice.number:
        raise _NotOurs
    record = NoticeRecord(
        user_id=payment.user_id,
        notice_id=notice.notice_id,
        payment_id=payment.id,
        kind=notice.kind.value,
        state=notice.state,
        amount_fen=notice.amount_fen,
        received_at=desk.moment,
    )
    if not await work.payments.record(record):
        return NoticeOutcome.IGNORED
    outcome = await _told(desk, work, payment, notice)
    await work.payments.conclude(record, outcome)
    return outcome


async def _told(desk: Desk, work: Work, payment: Payment, notice: ProviderNotice) -> NoticeOutcome:
    if notice.kind is NoticeKind.REFUND:
        return await _refund_told(desk, work, payment, notice)
    money = money_in(notice)
    if notice.kind is NoticeKind.OTHER or money is None:
        return NoticeOutcome.IGNORED
    return _OUTCOMES[await money_came(desk, work, payment, money)]


def money_in(told: ProviderNotice | ProviderPayment) -> Money | None:
    """None: no money moved, or it was not told how much, when and by what name."""
    moved = told.succeeded if isinstance(told, ProviderNotice) else told.state in _MOVED
    at = told.at if isinstance(told, ProviderNotice) else told.paid_at
    if not moved or told.amount_fen is None or told.transaction_id is None or at is None:
        return None
    return Money(amount_fen=told.amount_fen, at=at, transaction_id=told.transaction_id)


_MOVED = frozenset({ProviderState.PAID, ProviderState.REFUNDED})


async def money_came(desk: Desk, work: Work, payment: Payment, money: Money) -> MoneyVerdict:
    """Money for a payment, in the transaction of its member: it pays the order, or goes back, or
    is left to a person; told before, nothing."""
    order = await work.orders.order(payment.user_id, payment.order_id)
    if order is None:  # the foreign key forbids it
        raise _NotOurs
    verdict = judge_money(payment, order.status, money)
    after = with_money(payment, verdict, money, desk.moment)
    match verdict:
        case MoneyVerdict.PAYS:
            await work.payments.save(after)
            await close_payments(work, order)
            await paid(desk, work, order, _paid_at(desk, order, money))
        case MoneyVerdict.RETURNS:
            await work.payments.save(after)
            await work.jobs.defer(check_job("payments.check", after))
            await record_payment(desk, work, "payment.return", payment, after)
        case MoneyVerdict.DISPUTES:
            await work.payments.save(after)
            await record_payment(desk, work, "payment.dispute", payment, after)
        case MoneyVerdict.KNOWN:
            pass
    return verdict


def _paid_at(desk: Desk, order: Order, money: Money) -> datetime:
    """As the provider says, but not before the order was placed nor after now: its clock is
    another than ours."""
    return max(order.placed_at, min(money.at, desk.moment))


async def _refund_told(
    desk: Desk, work: Work, payment: Payment, notice: ProviderNotice
) -> NoticeOutcome:
    """Money that went back: of a payment that nobody wanted, or of a refund, which then asks the
    provider itself. Whatever the order, a notice of a refund says nothing of the payment."""
    if notice.refund_number == payment.return_number:
        if not notice.succeeded or payment.state is not PaymentState.RETURNING:
            return NoticeOutcome.IGNORED
        await _has_returned(desk, work, payment)
        return NoticeOutcome.RETURNED
    for refund in await work.refunds.of_order(payment.user_id, payment.order_id):
        if refund.number == notice.refund_number:
            await work.jobs.defer(
                Job(
                    name="refunds.check",
                    given={"user_id": refund.user_id, "refund_id": refund.id},
                    key=f"refunds.check:{refund.user_id}:{refund.id}",
                )
            )
            return NoticeOutcome.REFUND_TOLD
    return NoticeOutcome.IGNORED


async def _keep_stray(desk: Desk, notice: ProviderNotice) -> NoticeOutcome:
    stray = StrayNotice(
        notice_id=notice.notice_id,
        kind=notice.kind.value,
        number=notice.number,
        state=notice.state,
        amount_fen=notice.amount_fen,
        received_at=desk.moment,
    )

    async def kept() -> None:
        async with desk.works.begin(None) as work:
            await work.payments.stray(stray)

    await repeated(kept)
    return NoticeOutcome.IGNORED


async def check_payment(desk: Desk, user_id: int, payment_id: int) -> None:
    """The jobs `payments.check` and `payments.close`: asks the provider what became of a payment,
    closes it there if it was given up here, and sends unwanted money back. Done twice, or early,
    it changes nothing.

    Raises `PaymentUnavailable`, `StorageUnavailable`: to be repeated.
    """
    payment = await _payment(desk, user_id, payment_id)
    provider = None if payment is None else desk.providers.get(payment.method)
    if payment is None or provider is None:
        return
    if payment.state is PaymentState.RETURNING:
        await _send_back(desk, provider, payment)
    elif payment.state in (PaymentState.OPEN, PaymentState.CLOSED) and not payment.closed_there:
        if payment.state is PaymentState.CLOSED:
            await provider.close(payment.number)
        await _learn(desk, payment, await provider.payment(payment.number))


async def _payment(desk: Desk, user_id: int, payment_id: int) -> Payment | None:
    async with desk.works.begin(user_id) as work:
        return await work.payments.by_id(user_id, payment_id)


async def _learn(desk: Desk, asked: Payment, told: ProviderPayment) -> None:
    """What the provider answered, held against the payment as it is by now."""

    async def learnt() -> None:
        async with desk.works.begin(asked.user_id) as work:
            payment = await work.payments.by_id(asked.user_id, asked.id)
            if payment is None:
                return
            money = money_in(told)
            if money is not None:
                await money_came(desk, work, payment, money)
            elif payment.state in (PaymentState.OPEN, PaymentState.CLOSED):
                await work.payments.save(_without_money(desk, payment, told.state))

    await repeated(learnt)


def _without_money(desk: Desk, payment: Payment, there: ProviderState) -> Payment:
    """Nobody paid so far. What the provider closed, nobody can pay any more; nor what it has not
    heard of by its end: a request still on its way comes too late."""
    over = there is ProviderState.CLOSED or (
        there is ProviderState.UNKNOWN and desk.moment >= payment.expires_at
    )
    payment = replace(payment, checked_at=desk.moment)
    return replace(closed(payment), closed_there=True) if over else payment


async def _send_back(desk: Desk, provider: PaymentProvider, payment: Payment) -> None:
    """The whole of what came. Asked again under the same number, the provider sends it once."""
    amount_fen = payment.paid_fen or payment.amount_fen
    wanted = RefundWanted(
        refund_number=payment.return_number,
        number=payment.number,
        amount_fen=amount_fen,
        total_fen=amount_fen,
        reason=RETURN_REASON,
    )
    try:
        state = (await provider.refund(wanted)).state
    except PaymentDeclined:
        state = ProviderRefundState.REJECTED

    async def noted() -> None:
        async with desk.works.begin(payment.user_id) as work:
            found = await work.payments.by_id(payment.user_id, payment.id)
            if found is not None and found.state is PaymentState.RETURNING:
                await _note_return(desk, work, found, state)

    await repeated(noted)


async def _note_return(
    desk: Desk, work: Work, payment: Payment, state: ProviderRefundState
) -> None:
    if state is ProviderRefundState.DONE:
        await _has_returned(desk, work, payment)
    elif state is ProviderRefundState.REJECTED:
        after = not_returnable(payment)
        await work.payments.save(after)
        await record_payment(desk, work, "payment.dispute", payment, after)
    else:
        await work.payments.save(replace(payment, checked_at=desk.moment))


async def _has_returned(desk: Desk, work: Work, payment: Payment) -> None:
    after = returned(payment, desk.moment)
    await work.payments.save(after)
    await record_payment(desk, work, "payment.returned", payment, after)


async def sweep_payments(desk: Desk) -> int:
    """The schedule `payments.sweep`: a job for each payment whose provider still has something to
    tell, whatever became of earlier jobs and notices. Answers how many."""
    async with desk.works.begin(None) as work:
        due = await work.payments.due(desk.moment, MOST_SWEPT)
        for user_id, payment_id in due:
            await work.jobs.defer(
                Job(
                    name="payments.check",
                    given={"user_id": user_id, "payment_id": payment_id},
                    key=f"payments.check:{user_id}:{payment_id}",
                )
            )
    return len(due)


async def record_payment(
    desk: Desk,
    work: Work,
    act: str,
    before: Payment,
    after: Payment,
    told: Mapping[str, Plain] = NOTHING_MORE,
) -> None:
    """The audit record of a change of a payment, with what else is to be `told` of it."""
    stands = {"state": after.state, "paid_fen": after.paid_fen, "order_id": after.order_id}
    await work.audit.add(
        AuditRecord(
            act=act,
            subject=f"payment:{after.id}",
            user_id=after.user_id,
            at=desk.moment,
            actor=desk.actor,
            before={"state": before.state},
            after={**stands, **told},
        )
    )
