"""Points and fuel credit over PostgreSQL, by the use cases: earned, released, burnt, given back,
taken back, expired; each once, however often it is asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import EntryKind
from app.domain.loyalty.unit import Unit
from app.domain.orders.terms import RewardTerm
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.terms import Lane
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText
from app.ports.balances import StatementPage
from app.ports.work import Work
from app.resolvers import ledger_moves
from app.resolvers.accounts import release_account, sweep_accounts
from app.resolvers.order_life import complete_order
from app.resolvers.refusals import ErrorCode, Refused
from app.resolvers.unpaid_orders import CancelWanted, cancel_order
from app.storage.balances import PostgresBalanceRepository
from app.storage.statement_count import count_statements
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import Shop

BROKEN = """
SELECT 'sum', user_id, unit FROM ledger_posting GROUP BY user_id, unit, entry_seq HAVING sum(amount) <> 0
UNION ALL
SELECT 'account', a.user_id, a.unit FROM loyalty_account a LEFT JOIN ledger_posting p USING (user_id, unit)
GROUP BY a.user_id, a.unit, a.available, a.pending, a.owed
HAVING coalesce(sum(p.amount) FILTER (WHERE holding = 'AVAILABLE'), 0) <> a.available
    OR coalesce(sum(p.amount) FILTER (WHERE holding = 'PENDING'), 0) <> a.pending
    OR -coalesce(sum(p.amount) FILTER (WHERE holding = 'OWED'), 0) <> a.owed
UNION ALL
SELECT 'lots', a.user_id, a.unit FROM loyalty_account a LEFT JOIN ledger_lot l USING (user_id, unit)
GROUP BY a.user_id, a.unit, a.available, a.pending
HAVING coalesce(sum(l.remaining) FILTER (WHERE released), 0) <> a.available
    OR coalesce(sum(l.remaining) FILTER (WHERE NOT released), 0) <> a.pending
UNION ALL
SELECT 'running', user_id, unit FROM (
    SELECT user_id, unit, available_after, sum(amount) FILTER (WHERE NOT pending)
        OVER (PARTITION BY user_id, unit ORDER BY seq) AS running FROM ledger_entry) AS e
WHERE available_after <> coalesce(running, 0)
"""


def earns(code: str, points: int | None = None, credit_fen: int | None = None) -> RewardTerm:
    kind = RewardKind.POINTS if credit_fen is None else RewardKind.FUEL_CREDIT
    title = LocalizedText(zh=code)
    return RewardTerm(code=code, title=title, kind=kind, points=points, credit_fen=credit_fen)


@pytest.fixture
async def shop(engine: AsyncEngine) -> Shop:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_member(engine, 1)
    return Shop(engine)


async def balance(shop: Shop, unit: Unit = Unit.POINTS) -> Balance:
    assert await shop.rows(BROKEN) == []
    found = await PostgresBalanceRepository(shop.engine).balances([1], shop.moment)
    return found.get(1, {}).get(unit, Balance())


async def kinds(shop: Shop, unit: Unit = Unit.POINTS) -> list[str]:
    found = await shop.rows(
        f"SELECT kind, amount FROM ledger_entry WHERE unit='{unit}' ORDER BY seq"
    )
    return [f"{kind} {amount}" for kind, amount in found]


async def in_work(shop: Shop, act: Callable[[Work], Awaitable[None]], times: int = 1) -> None:
    for _ in range(times):
        async with shop.works.begin(shop.user_id) as work:
            await act(work)


REWARDED = order_terms(rewards=(earns("base", points=200), earns("cash", credit_fen=300)))
BURNING = order_terms(applied_term("P", 500, lane=Lane.POINTS, points=500))


async def test_an_order_earns_on_completion_and_may_be_burnt_after_the_cooling(shop: Shop):
    order_id = await shop.buy(REWARDED)
    await shop.complete(order_id)
    assert await balance(shop) == Balance(pending=200)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(pending=300)
    await complete_order(shop.desk(), 1, order_id)
    shop.later(days=7, seconds=-1)
    await release_account(shop.desk(), 1)
    assert await balance(shop) == Balance(pending=200)
    shop.later(seconds=1)
    for _ in range(2):
        await release_account(shop.desk(), 1)
    assert await balance(shop) == Balance(available=200)
    assert await kinds(shop) == ["ACCRUE 200", "RELEASE 200"]
    assert await kinds(shop, Unit.FUEL_CREDIT) == ["ACCRUE 300", "RELEASE 300"]
    jobs = await shop.rows(
        "SELECT args->>'user_id' FROM procrastinate_jobs WHERE task_name = 'accounts.release'"
    )
    assert jobs == [("1",)]


async def test_accruing_twice_for_one_order_earns_once(shop: Shop):
    order_id = await shop.buy(REWARDED)
    order = await shop.order(order_id)
    await in_work(shop, lambda work: ledger_moves.accrue(work, order, shop.moment), times=2)
    assert await balance(shop) == Balance(pending=200)


async def test_points_burn_at_placement_and_return_when_it_is_cancelled(shop: Shop):
    await rows.put_points(shop.engine, 1, Balance(available=800))
    order_id = await shop.place(BURNING)
    assert await balance(shop) == Balance(available=300)
    for key in ("c1", "c1", "c2"):
        await cancel_order(shop.desk(), 1, CancelWanted(order_id=order_id, idempotency_key=key))
    assert await balance(shop) == Balance(available=800)
    assert await kinds(shop) == ["ADJUST 800", "BURN -500", "REVERSE 500"]


async def test_too_few_points_place_no_order(shop: Shop):
    await rows.put_points(shop.engine, 1, Balance(available=499, pending=100))
    with pytest.raises(AssertionError, match="POINTS_SHORT"):
        await shop.place(BURNING)
    assert await balance(shop) == Balance(available=499, pending=100)
    assert await shop.rows("SELECT count(*) FROM fuel_order") == [(0,)]


async def test_points_that_ended_cannot_pay(shop: Shop):
    ends = shop.moment + timedelta(days=1)
    given = Balance(available=600, expiring_soon=400, expiring_at=ends)
    await rows.put_points(shop.engine, 1, given)
    shop.later(days=1)
    assert await balance(shop) == Balance(available=200)
    with pytest.raises(AssertionError, match="POINTS_SHORT"):
        await shop.place(BURNING)
    for _ in range(2):
        await sweep_accounts(shop.desk())
    assert await kinds(shop) == ["ADJUST 400", "ADJUST 200", "EXPIRE -400"]
    assert await sweep_accounts(shop.desk()) == 0


async def test_points_return_to_lots_that_ended_meanwhile_and_expire_again(shop: Shop):
    ends = shop.moment + timedelta(minutes=5)
    given = Balance(available=500, expiring_soon=500, expiring_at=ends)
    await rows.put_points(shop.engine, 1, given)
    order_id = await shop.place(BURNING)
    shop.later(minutes=6)
    wanted = CancelWanted(order_id=order_id, idempotency_key="c")
    await cancel_order(shop.desk(), 1, wanted)
    assert await balance(shop) == Balance()
    assert await kinds(shop) == ["ADJUST 500", "BURN -500", "REVERSE 500", "EXPIRE -500"]


async def test_fuel_credit_pays_an_order_and_comes_back_part_by_part(shop: Shop):
    await rows.put_credit(shop.engine, 1, Balance(available=30_000))
    order_id = await shop.buy(order_terms(), PaymentMethod.FUEL_CREDIT)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(available=10_000)
    await shop.refund(order_id, 5_001)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(available=15_001)
    await shop.refund(order_id)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(available=30_000)


async def test_too_little_credit_is_a_failed_payment(shop: Shop):
    await rows.put_credit(shop.engine, 1, Balance(available=19_999))
    with pytest.raises(AssertionError, match="PAYMENT_FAILED"):
        await shop.place(order_terms(), PaymentMethod.FUEL_CREDIT)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(available=19_999)


async def test_refunds_take_back_what_was_earned_in_proportion_however_they_are_cut(shop: Shop):
    whole, cut = await shop.buy(REWARDED), await shop.buy(REWARDED)
    for order_id in (whole, cut):
        await shop.complete(order_id)
    await shop.refund(whole, 9_999)
    half = await balance(shop)
    for _ in range(3):
        await shop.refund(cut, 3_333)
    # half-up(200 · 9,999 ÷ 20,000) = 100 of each
    assert half == Balance(pending=300)
    assert await balance(shop) == Balance(pending=200)
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance(pending=300)
    await shop.refund(whole)
    await shop.refund(cut)
    assert await balance(shop) == Balance()
    assert await balance(shop, Unit.FUEL_CREDIT) == Balance()


async def test_what_was_spent_before_the_refund_is_owed_and_paid_by_the_next(shop: Shop):
    first = await shop.buy(replace(REWARDED, rewards=(earns("base", points=500),)))
    await shop.complete(first)
    shop.later(days=7)
    await release_account(shop.desk(), 1)
    await shop.buy(BURNING)
    await shop.refund(first)
    assert await balance(shop) == Balance(owed=500)
    second = await shop.buy(replace(REWARDED, rewards=(earns("base", points=600),)))
    await shop.complete(second)
    shop.later(days=7)
    await sweep_accounts(shop.desk())
    assert await balance(shop) == Balance(available=100)


async def test_an_order_that_was_refunded_in_part_earns_on_the_rest(shop: Shop):
    order_id = await shop.buy(REWARDED)
    await shop.refund(order_id, 5_000)
    await shop.complete(order_id)
    assert await balance(shop) == Balance(pending=150)
    await shop.refund(order_id)
    assert await balance(shop) == Balance()


async def test_burns_that_come_together_never_burn_more_than_there_is(shop: Shop):
    await rows.put_points(shop.engine, 1, Balance(available=1_200))
    placed = await asyncio.gather(*(shop.place(BURNING) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, int) for one in placed) == 2
    assert await balance(shop) == Balance(available=200)


async def test_a_refused_burn_leaves_nothing(shop: Shop):
    order_id = await shop.place(order_terms())
    order = replace(await shop.order(order_id), terms=BURNING)
    with pytest.raises(Refused) as refused:
        await in_work(shop, lambda work: ledger_moves.burn_for_order(work, order, shop.moment))
    assert [refusal.code for refusal in refused.value.refusals] == [ErrorCode.POINTS_SHORT]
    assert await kinds(shop) == []


async def test_a_statement_pages_through_all_entries_newest_first(shop: Shop):
    await rows.put_points(shop.engine, 1, Balance(available=5_000))
    for _ in range(4):
        await shop.place(BURNING)
    reads = PostgresBalanceRepository(shop.engine)
    seen: list[tuple[EntryKind, int, int]] = []
    before: int | None = None
    while True:
        with count_statements(shop.engine) as count:
            page = await reads.page(
                StatementPage(user_id=1, unit=Unit.POINTS, first=2, before=before)
            )
        assert len(count) == 1
        seen += [(entry.kind, entry.amount, entry.available_after) for entry in page[:2]]
        if len(page) <= 2:
            break
        before = page[1].seq
    burns = [(EntryKind.BURN, -500, after) for after in (3_000, 3_500, 4_000, 4_500)]
    assert seen == [*burns, (EntryKind.ADJUST, 5_000, 5_000)]
    keys = [(1, Unit.POINTS, 1), (1, Unit.FUEL_CREDIT, 1), (2, Unit.POINTS, 1), (1, Unit.POINTS, 0)]
    assert set(await reads.entries(keys)) == {(1, Unit.POINTS, 1)}


async def test_the_sweep_finds_what_no_job_did(shop: Shop):
    await rows.put_member(shop.engine, 2)
    await rows.put_points(shop.engine, 1, Balance(pending=10))
    await rows.put_points(shop.engine, 2, Balance(pending=20))
    shop.later(days=8)
    assert await sweep_accounts(shop.desk()) == 2
    assert await sweep_accounts(shop.desk()) == 0
    assert await shop.rows("SELECT available FROM loyalty_account ORDER BY user_id") == [
        (10,),
        (20,),
    ]
