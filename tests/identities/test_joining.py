"""Two accounts become one: nothing is lost, nothing is doubled, and double entry holds."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.promotions.terms import Lane
from app.ports.invoices import InvoiceRepository
from app.ports.payment_notices import NoticeKind, ProviderNotice
from app.resolvers.accounts import release_account
from app.resolvers.payment_money import payment_notice
from app.resolvers.referrals import make_code
from app.storage.invoices import PostgresInvoiceRepository
from app.storage.joining import COVERED, RULES
from app.storage.tables import (
    USER_OWNED,
    IdempotentRequestRow,
    PromotionUsageRow,
    table_of,
)
from app.worker.application import _follow
from app.worker.task import Task
from tests.fakes.world import NOON
from tests.identities.pairs import ELDER, REWARDED, YOUNGER, Two, live
from tests.storage.test_accounts import BROKEN
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import SEALER


def test_every_table_of_a_member_has_a_rule():
    assert set(USER_OWNED) - COVERED == set()


def test_a_table_without_a_rule_is_noticed():
    class Forgotten:
        """A table that somebody added."""

    assert {*USER_OWNED, Forgotten} - COVERED == {Forgotten}


def test_each_rule_stands_once_and_after_what_it_refers_to():
    order = [table_of(row) for row, _ in RULES]
    assert len(order) == len(set(order))
    for place, table in enumerate(order):
        referred = {key.column.table for key in table.foreign_keys}
        later = referred & set(order[place + 1 :])
        assert later == set(), f"{table.name} before {later}"


async def counts(two: Two) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in USER_OWNED:
        name = table_of(row).name
        query = f"SELECT count(*) FROM {name} WHERE user_id IN ({ELDER}, {YOUNGER})"
        found[name] = (await two.rows(query))[0][0]
    return found


ONCE = {
    "member",
    "member_preferences",
    "member_session",
    "loyalty_account",
    "promotion_usage",
    "code_miss",
    "referrer",
    "favourite_station",
    "idempotent_request",
}
"""Tables whose rows of both become one: of the elder, or the sum."""


async def test_nothing_is_lost(two: Two, engine: AsyncEngine):
    orders = [await live(shop, engine, shop.user_id) for shop in (two.elder, two.younger)]
    before = await counts(two)
    joined = await two.join()
    after = await counts(two)
    for name, number in before.items():
        more = {"audit_event": 1}.get(name, 0)
        if name not in ONCE:
            assert after[name] == number + more, name
    assert len(joined.ended) == 1
    assert {key for (key,) in await two.rows("SELECT id FROM fuel_order WHERE user_id = 1")} == set(
        orders
    )
    assert await two.rows("SELECT uses, fen FROM promotion_usage") == [(3, 300)]
    assert await two.rows("SELECT misses FROM code_miss") == [(3,)]
    assert await two.rows("SELECT rewarded FROM referrer") == [(3,)]
    assert await two.rows("SELECT theme FROM member_preferences") == [("LIGHT",)]
    favourites = "SELECT station_id FROM favourite_station ORDER BY station_id"
    assert await two.rows(favourites) == [(1,), (2,)]
    causes = "SELECT cause FROM coupon ORDER BY cause"
    assert await two.rows(causes) == [("joined:2:run:1",), ("run:1",)]
    assert await two.balance(Unit.FUEL_CREDIT) == (600, 0, 0)
    repository: InvoiceRepository = PostgresInvoiceRepository(engine, SEALER)
    invoices = await repository.invoices_by_order([(ELDER, order_id) for order_id in orders])
    assert {one.bill.email for one in invoices.values()} == {"bill@example.com"}
    assert len(invoices) == 2


async def test_what_has_joined_goes_on_as_the_elders(two: Two):
    """Cooling ends, a refund takes back, all by the renumbered lots."""
    for shop in (two.elder, two.younger):
        order_id = await shop.buy(REWARDED)
        await shop.complete(order_id)
    await two.join()
    shop = two.elder
    shop.moment = two.younger.moment + timedelta(days=8)
    assert await two.balance() == (0, 400, 0)
    for _ in range(2):
        await release_account(shop.desk(), ELDER)
    assert await two.balance() == (400, 0, 0)
    await shop.refund(order_id)
    assert await two.balance() == (200, 0, 0)
    assert await two.rows(BROKEN) == []


async def test_what_one_owes_is_paid_by_what_the_other_has(two: Two, engine: AsyncEngine):
    order_id = await two.elder.buy(REWARDED)
    await two.elder.complete(order_id)
    two.elder.later(days=8)
    await release_account(two.elder.desk(), ELDER)
    burnt = order_terms(applied_term("P", 150, lane=Lane.POINTS, points=150))
    await two.elder.place(burnt)
    await two.elder.refund(order_id)
    assert await two.balance() == (0, 0, 150)
    await rows.put_points(engine, YOUNGER, Balance(available=500))
    await two.join()
    assert await two.balance() == (350, 0, 0)
    last = "SELECT kind, occasion, amount, cause FROM ledger_entry ORDER BY seq DESC LIMIT 1"
    assert await two.rows(last) == [("ADJUST", "JOINING", -150, "join:2")]


async def test_accounts_that_opened_alike_keep_both_openings(two: Two, engine: AsyncEngine):
    for user_id in (ELDER, YOUNGER):
        await rows.put_points(engine, user_id, Balance(available=10 * user_id, pending=5))
    await two.join()
    assert await two.balance() == (30, 10, 0)
    causes = "SELECT cause FROM ledger_entry WHERE starts_with(cause, 'joined:')"
    assert len(await two.rows(causes)) == 2


async def test_the_profile_of_both(two: Two, engine: AsyncEngine):
    update = (
        "UPDATE member SET nickname = CASE WHEN user_id = 2 THEN '小王' END,"
        " tier = CASE WHEN user_id = 2 THEN 'GOLD' ELSE 'SILVER' END,"
        " segments = CASE WHEN user_id = 2 THEN '{b,c}'::text[] ELSE '{a,b}'::text[] END"
        " WHERE user_id IN (1, 2) RETURNING 1"
    )
    async with engine.begin() as connection:
        await connection.exec_driver_sql(update)
    await two.join()
    found = await two.rows("SELECT nickname, tier, segments FROM member WHERE user_id = 1")
    assert found == [("小王", "GOLD", ["a", "b", "c"])]


async def test_an_answer_that_both_gave_to_one_key_stays_the_elders(two: Two, engine: AsyncEngine):
    for user_id in (ELDER, YOUNGER):
        answered = {"user_id": user_id, "key": "k", "operation": "x", "input_hash": "0" * 64}
        answered |= {"answer": {"receipt": {"of": user_id}}, "created_at": NOON}
        await rows.put(engine, IdempotentRequestRow, answered)
    await two.join()
    assert await two.rows("SELECT answer FROM idempotent_request") == [({"receipt": {"of": 1}},)]


async def test_both_share_codes_go_on_working(two: Two):
    codes = [await make_code(shop.desk(), shop.user_id) for shop in (two.elder, two.younger)]
    await two.join()
    async with two.people.works.begin(None) as work:
        assert {await work.referrals.owner_of(code) for code in codes} == {ELDER}
    assert await make_code(two.elder.desk(), ELDER) == codes[0]


async def test_a_code_that_only_the_younger_had_is_the_elders_own(two: Two):
    code = await make_code(two.younger.desk(), YOUNGER)
    await two.join()
    assert await make_code(two.elder.desk(), ELDER) == code


async def test_a_job_that_waits_is_done_for_the_elder(two: Two):
    order_id = await two.younger.buy(REWARDED)
    await two.join()
    jobs = (
        "SELECT DISTINCT (args->>'user_id')::bigint FROM procrastinate_jobs WHERE args ? 'user_id'"
    )
    assert await two.rows(jobs) == [(ELDER,)]
    await two.elder.complete(order_id)
    assert await two.rows("SELECT status FROM fuel_order") == [("COMPLETED",)]


async def test_a_job_that_was_running_follows(two: Two):
    await two.join()
    asked: list[int] = []

    async def act(desk: Any, user_id: int) -> None:
        asked.append(user_id)
        async with desk.works.begin(user_id):
            pass

    await _follow(Task("a.task", act), two.elder.desk, {"user_id": YOUNGER})
    assert asked == [YOUNGER, ELDER]


async def test_a_notice_of_a_payment_from_before_pays_the_order(two: Two):
    """The provider knows the number that names the younger."""
    order_id = await two.younger.place(REWARDED)
    ((number, amount),) = await two.rows("SELECT number, amount_fen FROM payment")
    await two.join()
    notice = ProviderNotice(
        notice_id="n1",
        kind=NoticeKind.PAYMENT,
        number=number,
        refund_number=None,
        state="SUCCESS",
        succeeded=True,
        amount_fen=amount,
        transaction_id="t1",
        at=two.elder.moment,
    )
    for each in (notice, replace(notice, notice_id="n2")):
        await payment_notice(two.elder.desk(), each)
    found = await two.rows("SELECT user_id, id, status FROM fuel_order")
    assert found == [(ELDER, order_id, "PAID")]
    assert await two.rows("SELECT count(*) FROM stray_notice") == [(0,)]


async def test_joining_and_buying_at_once_lose_nothing(two: Two):
    """An order is placed before, and then moves, or finds its member gone; never half of it."""
    shop = two.younger
    placing = [shop.place(replace(REWARDED, pump_price_mill_per_litre=8_000)) for _ in range(6)]
    results = await asyncio.gather(two.join(), *placing, return_exceptions=True)
    placed = [one for one in results[1:] if isinstance(one, int)]
    assert not isinstance(results[0], BaseException)
    orders = await two.rows("SELECT user_id, id FROM fuel_order")
    assert sorted(orders) == sorted((ELDER, order_id) for order_id in placed)
    await two.nothing_is_left()


async def test_the_usage_of_limits_is_the_sum(two: Two, engine: AsyncEngine):
    usage = {"code": "daily", "period": "EVER", "period_start": NOON.date(), "fen": 0}
    for user_id in (ELDER, YOUNGER):
        await rows.put(engine, PromotionUsageRow, {"user_id": user_id, "uses": 1} | usage)
    await two.join()
    assert await two.rows("SELECT user_id, uses FROM promotion_usage") == [(ELDER, 2)]
