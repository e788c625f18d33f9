"""The simulator as one application: the protocols, and pages for whoever plays the person."""

import html
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.integrations.loopback import is_from_here, is_loopback
from app.integrations.wechat_login_simulator.api import BY_ID, Api
from app.integrations.wechat_login_simulator.messages import Messages
from app.integrations.wechat_pay_simulator.control import STYLE

PERSONS = ("union-wang", "union-li", "ok-zhao", "used-code", "down-code")


@dataclass(slots=True, eq=False)
class LoginSimulator:
    """GET / shows the messages; /connect/oauth2/authorize asks who one is; /control/… is for
    tests."""

    api: Api = field(default_factory=Api)
    messages: Messages = field(default_factory=Messages)

    def routes(self) -> list[Route]:
        return [
            *self.api.routes(),
            *self.messages.routes(),
            Route("/connect/oauth2/authorize", self._authorise),
            Route("/", self._page),
            Route("/control/messages", self._listed),
            Route("/control/expire-token", self._expire, methods=["POST"]),
        ]

    async def _authorise(self, request: Request) -> Response:
        """Who is asked: a page with a link for each; `as`: this one, at once. Only pages of this
        machine are gone back to."""
        asked = request.query_params
        back = asked.get("redirect_uri", "")
        if asked.get("appid") not in BY_ID or not is_loopback(urlsplit(back).hostname or ""):
            return HTMLResponse("redirect_uri 参数错误", status_code=400)
        if "as" in asked:
            return RedirectResponse(_with_code(back, asked["as"], asked.get("state", "")), 302)
        links = "".join(
            f"<li><a href='{html.escape(_with_code(back, code, asked.get('state', '')))}'>"
            f"{html.escape(code)}</a>"
            for code in PERSONS
        )
        return _shown("模拟微信登录 WeChat login, simulated", f"<ul>{links}</ul>")

    async def _page(self, request: Request) -> Response:
        if not is_from_here(request):
            return JSONResponse({"code": "FORBIDDEN"}, status_code=403)
        rows = "".join(
            f"<tr><td>{message.at:%H:%M:%S}<td>{html.escape(message.phone)}"
            f"<td><code>{html.escape(message.code)}</code>"
            for message in self.messages.sent
        )
        table = f"<table><tr><th>UTC<th>手机号 phone<th>验证码 code{rows}</table>"
        return _shown("模拟短信 Short messages, simulated", table)

    async def _listed(self, request: Request) -> Response:
        if not is_from_here(request):
            return JSONResponse({"code": "FORBIDDEN"}, status_code=403)
        sent = [
            {"at": each.at.isoformat(), "phone": each.phone, "code": each.code}
            for each in self.messages.sent
        ]
        return JSONResponse({"messages": sent})

    async def _expire(self, request: Request) -> Response:
        if not is_from_here(request):
            return JSONResponse({"code": "FORBIDDEN"}, status_code=403)
        self.api.expire()
        return Response(status_code=204)


def create_simulator() -> Starlette:
    simulator = LoginSimulator()
    app = Starlette(routes=simulator.routes())
    app.state.simulator = simulator
    return app


def _with_code(back: str, code: str, state: str) -> str:
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': state})}"


def _shown(title: str, body: str) -> Response:
    page = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
    return HTMLResponse(f"{page}<h1>{title}</h1>{body}")
