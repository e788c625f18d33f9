"""Laws of the tables, read from the database's own catalog: sharding by user, wide ids and money,
instants with a zone; and each law's check shown to bite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, pool, text

from app.storage.tables import USER_OWNED, metadata, table_of

PRIMARY_KEYS = """
SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
"""

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
AND c.relname <> 'alembic_version' AND NOT starts_with(c.relname, 'procrastinate_')
"""

FOREIGN_KEYS = """
SELECT c.relname, f.relname, k.conname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) n
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
"""

WIDE_ENDINGS = ("id", "_fen", "_mill_per_litre", "_ml", "_e7", "version", "issued", "available")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def user_tables(connection: Connection) -> set[str]:
    """Every table with a column `user_id`."""
    return {table for table, column, _ in connection.execute(text(COLUMNS)) if column == "user_id"}


def keys_not_led_by_user(connection: Connection) -> set[str]:
    leading = {row.relname: row.attname for row in connection.execute(text(PRIMARY_KEYS))}
    return {table for table in user_tables(connection) if leading.get(table) != "user_id"}


def foreign_keys_without_user(connection: Connection) -> set[str]:
    owned = user_tables(connection)
    return {
        name
        for table, other, name, columns in connection.execute(text(FOREIGN_KEYS))
        if other in owned and ("user_id" not in columns or table not in owned)
    }


IDS_OF_OTHERS = {"request_id", "quote_id", "app_id", "union_id", "app_version"}
"""Words that somebody else gave."""


def narrow_columns(connection: Connection) -> set[str]:
    return {
        f"{table}.{column}"
        for table, column, kind in connection.execute(text(COLUMNS))
        if (column.endswith(WIDE_ENDINGS) and column not in IDS_OF_OTHERS and kind != "bigint")
        or kind in {"integer", "real", "double precision", "money"}
    }


CALENDAR_DAYS = {"period_start", "station_day", "issued_on", "used_on"}
"""Days of a calendar, UTC's or one that the row's promotion, station or paper names: no instants."""


def instants_without_zone(connection: Connection) -> set[str]:
    return {
        f"{table}.{column}"
        for table, column, kind in connection.execute(text(COLUMNS))
        if kind.startswith(("timestamp", "date", "time"))
        and kind != "timestamp with time zone"
        and column not in CALENDAR_DAYS
    }


def test_user_owned_tables_are_those_with_a_user(connection: Connection):
    assert user_tables(connection) == {table_of(row).name for row in USER_OWNED}


def test_every_user_owned_table_leads_its_key_with_the_user(connection: Connection):
    assert keys_not_led_by_user(connection) == set()


def test_foreign_keys_to_user_owned_tables_carry_the_user(connection: Connection):
    assert foreign_keys_without_user(connection) == set()


def test_ids_and_money_are_bigint(connection: Connection):
    assert narrow_columns(connection) == set()


def test_instants_have_a_zone(connection: Connection):
    assert instants_without_zone(connection) == set()


@pytest.mark.parametrize(
    ("planted", "found_by", "found"),
    [
        (
            "CREATE TABLE t (id bigint, user_id bigint, PRIMARY KEY (id, user_id))",
            keys_not_led_by_user,
            {"t"},
        ),
        ("CREATE TABLE t (user_id bigint)", keys_not_led_by_user, {"t"}),
        (
            """ALTER TABLE member ADD UNIQUE (joined_at);
            ALTER TABLE coupon ADD CONSTRAINT stray FOREIGN KEY (claimed_at)
            REFERENCES member (joined_at)""",
            foreign_keys_without_user,
            {"stray"},
        ),
        (
            """ALTER TABLE brand ADD COLUMN user_key bigint
            CONSTRAINT stray REFERENCES member (user_id)""",
            foreign_keys_without_user,
            {"stray"},
        ),
        (
            "ALTER TABLE coupon ADD COLUMN paid_fen integer",
            narrow_columns,
            {"coupon.paid_fen"},
        ),
        ("ALTER TABLE coupon ADD COLUMN shop_id smallint", narrow_columns, {"coupon.shop_id"}),
        ("ALTER TABLE coupon ADD COLUMN at timestamp", instants_without_zone, {"coupon.at"}),
        ("ALTER TABLE coupon ADD COLUMN day date", instants_without_zone, {"coupon.day"}),
    ],
)
def test_each_law_bites(connection: Connection, planted: str, found_by, found: set[str]):
    connection.execute(text(planted))
    assert found_by(connection) == found


def test_constraints_are_named():
    """A name of our own is what a later migration can drop."""
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
