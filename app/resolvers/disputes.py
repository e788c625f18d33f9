"""Disputed payments as operators settle them."""

from app.domain.orders.disputes import (
    DisputeEnd,
    DisputeFault,
    DisputeRefused,
    dispute_ended,
    refuse_undisputed,
)
from app.domain.orders.payment import Payment, key_in
from app.ports.work import UnknownMember, Work
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.resolvers.payment_money import money_in, record_payment
from app.resolvers.payments import check_job


async def resolve_dispute(desk: Desk, number: str, end: DisputeEnd, reference: str) -> Payment:
    """Settles the disputed payment of a number, with the figure of what came put right by what the
    provider says now. For RETURN a job lets it give that back; where it refuses, the payment is
    disputed again.

    Raises `DisputeRefused`, `PaymentUnavailable`, `StorageUnavailable`.
    """
    key = key_in(number)
    if key is None:
        raise DisputeRefused(DisputeFault.UNKNOWN)
    try:
        async with desk.works.begin(key[0]) as work:
            payment = await _disputed(work, number, key, reference)
        came_fen = await _came(desk, payment)
        if came_fen is None and end is DisputeEnd.RETURN:
            raise DisputeRefused(DisputeFault.NO_MONEY, payment)
        return await repeated(lambda: _resolved(desk, payment, end, reference, came_fen))
    except UnknownMember:
        raise DisputeRefused(DisputeFault.UNKNOWN) from None


async def _came(desk: Desk, payment: Payment) -> int | None:
    """Fen, as the provider says now, asked outside of any transaction; None: it knows of none."""
    provider = desk.providers.get(payment.method)
    money = None if provider is None else money_in(await provider.payment(payment.number))
    return None if money is None else money.amount_fen


async def _resolved(
    desk: Desk, asked: Payment, end: DisputeEnd, reference: str, came_fen: int | None
) -> Payment:
    key = asked.user_id, asked.id
    async with desk.works.begin(asked.user_id) as work:
        payment = await _disputed(work, asked.number, key, reference)
        after = dispute_ended(payment, end, came_fen, desk.moment)
        await work.payments.save(after)
        if end is DisputeEnd.RETURN:
            await work.jobs.defer(check_job("payments.check", after))
        told = {"end": end, "reference": reference}
        await record_payment(desk, work, "payment.resolve", payment, after, told)
        return after


async def _disputed(work: Work, number: str, key: tuple[int, int], reference: str) -> Payment:
    payment = await work.payments.by_id(*key)
    if payment is None or payment.number != number:
        raise DisputeRefused(DisputeFault.UNKNOWN)
    refuse_undisputed(payment, reference)
    return payment
