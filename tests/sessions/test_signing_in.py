"""Signing in, refreshing, seeing where one is signed in, signing out: as clients see it."""

import re

import psycopg
from starlette.testclient import TestClient

from app.settings import without_driver
from tests.sessions.asking import REFRESH, SESSIONS, SIGN_IN, SIGN_OUT, WHO, App, codes


def test_the_first_sign_in_makes_a_member_and_the_next_finds_them(client: TestClient):
    phone = App(client, "phone-0001")
    first = phone.sign_in("ok-wang")
    assert (first["newMember"], first["userErrors"]) == (True, [])
    [session] = first["viewer"]["sessions"]
    assert (session["channel"], session["device"]) == ("APP", "phone-0001")
    assert session["current"]
    again = App(client, "tablet-001").sign_in("ok-wang")
    assert (again["newMember"], again["viewer"]["id"]) == (False, first["viewer"]["id"])
    assert len(again["viewer"]["sessions"]) == 2
    assert App(client, "phone-0002").sign_in("ok-li")["viewer"]["id"] != first["viewer"]["id"]


def test_a_token_opens_what_is_the_members(client: TestClient):
    phone = App(client, "phone-0001")
    assert phone.data(WHO) is None
    signed_in = phone.sign_in("ok-wang")
    assert phone.data(WHO)["id"] == signed_in["viewer"]["id"]


def test_a_code_that_wechat_refuses_is_an_answer_with_advice(client: TestClient):
    done = App(client, "phone-0001").data(SIGN_IN, code="used-x")
    assert (done["viewer"], done["tokens"], done["newMember"]) == (None, None, None)
    [error] = done["userErrors"]
    assert (error["code"], error["path"]) == ("CREDENTIAL_INVALID", ["code"])


def test_refreshing_gives_new_tokens_and_the_old_refresh_token_the_same_again(client: TestClient):
    phone = App(client, "phone-0001")
    old = phone.sign_in("ok-wang")["tokens"]
    new = phone.refresh()["tokens"]
    assert new["refreshToken"] != old["refreshToken"]
    assert phone.data(WHO) is not None
    repeated = phone.data(REFRESH, token=old["refreshToken"])["tokens"]
    assert repeated["refreshToken"] == new["refreshToken"]


def test_a_refresh_token_used_twice_too_far_apart_ends_everything(client: TestClient):
    phone = App(client, "phone-0001")
    old = phone.sign_in("ok-wang")["tokens"]["refreshToken"]
    phone.refresh()
    phone.refresh()
    refused = phone.data(REFRESH, token=old)
    assert refused["tokens"] is None
    [error] = refused["userErrors"]
    assert (error["code"], error["advice"]) == ("CREDENTIAL_INVALID", "SIGN_IN")
    assert phone.refresh()["userErrors"][0]["code"] == "CREDENTIAL_INVALID"
    answer = phone.ask(WHO)
    assert (answer.status_code, codes(answer)) == (401, ["TOKEN_INVALID"])


def test_what_is_no_refresh_token_is_refused_as_an_ended_one_is(client: TestClient):
    phone = App(client, "phone-0001")
    tokens = phone.sign_in("ok-wang")["tokens"]
    said = [phone.data(REFRESH, token=text) for text in ("", "x", tokens["accessToken"])]
    assert said[0] == said[1] == said[2]
    assert said[0]["userErrors"][0]["code"] == "CREDENTIAL_INVALID"


def test_a_refresh_token_opens_nothing(client: TestClient):
    phone = App(client, "phone-0001")
    tokens = phone.sign_in("ok-wang")["tokens"]
    phone.tokens = {"accessToken": tokens["refreshToken"]}
    assert codes(phone.ask(WHO)) == ["TOKEN_INVALID"]


def test_signing_out_of_another_device(client: TestClient):
    phone, tablet = App(client, "phone-0001"), App(client, "tablet-001")
    phone.sign_in("ok-wang")
    tablet.sign_in("ok-wang")
    listed = phone.data(SESSIONS)["sessions"]
    assert [(one["device"], one["current"]) for one in listed] == [
        ("tablet-001", False),
        ("phone-0001", True),
    ]
    done = phone.data(SIGN_OUT, input={"sessionId": listed[0]["id"]})
    assert [one["device"] for one in done["sessions"]] == ["phone-0001"]
    assert codes(tablet.ask(WHO)) == ["TOKEN_INVALID"]
    assert tablet.refresh()["userErrors"] != []
    assert phone.data(WHO) is not None
    again = phone.data(SIGN_OUT, input={"sessionId": listed[0]["id"]})
    assert again["userErrors"] == []


def test_signing_out_here_ends_this_session_alone(client: TestClient):
    phone, tablet = App(client, "phone-0001"), App(client, "tablet-001")
    phone.sign_in("ok-wang")
    tablet.sign_in("ok-wang")
    done = phone.data(SIGN_OUT, input={})
    assert [one["device"] for one in done["sessions"]] == ["tablet-001"]
    assert codes(phone.ask(WHO)) == ["TOKEN_INVALID"]
    assert tablet.data(WHO) is not None


def test_signing_out_everywhere(client: TestClient):
    phone, tablet, other = (App(client, f"device-{n:03}") for n in range(3))
    phone.sign_in("ok-wang")
    tablet.sign_in("ok-wang")
    other.sign_in("ok-li")
    assert phone.data(SIGN_OUT, input={"everywhere": True})["sessions"] == []
    assert codes(phone.ask(WHO)) == codes(tablet.ask(WHO)) == ["TOKEN_INVALID"]
    assert other.data(WHO) is not None


def test_sessions_of_others_are_not_found(client: TestClient):
    mine, others = App(client, "phone-0001"), App(client, "phone-0002")
    mine.sign_in("ok-wang")
    theirs = others.sign_in("ok-li")["viewer"]["sessions"][0]["id"]
    for name in (theirs, "nonsense", ""):
        done = mine.data(SIGN_OUT, input={"sessionId": name})
        assert done["sessions"] is None
        assert done["userErrors"] == [{"code": "NOT_FOUND", "path": ["sessionId"]}]
    assert others.data(WHO) is not None


def test_a_guest_has_nothing_to_sign_out_of(client: TestClient):
    done = App(client, "phone-0001").data(SIGN_OUT, input={"everywhere": True})
    assert done["userErrors"][0]["code"] == "SIGN_IN_REQUIRED"


def test_answers_with_tokens_are_kept_nowhere(client: TestClient):
    phone = App(client, "phone-0001")
    answer = phone.ask(SIGN_IN, code="ok-wang")
    assert answer.headers["Cache-Control"] == "private, no-store"
    phone.tokens = answer.json()["data"]["signIn"]["tokens"]
    refreshed = phone.ask(REFRESH, token=phone.tokens["refreshToken"])
    assert refreshed.headers["Cache-Control"] == "private, no-store"


def test_each_step_leaves_a_record_without_personal_data(client: TestClient, database_url: str):
    phone = App(client, "phone-0001")
    tokens = phone.sign_in("ok-wang")["tokens"]
    phone.refresh()
    phone.data(SIGN_OUT, input={})
    with psycopg.connect(without_driver(database_url)) as connection:
        records = connection.execute(
            "SELECT act, device, before, after FROM audit_event ORDER BY id"
        ).fetchall()
    assert [act for act, *_ in records] == ["account.open", "session.open", "session.end"]
    assert records[1][1] == "phone-0001"
    assert records[1][3] == {"by": "WECHAT_MINI_PROGRAM", "new": True}
    told = str(records)
    secrets = [*tokens.values(), *(part for t in tokens.values() for part in re.split(r"[.]", t))]
    assert not [secret for secret in secrets if len(secret) > 20 and secret in told]
    assert "wang" not in told
