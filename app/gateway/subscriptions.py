"""Subscriptions over a WebSocket, by the protocol graphql-transport-ws (subprotocol of that name;
the older `graphql-ws` is not spoken). Close codes are the protocol's.

The token comes in a header, or in the payload of `connection_init` under the header's name, since
a browser can set no headers here; an H5 page's session comes with its cookie, and then only from a
page of this origin.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from app.gateway.admission import Admission, Admitted
from app.gateway.context import CHANNEL_HEADER, DEVICE_HEADER
from app.gateway.errors import fault_answer, internal_answer, log_fault, rejected_document
from app.gateway.execution.documents import DocumentInvalid
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.negotiation import choose_language
from app.gateway.request import RequestCaps, graphql_request, parse_message
from app.gateway.streams import Streams, named
from app.gateway.trusted.versions import VERSION_HEADER

PROTOCOL = "graphql-transport-ws"
SAID_AT_INIT = ("Authorization", "Accept-Language", CHANNEL_HEADER, DEVICE_HEADER, VERSION_HEADER)
INVALID, UNAUTHORISED, FORBIDDEN, NO_PROTOCOL = 4400, 4401, 4403, 4406
INIT_TIMEOUT, TWICE, TOO_MANY_INITS, GOING_AWAY = 4408, 4409, 4429, 1001
MOST_ID = 128


class Closed(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class SubscriptionEndpoint:
    """The WebSocket at `/graphql`: an ASGI application."""

    def __init__(self, admission: Admission, streams: Streams, caps: RequestCaps) -> None:
        self.admission = admission
        self.streams = streams
        self.caps = caps

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        socket = WebSocket(scope, receive, send)
        if PROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(NO_PROTOCOL, "Subprotocol not acceptable")
            return
        await socket.accept(PROTOCOL)
        await _Connection(socket, self).run()


class _Connection:
    def __init__(self, socket: WebSocket, endpoint: SubscriptionEndpoint) -> None:
        self._socket = socket
        self._at = endpoint
        self._limits = endpoint.streams.limits
        self._caller: HTTPConnection | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._id = secrets.token_hex(8)

    async def run(self) -> None:
        closing = asyncio.ensure_future(self._close_with_the_process())
        try:
            await self._converse()
        except Closed as closed:
            await self._close(closed.code, closed.reason)
        except WebSocketDisconnect:
            pass
        finally:
            tasks = {closing, *self._running.values()}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _converse(self) -> None:
        """Until the client leaves or breaks the protocol. A client that says nothing is pinged; one
        that does not answer is gone."""
        pinged = False
        while True:
            patience_s = self._limits.init_s if self._caller is None else self._limits.silence_s
            try:
                message = await asyncio.wait_for(self._socket.receive_text(), patience_s)
            except TimeoutError:
                if self._caller is None:
                    raise Closed(INIT_TIMEOUT, "Connection initialisation timeout") from None
                if pinged:
                    raise Closed(GOING_AWAY, "No answer to a ping") from None
                await self._send({"type": "ping"})
                pinged = True
                continue
            except KeyError:
                message = None
            if message is None:  # a binary one
                raise Closed(INVALID, "Messages must be text")
            pinged = False
            await self._take(self._parsed(message))

    def _parsed(self, message: str) -> Mapping[str, Any]:
        try:
            return parse_message(message.encode(), self._at.caps)
        except EdgeFault as fault:
            raise Closed(INVALID, str(fault)) from None

    async def _take(self, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "connection_init"}:
                await self._init(message.get("payload"))
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(name), "payload": {**payload}}:
                self._subscribe(name, payload)
            case {"type": "complete", "id": str(name)}:
                task = self._running.pop(name, None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closed(INVALID, "Unknown or incomplete message")

    async def _init(self, payload: Any) -> None:
        """A token that does not hold closes the connection: to go on as a guest would hide it."""
        if self._caller is not None:
            raise Closed(TOO_MANY_INITS, "Too many initialisation requests")
        if payload is not None and not isinstance(payload, dict):
            raise Closed(INVALID, "Invalid payload of connection_init")
        caller = self._said(payload or {})
        try:
            await self._at.admission.context_of(caller)
        except EdgeFault as fault:
            code = {401: UNAUTHORISED, 403: FORBIDDEN}.get(fault.status, INVALID)
            raise Closed(code, fault.code) from None
        self._caller = caller
        await self._send({"type": "connection_ack"})

    def _said(self, payload: Mapping[str, Any]) -> HTTPConnection:
        """The connection with the headers that the payload adds, or replaces."""
        given = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
        said = {
            name.lower().encode("latin-1"): given[name.lower()].encode("latin-1", "replace")
            for name in SAID_AT_INIT
            if name.lower() in given
        }
        kept = [(name, value) for name, value in self._socket.headers.raw if name not in said]
        caller = HTTPConnection({**self._socket.scope, "headers": [*kept, *said.items()]})
        named(caller, self._id)
        return caller

    def _subscribe(self, name: str, payload: Mapping[str, Any]) -> None:
        if self._caller is None:
            raise Closed(UNAUTHORISED, "Unauthorized")
        if not 0 < len(name) <= MOST_ID:
            raise Closed(INVALID, "An id has 1 to 128 characters")
        if name in self._running:
            raise Closed(TWICE, f"Subscriber for {name} already exists")
        self._running[name] = asyncio.ensure_future(self._serve(name, payload, self._caller))

    async def _serve(self, name: str, payload: Mapping[str, Any], caller: HTTPConnection) -> None:
        language = choose_language(Headers(scope=caller.scope).get("accept-language"))
        refused: dict[str, Any] | None = None
        try:
            admitted = await self._admitted(payload, caller)
            async with aclosing(self._at.streams.answers(caller, admitted)) as answers:
                async for answer in answers:
                    await self._send({"id": name, "type": "next", "payload": answer})
        except DocumentInvalid as invalid:
            refused = rejected_document(invalid, language)
        except EdgeFault as fault:
            refused = fault_answer(fault, language)
        except WebSocketDisconnect:
            return
        except Exception as fault:  # noqa: BLE001 -- whatever it was, it is masked and told
            log_fault(fault, self._id, where="subscription")
            refused = internal_answer(language, self._id)
        if self._running.pop(name, None) is not None:
            ending = {"type": "complete"} if refused is None else _error(refused)
            await self._send({"id": name, **ending})

    async def _admitted(self, payload: Mapping[str, Any], caller: HTTPConnection) -> Admitted:
        """Raises `EdgeFault` and `DocumentInvalid`."""
        if len(self._running) > self._limits.most_of_connection:
            raise _refusal("同一连接的订阅过多。", "Too many subscriptions on one connection.")
        admitted = await self._at.admission.admit(caller, graphql_request(payload))
        if not admitted.subscribes:
            raise _refusal("这里只接受订阅。", "Only subscriptions are served here.")
        return admitted

    async def _send(self, message: Mapping[str, Any]) -> None:
        """As text: clients take a binary frame for a fault."""
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        if WebSocketState.DISCONNECTED not in (
            self._socket.application_state,
            self._socket.client_state,
        ):
            await self._socket.close(code, reason[:120])

    async def _close_with_the_process(self) -> None:
        await self._at.streams.closing.wait()
        await self._close(GOING_AWAY, "Going away")


def _error(refused: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "error", "payload": refused["errors"]}


def _refusal(zh: str, en: str) -> EdgeFault:
    return EdgeFault(400, EdgeCode.OPERATION_NOT_SUPPORTED, zh, en)
