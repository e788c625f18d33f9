"""An order after its placement: paid, fulfilled, completed.

Each move is part of its caller's transaction, which holds the member's lock, and answers the order
as it then is. Each job judges by what is stored: done twice, or early, it changes nothing.
"""

from datetime import datetime

from app.domain.audit.record import AuditRecord
from app.domain.orders.lifecycle import OrderAct, may, moved
from app.domain.orders.order import Order
from app.domain.orders.settlement import owed_for
from app.domain.orders.terms import RewardTerm
from app.ports.jobs import Job
from app.ports.work import Work
from app.resolvers import coupon_moves, ledger_moves, referral_moves
from app.resolvers.counting import give_back_stock
from app.resolvers.desk import Desk
from app.resolvers.once import repeated

MOST_SWEPT = 500
"""Orders that one sweep takes on; what is left is the next one's."""


async def paid(desk: Desk, work: Work, order: Order, at: datetime) -> Order:
    """PLACED → PAID: its coupons are redeemed, and each funder owes its part.

    `at`: when it was paid, as the provider says; for fuel credit and for nothing to pay, now.
    Raises `IllegalMove` where the order is not PLACED: what was paid for it is then the caller's
    to give back.
    """
    done = moved(order, OrderAct.PAY, at)
    await work.orders.save(done)
    await coupon_moves.redeem(work, done, desk.moment)
    await work.funding.add(owed_for(done, at))
    await work.jobs.defer(
        _job("orders.fulfil", done.user_id, done.id, at + desk.timing.fulfil_after)
    )
    await record(desk, work, "order.pay", order, done)
    return done


async def fulfilled(desk: Desk, work: Work, order: Order) -> Order:
    """PAID → FULFILLED: the fuel is in the tank. Raises `IllegalMove`."""
    done = moved(order, OrderAct.FULFIL, desk.moment)
    await work.orders.save(done)
    due = desk.moment + desk.timing.complete_after
    await work.jobs.defer(_job("orders.complete", done.user_id, done.id, due))
    await record(desk, work, "order.fulfil", order, done)
    return done


async def completed(desk: Desk, work: Work, order: Order) -> Order:
    """FULFILLED → COMPLETED: what it earns is earned; of a partly refunded order, what is left of
    it. Raises `IllegalMove`."""
    done = moved(order, OrderAct.COMPLETE, desk.moment)
    await work.orders.save(done)
    await record(desk, work, "order.complete", order, done)
    await ledger_moves.accrue(work, done, desk.moment)
    await referral_moves.order_completed(work, done, desk.moment)
    await _grant_coupons(desk, work, done)
    return done


async def _grant_coupons(desk: Desk, work: Work, order: Order) -> None:
    """The coupons that its terms promise, out of the stock that placement kept for them. A batch
    that was withdrawn or has ended meanwhile gives none: such a coupon could not be used. Shared
    counters: last, in the order of codes."""
    promised = [(r.batch_code, r) for r in order.terms.rewards if r.batch_code is not None]
    for code, reward in sorted(promised, key=lambda each: each[0]):
        batch = desk.catalog.rules.by_code.get(code)
        granted = None
        if batch is not None:
            granted = await coupon_moves.grant(
                work,
                order.user_id,
                batch,
                reward_cause(order, reward),
                desk.moment,
                stock_kept=reward.stock_kept,
            )
        if granted is None and reward.stock_kept:
            await give_back_stock(work, code)


def reward_cause(order: Order, reward: RewardTerm) -> str:
    """What a coupon that the order earned is given for: once an order and rewarding promotion."""
    return f"order:{order.id}:earn:{reward.code}"


async def fulfil_order(desk: Desk, user_id: int, order_id: int) -> None:
    """The job `orders.fulfil`: paid so long ago, it counts as fuelled."""

    async def done() -> None:
        async with desk.works.begin(user_id) as work:
            order = await work.orders.order(user_id, order_id)
            if order is not None and _fulfilment_due(desk, order):
                await fulfilled(desk, work, order)

    await repeated(done)


async def complete_order(desk: Desk, user_id: int, order_id: int) -> None:
    """The job `orders.complete`."""

    async def done() -> None:
        async with desk.works.begin(user_id) as work:
            order = await work.orders.order(user_id, order_id)
            if order is not None and _completion_due(desk, order):
                await completed(desk, work, order)

    await repeated(done)


async def fulfil_now(desk: Desk, user_id: int, order_id: int) -> Order | None:
    """The station, or an operator for it, says that the fuel is in the tank. None: no such order.
    Raises `IllegalMove`."""

    async def done() -> Order | None:
        async with desk.works.begin(user_id) as work:
            order = await work.orders.order(user_id, order_id)
            return None if order is None else await fulfilled(desk, work, order)

    return await repeated(done)


async def sweep_order_life(desk: Desk) -> int:
    """Part of the schedule `orders.sweep`: a job for each order whose fulfilment or completion is
    due, whatever became of earlier jobs. How many."""
    timing = desk.timing
    found = 0
    async with desk.works.begin(None) as work:
        for act, name, wait in (
            (OrderAct.FULFIL, "orders.fulfil", timing.fulfil_after),
            (OrderAct.COMPLETE, "orders.complete", timing.complete_after),
        ):
            due = await work.orders.due(act, desk.moment - wait, MOST_SWEPT)
            for user_id, order_id in due:
                await work.jobs.defer(_job(name, user_id, order_id))
            found += len(due)
    return found


def _fulfilment_due(desk: Desk, order: Order) -> bool:
    if order.paid_at is None or not may(order, OrderAct.FULFIL):
        return False
    return order.paid_at + desk.timing.fulfil_after <= desk.moment


def _completion_due(desk: Desk, order: Order) -> bool:
    if order.fulfilled_at is None or not may(order, OrderAct.COMPLETE):
        return False
    return order.fulfilled_at + desk.timing.complete_after <= desk.moment


async def record(desk: Desk, work: Work, act: str, before: Order, after: Order) -> None:
    """The audit record of a move."""
    await work.audit.add(
        AuditRecord(
            act=act,
            subject=f"order:{after.id}",
            user_id=after.user_id,
            at=desk.moment,
            actor=desk.actor,
            before={"status": before.status, "refunded_fen": before.refunded_fen},
            after={
                "status": after.status,
                "refunded_fen": after.refunded_fen,
                "payable_fen": after.terms.payable_fen,
            },
        )
    )


def _job(name: str, user_id: int, order_id: int, at: datetime | None = None) -> Job:
    """One an order waits at a time."""
    given = {"user_id": user_id, "order_id": order_id}
    return Job(name=name, given=given, at=at, key=f"{name}:{user_id}:{order_id}")
