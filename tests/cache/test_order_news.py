"""Hints that an order changed: told over Redis, looked for without it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from redis.asyncio import Redis

from app.cache import order_news
from app.cache.client import make_client
from app.cache.keys import Keys
from app.cache.order_news import RedisOrderNews

KEYS = Keys("a-test")
PATIENCE_S = 20
NEVER_S = 600.0


@asynccontextmanager
async def news_over(
    url: str, keys: Keys = KEYS, poll_s: float = NEVER_S
) -> AsyncIterator[RedisOrderNews]:
    async with make_client(url) as redis:
        yield RedisOrderNews(redis, url, keys, poll_s)


async def hint(hints: AsyncGenerator[None, None]) -> None:
    await asyncio.wait_for(anext(hints), PATIENCE_S)


@pytest.fixture(autouse=True)
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_news, "UNHURRIED_S", NEVER_S)


async def test_a_listener_is_told_at_once_and_of_changes_in_another_process(redis_url: str):
    async with news_over(redis_url) as here, news_over(redis_url) as there:
        async with aclosing(here.hints(7, 42)) as hints:
            await hint(hints)
            await hint(hints)  # it hears from now on: what changed before may have been missed
            there.announce(7, 42)
            await hint(hints)


async def test_another_order_is_no_news(redis_url: str):
    async with news_over(redis_url) as news, aclosing(news.hints(7, 42)) as hints:
        await hint(hints)
        await hint(hints)
        waiting = asyncio.ensure_future(anext(hints))
        async with aclosing(news.hints(7, 43)) as others:
            await hint(others)
            news.announce(8, 42)
            news.announce(7, 43)
            await hint(others)
        assert not waiting.done()
        news.announce(7, 42)
        await asyncio.wait_for(waiting, PATIENCE_S)


async def test_databases_on_one_redis_hear_nothing_of_each_other(redis_url: str):
    async with news_over(redis_url) as news, news_over(redis_url, Keys("other")) as other:
        async with aclosing(news.hints(7, 42)) as hints:
            await hint(hints)
            await hint(hints)
            waiting = asyncio.ensure_future(anext(hints))
            other.announce(7, 42)
            async with aclosing(other.hints(7, 42)) as others:
                await hint(others)
                await hint(others)
                other.announce(7, 42)
                await hint(others)
            assert not waiting.done()
            waiting.cancel()
            await asyncio.wait({waiting})


async def test_without_redis_it_is_looked_for_every_so_often():
    news = RedisOrderNews(None, None, KEYS, poll_s=0.01)
    news.announce(7, 42)
    async with aclosing(news.hints(7, 42)) as hints:
        for _ in range(3):
            await hint(hints)


async def test_with_redis_gone_it_is_looked_for_every_so_often(tmp_path):
    nowhere = f"unix://{tmp_path}/none.sock"
    async with news_over(nowhere, poll_s=0.01) as news, aclosing(news.hints(7, 42)) as hints:
        for _ in range(3):
            news.announce(7, 42)
            await hint(hints)


async def test_a_lost_subscription_is_taken_up_again(redis_url: str):
    async with news_over(redis_url) as news, aclosing(news.hints(7, 42)) as hints:
        await hint(hints)
        await hint(hints)
        async with Redis.from_url(redis_url) as redis:
            await redis.client_kill_filter(_type="pubsub")
        await hint(hints)  # lost
        await hint(hints)  # there again
        news.announce(7, 42)
        await hint(hints)


async def test_the_subscription_ends_with_its_last_listener(redis_url: str):
    async with news_over(redis_url) as news:
        async with aclosing(news.hints(7, 42)) as hints, aclosing(news.hints(7, 42)) as more:
            await hint(hints)
            await hint(more)
        async with Redis.from_url(redis_url) as redis:
            channel = KEYS.order_channel

            async def heard_by() -> int:
                return dict(await redis.pubsub_numsub(channel))[channel.encode()]

            async with asyncio.timeout(PATIENCE_S):
                while await heard_by():  # noqa: ASYNC110 - Redis' own state, which tells nobody
                    await asyncio.sleep(0.01)
