"""Counters in several parts, as PostgreSQL keeps them: exact under concurrency."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.escrow import Bounds
from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.promotions.usage import CounterKey, Used, issued_key
from app.storage.counters import PostgresCounterBook
from app.storage.usage import PostgresUsageRepository
from tests.support import rows
from tests.support.rows import NOON

TOTAL = CounterKey("A", LimitPer.TOTAL, "", LimitPeriod.EVER, EVER_START)
STATION = TOTAL._replace(per=LimitPer.STATION, subject="test:1")
OWN = TOTAL._replace(per=LimitPer.USER, subject="1")


async def add(
    engine: AsyncEngine,
    key: CounterKey,
    used: Used,
    bounds: Bounds,
    spread: int = 0,
    slots: int = 4,
) -> Used | None:
    """One transaction."""
    async with engine.begin() as connection:
        return await PostgresCounterBook(connection, spread, slots).add(key, used, bounds)


async def give_back(engine: AsyncEngine, key: CounterKey, used: Used, spread: int = 0) -> None:
    async with engine.begin() as connection:
        await PostgresCounterBook(connection, spread, 4).give_back(key, used)


async def parts(engine: AsyncEngine) -> list[tuple[int | None, ...]]:
    """(uses, fen, granted_uses, granted_fen) of each part."""
    query = "SELECT uses, fen, granted_uses, granted_fen FROM promotion_counter ORDER BY slot"
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


@pytest.mark.parametrize("key", [TOTAL, STATION, OWN], ids=lambda key: key.per.value)
async def test_a_counter_takes_up_to_its_bounds_and_tells_what_it_has(
    engine: AsyncEngine, key: CounterKey
):
    await rows.put_member(engine, 1)
    uses, money = Bounds(max_uses=3), Bounds(max_uses=9, max_fen=1_000)
    assert [await add(engine, key, Used(1, 300), uses, n) for n in range(4)] == [
        *(None, None, None),
        Used(3, 900),
    ]
    assert await add(engine, key, Used(1, 101), money) == Used(3, 900)
    assert await add(engine, key, Used(1, 100), money) is None


@pytest.mark.parametrize("key", [TOTAL, STATION, OWN], ids=lambda key: key.per.value)
async def test_the_first_use_may_be_too_much(engine: AsyncEngine, key: CounterKey):
    await rows.put_member(engine, 1)
    assert await add(engine, key, Used(1, 500), Bounds(max_fen=499)) == Used()
    assert await parts(engine) == []


async def test_what_is_left_is_dealt_out_and_stays_the_bound(engine: AsyncEngine):
    await add(engine, TOTAL, Used(1, 70), Bounds(max_uses=10, max_fen=1_000), spread=5)
    assert await parts(engine) == [
        (0, 0, 2, 232),
        (1, 70, 4, 303),
        (0, 0, 2, 233),
        (0, 0, 2, 232),
    ]


async def test_another_bound_is_adopted(engine: AsyncEngine):
    """Each quote is judged by the limit that it knew."""
    for _ in range(3):
        await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=3))
    assert await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=5)) is None
    assert await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=3)) == Used(4, 0)
    assert await add(engine, TOTAL, Used(1, 0), Bounds()) is None
    assert await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=5)) == Used(5, 0)


async def test_many_take_what_there_is_and_not_one_more(engine: AsyncEngine):
    bounds = Bounds(max_uses=50, max_fen=10_000)
    answers = await asyncio.gather(
        *(add(engine, TOTAL, Used(1, 100), bounds, spread=n) for n in range(80))
    )
    assert answers.count(None) == 50
    found = await parts(engine)
    assert [sum(part) for part in zip(*found, strict=True)] == [50, 5_000, 50, 10_000]


async def test_takes_and_returns_together_leave_what_they_must(engine: AsyncEngine):
    bounds = Bounds(max_uses=20)

    async def there_and_back(n: int) -> None:
        if await add(engine, TOTAL, Used(1, 7), bounds, spread=n) is None and n % 2:
            await give_back(engine, TOTAL, Used(1, 7), spread=n)

    await asyncio.gather(*(there_and_back(n) for n in range(40)))
    uses, fen, granted, _ = (
        sum(part or 0 for part in each) for each in zip(*await parts(engine), strict=True)
    )
    assert granted == 20
    assert (uses, fen) == (uses, uses * 7)
    left = [await add(engine, TOTAL, Used(1, 7), bounds, spread=n) for n in range(30)]
    assert left.count(None) == 20 - uses


async def test_a_return_takes_from_other_parts_where_its_own_has_too_little(engine: AsyncEngine):
    for spread in range(4):
        await add(engine, TOTAL, Used(1, 100), Bounds(max_uses=4), spread=spread)
    await give_back(engine, TOTAL, Used(2, 250), spread=1)
    assert [part[:2] for part in await parts(engine)] == [(0, 0), (0, 0), (1, 50), (1, 100)]
    assert await add(engine, TOTAL, Used(2, 0), Bounds(max_uses=4), spread=1) is None


async def test_nothing_falls_below_zero(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    for key in (TOTAL, OWN):
        await add(engine, key, Used(1, 100), Bounds())
        await give_back(engine, key, Used(3, 900))
    assert {part[:2] for part in await parts(engine)} == {(0, 0)}


async def test_readers_see_the_sum(engine: AsyncEngine):
    for spread in range(3):
        await add(engine, TOTAL, Used(1, 100), Bounds(max_uses=9), spread=spread)
    await add(engine, issued_key("B"), Used(5, 0), Bounds(max_uses=9), spread=2)
    assert await PostgresUsageRepository(engine).of_all(["A", "B"], NOON) == {
        "A": {TOTAL: Used(3, 300)},
        "B": {issued_key("B"): Used(5, 0)},
    }


async def test_fewer_parts_than_before(engine: AsyncEngine):
    """Parts beyond the setting keep what they counted and are granted nothing more."""
    await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=8), spread=3)
    for _ in range(7):
        assert await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=8), slots=2) is None
    assert await add(engine, TOTAL, Used(1, 0), Bounds(max_uses=8), slots=2) == Used(8, 0)
    assert sum(part[0] or 0 for part in await parts(engine)) == 8


async def test_grants_of_all_parts_sum_to_the_bound(engine: AsyncEngine):
    key = replace_period(TOTAL)
    for spread, fen in enumerate((13, 501, 7, 99, 1)):
        await add(engine, key, Used(1, fen), Bounds(max_fen=997), spread=spread * 3)
        assert sum(part[3] or 0 for part in await parts(engine)) == 997


def replace_period(key: CounterKey) -> CounterKey:
    return key._replace(period=LimitPeriod.DAY, start=NOON.date())
