"""The whole application beside the simulator of logins, and what a client asks it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app.integrations.wechat_login_simulator.simulator import LoginSimulator, create_simulator
from tests.support.serving import listener, served

SEND = """
mutation ($phone: String!) { sendSmsCode(input: {phone: $phone}) {
  resendAfterSeconds
  userErrors { __typename code path advice message ... on ThrottledError { retryAfterSeconds } }
} }
"""
SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) {
  viewer { id phoneMasked } tokens { accessToken } newMember userErrors { code path advice }
} }
"""
BIND = """
mutation ($input: BindPhoneInput!) { bindPhone(input: $input) {
  viewer { id phoneMasked } tokens { accessToken } merged userErrors { code path advice }
} }
"""
VIEWER = "{ viewer { id phoneMasked sessions { current channel } } }"
PHONE = "13812340001"


@dataclass
class Site:
    client: TestClient
    simulator: LoginSimulator

    def ask(self, query: str, given: dict[str, Any] | None = None, token: str | None = None) -> Any:
        headers = {"Youhui-Channel": "mini-program"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = {"query": query, "variables": given or {}}
        answer = self.client.post("/graphql", json=body, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def send(self, phone: str = PHONE) -> Any:
        return self.ask(SEND, {"phone": phone})["sendSmsCode"]

    def code(self, phone: str = PHONE) -> str:
        """The last that was sent to it."""
        return next(m.code for m in self.simulator.messages.sent if m.phone == phone)

    def by_sms(self, phone: str = PHONE, code: str | None = None) -> Any:
        given = {"sms": {"phone": phone, "code": code or self.code(phone)}}
        return self.ask(SIGN_IN, {"input": given})["signIn"]

    def by_wechat(self, code: str) -> Any:
        return self.ask(SIGN_IN, {"input": {"wechatMiniProgram": {"code": code}}})["signIn"]

    def bind(self, token: str | None, **given: Any) -> Any:
        return self.ask(BIND, {"input": given}, token)["bindPhone"]


@contextmanager
def simulating() -> Iterator[tuple[int, LoginSimulator]]:
    """On a thread of its own, since the client of the tests blocks this one."""
    app, at, stop = create_simulator(), listener(), threading.Event()
    ready = threading.Event()

    async def run() -> None:
        async with served(app, at):
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(30)
    try:
        yield at.getsockname()[1], app.state.simulator
    finally:
        stop.set()
        thread.join()
