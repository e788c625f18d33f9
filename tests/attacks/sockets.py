"""A WebSocket client that may break every rule."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)

PATIENCE_S = 20.0


def converse(
    port: int, messages: Sequence[Any], protocol: str, headers: Sequence[tuple[bytes, bytes]]
) -> tuple[int | None, list[str]]:
    """Sends all messages, then reads until the server closes or has nothing more to say: the code
    it closed with, and what it said. A string goes as it is, {"hex"} as binary, else as JSON;
    {"await": n} waits for n messages first."""
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_S)) as wire:
        connection = WSConnection(ConnectionType.CLIENT)
        wire.sendall(
            connection.send(
                Request(
                    host=f"127.0.0.1:{port}",
                    target="/graphql",
                    subprotocols=[protocol] if protocol else [],
                    extra_headers=list(headers),
                )
            )
        )
        heard = _Heard(wire, connection)
        heard.until_open()
        try:
            for message in messages:
                if isinstance(message, dict) and message.keys() == {"await"}:
                    heard.until(message["await"])
                elif not heard.over:
                    wire.sendall(connection.send(_event(message)))
            heard.until_over()
        except (BrokenPipeError, ConnectionResetError):
            pass
        return heard.code, heard.said


def _event(message: Any) -> Message:
    if isinstance(message, dict) and message.keys() == {"hex"}:
        return BytesMessage(data=bytes.fromhex(message["hex"]))
    if isinstance(message, str):
        return TextMessage(data=message)
    return TextMessage(data=json.dumps(message))


class _Heard:
    def __init__(self, wire: socket.socket, connection: WSConnection) -> None:
        self._wire = wire
        self._connection = connection
        self.code: int | None = None
        self.said: list[str] = []
        self.open = self.over = False

    def until_open(self) -> None:
        while not (self.open or self.over):
            self._read()

    def until(self, count: int) -> None:
        while not self.over and len(self.said) < count:
            self._read()

    def until_over(self) -> None:
        """An error or an end for a subscription is the last that is waited for."""
        while not self.over and not any('"type":"error"' in said for said in self.said):
            self._read()

    def _read(self) -> None:
        octets = self._wire.recv(65_536)
        self._connection.receive_data(octets or None)
        for event in self._events():
            if isinstance(event, AcceptConnection):
                self.open = True
            elif isinstance(event, RejectConnection | CloseConnection):
                self.over = True
                self.code = getattr(event, "code", getattr(event, "status_code", None))
            elif isinstance(event, Ping):
                self._wire.sendall(self._connection.send(event.response()))
            elif isinstance(event, TextMessage):
                self.said.append(event.data)
        self.over = self.over or not octets

    def _events(self) -> Iterator[Any]:
        yield from self._connection.events()
