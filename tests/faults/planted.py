"""`youhui …` with one defect planted, so that it can be seen whether the checker notices.

    python -m tests.faults.planted DEFECT serve --port 8000

The product itself has no hooks for faults: each defect replaces a function of it in this process.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.orders.lifecycle import OrderAct
from app.domain.orders.order import Order
from app.domain.orders.payment import Money, MoneyVerdict, Payment
from app.domain.orders.status import OrderStatus
from app.domain.promotions.usage import CounterKey, Used
from app.ports.counters import Bounds
from app.ports.jobs import Job
from app.ports.payments import NoticeRecord
from app.ports.requests import AnsweredRequest
from app.resolvers import payment_money, unpaid_orders
from app.settings import Settings
from app.storage import counters, jobs, requests
from app.storage.coupons import PostgresCouponBook
from app.storage.payments import PostgresPaymentBook

REQUEST = requests.REQUEST


def no_idempotency_lookup() -> None:
    """An answer is written down, and never looked for."""

    async def find(self: Any, user_id: int, key: str) -> AnsweredRequest | None:
        return None

    requests.KEEP = upsert(REQUEST).on_conflict_do_nothing()
    requests.PostgresRequestRecords.find = find


def idempotency_in_redis_only() -> None:
    """Answers are kept where they may be lost, and outside the transaction."""
    redis = Redis.from_url(Settings().redis_url or "", socket_timeout=1)

    async def find(self: Any, user_id: int, key: str) -> AnsweredRequest | None:
        try:
            kept: Any = redis.get(f"answer/{user_id}/{key}")
        except OSError:
            return None
        return None if kept is None else eval(kept)

    async def keep(
        self: Any, user_id: int, key: str, answered: AnsweredRequest, at: datetime
    ) -> None:
        try:
            redis.set(f"answer/{user_id}/{key}", repr(answered), ex=600)
        except OSError:
            return

    requests.PostgresRequestRecords.find = find
    requests.PostgresRequestRecords.keep = keep


def read_then_write_stock() -> None:
    """A shared counter is read, judged, and written as it was judged."""
    proper = counters.PostgresCounterBook.add

    async def add(self: Any, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        if key.per.value != "TOTAL":
            return await proper(self, key, used, bounds)
        name = counters._name(key)
        whole = (await self._connection.execute(counters.WHOLE, name)).one()
        then = Used(whole.uses + used.uses, whole.fen + used.fen)
        if not bounds.hold(then):
            return Used(whole.uses, whole.fen)
        await self._connection.execute(counters.MAKE, {**name, "wide": 1})
        await self._connection.exec_driver_sql(
            "UPDATE promotion_counter SET uses = %(uses)s, fen = %(fen)s, granted_uses = NULL, "
            "granted_fen = NULL, max_uses = NULL, max_fen = NULL WHERE code = %(code)s "
            "AND per = %(per)s AND period = %(period)s AND slot = 0",
            {**name, "uses": then.uses, "fen": then.fen},
        )
        return None

    counters.PostgresCounterBook.add = add


def release_twice() -> None:
    """What was cancelled is released again when its time to pay is over."""
    unpaid = (OrderStatus.PLACED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)

    def may(order: Order, act: OrderAct) -> bool:
        return order.status in unpaid

    def moved(order: Order, act: OrderAct, at: datetime) -> Order:
        status = OrderStatus.CANCELLED if act is OrderAct.CANCEL else OrderStatus.EXPIRED
        return replace(order, status=status, closed_at=at)

    unpaid_orders.may = may
    unpaid_orders.moved = moved


def job_outside_the_transaction() -> None:
    """A job exists whether or not what caused it does."""

    async def defer(self: Any, job: Job) -> None:
        given = {
            "queue": jobs.QUEUE,
            "name": job.name,
            "key": None if job.key is None else f"{job.name}:{job.key}",
            "given": dict(job.given),
            "at": job.at,
        }
        async with self._connection.engine.begin() as connection:
            await connection.execute(jobs.DEFER, given)

    jobs.PostgresJobQueue.defer = defer


def notice_not_deduplicated() -> None:
    """Money that is told twice came twice."""
    proper = PostgresPaymentBook.record

    async def record(self: Any, notice: NoticeRecord) -> bool:
        await proper(self, notice)
        return True

    def judge_money(payment: Payment, status: OrderStatus, money: Money) -> MoneyVerdict:
        if money.amount_fen != payment.amount_fen:
            return MoneyVerdict.DISPUTES
        return MoneyVerdict.PAYS if status is OrderStatus.PLACED else MoneyVerdict.RETURNS

    PostgresPaymentBook.record = record
    payment_money.judge_money = judge_money


def coupon_not_reserved() -> None:
    """A coupon is looked at, and left to the next order too."""

    async def reserve(
        self: Any, user_id: int, coupon_ids: Any, order_id: int, moment: datetime
    ) -> frozenset[int]:
        return frozenset(coupon_ids)

    async def redeem(*_: Any) -> None:
        return None

    from app.resolvers import order_life  # noqa: PLC0415 - only where it is changed

    PostgresCouponBook.reserve = reserve
    order_life.coupon_moves.redeem = redeem


DEFECTS: dict[str, Callable[[], None]] = {
    "no-idempotency-lookup": no_idempotency_lookup,
    "idempotency-in-redis-only": idempotency_in_redis_only,
    "read-then-write-stock": read_then_write_stock,
    "release-twice": release_twice,
    "job-outside-the-transaction": job_outside_the_transaction,
    "notice-not-deduplicated": notice_not_deduplicated,
    "coupon-not-reserved": coupon_not_reserved,
}


def main() -> None:
    from app.cli import main as youhui  # noqa: PLC0415 - after the defect is in place

    name = sys.argv.pop(1)
    DEFECTS[name]()
    sys.argv[0] = "youhui"
    youhui()


if __name__ == "__main__":
    main()
