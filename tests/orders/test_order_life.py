"""Paid, fulfilled, completed: each once, whatever is repeated, early or late."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.documents.order_terms import TermsUnreadable
from app.domain.loyalty.unit import Unit
from app.domain.orders.lifecycle import OrderAct
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import RewardTerm
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.shared.text import LocalizedText
from app.resolvers.order_life import complete_order, fulfil_order, sweep_order_life
from app.resolvers.refusals import Advice, ErrorCode, Subject
from app.resolvers.unpaid_orders import expire_order, sweep_unpaid
from tests.domain.promotions.builders import batch
from tests.fakes.world import catalog_of, station
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import PRICES, Shop

JOBS = "SELECT task_name FROM procrastinate_jobs WHERE task_name <> 'accounts.release' ORDER BY id"
ACTS = "SELECT act FROM audit_event WHERE subject LIKE 'order:%' ORDER BY id"


def reward(**gives: object) -> RewardTerm:
    return RewardTerm(code="R", title=LocalizedText(zh="奖励"), **gives)


POINTS = reward(kind=RewardKind.POINTS, points=195)


async def available(shop: Shop, unit: Unit = Unit.POINTS) -> tuple[int, int]:
    """Available and pending."""
    async with shop.works.begin(shop.user_id) as work:
        account = await work.accounts.account(shop.user_id, unit)
    return account.available, account.pending


async def test_a_paid_order_is_owed_for_and_fulfilled_later(shop: Shop):
    order_id = await shop.buy(order_terms(applied_term("A", 500)))
    order = await shop.order(order_id)
    assert (order.status, order.paid_at) == (OrderStatus.PAID, shop.moment)
    assert await shop.rows(
        "SELECT order_id, refund_id, station_day::text, funder, code, fen FROM funding_entry"
    ) == [(order_id, None, "2026-04-22", "PLATFORM", "A", 500)]
    assert ("orders.fulfil",) in await shop.rows(JOBS)
    assert await shop.rows(ACTS) == [("order.place",), ("order.pay",)]


async def test_an_order_that_costs_nothing_is_paid_when_it_is_placed(shop: Shop):
    free = order_terms(applied_term("A", 20_000))
    order_id = await shop.place(free)
    assert (await shop.order(order_id)).status is OrderStatus.PAID
    assert await shop.rows("SELECT sum(fen) FROM funding_entry") == [(20_000,)]


async def test_jobs_that_run_early_or_twice_change_nothing(shop: Shop):
    order_id = await shop.buy(order_terms(rewards=(POINTS,)))
    shop.later(minutes=9, seconds=59)
    await fulfil_order(shop.desk(), 1, order_id)
    await complete_order(shop.desk(), 1, order_id)
    assert (await shop.order(order_id)).status is OrderStatus.PAID
    shop.later(seconds=1)
    fulfilled_at = shop.moment
    for _ in range(2):
        await fulfil_order(shop.desk(), 1, order_id)
        shop.later(hours=1)
    order = await shop.order(order_id)
    assert (order.status, order.fulfilled_at) == (OrderStatus.FULFILLED, fulfilled_at)
    await complete_order(shop.desk(), 1, order_id)
    assert (await shop.order(order_id)).status is OrderStatus.FULFILLED
    shop.moment = fulfilled_at + timedelta(hours=24)
    completed_at = shop.moment
    for _ in range(2):
        await complete_order(shop.desk(), 1, order_id)
        shop.later(minutes=1)
    order = await shop.order(order_id)
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETED, completed_at)
    assert await available(shop) == (0, 195)
    assert [act for (act,) in await shop.rows(ACTS)] == [
        "order.place",
        "order.pay",
        "order.fulfil",
        "order.complete",
    ]


async def test_an_order_that_does_not_exist_is_nobodys_fault(shop: Shop):
    await fulfil_order(shop.desk(), 1, 99)
    await complete_order(shop.desk(), 1, 99)
    assert await shop.rows(ACTS) == []


async def test_sweeps_find_what_lost_jobs_left(shop: Shop):
    order_id = await shop.buy(order_terms())
    async with shop.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    assert await sweep_order_life(shop.desk()) == 0
    shop.later(minutes=10)
    for _ in range(2):
        assert await sweep_order_life(shop.desk()) == 1
    assert await shop.rows(JOBS) == [("orders.fulfil",)]
    await fulfil_order(shop.desk(), 1, order_id)
    shop.later(hours=24)
    assert await sweep_order_life(shop.desk()) == 1
    assert await shop.rows(JOBS) == [("orders.fulfil",), ("orders.complete",)]


async def test_a_partly_refunded_order_is_still_fuelled_and_completed(shop: Shop):
    """A quarter came back before completion: three quarters of the points are earned."""
    order_id = await shop.buy(order_terms(rewards=(POINTS,)))
    await shop.refund(order_id, 5_000)
    shop.later(minutes=10)
    async with shop.works.begin(None) as work:
        assert await work.orders.due(OrderAct.FULFIL, shop.moment, 9) == [(1, order_id)]
    shop.later(minutes=-10)
    await shop.complete(order_id)
    order = await shop.order(order_id)
    assert order.status is OrderStatus.PARTIALLY_REFUNDED
    assert order.completed_at == shop.moment
    assert await available(shop) == (0, 195 - 49)


def shop_with(shop: Shop, *promotions: Promotion) -> Shop:
    shop.catalog = catalog_of([station(1, prices=PRICES)], promotions, 1)
    return shop


async def test_completion_grants_the_coupon_that_was_promised_once(shop: Shop):
    shop_with(shop, batch("GIFT", 500))
    gift = reward(kind=RewardKind.COUPON, batch_code="GIFT", batch_title=LocalizedText(zh="五元券"))
    order_id = await shop.buy(order_terms(rewards=(gift,)))
    await shop.complete(order_id)
    await complete_order(shop.desk(), 1, order_id)
    held = await shop.rows("SELECT batch_code, status, cause FROM coupon")
    assert held == [("GIFT", "USABLE", f"order:{order_id}:earn:R")]


def scarce(stock: int) -> Promotion:
    delivery = CouponDelivery(valid_days_from_claim=7, stock=stock)
    return batch("GIFT", 500, delivery=delivery)


GIFT = reward(
    kind=RewardKind.COUPON,
    batch_code="GIFT",
    batch_title=LocalizedText(zh="五元券"),
    stock_kept=True,
    batch_stock=1,
)
STOCK = "SELECT coalesce(sum(uses), 0)::int FROM promotion_counter WHERE code = 'GIFT'"


async def test_a_promised_coupon_is_kept_from_placement_to_completion(shop: Shop):
    """Who comes between is refused, not whoever was promised it."""
    shop_with(shop, scarce(1))
    first = await shop.buy(order_terms(rewards=(GIFT,)))
    assert await shop.rows(STOCK) == [(1,)]
    answer = await shop.try_place(order_terms(rewards=(GIFT,)))
    assert isinstance(answer, tuple)
    assert [(r.code, r.subject, r.advice, r.limit) for r in answer] == [
        (ErrorCode.OUT_OF_STOCK, Subject.REWARD, Advice.REQUOTE, 1)
    ]
    await shop.complete(first)
    assert await shop.rows("SELECT batch_code FROM coupon") == [("GIFT",)]
    assert await shop.rows(STOCK) == [(1,)]


async def test_a_promised_coupon_is_in_stock_again_when_the_order_is_off(shop: Shop):
    shop_with(shop, scarce(1))
    unpaid = await shop.place(order_terms(rewards=(GIFT,)))
    shop.later(minutes=15)
    await expire_order(shop.desk(), 1, unpaid)
    assert await shop.rows(STOCK) == [(0,)]
    refunded = await shop.buy(order_terms(rewards=(GIFT,)))
    await shop.refund(refunded, 5_000)
    assert await shop.rows(STOCK) == [(1,)]
    await shop.refund(refunded)
    assert await shop.rows(STOCK) == [(0,)]
    completed = await shop.buy(order_terms(rewards=(GIFT,)))
    await shop.complete(completed)
    await shop.refund(completed)
    assert await shop.rows("SELECT status FROM coupon") == [("REVOKED",)]
    assert await shop.rows(STOCK) == [(1,)]


async def test_a_batch_withdrawn_meanwhile_leaves_nothing_counted(shop: Shop):
    shop_with(shop, scarce(1))
    order_id = await shop.buy(order_terms(rewards=(GIFT,)))
    shop_with(shop)
    await shop.complete(order_id)
    assert await shop.rows(STOCK) == [(0,)]
    assert await shop.rows("SELECT 1 FROM coupon") == []


async def test_a_batch_that_has_gone_gives_nothing_and_the_order_completes(shop: Shop):
    gift = reward(kind=RewardKind.COUPON, batch_code="GONE", batch_title=LocalizedText(zh="五元券"))
    order_id = await shop.buy(order_terms(rewards=(gift,)))
    await shop.complete(order_id)
    assert (await shop.order(order_id)).status is OrderStatus.COMPLETED
    assert await shop.rows("SELECT 1 FROM coupon") == []


async def test_an_order_that_cannot_be_read_holds_up_no_other(shop: Shop):
    spoilt, other = [await shop.place(order_terms()) for _ in range(2)]
    async with shop.engine.begin() as connection:
        broken = "UPDATE fuel_order SET terms = terms - 'ledger' WHERE id = :id"
        await connection.execute(text(broken), {"id": spoilt})
    shop.later(minutes=15)
    with pytest.raises(TermsUnreadable):
        await sweep_unpaid(shop.desk())
    statuses = await shop.rows("SELECT id, status FROM fuel_order ORDER BY id")
    assert statuses == [(spoilt, "PLACED"), (other, "EXPIRED")]
