"""Tells all processes which sessions ended, so that access tokens of theirs are believed no more.

Every process keeps what it was told in memory: asking costs no round trip. Redis keeps the same in
a sorted set, by the instant at which the last access token ends, for who was not listening.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cache.client import make_subscriber
from app.cache.keys import DatabaseKeys, Keys, known
from app.cache.pause import Pause
from app.domain.identity.principal import Principal, PrincipalKind
from app.ports.errors import StorageUnavailable

LOG = logging.getLogger("youhui.cache")
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
AT_ONCE = 1_000
"""Sessions told in one command."""


class RedisRevocations:
    """Implements `app.ports.revocations.Revocations`. `lifetime`: of access tokens; `redis` and
    `url` None: only this process knows. `clock`: seconds since 1970."""

    def __init__(
        self,
        redis: Redis | None,
        url: str | None,
        keys: Keys | DatabaseKeys,
        lifetime: timedelta,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._url = url
        self._keys = keys
        self._lifetime_s = lifetime.total_seconds()
        self._clock = clock
        self._until: dict[str, float] = {}
        self._pause = Pause()
        self.hearing = asyncio.Event()

    def revoked(self, principal: Principal) -> bool:
        if principal.session_id is None or not self._until:
            return False
        return _name(principal.kind, principal.session_id) in self._until

    async def revoke(self, kind: PrincipalKind, session_ids: Iterable[int], at: datetime) -> None:
        until = at.timestamp() + self._lifetime_s
        names = {_name(kind, session_id): until for session_id in session_ids}
        self._learn(names)
        if self._redis is None or self._pause.on or not names:
            return
        try:
            await self._tell(self._redis, names)
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._pause.begin()
            LOG.warning(
                "未能通知会话已结束，其访问令牌到期前仍有效 / ended sessions not told, "
                "their access tokens hold to their end: %s",
                fault,
            )

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Hears what others tell, while the block runs."""
        if self._url is None:
            yield
            return
        ear = asyncio.create_task(self._hear(self._url))
        try:
            yield
        finally:
            while not ear.done():
                # Again and again: one that comes just when a wait of the client's ends is lost.
                ear.cancel()
                await asyncio.wait({ear}, timeout=0.5)

    async def _tell(self, redis: Redis, names: dict[str, float]) -> None:
        keys = await known(self._keys)
        listed = list(names.items())
        for start in range(0, len(listed), AT_ONCE):
            part = dict(listed[start : start + AT_ONCE])
            async with redis.pipeline(transaction=False) as pipeline:
                pipeline.zadd(keys.revoked, part)
                pipeline.zremrangebyscore(keys.revoked, "-inf", self._clock())
                pipeline.expire(keys.revoked, int(self._lifetime_s) + 60)
                pipeline.publish(keys.revoked_channel, " ".join(part))
                await pipeline.execute()

    async def _hear(self, url: str) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                async with make_subscriber(url) as client:
                    await self._heard(client)
            except (RedisError, OSError, StorageUnavailable) as fault:
                LOG.debug("subscription to ended sessions lost, again in %.1f s: %s", wait_s, fault)
            if self.hearing.is_set():
                wait_s = FIRST_WAIT_S
            self.hearing.clear()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _heard(self, client: Redis) -> None:
        keys = await known(self._keys)
        async with client.pubsub() as subscription:
            await subscription.subscribe(keys.revoked_channel)
            while True:
                message = await subscription.get_message(timeout=None)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    await self._catch_up(client, keys)
                    self.hearing.set()
                elif message["type"] == "message":
                    until = self._clock() + self._lifetime_s
                    told = message["data"].decode("ascii", "replace").split()
                    self._learn(dict.fromkeys(told, until))

    async def _catch_up(self, client: Redis, keys: Keys) -> None:
        """What was told before we heard."""
        # The client decodes no answer, so each name is bytes.
        running = cast(
            "Sequence[tuple[bytes, float]]",
            await client.zrangebyscore(keys.revoked, self._clock(), "+inf", withscores=True),
        )
        self._learn({name.decode("ascii", "replace"): until for name, until in running})

    def _learn(self, names: dict[str, float]) -> None:
        now = self._clock()
        self._until = {name: until for name, until in self._until.items() if until > now}
        self._until.update(names)


def _name(kind: PrincipalKind, session_id: int) -> str:
    return f"{kind.value}:{session_id}"
