"""Authorisation codes with PKCE over PostgreSQL, as the native app goes through them."""

import re
from urllib.parse import urlsplit

import pytest

from tests.oauth.conftest import CLIENT, LOOPBACK, OWN_SCHEME, PHONE, App, Pkce


def test_from_the_page_to_a_session(app: App):
    pkce = Pkce()
    asked = app.asked(pkce)
    page = app.page(asked)
    assert page.status_code == 200
    assert "登录油惠" in page.text
    assert "油惠 App" in page.text
    back = app.signed_in(asked)
    assert (back["state"], back["iss"]) == ("s1", "https://testserver")
    answer = app.exchange(pkce, back["code"])
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    viewer = app.viewer(tokens["access_token"])["data"]["viewer"]
    assert viewer["phoneMasked"] == "138****0001"
    assert viewer["sessions"] == [{"channel": "APP"}]


def test_the_page_runs_nothing_and_leads_nowhere_else(app: App):
    page = app.page(app.asked(Pkce()), **{"Accept-Language": "en"})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' com.youhui.app:;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    assert "Sign in to Youhui" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_what_was_typed_is_shown_as_text(app: App):
    page = app.step(app.asked(Pkce()), phone='"><script>alert(1)</script>', step="send")
    assert page.status_code == 400
    assert "<script" not in page.text
    named = app.asked(Pkce(), state='"><b>')
    assert '"><b>' not in app.page(named).text


def test_a_form_of_another_site_is_refused(app: App):
    answer = app.http.post(
        "/oauth/authorize",
        params=app.asked(Pkce()),
        data={"phone": PHONE, "step": "send"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert app.sent == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "com.youhui.app:/elsewhere"},
        {"redirect_uri": "https://evil.example/signed-in"},
        {"redirect_uri": f"{OWN_SCHEME}/more"},
        {"redirect_uri": "http://127.0.0.1:8000@evil.example/signed-in"},
        {"redirect_uri": "http://127.0.0.2:8000/signed-in"},
        {"redirect_uri": "http://127.0.0.1:8000/other"},
        {"redirect_uri": "http://localhost:8000/signed-in"},
    ],
)
def test_who_is_not_registered_is_sent_nowhere(app: App, changed: dict[str, str | None]):
    answer = app.page(app.asked(Pkce(), **changed))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "没有登记" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_a_request_that_does_not_hold_goes_back_with_why(
    app: App, changed: dict[str, str | None], error: str
):
    answer = app.page(app.asked(Pkce(), **changed))
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(f"{OWN_SCHEME}?")
    assert f"error={error}" in location
    assert "state=s1" in location


def test_a_parameter_that_comes_twice_is_sent_nowhere(app: App):
    asked = [*app.asked(Pkce()).items(), ("redirect_uri", LOOPBACK)]
    assert app.http.get("/oauth/authorize", params=asked).status_code == 400


def test_a_loopback_address_takes_any_port(app: App):
    pkce = Pkce()
    given = "http://127.0.0.1:50123/signed-in"
    asked = app.asked(pkce, redirect_uri=given)
    assert (
        "form-action 'self' http://127.0.0.1:50123;"
        in app.page(asked).headers["content-security-policy"]
    )
    code = app.signed_in(asked)["code"]
    assert app.exchange(pkce, code, redirect_uri=given).status_code == 200


def test_a_code_is_good_once_and_its_second_use_ends_the_session(app: App):
    pkce = Pkce()
    code = app.signed_in(app.asked(pkce))["code"]
    first = app.exchange(pkce, code).json()
    again = app.exchange(pkce, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_is_good_for_a_minute(app: App):
    for wait_s, status in ((59, 200), (60, 400)):
        pkce = Pkce()
        code = app.signed_in(app.asked(pkce))["code"]
        app.later(seconds=wait_s)
        assert app.exchange(pkce, code).status_code == status


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": LOOPBACK}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_client"),
        ({"code": "another"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_what_is_not_as_it_was_asked_gets_nothing(app: App, changed: dict[str, str], error: str):
    pkce = Pkce()
    code = app.signed_in(app.asked(pkce))["code"]
    answer = app.exchange(pkce, **({"code": code} | changed))
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert "access_token" not in answer.text


def test_a_code_is_kept_hashed(app: App):
    code = app.signed_in(app.asked(Pkce()))["code"]
    kept = str(app.rows("SELECT code::text FROM oauth_code AS code"))
    assert code not in kept
    assert code.encode().hex() not in kept


def test_a_wrong_sms_code_leads_nowhere(app: App):
    asked = app.asked(Pkce())
    app.step(asked, phone=PHONE, step="send")
    wrong = "000000" if app.sent[PHONE] != "000000" else "111111"
    answer = app.step(asked, phone=PHONE, code=wrong, step="enter")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert app.rows("SELECT count(*) FROM oauth_code") == [(0,)]


def test_refresh_tokens_turn_and_one_used_twice_ends_the_session(app: App):
    first = app.tokens()
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    app.later(seconds=60)
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_client_that_is_not_known_refreshes_nothing(app: App):
    refresh = app.tokens()["refresh_token"]
    assert app.refresh(refresh, client_id="another").json()["error"] == "invalid_client"
    assert app.refresh(refresh).status_code == 200


def test_a_revoked_token_ends_its_session_and_revoking_tells_nothing(app: App):
    tokens = app.tokens()
    form = {"client_id": CLIENT, "token": tokens["refresh_token"]}
    for _ in range(2):
        assert app.http.post("/oauth/revoke", data=form).status_code == 200
    assert app.http.post("/oauth/revoke", data=form | {"token": "x"}).status_code == 200
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    other = app.http.post("/oauth/revoke", data=form | {"client_id": "another"})
    assert other.json()["error"] == "invalid_client"


def test_the_metadata_says_what_is_served(app: App):
    said = app.http.get("/.well-known/oauth-authorization-server").json()
    assert said["issuer"] == "https://testserver"
    assert said["code_challenge_methods_supported"] == ["S256"]
    for name in ("token_endpoint", "revocation_endpoint", "authorization_endpoint", "jwks_uri"):
        path = urlsplit(said[name]).path
        assert app.http.options(path).status_code != 404
        assert re.fullmatch(r"https://testserver/[\w./-]+", said[name])


@pytest.mark.parametrize("content", [b"", b"grant_type", b"a=1&a=2", b"\xff", b"x" * 9_000])
def test_forms_that_are_none(app: App, content: bytes):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = app.http.post("/oauth/token", content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"] in {"invalid_request", "invalid_client", "unsupported_grant_type"}
