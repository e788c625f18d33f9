"""Claims and codes on PostgreSQL: limits exact under concurrency, one answer a key."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.shopper import Shopper
from app.domain.wallet.codes import code_of, spelled
from app.domain.wallet.coupon import CouponStatus
from app.domain.wallet.lifecycle import CouponAct
from app.domain.wallet.runs import RunKind
from app.resolvers.claims import claim, redeem
from app.resolvers.coupon_moves import grant
from app.resolvers.coupon_runs import (
    SegmentAudience,
    expire_coupons,
    issue_chunk,
    keep_codes,
    revoke_codes,
    revoke_coupon,
    start_run,
)
from app.resolvers.refusals import ErrorCode
from app.storage.statement_count import count_statements
from tests.domain.promotions.builders import batch
from tests.fakes.code_hashes import FakeCodeHashes
from tests.storage.desks import desk_of
from tests.support.rows import NOON, put_brand, put_member, put_order, put_station

HASHES = FakeCodeHashes()
CODE = code_of(123_456_789)


def claimable(code: str = "c", **delivery: object) -> Promotion:
    terms: dict[str, object] = {"claimable": True, "valid_days_from_claim": 7} | delivery
    return batch(code, 500, delivery=CouponDelivery(**terms))


async def one(engine: AsyncEngine, query: str) -> object:
    async with engine.connect() as connection:
        return (await connection.execute(text(query))).scalar_one()


def codes_of(answer: object) -> list[ErrorCode]:
    return [refusal.code for refusal in answer] if isinstance(answer, tuple) else []


async def test_a_claim_gives_one_coupon_with_its_span_record_and_count(engine: AsyncEngine):
    await put_member(engine, 1)
    desk = desk_of(engine, [claimable(stock=3)])
    answer = await claim(desk, Shopper(user_id=1), "c", "k")
    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT * FROM coupon"))).one()
    assert answer == {"coupon": row.id}
    assert (row.status, row.origin, row.valid_from) == ("USABLE", "CLAIM", NOON)
    assert row.valid_until == NOON + timedelta(days=7)
    assert await one(engine, "SELECT sum(uses) FROM promotion_counter") == 1
    assert await one(engine, "SELECT act FROM audit_event") == "coupon.claim"


async def test_the_same_key_answers_the_same_and_gives_nothing_more(engine: AsyncEngine):
    await put_member(engine, 1)
    desk = desk_of(engine, [claimable(per_user=5), claimable("d")])
    first = await claim(desk, Shopper(user_id=1), "c", "k")
    assert await claim(desk, Shopper(user_id=1), "c", "k") == first
    other = await claim(desk, Shopper(user_id=1), "d", "k")
    assert codes_of(other) == [ErrorCode.IDEMPOTENCY_CONFLICT]
    assert await one(engine, "SELECT count(*) FROM coupon") == 1


async def test_per_user_holds_against_parallel_claims(engine: AsyncEngine):
    await put_member(engine, 1)
    desk = desk_of(engine, [claimable(per_user=2)])
    shopper = Shopper(user_id=1)
    answers = await asyncio.gather(*(claim(desk, shopper, "c", f"k{n}") for n in range(5)))
    refused = [answer[0] for answer in answers if isinstance(answer, tuple)]
    assert [(r.code, r.limit, r.used) for r in refused] == [(ErrorCode.ALREADY_CLAIMED, 2, 2)] * 3
    assert await one(engine, "SELECT count(*) FROM coupon") == 2


async def test_the_stock_holds_against_parallel_claims_and_a_refused_one_leaves_nothing(
    engine: AsyncEngine,
):
    for user_id in range(1, 9):
        await put_member(engine, user_id)
    desk = desk_of(engine, [claimable(stock=3)])
    answers = await asyncio.gather(
        *(claim(desk, Shopper(user_id=n), "c", "k") for n in range(1, 9))
    )
    assert sum(isinstance(answer, tuple) for answer in answers) == 5
    assert {code for a in answers for code in codes_of(a)} == {ErrorCode.OUT_OF_STOCK}
    assert await one(engine, "SELECT count(*) FROM coupon") == 3
    assert await one(engine, "SELECT sum(uses) FROM promotion_counter") == 3
    assert await one(engine, "SELECT count(*) FROM audit_event") == 3


@pytest.mark.parametrize(
    ("offer", "refusal"),
    [
        (claimable("other"), ErrorCode.NOT_FOUND),
        (batch("c", 500, delivery=CouponDelivery(valid_days_from_claim=3)), ErrorCode.NOT_ELIGIBLE),
        (
            batch(
                "c",
                500,
                delivery=CouponDelivery(claimable=True, valid_days_from_claim=3),
                validity=Validity(ends_at=NOON),
            ),
            ErrorCode.OFFER_ENDED,
        ),
        (
            batch(
                "c",
                500,
                delivery=CouponDelivery(claimable=True, valid_days_from_claim=3),
                conditions=(InSegment(segments=frozenset({"vip"})),),
            ),
            ErrorCode.NOT_ELIGIBLE,
        ),
    ],
)
async def test_refusals(engine: AsyncEngine, offer: Promotion, refusal: ErrorCode):
    await put_member(engine, 1)
    answer = await claim(desk_of(engine, [offer]), Shopper(user_id=1), "c", "k")
    assert codes_of(answer) == [refusal]
    assert await one(engine, "SELECT count(*) FROM coupon") == 0


async def test_a_member_who_is_gone_signs_in_first(engine: AsyncEngine):
    answer = await claim(desk_of(engine, [claimable()]), Shopper(user_id=1), "c", "k")
    assert codes_of(answer) == [ErrorCode.SIGN_IN_REQUIRED]


async def _with_code(engine: AsyncEngine, **delivery: object) -> Promotion:
    await put_member(engine, 1)
    await put_member(engine, 2)
    given = batch("c", 500, delivery=CouponDelivery(valid_days_from_claim=7, **delivery))
    desk = desk_of(engine, [given])
    run = await start_run(desk, RunKind.CODES, "c", "codes:1")
    done = await keep_codes(desk, run.id, list(HASHES.of(CODE)))
    assert done.finished_at is not None
    return given


async def test_a_code_gives_one_coupon_once_however_it_is_typed(engine: AsyncEngine):
    desk = desk_of(engine, [await _with_code(engine)])
    typed = spelled(CODE).lower().replace("-", " ")
    answers = await asyncio.gather(
        redeem(desk, 1, HASHES, typed, "k"), redeem(desk, 2, HASHES, CODE, "k")
    )
    assert sorted(map(codes_of, answers)) == [[], [ErrorCode.ALREADY_CLAIMED]]
    assert await one(engine, "SELECT count(*) FROM coupon WHERE origin = 'CODE'") == 1
    stored = await one(engine, "SELECT code_hash FROM coupon_code")
    assert stored == sha256(CODE.encode()).digest()


async def test_an_unknown_code_is_counted_and_a_misspelt_one_is_not(engine: AsyncEngine):
    desk = desk_of(engine, [await _with_code(engine)])
    for key in ("a", "b", "b"):
        answer = await redeem(desk, 1, HASHES, code_of(5), key)
        assert codes_of(answer) == [ErrorCode.CODE_UNKNOWN]
    assert codes_of(await redeem(desk, 1, HASHES, "no code", "c")) == [ErrorCode.CODE_UNKNOWN]
    assert await one(engine, "SELECT misses FROM code_miss") == 2


async def test_a_code_out_of_stock_stays_open(engine: AsyncEngine):
    given = await _with_code(engine, stock=1)
    desk = desk_of(engine, [given])
    async with desk.works.begin(2) as work:
        assert await grant(work, 2, given, "reason", NOON) is not None
    assert codes_of(await redeem(desk, 1, HASHES, CODE, "k")) == [ErrorCode.OUT_OF_STOCK]
    assert await one(engine, "SELECT redeemed_by IS NULL FROM coupon_code") is True


async def test_a_revoked_code_is_no_longer_valid(engine: AsyncEngine):
    desk = desk_of(engine, [await _with_code(engine)])
    assert await revoke_codes(desk, "c", None) == 1
    assert await revoke_codes(desk, "c", None) == 0
    assert codes_of(await redeem(desk, 1, HASHES, CODE, "k")) == [ErrorCode.OFFER_ENDED]


async def test_a_grant_is_given_once_a_cause_and_not_beyond_the_stock(engine: AsyncEngine):
    await put_member(engine, 1)
    given = claimable(stock=2)
    desk = desk_of(engine, [given])
    async with desk.works.begin(1) as work:
        first = await grant(work, 1, given, "order:1", NOON)
        assert await grant(work, 1, given, "order:1", NOON) == first
        assert await grant(work, 1, given, "order:2", NOON) is not None
        assert await grant(work, 1, given, "order:3", NOON) is None
    assert await one(engine, "SELECT sum(uses) FROM promotion_counter") == 2


async def test_an_order_holds_uses_and_gives_back_its_coupon(engine: AsyncEngine):
    await put_member(engine, 1)
    given = claimable()
    desk = desk_of(engine, [given])
    order = await _order(engine)
    async with desk.works.begin(1) as work:
        coupon_id = await grant(work, 1, given, "x", NOON)
        assert coupon_id is not None
        book, end = work.coupons, NOON + timedelta(days=7)
        assert await book.reserve(1, [coupon_id], order, end) == frozenset()
        assert await book.reserve(1, [coupon_id], order, NOON) == {coupon_id}
        assert await book.reserve(1, [coupon_id], order, NOON) == frozenset()
        assert (await book.coupons(1, [coupon_id]))[coupon_id].order_id == order
        assert await book.move_of_order(1, order, CouponAct.GIVE_BACK, NOON) == 0
        assert await book.move_of_order(1, order, CouponAct.REDEEM, end) == 1
        assert await book.move_of_order(1, order, CouponAct.RELEASE, NOON) == 0
        assert await book.move_of_order(1, order, CouponAct.GIVE_BACK, NOON) == 1
        assert await book.reserve(1, [coupon_id], order, NOON) == {coupon_id}
        assert await book.move_of_order(1, order, CouponAct.RELEASE, end) == 1
        held = (await book.coupons(1, [coupon_id]))[coupon_id]
    assert (held.stored_status, held.order_id) == (CouponStatus.EXPIRED, None)


async def _order(engine: AsyncEngine) -> int:
    await put_brand(engine)
    await put_station(engine, 1)
    await put_order(engine, 1, 1)
    found = await one(engine, "SELECT id FROM fuel_order")
    assert isinstance(found, int)
    return found


async def test_statements_of_a_claim(engine: AsyncEngine):
    """The member's lock and the key; in a savepoint what they had, the coupon, the record, and in
    another the counter; then the answer. Repeated: the lock and the key."""
    await put_member(engine, 1)
    await put_member(engine, 17)
    desk = desk_of(engine, [claimable()])
    await claim(desk, Shopper(user_id=1), "c", "k")
    with count_statements(engine) as count:
        await claim(desk, Shopper(user_id=17), "c", "k")
    assert len(count) == 10, count.statements
    with count_statements(engine) as again:
        await claim(desk, Shopper(user_id=17), "c", "k")
    assert len(again) == 2, again.statements


async def test_the_sweep_stores_what_has_ended_and_leaves_what_an_order_holds(engine: AsyncEngine):
    await put_member(engine, 1)
    desk = desk_of(engine, [claimable(per_user=3)])
    for key in "abc":
        await claim(desk, Shopper(user_id=1), "c", key)
    held = "UPDATE coupon SET status = 'RESERVED' WHERE id = (SELECT min(id) FROM coupon)"
    async with engine.begin() as connection:
        await connection.execute(text(held))
    assert await expire_coupons(desk) == 0
    late = desk_of(engine, [], NOON + timedelta(days=7))
    assert await asyncio.gather(expire_coupons(late), expire_coupons(late)) in (
        [2, 0],
        [0, 2],
        [1, 1],
    )
    assert await expire_coupons(late) == 0
    assert await one(engine, "SELECT count(*) FROM coupon WHERE status = 'EXPIRED'") == 2


async def test_two_that_go_on_with_one_run_take_turns(engine: AsyncEngine):
    for user_id in range(1, 40):
        await put_member(engine, user_id, segments=["s"])
    desk = desk_of(engine, [claimable(stock=30)])
    audience = SegmentAudience("s")
    run = await start_run(desk, RunKind.ISSUE, "c", audience.name)
    await asyncio.gather(*(issue_chunk(desk, run.id, audience) for _ in range(4)))
    done = await issue_chunk(desk, run.id, audience)
    assert done.finished_at is not None
    assert (done.counts.seen, done.counts.issued, done.counts.short) == (39, 30, 9)
    assert await one(engine, "SELECT count(DISTINCT user_id) FROM coupon") == 30
    assert await one(engine, "SELECT sum(uses) FROM promotion_counter") == 30


async def test_one_revoked_coupon_is_recorded(engine: AsyncEngine):
    await put_member(engine, 1)
    desk = desk_of(engine, [claimable()])
    answer = await claim(desk, Shopper(user_id=1), "c", "k")
    assert not isinstance(answer, tuple)
    for _ in range(2):
        coupon = await revoke_coupon(desk, 1, int(answer["coupon"] or 0))
        assert coupon is not None
        assert coupon.stored_status is CouponStatus.REVOKED
    assert await one(engine, "SELECT count(*) FROM audit_event WHERE act = 'coupon.revoke'") == 1
