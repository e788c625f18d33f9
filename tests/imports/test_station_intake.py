"""The intake on a real database: one transaction, and nothing changes when nothing is new."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.claims import StationClaim
from app.domain.stations.official_prices import CeilingClaim
from app.domain.stations.station import Label, OpeningPeriod, Region
from app.ports.errors import StorageUnavailable
from app.ports.station_intake import IntakeCount, StationBatch
from app.settings import without_driver
from app.storage.engine import make_engine
from app.storage.station_intake import PostgresStationIntake
from tests.domain.stations.builders import NOON, claim

A_DAY = timedelta(days=1)


class HeardAnnouncements:
    """Implements `CatalogAnnouncements`; keeps what is announced."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    async def announce(self, version: int) -> None:
        self.heard.append(version)

    async def versions(self) -> AsyncIterator[int]:
        for version in self.heard:
            yield version


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url, pool_size=2)
    yield made
    await made.dispose()


@pytest.fixture
def announcements() -> HeardAnnouncements:
    return HeardAnnouncements()


@pytest.fixture
def intake(engine: AsyncEngine, announcements: HeardAnnouncements) -> PostgresStationIntake:
    return PostgresStationIntake(engine, announcements)


@pytest.fixture
def rows(database_url: str) -> Any:
    """Asks the database; each answer a list of tuples."""

    def ask(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(without_driver(database_url)) as connection:
            return connection.execute(query).fetchall()

    return ask


def batch(*claims: StationClaim, **given: Any) -> StationBatch:
    return StationBatch(**{"source": "test", "claims": claims, "moment": NOON, **given})


def counted(count: IntakeCount) -> tuple[int, int, int, int]:
    return count.new, count.changed, count.unchanged, count.outdated


async def test_stations_products_prices_and_labels_are_written(
    intake: PostgresStationIntake, rows: Any
) -> None:
    prices = {FuelGrade.GASOLINE_92: 7_500, FuelGrade.DIESEL_0: 7_200}
    wanted = batch(
        claim(1, prices=prices, opening=(OpeningPeriod(360, 1_320),), amenities=("SHOP",)),
        regions=(Region(code="310115", name="浦东新区", latitude_e7=1, longitude_e7=2),),
        amenities=(Label(code="SHOP", name=LocalizedText(zh="便利店", en="Shop")),),
    )
    assert counted(await intake.take_stations(wanted)) == (1, 0, 0, 0)
    assert rows(
        "SELECT code, name, brand_code, opening, amenities, generated, source_updated_at"
        " FROM station"
    ) == [("test:s1", "Station 1", "sinopec", [[360, 1320]], ["SHOP"], False, NOON)]
    assert rows(
        "SELECT fuel_grade, effective_from, price_mill_per_litre FROM pump_price ORDER BY 1"
    ) == [("DIESEL_0", NOON, 7_200), ("GASOLINE_92", NOON, 7_500)]
    assert rows("SELECT code, name_zh FROM brand") == [("sinopec", "Sinopec")]
    assert rows("SELECT code FROM region") == [("310115",)]
    assert rows("SELECT name_en FROM amenity") == [("Shop",)]


async def test_the_same_rows_again_change_nothing(
    intake: PostgresStationIntake, announcements: HeardAnnouncements, rows: Any
) -> None:
    wanted = batch(claim(1), claim(2))
    first = await intake.take_stations(wanted)
    everything = "SELECT s.*, p.* FROM station s JOIN pump_price p ON p.station_id = s.id"
    before = rows(everything)
    again = await intake.take_stations(replace(wanted, moment=NOON + A_DAY))
    assert counted(again) == (0, 0, 2, 0)
    assert again.version is None
    assert rows(everything) == before
    assert rows("SELECT version FROM catalog_version") == [(first.version,)]
    assert announcements.heard == [first.version]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Renamed"},
        {"address": "Moved"},
        {"brand_code": "shell", "brand_name": "Shell"},
        {"opening": (OpeningPeriod(0, 60),)},
        {"amenities": ("SHOP",)},
        {"phone": "110"},
        {"prices": {FuelGrade.GASOLINE_92: 7_501}},
        {"prices": {FuelGrade.GASOLINE_92: 7_500, FuelGrade.GASOLINE_95: 8_000}},
        {"prices": {FuelGrade.GASOLINE_95: 7_500}},
    ],
)
async def test_a_change_is_counted_once_and_makes_a_version(
    intake: PostgresStationIntake, change: dict[str, Any]
) -> None:
    first = await intake.take_stations(batch(claim(1), claim(2)))
    changed = batch(claim(1, **{"updated_at": NOON + A_DAY, **change}), claim(2))
    count = await intake.take_stations(changed)
    assert counted(count) == (0, 1, 1, 0)
    assert count.version == (first.version or 0) + 1
    assert counted(await intake.take_stations(changed)) == (0, 0, 2, 0)


async def test_a_price_is_a_point_from_the_rows_time_on(
    intake: PostgresStationIntake, rows: Any
) -> None:
    def priced(day: int, price: int) -> StationBatch:
        moment = NOON + day * A_DAY
        return batch(claim(1, updated_at=moment, prices={FuelGrade.GASOLINE_92: price}))

    for day, price in ((0, 7_500), (1, 7_600), (2, 7_600), (3, 7_500)):
        await intake.take_stations(priced(day, price))
    # Day 2 told the same price again: it has been in force since day 1.
    assert rows(
        "SELECT effective_from, price_mill_per_litre FROM pump_price ORDER BY effective_from"
    ) == [(NOON, 7_500), (NOON + A_DAY, 7_600), (NOON + 3 * A_DAY, 7_500)]


async def test_a_price_corrected_at_the_same_time_replaces_the_point(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1)))
    corrected = batch(claim(1, prices={FuelGrade.GASOLINE_92: 7_400}))
    assert counted(await intake.take_stations(corrected)) == (0, 1, 0, 0)
    assert rows("SELECT effective_from, price_mill_per_litre FROM pump_price") == [(NOON, 7_400)]


async def test_an_older_row_leaves_the_newer_station_alone(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1)))
    older = claim(1, name="Old", updated_at=NOON - A_DAY, prices={FuelGrade.GASOLINE_92: 7_000})
    count = await intake.take_stations(batch(older))
    assert counted(count) == (0, 0, 0, 1)
    assert count.version is None
    assert rows("SELECT name FROM station") == [("Station 1",)]
    assert rows("SELECT price_mill_per_litre FROM pump_price") == [(7_500,)]


async def test_a_grade_no_longer_sold_goes(intake: PostgresStationIntake, rows: Any) -> None:
    both = {FuelGrade.GASOLINE_92: 7_500, FuelGrade.GASOLINE_95: 8_000}
    await intake.take_stations(batch(claim(1, prices=both)))
    await intake.take_stations(batch(claim(1, updated_at=NOON + A_DAY)))
    assert rows("SELECT fuel_grade FROM station_product") == [("GASOLINE_92",)]


async def test_a_source_without_prices_leaves_products_alone(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1)))
    unpriced = claim(1, prices={}, priced=False, updated_at=None)
    assert counted(await intake.take_stations(batch(unpriced))) == (0, 0, 1, 0)
    assert rows("SELECT fuel_grade FROM station_product") == [("GASOLINE_92",)]


async def test_a_place_under_a_new_id_stays_the_same_station(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1, source_id="nsw_9")))
    station_id = rows("SELECT id FROM station")
    renamed = batch(claim(1, source_id="tas_9", updated_at=NOON + A_DAY))
    assert counted(await intake.take_stations(renamed)) == (0, 1, 0, 0)
    assert rows("SELECT id FROM station") == station_id
    assert rows("SELECT code FROM station") == [("test:tas_9",)]
    assert counted(await intake.take_stations(renamed)) == (0, 0, 1, 0)


async def test_the_same_place_in_another_source_is_another_station(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1)))
    await intake.take_stations(batch(claim(1), source="other"))
    assert rows("SELECT code FROM station ORDER BY 1") == [("other:s1",), ("test:s1",)]


async def test_brands_and_regions_that_exist_keep_their_names(
    intake: PostgresStationIntake, rows: Any
) -> None:
    await intake.take_stations(batch(claim(1, brand_name="中国石化")))
    await intake.take_stations(batch(claim(2, brand_name="Sinopec Corp")))
    assert rows("SELECT name_zh FROM brand") == [("中国石化",)]


async def test_all_or_nothing(intake: PostgresStationIntake, rows: Any) -> None:
    # The zone does not exist: the second row violates a foreign key after the first was written.
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await intake.take_stations(batch(claim(1), claim(2, price_zone_code="nowhere:x")))
    assert rows("SELECT count(*) FROM station") == [(0,)]
    assert rows("SELECT count(*) FROM brand") == [(0,)]


async def test_an_empty_batch_makes_no_version(intake: PostgresStationIntake, rows: Any) -> None:
    region = Region(code="1", name="x", latitude_e7=0, longitude_e7=0)
    count = await intake.take_stations(batch(regions=(region,)))
    assert count == IntakeCount()
    assert rows("SELECT count(*) FROM region") == [(0,)]


async def test_two_imports_at_once_make_each_station_once(
    engine: AsyncEngine, announcements: HeardAnnouncements, rows: Any
) -> None:
    intakes = [PostgresStationIntake(engine, announcements) for _ in range(2)]
    wanted = batch(*(claim(line) for line in range(1, 40)))
    counts = await asyncio.gather(*(one.take_stations(wanted) for one in intakes))
    assert sorted(counted(count) for count in counts) == [(0, 0, 39, 0), (39, 0, 0, 0)]
    assert rows("SELECT count(*) FROM station") == [(39,)]


async def test_a_database_that_is_down_is_unavailable() -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StorageUnavailable):
        await PostgresStationIntake(engine).take_stations(batch(claim(1)))
    await engine.dispose()


def ceiling(line: int, price: int = 8_420, day: int = 0, **given: Any) -> CeilingClaim:
    values: dict[str, Any] = {
        "province_code": "310000",
        "province_name": "上海市",
        "zone": "default",
        "zone_name": "默认价区",
        "effective_from": NOON + day * A_DAY,
        "prices": {FuelGrade.GASOLINE_92: price},
    }
    return CeilingClaim(line=line, **{**values, **given})


async def take_counted(
    intake: PostgresStationIntake, claims: Sequence[CeilingClaim]
) -> tuple[int, int, int, int]:
    return counted(await intake.take_ceilings(claims))


async def test_ceilings_are_points_in_time(
    intake: PostgresStationIntake, announcements: HeardAnnouncements
) -> None:
    assert await take_counted(intake, [ceiling(2), ceiling(3, day=9, price=8_500)]) == (2, 0, 0, 0)
    assert await take_counted(intake, [ceiling(2)]) == (0, 0, 1, 0)
    assert await take_counted(intake, [ceiling(2, price=8_410)]) == (0, 1, 0, 0)
    assert announcements.heard == [1, 2]
    history = (await intake.ceilings())["310000:default", FuelGrade.GASOLINE_92]
    assert [point.price_mill_per_litre for point in history.points] == [8_410, 8_500]
    assert await intake.zones() == {"310000:default"}


async def test_a_station_known_without_a_date_takes_the_first(
    intake: PostgresStationIntake, rows: Any
) -> None:
    """Else a file older than what is stored would go unnoticed."""
    await intake.take_stations(batch(claim(1, updated_at=None)))
    await intake.take_stations(batch(claim(1, updated_at=NOON)))
    assert rows("SELECT source_updated_at FROM station") == [(NOON,)]
    older = batch(claim(1, name="Old", updated_at=NOON - A_DAY))
    assert counted(await intake.take_stations(older)) == (0, 0, 0, 1)
