"""What every loader has in common: one batch a turn of the event loop, and safe cancellation.

A loader belongs to one request and is built inside the running loop. It opens no connection
itself: a repository does, one for each batch.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

from aiodataloader import DataLoader

K = TypeVar("K")
V = TypeVar("V")

MAX_BATCH = 1_000


class BatchCancelled(Exception):
    """A batch was cancelled while others waited for it."""


class BatchLoader(DataLoader[K, V]):
    """`load(key)` waits for its batch; keys asked for in one turn share it, equal keys too.

    Built without a running loop: RuntimeError. The error of a batch goes to all that wait for it
    and is not kept: a later load tries again.
    """

    max_batch_size = MAX_BATCH

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._running: set[asyncio.Task[Any]] = set()

    def load(self, key: K) -> "asyncio.Future[V]":
        # Shielded: one waiter that is cancelled would else cancel the future that all share and
        # that stays in the loader's cache.
        shared = super().load(key)
        if not shared.done():
            shared.add_done_callback(_heed)
        return asyncio.shield(shared)

    async def batch_load_fn(self, keys: list[K]) -> list[V]:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
        try:
            return await self.load_batch(keys)
        except asyncio.CancelledError as cancelled:
            # A cancellation would pass aiodataloader by and leave all waiters hanging.
            raise BatchCancelled(f"{type(self).__name__} was cancelled") from cancelled
        finally:
            if task is not None:
                self._running.discard(task)

    def cancel(self) -> None:
        """Ends the batches that are under way, and with them their statements at the database:
        waiters are shielded, so that their own end would let a batch go on for nobody."""
        for task in self._running:
            task.cancel()

    @abstractmethod
    async def load_batch(self, keys: Sequence[K]) -> list[Any]:
        """One value for each key, in the keys' order. Keys are distinct."""


def _heed(shared: "asyncio.Future[Any]") -> None:
    """Takes note of an error: once all its waiters were cancelled, nobody else would, and asyncio
    would log it as forgotten."""
    if not shared.cancelled():
        shared.exception()
