"""Signing in on H5 pages inside WeChat (网页授权): away to WeChat, and back with a session."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.domain.shared.channel import Channel
from app.gateway.context import Services, build_context
from app.gateway.cookie_sessions import CookieOptions
from app.gateway.faults import EdgeCode, EdgeFault, bad_request
from app.gateway.held_session import held_by
from app.gateway.plain_answers import refused
from app.ports.errors import StorageUnavailable
from app.ports.wechat_identity import ProviderUnavailable
from app.resolvers.context import RequestContext
from app.resolvers.proving import prove_wechat_web
from app.resolvers.refusals import Refusal
from app.resolvers.signing_in import signed_in
from app.security.login_states import LASTS, LoginStates

START, CALLBACK = "/auth/wechat/start", "/auth/wechat/callback"
PAGE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,511}")
"""A path of our own site: what begins with two slashes is another host to a browser."""
OUTCOME = "signIn"
"""The parameter by which a page learns why nobody was signed in: a code of refusals, or DENIED."""
DENIED = "DENIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatWeb:
    """`return_url`: our own address as browsers see it; None: the one that they came by."""

    services: Services
    cookies: CookieOptions
    states: LoginStates
    return_url: str | None = None

    def routes(self) -> list[Route]:
        return [
            Route(START, _answering(self.start), methods=["GET"]),
            Route(CALLBACK, _answering(self.finish), methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        """`?to=/a/page` (left out: "/"), `consent=1` to ask the person, which tells their unionid:
        302 to WeChat."""
        to = request.query_params.get("to", "/")
        if not PAGE.fullmatch(to):
            raise bad_request("to 必须是本站的路径。", "`to` must be a path of this site.")
        context = build_context(request, self.services)
        identities = context.identities
        if identities is None or identities.proofs is None:
            raise _unavailable()
        started = self.states.start(to, context.moment)
        away = identities.proofs.web_authorisation_url(
            self._own_address(request) + CALLBACK,
            started.state,
            with_consent=request.query_params.get("consent") == "1",
        )
        answer = RedirectResponse(away, status_code=302)
        self._keep(answer, started.word, LASTS)
        return answer

    async def finish(self, request: Request) -> Response:
        """`?code&state`, with the cookie of the same browser: 303 to the page, signed in, or with
        why not. Without the cookie of this very state: 400, and nothing was asked of WeChat."""
        context = build_context(request, self.services)
        word = request.cookies.get(self.cookies.login_name, "")
        to = self.states.finish(word, request.query_params.get("state", ""), context.moment)
        if to is None:
            raise bad_request(
                "登录请求已失效，请重新开始。",
                "This sign-in is not yours or out of date: start anew.",
            )
        code = request.query_params.get("code")
        why = DENIED if code is None else await self._signed_in(request, context, code)
        answer = RedirectResponse(_with(to, why), status_code=303)
        self._keep(answer, "", timedelta())
        return answer

    async def _signed_in(self, request: Request, context: RequestContext, code: str) -> str | None:
        """None: the answer carries a session. Else why not."""
        held = held_by(request)
        if context.front is None or held is None:
            raise _unavailable()
        proven = await prove_wechat_web(context, code)
        if isinstance(proven, Refusal):
            return proven.code.value
        arrival = replace(context.arrival(), channel=Channel.H5)
        _, opened = await signed_in(context.front, proven, arrival)
        held.carry(opened.pair)
        return None

    def _own_address(self, request: Request) -> str:
        return self.return_url or f"{request.url.scheme}://{request.url.netloc}"

    def _keep(self, answer: Response, word: str, lasts: timedelta) -> None:
        """Lax: it must come with the browser that WeChat sends back, which is another site's
        doing."""
        header = self.cookies.header(word, lasts, name=self.cookies.login_name)
        answer.headers.append("Set-Cookie", header)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"


def _answering(
    act: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Refusals as JSON, like every other answer."""

    async def endpoint(request: Request) -> Response:
        try:
            return await act(request)
        except EdgeFault as fault:
            return refused(request, fault)
        except (StorageUnavailable, ProviderUnavailable):
            return refused(request, _unavailable())

    return endpoint


def _with(page: str, why: str | None) -> str:
    if why is None:
        return page
    path, mark, fragment = page.partition("#")
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{OUTCOME}={quote(why)}{mark}{fragment}"


def _unavailable() -> EdgeFault:
    return EdgeFault(
        503,
        EdgeCode.UNAVAILABLE,
        "微信登录暂时不可用，请稍后再试。",
        "WeChat's login is not available for the moment. Try again soon.",
    )
