"""A TCP relay that can misbehave: cut, hang, be slow, or lose the answer to a commit."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

COMMIT = b"COMMIT\x00"
"""What a client of PostgreSQL sends at the end of a transaction."""


@dataclass(slots=True, eq=False)
class _Pair:
    """One connection through the relay. `lost`: its answers are thrown away, then it breaks."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    lost: bool = False

    def break_off(self) -> None:
        for end in (self.near, self.far):
            with suppress(Exception):
                end.transport.abort()


@dataclass
class Wire:
    """Relays 127.0.0.1:`port` to a Unix socket or a (host, port).

    `losses`: so many of the next commits reach the server, whose answer does not come back;
    `after_loss` is then called, once for each.
    """

    target: str | tuple[str, int]
    port: int = 0
    delay_s: float = 0.0
    losses: int = 0
    after_loss: Callable[[], Awaitable[None]] | None = None
    lost: int = 0
    _pairs: set[_Pair] = field(default_factory=set)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        self._flowing.set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self.break_all()
        if self._server is not None:
            self._server.close()

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

    def break_all(self) -> None:
        for pair in list(self._pairs):
            pair.break_off()

    async def _accept(self, near_in: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, str):
                far_in, far = await asyncio.open_unix_connection(self.target)
            else:
                far_in, far = await asyncio.open_connection(*self.target)
        except OSError:
            near.transport.abort()
            return
        pair = _Pair(near, far)
        self._pairs.add(pair)
        try:
            there = asyncio.ensure_future(self._requests(near_in, pair))
            back = asyncio.ensure_future(self._answers(far_in, pair))
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            pair.break_off()
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
        finally:
            self._pairs.discard(pair)

    async def _requests(self, source: asyncio.StreamReader, pair: _Pair) -> None:
        with suppress(OSError):
            while chunk := await source.read(65_536):
                await self._held_up()
                if self.losses and COMMIT in chunk:
                    self.losses -= 1
                    self.lost += 1
                    pair.lost = True
                pair.far.write(chunk)
                await pair.far.drain()

    async def _answers(self, source: asyncio.StreamReader, pair: _Pair) -> None:
        with suppress(OSError):
            while chunk := await source.read(65_536):
                await self._held_up()
                if pair.lost:
                    if self.after_loss is not None:
                        await self.after_loss()
                    return
                pair.near.write(chunk)
                await pair.near.drain()

    async def _held_up(self) -> None:
        await self._flowing.wait()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
