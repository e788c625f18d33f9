"""Who WeChat says somebody is, over real sockets against its simulator: each outcome a typed one,
and no secret leaves the adapter."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.domain.identity.identity import IdentityProvider
from app.integrations.wechat_login.account import WeChatApp, WeChatLoginAccount
from app.integrations.wechat_login.proofs import WeChatProofs
from app.integrations.wechat_login_simulator.account import simulated_login
from app.integrations.wechat_login_simulator.simulator import LoginSimulator, create_simulator
from app.ports.wechat_identity import ProofRefused, ProviderUnavailable
from tests.support.serving import address, listener, served


@dataclass
class WeChat:
    proofs: WeChatProofs
    simulator: LoginSimulator
    account: WeChatLoginAccount

    def told(self, path: str) -> int:
        """How often it was asked."""
        return self.simulator.api.told.count(path)


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    app, at = create_simulator(), listener()
    async with served(app, at):
        account = simulated_login(address(at))
        proofs = WeChatProofs(account)
        yield WeChat(proofs, app.state.simulator, account)
        await proofs.close_connections()


async def test_a_person_has_one_openid_an_app(wechat: WeChat):
    mini = await wechat.proofs.wechat_mini_program("ok-wang.1")
    assert mini == await wechat.proofs.wechat_mini_program("ok-wang.2")
    web = await wechat.proofs.wechat_web("ok-wang.3")
    assert mini.subject != web.subject
    assert (mini.provider, web.provider) == tuple(IdentityProvider)
    assert mini.union_id is None


async def test_a_unionid_is_the_same_in_both_apps(wechat: WeChat):
    mini = await wechat.proofs.wechat_mini_program("union-wang.1")
    web = await wechat.proofs.wechat_web("union-wang.2")
    assert mini.union_id is not None
    assert mini.union_id == web.union_id
    assert wechat.told("/sns/userinfo") == 1


async def test_a_code_is_good_once(wechat: WeChat):
    await wechat.proofs.wechat_mini_program("ok-wang.1")
    with pytest.raises(ProofRefused):
        await wechat.proofs.wechat_mini_program("ok-wang.1")


@pytest.mark.parametrize("kind", ["used", "expired", "risk", "nonsense"])
@pytest.mark.parametrize("ask", ["wechat_mini_program", "wechat_web", "wechat_phone"])
async def test_a_code_that_wechat_refuses(wechat: WeChat, ask: str, kind: str):
    with pytest.raises(ProofRefused):
        await getattr(wechat.proofs, ask)(f"{kind}-x")


@pytest.mark.parametrize("kind", ["rate", "busy", "down"])
@pytest.mark.parametrize("ask", ["wechat_mini_program", "wechat_web", "wechat_phone"])
async def test_a_wechat_that_cannot_answer_now(wechat: WeChat, ask: str, kind: str):
    with pytest.raises(ProviderUnavailable):
        await getattr(wechat.proofs, ask)(f"{kind}-x")


async def test_nobody_listens():
    at = listener()
    gone = address(at)
    at.close()
    proofs = WeChatProofs(simulated_login(gone))
    with pytest.raises(ProviderUnavailable):
        await proofs.wechat_mini_program("ok-wang")
    await proofs.close_connections()


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.integrations.wechat_login.client.ANSWER_WITHIN_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        proofs = WeChatProofs(simulated_login(address(silent)))
        with pytest.raises(ProviderUnavailable):
            await proofs.wechat_mini_program("ok-wang")
        await proofs.close_connections()


@pytest.mark.parametrize(
    "app", [WeChatApp("wxdemo0000000001", "wrong"), WeChatApp("wxother", "simulated-secret"), None]
)
async def test_our_own_mistakes_refuse_no_code(wechat: WeChat, app: WeChatApp | None):
    """The code still holds when the operator has mended it."""
    wrong = WeChatProofs(replace(wechat.account, mini_program=app))
    for ask in (wrong.wechat_mini_program, wrong.wechat_phone):
        with pytest.raises(ProviderUnavailable):
            await ask("ok-13812340001.1")
    await wrong.close_connections()
    assert await wechat.proofs.wechat_phone("ok-13812340001.1")


async def test_a_phone_is_read(wechat: WeChat):
    proven = await wechat.proofs.wechat_phone("ok-13812340001")
    assert proven.phone.e164 == "+8613812340001"


async def test_a_foreign_phone_is_refused(wechat: WeChat):
    with pytest.raises(ProofRefused):
        await wechat.proofs.wechat_phone("foreign-13812340001")


async def test_the_access_token_is_fetched_once(wechat: WeChat):
    await asyncio.gather(*[wechat.proofs.wechat_phone("ok-13812340001") for _ in range(5)])
    assert wechat.told("/cgi-bin/stable_token") == 1


async def test_an_access_token_that_ended_early_is_renewed_and_the_code_still_holds(
    wechat: WeChat,
):
    await wechat.proofs.wechat_phone("ok-13812340001.1")
    wechat.simulator.api.expire()
    found = await asyncio.gather(
        *[wechat.proofs.wechat_phone(f"ok-13812340001.{n}") for n in range(2, 7)]
    )
    assert {one.phone.national for one in found} == {"13812340001"}
    assert wechat.told("/cgi-bin/stable_token") == 2


async def test_a_token_that_is_refused_though_it_is_the_latest_is_forced_anew(wechat: WeChat):
    await wechat.proofs.wechat_phone("ok-13812340001.1")
    wechat.simulator.api.expire(unnoticed=True)
    found = await wechat.proofs.wechat_phone("ok-13812340001.2")
    assert found.phone.national == "13812340001"
    assert wechat.told("/cgi-bin/stable_token") == 3


async def test_a_made_up_account_is_nobody(wechat: WeChat):
    with pytest.raises(ProofRefused):
        await wechat.proofs.wechat_web("snapshot-wang")


@pytest.mark.parametrize(
    ("with_consent", "scope"), [(False, "snsapi_base"), (True, "snsapi_userinfo")]
)
async def test_where_a_browser_is_sent(wechat: WeChat, with_consent: bool, scope: str):
    back = "http://127.0.0.1:1/auth/wechat/callback"
    url = wechat.proofs.web_authorisation_url(back, "s", with_consent=with_consent)
    assert url.endswith("#wechat_redirect")
    asked = parse_qs(urlsplit(url).query)
    assert (asked["scope"], asked["redirect_uri"], asked["state"]) == ([scope], [back], ["s"])
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(url.partition("#")[0] + "&as=ok-wang.1")
    sent = urlsplit(answer.headers["location"])
    assert parse_qs(sent.query) == {"code": ["ok-wang.1"], "state": ["s"]}


async def test_the_simulator_sends_nobody_to_another_machine(wechat: WeChat):
    url = wechat.proofs.web_authorisation_url("http://example.com/", "s", with_consent=False)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(url.partition("#")[0])).status_code == 400


async def test_answers_call_themselves_text(wechat: WeChat):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{wechat.account.api}/sns/jscode2session")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_no_secret_is_logged_or_raised(
    wechat: WeChat, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """Neither the app's secret nor a code, an openid, a phone, a session_key or a token."""
    secrets = ["simulated-secret", "wang-secret", "13812340001", wechat.simulator.api.token]
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "the-session-key")
    faults: list[BaseException] = []
    with caplog.at_level(logging.DEBUG):
        mini = await wechat.proofs.wechat_mini_program("ok-wang-secret")
        await wechat.proofs.wechat_phone("ok-13812340001")
        for code in ("used-wang-secret", "down-wang-secret", "busy-wang-secret"):
            try:
                await wechat.proofs.wechat_phone(code)
            except (ProofRefused, ProviderUnavailable) as fault:
                faults.append(fault)
    assert len(faults) == 3
    # The simulator's server is WeChat's side: what it writes is not ours.
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    written = "".join([*ours, *(f"{each!r}{each.__cause__!r}" for each in faults)])
    assert "errcode -1" in written
    for secret in (*secrets, "the-session-key", mini.subject):
        assert secret not in written
