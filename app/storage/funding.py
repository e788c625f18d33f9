"""What funders owe, in PostgreSQL: written with payments and refunds, summed by day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.orders.settlement import (
    FundingEntry,
    Owed,
    SettledStation,
    Settlement,
    StationDay,
)
from app.domain.shared.funder import Funder
from app.storage.engine import unavailable_on_fault
from app.storage.tables import FundingEntryRow, table_of

ENTRY = table_of(FundingEntryRow)

OWED = text("""
SELECT s.id, s.code, s.name, e.funder,
       count(DISTINCT (e.user_id, e.order_id)) FILTER (WHERE e.refund_id IS NULL) AS orders,
       coalesce(sum(e.fen) FILTER (WHERE e.refund_id IS NULL), 0) AS discount_fen,
       count(DISTINCT (e.user_id, e.refund_id)) FILTER (WHERE e.refund_id IS NOT NULL) AS refunds,
       coalesce(-sum(e.fen) FILTER (WHERE e.refund_id IS NOT NULL), 0) AS returned_fen
FROM funding_entry e JOIN station s ON s.id = e.station_id
WHERE e.station_day = :day
GROUP BY s.id, s.code, s.name, e.funder
""")
STATIONS = text("""
WITH bounds AS (
    SELECT (CAST(:day AS date) - 1)::timestamp AT TIME ZONE 'UTC' AS earliest,
           (CAST(:day AS date) + 2)::timestamp AT TIME ZONE 'UTC' AS latest
), paid AS (
    SELECT o.station_id, count(*) AS orders, sum(o.payable_fen + o.discount_fen) AS gross_fen,
           sum(o.payable_fen) AS paid_fen
    FROM fuel_order o, bounds b
    WHERE o.paid_at >= b.earliest AND o.paid_at < b.latest
      AND (o.paid_at AT TIME ZONE (o.terms ->> 'time_zone'))::date = :day
    GROUP BY o.station_id
), refunded AS (
    SELECT o.station_id, count(*) AS refunds, sum(r.money_fen) AS refunded_fen,
           sum(r.fee_fen + (SELECT sum(fen) FROM unnest(r.lines_after) fen)
               - (SELECT sum(fen) FROM unnest(r.lines_before) fen)) AS refunded_gross_fen
    FROM order_refund r
    JOIN fuel_order o ON o.user_id = r.user_id AND o.id = r.order_id, bounds b
    WHERE r.status = 'DONE' AND r.settled_at >= b.earliest AND r.settled_at < b.latest
      AND (r.settled_at AT TIME ZONE (o.terms ->> 'time_zone'))::date = :day
    GROUP BY o.station_id
)
SELECT s.id, s.code, s.name, coalesce(p.orders, 0) AS orders,
       coalesce(p.gross_fen, 0) AS gross_fen, coalesce(p.paid_fen, 0) AS paid_fen,
       coalesce(r.refunds, 0) AS refunds, coalesce(r.refunded_fen, 0) AS refunded_fen,
       coalesce(r.refunded_gross_fen, 0) AS refunded_gross_fen
FROM paid p FULL JOIN refunded r ON r.station_id = p.station_id
JOIN station s ON s.id = coalesce(p.station_id, r.station_id)
""")


class PostgresFundingBook:
    """Implements `app.ports.funding.FundingBook`: its unique key refuses a second entry."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entries: Sequence[FundingEntry]) -> None:
        if not entries:
            return
        await self._connection.execute(insert(ENTRY), list(map(entry_values, entries)))


class PostgresSettlementRepository:
    """Implements `app.ports.funding.SettlementRepository`; both sides in one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def settlement(self, day: date) -> Settlement:
        async with unavailable_on_fault(), self._engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            owed = (await connection.execute(OWED, {"day": day})).all()
            stations = (await connection.execute(STATIONS, {"day": day})).all()
        funders = list(Funder)
        return Settlement(
            day=day,
            owed=tuple(
                sorted(map(_owed, owed), key=lambda o: (o.station.code, funders.index(o.funder)))
            ),
            stations=tuple(sorted(map(_station_day, stations), key=lambda d: d.station.code)),
        )


def entry_values(entry: FundingEntry) -> dict[str, Any]:
    """By column; its id is the table's to give."""
    return {
        "user_id": entry.user_id,
        "order_id": entry.order_id,
        "refund_id": entry.refund_id,
        "station_id": entry.station_id,
        "station_day": entry.day,
        "funder": entry.funder.value,
        "code": entry.code,
        "fen": entry.fen,
    }


def _station(row: Any) -> SettledStation:
    return SettledStation(id=row.id, code=row.code, name=row.name)


def _owed(row: Any) -> Owed:
    return Owed(
        station=_station(row),
        funder=Funder(row.funder),
        orders=row.orders,
        discount_fen=int(row.discount_fen),
        refunds=row.refunds,
        returned_fen=int(row.returned_fen),
    )


def _station_day(row: Any) -> StationDay:
    return StationDay(
        station=_station(row),
        orders=row.orders,
        gross_fen=int(row.gross_fen),
        paid_fen=int(row.paid_fen),
        refunds=row.refunds,
        refunded_gross_fen=int(row.refunded_gross_fen),
        refunded_fen=int(row.refunded_fen),
    )
