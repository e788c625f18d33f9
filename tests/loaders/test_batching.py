"""What every loader promises: one batch a turn, no shared fate of waiters, no hanging."""

import asyncio
import gc
from collections.abc import Sequence

import pytest

from app.loaders.batching import MAX_BATCH, BatchCancelled, BatchLoader


class Doubles(BatchLoader[int, int]):
    """Doubles numbers once `gate` is open; remembers its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: BaseException | None = None

    async def load_batch(self, keys: Sequence[int]) -> list[int]:
        self.batches.append(list(keys))
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return [2 * key for key in keys]


async def test_keys_of_one_turn_share_a_batch_and_equal_keys_are_one():
    doubles = Doubles()
    assert await asyncio.gather(*(doubles.load(key) for key in (3, 1, 3, 2))) == [6, 2, 6, 4]
    assert doubles.batches == [[3, 1, 2]]


async def test_what_was_loaded_is_not_loaded_again():
    doubles = Doubles()
    assert [await doubles.load(1), await doubles.load(1)] == [2, 2]
    assert doubles.batches == [[1]]


async def test_batches_are_bounded():
    doubles = Doubles()
    keys = range(2 * MAX_BATCH + 1)
    assert await doubles.load_many(keys) == [2 * key for key in keys]
    assert [len(batch) for batch in doubles.batches] == [MAX_BATCH, MAX_BATCH, 1]


async def test_a_waiter_that_is_cancelled_leaves_the_others():
    doubles = Doubles()
    doubles.gate.clear()

    async def wait() -> int:
        return await doubles.load(1)

    first, second = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    doubles.gate.set()
    assert await second == 2
    assert first.cancelled()


async def test_after_a_cancelled_waiter_the_key_loads_still():
    doubles = Doubles()
    doubles.gate.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(doubles.load(1), 0.01)
    doubles.gate.set()
    assert await doubles.load(1) == 2
    assert doubles.batches == [[1]]


async def test_a_cancelled_batch_is_an_error_for_all_that_wait():
    doubles = Doubles()
    doubles.fault = asyncio.CancelledError()
    loads = [asyncio.ensure_future(doubles.load(key)) for key in (1, 2)]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*loads, return_exceptions=True)
    assert [type(answer) for answer in answers] == [BatchCancelled, BatchCancelled]


async def test_the_error_of_a_batch_is_not_kept():
    doubles = Doubles()
    doubles.fault = ValueError("down")
    with pytest.raises(ValueError, match="down"):
        await doubles.load(1)
    doubles.fault = None
    assert await doubles.load(1) == 2


async def test_an_error_that_nobody_waits_for_any_more_is_silent(
    caplog: pytest.LogCaptureFixture,
):
    doubles = Doubles()
    doubles.gate.clear()
    doubles.fault = ValueError("down")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(doubles.load(1), 0.01)
    doubles.gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    del doubles
    gc.collect()
    assert caplog.records == []


def test_without_a_running_loop_there_is_no_loader():
    with pytest.raises(RuntimeError):
        Doubles()
