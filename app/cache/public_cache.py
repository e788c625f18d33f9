"""The shared cache of results that are the same for everyone. Never money, never a member's."""

import logging
from collections.abc import Mapping, Sequence
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cache.keys import DatabaseKeys, Keys, known
from app.cache.pause import Pause
from app.ports.errors import StorageUnavailable
from app.ports.tally import current_tally

LOG = logging.getLogger("youhui.cache")


class RedisPublicCache:
    """Implements `app.ports.public_cache.PublicCache`."""

    def __init__(
        self, client: Redis, keys: Keys | DatabaseKeys, pause: Pause | None = None
    ) -> None:
        self._client = client
        self._keys = keys
        self._pause = pause or Pause()

    async def get_many(self, kind: str, version: int, ids: Sequence[str]) -> Mapping[str, bytes]:
        if not ids or self._pause.on:
            return {}
        try:
            names = await known(self._keys)
            keys = [names.public_result(kind, version, id_) for id_ in ids]
            # The client decodes no answer, so each is bytes.
            found = cast("Sequence[bytes | None]", await self._client.mget(keys))
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._leave_alone(fault)
            return {}
        hits = {id_: value for id_, value in zip(ids, found, strict=True) if value is not None}
        tally = current_tally()
        if tally is not None:
            tally.cache_hits += len(hits)
            tally.cache_misses += len(ids) - len(hits)
        return hits

    async def put_many(
        self, kind: str, version: int, entries: Mapping[str, bytes], ttl_s: int
    ) -> None:
        if not entries or self._pause.on:
            return
        try:
            names = await known(self._keys)
            async with self._client.pipeline(transaction=False) as pipeline:
                for id_, value in entries.items():
                    pipeline.set(names.public_result(kind, version, id_), value, ex=ttl_s)
                await pipeline.execute()
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._leave_alone(fault)

    def _leave_alone(self, fault: Exception) -> None:
        self._pause.begin()
        LOG.warning("Redis 不可用，改走数据库 / Redis is down, going without: %s", fault)
