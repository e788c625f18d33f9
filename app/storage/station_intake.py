"""Taking judged rows of stations and official prices: COPY into temporary tables, then a few set
operations, all in one transaction with the catalog version that they make."""

from collections.abc import Iterable, Mapping, Sequence
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import CeilingBook, StationClaim
from app.domain.stations.official_prices import CeilingClaim
from app.domain.stations.station import PriceHistory, PricePoint
from app.ports.announcements import CatalogAnnouncements
from app.ports.errors import StorageUnavailable
from app.ports.station_intake import IntakeCount, StationBatch
from app.storage import catalog_version, station_intake_sql
from app.storage.copying import copy_rows, driver_connection
from app.storage.engine import reading, unavailable_on_fault
from app.storage.tables import CeilingPriceRow, PriceZoneRow, table_of


class PostgresStationIntake:
    """Implements `app.ports.station_intake.StationIntake`. `announcements` None: polls find it."""

    def __init__(
        self, engine: AsyncEngine, announcements: CatalogAnnouncements | None = None
    ) -> None:
        self._engine = engine
        self._announcements = announcements

    async def zones(self) -> frozenset[str]:
        code = table_of(PriceZoneRow).c.code
        async with reading(self._engine) as connection:
            return frozenset((await connection.execute(select(code))).scalars())

    async def ceilings(self) -> CeilingBook:
        table = table_of(CeilingPriceRow)
        query = select(
            table.c.zone_code,
            table.c.fuel_grade,
            table.c.effective_from,
            table.c.price_mill_per_litre,
        ).order_by(table.c.zone_code, table.c.fuel_grade, table.c.effective_from)
        points: dict[tuple[str, FuelGrade], list[PricePoint]] = {}
        async with reading(self._engine) as connection:
            for zone, grade, start, price in await connection.execute(query):
                points.setdefault((zone, FuelGrade(grade)), []).append(PricePoint(start, price))
        return {key: PriceHistory(tuple(listed)) for key, listed in points.items()}

    async def take_stations(self, batch: StationBatch) -> IntakeCount:
        async with unavailable_on_fault(), self._engine.begin() as connection:
            count = await put_stations(connection, batch)
        await self._announce(count)
        return count

    async def take_ceilings(self, claims: Sequence[CeilingClaim]) -> IntakeCount:
        async with unavailable_on_fault(), self._engine.begin() as connection:
            count = await put_ceilings(connection, claims)
        await self._announce(count)
        return count

    async def _announce(self, count: IntakeCount) -> None:
        if count.version is not None and self._announcements is not None:
            await self._announcements.announce(count.version)


async def put_stations(connection: AsyncConnection, batch: StationBatch) -> IntakeCount:
    """Takes accepted rows in the caller's transaction and bumps the catalog version if anything
    changed; announcing it after the commit is the caller's."""
    await catalog_version.hold(connection)
    tables: dict[LiteralString, Iterable[Sequence[object]]] = {
        "intake_station (code, name, brand_code, brand_name, region_code, price_zone_code, address,"
        " latitude_e7, longitude_e7, time_zone, opening, amenities, phone, updated_at,"
        " effective_from, priced)": (_station_values(batch, claim) for claim in batch.claims),
        "intake_price (code, fuel_grade, price_mill_per_litre)": (
            (_code(batch, claim), grade.value, price)
            for claim in batch.claims
            for grade, price in claim.prices.items()
        ),
        "intake_region (code, name, latitude_e7, longitude_e7)": (
            (region.code, region.name, region.latitude_e7, region.longitude_e7)
            for region in batch.regions
        ),
        "intake_amenity (code, name_zh, name_en)": (
            (label.code, label.name.zh, label.name.en) for label in batch.amenities
        ),
    }
    return await _take(connection, tables, station_intake_sql.STATIONS, {"source": batch.source})


async def put_ceilings(connection: AsyncConnection, claims: Sequence[CeilingClaim]) -> IntakeCount:
    """As `put_stations`, for official prices; their zones are made where they are missing."""
    await catalog_version.hold(connection)
    tables: dict[LiteralString, Iterable[Sequence[object]]] = {
        "intake_zone (code, province_code, zone, province_name, name, effective_from)": (
            (
                claim.zone_code,
                claim.province_code,
                claim.zone,
                claim.province_name,
                claim.zone_name,
                claim.effective_from,
            )
            for claim in claims
        ),
        "intake_ceiling (zone_code, fuel_grade, effective_from, price_mill_per_litre,"
        " source_url)": (
            (claim.zone_code, grade.value, claim.effective_from, price, claim.source_url)
            for claim in claims
            for grade, price in claim.prices.items()
        ),
    }
    return await _take(connection, tables, station_intake_sql.CEILINGS, {})


def _code(batch: StationBatch, claim: StationClaim) -> str:
    return f"{batch.source}:{claim.source_id}"


def _station_values(batch: StationBatch, claim: StationClaim) -> Sequence[object]:
    if claim.place is None:
        raise ValueError(f"line {claim.line} has no place: it has not been judged")
    return (
        _code(batch, claim),
        claim.name,
        claim.brand_code,
        claim.brand_name,
        claim.region_code,
        claim.price_zone_code,
        claim.address,
        claim.place.latitude_e7,
        claim.place.longitude_e7,
        claim.time_zone,
        Jsonb([[period.opens_minute, period.closes_minute] for period in claim.opening]),
        list(claim.amenities),
        claim.phone,
        claim.updated_at,
        claim.updated_at or batch.moment,
        claim.priced,
    )


async def _take(
    connection: AsyncConnection,
    tables: Mapping[LiteralString, Iterable[Sequence[object]]],
    steps: station_intake_sql.Steps,
    values: Mapping[str, object],
) -> IntakeCount:
    """Fills the temporary tables, runs the steps and counts rows by what became of them."""
    try:
        async with (await driver_connection(connection)).cursor() as cursor:
            await cursor.execute(steps.create)
            for table, rows in tables.items():
                await copy_rows(cursor, sql.SQL(table), rows)
            for statement in steps.judge:
                await cursor.execute(statement, values)
            await cursor.execute(steps.count)
            counted = {str(state): int(number) for state, number in await cursor.fetchall()}
            for statement in steps.write:
                await cursor.execute(statement, values)
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise StorageUnavailable(str(fault)) from fault
    new, changed = counted.get("NEW", 0), counted.get("CHANGED", 0)
    return IntakeCount(
        new=new,
        changed=changed,
        unchanged=counted.get("UNCHANGED", 0),
        outdated=counted.get("OUTDATED", 0),
        version=await catalog_version.bump(connection) if new or changed else None,
    )
