"""Points, stock and station details as PostgreSQL keeps them; what is said when it is down."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.stations.station import StationDetails
from app.ports.errors import StorageUnavailable
from app.storage.balances import PostgresBalanceRepository
from app.storage.engine import database_url as with_driver
from app.storage.engine import make_engine, reading, sessions
from app.storage.members import PostgresMemberRepository
from app.storage.promotions import PostgresPromotionStore
from app.storage.statement_count import count_statements
from app.storage.station_details import PostgresStationDetailsRepository
from app.storage.stock import PostgresStockRepository
from app.storage.tables import MemberRow
from app.storage.wallets import PostgresWalletRepository
from tests.support import rows
from tests.support.rows import NOON


async def test_points(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    await rows.put_member(engine, 2)
    soon = NOON + timedelta(days=3)
    given = Balance(available=500, pending=20, expiring_soon=100, expiring_at=soon)
    await rows.put_points(engine, 1, given)
    read = PostgresBalanceRepository(engine).balances
    assert await read([1, 2, 3], NOON) == {1: {Unit.POINTS: given}}
    after = Balance(available=400, pending=20)
    assert await read([1], soon) == {1: {Unit.POINTS: after}}


async def test_stock(engine: AsyncEngine):
    await rows.put_stock(engine, "a", 5)
    assert await PostgresStockRepository(engine).issued(["a", "b"]) == {"a": 5}


async def test_station_details(engine: AsyncEngine):
    await rows.put_brand(engine)
    await rows.put_station(engine, 1, phone="010-1", image_url="/1.jpg")
    await rows.put_station(engine, 2)
    assert await PostgresStationDetailsRepository(engine).details([1, 2, 3]) == {
        1: StationDetails(station_id=1, phone="010-1", image_url="/1.jpg"),
        2: StationDetails(station_id=2),
    }


async def test_each_is_one_statement(engine: AsyncEngine):
    for read in (
        PostgresBalanceRepository(engine).balances(range(1, 300), NOON),
        PostgresStockRepository(engine).issued(["a", "b", "c"]),
        PostgresStationDetailsRepository(engine).details(range(1, 300)),
    ):
        with count_statements(engine) as count:
            await read
        assert len(count) == 1


async def test_a_database_that_is_down_is_unavailable_to_every_port():
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none")
    members, wallets = PostgresMemberRepository(engine), PostgresWalletRepository(engine)
    for read in (
        members.members([1]),
        members.habits([1]),
        members.favourite_station_ids([1]),
        wallets.open_coupons([1]),
        wallets.counts([1], NOON),
        wallets.coupons_by_id([(1, 1)]),
        PostgresBalanceRepository(engine).balances([1], NOON),
        PostgresStockRepository(engine).issued(["a"]),
        PostgresStationDetailsRepository(engine).details([1]),
        PostgresPromotionStore(engine).publish([], "tests"),
    ):
        with pytest.raises(StorageUnavailable):
            await read
    await engine.dispose()


async def test_a_slow_statement_is_unavailable(database_url: str):
    engine = make_engine(database_url, statement_timeout_ms=20)
    with pytest.raises(StorageUnavailable):
        async with reading(engine) as connection:
            await connection.exec_driver_sql("SELECT pg_sleep(30)")
    await engine.dispose()


async def test_a_wrong_statement_is_a_fault_of_ours(engine: AsyncEngine):
    with pytest.raises(ProgrammingError):
        async with reading(engine) as connection:
            await connection.exec_driver_sql("SELECT nothing FROM nowhere")


async def test_a_session_says_who_it_is(engine: AsyncEngine):
    async with reading(engine) as connection:
        row = (
            await connection.exec_driver_sql(
                "SELECT current_setting('application_name'), current_setting('TimeZone')"
            )
        ).one()
    assert tuple(row) == ("youhui", "UTC")


@pytest.mark.parametrize(
    ("given", "host", "name"),
    [
        ("postgres://a@h:5/db", "h", "db"),
        ("postgresql://a@h:5/db", "h", "db"),
        ("postgresql+psycopg:///db?host=/run/pg", None, "db"),
    ],
)
def test_addresses_take_our_driver(given: str, host: str | None, name: str):
    url = with_driver(given)
    assert (url.drivername, url.host, url.database) == ("postgresql+psycopg", host, name)


def test_another_database_is_refused():
    with pytest.raises(ValueError, match="PostgreSQL"):
        with_driver("mysql://h/db")


async def test_what_a_session_loaded_stays_readable_after_the_commit(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    async with sessions(engine)() as session:
        member = await session.get(MemberRow, 1)
        await session.commit()
    assert member is not None
    assert member.nickname == "会员 1"
