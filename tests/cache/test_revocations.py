"""Sessions that ended are known in every process, also in those that were not listening."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app.cache.client import make_client
from app.cache.keys import Keys
from app.cache.revocations import RedisRevocations
from app.domain.identity.principal import Principal, PrincipalKind, member
from tests.support.waiting import until

KEYS = Keys("a-test")
LIFETIME = timedelta(minutes=10)
PATIENCE_S = 20
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


class Seconds:
    """Since 1970, as a test says."""

    def __init__(self) -> None:
        self.now_s = NOW.timestamp()

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@asynccontextmanager
async def process(url: str, clock: Seconds) -> AsyncIterator[RedisRevocations]:
    """One that listens."""
    async with make_client(url) as redis:
        revocations = RedisRevocations(redis, url, KEYS, LIFETIME, clock)
        async with revocations.following():
            await asyncio.wait_for(revocations.hearing.wait(), PATIENCE_S)
            yield revocations


async def known(revocations: RedisRevocations, principal: Principal) -> None:
    async def told() -> bool:
        return revocations.revoked(principal)

    await until(told)


async def test_another_process_is_told_at_once(redis_url: str, clock: Seconds):
    async with process(redis_url, clock) as here, process(redis_url, clock) as there:
        await there.revoke(PrincipalKind.MEMBER, [42, 43], NOW)
        await known(here, member(7, 42))
        assert here.revoked(member(7, 43))
        assert there.revoked(member(7, 42))
        assert not here.revoked(member(7, 44))
        assert not here.revoked(member(7))


async def test_sessions_of_staff_are_others_than_members(redis_url: str, clock: Seconds):
    staff = Principal(kind=PrincipalKind.STAFF, id=7, session_id=42)
    async with process(redis_url, clock) as here:
        await here.revoke(PrincipalKind.MEMBER, [42], NOW)
        assert not here.revoked(staff)
        await here.revoke(PrincipalKind.STAFF, [42], NOW)
        assert here.revoked(staff)


async def test_one_that_starts_later_learns_what_still_counts(redis_url: str, clock: Seconds):
    async with process(redis_url, clock) as here:
        await here.revoke(PrincipalKind.MEMBER, [41], NOW)
        clock.now_s += 300
        await here.revoke(PrincipalKind.MEMBER, [42], NOW + timedelta(minutes=5))
    clock.now_s += 301
    async with process(redis_url, clock) as later:
        assert later.revoked(member(7, 42))
        assert not later.revoked(member(7, 41))


async def test_what_no_token_can_need_any_more_is_forgotten(redis_url: str, clock: Seconds):
    async with process(redis_url, clock) as here, make_client(redis_url) as redis:
        await here.revoke(PrincipalKind.MEMBER, [41], NOW)
        clock.now_s += 601
        await here.revoke(PrincipalKind.MEMBER, [42], NOW + timedelta(seconds=601))
        assert await redis.zrange(KEYS.revoked, 0, -1) == [b"MEMBER:42"]
        assert 0 < await redis.ttl(KEYS.revoked) <= 660
        assert not here.revoked(member(7, 41))


async def test_without_redis_the_process_itself_knows(clock: Seconds):
    alone = RedisRevocations(None, None, KEYS, LIFETIME, clock)
    async with alone.following():
        await alone.revoke(PrincipalKind.MEMBER, [42], NOW)
        assert alone.revoked(member(7, 42))


async def test_with_redis_gone_it_says_so_and_goes_on(clock: Seconds, caplog):
    nobody = "redis://127.0.0.1:1/0"
    async with make_client(nobody) as redis:
        here = RedisRevocations(redis, nobody, KEYS, LIFETIME, clock)
        async with here.following():
            await here.revoke(PrincipalKind.MEMBER, [42], NOW)
            assert here.revoked(member(7, 42))
    assert "ended sessions not told" in caplog.text


async def test_many_sessions_are_told_in_parts(redis_url: str, clock: Seconds):
    many = range(1, 2_502)
    async with process(redis_url, clock) as here, process(redis_url, clock) as there:
        await there.revoke(PrincipalKind.MEMBER, many, NOW)
        await known(here, member(7, many[-1]))
        assert all(here.revoked(member(7, number)) for number in many)
