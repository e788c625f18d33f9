"""Orders that are not paid: they expire, or are cancelled, and release all that they held."""

from dataclasses import dataclass

from app.domain.orders.lifecycle import OrderAct, may, moved
from app.domain.orders.order import Order
from app.ports.work import Work
from app.resolvers import coupon_moves
from app.resolvers.counting import give_back
from app.resolvers.desk import Desk
from app.resolvers.ledger_moves import unburn_for_order
from app.resolvers.once import Asked, Receipt, once, repeated
from app.resolvers.order_life import MOST_SWEPT, record
from app.resolvers.payments import close_payments
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject
from app.resolvers.sweeping import each_by_itself

_ACTS = {OrderAct.EXPIRE: "order.expire", OrderAct.CANCEL: "order.cancel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWanted:
    """`order_id` None: an id that cannot be read. `reason`: the driver's words, not stored: they
    may hold anything."""

    order_id: int | None
    idempotency_key: str
    reason: str | None = None


async def cancel_order(
    desk: Desk, user_id: int, wanted: CancelWanted
) -> Receipt | tuple[Refusal, ...]:
    """PLACED → CANCELLED. Refused: NOT_FOUND, ORDER_STATE. Raises `StorageUnavailable`: repeat with
    the same key."""

    async def act(work: Work) -> Receipt:
        order_id = wanted.order_id
        order = None if order_id is None else await work.orders.order(user_id, order_id)
        if order is None:
            raise Refused(
                Refusal(code=ErrorCode.NOT_FOUND, at=("order_id",), subject=Subject.ORDER)
            )
        if not may(order, OrderAct.CANCEL):
            raise Refused(Refusal(code=ErrorCode.ORDER_STATE, at=("order_id",)))
        await release(desk, work, order, OrderAct.CANCEL)
        return {"order_id": order.id}

    asked = Asked(
        operation="cancelOrder",
        key=wanted.idempotency_key,
        asked={"order_id": wanted.order_id, "reason": wanted.reason},
    )
    return await once(desk, user_id, asked, act)


async def expire_order(desk: Desk, user_id: int, order_id: int) -> None:
    """The job `orders.expire`: done early, late or twice, it judges by what is stored."""

    async def expire() -> None:
        async with desk.works.begin(user_id) as work:
            order = await work.orders.order(user_id, order_id)
            due = order is not None and order.pay_before <= desk.moment
            if order is not None and due and may(order, OrderAct.EXPIRE):
                await release(desk, work, order, OrderAct.EXPIRE)

    await repeated(expire)


async def sweep_unpaid(desk: Desk) -> int:
    """Expires what a lost or early job left; how many were found due."""
    async with desk.works.begin(None) as work:
        due = await work.orders.due(OrderAct.EXPIRE, desk.moment, MOST_SWEPT)
    await each_by_itself(due, lambda order: expire_order(desk, *order))
    return len(due)


async def release(desk: Desk, work: Work, order: Order, act: OrderAct) -> Order:
    """CANCEL or EXPIRE, with everything that the order held given back, what many share last.
    Raises `IllegalMove`: so nothing is ever released twice."""
    done = moved(order, act, desk.moment)
    await work.orders.save(done)
    await close_payments(work, done)
    await coupon_moves.release(work, done, desk.moment)
    await unburn_for_order(work, done, desk.moment)
    await record(desk, work, _ACTS[act], order, done)
    await give_back(work, done)
    return done
