"""Signing in and binding a phone as clients do it: GraphQL, and a browser that WeChat sends back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.identities.site import PHONE, SIGN_IN, VIEWER, Site


def test_a_phone_signs_in_by_the_code_that_was_sent(site: Site):
    assert site.send() == {"resendAfterSeconds": 60, "userErrors": []}
    first = site.by_sms()
    assert (first["newMember"], first["viewer"]["phoneMasked"]) == (True, "138****0001")
    token = first["tokens"]["accessToken"]
    assert site.ask(VIEWER, token=token)["viewer"]["id"] == first["viewer"]["id"]


def test_a_code_is_good_once_and_for_its_phone(site: Site):
    site.send()
    code = site.code()
    refused = [{"code": "CREDENTIAL_INVALID", "path": ["code"], "advice": "FIX_INPUT"}]
    assert site.by_sms("13900000002", code)["userErrors"] == refused
    assert site.by_sms(PHONE, code)["userErrors"] == []
    assert site.by_sms(PHONE, code)["userErrors"] == refused


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", "０" * 5, "1" * 5_000])
def test_what_cannot_be_a_code_is_refused_alike(site: Site, code: str):
    given = {"sms": {"phone": PHONE, "code": code}}
    answer = site.ask(SIGN_IN, {"input": given})["signIn"]
    assert [error["code"] for error in answer["userErrors"]] == ["CREDENTIAL_INVALID"]


def test_five_misses_spend_a_code(site: Site):
    site.send()
    right = site.code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        assert site.by_sms(code=wrong)["userErrors"][0]["code"] == "CREDENTIAL_INVALID"
    assert site.by_sms(code=right)["userErrors"][0]["code"] in {
        "CREDENTIAL_INVALID",
        "RATE_LIMITED",
    }
    assert site.by_sms(code=right)["viewer"] is None


def test_a_second_code_waits_and_a_known_phone_is_answered_as_an_unknown(site: Site):
    site.send()
    site.by_sms()
    again = site.send()
    (error,) = again["userErrors"]
    assert (error["__typename"], error["code"], error["advice"]) == (
        "ThrottledError",
        "RATE_LIMITED",
        "RETRY",
    )
    assert 0 < error["retryAfterSeconds"] <= 60
    assert site.send("13900000002") == {"resendAfterSeconds": 60, "userErrors": []}


@pytest.mark.parametrize("phone", ["", "12345", "+85212345678", "1" * 4_000, "23812340001"])
def test_what_is_no_phone_of_the_mainland(site: Site, phone: str):
    (error,) = site.send(phone)["userErrors"]
    assert (error["code"], error["path"], error["advice"]) == (
        "INVALID_INPUT",
        ["phone"],
        "FIX_INPUT",
    )


def test_a_gateway_that_fails_is_told_and_holds_nobody_up(site: Site):
    for _ in range(2):
        (error,) = site.send("13800000000")["userErrors"]
        assert (error["code"], error["advice"]) == ("PROVIDER_UNAVAILABLE", "RETRY")


@pytest.mark.parametrize(
    ("code", "error", "advice"),
    [
        ("used-x", "CREDENTIAL_INVALID", "FIX_INPUT"),
        ("expired-x", "CREDENTIAL_INVALID", "FIX_INPUT"),
        ("rate-x", "PROVIDER_UNAVAILABLE", "RETRY"),
        ("down-x", "PROVIDER_UNAVAILABLE", "RETRY"),
        ("a code", "INVALID_INPUT", "FIX_INPUT"),
        ("", "INVALID_INPUT", "FIX_INPUT"),
    ],
)
def test_wechat_refuses(site: Site, code: str, error: str, advice: str):
    (told,) = site.by_wechat(code)["userErrors"]
    assert (told["code"], told["advice"]) == (error, advice)


def test_wechats_phone_button_binds(site: Site):
    mini = site.by_wechat("ok-wang.1")
    bound = site.bind(mini["tokens"]["accessToken"], wechatPhone={"code": f"ok-{PHONE}.1"})
    assert bound == {
        "viewer": {"id": mini["viewer"]["id"], "phoneMasked": "138****0001"},
        "tokens": None,
        "merged": False,
        "userErrors": [],
    }


def test_the_younger_becomes_the_elder_with_new_tokens(site: Site):
    site.send()
    elder = site.by_sms()
    younger = site.by_wechat("ok-wang.1")
    old = younger["tokens"]["accessToken"]
    joined = site.bind(old, wechatPhone={"code": f"ok-{PHONE}.1"})
    assert joined["merged"] is True
    assert joined["viewer"]["id"] == elder["viewer"]["id"]
    new = joined["tokens"]["accessToken"]
    assert site.ask(VIEWER, token=new)["viewer"]["id"] == elder["viewer"]["id"]
    headers = {"Authorization": f"Bearer {old}"}
    gone = site.client.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert gone.json()["errors"][0]["extensions"]["code"] == "TOKEN_INVALID"
    assert site.by_wechat("ok-wang.2")["viewer"]["id"] == elder["viewer"]["id"]


def test_the_elder_keeps_its_session_when_the_younger_joins_it(site: Site):
    elder = site.by_wechat("ok-wang.1")
    site.send()
    younger = site.by_sms()
    assert younger["viewer"]["id"] != elder["viewer"]["id"]
    joined = site.bind(elder["tokens"]["accessToken"], wechatPhone={"code": f"ok-{PHONE}.1"})
    assert (joined["merged"], joined["tokens"]) == (True, None)
    assert joined["viewer"] == {"id": elder["viewer"]["id"], "phoneMasked": "138****0001"}
    assert site.ask(VIEWER, token=elder["tokens"]["accessToken"])["viewer"]["id"]


def test_a_guest_binds_nothing_and_uses_no_code_up(site: Site):
    refused = site.bind(None, wechatPhone={"code": f"ok-{PHONE}.1"})
    assert [error["code"] for error in refused["userErrors"]] == ["SIGN_IN_REQUIRED"]
    mini = site.by_wechat("ok-wang.1")
    bound = site.bind(mini["tokens"]["accessToken"], wechatPhone={"code": f"ok-{PHONE}.1"})
    assert bound["userErrors"] == []


class Browser:
    """Goes where it is sent, WeChat's page included."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def away(self, query: str = "?to=/h5/stations%3Fcity%3Dbj") -> str:
        """The state that it was sent to WeChat with."""
        answer = self.site.client.get(f"/auth/wechat/start{query}")
        assert answer.status_code == 302, answer.text
        sent = urlsplit(answer.headers["location"])
        asked = parse_qs(sent.query)
        assert asked["redirect_uri"] == ["http://testserver/auth/wechat/callback"]
        return asked["state"][0]

    def back(self, state: str, **query: str) -> Any:
        given = {"state": state, **query}
        return self.site.client.get("/auth/wechat/callback", params=given)


def test_a_browser_comes_back_signed_in(site: Site):
    browser = Browser(site)
    answer = browser.back(browser.away(), code="ok-wang.1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/h5/stations?city=bj")
    headers = {
        "Youhui-Channel": "h5",
        "Origin": "http://testserver",
        "Sec-Fetch-Site": "same-origin",
    }
    viewer = site.client.post("/graphql", json={"query": VIEWER}, headers=headers).json()
    assert viewer["data"]["viewer"]["sessions"] == [{"current": True, "channel": "H5"}]


def test_a_unionid_told_by_consent_is_the_mini_programs_member(site: Site):
    mini = site.by_wechat("union-wang.1")
    browser = Browser(site)
    browser.back(browser.away("?consent=1"), code="union-wang.2")
    headers = {
        "Youhui-Channel": "h5",
        "Origin": "http://testserver",
        "Sec-Fetch-Site": "same-origin",
    }
    viewer = site.client.post("/graphql", json={"query": VIEWER}, headers=headers).json()
    assert viewer["data"]["viewer"]["id"] == mini["viewer"]["id"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("used-x", "CREDENTIAL_INVALID"),
        ("down-x", "PROVIDER_UNAVAILABLE"),
        ("snapshot-x", "CREDENTIAL_INVALID"),
        (None, "DENIED"),
    ],
)
def test_a_browser_learns_why_not(site: Site, code: str | None, why: str):
    browser = Browser(site)
    answer = browser.back(browser.away(), **({} if code is None else {"code": code}))
    assert answer.headers["location"] == f"/h5/stations?city=bj&signIn={why}"
    assert "youhui-demo" not in site.client.cookies


def test_another_browsers_state_signs_nobody_in(site: Site):
    """A link with the attacker's code, opened by the victim."""
    browser = Browser(site)
    state = browser.away()
    site.client.cookies.clear()
    stolen = browser.back(state, code="ok-mallory.1")
    assert stolen.status_code == 400
    assert stolen.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    own = browser.away()
    assert browser.back(state, code="ok-mallory.1").status_code == 400
    assert browser.back(own, code="ok-mallory.1").status_code == 303, "the code was not used up"


def test_a_state_is_good_once(site: Site):
    browser = Browser(site)
    state = browser.away()
    assert browser.back(state, code="ok-wang.1").status_code == 303
    assert browser.back(state, code="ok-wang.2").status_code == 400


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "h5",
        "",
        "/a\r\nSet-Cookie: x=1",
        "/" + "a" * 600,
    ],
)
def test_a_browser_is_sent_to_pages_of_ours_alone(site: Site, to: str):
    answer = site.client.get("/auth/wechat/start", params={"to": to})
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_cookies_of_the_way_are_out_of_scripts_reach(site: Site):
    answer = site.client.get("/auth/wechat/start")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answer.headers["cache-control"] == "no-store"
