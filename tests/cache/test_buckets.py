"""Leaky buckets on a real server, in one process's memory, and across four processes."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from app.cache import buckets as module
from app.cache.buckets import Buckets, OwnBuckets, bucket_name
from app.cache.client import make_client
from app.cache.keys import Keys
from app.cache.rate_limiter import ATTEMPTS, BucketAttempts, BucketRateLimiter
from app.ports.attempts import AttemptKind, AttemptSubject
from app.ports.rate_limiting import Bucket, Payer

SLOW = Bucket(10, 10_000)
"""Nothing worth a point comes back while a test runs."""
OTHER = Bucket(4, 10_000)
NOBODY = "redis://127.0.0.1:1/0"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with make_client(redis_url) as client:
        await client.flushdb()
        yield client


@pytest.fixture
def shared(client: Redis) -> Buckets:
    return Buckets(client, Keys("test"))


@pytest.fixture(params=["redis", "memory"])
def either(request: pytest.FixtureRequest, client: Redis) -> Buckets:
    return Buckets(client if request.param == "redis" else None, Keys("test"))


async def test_a_full_bucket_gives_its_capacity_and_no_more(either: Buckets):
    left = [(await either.draw([("a", SLOW)], 3)).left[0] for _ in range(3)]
    assert left == [7, 4, 1]
    refused = await either.draw([("a", SLOW)], 3)
    assert (refused.refused, refused.left) == (0, (1,))
    assert 1_990 < refused.wait_s <= 2_000, "two points at one in 1,000 s"
    assert (await either.draw([("a", SLOW)], 1)).left == (0,)


async def test_all_buckets_give_or_none_does(either: Buckets):
    """The second one is short: the first must not lose what it would have given."""
    await either.draw([("b", OTHER)], 4)
    refused = await either.draw([("a", SLOW), ("b", OTHER)], 2)
    assert refused.refused == 1
    assert (await either.draw([("a", SLOW)], 10)).refused is None


async def test_the_bucket_to_wait_longest_for_is_named(either: Buckets):
    both = [("a", SLOW), ("b", OTHER)]
    await either.draw(both, 4)
    drawn = await either.draw(both, 7)
    assert drawn.refused == 1, "4 points at one in 2,500 s, against 1 at one in 1,000 s"


async def test_more_than_a_bucket_holds_takes_all_it_holds(either: Buckets):
    assert (await either.draw([("a", SLOW)], 99)).left == (0,)
    assert (await either.draw([("a", SLOW)], 99)).refused == 0


async def test_what_was_given_back_can_be_taken(either: Buckets):
    await either.draw([("a", SLOW)], 10)
    either.give_back([("a", SLOW)], 4)
    assert (await either.draw([("a", SLOW)], 3)).left == (1,)


async def test_more_given_back_than_was_taken_makes_no_bucket_larger(either: Buckets):
    await either.draw([("a", SLOW)], 1)
    either.give_back([("a", SLOW)], 50)
    assert (await either.draw([("a", SLOW)], 10)).left == (0,)
    assert (await either.draw([("a", SLOW)], 1)).refused == 0


async def test_what_was_given_back_outlives_a_refusal(shared: Buckets):
    await shared.draw([("a", SLOW), ("b", OTHER)], 4)
    shared.give_back([("a", SLOW)], 4)
    assert (await shared.draw([("a", SLOW), ("b", OTHER)], 1)).refused == 1
    assert (await shared.draw([("a", SLOW)], 10)).left == (0,)


async def test_points_come_back_evenly():
    clock = Clock()
    own = OwnBuckets(1, clock)
    bucket = Bucket(10, 5)
    own.draw([("a", bucket)], 10)
    held = []
    for _ in range(6):
        clock.now += 1.0
        held.append(own.draw([("a", bucket)], 0).left[0])
    assert held == [2, 4, 6, 8, 10, 10]


async def test_points_come_back_in_redis_too(shared: Buckets):
    quick = Bucket(100, 1)
    await shared.draw([("a", quick)], 100)
    refused = await shared.draw([("a", quick)], 100)
    await asyncio.sleep(refused.wait_s)
    assert (await shared.draw([("a", quick)], 100)).refused is None


async def test_a_bucket_that_is_full_again_leaves_nothing_behind(shared: Buckets, client: Redis):
    await shared.draw([("a", SLOW)], 5)
    assert 4_990_000 < await client.pttl(Keys("test").bucket("a")) <= 5_000_001


@given(
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 12)), max_size=40),
    bucket=st.builds(Bucket, st.integers(1, 20), st.integers(1, 20)),
)
def test_no_window_gives_more_than_the_capacity_and_what_came_back_in_it(steps, bucket):
    """The law of a leaky bucket, of every window of any history."""
    clock = Clock()
    own = OwnBuckets(1, clock)
    given_at: list[tuple[float, int]] = []
    for pause_s, asked in steps:
        clock.now += pause_s
        points = min(asked, bucket.capacity)
        if own.draw([("a", bucket)], points).refused is None:
            given_at.append((clock.now, points))
    for start in range(len(given_at)):
        total = 0
        for at, points in given_at[start:]:
            total += points
            window_s = at - given_at[start][0]
            assert total <= bucket.capacity + window_s * bucket.restored_per_s + 1e-6


@given(steps=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 5)), min_size=1, max_size=30))
def test_who_waits_as_told_is_served(steps):
    clock = Clock()
    own, bucket = OwnBuckets(1, clock), Bucket(5, 10)
    for pause_s, points in steps:
        clock.now += pause_s
        drawn = own.draw([("a", bucket)], points)
        if drawn.refused is not None:
            clock.now += drawn.wait_s
            assert own.draw([("a", bucket)], points).refused is None


async def test_without_redis_a_process_counts_to_its_part(caplog: pytest.LogCaptureFixture):
    async with make_client(NOBODY) as nobody:
        part = Buckets(nobody, Keys("test"), processes=4)
        whole = Bucket(40, 10_000)
        allowed = 0
        while (await part.draw([("a", whole)], 1)).refused is None:
            allowed += 1
    assert allowed == 10
    assert len(caplog.records) == 1, "an outage is told once a pause, not once a request"


async def test_a_part_is_never_nothing():
    part = Buckets(None, Keys("test"), processes=64)
    assert (await part.draw([("a", Bucket(1, 60))], 1)).refused is None


async def test_the_memory_of_a_process_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_HELD", 3)
    own = OwnBuckets(1, Clock())
    for name in "abcd":
        own.draw([(name, SLOW)], 10)
    assert own.draw([("a", SLOW)], 10).refused is None, "forgotten first"
    assert own.draw([("d", SLOW)], 1).refused == 0


def test_names_hold_nothing_of_whom_they_count():
    name = bucket_name("points", "ADDRESS", "203.0.113.7")
    assert "203" not in name
    assert name != bucket_name("points", "ADDRESS", "203.0.113.8")
    assert name != bucket_name("points", "DEVICE", "203.0.113.7")
    assert name != bucket_name("SIGN_IN", "ADDRESS", "203.0.113.7")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("unix", "unix", True),
    ],
)
def test_an_address_of_version_6_counts_with_its_network(one: str, other: str, same: bool):
    names = [bucket_name("points", "ADDRESS", each) for each in (one, other)]
    assert all(a == b for a, b in pairwise(names)) is same


async def test_the_standing_is_of_the_bucket_with_least_left(shared: Buckets):
    limiter = BucketRateLimiter(shared, {Payer.VIEWER: SLOW, Payer.ADDRESS: Bucket(100, 10_000)})
    payers = {Payer.VIEWER: "MEMBER:1", Payer.ADDRESS: "::1", Payer.DEVICE: "uncounted"}
    first = await limiter.take(payers, 2)
    assert first is not None
    assert (first.payer, first.remaining, first.wait_s) == (Payer.VIEWER, 8, 0)
    for _ in range(9):
        await limiter.take({Payer.ADDRESS: "::1"}, 10)
    second = await limiter.take(payers, 1)
    assert second is not None
    assert (second.payer, second.remaining) == (Payer.ADDRESS, 7)
    third = await limiter.take(payers, 8)
    assert third is not None
    assert third.wait_s > 0
    assert third.payer is Payer.VIEWER, "one point in 1,000 s: its wait is the longest"


async def test_nobody_to_count_is_no_standing(shared: Buckets):
    assert await BucketRateLimiter(shared, {}).take({Payer.VIEWER: "MEMBER:1"}, 5) is None


async def test_attempts_are_counted_by_kind_and_by_subject(shared: Buckets):
    attempts = BucketAttempts(shared, ATTEMPTS)
    mine = {AttemptSubject.VIEWER: "1", AttemptSubject.ADDRESS: "203.0.113.7"}
    kind = AttemptKind.COUPON_CODE
    waits = [await attempts.take(kind, mine) for _ in range(11)]
    assert waits[:10] == [0] * 10
    assert 0 < waits[10] <= 60
    assert await attempts.take(AttemptKind.SHARE_CODE, mine) == 0
    assert await attempts.take(kind, {**mine, AttemptSubject.VIEWER: "2"}) == 0
    assert await attempts.take(kind, {}) == 0


def test_every_kind_of_attempt_is_limited_by_address():
    """A guest can change everything else."""
    assert set(ATTEMPTS) == set(AttemptKind)
    assert all(AttemptSubject.ADDRESS in limits for limits in ATTEMPTS.values())


HAMMER = """
import asyncio, json, sys
from app.cache.buckets import Buckets
from app.cache.client import make_client
from app.cache.keys import Keys
from app.ports.rate_limiting import Bucket

async def main(url, tries):
    async with make_client(url) as client:
        buckets = Buckets(client, Keys("four"), processes=4)
        print("ready", flush=True)
        sys.stdin.readline()
        drawn = [await buckets.draw([("a", Bucket(100, 100_000))], 1) for _ in range(tries)]
    print(sum(each.refused is None for each in drawn))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.fixture(params=["redis", "gone"])
def four_allowed(request: pytest.FixtureRequest, redis_url: str) -> Iterator[tuple[str, list[int]]]:
    """What each of four processes allowed that tried 60 times at once, for a limit of 100."""
    url = redis_url if request.param == "redis" else NOBODY
    four = [
        subprocess.Popen(
            [sys.executable, "-c", HAMMER, url, "60"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    try:
        for process in four:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        told = [process.communicate("go\n", timeout=60)[0] for process in four]
        yield request.param, [json.loads(each) for each in told]
    finally:
        for process in four:
            process.kill()
            process.wait()


def test_four_processes_allow_together_what_one_limit_says(four_allowed: tuple[str, list[int]]):
    where, allowed = four_allowed
    assert sum(allowed) == 100
    if where == "gone":
        assert allowed == [25] * 4
