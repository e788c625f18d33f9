"""Keys in, number of statements out: on real rows, with the real repositories."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.checkout.catalog import Catalog
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.profiles.member import Habits
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.usage import Used
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import StationDetails
from app.domain.wallet.coupon import CouponStatus
from app.loaders.public import PublicLoaders
from app.loaders.public.build import build_public_loaders
from app.loaders.viewer import ViewerLoaders
from app.loaders.viewer.build import ViewerSources, build_viewer_loaders
from app.storage.balances import PostgresBalanceRepository
from app.storage.invoices import PostgresInvoiceRepository
from app.storage.members import PostgresMemberRepository
from app.storage.orders import PostgresOrderRepository
from app.storage.refunds import PostgresRefundRepository
from app.storage.statement_count import count_statements
from app.storage.station_details import PostgresStationDetailsRepository
from app.storage.stock import PostgresStockRepository
from app.storage.usage import PostgresUsageRepository
from app.storage.wallets import PostgresWalletRepository
from tests.support import rows
from tests.support.rows import NOON

EMPTY = Catalog(
    version=1,
    stations=StationDirectory.of([]),
    rules=RuleBook.of("1", []),
    brands={},
    amenities={},
    regions={},
)


def viewer_loaders(engine: AsyncEngine, user_id: int) -> ViewerLoaders:
    return build_viewer_loaders(
        user_id,
        NOON,
        ViewerSources(
            members=PostgresMemberRepository(engine),
            wallets=PostgresWalletRepository(engine),
            balances=PostgresBalanceRepository(engine),
            orders=PostgresOrderRepository(engine),
            refunds=PostgresRefundRepository(engine),
            invoices=PostgresInvoiceRepository(engine, None),
            usage=PostgresUsageRepository(engine),
        ),
    )


def public_loaders(engine: AsyncEngine) -> PublicLoaders:
    return build_public_loaders(
        EMPTY,
        NOON,
        station_details=PostgresStationDetailsRepository(engine),
        stock=PostgresStockRepository(engine),
        usage=PostgresUsageRepository(engine),
    )


@pytest.mark.parametrize("stations", [1, 50, 100])
async def test_station_details_are_one_statement(engine: AsyncEngine, stations: int):
    loader = public_loaders(engine).station_details
    with count_statements(engine) as count:
        assert await loader.load_many(range(1, stations + 1)) == [None] * stations
    assert len(count) == 1


@pytest.mark.parametrize("batches", [1, 40])
async def test_stock_is_one_statement(engine: AsyncEngine, batches: int):
    await rows.put_stock(engine, "batch-0", 7)
    loader = public_loaders(engine).issued_by_batch
    with count_statements(engine) as count:
        found = await loader.load_many(f"batch-{number}" for number in range(batches))
    assert found == [7] + [0] * (batches - 1)
    assert len(count) == 1


@pytest.mark.parametrize("codes", [1, 40])
async def test_what_all_have_used_is_one_statement(engine: AsyncEngine, codes: int):
    await rows.put_counter(engine, "code-0", uses=7, fen=700)
    loader = public_loaders(engine).usage_by_code
    with count_statements(engine) as count:
        found = await loader.load_many(f"code-{number}" for number in range(codes))
    assert [list(counters.values()) for counters in found] == [[Used(7, 700)]] + [[]] * (codes - 1)
    assert len(count) == 1


async def test_promotions_by_station_are_no_statement(engine: AsyncEngine):
    loader = public_loaders(engine).promotions_by_station
    with count_statements(engine) as count:
        assert await loader.load_many(range(100)) == [()] * 100
    assert len(count) == 0


@pytest.mark.parametrize("coupons", [1, 10, 200])
async def test_statements_do_not_grow_with_coupons(engine: AsyncEngine, coupons: int):
    await rows.put_member(engine, 1)
    for coupon_id in range(1, coupons + 1):
        await rows.put_coupon(engine, 1, coupon_id)
    loaders = viewer_loaders(engine, 1)
    with count_statements(engine) as count:
        held, counts, *each = await asyncio.gather(
            loaders.open_coupons.load(1),
            loaders.coupon_counts.load(1),
            *(loaders.coupon_by_id.load((1, id_)) for id_ in range(1, coupons + 1)),
        )
    assert len(count) == 3
    assert len(held) == coupons
    assert counts == {CouponStatus.USABLE: coupons}
    assert each == list(held)


async def test_everything_about_a_viewer_is_one_statement_a_kind(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    loaders = viewer_loaders(engine, 1)
    kinds = (
        loaders.member,
        loaders.habits,
        loaders.favourites,
        loaders.open_coupons,
        loaders.coupon_counts,
        loaders.balances,
        loaders.usage,
    )
    with count_statements(engine) as count:
        for _ in range(3):
            await asyncio.gather(*(loader.load(1) for loader in kinds for _ in range(5)))
    assert len(count) == len(kinds)


async def test_a_member_without_rows(engine: AsyncEngine):
    loaders = viewer_loaders(engine, 404)
    assert await loaders.member.load(404) is None
    assert await loaders.habits.load(404) == Habits()
    assert await loaders.favourites.load(404) == frozenset()
    assert await loaders.open_coupons.load(404) == ()
    assert await loaders.coupon_counts.load(404) == {}
    assert await loaders.coupon_by_id.load((404, 1)) is None
    assert await loaders.balances.load(404) == dict.fromkeys(Unit, Balance())
    assert await loaders.usage.load(404) == {}


async def test_counts_are_at_the_request_s_moment(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    await rows.put_coupon(
        engine, 1, 1, valid_from=NOON - timedelta(days=2), valid_until=NOON - timedelta(days=1)
    )
    counts = await viewer_loaders(engine, 1).coupon_counts.load(1)
    assert counts == {CouponStatus.EXPIRED: 1}


async def test_details_come_in_the_order_asked(engine: AsyncEngine):
    await rows.put_brand(engine)
    for station_id in (1, 2, 3):
        await rows.put_station(engine, station_id, phone=f"phone {station_id}")
    found = await public_loaders(engine).station_details.load_many([3, 9, 1])
    assert found == [
        StationDetails(station_id=3, phone="phone 3"),
        None,
        StationDetails(station_id=1, phone="phone 1"),
    ]
