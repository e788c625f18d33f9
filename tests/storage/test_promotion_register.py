"""The life of promotions in PostgreSQL: each act once, in order, also when many act at once."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.lifecycle import (
    Act,
    ApprovedByItsAuthor,
    IllegalMove,
    LifecycleRefusal,
    NoName,
    State,
    UnknownVersion,
)
from app.storage import catalog_version
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.promotions import PostgresPromotionStore
from tests.fakes.announcements import FakeAnnouncements
from tests.support.promotions import amount_off

ROUNDS = 6


@pytest.fixture
def store(engine: AsyncEngine) -> PostgresPromotionStore:
    return PostgresPromotionStore(engine)


async def approved(store: PostgresPromotionStore, off_fen: int = 100, code: str = "A") -> int:
    drafted = await store.draft([amount_off(code, off_fen)], "Li")
    await store.move([(code, None)], Act.SUBMIT, "Li")
    await store.move([(code, None)], Act.APPROVE, "Wang")
    version = drafted[code]
    assert version is not None
    return version


async def states(store: PostgresPromotionStore, code: str = "A") -> list[str]:
    return [record.state.value for record in (await store.versions([code])).get(code, ())]


async def served(url: str) -> dict[str, bool]:
    """Code and whether it is paused, as a process serves it."""
    source = PostgresCatalogSource(url)
    async with source.running():
        return {rule.code: rule.paused for rule in source.current().rules}


async def test_the_whole_life(
    store: PostgresPromotionStore, engine: AsyncEngine, database_url: str
) -> None:
    assert await store.draft([amount_off("A")], "Li") == {"A": 1}
    await store.move([("A", 1)], Act.SUBMIT, "Li", "for spring")
    await store.move([("A", 1)], Act.APPROVE, "Wang")
    assert await served(database_url) == {}
    moved = await store.move([("A", 1)], Act.PUBLISH, "Zhao")
    assert (moved.versions, moved.catalog_version) == ({"A": 1}, 1)
    assert await served(database_url) == {"A": False}
    assert (await store.live())["A"].published_by == "Zhao"
    assert (await store.move([("A", None)], Act.PAUSE, "Zhao")).catalog_version == 2
    assert await served(database_url) == {"A": True}
    assert (await store.live())["A"].paused
    await store.move([("A", None)], Act.RESUME, "Zhao")
    assert await served(database_url) == {"A": False}
    await store.move([("A", None)], Act.END, "Zhao")
    assert await served(database_url) == {}
    [record] = (await store.versions())["A"]
    assert [(step.act.value, step.by, step.note) for step in record.steps] == [
        ("DRAFT", "Li", None),
        ("SUBMIT", "Li", "for spring"),
        ("APPROVE", "Wang", None),
        ("PUBLISH", "Zhao", None),
        ("PAUSE", "Zhao", None),
        ("RESUME", "Zhao", None),
        ("END", "Zhao", None),
    ]
    instants = [step.at for step in record.steps]
    assert instants == sorted(instants)
    assert record.author == "Li"


async def test_what_is_not_served_moves_no_catalog_version(
    engine: AsyncEngine, store: PostgresPromotionStore
) -> None:
    news = FakeAnnouncements()
    await approved(PostgresPromotionStore(engine, news))
    async with engine.connect() as connection:
        assert await catalog_version.read(connection) == 0
    assert news.announced == []
    await PostgresPromotionStore(engine, news).move([("A", None)], Act.PUBLISH, "Zhao")
    assert news.announced == [1]


async def test_a_change_of_what_is_live_is_a_new_version(
    store: PostgresPromotionStore, database_url: str
) -> None:
    await store.move([("A", await approved(store))], Act.PUBLISH, "Zhao")
    assert await approved(store, 250) == 2
    assert await states(store) == ["LIVE", "APPROVED"]
    assert (await store.live())["A"].promotion == amount_off("A", 100)
    await store.move([("A", None)], Act.PUBLISH, "Zhao")
    assert await states(store) == ["ENDED", "LIVE"]
    assert (await store.live())["A"].promotion == amount_off("A", 250)


async def test_a_draft_that_says_the_same_records_nothing(store: PostgresPromotionStore) -> None:
    assert await store.draft([amount_off("A"), amount_off("B")], "Li") == {"A": 1, "B": 1}
    assert await store.draft([amount_off("A"), amount_off("B", 9)], "Wu") == {"A": None, "B": 2}
    assert await states(store, "B") == ["ENDED", "DRAFT"]
    await store.move([("A", None)], Act.END, "Wu")
    assert await store.draft([amount_off("A")], "Wu") == {"A": 2}


async def test_an_edit_takes_an_approval_back(store: PostgresPromotionStore) -> None:
    await approved(store)
    await store.draft([amount_off("A", 999)], "Li")
    assert await states(store) == ["ENDED", "DRAFT"]
    for version in (1, 2):
        with pytest.raises(IllegalMove):
            await store.move([("A", version)], Act.PUBLISH, "Zhao")


async def test_the_author_does_not_approve(store: PostgresPromotionStore) -> None:
    await store.draft([amount_off("A")], "Li")
    await store.move([("A", None)], Act.SUBMIT, "Li")
    with pytest.raises(ApprovedByItsAuthor):
        await store.move([("A", None)], Act.APPROVE, "li")
    assert await states(store) == ["SUBMITTED"]


async def test_all_or_none(store: PostgresPromotionStore) -> None:
    await store.draft([amount_off("A"), amount_off("B")], "Li")
    await store.move([("B", None)], Act.SUBMIT, "Li")
    with pytest.raises(IllegalMove):
        await store.move([("A", None), ("B", None)], Act.SUBMIT, "Li")
    assert await states(store, "A") == ["DRAFT"]


async def test_what_does_not_exist_is_refused(store: PostgresPromotionStore) -> None:
    with pytest.raises(UnknownVersion, match="there is no A"):
        await store.move([("A", None)], Act.SUBMIT, "Li")
    await store.draft([amount_off("A")], "Li")
    with pytest.raises(UnknownVersion, match="A@7"):
        await store.move([("A", 7)], Act.SUBMIT, "Li")
    with pytest.raises(NoName):
        await store.draft([amount_off("B")], " ")
    assert list(await store.versions()) == ["A"]
    assert await store.versions(["B"]) == {}


async def test_a_pause_outlives_a_new_version(
    store: PostgresPromotionStore, database_url: str
) -> None:
    await store.publish([amount_off("A")], "seed")
    await store.move([("A", None)], Act.PAUSE, "Zhao")
    await store.move([("A", await approved(store, 250))], Act.PUBLISH, "Zhao")
    assert await states(store) == ["ENDED", "PAUSED"]
    await store.publish([amount_off("A", 300)], "seed")
    assert await states(store) == ["ENDED", "ENDED", "PAUSED"]
    assert await served(database_url) == {"A": True}
    await store.move([("A", None)], Act.RESUME, "Zhao")
    assert await served(database_url) == {"A": False}


async def test_without_a_review_the_history_says_so(store: PostgresPromotionStore) -> None:
    await store.publish([amount_off("A")], "seed")
    [record] = (await store.versions(["A"]))["A"]
    assert [step.act for step in record.steps] == [Act.PUBLISH_UNREVIEWED]
    assert record.state is State.LIVE


async def test_what_was_made_live_before_steps_were_kept_can_be_paused(
    engine: AsyncEngine, store: PostgresPromotionStore, database_url: str
) -> None:
    await store.publish([amount_off("A")], "tests")
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM promotion_step"))
    await store.move([("A", None)], Act.PAUSE, "Zhao")
    assert await served(database_url) == {"A": True}


async def test_two_approvals_at_once_are_one(store: PostgresPromotionStore) -> None:
    for _ in range(ROUNDS):
        version = (await store.draft([amount_off("A", 100 + _)], "Li"))["A"]
        await store.move([("A", version)], Act.SUBMIT, "Li")
        answers = await asyncio.gather(
            *(store.move([("A", version)], Act.APPROVE, name) for name in ("Wang", "Zhao", "Wu")),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if isinstance(answer, BaseException)]
        assert len(refused) == 2
        assert all(isinstance(answer, IllegalMove) for answer in refused)


async def test_approve_against_edit_never_approves_what_nobody_read(
    store: PostgresPromotionStore,
) -> None:
    for round_ in range(ROUNDS):
        read = (await store.draft([amount_off("A", 1 + 2 * round_)], "Li"))["A"]
        await store.move([("A", read)], Act.SUBMIT, "Li")
        await asyncio.gather(
            store.move([("A", read)], Act.APPROVE, "Wang"),
            store.draft([amount_off("A", 2 + 2 * round_)], "Li"),
            return_exceptions=True,
        )
        records = (await store.versions(["A"]))["A"]
        assert [record.state for record in records[-2:]] == [State.ENDED, State.DRAFT]
        assert not any(step.act is Act.APPROVE for step in records[-1].steps)


async def test_publish_against_pause(
    engine: AsyncEngine, store: PostgresPromotionStore, database_url: str
) -> None:
    """Whichever comes first, the promotion is paused afterwards, and the tables agree."""
    await store.publish([amount_off("A", 1)], "seed")
    for round_ in range(ROUNDS):
        version = await approved(store, 10 + round_)
        await asyncio.gather(
            store.move([("A", version)], Act.PUBLISH, "Zhao"),
            store.move([("A", None)], Act.PAUSE, "Wu"),
        )
        assert (await states(store))[-1] == "PAUSED"
        assert await served(database_url) == {"A": True}
        await store.move([("A", None)], Act.RESUME, "Wu")


async def test_many_act_on_many_and_each_version_has_one_state(
    store: PostgresPromotionStore,
) -> None:
    """Whatever is refused, no two versions of a code are served or open at once."""

    async def act(number: int) -> None:
        code = "AB"[number % 2]
        try:
            match number % 5:
                case 0:
                    await store.draft([replace(amount_off(code), sequence=number)], "Li")
                case 1:
                    await store.move([(code, None)], Act.SUBMIT, "Li")
                case 2:
                    await store.move([(code, None)], Act.APPROVE, "Wang")
                case 3:
                    await store.move([(code, None)], Act.PUBLISH, "Zhao")
                case _:
                    await store.publish([replace(amount_off(code), sequence=number)], "seed")
        except LifecycleRefusal:
            return

    await asyncio.gather(*(act(number) for number in range(40)))
    for code, records in (await store.versions()).items():
        assert [record.version for record in records] == list(range(1, len(records) + 1))
        serving = [r.version for r in records if r.state in (State.LIVE, State.PAUSED)]
        opened = [r for r in records if r.state not in (State.LIVE, State.PAUSED, State.ENDED)]
        assert len(opened) <= 1
        assert serving == [(await store.live())[code].version]
