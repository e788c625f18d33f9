"""Announcements over a real server: heard, apart by environment, silent without one, back after."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from app.cache.announcements import RedisAnnouncements
from app.cache.client import make_client
from app.cache.keys import Keys
from tests.support.relay import Relay
from tests.support.waiting import until


async def listeners(redis_url: str, keys: Keys) -> int:
    async with make_client(redis_url) as client:
        [(_, number)] = await client.pubsub_numsub(keys.catalog_channel)
        return number


async def heard(redis_url: str, keys: Keys, wanted: int) -> None:
    async def subscribed() -> bool:
        return await listeners(redis_url, keys) == wanted

    await until(subscribed)


async def take(announcements: RedisAnnouncements, number: int) -> list[int]:
    found: list[int] = []
    async with aclosing(announcements.versions()) as versions:
        async for version in versions:
            found.append(version)
            if len(found) == number:
                break
    return found


@pytest.fixture
def keys(request: pytest.FixtureRequest, worker_name: str) -> Keys:
    """Channels are shared by all tests of a run."""
    return Keys(f"{worker_name}-{request.node.name}")


async def test_every_listener_hears_every_version(redis_url: str, keys: Keys):
    announcements = RedisAnnouncements(redis_url, keys)
    listening = [asyncio.create_task(take(announcements, 3)) for _ in range(2)]
    await heard(redis_url, keys, 2)
    for version in (1, 2, 5):
        await announcements.announce(version)
    assert await asyncio.gather(*listening) == [[1, 2, 5], [1, 2, 5]]


async def test_another_environment_is_not_heard(redis_url: str, keys: Keys):
    announcements = RedisAnnouncements(redis_url, keys)
    listening = asyncio.create_task(take(announcements, 1))
    await heard(redis_url, keys, 1)
    await RedisAnnouncements(redis_url, Keys(f"{keys.namespace}-other")).announce(9)
    await announcements.announce(7)
    assert await listening == [7]


async def test_what_is_no_version_is_passed_over(redis_url: str, keys: Keys):
    announcements = RedisAnnouncements(redis_url, keys)
    listening = asyncio.create_task(take(announcements, 1))
    await heard(redis_url, keys, 1)
    async with make_client(redis_url) as client:
        await client.publish(keys.catalog_channel, "nonsense")
    await announcements.announce(8)
    assert await listening == [8]


async def test_a_listener_that_leaves_unsubscribes(redis_url: str, keys: Keys):
    announcements = RedisAnnouncements(redis_url, keys)
    listening = asyncio.create_task(take(announcements, 1))
    await heard(redis_url, keys, 1)
    listening.cancel()
    await asyncio.wait({listening})
    await heard(redis_url, keys, 0)


async def test_without_a_server_announcing_does_not_fail(caplog: pytest.LogCaptureFixture):
    await RedisAnnouncements("redis://127.0.0.1:1/0", Keys("test")).announce(1)
    assert len(caplog.records) == 1


async def test_a_listener_finds_a_server_that_comes_later(
    redis_url: str, keys: Keys, tmp_path: Path
):
    socket = tmp_path / "later"
    listening = asyncio.create_task(
        take(RedisAnnouncements(f"unix://{socket}", keys, longest_wait_s=0.05), 1)
    )
    done, _ = await asyncio.wait({listening}, timeout=0.3)
    assert not done
    async with Relay(redis_url, socket):
        await heard(redis_url, keys, 1)
        await RedisAnnouncements(redis_url, keys).announce(4)
        assert await listening == [4]


async def test_a_listener_whose_connection_is_cut_comes_back(
    redis_url: str, keys: Keys, tmp_path: Path
):
    socket = tmp_path / "cut"
    announcements = RedisAnnouncements(redis_url, keys)
    async with Relay(redis_url, socket) as relay:
        listening = asyncio.create_task(
            take(RedisAnnouncements(f"unix://{socket}", keys, longest_wait_s=0.05), 1)
        )
        for _ in range(3):
            await heard(redis_url, keys, 1)
            relay.cut()
            await heard(redis_url, keys, 0)
        await heard(redis_url, keys, 1)
        await announcements.announce(2)
        assert await listening == [2]
