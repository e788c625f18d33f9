"""Documents registered by their hash, on a real server and without one."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from app.cache.client import make_client
from app.cache.keys import Keys
from app.cache.registered_documents import MOST_CHARACTERS, RedisRegisteredDocuments

KEYS = Keys("test")


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with make_client(redis_url) as client:
        yield client


async def test_what_one_process_was_told_any_other_knows(client: Redis):
    one, other = (RedisRegisteredDocuments(client, KEYS) for _ in range(2))
    assert await other.find("a") is None
    await one.keep("a", "{ 油 }")
    assert await one.find("a") == await other.find("a") == "{ 油 }"
    assert 0 < await client.ttl(KEYS.registered_document("a")) <= 86_400


async def test_the_store_is_bounded_the_oldest_goes_first(client: Redis):
    one, other = (RedisRegisteredDocuments(client, KEYS, most=3) for _ in range(2))
    for name in "abcde":
        await one.keep(name, f"{{ {name} }}")
    assert [await other.find(name) for name in "abcde"] == [None, None, "{ c }", "{ d }", "{ e }"]
    assert await client.keys("*document:*") != []
    assert len(await client.keys("*")) == 4


async def test_what_is_told_again_is_new_again(client: Redis):
    one, other = (RedisRegisteredDocuments(client, KEYS, most=2) for _ in range(2))
    for name in "abac":
        await one.keep(name, f"{{ {name} }}")
    assert await other.find("a") == "{ a }"
    assert await other.find("b") is None


async def test_a_text_that_is_too_long_is_not_kept(client: Redis):
    store = RedisRegisteredDocuments(client, KEYS)
    await store.keep("a", "x" * (MOST_CHARACTERS + 1))
    assert await store.find("a") is None


@pytest.mark.parametrize("has_redis", [True, False])
async def test_without_a_server_a_process_knows_its_own(has_redis: bool):
    async with make_client("redis://127.0.0.1:1/0") as nobody:
        client = nobody if has_redis else None
        store = RedisRegisteredDocuments(client, KEYS, most=2)
        for name in "abc":
            await store.keep(name, f"{{ {name} }}")
        assert [await store.find(name) for name in "abc"] == [None, "{ b }", "{ c }"]
