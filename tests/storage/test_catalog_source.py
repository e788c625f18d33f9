"""The catalog: read whole and of one version, replaced when a newer one is there, kept when not."""

import asyncio
import gc
import logging
import weakref
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cache.announcements import RedisAnnouncements
from app.cache.client import make_client
from app.cache.keys import Keys
from app.domain.checkout.catalog import Catalog
from app.ports.announcements import CatalogAnnouncements
from app.ports.errors import StorageUnavailable
from app.storage import catalog_version
from app.storage.catalog_source import CatalogNotLoaded, PostgresCatalogSource
from app.storage.promotions import PostgresPromotionStore
from tests.fakes.announcements import FakeAnnouncements
from tests.support import rows
from tests.support.promotions import amount_off
from tests.support.rows import put_version
from tests.support.waiting import until

NEVER_S = 3_600.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def arrival(source: PostgresCatalogSource, version: int) -> Catalog:
    """Waits until the process serves a version."""

    async def arrived() -> bool:
        return source.current().version >= version

    await until(arrived)
    return source.current()


async def put_bad_document(engine: AsyncEngine, code: str, version: int) -> None:
    """Made live past the store: a document of a kind that this program does not know."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                """INSERT INTO promotion_version (code, version, document, published_by)
                VALUES (:code, :version, jsonb_build_object(
                    'code', CAST(:code AS text), 'benefit', jsonb_build_object('kind', 'NEW')
                ), 'tests')"""
            ),
            {"code": code, "version": version},
        )
        await connection.execute(
            text(
                """INSERT INTO promotion_live VALUES (:code, :version)
                ON CONFLICT (code) DO UPDATE SET version = excluded.version"""
            ),
            {"code": code, "version": version},
        )
        await catalog_version.bump(connection, promotions_only=True)


async def test_before_the_first_load(source: PostgresCatalogSource):
    with pytest.raises(CatalogNotLoaded):
        source.current()


async def test_no_catalog_mixes_two_versions(engine: AsyncEngine, source: PostgresCatalogSource):
    """Station, promotion and version change together, many times, while catalogs are read."""
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await PostgresPromotionStore(engine).publish([amount_off("P1")], "tests")
    stop = asyncio.Event()

    async def change_on_and_on() -> None:
        while not stop.is_set():
            async with engine.begin() as connection:
                version = await catalog_version.bump(connection)
                for query in (
                    "UPDATE station SET name = 'v' || :version",
                    "UPDATE promotion_live SET version = 1",
                    "UPDATE brand SET name_zh = 'v' || :version",
                ):
                    await connection.execute(
                        text(query), {"version": version} if ":version" in query else {}
                    )

    changing = asyncio.create_task(change_on_and_on())
    seen: set[int] = set()
    while len(seen) < 25:
        await source.refresh()
        catalog = source.current()
        seen.add(catalog.version)
        if catalog.version > 1:
            name = f"v{catalog.version}"
            assert catalog.stations.by_id[1].name == name
            assert catalog.brands["b"].name.zh == name
        assert catalog.rules.version == str(catalog.version)
    stop.set()
    await changing


async def test_a_catalog_that_was_taken_stays_as_it_is(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    await PostgresPromotionStore(engine).publish([amount_off("A", 100)], "tests")
    taken = await source.load()
    await PostgresPromotionStore(engine).publish([amount_off("A", 200)], "tests")
    assert await source.refresh()
    assert source.current().rules.by_code["A"] == amount_off("A", 200)
    assert taken.rules.by_code["A"] == amount_off("A", 100)
    assert (taken.version, source.current().version) == (1, 2)


async def test_nothing_new_is_no_work(engine: AsyncEngine, source: PostgresCatalogSource):
    await put_version(engine)
    catalog = await source.load()
    assert not await source.refresh()
    assert source.current() is catalog


async def test_what_requests_leave_is_not_kept_with_a_new_catalog(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    """A catalog is kept out of collections; cycles of requests must not be kept with it."""
    await put_version(engine)
    await source.load()
    await PostgresPromotionStore(engine).publish([amount_off("NEW")], by="tests")
    request = Left()
    request.itself = request
    left = weakref.ref(request)
    del request
    await source.refresh()
    gc.collect()
    assert left() is None


class Left:
    """Garbage that only a collection finds."""

    itself: "Left"


async def test_publishing_keeps_the_stations_that_are_there(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await put_version(engine)
    before = await source.load()
    await PostgresPromotionStore(engine).publish([amount_off("A")], "tests")
    assert await source.refresh()
    assert source.current().stations is before.stations
    assert set(source.current().rules.by_code) == {"A"}


async def test_an_import_between_two_publications_is_not_missed(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    store = PostgresPromotionStore(engine)
    await store.publish([amount_off("A", 1)], "tests")
    await source.load()
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await put_version(engine)
    await store.publish([amount_off("A", 2)], "tests")
    assert await source.refresh()
    assert set(source.current().stations.by_id) == {1}


async def test_a_version_arrives_by_poll_without_any_announcement(
    engine: AsyncEngine, database_url: str
):
    async with PostgresCatalogSource(database_url, poll_s=0.05).running() as source:
        version = await PostgresPromotionStore(engine).publish([amount_off("A")], "tests")
        assert set((await arrival(source, version)).rules.by_code) == {"A"}


async def test_a_version_arrives_by_announcement_without_any_poll(
    engine: AsyncEngine, database_url: str
):
    news = FakeAnnouncements()
    source = PostgresCatalogSource(database_url, announcements=news, poll_s=NEVER_S)
    async with source.running():
        await news.listening.wait()
        version = await PostgresPromotionStore(engine, news).publish([amount_off("A")], "tests")
        assert set((await arrival(source, version)).rules.by_code) == {"A"}


async def test_a_version_arrives_over_redis(engine: AsyncEngine, database_url: str, redis_url: str):
    keys = Keys(f"test-{database_url.rpartition('/')[2]}")
    news = RedisAnnouncements(redis_url, keys)
    source = PostgresCatalogSource(database_url, announcements=news, poll_s=NEVER_S)
    async with source.running():
        await subscribed(redis_url, keys)
        version = await PostgresPromotionStore(engine, news).publish([amount_off("A")], "tests")
        assert set((await arrival(source, version)).rules.by_code) == {"A"}


async def subscribed(redis_url: str, keys: Keys) -> None:
    """Waits until somebody listens: what was announced before is not heard."""
    channel = keys.catalog_channel
    async with make_client(redis_url) as client:

        async def heard() -> bool:
            return dict(await client.pubsub_numsub(channel)) == {channel.encode(): 1}

        await until(heard)


async def test_every_process_arrives_without_redis(engine: AsyncEngine, database_url: str):
    down: CatalogAnnouncements = RedisAnnouncements("redis://127.0.0.1:1/0", Keys("test"))
    store = PostgresPromotionStore(engine, down)
    first = PostgresCatalogSource(database_url, announcements=down, poll_s=0.05)
    second = PostgresCatalogSource(database_url, announcements=down, poll_s=0.05)
    async with first.running(), second.running():
        for off_fen in (1, 2, 3):
            version = await store.publish([amount_off("A", off_fen)], "tests")
            for source in (first, second):
                catalog = await arrival(source, version)
                assert catalog.rules.by_code["A"] == amount_off("A", off_fen)


async def test_an_unreadable_document_leaves_its_promotion_as_it_was_and_holds_up_no_other(
    engine: AsyncEngine, source: PostgresCatalogSource, caplog: pytest.LogCaptureFixture
):
    store = PostgresPromotionStore(engine)
    await store.publish([amount_off("GOOD"), amount_off("BAD")], "tests")
    before = (await source.load()).rules.by_code
    await put_bad_document(engine, "BAD", 2)
    with caplog.at_level(logging.ERROR, "youhui.catalog"):
        assert await source.refresh()
    assert "BAD" in caplog.text
    assert "GOOD" not in caplog.text
    version = await store.publish([amount_off("GOOD", 5)], "tests")
    assert await source.refresh()
    catalog = source.current()
    assert catalog.version == version
    assert catalog.rules.by_code == {"GOOD": amount_off("GOOD", 5), "BAD": before["BAD"]}
    assert source.unreadable == ("BAD",)


async def test_an_unreadable_document_is_not_read_at_every_poll(
    engine: AsyncEngine, source: PostgresCatalogSource, caplog: pytest.LogCaptureFixture
):
    await source.load()
    await put_bad_document(engine, "BAD", 1)
    with caplog.at_level(logging.ERROR, "youhui.catalog"):
        assert await source.refresh()
        for _ in range(5):
            assert not await source.refresh()
    assert len(caplog.records) == 1


async def test_the_next_good_version_is_served_again(
    engine: AsyncEngine, source: PostgresCatalogSource
):
    await source.load()
    await put_bad_document(engine, "A", 1)
    assert await source.refresh()
    assert "A" not in source.current().rules.by_code
    version = await PostgresPromotionStore(engine).publish([amount_off("A", 5)], "tests")
    assert await source.refresh()
    assert source.current().version == version
    assert source.current().rules.by_code["A"] == amount_off("A", 5)
    assert source.unreadable == ()


async def test_a_process_starts_without_what_it_cannot_read(
    engine: AsyncEngine, source: PostgresCatalogSource, caplog: pytest.LogCaptureFixture
):
    await PostgresPromotionStore(engine).publish([amount_off("GOOD")], "tests")
    await put_bad_document(engine, "BAD", 1)
    with caplog.at_level(logging.ERROR, "youhui.catalog"):
        catalog = await source.load()
    assert set(catalog.rules.by_code) == {"GOOD"}
    assert source.unreadable == ("BAD",)
    assert "BAD" in caplog.text


async def test_an_unreadable_row_keeps_the_last_good_version(
    engine: AsyncEngine, source: PostgresCatalogSource, caplog: pytest.LogCaptureFixture
):
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    good = await source.load()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE station SET opening = '[[\"six\"]]'"))
        await catalog_version.bump(connection)
    with caplog.at_level(logging.ERROR, "youhui.catalog"):
        for _ in range(3):
            assert not await source.refresh()
    assert source.current() is good
    assert len(caplog.records) == 1


async def test_a_database_that_is_down_at_the_start():
    source = PostgresCatalogSource("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable):
        await source.load()
    await source.close()


async def test_a_database_that_goes_away_leaves_the_last_catalog_and_comes_back(
    engine: AsyncEngine,
    source: PostgresCatalogSource,
    caplog: pytest.LogCaptureFixture,
):
    await PostgresPromotionStore(engine).publish([amount_off("A", 1)], "tests")
    good = await source.load()
    end_its_session = text(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'youhui-catalog'"""
    )
    async with engine.begin() as connection:
        await connection.execute(end_its_session)
    with caplog.at_level(logging.WARNING, "youhui.catalog"):
        assert not await source.refresh()
    assert source.current() is good
    assert len(caplog.records) == 1
    version = await PostgresPromotionStore(engine).publish([amount_off("A", 2)], "tests")
    assert await source.refresh()
    assert source.current().version == version


class DeafToTheFirstCancel:
    """As `asyncio.wait_for` of Python 3.11 is, when its wait ends just then."""

    async def announce(self, version: int) -> None:
        raise AssertionError("not asked for")

    async def versions(self):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()
        yield 0


async def test_a_listener_that_loses_a_cancellation_does_not_keep_the_process(
    database_url, monkeypatch
):
    monkeypatch.setattr("app.storage.catalog_source.CANCEL_AGAIN_S", 0.01)
    source = PostgresCatalogSource(database_url, announcements=DeafToTheFirstCancel())
    async with asyncio.timeout(30), source.running():
        await asyncio.sleep(0.05)
