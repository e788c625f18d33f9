"""Keeps demo data: everything by COPY, in one transaction, beside rows that are not generated."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.ports.announcements import CatalogAnnouncements
from app.ports.errors import StorageUnavailable
from app.ports.seeding import SeedContents, SeedProgress, SeedStanding
from app.storage import catalog_version, seed_rows
from app.storage.copying import Cursor, columns_of, copy_rows, driver_connection
from app.storage.engine import reading, unavailable_on_fault
from app.storage.promotions import documents_of, put_live
from app.storage.seed_table import TableRows, Values
from app.storage.tables import MemberRow, SeedMarkRow, table_of

PUBLISHER = "seed"
MARK = table_of(SeedMarkRow)
MEMBER = table_of(MemberRow)
STEP = 500
"""Progress is told once in so many rows."""

_REMOVE: tuple[LiteralString, ...] = (
    """
    WITH gone AS (
        SELECT batch_code, count(*) AS number FROM coupon JOIN member USING (user_id)
        WHERE generated GROUP BY batch_code
    ), had AS (
        SELECT gone.batch_code, gone.number, slot, uses, sum(uses) OVER (
            PARTITION BY code ORDER BY slot ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before FROM gone JOIN promotion_counter ON code = batch_code
        WHERE per = 'TOTAL' AND period = 'EVER'
    )
    UPDATE promotion_counter AS part
    SET uses = part.uses - greatest(least(had.number - coalesce(had.before, 0), part.uses), 0)
    FROM had WHERE part.code = had.batch_code AND part.slot = had.slot
        AND part.per = 'TOTAL' AND part.period = 'EVER'
    """,
    """
    DELETE FROM loyalty_account USING member
    WHERE generated AND member.user_id = loyalty_account.user_id
    """,
    "DELETE FROM referral USING member WHERE generated AND member.user_id = referral.user_id",
    "DELETE FROM referral_code USING member WHERE generated AND user_id = owner_id",
    "DELETE FROM identity USING member WHERE generated AND user_id = owner_id",
    "DELETE FROM member_phone USING member WHERE generated AND user_id = owner_id",
    "DELETE FROM joined_account USING member WHERE generated AND user_id = owner_id",
    "DELETE FROM coupon USING member WHERE generated AND member.user_id = coupon.user_id",
    """
    DELETE FROM funding_entry USING member WHERE generated AND member.user_id = funding_entry.user_id
    """,
    "DELETE FROM invoice USING member WHERE generated AND member.user_id = invoice.user_id",
    """
    DELETE FROM order_refund USING member WHERE generated AND member.user_id = order_refund.user_id
    """,
    "DELETE FROM fuel_order USING member WHERE generated AND member.user_id = fuel_order.user_id",
    # Where no order is left, nothing is used; coupons that others have stay counted.
    """
    DELETE FROM promotion_counter AS counter WHERE NOT EXISTS (SELECT FROM fuel_order)
        AND NOT EXISTS (SELECT FROM coupon WHERE batch_code = counter.code)
    """,
    "DELETE FROM member WHERE generated",
    """
    DELETE FROM station_product USING station WHERE generated AND station.id = station_id
    """,
)

# A station that someone else's order tells of stays, without products: the order's history needs
# its name.
_REMOVE_STATIONS: LiteralString = """
DELETE FROM station WHERE generated
    AND NOT EXISTS (SELECT FROM seed_station AS kept WHERE kept.id = station.id)
    AND NOT EXISTS (SELECT FROM fuel_order WHERE station_id = station.id)
"""

_WITHDRAW: LiteralString = """
WITH gone AS (
    DELETE FROM promotion_live AS live USING promotion_version AS version
    WHERE version.code = live.code AND version.version = live.version
        AND version.published_by = %(publisher)s AND live.code <> ALL (%(codes)s)
    RETURNING live.code, live.version
)
INSERT INTO promotion_step (code, version, step, act, state, done_by)
SELECT gone.code, gone.version, coalesce(max(done.step), 0) + 1, 'END', 'ENDED', %(publisher)s
FROM gone LEFT JOIN promotion_step AS done USING (code, version)
GROUP BY gone.code, gone.version
"""

_TAKEN_OVER: LiteralString = """
SELECT live.code FROM promotion_live AS live JOIN promotion_version USING (code, version)
WHERE published_by <> %(publisher)s
"""

_ISSUE: LiteralString = """
INSERT INTO promotion_counter AS had (code, per, subject, period, period_start, uses)
VALUES (%s, 'TOTAL', '', 'EVER', '1970-01-01', %s)
ON CONFLICT (code, per, subject, period, period_start, slot) DO UPDATE
SET uses = had.uses + excluded.uses
"""
_DEAL_ANEW: LiteralString = """
UPDATE promotion_counter
SET max_uses = NULL, granted_uses = NULL, max_fen = NULL, granted_fen = NULL
WHERE code = ANY (%s) AND per = 'TOTAL' AND period = 'EVER'
"""
"""What the parts of a counter were granted no longer holds: the next who counts deals it out."""

_SIGN: LiteralString = """
INSERT INTO seed_mark (fingerprint, seeded_at) VALUES (%s, %s)
ON CONFLICT (single) DO UPDATE
    SET fingerprint = excluded.fingerprint, seeded_at = excluded.seeded_at
"""


class PostgresSeedStore:
    """Implements `app.ports.seeding.SeedStore`. `announcements` None: polls find it."""

    def __init__(
        self, engine: AsyncEngine, announcements: CatalogAnnouncements | None = None
    ) -> None:
        self._engine = engine
        self._announcements = announcements

    async def standing(self) -> SeedStanding:
        query = select(
            select(MARK.c.fingerprint).scalar_subquery(),
            select(MARK.c.seeded_at).scalar_subquery(),
            select(func.count()).where(~MEMBER.c.generated).scalar_subquery(),
        )
        with _in_place():
            async with reading(self._engine) as connection:
                fingerprint, seeded_at, foreign = (await connection.execute(query)).one()
        return SeedStanding(fingerprint=fingerprint, seeded_at=seeded_at, foreign_members=foreign)

    async def replace(self, contents: SeedContents, progress: SeedProgress) -> Mapping[str, int]:
        with _in_place():
            async with unavailable_on_fault(), self._engine.begin() as connection:
                await catalog_version.hold(connection)
                async with (await driver_connection(connection)).cursor() as cursor:
                    for statement in _REMOVE:
                        await cursor.execute(statement)
                    counts = await _write(cursor, contents, progress)
                counts["promotion"] = await _publish(connection, contents)
                version = await catalog_version.bump(connection)
        if self._announcements is not None:
            await self._announcements.announce(version)
        return counts


@contextmanager
def _in_place() -> Iterator[None]:
    """A connection lost during COPY, or a structure that is none or an older one: the port's
    `StorageUnavailable`."""
    lacking = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, *lacking) as fault:
        raise StorageUnavailable(str(fault)) from fault
    except ProgrammingError as fault:
        if not isinstance(fault.orig, lacking):
            raise
        raise StorageUnavailable(str(fault.orig)) from fault


async def _write(cursor: Cursor, contents: SeedContents, progress: SeedProgress) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in seed_rows.reference_tables(contents):
        counts[table.table] = await _merge(cursor, table, progress)
    listed = seed_rows.stations(contents)
    counts["station"] = await _merge(cursor, listed, progress, _REMOVE_STATIONS)
    for table in (*seed_rows.product_tables(contents), *seed_rows.member_tables(contents)):
        target = columns_of(table.table, table.columns)
        counts[table.table] = await copy_rows(cursor, target, _told(table, progress))
    issued = seed_rows.issued_by_batch(contents)
    await cursor.execute(_DEAL_ANEW, (list(issued),))
    await cursor.executemany(_ISSUE, list(issued.items()))
    await cursor.execute(_SIGN, (contents.fingerprint, contents.moment))
    await cursor.execute("ANALYZE station, station_product, pump_price, member, fuel_order, coupon")
    return counts


async def _merge(
    cursor: Cursor,
    table: TableRows,
    progress: SeedProgress,
    first: LiteralString | None = None,
) -> int:
    """Through a temporary table: rows that exist stay (`kept`), or are brought up to date by id.
    `first` runs when the temporary table is filled."""
    passing = f"seed_{table.table}"
    await cursor.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(
            sql.Identifier(passing), sql.Identifier(table.table)
        )
    )
    target = columns_of(passing, table.columns)
    written = await copy_rows(cursor, target, _told(table, progress))
    if first is not None:
        await cursor.execute(first)
    await cursor.execute(
        sql.SQL("INSERT INTO {} SELECT {} FROM {} ON CONFLICT {}").format(
            columns_of(table.table, table.columns),
            sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            sql.Identifier(passing),
            _on_conflict(table),
        )
    )
    return written


def _on_conflict(table: TableRows) -> sql.Composable:
    if table.kept:
        return sql.SQL("DO NOTHING")
    renewed = (
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
        for column in table.columns
        if column != "id"
    )
    return sql.SQL("(id) DO UPDATE SET {}").format(sql.SQL(", ").join(renewed))


def _told(table: TableRows, progress: SeedProgress) -> Iterator[Values]:
    rows: Iterable[Values] = table.rows
    for number, row in enumerate(rows, 1):
        if number % STEP == 0 or number == table.total:
            progress(table.table, number, table.total)
        yield row


async def _publish(connection: AsyncConnection, contents: SeedContents) -> int:
    """Makes the seed's promotions live, but for codes that someone has published since; takes
    back those of an earlier seed that are no more."""
    documents = dict(documents_of(contents.promotions))
    async with (await driver_connection(connection)).cursor() as cursor:
        names = {"publisher": PUBLISHER, "codes": list(documents)}
        await cursor.execute(_WITHDRAW, names)
        await cursor.execute(_TAKEN_OVER, names)
        for (code,) in await cursor.fetchall():
            documents.pop(code, None)
    await put_live(connection, documents, PUBLISHER)
    return len(documents)
