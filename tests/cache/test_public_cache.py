"""The shared cache on a real server, and without one."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.cache.client import make_client
from app.cache.keys import Keys
from app.cache.pause import Pause
from app.cache.public_cache import RedisPublicCache


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with make_client(redis_url) as client:
        yield client


@pytest.fixture
def cache(client: Redis) -> RedisPublicCache:
    return RedisPublicCache(client, Keys("test"))


async def test_what_was_put_is_found(cache: RedisPublicCache):
    await cache.put_many("kind", 3, {"1": b"one", "2": b"\x00\xff"}, ttl_s=60)
    assert await cache.get_many("kind", 3, ["2", "1", "0"]) == {"1": b"one", "2": b"\x00\xff"}


async def test_versions_and_kinds_are_apart(cache: RedisPublicCache):
    await cache.put_many("kind", 3, {"1": b"old"}, ttl_s=60)
    assert await cache.get_many("kind", 4, ["1"]) == {}
    assert await cache.get_many("other", 3, ["1"]) == {}


async def test_entries_end(cache: RedisPublicCache, client: Redis):
    await cache.put_many("kind", 3, {"1": b"one"}, ttl_s=60)
    assert 0 < await client.ttl(Keys("test").public_result("kind", 3, "1")) <= 60


async def test_nothing_asked_is_nothing_found(cache: RedisPublicCache):
    await cache.put_many("kind", 3, {}, ttl_s=60)
    assert await cache.get_many("kind", 3, []) == {}


async def test_without_a_server_nothing_is_found_and_nothing_fails(
    caplog: pytest.LogCaptureFixture,
):
    async with make_client("redis://127.0.0.1:1/0") as nobody:
        cache = RedisPublicCache(nobody, Keys("test"))
        await cache.put_many("kind", 3, {"1": b"one"}, ttl_s=60)
        assert await cache.get_many("kind", 3, ["1"]) == {}
    assert len(caplog.records) == 1, "the second call leaves the server alone"


async def test_a_server_that_does_not_answer_costs_one_timeout(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """It takes connections and says nothing; a second question would wait for it again."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        async with make_client(f"unix://{tmp_path}/s") as client:
            cache = RedisPublicCache(client, Keys("test"), Pause(3_600))
            for _ in range(1_000):
                assert await cache.get_many("kind", 1, ["1"]) == {}
    assert len(caplog.records) == 1


async def test_after_the_pause_the_server_is_asked_again(client: Redis):
    now = [100.0]
    pause = Pause(1.0, clock=lambda: now[0])
    cache = RedisPublicCache(client, Keys("test"), pause)
    await cache.put_many("kind", 1, {"1": b"one"}, ttl_s=60)
    pause.begin()
    assert await cache.get_many("kind", 1, ["1"]) == {}
    now[0] += 1.0
    assert await cache.get_many("kind", 1, ["1"]) == {"1": b"one"}
