"""Which pages of other origins may call (the Fetch standard's CORS protocol), by channel.

Of the channels only H5 runs in browsers. Its own pages may come with the session's cookie; pages
of others that are named, such as a partner's, with a bearer token or as a guest. No other page
learns anything: without the headers a browser keeps the answer from it.
"""

from collections.abc import Collection, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = "GET, POST"
_KEPT_S = 600
"""For how long a browser remembers what it was allowed."""


class CrossOrigin:
    """`own`: origins of H5's pages. `others`: further ones, without cookies. `accepted`: headers
    that a page may send; `exposed`: those it may read."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        own: Collection[str],
        others: Collection[str],
        accepted: Sequence[str],
        exposed: Sequence[str],
    ) -> None:
        self._app = app
        self._own = frozenset(own)
        self._allowed = self._own | frozenset(others)
        self._accepted = ", ".join(accepted)
        self._exposed = ", ".join(exposed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await self._preflight(origin)(scope, receive, send)
            return

        async def send_with_leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._give_leave(MutableHeaders(scope=message), origin)
            await send(message)

        await self._app(scope, receive, send_with_leave)

    def _preflight(self, origin: str | None) -> Response:
        """Nobody reads a body here; a browser looks at the headers, or at their absence."""
        answer = Response(status_code=204 if origin in self._allowed else 403)
        self._give_leave(answer.headers, origin)
        if origin in self._allowed:
            answer.headers["Access-Control-Allow-Methods"] = _METHODS
            answer.headers["Access-Control-Allow-Headers"] = self._accepted
            answer.headers["Access-Control-Max-Age"] = str(_KEPT_S)
        return answer

    def _give_leave(self, headers: MutableHeaders, origin: str | None) -> None:
        """`Vary` for everyone: an answer that a cache kept must not go to another origin."""
        headers.add_vary_header("Origin")
        if origin is None or origin not in self._allowed:
            return
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = self._exposed
        if origin in self._own:
            headers["Access-Control-Allow-Credentials"] = "true"
