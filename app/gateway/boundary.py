"""The outermost layer: request id, security headers, access log, and no fault that escapes.

The log names method, route, status and time; every line that a request writes has its id. Never the
path as sent, the query string, a header or an address: they carry tokens and places.
"""

import logging
import secrets
import time

import orjson
from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from app.gateway.errors import internal_answer, log_fault
from app.gateway.negotiation import choose_language

logger = logging.getLogger("youhui.access")

REQUEST_ID_HEADER = "X-Request-Id"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


def request_id_of(request: HTTPConnection) -> str:
    """The id that the answer's header, masked errors and the log share."""
    request_id: str = request.scope["state"]["request_id"]
    return request_id


class Boundary:
    """`requests`: counts answers by route and status."""

    def __init__(self, app: ASGIApp, requests: Counter | None = None) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        with bound_contextvars(request_id=request_id):
            await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete_headers(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as fault:  # noqa: BLE001 -- the last line: whatever it is, it is masked
            log_fault(fault, request_id, where=_route_of(scope))
            if status:
                raise _AnswerCutOff from None
            await _send_internal(scope, send_with_headers, request_id)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_of(scope)
        if self._requests is not None:
            self._requests.labels(route, str(status)).inc()
        logger.info(
            "answered",
            extra={
                "method": scope["method"] if scope["method"].isalpha() else "?",
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            },
        )


class _AnswerCutOff(Exception):
    """The answer had begun: the server must close the connection, and learns no more than that."""


def _complete_headers(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", API_POLICY)
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = _TRANSPORT_SECURITY
    headers[REQUEST_ID_HEADER] = request_id


def _route_of(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "-") if isinstance(route, BaseRoute) else "-"


async def _send_internal(scope: Scope, send: Send, request_id: str) -> None:
    language = choose_language(Request(scope).headers.get("accept-language"))
    body = orjson.dumps(internal_answer(language, request_id))
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
