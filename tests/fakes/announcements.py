"""Announcements inside one process; each listener hears what is said while it listens."""

import asyncio
from collections.abc import AsyncGenerator


class FakeAnnouncements:
    def __init__(self) -> None:
        self.announced: list[int] = []
        self.listening = asyncio.Event()
        self._queues: list[asyncio.Queue[int]] = []

    async def announce(self, version: int) -> None:
        self.announced.append(version)
        for queue in self._queues:
            queue.put_nowait(version)

    async def versions(self) -> AsyncGenerator[int, None]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._queues.append(queue)
        self.listening.set()
        while True:
            yield await queue.get()
