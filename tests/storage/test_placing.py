"""Placing, expiring and cancelling orders over PostgreSQL: one transaction, all or nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.audit.record import Actor, ActorKind
from app.domain.orders.terms import OrderTerms, UsageTerm
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import PriceHistory, PricePoint
from app.ports.quote_tokens import QuoteClaims
from app.resolvers.desk import Desk
from app.resolvers.once import Receipt
from app.resolvers.placing import PlaceWanted, place
from app.resolvers.refusals import ErrorCode, Refusal
from app.resolvers.unpaid_orders import CancelWanted, cancel_order, expire_order, sweep_unpaid
from app.storage.engine import make_engine
from app.storage.statement_count import count_statements
from app.storage.work import PostgresWorks
from tests.fakes.world import NOON, catalog_of, station
from tests.support import rows
from tests.support.orders import applied_term, order_terms

PUMP_PRICE = station(1).products[FuelGrade.GASOLINE_92].pump_price_mill_at(NOON)
MOST_STATEMENTS = 8
"""Lock, look up the key, savepoint, order, audit, job and its lookup, the record."""
LATER = NOON + timedelta(minutes=20)


class Unasked:
    """A provider that a use case must not ask while it writes."""

    method = PaymentMethod.WECHAT_PAY


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=8)
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    for user_id in (1, 2):
        await rows.put_member(engine, user_id)
    yield engine
    await engine.dispose()


def desk(engine: AsyncEngine, **others: Any) -> Desk:
    values: dict[str, Any] = {
        "works": PostgresWorks(engine, slots=4),
        "moment": NOON,
        "catalog": catalog_of([station(1)], [], 1),
        "actor": Actor(kind=ActorKind.VIEWER, name="1"),
        "providers": {PaymentMethod.WECHAT_PAY: cast("Any", Unasked())},
    }
    return Desk(**(values | others))


def claims(quote_id: str = "q1", user_id: int | None = 1, **terms: Any) -> QuoteClaims:
    terms = {"pump_price_mill_per_litre": PUMP_PRICE} | terms
    return QuoteClaims(
        quote_id=quote_id,
        user_id=user_id,
        fill=AmountFill(20_000),
        terms=order_terms(applied_term("A", 500), **terms),
        issued_at=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )


def wanted(key: str = "k1", **others: Any) -> PlaceWanted:
    return PlaceWanted(quote_token="t", idempotency_key=key, **others)


def total(max_uses: int | None = None, max_fen: int | None = None, **others: Any) -> UsageTerm:
    values: dict[str, Any] = {
        "code": "A",
        "per": LimitPer.TOTAL,
        "period": LimitPeriod.EVER,
        "start": EVER_START,
        "subject": "",
        "fen": 500,
    }
    return UsageTerm(**(values | others), max_uses=max_uses, max_fen=max_fen)


def codes(answer: Receipt | tuple[Refusal, ...]) -> list[ErrorCode]:
    assert isinstance(answer, tuple), answer
    return [refusal.code for refusal in answer]


def order_id(answer: Receipt | tuple[Refusal, ...]) -> int:
    assert not isinstance(answer, tuple), answer
    return cast("int", answer["order_id"])


async def ask(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def used(engine: AsyncEngine) -> tuple[int, int]:
    query = "SELECT coalesce(sum(uses), 0), coalesce(sum(fen), 0) FROM promotion_counter"
    return cast("tuple[int, int]", (await ask(engine, query))[0])


async def test_an_order_with_all_that_belongs_to_it(engine: AsyncEngine):
    placed = claims(usage=(total(max_fen=1_000),))
    number = order_id(await place(desk(engine), 1, placed, wanted()))
    works = PostgresWorks(engine)
    async with works.begin(1) as work:
        order = await work.orders.order(1, number)
    assert order is not None
    assert order.terms == placed.terms
    assert order.pay_before == NOON + timedelta(minutes=15)
    assert await used(engine) == (1, 500)
    assert await ask(engine, "SELECT act, subject FROM audit_event") == [
        ("order.place", f"order:{number}")
    ]
    jobs = "SELECT task_name FROM procrastinate_jobs"
    assert await ask(engine, jobs) == [("orders.expire",)]


async def test_the_first_answer_again(engine: AsyncEngine):
    """Also long after the quote expired."""
    first = await place(desk(engine), 1, claims(), wanted())
    assert await place(desk(engine, moment=LATER), 1, claims(), wanted()) == first
    other = await place(desk(engine), 1, claims(), wanted(nozzle_no="9"))
    assert codes(other) == [ErrorCode.IDEMPOTENCY_CONFLICT]
    assert await ask(engine, "SELECT count(*) FROM fuel_order") == [(1,)]


async def test_a_refusal_is_an_answer_too_and_leaves_nothing(engine: AsyncEngine):
    gone = claims(usage=(total(max_fen=499),))
    first = await place(desk(engine), 1, gone, wanted())
    assert codes(first) == [ErrorCode.BUDGET_EXHAUSTED]
    assert await place(desk(engine), 1, gone, wanted()) == first
    assert await ask(engine, "SELECT count(*) FROM fuel_order") == [(0,)]
    assert await ask(engine, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


@pytest.mark.parametrize(
    ("given", "asked", "code"),
    [
        ({"user_id": 2}, {}, ErrorCode.QUOTE_NOT_YOURS),
        (
            {"payment_method": PaymentMethod.WECHAT_PAY},
            {"payment_method": PaymentMethod.FUEL_CREDIT},
            ErrorCode.PAYMENT_METHOD_MISMATCH,
        ),
        ({}, {"payment_method": PaymentMethod.ALIPAY}, ErrorCode.INVALID_INPUT),
        ({}, {"nozzle_no": "99"}, ErrorCode.INVALID_INPUT),
        ({}, {"payment_method": PaymentMethod.FUEL_CREDIT}, ErrorCode.PAYMENT_FAILED),
    ],
)
async def test_refusals(
    engine: AsyncEngine, given: dict[str, Any], asked: dict[str, Any], code: ErrorCode
):
    assert codes(await place(desk(engine), 1, claims(**given), wanted(**asked))) == [code]


async def test_a_quote_ends_and_is_used_once(engine: AsyncEngine):
    expired = desk(engine, moment=NOON + timedelta(minutes=5))
    assert codes(await place(expired, 1, claims(), wanted())) == [ErrorCode.QUOTE_EXPIRED]
    order_id(await place(desk(engine), 1, claims(), wanted("k2")))
    again = await place(desk(engine), 1, claims(), wanted("k3", confirm_duplicate=True))
    assert codes(again) == [ErrorCode.QUOTE_USED]


async def test_a_guests_quote_is_placed_by_who_signs_in(engine: AsyncEngine):
    limited = total(max_uses=1, per=LimitPer.USER, subject=None)
    guests = claims(user_id=None, usage=(limited,))
    order_id(await place(desk(engine), 2, guests, wanted()))
    twice = replace(guests, quote_id="q2")
    answer = await place(desk(engine), 2, twice, wanted("k2", confirm_duplicate=True))
    assert isinstance(answer, tuple)
    assert (answer[0].code, answer[0].limit, answer[0].used) == (ErrorCode.LIMIT_REACHED, 1, 1)


async def test_a_ceiling_corrected_downwards_goes_before_the_quote(engine: AsyncEngine):
    known = station(1)
    grade = FuelGrade.GASOLINE_92
    capped = replace(
        known.products[grade], ceiling=PriceHistory((PricePoint(NOON, PUMP_PRICE - 1),))
    )
    lower = catalog_of([replace(known, products={grade: capped})], [], 2)
    answer = await place(desk(engine, catalog=lower), 1, claims(fuel_grade=grade), wanted())
    assert codes(answer) == [ErrorCode.PRICE_CEILING_CHANGED]


async def test_likely_duplicates_want_a_word(engine: AsyncEngine):
    order_id(await place(desk(engine), 1, claims(), wanted()))
    second = claims("q2")
    assert codes(await place(desk(engine), 1, second, wanted("k2"))) == [
        ErrorCode.DUPLICATE_SUSPECTED
    ]
    order_id(await place(desk(engine), 1, second, wanted("k3", confirm_duplicate=True)))


async def test_five_at_once_with_one_key_are_one_order(engine: AsyncEngine):
    answers = await asyncio.gather(*(place(desk(engine), 1, claims(), wanted()) for _ in range(5)))
    assert len({order_id(answer) for answer in answers}) == 1


async def test_unpaid_orders_expire_once_and_release_everything(engine: AsyncEngine):
    number = order_id(await place(desk(engine), 1, claims(usage=(total(9),)), wanted()))
    await expire_order(desk(engine), 1, number)
    assert await ask(engine, "SELECT status FROM fuel_order") == [("PLACED",)]
    late = desk(engine, moment=LATER)
    assert await sweep_unpaid(late) == 1
    await expire_order(late, 1, number)
    assert await ask(engine, "SELECT status, closed_at FROM fuel_order") == [("EXPIRED", LATER)]
    assert await used(engine) == (0, 0)
    acts = await ask(engine, "SELECT act FROM audit_event ORDER BY id")
    assert acts == [("order.place",), ("order.expire",)]


async def test_a_cancelled_order_is_gone_and_stays_so(engine: AsyncEngine):
    """L06 of the acceptance cases: it does not count as a first order either."""
    number = order_id(await place(desk(engine), 1, claims(usage=(total(9),)), wanted()))
    cancelled = CancelWanted(order_id=number, idempotency_key="c1")
    first = await cancel_order(desk(engine), 1, cancelled)
    assert await cancel_order(desk(engine), 1, cancelled) == first
    again = await cancel_order(desk(engine), 1, replace(cancelled, idempotency_key="c2"))
    assert codes(again) == [ErrorCode.ORDER_STATE]
    other = await cancel_order(desk(engine), 2, replace(cancelled, idempotency_key="c3"))
    assert codes(other) == [ErrorCode.NOT_FOUND]
    assert await used(engine) == (0, 0)
    order_id(await place(desk(engine), 1, claims("q2"), wanted("k2")))


async def test_the_last_use_between_preview_and_placement(engine: AsyncEngine):
    """L08 of the acceptance cases: a typed refusal, no order at another price."""
    last = (total(max_uses=1),)
    order_id(await place(desk(engine), 2, claims(user_id=2, usage=last), wanted()))
    assert codes(await place(desk(engine), 1, claims(usage=last), wanted())) == [
        ErrorCode.BUDGET_EXHAUSTED
    ]
    assert await ask(engine, "SELECT user_id FROM fuel_order") == [(2,)]


async def test_many_members_on_one_budget(engine: AsyncEngine):
    for user_id in range(10, 50):
        await rows.put_member(engine, user_id)
    answers = await asyncio.gather(
        *(
            place(
                desk(engine),
                user_id,
                claims(user_id=user_id, usage=(total(max_uses=15),)),
                wanted(),
            )
            for user_id in range(10, 50)
        )
    )
    assert sum(not isinstance(answer, tuple) for answer in answers) == 15
    assert await used(engine) == (15, 7_500)


async def test_terms_are_read_as_they_were_written(engine: AsyncEngine):
    extra = {"usage": (total(3),), "fee_fen": 30, "pump_price_mill_per_litre": PUMP_PRICE}
    terms: OrderTerms = order_terms(applied_term("B", 900), **extra)
    number = order_id(await place(desk(engine), 1, replace(claims(), terms=terms), wanted()))
    async with PostgresWorks(engine).begin(1) as work:
        order = await work.orders.order(1, number)
    assert order is not None
    assert order.terms == terms


async def test_the_statements_of_a_placement(engine: AsyncEngine):
    """They do not grow with what others have ordered, and a counter costs one more and its
    savepoint."""

    async def counted(quote_id: str, **terms: Any) -> int:
        with count_statements(engine) as count:
            answer = await place(
                desk(engine), 1, claims(quote_id, **terms), wanted(quote_id, confirm_duplicate=True)
            )
        order_id(answer)
        return len(count.statements)

    plain = await counted("q1")
    assert plain <= MOST_STATEMENTS
    assert await counted("q2") == plain
    await counted("q3", usage=(total(max_uses=99),))
    assert await counted("q4", usage=(total(max_uses=99),)) == plain + 2
