"""Counters of what was used, as PostgreSQL keeps them."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.promotions.usage import CounterKey, Used, issued_key
from app.storage.usage import PostgresUsageRepository
from tests.support import rows
from tests.support.rows import NOON


def own(user_id: int, code: str, period: LimitPeriod, start: date) -> CounterKey:
    return CounterKey(code, LimitPer.USER, str(user_id), period, start)


async def test_members_counters(engine: AsyncEngine):
    await rows.put_member(engine, 1)
    await rows.put_member(engine, 2)
    today, ever = date(2026, 4, 22), EVER_START
    await rows.put_usage(engine, 1, "A", uses=3, fen=900)
    await rows.put_usage(engine, 1, "A", period="DAY", period_start=today, uses=1)
    await rows.put_usage(engine, 2, "B", uses=2)
    assert await PostgresUsageRepository(engine).of_users([1, 2, 3], NOON) == {
        1: {
            own(1, "A", LimitPeriod.EVER, ever): Used(3, 900),
            own(1, "A", LimitPeriod.DAY, today): Used(1, 0),
        },
        2: {own(2, "B", LimitPeriod.EVER, ever): Used(2, 0)},
    }


@pytest.mark.parametrize(
    ("period", "start", "counts"),
    [
        ("DAY", date(2026, 4, 21), True),
        ("DAY", date(2026, 4, 23), True),
        ("DAY", date(2026, 4, 18), False),
        ("WEEK", date(2026, 4, 20), True),
        ("WEEK", date(2026, 4, 13), False),
        ("MONTH", date(2026, 4, 1), True),
        ("MONTH", date(2026, 3, 1), False),
        ("EVER", EVER_START, True),
    ],
)
async def test_periods_that_are_over_everywhere_are_left_out(
    engine: AsyncEngine, period: str, start: date, counts: bool
):
    await rows.put_member(engine, 1)
    await rows.put_usage(engine, 1, "A", period=period, period_start=start)
    await rows.put_counter(engine, "A", period=period, period_start=start)
    usage = PostgresUsageRepository(engine)
    assert bool(await usage.of_users([1], NOON)) is counts
    assert bool(await usage.of_all(["A"], NOON)) is counts


async def test_counters_of_all(engine: AsyncEngine):
    """In total and by station, not by device or person; a batch's issued coupons are uses."""
    await rows.put_counter(engine, "A", uses=9, fen=4_500)
    await rows.put_counter(engine, "A", per="STATION", subject="test:1", uses=4)
    await rows.put_counter(engine, "A", per="DEVICE", subject="d1")
    await rows.put_counter(engine, "B")
    await rows.put_stock(engine, "C", 50)
    ever = (LimitPeriod.EVER, EVER_START)
    assert await PostgresUsageRepository(engine).of_all(["A", "C", "D"], NOON) == {
        "A": {
            CounterKey("A", LimitPer.TOTAL, "", *ever): Used(9, 4_500),
            CounterKey("A", LimitPer.STATION, "test:1", *ever): Used(4, 0),
        },
        "C": {issued_key("C"): Used(50, 0)},
    }


@pytest.mark.parametrize(
    "wrong",
    [{"uses": -1}, {"fen": -1}, {"per": "USER"}, {"subject": "x"}, {"per": "STATION"}],
)
async def test_senseless_counters_are_refused(engine: AsyncEngine, wrong: dict[str, object]):
    with pytest.raises(IntegrityError):
        await rows.put_counter(engine, "A", **wrong)
