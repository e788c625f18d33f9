"""Refunds through the database: everything given back once, to the fen, whatever is repeated."""

import random

import pytest

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.orders.refund import line_refund
from app.domain.orders.refund_request import RefundStatus, RestoredKind
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import OrderTerms, RewardTerm, UsageTerm
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.terms import Lane
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText
from app.ports.payment_providers import PaymentUnavailable, ProviderRefundState
from app.resolvers.ledger_moves import grant_credit
from app.resolvers.refund_money import RefundMismatch, send_refund, sweep_refunds
from app.resolvers.refusals import ErrorCode
from app.resolvers.unpaid_orders import expire_order
from tests.domain.promotions.builders import batch
from tests.fakes.world import catalog_of, station
from tests.orders.test_order_life import available
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import PRICES, Shop

FIVE_OFF = applied_term("A", 500)
COUNTED = UsageTerm(
    code="A",
    per=LimitPer.TOTAL,
    period=LimitPeriod.EVER,
    start=EVER_START,
    subject="",
    fen=500,
    max_uses=10,
    max_fen=9_000,
)
USED = "SELECT coalesce(sum(uses), 0), coalesce(sum(fen), 0) FROM promotion_counter"
OWED = "SELECT coalesce(sum(fen), 0) FROM funding_entry"
REFUNDS = "SELECT number, status, money_fen FROM order_refund ORDER BY id"


async def state(shop: Shop, order_id: int) -> tuple[OrderStatus, tuple[int, ...], int]:
    order = await shop.order(order_id)
    return order.status, order.refunded_lines, order.refunded_fen


async def codes(shop: Shop, order_id: int, fen: int | None = None) -> list[ErrorCode]:
    answer = await shop.ask_refund(order_id, fen)
    return [refusal.code for refusal in answer.refusals]


async def test_a_whole_refund_is_asked_for_then_sent_then_done(shop: Shop):
    order_id = await shop.buy(order_terms(FIVE_OFF, usage=(COUNTED,), fee_fen=100))
    assert await shop.rows(USED) == [(1, 500)]
    answer = await shop.ask_refund(order_id, key="r1")
    assert answer.refund is not None
    assert answer.refund.status is RefundStatus.REQUESTED
    assert await state(shop, order_id) == (OrderStatus.REFUNDING, (20_000,), 19_600)
    assert shop.pay.wanted == []
    jobs = "SELECT args->>'refund_id' FROM procrastinate_jobs WHERE task_name = 'refunds.send'"
    assert await shop.rows(jobs) == [(str(answer.refund.id),)]
    for _ in range(2):
        await send_refund(shop.desk(), 1, answer.refund.id)
    assert await state(shop, order_id) == (OrderStatus.REFUNDED, (20_000,), 19_600)
    assert shop.pay.returned_fen == 19_600
    assert [wanted.total_fen for wanted in shop.pay.wanted] == [19_600]
    assert await shop.rows(OWED) == [(0,)]
    assert await shop.rows(USED) == [(0, 0)]
    again = await shop.ask_refund(order_id, key="r1")
    assert again.refund is not None
    assert (again.refund.id, again.refund.status) == (answer.refund.id, RefundStatus.DONE)


async def test_a_part_leaves_the_use_and_gives_back_its_money(shop: Shop):
    order_id = await shop.buy(order_terms(FIVE_OFF, usage=(COUNTED,), fee_fen=100))
    await shop.refund(order_id, 5_000)
    assert await state(shop, order_id) == (OrderStatus.PARTIALLY_REFUNDED, (5_000,), 4_875)
    assert await shop.rows(USED) == [(1, 375)]
    assert await shop.rows(OWED) == [(375,)]
    await shop.refund(order_id)
    assert await state(shop, order_id) == (OrderStatus.REFUNDED, (20_000,), 19_600)
    assert await shop.rows(USED) == [(0, 0)]
    assert await shop.rows(OWED) == [(0,)]
    assert shop.pay.returned_fen == 19_600


@pytest.mark.parametrize("seed", range(3))
async def test_parts_telescope_through_the_database(shop: Shop, seed: int):
    """However a refund is cut into pieces, what stands after each is what one piece would leave."""
    chance = random.Random(seed)
    odd = [applied_term("A", chance.randrange(1, 900)), applied_term("B", chance.randrange(1, 700))]
    terms = order_terms(*odd, pump_amount_fen=chance.randrange(3_000, 20_000), fee_fen=37)
    order_id = await shop.buy(terms)
    line, refunded = terms.ledger.lines[0], 0
    while refunded < terms.pump_amount_fen:
        part = min(chance.randrange(1, 4_000), terms.pump_amount_fen - refunded)
        await shop.refund(order_id, part)
        refunded += part
        whole = refunded == terms.pump_amount_fen
        once = line_refund(line, refunded)
        order = await shop.order(order_id)
        assert order.refunded_fen == once.money_fen + (37 if whole else 0)
        left = {"A": odd[0].discount_fen, "B": odd[1].discount_fen}
        for each, fen in zip(line.parts, once.parts_fen, strict=True):
            left[each.code] -= fen
        found = await shop.rows("SELECT code, sum(fen) FROM funding_entry GROUP BY code")
        assert dict(found) == left
    assert shop.pay.returned_fen == terms.payable_fen
    assert (await shop.order(order_id)).status is OrderStatus.REFUNDED


async def test_more_than_is_left_names_what_is_left(shop: Shop):
    order_id = await shop.buy(order_terms(FIVE_OFF))
    await shop.refund(order_id, 15_000)
    answer = await shop.ask_refund(order_id, 5_001)
    assert answer.refund is None
    [refusal] = answer.refusals
    assert (refusal.code, refusal.at) == (ErrorCode.REFUND_TOO_LARGE, ("pump_amount_fen",))
    assert (refusal.limit, refusal.used) == (5_000, 5_001)


async def test_what_cannot_be_refunded(shop: Shop):
    unpaid = await shop.place(order_terms(FIVE_OFF))
    assert await codes(shop, unpaid) == [ErrorCode.ORDER_STATE]
    assert await codes(shop, 99) == [ErrorCode.NOT_FOUND]
    paid = await shop.buy(order_terms(FIVE_OFF))
    assert await codes(shop, paid, 0) == [ErrorCode.INVALID_INPUT]
    shop.user_id = 2
    assert await codes(shop, paid) == [ErrorCode.NOT_FOUND]
    shop.user_id = 1
    await shop.ask_refund(paid, 100)
    assert await codes(shop, paid, 100) == [ErrorCode.ORDER_STATE]


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_crash_between_the_provider_and_us_is_repeated(shop: Shop, lost: int):
    """The money went back and the answer was lost: asked again, it goes back no second time."""
    order_id = await shop.buy(order_terms(FIVE_OFF))
    answer = await shop.ask_refund(order_id)
    assert answer.refund is not None
    shop.pay.lose_answers = 1
    with pytest.raises(PaymentUnavailable):
        await send_refund(shop.desk(), 1, answer.refund.id)
    assert (await shop.order(order_id)).status is OrderStatus.REFUNDING
    shop.later(minutes=1)
    assert await sweep_refunds(shop.desk()) == 1
    for _ in range(lost):
        await send_refund(shop.desk(), 1, answer.refund.id)
    assert (await shop.order(order_id)).status is OrderStatus.REFUNDED
    assert shop.pay.returned_fen == 19_500
    assert await sweep_refunds(shop.desk()) == 0


async def test_a_provider_that_takes_its_time(shop: Shop):
    shop.pay.refunds_end_as = ProviderRefundState.PROCESSING
    order_id = await shop.buy(order_terms(FIVE_OFF))
    refund_id = await shop.refund(order_id)
    assert await state(shop, order_id) == (OrderStatus.REFUNDING, (20_000,), 19_500)
    shop.pay.end_all(ProviderRefundState.DONE)
    await send_refund(shop.desk(), 1, refund_id)
    assert (await shop.order(order_id)).status is OrderStatus.REFUNDED


@pytest.mark.parametrize("stood", [OrderStatus.PAID, OrderStatus.FULFILLED, OrderStatus.COMPLETED])
async def test_a_rejected_refund_gives_nothing_back_and_the_order_stands(
    shop: Shop, stood: OrderStatus
):
    order_id = await shop.buy(order_terms(FIVE_OFF, usage=(COUNTED,)))
    if stood is OrderStatus.FULFILLED:
        await shop.fuel(order_id)
    if stood is OrderStatus.COMPLETED:
        await shop.complete(order_id)
    shop.pay.declines = True
    refund_id = await shop.refund(order_id, 5_000)
    assert await state(shop, order_id) == (stood, (0,), 0)
    assert await shop.rows(USED) == [(1, 500)]
    assert await shop.rows(OWED) == [(500,)]
    await send_refund(shop.desk(), 1, refund_id)
    shop.pay.declines = False
    await shop.refund(order_id, 5_000)
    assert [status for _, status, _ in await shop.rows(REFUNDS)] == ["REJECTED", "DONE"]
    assert len({number for number, _, _ in await shop.rows(REFUNDS)}) == 2


async def test_another_amount_than_was_asked_is_left_to_a_person(shop: Shop):
    order_id = await shop.buy(order_terms(FIVE_OFF))
    answer = await shop.ask_refund(order_id, 5_000)
    assert answer.refund is not None
    shop.pay.refunds_end_as = ProviderRefundState.PROCESSING
    await send_refund(shop.desk(), 1, answer.refund.id)
    shop.pay.end_all(ProviderRefundState.DONE)
    known = shop.pay.refunds[answer.refund.number]
    shop.pay.refunds[answer.refund.number] = type(known)(
        refund_number=known.refund_number, state=known.state, amount_fen=1
    )
    with pytest.raises(RefundMismatch):
        await send_refund(shop.desk(), 1, answer.refund.id)
    assert (await shop.order(order_id)).status is OrderStatus.REFUNDING


async def test_an_order_of_nothing_is_refunded_without_a_provider(shop: Shop):
    order_id = await shop.buy(order_terms(applied_term("A", 20_000)))
    answer = await shop.ask_refund(order_id)
    assert answer.refund is not None
    assert (answer.refund.status, answer.refund.money_fen) == (RefundStatus.DONE, 0)
    assert await state(shop, order_id) == (OrderStatus.REFUNDED, (20_000,), 0)
    assert await shop.rows(OWED) == [(0,)]
    assert shop.pay.wanted == []


async def test_fuel_credit_comes_back_as_fuel_credit(shop: Shop):
    async with shop.works.begin(1) as work:
        await grant_credit(work, 1, 30_000, "test", shop.moment)
    order_id = await shop.buy(order_terms(FIVE_OFF), PaymentMethod.FUEL_CREDIT)
    assert await available(shop, Unit.FUEL_CREDIT) == (10_500, 0)
    part = await shop.ask_refund(order_id, 4_000)
    assert part.refund is not None
    assert [(r.kind, r.amount) for r in part.refund.restored] == [(RestoredKind.FUEL_CREDIT, 3_900)]
    assert await available(shop, Unit.FUEL_CREDIT) == (14_400, 0)
    await shop.ask_refund(order_id)
    assert await available(shop, Unit.FUEL_CREDIT) == (30_000, 0)
    assert shop.pay.wanted == []


async def with_coupon_and_points(shop: Shop) -> OrderTerms:
    """Terms with coupon 5 and 100 points; the member has both."""
    await rows.put_coupon(shop.engine, 1, 5, batch_code="C")
    await rows.put_points(shop.engine, 1, Balance(available=100))
    shop.moment = rows.NOON
    ticket = applied_term(
        "C", 300, lane=Lane.COUPON, coupon_id=5, title=LocalizedText(zh="三元券", en="3 off")
    )
    burnt = applied_term("P", 100, lane=Lane.POINTS, points=100)
    return order_terms(ticket, burnt)


async def test_coupon_and_points_return_with_the_whole_order_only(shop: Shop):
    terms = await with_coupon_and_points(shop)
    order_id = await shop.buy(terms)
    assert await shop.rows("SELECT status FROM coupon") == [("REDEEMED",)]
    await shop.refund(order_id, 10_000)
    assert await shop.rows("SELECT status FROM coupon") == [("REDEEMED",)]
    assert await available(shop) == (0, 0)
    refund_id = await shop.refund(order_id)
    assert await shop.rows("SELECT status, order_id FROM coupon") == [("USABLE", None)]
    assert await available(shop) == (100, 0)
    async with shop.works.begin(1) as work:
        refund = await work.refunds.refund(1, refund_id)
    assert refund is not None
    assert [(r.kind, r.amount, r.title) for r in refund.restored] == [
        (RestoredKind.POINTS, 100, None),
        (RestoredKind.COUPON, 1, LocalizedText(zh="三元券", en="3 off")),
    ]


async def test_a_coupon_whose_time_is_over_comes_back_expired(shop: Shop):
    order_id = await shop.buy(await with_coupon_and_points(shop))
    shop.later(days=11)
    refund_id = await shop.refund(order_id)
    assert await shop.rows("SELECT status FROM coupon") == [("EXPIRED",)]
    async with shop.works.begin(1) as work:
        refund = await work.refunds.refund(1, refund_id)
    assert refund is not None
    assert RestoredKind.COUPON_EXPIRED in {one.kind for one in refund.restored}


async def test_what_completion_earned_is_taken_back_in_proportion(shop: Shop):
    earned = RewardTerm(
        code="R", title=LocalizedText(zh="积分"), kind=RewardKind.POINTS, points=195
    )
    order_id = await shop.buy(order_terms(FIVE_OFF, rewards=(earned,)))
    await shop.complete(order_id)
    assert await available(shop) == (0, 195)
    await shop.refund(order_id, 5_000)
    assert await available(shop) == (0, 195 - 49)
    await shop.refund(order_id)
    assert await available(shop) == (0, 0)


@pytest.mark.parametrize("used", [False, True])
async def test_a_coupon_that_a_refunded_order_earned_never_comes_back(shop: Shop, used: bool):
    """Another order holds it, or used it, while the one that earned it is refunded; then that
    other one is cancelled, or refunded too."""
    gift = batch("GIFT", 500, delivery=CouponDelivery(valid_days_from_claim=30))
    shop.catalog = catalog_of([station(1, prices=PRICES)], [gift], 1)
    reward = RewardTerm(
        code="R",
        title=LocalizedText(zh="奖励"),
        kind=RewardKind.COUPON,
        batch_code="GIFT",
        stock_kept=True,
    )
    earning = await shop.buy(order_terms(rewards=(reward,)))
    await shop.complete(earning)
    ((coupon_id,),) = await shop.rows("SELECT id FROM coupon")
    ticket = applied_term("GIFT", 500, lane=Lane.COUPON, coupon_id=coupon_id)
    other = await shop.place(order_terms(ticket))
    if used:
        await shop.money_comes(other)
    await shop.refund(earning)
    held = "REDEEMED" if used else "RESERVED"
    assert await shop.rows("SELECT status, order_id FROM coupon") == [(held, other)]
    if used:
        refund_id = await shop.refund(other)
        async with shop.works.begin(1) as work:
            refund = await work.refunds.refund(1, refund_id)
        assert refund is not None
        assert refund.restored == ()
    else:
        shop.later(minutes=15)
        await expire_order(shop.desk(), 1, other)
    assert await shop.rows("SELECT status, order_id FROM coupon") == [("REVOKED", None)]
