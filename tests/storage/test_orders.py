"""Orders in PostgreSQL: read by key and by page, and those from before they had terms."""

from datetime import timedelta

from sqlalchemy import create_engine, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.status import OrderStatus
from app.ports.orders import Alike, OrderPage
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.orders import GREATEST_ID, PostgresOrderRepository
from tests.support import rows
from tests.support.rows import NOON


async def put_orders(engine: AsyncEngine, *days_ago: int) -> None:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    for user_id in (1, 2):
        await rows.put_member(engine, user_id)
    for number, days in enumerate(days_ago, 1):
        await rows.put_order(engine, 1, days, id=number)


async def test_an_order_is_found_with_its_member_only(engine: AsyncEngine):
    await put_orders(engine, 3)
    orders = PostgresOrderRepository(engine)
    assert list(await orders.orders_by_id([(1, 1), (2, 1), (1, GREATEST_ID + 1)])) == [(1, 1)]


async def test_pages_go_on_where_the_last_one_ended(engine: AsyncEngine):
    """Newest first; two of one instant by id."""
    await put_orders(engine, 3, 1, 1, 2)
    orders, seen = PostgresOrderRepository(engine), list[int]()
    after = None
    while True:
        found = await orders.page(OrderPage(user_id=1, status=None, first=2, after=after))
        seen += [order.id for order in found[:2]]
        if len(found) <= 2:
            break
        after = found[1].placed_at, found[1].id
    assert seen == [3, 2, 4, 1]
    paid = OrderPage(user_id=1, status=OrderStatus.PAID, first=2)
    assert await orders.page(paid) == ()


async def test_the_newest_that_looks_like_it(engine: AsyncEngine):
    await put_orders(engine, 3, 1)
    wanted = Alike(
        user_id=1,
        station_id=1,
        nozzle_no=None,
        pump_amount_fen=20_000,
        since=NOON - timedelta(days=2),
    )
    other = Alike(
        user_id=1,
        station_id=1,
        nozzle_no="7",
        pump_amount_fen=20_000,
        since=NOON - timedelta(days=9),
    )
    assert list(await PostgresOrderRepository(engine).alike([wanted, other])) == [2, None]


BEFORE = """
INSERT INTO brand (code, name_zh) VALUES ('b', '品牌');
INSERT INTO station (id, code, name, brand_code, region_code, address, latitude_e7, longitude_e7,
    time_zone) VALUES (1, 'test:1', '站', 'b', '110101', '路', 0, 0, 'Asia/Shanghai');
INSERT INTO member (user_id) VALUES (1);
INSERT INTO fuel_order (user_id, id, station_id, fuel_grade, fuel_type, pump_amount_fen, volume_ml,
    discount_fen, payable_fen, status, placed_at, completed_at)
VALUES (1, 1, 1, 'GASOLINE_92', 'GASOLINE', 20000, 25000, 500, 19500, 'COMPLETED', now(), now()),
    (1, 2, 1, 'GASOLINE_92', 'GASOLINE', 20000, 25000, 0, 20000, 'CANCELLED', now(), NULL);
INSERT INTO batch_stock (batch_code, issued) VALUES ('B', 7);
"""


async def test_orders_from_before_get_terms(empty_database_url: str):
    upgrade(empty_database_url, "0006")
    old = create_engine(empty_database_url, poolclass=pool.NullPool)
    with old.begin() as connection:
        connection.execute(text(BEFORE))
    upgrade(empty_database_url)
    engine = make_engine(empty_database_url)
    found = await PostgresOrderRepository(engine).orders_by_id([(1, 1), (1, 2)])
    async with engine.connect() as connection:
        issued = await connection.execute(text("SELECT code, uses FROM promotion_counter"))
        assert [tuple(row) for row in issued] == [("B", 7)]
    await engine.dispose()
    done, cancelled = found[1, 1], found[1, 2]
    assert done.terms.ledger.paid_fen == done.terms.payable_fen == 19_500
    assert done.terms.pump_price_mill_per_litre == 8_000
    assert done.paid_at == done.completed_at
    assert cancelled.terms.discount_fen == 0
    assert cancelled.refunded_lines == (0,)
