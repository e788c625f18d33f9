"""Tells all processes that an order changed, over Redis pub/sub; polls alone without it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cache.client import make_subscriber
from app.cache.keys import DatabaseKeys, Keys, known
from app.cache.pause import Pause
from app.ports.errors import StorageUnavailable

LOG = logging.getLogger("youhui.cache")
POLL_S = 1.0
"""How often an order is looked at while nobody tells of changes."""
UNHURRIED_S = 15.0
"""The same while changes are told: pub/sub may lose one."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0

Key = tuple[int, int]


class RedisOrderNews:
    """Implements `app.ports.order_news.OrderNews`. One subscription a process, held only while
    somebody listens. `redis` and `url` None: it polls."""

    def __init__(
        self,
        redis: Redis | None,
        url: str | None,
        keys: Keys | DatabaseKeys,
        poll_s: float = POLL_S,
    ) -> None:
        self._redis = redis
        self._url = url
        self._keys = keys
        self._poll_s = poll_s
        self._waiting: defaultdict[Key, set[asyncio.Event]] = defaultdict(set)
        self._telling: set[asyncio.Task[None]] = set()
        self._ear: asyncio.Task[None] | None = None
        self._hearing = False
        self._pause = Pause()

    def announce(self, user_id: int, order_id: int) -> None:
        if self._redis is None or self._pause.on:
            return
        task = asyncio.get_running_loop().create_task(self._tell(self._redis, user_id, order_id))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def hints(self, user_id: int, order_id: int) -> AsyncGenerator[None, None]:
        changed = asyncio.Event()
        key = (user_id, order_id)
        self._waiting[key].add(changed)
        self._listen()
        try:
            while True:
                changed.clear()
                yield
                with suppress(TimeoutError):
                    wait_s = UNHURRIED_S if self._hearing else self._poll_s
                    await asyncio.wait_for(changed.wait(), wait_s)
        finally:
            self._waiting[key].discard(changed)
            if not self._waiting[key]:
                del self._waiting[key]
            if not self._waiting:
                self._fall_silent()

    async def _tell(self, redis: Redis, user_id: int, order_id: int) -> None:
        try:
            keys = await known(self._keys)
            await redis.publish(keys.order_channel, f"{user_id}:{order_id}")
        except (RedisError, OSError, StorageUnavailable) as fault:
            self._pause.begin()
            LOG.debug("order change not told, polls will find it: %s", fault)

    def _listen(self) -> None:
        if self._url is not None and self._ear is None:
            self._ear = asyncio.get_running_loop().create_task(self._hear(self._url))

    def _fall_silent(self) -> None:
        if self._ear is not None:
            self._ear.cancel()
            self._ear = None
            self._hearing = False

    async def _hear(self, url: str) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                async with make_subscriber(url) as client:
                    await self._heard(client)
            except (RedisError, OSError, StorageUnavailable) as fault:
                LOG.debug("subscription to orders lost, next try in %.1f s: %s", wait_s, fault)
            if self._hearing:
                wait_s = FIRST_WAIT_S
            self._hearing = False
            self._wake_all()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _heard(self, client: Redis) -> None:
        keys = await known(self._keys)
        async with client.pubsub() as subscription:
            await subscription.subscribe(keys.order_channel)
            while True:
                message = await subscription.get_message(timeout=None)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._hearing = True
                    self._wake_all()  # what changed before we heard
                elif message["type"] == "message":
                    self._wake(message["data"])

    def _wake(self, told: bytes) -> None:
        user_id, _, order_id = told.partition(b":")
        if user_id.isdigit() and order_id.isdigit():
            for changed in self._waiting.get((int(user_id), int(order_id)), ()):
                changed.set()

    def _wake_all(self) -> None:
        for listeners in self._waiting.values():
            for changed in listeners:
                changed.set()
