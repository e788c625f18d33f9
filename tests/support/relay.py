"""A way to a Redis server that a test can open and cut."""

import asyncio
from pathlib import Path
from typing import Self

from redis.asyncio.connection import parse_url


class Relay:
    """Listens on a Unix socket while the block runs and passes bytes on to the server behind
    `redis_url`, both ways. `cut` ends the connections that are open; new ones are taken."""

    def __init__(self, redis_url: str, socket: Path) -> None:
        self._behind = dict(parse_url(redis_url))
        self._socket = socket
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._serve, self._socket)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        return len(self._open)

    def cut(self) -> None:
        for writer in list(self._open):
            writer.close()

    async def _serve(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        if "path" in self._behind:
            far, far_out = await asyncio.open_unix_connection(self._behind["path"])
        else:
            far, far_out = await asyncio.open_connection(
                self._behind.get("host", "127.0.0.1"), self._behind.get("port", 6379)
            )
        self._open.add(near_out)
        await asyncio.gather(_pass_on(near, far_out), _pass_on(far, near_out))
        self._open.discard(near_out)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while received := await source.read(65_536):
            sink.write(received)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()
