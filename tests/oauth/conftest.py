"""An application that signs members in, as it does: a browser, a code, tokens."""

import asyncio
import hashlib
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.domain.audit.record import Actor, ActorKind
from app.domain.identity.permissions import Permission
from app.domain.identity.phone import Phone
from app.main import create_app
from app.outside import Outside, SystemClock
from app.resolvers.oauth_clients import register_client
from app.resolvers.service_accounts import add_service, revoke_service
from app.settings import Settings
from tests.support.seeded import MOMENT

CLIENT = "youhui-app"
OWN_SCHEME, LOOPBACK = "com.youhui.app:/signed-in", "http://127.0.0.1/signed-in"
PHONE = "13812340001"


@dataclass
class Pkce:
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass
class App:
    http: TestClient
    outside: Outside
    settings: Settings
    sent: dict[str, str]
    moment: datetime = MOMENT

    def later(self, **span: Any) -> None:
        self.moment += timedelta(**span)

    def asked(self, pkce: Pkce, **changed: str | None) -> dict[str, str]:
        """Parameters of an authorisation request; None leaves one out."""
        given = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": OWN_SCHEME,
            "state": "s1",
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (given | changed).items() if value is not None}

    def page(self, asked: dict[str, str], **headers: str) -> httpx2.Response:
        return self.http.get("/oauth/authorize", params=asked, headers=headers)

    def step(self, asked: dict[str, str], **form: str) -> httpx2.Response:
        return self.http.post("/oauth/authorize", params=asked, data=form)

    def signed_in(self, asked: dict[str, str], phone: str = PHONE) -> dict[str, str]:
        """What the application is sent back with."""
        self.later(seconds=61)
        assert self.step(asked, phone=phone, step="send").status_code == 200
        answer = self.step(asked, phone=phone, code=self.sent[phone], step="enter")
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def token(self, auth: tuple[str, str] | None = None, **form: str) -> httpx2.Response:
        return self.http.post("/oauth/token", data=form, auth=auth)

    def exchange(self, pkce: Pkce, code: str, **changed: str) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "redirect_uri": OWN_SCHEME,
            "code": code,
            "code_verifier": pkce.verifier,
        }
        return self.token(**(form | changed))

    def tokens(self) -> dict[str, Any]:
        """Of a whole sign-in."""
        pkce = Pkce()
        answer = self.exchange(pkce, self.signed_in(self.asked(pkce))["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, token: str, **changed: str) -> httpx2.Response:
        form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token}
        return self.token(**(form | changed))

    def viewer(self, access_token: str) -> Any:
        headers = {"Authorization": f"Bearer {access_token}"}
        body = {"query": "{ viewer { id phoneMasked sessions { channel } } }"}
        return self.http.post("/graphql", json=body, headers=headers).json()

    def service(self, name: str, *scopes: Permission) -> tuple[str, str]:
        """Its client id and secret."""

        async def add(outside: Outside) -> tuple[int, str]:
            desk = outside.desk_of(Actor(kind=ActorKind.OPERATOR, name="root"))
            hashes = outside.service_hashes
            return await add_service(desk, outside.staff_desk.staff, hashes, name, scopes)

        number, secret = self.act(add)
        return f"service-{number}", secret

    def revoke_service(self, name: str) -> None:
        async def revoke(outside: Outside) -> bool:
            desk = outside.desk_of(Actor(kind=ActorKind.OPERATOR, name="root"))
            return await revoke_service(desk, outside.staff_desk.staff, name)

        assert self.act(revoke)

    def act(self, use: Any) -> Any:
        async def acted() -> Any:
            outside = Outside.of(self.settings)
            async with outside.running():
                return await use(outside)

        return asyncio.run(acted())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        async def read(outside: Outside) -> list[tuple[Any, ...]]:
            async with outside.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(query))]

        return self.act(read)


@pytest.fixture
def app(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    monkeypatch.setenv("YOUHUI_LIMITS_ENABLED", "0")
    settings = Settings(
        database_url=database_url,
        redis_url=None,
        demo=True,
        data_dir=tmp_path,
        operation_deadline_s=120,
    )
    application = create_app(settings)
    outside: Outside = application.state.outside
    sent: dict[str, str] = {}

    async def deliver(_: object, phone: Phone, code: str) -> None:
        sent[phone.e164.removeprefix("+86")] = code

    monkeypatch.setattr(type(outside.logins.sms), "send_code", deliver)
    with TestClient(application, follow_redirects=False, base_url="https://testserver") as http:
        app = App(http, outside, settings, sent)
        monkeypatch.setattr(SystemClock, "now", lambda _: app.moment)
        app.act(_register)
        yield app


async def _register(outside: Outside) -> None:
    desk = outside.desk_of(Actor(kind=ActorKind.OPERATOR, name="root"))
    uris = (OWN_SCHEME, LOOPBACK)
    await register_client(desk, outside.staff_desk.staff, CLIENT, "油惠 App", uris)
