"""The catalog as it is read from rows: whole, with the prices that matter."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.station import (
    Label,
    OpeningPeriod,
    PricePoint,
    Region,
    Remoteness,
)
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.tables import AmenityRow, CeilingPriceRow, PriceZoneRow, RegionRow
from tests.support import rows
from tests.support.rows import put_version

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_an_empty_database_is_an_empty_catalog(source: PostgresCatalogSource):
    catalog = await source.load()
    assert (catalog.version, catalog.rules.version) == (0, "0")
    assert not catalog.stations.by_id
    assert source.current() is catalog


async def test_a_station_is_read_whole(engine: AsyncEngine, source: PostgresCatalogSource):
    await rows.put_brand(engine)
    zone = {"code": "110000:default", "province_code": "110000", "zone": "default"}
    await rows.put(engine, PriceZoneRow, zone | {"province_name": "北京市", "name": "默认价区"})
    await rows.put(
        engine,
        CeilingPriceRow,
        {
            "zone_code": "110000:default",
            "fuel_grade": "GASOLINE_92",
            "effective_from": LONG_AGO,
            "price_mill_per_litre": 8_460,
        },
    )
    await rows.put(engine, AmenityRow, {"code": "wc", "name_zh": "卫生间", "name_en": "Toilet"})
    region = {"code": "110101", "name": "东城区", "latitude_e7": 399_000_000}
    await rows.put(engine, RegionRow, region | {"longitude_e7": 1_164_000_000})
    await rows.put_station(
        engine,
        1,
        price_zone_code="110000:default",
        opening=[[360, 1_380]],
        amenities=["wc", "shop"],
        tags=["24h"],
        remoteness="SUBURBAN",
        peak_hours=[7, 8, 18],
        service_fee_fen=50,
        generated=True,
    )
    await rows.put_product(engine, 1, "DIESEL_0", (LONG_AGO, 7_900))
    await rows.put_product(engine, 1, "GASOLINE_92", (LONG_AGO, 8_300))
    version = await put_version(engine)
    catalog = await source.load()

    assert (catalog.version, catalog.rules.version) == (version, str(version))
    station = catalog.stations.by_code["test:1"]
    assert station.opening == (OpeningPeriod(360, 1_380),)
    assert (station.amenities, station.tags) == (("wc", "shop"), frozenset({"24h"}))
    assert station.remoteness is Remoteness.SUBURBAN
    assert station.peak_hours == frozenset({7, 8, 18})
    assert (station.service_fee_fen, station.generated) == (50, True)
    assert list(station.products) == [FuelGrade.GASOLINE_92, FuelGrade.DIESEL_0]
    petrol = station.products[FuelGrade.GASOLINE_92]
    assert petrol.nozzles == ("1",)
    assert petrol.pump_price.points == (PricePoint(LONG_AGO, 8_300),)
    assert petrol.ceiling is not None
    assert petrol.ceiling.points == (PricePoint(LONG_AGO, 8_460),)
    assert station.products[FuelGrade.DIESEL_0].ceiling is None
    assert catalog.brands == {"b": Label(code="b", name=LocalizedText(zh="品牌 b"))}
    toilet = LocalizedText(zh="卫生间", en="Toilet")
    assert catalog.amenities == {"wc": Label(code="wc", name=toilet)}
    assert catalog.regions == {
        "110101": Region(
            code="110101", name="东城区", latitude_e7=399_000_000, longitude_e7=1_164_000_000
        )
    }


async def test_prices_in_force_and_to_come_are_read(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    now = datetime.now(UTC)
    day = timedelta(days=1)
    prices = [(now + days * day, 8_000 + days) for days in (-30, -9, -3, 2, 5)]
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_product(engine, 1, "GASOLINE_92", *prices)
    product = (await source.load()).stations.by_id[1].products[FuelGrade.GASOLINE_92]
    assert [p.price_mill_per_litre for p in product.pump_price.points] == [7_997, 8_002, 8_005]
    assert product.pump_price_mill_at(now) == 7_997
    assert product.next_change_after(now) == now + 2 * day


async def test_the_price_of_a_moment_just_past_is_still_known(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    now = datetime.now(UTC)
    changed = now - timedelta(hours=1)
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_product(engine, 1, "GASOLINE_92", (LONG_AGO, 8_000), (changed, 8_100))
    product = (await source.load()).stations.by_id[1].products[FuelGrade.GASOLINE_92]
    assert product.pump_price_mill_at(changed - timedelta(minutes=1)) == 8_000


async def test_a_product_without_a_price_is_not_sold(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_product(engine, 1, "GASOLINE_95")
    assert not (await source.load()).stations.by_id[1].products
