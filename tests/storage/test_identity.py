"""A database's identity: its own for good, no other's, and told by every address of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.cli.servers import Databases, announcements_at
from app.domain.stations.station import StationDetails
from app.main import services_of
from app.outside import Outside
from app.ports.errors import StorageUnavailable
from app.settings import Settings, without_driver
from app.storage.identity import database_identity
from app.storage.migrate import downgrade, upgrade
from tests.support.databases import DatabaseFactory
from tests.support.waiting import until


async def test_a_copy_is_another_database(databases: DatabaseFactory, database_url: str):
    with databases.database(databases.migrated_template()) as copy:
        assert await database_identity(copy) != await database_identity(database_url)


async def test_every_address_tells_the_same(database_url: str):
    elsewhere = make_url(database_url).update_query_dict({"connect_timeout": "3"})
    assert await database_identity(elsewhere) == await database_identity(database_url)


async def test_a_role_without_rights_may_ask(database_url: str):
    with psycopg.connect(without_driver(database_url), autocommit=True) as connection:
        role = f"nobody_{connection.info.dbname}"
        connection.execute(f'CREATE ROLE "{role}" LOGIN')
        try:
            asked = make_url(database_url).set(username=role)
            assert await database_identity(asked) == await database_identity(database_url)
        finally:
            connection.execute(f'DROP ROLE "{role}"')


async def test_what_is_torn_down_and_built_anew_is_another(database_url: str):
    """Its versions count from 1 again: what was cached of the old ones must not be found."""
    before = await database_identity(database_url)
    downgrade(database_url)
    upgrade(database_url)
    assert await database_identity(database_url) != before


async def test_a_database_that_is_not_there_is_told():
    with pytest.raises(StorageUnavailable):
        await database_identity("postgresql://nobody@127.0.0.1:1/none")


def process_on(database_url: str, redis_url: str, data_dir: Path) -> Outside:
    settings = Settings(database_url=database_url, redis_url=redis_url, data_dir=data_dir)
    return Outside.of(settings)


async def details(outside: Outside) -> StationDetails | None:
    catalog = outside.catalogs.current()
    station_id = min(catalog.stations.by_id)
    services = services_of(outside, timedelta(minutes=1))
    loaders = services.loaders(None, datetime.now(UTC), catalog)
    return await loaders.public.station_details.load(station_id)


async def test_two_databases_on_one_redis_share_no_result(
    databases: DatabaseFactory, seeded_copy_url: str, redis_url: str, tmp_path: Path
):
    with databases.database(databases.seeded_template()) as other_url:
        with psycopg.connect(without_driver(other_url)) as connection:
            connection.execute("UPDATE station SET phone = '400-000-0000'")
        one = process_on(seeded_copy_url, redis_url, tmp_path)
        other = process_on(other_url, redis_url, tmp_path)
        async with one.running(), other.running():
            assert one.catalogs.current().version == other.catalogs.current().version
            of_one, of_other = await details(one), await details(other)
    assert of_one is not None
    assert of_other is not None
    assert of_one.phone != of_other.phone == "400-000-0000"


async def test_a_command_is_heard_by_the_processes_of_its_database_alone(
    databases: DatabaseFactory, database_url: str, redis_url: str
):
    with databases.database(databases.migrated_template()) as other_url:
        mine = announcements_at(Databases(database_url, redis_url))
        others = announcements_at(Databases(other_url, redis_url))
        process = announcements_at(Databases(database_url, redis_url))
        assert mine is not None
        assert others is not None
        assert process is not None
        heard: set[int] = set()

        async def listen() -> None:
            async for version in process.versions():
                heard.add(version)

        async def announced() -> bool:
            await others.announce(1)
            await mine.announce(2)
            return bool(heard)

        listening = asyncio.create_task(listen())
        try:
            await until(announced)
        finally:
            listening.cancel()
            await asyncio.wait({listening})
    assert heard == {2}
