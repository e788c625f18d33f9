"""Balances of points move into ledgers with the migration, and back out of them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, pool, text

from app.storage.migrate import downgrade, upgrade

BEFORE, WITH = "0008", "0009"
MEMBERS = "INSERT INTO member (user_id, joined_at) VALUES (1, now()), (2, now()), (3, now())"
BALANCES = """
INSERT INTO points_account (user_id, available, pending, expiring_soon, expiring_at) VALUES
    (1, 500, 20, 80, now() + interval '5 days'), (2, 0, 7, 0, NULL), (3, 0, 0, 0, NULL)
"""
KEPT = (
    "SELECT user_id, available, pending, expiring_soon, expiring_at FROM points_account ORDER BY 1"
)
SUMS = """
SELECT user_id, unit, coalesce(sum(amount) FILTER (WHERE holding = 'AVAILABLE'), 0),
    coalesce(sum(amount) FILTER (WHERE holding = 'PENDING'), 0), coalesce(sum(amount), 0)
FROM loyalty_account LEFT JOIN ledger_posting USING (user_id, unit) GROUP BY 1, 2 ORDER BY 1
"""


@pytest.fixture
def connection(empty_database_url: str) -> Iterator[Connection]:
    upgrade(empty_database_url, BEFORE)
    engine = create_engine(empty_database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")
    engine.dispose()


def test_balances_move_up_and_down(connection: Connection, empty_database_url: str):
    connection.execute(text(MEMBERS))
    connection.execute(text(BALANCES))
    before = connection.execute(text(KEPT)).all()
    upgrade(empty_database_url, WITH)
    sums = [tuple(row) for row in connection.execute(text(SUMS))]
    assert sums == [(1, "POINTS", 500, 20, 0), (2, "POINTS", 0, 7, 0), (3, "POINTS", 0, 0, 0)]
    entries = connection.execute(
        text(
            "SELECT seq, amount, pending, available_after FROM ledger_entry WHERE user_id = 1 ORDER BY 1"
        )
    )
    assert [tuple(row) for row in entries] == [
        (1, 80, False, 80),
        (2, 420, False, 500),
        (3, 20, True, 500),
    ]
    lots = "SELECT sum(remaining) FROM ledger_lot WHERE user_id = 1 AND released"
    assert connection.execute(text(lots)).scalar() == 500
    downgrade(empty_database_url, BEFORE)
    assert connection.execute(text(KEPT)).all() == before
