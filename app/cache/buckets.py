"""Leaky buckets: one atomic script in Redis; without Redis, a part of each bucket in this process.

The generic cell rate algorithm: a bucket is one instant, the one at which it will be full again
(`full at`), in microseconds of Redis' own clock. Points move it on by `refill / capacity` each, and
are refused where it would then lie further off than a whole refill.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from app.cache.keys import DatabaseKeys, Keys, known
from app.cache.pause import Pause
from app.ports.errors import StorageUnavailable
from app.ports.rate_limiting import Bucket

LOG = logging.getLogger("youhui.cache")
MICRO = 1_000_000
MOST_HELD = 20_000
"""Buckets that this process remembers, for want of Redis or for points to give back; the least
recently used are forgotten first, which forgives them."""

SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local points = tonumber(ARGV[1])
local after, left, worst, wait = {}, {}, 0, 0
for i, key in ipairs(KEYS) do
  local capacity, refill = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local step = refill / capacity
  local full_at = tonumber(redis.call('GET', key) or '0') - tonumber(ARGV[3 * i + 1]) * step
  if full_at < now then full_at = now end
  after[i] = full_at + math.min(points, capacity) * step
  local short = after[i] - now - refill
  if short > wait then worst, wait = i, short end
  left[i] = math.floor((refill - (full_at - now)) / step + 0.000001)
end
if worst == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', after[i]), 'PX', math.ceil((after[i] - now) / 1000) + 1)
  end
end
return {worst, math.ceil(wait), unpack(left)}
"""
"""KEYS: the buckets. ARGV: points; then of each bucket its capacity, its refill in microseconds, and
points given back. Answers which bucket refused (0: none), microseconds to wait for it, and what each
held before."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """`refused`: the index of the bucket to wait longest for; None: all gave. `left`: what each
    bucket holds now."""

    refused: int | None
    wait_s: float
    left: tuple[int, ...]


Asked = Sequence[tuple[str, Bucket]]
"""Names of buckets, as `bucket_name` makes them, with their size."""


def bucket_name(kind: str, of_whom: str, who: str) -> str:
    """Of whom it counts is not in it: names are hashed. An IPv6 address counts with its /64, which
    one caller holds as a whole."""
    if of_whom == "ADDRESS":
        who = _network(who)
    digest = blake2b(who.encode(), digest_size=12).hexdigest()
    return f"{kind}:{of_whom}:{digest}".lower()


def _network(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    return str(read.ipv4_mapped or int(read) >> 64)


class Buckets:
    """`processes`: how many share the limits where Redis is gone: each then counts to its part."""

    def __init__(
        self,
        redis: Redis | None,
        keys: Keys | DatabaseKeys,
        *,
        processes: int = 1,
        pause: Pause | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._pause = pause or Pause()
        self._script = None if redis is None else redis.register_script(SCRIPT)
        self._own = OwnBuckets(processes, clock)
        self._owed: OrderedDict[str, int] = OrderedDict()

    async def draw(self, asked: Asked, points: int) -> Drawn:
        """From all of them, or from none. Never raises."""
        if self._script is not None and not self._pause.on:
            try:
                return await self._shared(self._script, asked, points)
            except (RedisError, OSError, StorageUnavailable) as fault:
                self._pause.begin()
                LOG.warning(
                    "Redis 不可用，本进程自行限流 / Redis is down, this process limits by itself: %s",
                    fault,
                )
        return self._own.draw(asked, points)

    def give_back(self, asked: Asked, points: int) -> None:
        if self._script is None or self._pause.on:
            self._own.give_back(asked, points)
            return
        for name, _ in asked:
            self._owed[name] = self._owed.pop(name, 0) + points
        while len(self._owed) > MOST_HELD:
            self._owed.popitem(last=False)

    async def _shared(self, script: AsyncScript, asked: Asked, points: int) -> Drawn:
        keys = await known(self._keys)
        arguments: list[int] = [points]
        for name, bucket in asked:
            arguments += (bucket.capacity, bucket.refill_s * MICRO, self._owed.pop(name, 0))
        names = [keys.bucket(name) for name, _ in asked]
        refused, wait, *held = await script(keys=names, args=arguments)
        if refused:
            for place, (name, _) in enumerate(asked):
                if arguments[3 * place + 3]:
                    self._owed[name] = self._owed.get(name, 0) + arguments[3 * place + 3]
            return Drawn(refused - 1, wait / MICRO, tuple(held))
        return Drawn(None, 0.0, _after(held, points))


class OwnBuckets:
    """The same in this process's memory, each bucket a part of the whole."""

    def __init__(self, processes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._processes = processes
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def draw(self, asked: Asked, points: int) -> Drawn:
        now = self._clock()
        refused, wait_s = None, 0.0
        held: list[int] = []
        moved: dict[str, float] = {}
        parts = [(name, self._part(bucket)) for name, bucket in asked]
        for place, (name, bucket) in enumerate(parts):
            step = bucket.refill_s / bucket.capacity
            full_at = max(now, self._full_at.get(name, now))
            moved[name] = full_at + min(points, bucket.capacity) * step
            short = moved[name] - now - bucket.refill_s
            if short > wait_s + 1e-9:
                refused, wait_s = place, short
            held.append(int((bucket.refill_s - (full_at - now)) / step + 1e-6))
        if refused is not None:
            return Drawn(refused, wait_s, tuple(held))
        for name, full_at in moved.items():
            self._full_at[name] = full_at
            self._full_at.move_to_end(name)
        while len(self._full_at) > MOST_HELD:
            self._full_at.popitem(last=False)
        return Drawn(None, 0.0, _after(held, points))

    def give_back(self, asked: Asked, points: int) -> None:
        for name, whole in asked:
            bucket = self._part(whole)
            if name in self._full_at:
                self._full_at[name] -= points * bucket.refill_s / bucket.capacity

    def _part(self, bucket: Bucket) -> Bucket:
        return Bucket(max(1, bucket.capacity // self._processes), bucket.refill_s)


def _after(held: Sequence[int], points: int) -> tuple[int, ...]:
    return tuple(max(0, before - points) for before in held)
