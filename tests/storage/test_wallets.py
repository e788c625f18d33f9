"""Coupons as PostgreSQL keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.ports.wallets import CouponPage
from app.storage.statement_count import count_statements
from app.storage.wallets import PostgresWalletRepository
from tests.support import rows
from tests.support.rows import NOON

DAY = timedelta(days=1)


@pytest.fixture
async def wallets(engine: AsyncEngine) -> PostgresWalletRepository:
    """Member 1 with a coupon of each status and one past its end, member 2 with one."""
    await rows.put_member(engine, 1)
    await rows.put_member(engine, 2)
    for coupon_id, status in enumerate(CouponStatus, start=1):
        await rows.put_coupon(engine, 1, coupon_id, status=status.value)
    await rows.put_coupon(engine, 1, 6, valid_from=NOON - 9 * DAY, valid_until=NOON)
    await rows.put_coupon(engine, 1, 7, batch_code="other", valid_until=NOON + DAY)
    await rows.put_coupon(engine, 2, 8)
    return PostgresWalletRepository(engine)


def wanted(first: int = 20, **others: object) -> CouponPage:
    return CouponPage(**{"user_id": 1, "moment": NOON, "status": None, "first": first} | others)


async def ids(wallets: PostgresWalletRepository, page: CouponPage) -> list[int]:
    return [coupon.id for coupon in await wallets.page(page)]


async def test_open_coupons_are_usable_or_reserved(wallets: PostgresWalletRepository):
    found = await wallets.open_coupons([1, 2, 3])
    assert {user: [coupon.id for coupon in held] for user, held in found.items()} == {
        1: [1, 2, 6, 7],
        2: [8],
    }


async def test_a_coupon_is_read_whole(wallets: PostgresWalletRepository):
    assert (await wallets.open_coupons([2]))[2] == (
        Coupon(
            id=8,
            user_id=2,
            batch_code="batch",
            stored_status=CouponStatus.USABLE,
            claimed_at=NOON,
            valid_from=NOON,
            valid_until=NOON + 10 * DAY,
        ),
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, [6, 7, 1, 2, 3, 4, 5]),
        (CouponStatus.USABLE, [7, 1]),
        (CouponStatus.RESERVED, [2]),
        (CouponStatus.REDEEMED, [3]),
        (CouponStatus.EXPIRED, [6, 4]),
        (CouponStatus.REVOKED, [5]),
    ],
)
async def test_pages_by_status(
    wallets: PostgresWalletRepository, status: CouponStatus | None, expected: list[int]
):
    assert await ids(wallets, wanted(status=status)) == expected


async def test_status_in_pages_is_the_domain_s(wallets: PostgresWalletRepository):
    for moment in (NOON - DAY, NOON, NOON + DAY, NOON + 11 * DAY):
        everything = await wallets.page(wanted(moment=moment))
        for status in CouponStatus:
            expected = [coupon for coupon in everything if coupon.status_at(moment) is status]
            found = await wallets.page(wanted(moment=moment, status=status))
            assert list(found) == expected


async def test_a_page_holds_one_more_than_asked_and_goes_on_behind_it(
    wallets: PostgresWalletRepository,
):
    seen: list[int] = []
    after = None
    while True:
        page = await wallets.page(wanted(first=2, after=after))
        seen += [coupon.id for coupon in page[:2]]
        if len(page) < 3:
            break
        after = (page[1].valid_until, page[1].id)
    assert seen == [6, 7, 1, 2, 3, 4, 5]


async def test_pages_by_batch_and_end(wallets: PostgresWalletRepository):
    assert await ids(wallets, wanted(batch_codes=frozenset({"other"}))) == [7]
    assert await ids(wallets, wanted(batch_codes=frozenset())) == []
    usable = CouponStatus.USABLE
    assert await ids(wallets, wanted(status=usable, ends_before=NOON + 3 * DAY)) == [7]
    assert await ids(wallets, wanted(status=usable, ends_before=NOON + DAY)) == []


async def test_counts_are_at_the_moment(wallets: PostgresWalletRepository):
    assert await wallets.counts([1, 2, 3], NOON) == {
        1: {
            CouponStatus.USABLE: 2,
            CouponStatus.RESERVED: 1,
            CouponStatus.REDEEMED: 1,
            CouponStatus.EXPIRED: 2,
            CouponStatus.REVOKED: 1,
        },
        2: {CouponStatus.USABLE: 1},
    }
    later = await wallets.counts([2], NOON + 10 * DAY)
    assert later == {2: {CouponStatus.EXPIRED: 1}}


async def test_another_member_s_coupon_is_never_found(wallets: PostgresWalletRepository):
    found = await wallets.coupons_by_id([(1, 1), (2, 1), (1, 8), (2, 8), (3, 8), (1, 99)])
    assert {key: coupon.id for key, coupon in found.items()} == {(1, 1): 1, (2, 8): 8}


@pytest.mark.parametrize("key", [(1, 2**63), (1, 2**70), (1, -1), (2**70, 1)])
async def test_ids_out_of_range_are_not_found(
    wallets: PostgresWalletRepository, key: tuple[int, int]
):
    assert await wallets.coupons_by_id([key]) == {}


async def test_each_method_is_one_statement(engine: AsyncEngine, wallets: PostgresWalletRepository):
    many = list(range(1, 300))
    for read in (
        wallets.open_coupons(many),
        wallets.page(wanted(batch_codes=frozenset(map(str, many)))),
        wallets.counts(many, NOON),
        wallets.coupons_by_id([(1, coupon_id) for coupon_id in many]),
    ):
        with count_statements(engine) as count:
            await read
        assert len(count) == 1, count.statements


async def test_the_wallet_is_read_by_index(engine: AsyncEngine, wallets: PostgresWalletRepository):
    """A page needs neither a sort of the whole wallet nor a scan of the table."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                """INSERT INTO coupon (user_id, id, batch_code, claimed_at, valid_from, valid_until)
                SELECT 1 + i % 2, 1000 + i, 'batch', now(), now(), now() + i * interval '1 minute'
                FROM generate_series(1, 20000) i"""
            )
        )
        await connection.execute(text("ANALYZE coupon"))
        plan = await connection.execute(
            text(
                """EXPLAIN SELECT id FROM coupon WHERE user_id = 1
                AND (valid_until, id) > (now(), 5) ORDER BY valid_until, id LIMIT 21"""
            )
        )
        steps = "\n".join(row[0] for row in plan)
    assert "ix_coupon__user_id_valid_until_id" in steps
    assert "Sort" not in steps
