"""WeChat's side of the protocol. Every answer is JSON that calls itself text/plain, as WeChat's."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.integrations.wechat_login.account import WeChatApp
from app.integrations.wechat_login_simulator.account import MINI_PROGRAM, OFFICIAL
from app.integrations.wechat_login_simulator.outcomes import (
    Answer,
    Codes,
    Down,
    Refused,
    openid_of,
    union_id_of,
)

BY_ID = {app.app_id: app for app in (MINI_PROGRAM, OFFICIAL)}
INVALID_TOKEN = (40001, "invalid credential, access_token is invalid or not latest")
EXPIRED_TOKEN = (42001, "access_token expired")


@dataclass(slots=True, eq=False)
class Api:
    """`token`: the mini program's; `ended`: those that were valid once; `lagging`: told instead of
    the valid one, until a renewal is forced. `told`: paths asked for, in
    order, for tests."""

    codes: Codes = field(default_factory=Codes)
    token: str = field(default_factory=lambda: f"token-{secrets.token_hex(8)}")
    ended: set[str] = field(default_factory=set[str])
    lagging: str | None = None
    told: list[str] = field(default_factory=list[str])
    persons: dict[str, Answer] = field(default_factory=dict[str, Answer])

    def routes(self) -> list[Route]:
        return [
            self._route("/sns/jscode2session", "GET", self._session),
            self._route("/sns/oauth2/access_token", "GET", self._web),
            self._route("/sns/userinfo", "GET", self._userinfo),
            self._route("/cgi-bin/stable_token", "POST", self._stable_token),
            self._route("/wxa/business/getuserphonenumber", "POST", self._phone),
        ]

    def expire(self, *, unnoticed: bool = False) -> None:
        """The access token that was given is not taken any more, as after a forced renewal
        elsewhere; the next to ask gets a new one. `unnoticed`: gets the old one, unless forced."""
        self.lagging = self.token if unnoticed else None
        self.ended.add(self.token)
        self.token = f"token-{secrets.token_hex(8)}"

    def _route(self, path: str, method: str, act: Callable[[Request], Awaitable[Answer]]) -> Route:
        async def endpoint(request: Request) -> Response:
            self.told.append(path)
            try:
                answer = await act(request)
            except Refused as refused:
                answer = refused.answer
            except Down:
                return Response("upstream connect error", status_code=503, media_type="text/html")
            except (KeyError, ValueError, TypeError):
                answer = {"errcode": 47001, "errmsg": "data format error"}
            return Response(json.dumps(answer, ensure_ascii=False), media_type="text/plain")

        return Route(path, endpoint, methods=[method])

    async def _session(self, request: Request) -> Answer:
        app = _app(request.query_params)
        kind, name = self.codes.read(request.query_params["js_code"])
        return {"session_key": secrets.token_urlsafe(16)} | _person(app, kind, name)

    async def _web(self, request: Request) -> Answer:
        app = _app(request.query_params)
        kind, name = self.codes.read(request.query_params["code"])
        person = _person(app, kind, name)
        token = f"web-{secrets.token_hex(8)}"
        self.persons[token] = person
        answer: Answer = {
            "access_token": token,
            "expires_in": 7200,
            "refresh_token": f"web-{secrets.token_hex(8)}",
            "openid": person["openid"],
            # A unionid comes with the person's consent alone: by /sns/userinfo.
            "scope": "snsapi_userinfo" if kind == "union" else "snsapi_base",
        }
        return answer | ({"is_snapshotuser": 1} if kind == "snapshot" else {})

    async def _userinfo(self, request: Request) -> Answer:
        person = self.persons.get(request.query_params["access_token"])
        if person is None or person["openid"] != request.query_params["openid"]:
            raise Refused(*INVALID_TOKEN)
        return person | {"nickname": "模拟用户", "headimgurl": ""}

    async def _stable_token(self, request: Request) -> Answer:
        asked = await request.json()
        _app(asked)
        if asked.get("force_refresh"):
            self.expire()
        return {"access_token": self.lagging or self.token, "expires_in": 7200}

    async def _phone(self, request: Request) -> Answer:
        token = request.query_params["access_token"]
        if token != self.token:
            raise Refused(*(EXPIRED_TOKEN if token in self.ended else INVALID_TOKEN))
        kind, number = self.codes.read((await request.json())["code"])
        country = "852" if kind == "foreign" else "86"
        told = {"phoneNumber": f"+{country}{number}", "purePhoneNumber": number}
        return {"errcode": 0, "errmsg": "ok", "phone_info": told | {"countryCode": country}}


def _app(asked: Any) -> WeChatApp:
    app = BY_ID.get(asked["appid"])
    if app is None:
        raise Refused(40013, "invalid appid")
    if asked["secret"] != app.secret:
        raise Refused(40125, "invalid appsecret")
    return app


def _person(app: WeChatApp, kind: str, name: str) -> Answer:
    person: Answer = {"openid": openid_of(app.app_id, name)}
    return person | ({"unionid": union_id_of(name)} if kind == "union" else {})
