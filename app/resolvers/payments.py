"""Asking for an order's money: one open payment an order, its pay sheet, and giving it up.

The provider is asked outside any transaction. A payment exists here before the provider hears of
it, and its number names it there for ever, so whatever is lost on the way can be asked again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import cast

from app.domain.orders.order import Order
from app.domain.orders.payment import Payment, PaymentState, closed
from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentScene
from app.ports.jobs import Job
from app.ports.payment_providers import (
    PaymentDeclined,
    PaymentUnavailable,
    PaymentWanted,
    PaySheet,
)
from app.ports.payments import PaymentAsked
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.once import Asked, Receipt, once, repeated
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStart:
    """What a viewer asks for: their order, where the sheet opens, and the key of the request.
    `client_address`: the payer's IP address, never stored."""

    order_id: int
    scene: PaymentScene
    idempotency_key: str
    client_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPayment:
    """`payment` has a sheet, or is None."""

    payment: Payment | None = None
    refusals: tuple[Refusal, ...] = ()


async def ask_payment(desk: Desk, work: Work, order: Order, scene: PaymentScene) -> Payment:
    """The order's open payment for a scene, made if there is none; one for another scene is
    closed. Part of the caller's transaction; `prepare` fetches the sheet after its commit."""
    for payment in await work.payments.of_order(order.user_id, order.id):
        if payment.state is not PaymentState.OPEN:
            continue
        if payment.scene is scene:
            return payment
        await _give_up(work, payment)
    return await work.payments.add(
        PaymentAsked(
            user_id=order.user_id,
            order_id=order.id,
            method=order.payment_method,
            scene=scene,
            amount_fen=order.terms.payable_fen,
            asked_at=desk.moment,
            expires_at=order.pay_before,
        )
    )


async def close_payments(work: Work, order: Order) -> None:
    """Nobody is to pay the order any more: its open payment is given up, and a job closes it at
    the provider. Money that was on its way comes back by itself."""
    for payment in await work.payments.of_order(order.user_id, order.id):
        if payment.state is PaymentState.OPEN:
            await _give_up(work, payment)


async def _give_up(work: Work, payment: Payment) -> None:
    await work.payments.save(closed(payment))
    await work.jobs.defer(check_job("payments.close", payment))


def check_job(name: str, payment: Payment) -> Job:
    """The job that asks the provider about a payment; one a payment waits at a time."""
    return Job(
        name=name,
        given={"user_id": payment.user_id, "payment_id": payment.id},
        key=f"{name}:{payment.user_id}:{payment.id}",
    )


async def start_payment(desk: Desk, user_id: int, start: PaymentStart) -> StartedPayment:
    """An open payment for the scene, with its sheet: the one there is, or a new one.

    Refused: NOT_FOUND, ORDER_STATE (nothing to pay, or no longer), PAYMENT_FAILED (the provider
    did not answer, or will not: repeat with the same key). Raises `StorageUnavailable`.
    """

    async def act(work: Work) -> Receipt:
        order = await work.orders.order(user_id, start.order_id)
        if order is None:
            raise Refused(
                Refusal(code=ErrorCode.NOT_FOUND, at=("order_id",), subject=Subject.ORDER)
            )
        if not _waits_for_money(desk, order):
            raise Refused(Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",)))
        payment = await ask_payment(desk, work, order, start.scene)
        return {"payment_id": payment.id}

    asked = Asked(
        operation="startPayment",
        key=start.idempotency_key,
        asked={"order_id": start.order_id, "scene": start.scene.value},
    )
    answer = await once(desk, user_id, asked, act)
    if isinstance(answer, tuple):
        return StartedPayment(refusals=answer)
    key = user_id, cast("int", answer["payment_id"])
    payment = await _prepared(desk, key, start.client_address) or await _anew(desk, user_id, start)
    return StartedPayment(
        payment=payment if payment is not None and payment.sheet is not None else None,
        refusals=_why_unprepared(payment),
    )


async def _anew(desk: Desk, user_id: int, start: PaymentStart) -> Payment | None:
    """The payment of this key was given up. Where that was since the provider would not open it,
    another one under a new number, prepared; None: the order waits for no money, or a sheet of
    another scene is open by now, which a late repetition must not close."""

    async def asked() -> Payment | None:
        async with desk.works.begin(user_id) as work:
            order = await work.orders.order(user_id, start.order_id)
            if order is None or not _waits_for_money(desk, order):
                return None
            for payment in await work.payments.of_order(user_id, order.id):
                if payment.state is PaymentState.OPEN and payment.scene is not start.scene:
                    return None
            return await ask_payment(desk, work, order, start.scene)

    payment = await repeated(asked)
    if payment is None:
        return None
    return await _prepared(desk, (user_id, payment.id), start.client_address)


def _why_unprepared(payment: Payment | None) -> tuple[Refusal, ...]:
    if payment is None:
        return (Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",)),)
    return () if payment.sheet is not None else (Refusal(code=ErrorCode.PAYMENT_FAILED),)


def _waits_for_money(desk: Desk, order: Order) -> bool:
    return (
        order.status is OrderStatus.PLACED
        and desk.moment < order.pay_before
        and order.terms.payable_fen > 0
        and order.payment_method in desk.providers
    )


async def prepare(
    desk: Desk, user_id: int, order_id: int, client_address: str | None = None
) -> Payment | None:
    """The order's open payment with its sheet, fetched from the provider if it has none yet.

    None: nothing is open, or the provider did not answer or refused; a refused payment is given
    up, so that the next request asks under a new number. Runs transactions of its own.
    """
    async with desk.works.begin(user_id) as work:
        payments = await work.payments.of_order(user_id, order_id)
        payment = next((one for one in payments if one.state is PaymentState.OPEN), None)
        if payment is None:
            return None
        order = await work.orders.order(user_id, order_id)
    prepared = await _with_sheet(desk, order, payment, client_address)
    return prepared if prepared is not None and prepared.sheet is not None else None


async def _prepared(desk: Desk, key: tuple[int, int], client_address: str | None) -> Payment | None:
    """The payment while it is open, with a sheet if the provider gave one; None: it is not open."""
    async with desk.works.begin(key[0]) as work:
        payment = await work.payments.by_id(*key)
        if payment is None or payment.state is not PaymentState.OPEN:
            return None
        order = await work.orders.order(payment.user_id, payment.order_id)
    return await _with_sheet(desk, order, payment, client_address)


async def _with_sheet(
    desk: Desk, order: Order | None, payment: Payment, client_address: str | None
) -> Payment | None:
    """An open payment as `_prepared` promises it; outside any transaction."""
    provider = desk.providers.get(payment.method)
    if order is None or provider is None or payment.sheet is not None:
        return payment
    try:
        sheet = await provider.prepare(await _wanted(desk, order, payment, client_address))
    except PaymentUnavailable:
        return payment
    except PaymentDeclined:
        await _change(desk, payment, _give_up)
        return payment
    return await _keep_sheet(desk, payment, sheet)


async def _wanted(
    desk: Desk, order: Order, payment: Payment, client_address: str | None
) -> PaymentWanted:
    return PaymentWanted(
        number=payment.number,
        amount_fen=payment.amount_fen,
        title=f"油惠加油 {order.terms.station_name}",
        scene=payment.scene,
        expires_at=payment.expires_at,
        payer=await desk.payers.payer_id(order.user_id, payment.scene) if desk.payers else None,
        client_address=client_address,
    )


async def _keep_sheet(desk: Desk, payment: Payment, sheet: PaySheet) -> Payment | None:
    """The payment with its sheet; with the one stored meanwhile, had another asked too; None if
    it is no longer open."""
    kept: list[Payment] = []

    async def keep(work: Work, found: Payment) -> None:
        with_sheet = found if found.sheet is not None else replace(found, sheet=sheet)
        if with_sheet is not found:
            await work.payments.save(with_sheet)
        kept[:] = [with_sheet]

    await _change(desk, payment, keep)
    return kept[0] if kept else None


async def _change(
    desk: Desk, payment: Payment, change: Callable[[Work, Payment], Awaitable[None]]
) -> None:
    """Runs `change` on the payment as it is now, if it is still open."""

    async def changed() -> None:
        async with desk.works.begin(payment.user_id) as work:
            found = await work.payments.by_id(payment.user_id, payment.id)
            if found is not None and found.state is PaymentState.OPEN:
                await change(work, found)

    await repeated(changed)
