"""A TCP relay that can misbehave: cut, hang, be slow, or lose the answer to a commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

COMMIT = b"COMMIT\x00"
"""What a client of PostgreSQL sends at the end of a transaction."""
Target = str | tuple[str, int]


class _End(asyncio.Protocol):
    """One end of a connection through the relay. `transport` None: not there yet."""

    def __init__(self, heard: Callable[[bytes], None], gone: Callable[[], None]) -> None:
        self._heard, self._gone = heard, gone
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone()


class _Pair:
    """One connection through the relay. `lost`: its answers are thrown away, then it breaks.

    What cannot pass at once waits in one queue, so that nothing overtakes."""

    def __init__(self, wire: "Wire") -> None:
        self.wire = wire
        self.near = _End(lambda data: self._pass(self.far, data), self.break_off)
        self.far = _End(lambda data: self._pass(self.near, data), self.break_off)
        self.lost = False
        self._breaking = False
        self._waiting: deque[tuple[_End, bytes]] = deque()
        self._passing: asyncio.Task[None] | None = None

    def begin(self) -> _End:
        """The near end of a connection that was just taken."""
        self.wire.pairs.add(self)
        self._passing = asyncio.ensure_future(self._reach())
        return self.near

    def break_off(self) -> None:
        self.wire.pairs.discard(self)
        for end in (self.near, self.far):
            if end.transport is not None:
                end.transport.abort()

    async def _reach(self) -> None:
        if not await self.wire.reach(self.far) or self not in self.wire.pairs:
            self.break_off()
        await self._pass_waiting()

    def _pass(self, end: _End, data: bytes) -> None:
        if self._passing is None and self.wire.passes_at_once:
            self._deliver(end, data)
            return
        self._waiting.append((end, data))
        if self._passing is None:
            self._passing = asyncio.ensure_future(self._pass_waiting())

    async def _pass_waiting(self) -> None:
        while self._waiting:
            await self.wire.held_up()
            self._deliver(*self._waiting.popleft())
        self._passing = None

    def _deliver(self, end: _End, data: bytes) -> None:
        if end is self.far:
            self.lost = self.lost or self.wire.loses(data)
        elif self.lost:
            if not self._breaking:
                self._breaking = True
                self.wire.lose(self.break_off)
            return
        if end.transport is not None and not end.transport.is_closing():
            end.transport.write(data)


@dataclass
class Wire:
    """Relays 127.0.0.1:`port` to a Unix socket or a (host, port); of several, to each in turn that
    takes the connection.

    `losses`: so many of the next commits reach the server, whose answer does not come back;
    `after_loss` is then called, once for each.
    """

    targets: Sequence[Target]
    port: int = 0
    delay_s: float = 0.0
    losses: int = 0
    after_loss: Callable[[], Awaitable[None]] | None = None
    lost: int = 0
    pairs: set[_Pair] = field(default_factory=set[_Pair])
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _turn: int = 0
    _losing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def open(self) -> None:
        self._flowing.set()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Pair(self).begin(), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for pair in list(self.pairs):
            pair.break_off()

    async def cut(self, for_s: float) -> None:
        """Breaks every connection and refuses new ones for a while."""
        await self.close()
        await asyncio.sleep(for_s)
        await self.open()

    async def hang(self, for_s: float) -> None:
        """Nothing passes for a while, and nothing is lost."""
        self._flowing.clear()
        try:
            await asyncio.sleep(for_s)
        finally:
            self._flowing.set()

    async def slow(self, for_s: float, delay_s: float) -> None:
        self.delay_s = delay_s
        try:
            await asyncio.sleep(for_s)
        finally:
            self.delay_s = 0.0

    # ---- of its connections ------------------------------------------------------------------

    async def reach(self, end: _End) -> bool:
        """Connects the far end; False: nobody is there."""
        loop = asyncio.get_running_loop()
        for _ in self.targets:
            self._turn += 1
            target = self.targets[self._turn % len(self.targets)]
            with suppress(OSError):
                if isinstance(target, str):
                    await loop.create_unix_connection(lambda: end, target)
                else:
                    await loop.create_connection(lambda: end, *target)
                return True
        return False

    @property
    def passes_at_once(self) -> bool:
        return self._flowing.is_set() and not self.delay_s

    async def held_up(self) -> None:
        await self._flowing.wait()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)

    def loses(self, asked: bytes) -> bool:
        """Whether the answer to this is one of those to be lost."""
        if not self.losses or COMMIT not in asked:
            return False
        self.losses -= 1
        self.lost += 1
        return True

    def lose(self, break_off: Callable[[], None]) -> None:
        """An answer came that is not passed on: what shall follow is done, then it breaks."""

        async def lose() -> None:
            if self.after_loss is not None:
                await self.after_loss()
            break_off()

        task = asyncio.ensure_future(lose())
        self._losing.add(task)
        task.add_done_callback(self._losing.discard)
