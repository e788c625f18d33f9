"""JSON over HTTP/1.1 to this machine, on connections that are kept. A client that costs little: what
drives the platform shares the machine with it."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NotTaken(Exception):
    """Nobody listens there: the request was not sent."""


class NoAnswer(Exception):
    """The request may or may not have happened."""


@dataclass
class Http:
    """Idle connections by port."""

    idle: dict[int, list[Connection]] = field(default_factory=lambda: defaultdict(list))

    async def get(self, port: int, path: str) -> Any:
        return await self._answer("GET", port, path, b"", {}, 30)

    async def post(
        self,
        port: int,
        path: str,
        given: Any,
        headers: dict[str, str] | None = None,
        timeout_s: float = 10,
    ) -> Any:
        return await self._answer("POST", port, path, orjson.dumps(given), headers or {}, timeout_s)

    async def _answer(
        self,
        method: str,
        port: int,
        path: str,
        body: bytes,
        headers: dict[str, str],
        timeout_s: float,
    ) -> Any:
        """The answer's JSON, whatever its status. Raises `NotTaken` or `NoAnswer`."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
        )
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head += "Content-Type: application/json\r\n\r\n"
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchanged(port, head.encode() + body)
        except (OSError, EOFError, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error

    async def _exchanged(self, port: int, sent: bytes) -> Any:
        reader, writer = await self._connection(port)
        kept = False
        try:
            writer.write(sent)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, length = head.partition(b"content-length:")
            body = await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
            kept = b"connection: close" not in head
            return orjson.loads(body)
        finally:
            if kept:
                self.idle[port].append((reader, writer))
            else:
                writer.transport.abort()

    async def _connection(self, port: int) -> Connection:
        """An idle one that its server has not closed, or a new one."""
        while self.idle[port]:
            reader, writer = self.idle[port].pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.transport.abort()
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError as error:
            raise NotTaken(port) from error

    def close(self) -> None:
        for connections in self.idle.values():
            for _, writer in connections:
                with suppress(OSError):
                    writer.transport.abort()
