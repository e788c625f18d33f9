"""Documents registered by their hash: in Redis, so that any process knows them, and in the memory
of the process that was told, so that it works without Redis. Both are bounded."""

import logging
import time
from collections import OrderedDict
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cache.keys import DatabaseKeys, Keys, known
from app.cache.pause import Pause
from app.ports.errors import StorageUnavailable

LOG = logging.getLogger("youhui.cache")
MOST = 1_000
MOST_CHARACTERS = 20_000
KEPT_FOR_S = 86_400


class RedisRegisteredDocuments:
    """Implements `app.ports.registered_documents.RegisteredDocuments`: at most `most` texts of at
    most `MOST_CHARACTERS`, the ones registered longest ago go first. `client` None: no Redis."""

    def __init__(
        self,
        client: Redis | None,
        keys: Keys | DatabaseKeys,
        *,
        most: int = MOST,
        pause: Pause | None = None,
    ) -> None:
        self._client = client
        self._keys = keys
        self._most = most
        self._pause = pause or Pause()
        self._own: OrderedDict[str, str] = OrderedDict()

    async def find(self, sha256: str) -> str | None:
        text = self._own.get(sha256)
        if text is not None:
            return text
        if self._client is None or self._pause.on:
            return None
        try:
            key = (await known(self._keys)).registered_document(sha256)
            found = cast("bytes | None", await self._client.get(key))
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._leave_alone(fault)
            return None
        if found is None:
            return None
        self._keep_here(sha256, found.decode())
        return found.decode()

    async def keep(self, sha256: str, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            return
        self._keep_here(sha256, text)
        if self._client is None or self._pause.on:
            return
        try:
            await self._keep_there(self._client, await known(self._keys), sha256, text)
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._leave_alone(fault)

    def _keep_here(self, sha256: str, text: str) -> None:
        self._own[sha256] = text
        self._own.move_to_end(sha256)
        while len(self._own) > self._most:
            self._own.popitem(last=False)

    async def _keep_there(self, client: Redis, keys: Keys, sha256: str, text: str) -> None:
        """A sorted set knows which text is the oldest."""
        listed = keys.registered_documents
        async with client.pipeline(transaction=True) as pipeline:
            pipeline.set(keys.registered_document(sha256), text, ex=KEPT_FOR_S)
            pipeline.zadd(listed, {sha256: time.time()})
            pipeline.zrange(listed, 0, -self._most - 1)
            pipeline.expire(listed, KEPT_FOR_S)
            *_, surplus, _ = await pipeline.execute()
        if surplus:
            old = [name.decode() for name in cast("list[bytes]", surplus)]
            await client.delete(*(keys.registered_document(name) for name in old))
            await client.zrem(listed, *old)

    def _leave_alone(self, fault: Exception) -> None:
        self._pause.begin()
        LOG.warning(
            "Redis 不可用，登记的文档只在本进程 / Redis is down, documents stay here: %s", fault
        )
