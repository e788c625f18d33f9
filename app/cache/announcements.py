"""Announces catalog versions over Redis pub/sub, and hears them."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cache.client import make_client, make_subscriber
from app.cache.keys import DatabaseKeys, Keys, known
from app.ports.errors import StorageUnavailable

LOG = logging.getLogger("youhui.cache")
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 10.0


class RedisAnnouncements:
    """Implements `app.ports.announcements.CatalogAnnouncements`. Holds no connection by itself."""

    def __init__(
        self, url: str, keys: Keys | DatabaseKeys, longest_wait_s: float = LONGEST_WAIT_S
    ) -> None:
        self._url = url
        self._keys = keys
        self._longest_wait_s = longest_wait_s

    async def announce(self, version: int) -> None:
        try:
            keys = await known(self._keys)
            async with make_client(self._url) as client:
                await client.publish(keys.catalog_channel, version)
        except (RedisError, OSError, StorageUnavailable) as fault:
            LOG.warning(
                "未能通知目录版本 %d，轮询会发现它 / version not announced, polls will find it: %s",
                version,
                fault,
            )

    async def versions(self) -> AsyncGenerator[int, None]:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                async with (
                    make_subscriber(self._url) as client,
                    aclosing(self._heard(client)) as heard,
                ):
                    async for version in heard:
                        wait_s = FIRST_WAIT_S
                        yield version
            except (RedisError, OSError, StorageUnavailable) as fault:
                LOG.debug("subscription lost, next try in %.1f s: %s", wait_s, fault)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, self._longest_wait_s)

    async def _heard(self, client: Redis) -> AsyncGenerator[int, None]:
        keys = await known(self._keys)
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(keys.catalog_channel)
            while True:
                message = await subscription.get_message(timeout=None)
                if message and message["type"] == "message" and message["data"].isdigit():
                    yield int(message["data"])
