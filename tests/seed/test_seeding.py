"""Seeding a real database: once, idempotent, and never at the cost of what others wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.domain.checkout.catalog import Catalog
from app.domain.orders.settlement import day_at
from app.domain.stations.station import PriceHistory
from app.integrations.demo_seed.source import DemoFiles
from app.ports.errors import StorageUnavailable
from app.ports.seeding import SeedContents, SeedRecipe
from app.resolvers.seed import SeedOutcome, SeedRefusal, SeedRefused, run_seed
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.engine import make_engine
from app.storage.funding import PostgresSettlementRepository
from app.storage.promotions import PostgresPromotionStore
from app.storage.seeding import PostgresSeedStore
from app.storage.tables import metadata
from tests.support.seeded import MOMENT, SMALL, make, seed_small

OTHER = SeedRecipe(stations=130, members=40, seed=5)


@contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def _one(url: str, query: str) -> Any:
    with _connection(url) as connection:
        return connection.execute(query).fetchone()[0]


def _whole(url: str) -> dict[str, str]:
    """A digest of each table's rows."""
    with _connection(url) as connection:
        query = (
            "SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {} AS t"
        )
        return {
            table: connection.execute(query.format(table)).fetchone()[0]
            for table in metadata.tables
        }


def _assert_serves(catalog: Catalog, contents: SeedContents) -> None:
    """All stations as they were made; a catalog leaves out prices that are long over."""
    made = {seeded.station.id: seeded.station for seeded in contents.stations}
    assert set(catalog.stations.by_id) == set(made)
    for station_id, served in catalog.stations.by_id.items():
        station = made[station_id]
        assert replace(served, products={}) == replace(station, products={})
        assert list(served.products) == list(station.products)
        for grade, product in served.products.items():
            points = station.products[grade].pump_price.points
            kept = PriceHistory(points[-len(product.pump_price.points) :])
            assert product == replace(station.products[grade], pump_price=kept)


async def test_writes_everything_of_the_recipe(database_url: str):
    report = await seed_small(database_url)
    contents = make()
    assert report.outcome is SeedOutcome.WRITTEN
    assert report.rows["station"] == _one(database_url, "SELECT count(*) FROM station") == 120
    assert report.rows["member"] == _one(database_url, "SELECT count(*) FROM member") == 50
    assert report.rows["promotion"] == len(contents.promotions)
    for table, of in (("fuel_order", "orders"), ("coupon", "coupons")):
        made = sum(len(getattr(each, of)) for each in contents.members)
        assert report.rows[table] == _one(database_url, f"SELECT count(*) FROM {table}") == made
    assert _one(database_url, "SELECT count(*) FROM ceiling_price") == 171
    assert _one(database_url, "SELECT count(*) FROM station WHERE NOT generated") == 0
    assert _one(database_url, "SELECT count(*) FROM member WHERE NOT generated") == 0
    issued = "SELECT sum(uses) FROM promotion_counter"
    assert _one(database_url, issued) == _one(database_url, "SELECT count(*) FROM coupon")


async def test_what_is_read_back_as_catalog_is_what_was_made(database_url: str):
    await seed_small(database_url)
    source, contents = PostgresCatalogSource(database_url), make()
    async with source.running():
        catalog = source.current()
    assert catalog.version == 1
    _assert_serves(catalog, contents)
    assert dict(catalog.rules.by_code) == {p.code: p for p in contents.promotions}
    assert dict(catalog.brands) == {brand.code: brand for brand in contents.brands}
    assert len(catalog.regions) == len(contents.regions)


async def test_seeding_again_changes_nothing_and_says_so(database_url: str):
    await seed_small(database_url)
    before = _whole(database_url)
    again = await seed_small(database_url, MOMENT + timedelta(days=9))
    assert again.outcome is SeedOutcome.UNCHANGED
    assert again.seeded_at == MOMENT
    assert again.rows == {}
    assert _whole(database_url) == before


async def test_another_recipe_is_refused_without_force(database_url: str):
    await seed_small(database_url)
    before = _whole(database_url)
    with pytest.raises(SeedRefused) as refused:
        await seed_small(database_url, recipe=OTHER)
    assert refused.value.refusal is SeedRefusal.OTHER_SEED
    assert _whole(database_url) == before


async def test_force_leaves_exactly_what_a_fresh_seed_makes(database_url: str):
    await seed_small(database_url, recipe=OTHER)
    await seed_small(database_url, force=True)
    contents = make()
    assert _one(database_url, "SELECT count(*) FROM station") == len(contents.stations)
    assert _one(database_url, "SELECT count(*) FROM member") == len(contents.members)
    source = PostgresCatalogSource(database_url)
    async with source.running():
        catalog = source.current()
    assert catalog.version == 2
    _assert_serves(catalog, contents)
    issued = "SELECT sum(uses) FROM promotion_counter"
    assert _one(database_url, issued) == _one(database_url, "SELECT count(*) FROM coupon")


async def test_every_day_of_the_history_is_settled_to_the_fen(database_url: str):
    await seed_small(database_url)
    orders = [order for each in make().members for order in each.orders if order.paid_at]
    days = {day_at(order, order.paid_at) for order in orders if order.paid_at}
    engine = make_engine(database_url, pool_size=1)
    try:
        settled = [await PostgresSettlementRepository(engine).settlement(day) for day in days]
    finally:
        await engine.dispose()
    assert [day for day in settled if day.differences()] == []
    rows = [row for day in settled for row in day.owed]
    assert sum(row.discount_fen for row in rows) == sum(o.terms.discount_fen for o in orders)
    assert sum(row.refunds for row in rows) == sum(any(o.refunded_lines) for o in orders) > 0


async def test_force_removes_what_demo_members_bought_since(database_url: str):
    await seed_small(database_url)
    with _connection(database_url) as connection:
        connection.execute(
            "INSERT INTO invoice (user_id, order_id, status, title, amount_fen, requested_at)"
            " SELECT user_id, id, 'REQUESTED', '某公司', 100, now() FROM fuel_order LIMIT 1"
        )
        connection.execute(
            "INSERT INTO payment (user_id, order_id, number, method, scene, amount_fen, state,"
            " asked_at, expires_at) SELECT user_id, id, 'pay-1-1', 'WECHAT_PAY', 'APP', 100, 'OPEN',"
            " now(), now() FROM fuel_order LIMIT 1"
        )
        connection.execute(
            "INSERT INTO promotion_counter (code, per, subject, period, period_start, uses)"
            " VALUES ('spent', 'TOTAL', '', 'EVER', '1970-01-01', 3)"
        )
    await seed_small(database_url, recipe=OTHER, force=True)
    for table in ("invoice", "payment", "promotion_counter WHERE code = 'spent'"):
        assert _one(database_url, f"SELECT count(*) FROM {table}") == 0
    refunded = sum(len(each.refunds) for each in make(OTHER).members)
    assert _one(database_url, "SELECT count(*) FROM order_refund") == refunded


async def test_a_database_with_real_members_is_refused_unless_told(database_url: str):
    with _connection(database_url) as connection:
        connection.execute("INSERT INTO member (nickname) VALUES ('真实用户')")
    before = _whole(database_url)
    with pytest.raises(SeedRefused) as refused:
        await seed_small(database_url)
    assert refused.value.refusal is SeedRefusal.FOREIGN_MEMBERS
    assert refused.value.foreign_members == 1
    assert _whole(database_url) == before
    report = await seed_small(database_url, beside_members=True)
    assert report.outcome is SeedOutcome.WRITTEN
    assert _one(database_url, "SELECT count(*) FROM member WHERE NOT generated") == 1


async def test_force_keeps_real_stations_members_orders_and_favourites(database_url: str):
    """A generated station that a real order tells of stays too, without products to sell."""
    await seed_small(database_url, recipe=OTHER)
    gone = "SELECT max(id) FROM station WHERE code LIKE 'demo:310000-%'"
    station_id = _one(database_url, gone)
    with _connection(database_url) as connection:
        connection.execute(
            "INSERT INTO station (id, code, name, brand_code, region_code, address, latitude_e7,"
            " longitude_e7, time_zone) VALUES (7, 'real:7', '真实站', 'sinopec', '110101', '某路',"
            " 399000000, 1164000000, 'Asia/Shanghai')"
        )
        connection.execute("INSERT INTO member (user_id) VALUES (7)")
        connection.execute(
            "INSERT INTO favourite_station (user_id, station_id) VALUES (7, 7), (7, 1000001)"
        )
        connection.execute(
            "INSERT INTO fuel_order (user_id, station_id, fuel_grade, fuel_type, pump_amount_fen,"
            " volume_ml, discount_fen, payable_fen, status, payment_method, placed_at, quote_id,"
            " terms, pay_before, refunded_lines) VALUES (7, %s, 'GASOLINE_92', 'GASOLINE', 20000,"
            " 24000, 0, 20000, 'PLACED', 'WECHAT_PAY', now(), 'q', '{}', now(), '{0}')",
            [station_id],
        )
    await seed_small(database_url, force=True, beside_members=True)
    assert _one(database_url, "SELECT name FROM station WHERE id = 7") == "真实站"
    assert _one(database_url, "SELECT count(*) FROM favourite_station WHERE user_id = 7") == 2
    assert _one(database_url, "SELECT station_id FROM fuel_order WHERE user_id = 7") == station_id
    products = f"SELECT count(*) FROM station_product WHERE station_id = {station_id}"
    assert _one(database_url, products) == 0
    assert _one(database_url, "SELECT count(*) FROM member WHERE generated") == 50


async def test_force_keeps_what_an_operator_published_and_withdraws_what_is_no_more(
    database_url: str,
):
    await seed_small(database_url)
    first, second = make().promotions[:2]
    mine = replace(first, sequence=first.sequence + 1)
    engine = make_engine(database_url, pool_size=1)
    try:
        await PostgresPromotionStore(engine).publish([mine], "operator")
        contents = replace(make(), promotions=[p for p in make().promotions if p != second])
        rows = await PostgresSeedStore(engine).replace(contents, lambda _kind, _done, _total: None)
    finally:
        await engine.dispose()
    assert rows["promotion"] == len(contents.promotions) - 1
    source = PostgresCatalogSource(database_url)
    async with source.running():
        rules = source.current().rules.by_code
    assert rules[first.code] == mine
    assert second.code not in rules


async def test_facts_that_an_import_brought_stay_as_they_are(database_url: str):
    with _connection(database_url) as connection:
        connection.execute("INSERT INTO brand (code, name_zh) VALUES ('sinopec', '中石化')")
        connection.execute(
            "INSERT INTO price_zone VALUES ('110000:default', '110000', 'default', '北京', '全市')"
        )
        connection.execute(
            "INSERT INTO ceiling_price VALUES"
            " ('110000:default', 'GASOLINE_92', '2026-05-09 00:00+08', 8600, NULL)"
        )
    await seed_small(database_url)
    assert _one(database_url, "SELECT name_zh FROM brand WHERE code = 'sinopec'") == "中石化"
    zone = "SELECT name FROM price_zone WHERE code = '110000:default'"
    assert _one(database_url, zone) == "全市"
    assert _one(database_url, "SELECT count(*) FROM ceiling_price") == 172


async def test_the_new_version_is_announced_after_it_is_committed(database_url: str):
    told: list[tuple[int, int]] = []

    class Announcements:
        async def announce(self, version: int) -> None:
            told.append((version, _one(database_url, "SELECT version FROM catalog_version")))

    engine = make_engine(database_url, pool_size=1)
    store = PostgresSeedStore(engine, Announcements())
    try:
        await run_seed(DemoFiles(), store, moment=MOMENT, recipe=SMALL)
        await run_seed(DemoFiles(), store, moment=MOMENT, recipe=SMALL)
    finally:
        await engine.dispose()
    assert told == [(1, 1)]


async def test_rows_that_cannot_be_written_leave_nothing_behind(database_url: str):
    broken = make()
    first = broken.members[-1].orders[0]
    order = replace(first, terms=replace(first.terms, station_id=999))
    member = replace(broken.members[-1], orders=(order,))
    contents = replace(broken, members=[*broken.members[:-1], member])
    before = _whole(database_url)
    engine = make_engine(database_url, pool_size=1)
    try:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await PostgresSeedStore(engine).replace(contents, lambda _kind, _done, _total: None)
    finally:
        await engine.dispose()
    assert _whole(database_url) == before


async def test_a_database_that_is_down_is_storage_unavailable():
    engine = make_engine("postgresql://127.0.0.1:1/nothing", pool_size=1)
    try:
        with pytest.raises(StorageUnavailable):
            await run_seed(DemoFiles(), PostgresSeedStore(engine), moment=MOMENT, recipe=SMALL)
    finally:
        await engine.dispose()
