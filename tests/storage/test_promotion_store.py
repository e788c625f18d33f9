"""Publishing: immutable versions, all or nothing, one after the other."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.documents.findings import DocumentInvalid
from app.documents.promotions import dump_promotion, parse_promotion
from app.storage import catalog_version
from app.storage.promotions import PostgresPromotionStore
from tests.fakes.announcements import FakeAnnouncements
from tests.support.promotions import amount_off


@pytest.fixture
def store(engine: AsyncEngine) -> PostgresPromotionStore:
    return PostgresPromotionStore(engine)


async def all_rows(engine: AsyncEngine, query: str) -> Sequence[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def versions(engine: AsyncEngine) -> Sequence[tuple[object, ...]]:
    return await all_rows(engine, "SELECT code, version FROM promotion_version ORDER BY 1, 2")


async def live(engine: AsyncEngine) -> Sequence[tuple[object, ...]]:
    return await all_rows(engine, "SELECT code, version FROM promotion_live ORDER BY 1")


async def test_first_publication(engine: AsyncEngine, store: PostgresPromotionStore):
    assert await store.publish([amount_off("A"), amount_off("B")], "运营小李") == 1
    assert await live(engine) == [("A", 1), ("B", 1)]
    assert await all_rows(engine, "SELECT DISTINCT published_by FROM promotion_version") == [
        ("运营小李",)
    ]


async def test_a_document_comes_back_as_it_went(engine: AsyncEngine, store: PostgresPromotionStore):
    promotion = amount_off("A", 250)
    await store.publish([promotion], "tests")
    [(document,)] = await all_rows(engine, "SELECT document FROM promotion_version")
    assert document == dump_promotion(promotion)
    assert parse_promotion(document) == promotion


async def test_a_change_makes_a_version_and_others_stay(
    engine: AsyncEngine, store: PostgresPromotionStore
):
    await store.publish([amount_off("A"), amount_off("B")], "tests")
    assert await store.publish([amount_off("A", 999)], "tests") == 2
    assert await versions(engine) == [("A", 1), ("A", 2), ("B", 1)]
    assert await live(engine) == [("A", 2), ("B", 1)]


async def test_going_back_is_a_new_version(engine: AsyncEngine, store: PostgresPromotionStore):
    for off_fen in (100, 200, 100):
        await store.publish([amount_off("A", off_fen)], "tests")
    assert await live(engine) == [("A", 3)]
    [(first,), (third,)] = await all_rows(
        engine, "SELECT document FROM promotion_version WHERE version <> 2 ORDER BY version"
    )
    assert first == third


async def test_unchanged_documents_make_no_version(engine: AsyncEngine):
    news = FakeAnnouncements()
    store = PostgresPromotionStore(engine, news)
    batch = [amount_off("A"), amount_off("B")]
    assert await store.publish(batch, "tests") == 1
    assert await store.publish(batch[::-1], "another") == 1
    assert await versions(engine) == [("A", 1), ("B", 1)]
    assert news.announced == [1]


async def test_only_what_changed_makes_a_version(
    engine: AsyncEngine, store: PostgresPromotionStore
):
    await store.publish([amount_off("A"), amount_off("B")], "tests")
    await store.publish([amount_off("A"), amount_off("B", 7)], "tests")
    assert await versions(engine) == [("A", 1), ("B", 1), ("B", 2)]


async def test_nothing_to_publish(engine: AsyncEngine, store: PostgresPromotionStore):
    assert await store.publish([], "tests") == 0
    await store.publish([amount_off("A")], "tests")
    assert await store.publish([], "tests") == 1


async def test_a_code_twice_publishes_nothing(engine: AsyncEngine, store: PostgresPromotionStore):
    with pytest.raises(ValueError, match="A"):
        await store.publish([amount_off("B"), amount_off("A"), amount_off("A", 5)], "tests")
    assert await versions(engine) == []


async def test_what_no_process_could_read_is_not_published(
    engine: AsyncEngine, store: PostgresPromotionStore
):
    with pytest.raises(DocumentInvalid):
        await store.publish([amount_off("A"), amount_off("B", 10**12)], "tests")
    assert await versions(engine) == []


async def test_a_fault_on_the_way_leaves_nothing(engine: AsyncEngine):
    news = FakeAnnouncements()
    async with engine.begin() as connection:
        await connection.execute(
            text("ALTER TABLE promotion_live ADD CONSTRAINT no_b CHECK (code <> 'B')")
        )
    with pytest.raises(IntegrityError):
        await PostgresPromotionStore(engine, news).publish(
            [amount_off("A"), amount_off("B")], "tests"
        )
    assert await versions(engine) == []
    assert await live(engine) == []
    assert await all_rows(engine, "SELECT version FROM catalog_version") == []
    assert news.announced == []


async def test_announced_after_the_commit(engine: AsyncEngine):
    seen: list[tuple[int, object]] = []

    class Witness(FakeAnnouncements):
        async def announce(self, version: int) -> None:
            [(committed,)] = await all_rows(engine, "SELECT version FROM catalog_version")
            seen.append((version, committed))

    await PostgresPromotionStore(engine, Witness()).publish([amount_off("A")], "tests")
    assert seen == [(1, 1)]


async def test_many_publish_at_once(engine: AsyncEngine, store: PostgresPromotionStore):
    """Each makes a version of its own; none is lost, none is skipped."""
    answers = await asyncio.gather(
        *(store.publish([amount_off("A", off_fen)], "tests") for off_fen in range(1, 13))
    )
    assert sorted(answers) == list(range(1, 13))
    assert await versions(engine) == [("A", version) for version in range(1, 13)]
    assert await live(engine) == [("A", 12)]


async def test_the_same_published_at_once_makes_one_version(
    engine: AsyncEngine, store: PostgresPromotionStore
):
    batch = [amount_off("A"), amount_off("B")]
    answers = await asyncio.gather(*(store.publish(batch, "tests") for _ in range(6)))
    assert answers == [1] * 6
    assert await versions(engine) == [("A", 1), ("B", 1)]


async def test_crossing_orders_do_not_deadlock(engine: AsyncEngine, store: PostgresPromotionStore):
    async def publish(codes: str, off_fen: int) -> int:
        return await store.publish([amount_off(code, off_fen) for code in codes], "tests")

    answers = await asyncio.gather(
        *(publish(codes, off) for off, codes in enumerate(["AB", "BA"] * 4, start=1))
    )
    assert sorted(answers) == list(range(1, 9))


async def test_who_publishes_waits_for_an_import_under_way(
    engine: AsyncEngine, store: PostgresPromotionStore
):
    """Versions become visible in order: the later one cannot overtake."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        assert await catalog_version.bump(connection) == 1
        publishing = asyncio.create_task(store.publish([amount_off("A")], "tests"))
        done, _ = await asyncio.wait({publishing}, timeout=0.2)
        assert not done
        await transaction.commit()
    assert await publishing == 2


async def test_a_version_cannot_be_changed_into_another_code(engine: AsyncEngine):
    """The document and its key name one promotion."""
    with pytest.raises(IntegrityError, match="document_code"):
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    """INSERT INTO promotion_version (code, version, document, published_by)
                    VALUES ('A', 1, '{"code": "B"}', 'tests')"""
                )
            )
