"""Sessions of H5 pages: in a cookie, refreshed on the way, and only for pages of our own."""

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.gateway.cookie_sessions import CookieOptions, CookieSessions
from app.gateway.held_session import held_by
from app.main import create_app
from app.settings import Settings
from tests.sessions.asking import SESSIONS, SIGN_IN, SIGN_OUT, WHO, App, Page, codes

PROTOCOL = "graphql-transport-ws"
SOCKET = "ws://localhost:8000/graphql"
FOREIGN = "https://evil.example"


def signed_in_as(answer: Any) -> str | None:
    viewer = answer.json()["data"]["viewer"]
    return viewer and viewer["id"]


def test_the_answer_holds_no_token_and_the_cookie_no_word_of_it(page: Page):
    answer = page.sign_in()
    assert answer.json()["data"]["signIn"]["tokens"] is None
    said = answer.headers["Set-Cookie"]
    assert re.fullmatch(
        r"youhui-demo=[\w-]{50,400}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax", said
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert signed_in_as(page.ask(WHO)) == answer.json()["data"]["signIn"]["viewer"]["id"]


def test_only_h5_has_its_session_in_a_cookie(client: TestClient):
    phone = App(client, "phone-0001")
    assert "Set-Cookie" not in phone.ask(SIGN_IN, code="ok-wang").headers


def test_the_session_is_listed_as_h5_and_current(page: Page):
    page.sign_in()
    [session] = page.ask(SESSIONS).json()["data"]["viewer"]["sessions"]
    assert (session["channel"], session["current"]) == ("H5", True)


def test_signing_out_removes_the_cookie(page: Page):
    page.sign_in()
    answer = page.ask(SIGN_OUT, input={})
    assert answer.json()["data"]["signOut"]["sessions"] == []
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert page.cookie is None
    assert signed_in_as(page.ask(WHO)) is None


def test_reading_by_get_needs_the_cookie_alone(page: Page, client: TestClient):
    page.sign_in()
    answer = client.get("/graphql", params={"query": WHO}, headers={"Sec-Fetch-Site": "none"})
    assert signed_in_as(answer) is not None
    assert answer.headers["Cache-Control"].startswith("private")


def test_nothing_is_changed_by_get(page: Page, client: TestClient):
    page.sign_in()
    change = "mutation { signOut(input: {everywhere: true}) { userErrors { code } } }"
    answer = client.get("/graphql", params={"query": change}, headers=page.headers)
    assert (answer.status_code, codes(answer)) == (405, ["METHOD_NOT_ALLOWED"])
    assert signed_in_as(page.ask(WHO)) is not None


@pytest.mark.parametrize(
    ("headers", "without"),
    [
        ({"Origin": FOREIGN}, "Sec-Fetch-Site"),
        ({"Origin": FOREIGN}, ""),
        ({"Origin": "null"}, "Sec-Fetch-Site"),
        ({"Origin": "https://localhost:8000"}, "Sec-Fetch-Site"),
        ({"Origin": "http://localhost:8001"}, "Sec-Fetch-Site"),
        ({"Sec_Fetch_Site": "cross-site"}, "Origin"),
        ({"Sec_Fetch_Site": "same-site"}, "Origin"),
        ({"Sec_Fetch_Site": "none"}, "Origin"),
        ({"Sec_Fetch_Site": "cross-site"}, ""),
        ({}, "Youhui-Channel"),
    ],
)
def test_a_foreign_page_cannot_use_the_cookie(page: Page, headers: dict[str, str], without: str):
    page.sign_in()
    answer = page.ask(SIGN_OUT, input={"everywhere": True}, without=without, **headers)
    assert (answer.status_code, codes(answer)) == (403, ["FORBIDDEN"])
    assert "Set-Cookie" not in answer.headers
    assert signed_in_as(page.ask(WHO)) is not None


@pytest.mark.parametrize("without", ["Origin", "Sec-Fetch-Site"])
def test_one_word_of_the_browser_is_enough(page: Page, without: str):
    page.sign_in()
    assert signed_in_as(page.ask(WHO, without=without)) is not None


def test_without_any_word_of_the_browser_the_cookie_counts_nothing(page: Page):
    page.sign_in()
    del page.headers["Origin"]
    assert codes(page.ask(WHO, without="Sec-Fetch-Site")) == ["FORBIDDEN"]


def test_a_bearer_token_counts_and_the_cookie_beside_it_does_not(page: Page, client: TestClient):
    phone = App(client, "phone-0001")
    mine = phone.sign_in("ok-wang")["viewer"]["id"]
    page.sign_in("ok-h5")
    assert phone.data(WHO)["id"] == mine


@pytest.mark.parametrize("word", ["x", "AQ" * 60, "a" * 5000, "%00", '"quoted"'])
def test_a_cookie_that_is_not_ours_is_refused_once_and_removed(
    page: Page, client: TestClient, word: str
):
    client.cookies.set("youhui-demo", word, domain="localhost.local", path="/")
    answer = page.ask(WHO, Cookie=f"other=1; youhui-demo={word}")
    assert (answer.status_code, codes(answer)) == (401, ["TOKEN_INVALID"])
    assert "youhui-demo=;" in answer.headers["Set-Cookie"]


def test_cookies_of_others_are_none_of_our_business(page: Page):
    answer = page.ask(WHO, Cookie='broken="; ;=; other=a=b; xyouhui-demo=1')
    assert (answer.status_code, signed_in_as(answer)) == (200, None)


def test_an_ended_session_is_refused_at_once_and_the_next_request_is_a_guests(
    page: Page, client: TestClient
):
    """Signed out everywhere on another device."""
    phone = App(client, "phone-0001")
    phone.sign_in("ok-wang")
    page.sign_in("ok-wang")
    phone.data(SIGN_OUT, input={"everywhere": True})
    answer = page.ask(WHO)
    assert (answer.status_code, codes(answer)) == (401, ["TOKEN_INVALID"])
    assert page.cookie is None
    assert signed_in_as(page.ask(WHO)) is None


@pytest.fixture
def moved(settings: dict[str, Any], tmp_path: Any) -> Any:
    """A process whose clock a test moves: `moved.by(seconds)`."""
    file = tmp_path / "offset"

    class Moved:
        app = create_app(Settings(**settings, clock_offset_file=file))

        def by(self, seconds: float) -> None:
            file.write_text(str(seconds))

    return Moved()


def test_a_stale_cookie_is_refreshed_on_the_way(moved: Any):
    with TestClient(moved.app, base_url="http://localhost:8000") as client:
        page = Page(client)
        member = page.sign_in().json()["data"]["signIn"]["viewer"]["id"]
        first = page.cookie
        moved.by(540)
        assert "Set-Cookie" not in page.ask(WHO).headers
        moved.by(601)
        answer = page.ask(WHO)
        assert signed_in_as(answer) == member
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert page.cookie not in {None, first}
        assert "Set-Cookie" not in page.ask(WHO).headers


def test_requests_that_meet_with_one_stale_cookie_all_go_on(moved: Any):
    with TestClient(moved.app, base_url="http://localhost:8000") as client:
        page = Page(client)
        page.sign_in()
        stale = f"youhui-demo={page.cookie}"
        client.cookies.clear()
        moved.by(601)
        for _ in range(3):
            assert signed_in_as(page.ask(WHO, Cookie=stale)) is not None
            client.cookies.clear()
        moved.by(620)
        answer = page.ask(WHO, Cookie=stale)
        assert (answer.status_code, codes(answer)) == (401, ["TOKEN_EXPIRED"])
        assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_a_session_idle_for_too_long_is_over(moved: Any):
    with TestClient(moved.app, base_url="http://localhost:8000") as client:
        page = Page(client)
        page.sign_in()
        moved.by(90 * 86_400)
        assert codes(page.ask(WHO, Cookie=f"youhui-demo={page.cookie}")) == ["TOKEN_EXPIRED"]


WATCH = 'subscription { orderStatus(orderId: "x") { id } }'


def acknowledged(client: TestClient, **headers: str) -> Any:
    """The first message, or the code that the connection is closed with."""
    with client.websocket_connect(SOCKET, [PROTOCOL], headers=headers) as session:
        session.send_json({"type": "connection_init"})
        try:
            return session.receive_json()["type"]
        except WebSocketDisconnect as told:
            return told.code


def test_a_websocket_takes_the_cookie_of_our_own_page_only(page: Page, client: TestClient):
    assert acknowledged(client, origin=FOREIGN) == "connection_ack"  # a guest, as anywhere
    page.sign_in()
    assert acknowledged(client, origin="http://localhost:8000") == "connection_ack"
    assert acknowledged(client, origin=FOREIGN) == 4403
    assert acknowledged(client) == 4403


def test_a_websocket_of_an_ended_session_is_closed(page: Page, client: TestClient):
    page.sign_in()
    cookie = f"youhui-demo={page.cookie}"
    page.ask(SIGN_OUT, input={})
    client.cookies.clear()
    assert acknowledged(client, origin="http://localhost:8000", cookie=cookie) == 4401


def test_in_earnest_the_cookie_is_of_this_host_and_of_https_alone(client: TestClient):
    """A browser takes a name `__Host-…` only with Secure, Path=/ and no Domain."""
    app: Any = client.app
    outside = app.state.outside
    options = outside.front, outside.clock
    cookies = next(m for m in app.user_middleware if m.cls is CookieSessions)
    given: CookieOptions = cookies.kwargs["options"]
    earnest = CookieOptions(cookies=given.cookies, front=options[0], clock=options[1])

    async def carry(request: Request) -> PlainTextResponse:
        held = held_by(request)
        assert held is not None
        held.outgoing = "word"
        return PlainTextResponse("ok")

    around = Starlette(routes=[Route("/auth", carry)])
    with TestClient(CookieSessions(around, earnest), base_url="https://youhui.example") as browser:
        said = browser.get("/auth").headers["Set-Cookie"]
    assert said == "__Host-youhui=word; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure"


def test_pages_of_ours_on_another_host_of_the_site_may_come_with_it(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    ours = "http://h5.localhost:8000"
    monkeypatch.setenv("YOUHUI_H5_ORIGINS", ours)
    with TestClient(create_app(Settings(**settings)), base_url="http://localhost:8000") as client:
        page = Page(client)
        page.sign_in()
        page.headers |= {"Origin": ours, "Sec-Fetch-Site": "same-site"}
        assert signed_in_as(page.ask(WHO)) is not None
        assert codes(page.ask(WHO, Sec_Fetch_Site="cross-site")) == ["FORBIDDEN"]
        assert codes(page.ask(WHO, Origin="http://other.localhost:8000")) == ["FORBIDDEN"]
