"""Sessions of H5 pages, carried by a cookie that the page's scripts cannot read (RFC 6265bis).

The cookie is an access and a refresh token in one. When its first part has ended the session is
refreshed on the way, and the answer brings the next cookie; several requests that meet get the
same. A cookie comes with a request whoever caused it: so everything but reading must come from a
page of our own (Origin, Sec-Fetch-Site) and carry a header that no foreign page can send.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.shared.channel import Channel
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.held_session import HeldSession, hold, session_over
from app.ports.clock import Clock
from app.ports.errors import StorageUnavailable
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.sessions import refreshed
from app.security.session_cookies import CookieSession, SessionCookies

CUSTOM_HEADER = "youhui-channel"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
PATH = "/graphql"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieOptions:
    """`secure` False: for the demo on a machine of one's own, over plain HTTP, where a browser
    would not keep a cookie of the name `__Host-…`. `pages`: origins of H5's pages beside our own,
    of the same site."""

    cookies: SessionCookies
    front: FrontDesk
    clock: Clock
    secure: bool = True
    pages: Collection[str] = ()

    @property
    def name(self) -> str:
        return "__Host-youhui" if self.secure else "youhui-demo"

    @property
    def login_name(self) -> str:
        """Of the cookie that a browser keeps while it is away to sign in."""
        return f"{self.name}-login"

    def header(self, word: str, lasts: timedelta, name: str | None = None) -> str:
        """A `Set-Cookie`, of the session unless named; no time left removes it."""
        parts = [
            f"{name or self.name}={word}",
            "Path=/",
            f"Max-Age={int(lasts.total_seconds())}",
            "HttpOnly",
            "SameSite=Lax",
        ]
        return "; ".join([*parts, "Secure"] if self.secure else parts)


class CookieSessions:
    """Around the application: reads the cookie before it, sets or removes it after it."""

    def __init__(self, app: ASGIApp, options: CookieOptions) -> None:
        self._app = app
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        held = HeldSession(self._options.cookies.word)
        caller = HTTPConnection(scope)
        hold(caller, held)
        word = _word(caller, self._options.name)
        if word is not None and scope["path"] == PATH:
            await self._read(caller, held, word)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                self._tell(held, message)
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    async def _read(self, caller: HTTPConnection, held: HeldSession, word: str) -> None:
        if not _of_our_page(caller, self._options.pages):
            held.fault = _foreign()
            return
        session = self._options.cookies.read(word)
        if session is None:
            held.over(session_over(EdgeCode.TOKEN_INVALID))
            return
        held.session = session
        if (
            self._options.clock.now() >= session.fresh_until
            and "authorization" not in caller.headers
        ):
            await self._refresh(held, session)

    async def _refresh(self, held: HeldSession, session: CookieSession) -> None:
        arrival = Arrival(moment=self._options.clock.now(), channel=Channel.H5)
        try:
            pair = await refreshed(self._options.front, session.refresh_token, arrival)
        except StorageUnavailable:
            held.fault = EdgeFault(
                503,
                EdgeCode.UNAVAILABLE,
                "登录状态暂时无法确认，请稍后再试。",
                "The session cannot be confirmed for the moment. Try again soon.",
            )
            return
        if pair is None:
            held.over(session_over(EdgeCode.TOKEN_EXPIRED))
            return
        held.session = replace(
            session, fresh_until=pair.expires_at, refresh_token=pair.refresh_token
        )
        held.carry(pair)

    def _tell(self, held: HeldSession, message: Message) -> None:
        if held.outgoing is None:
            return
        lasts = self._options.front.rules.idle if held.outgoing else timedelta()
        headers = MutableHeaders(scope=message)
        headers.append("Set-Cookie", self._options.header(held.outgoing, lasts))
        if message["type"] == "http.response.start":
            headers["Cache-Control"] = "private, no-store"


def _word(caller: HTTPConnection, name: str) -> str | None:
    """The first of that name. Read by name alone: others' cookies are not ours to judge."""
    for header in caller.headers.getlist("cookie"):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
    return None


def _of_our_page(caller: HTTPConnection, pages: Collection[str]) -> bool:
    """Reading needs nothing: no foreign page can see the answer. A WebSocket cannot carry headers
    of a page's own; its `Origin` is always there."""
    headers, kind = caller.headers, caller.scope["type"]
    if kind == "http" and caller.scope["method"] in READING:
        return True
    if kind == "http" and CUSTOM_HEADER not in headers:
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is None:
        return kind == "http" and site == "same-origin"
    if origin in pages:
        return site in {None, "same-origin", "same-site"}
    return origin == _own_origin(caller) and site in {None, "same-origin"}


def _own_origin(caller: HTTPConnection) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(caller.url.scheme, caller.url.scheme)
    return f"{scheme}://{caller.headers.get('host', '')}"


def _foreign() -> EdgeFault:
    return EdgeFault(
        403,
        EdgeCode.FORBIDDEN,
        "带登录 Cookie 的请求必须来自本站页面，并带 Youhui-Channel 请求头。",
        "A request with the session's cookie must come from a page of ours, "
        "with the header Youhui-Channel.",
    )
