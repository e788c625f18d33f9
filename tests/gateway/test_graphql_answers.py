"""`/graphql`: who asks, what comes out, and how it may be kept."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app.gateway.graphql_view import ViewOptions
from tests.gateway.asking import NEW, PRIVATE, ask, codes, fetch
from tests.gateway.support import NOW, SECRET_PHONE, log_lines


def test_the_context_holds_catalog_instant_language_and_channel(client):
    response = ask(
        client, "{ request }", headers={"Accept-Language": "en", "Youhui-Channel": "mini-program"}
    )
    assert response.json()["data"]["request"] == f"17 {NOW.isoformat()} en MINI_PROGRAM"
    assert response.headers["content-language"] == "en"
    plain = ask(client, "{ request }")
    assert plain.json()["data"]["request"] == f"17 {NOW.isoformat()} zh-CN None"


def test_an_unknown_channel_is_refused(client):
    response = ask(client, "{ ok }", headers={"Youhui-Channel": "fax"})
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


def test_a_bearer_token_names_the_viewer(edge, client):
    token = edge.tokens.issue(42, NOW)
    for scheme in ("Bearer", "bearer"):
        response = ask(client, "{ mine }", headers={"Authorization": f"{scheme} {token}"})
        assert response.json() == {"data": {"mine": "42"}}
    assert ask(client, "{ mine }").json() == {"data": {"mine": None}}


@pytest.mark.parametrize("accept", [NEW, "application/json"])
def test_a_token_that_does_not_hold_is_never_a_guest(edge, client, accept):
    good = edge.tokens.issue(42, NOW)
    old = edge.tokens.issue(42, NOW - timedelta(days=1))
    for header, code in {
        f"Bearer {good}x": "TOKEN_INVALID",
        f"Bearer {old}": "TOKEN_EXPIRED",
        "Bearer": "TOKEN_INVALID",
        "Bearer ": "TOKEN_INVALID",
        "": "TOKEN_INVALID",
        f"Basic {good}": "TOKEN_INVALID",
        good: "TOKEN_INVALID",
    }.items():
        response = ask(client, "{ ok }", headers={"Authorization": header}, accept=accept)
        assert (response.status_code, codes(response)) == (401, [code])
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert "data" not in response.json()


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        ("{ ok }", "public, max-age=10, s-maxage=10"),
        ("{ ok mine }", "private, no-cache"),
        ("{ signed }", PRIVATE),
        ("{ ok fault }", PRIVATE),
        ("{ badCursor }", PRIVATE),
    ],
)
def test_an_answer_is_kept_only_if_it_is_everyones_and_whole(client, document, kept):
    assert fetch(client, document).headers["cache-control"] == kept
    assert ask(client, document).headers["cache-control"] == PRIVATE


def test_a_bad_request_is_shown_as_it_is(client):
    response = ask(client, "{ ok badCursor }")
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert error["message"] == "游标无效。"
    assert error["extensions"] == {"code": "BAD_CURSOR"}
    assert error["path"] == ["badCursor"]
    assert response.json()["data"] == {"ok": "好", "badCursor": None}


def test_a_resolvers_bad_request_is_shown_with_its_code(client):
    (error,) = ask(client, "{ badPageSize }").json()["errors"]
    assert error["extensions"] == {"code": "BAD_PAGE_SIZE"}
    assert "from 1 to 100" in error["message"]


@pytest.mark.parametrize(
    ("field", "code"),
    [("fault", "INTERNAL"), ("storage", "UNAVAILABLE"), ("tooBig", "INTERNAL")],
)
def test_a_fault_is_masked_and_the_rest_stays(client, caplog, field, code):
    response = ask(client, f"{{ ok {field} }}")
    assert response.json()["data"] == {"ok": "好", field: None}
    (error,) = response.json()["errors"]
    assert error["extensions"] == {
        "code": code,
        "requestId": response.headers["x-request-id"],
    }
    assert error["path"] == [field]
    assert SECRET_PHONE not in response.text
    assert response.headers["x-request-id"] in [
        line.get("request_id") for line in log_lines(caplog)
    ]


def test_a_fault_of_a_required_field_leaves_data_null(client):
    response = ask(client, "{ ok needed }")
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert codes(response) == ["INTERNAL"]


def test_a_masked_text_follows_the_language(client):
    english = ask(client, "{ fault }", headers={"Accept-Language": "en"}).json()["errors"][0]
    chinese = ask(client, "{ fault }").json()["errors"][0]
    assert english["message"].startswith("Something went wrong")
    assert chinese["message"].startswith("服务出错了")


def test_the_log_has_the_trace_but_no_token_and_nothing_personal(edge, client, caplog):
    caplog.set_level(logging.DEBUG)
    token = edge.tokens.issue(42, NOW)
    headers = {"Authorization": f"Bearer {token}"}
    ask(client, "{ fault storage }", headers=headers, variables={"phone": SECRET_PHONE})
    client.get(f"/graphql?query={{fault}}&variables=%7B%22p%22:%22{SECRET_PHONE}%22%7D")
    client.get(f"/nothing/{SECRET_PHONE}")
    ask(client, "{ ok }", headers={"Authorization": f"Bearer {token}x"})
    ours = str(log_lines(caplog))
    assert "builtins.KeyError" in ours
    assert "in fault" in ours
    assert "StorageUnavailable" in ours
    assert "'route': '/graphql', 'status': 200" in ours
    assert SECRET_PHONE not in ours
    assert token not in ours
    assert token.split(".")[1] not in ours


def test_a_slow_operation_is_given_up_with_a_typed_error(edge):
    edge.view = ViewOptions(deadline_s=0.05)
    response = ask(TestClient(edge.app()), "{ slow }")
    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (f'{{ twice(number: "{SECRET_PHONE}") }}', None),
        (f'{{ twice(number: 1 "{SECRET_PHONE}") }}', None),
        (f'{{ twice(number: "1" "{SECRET_PHONE}" }}', None),
        ("query ($n: Int!) { twice(number: $n) }", {"n": SECRET_PHONE}),
        ("query ($n: Int!) { twice(number: $n) }", {"n": [SECRET_PHONE]}),
        ("query ($n: Int!) { twice(number: $n) }", {"n": {"a": int(SECRET_PHONE)}}),
    ],
)
def test_what_does_not_fit_is_named_without_its_value(edge, document, variables):
    edge.view = replace(edge.view, closed=False)
    response = ask(TestClient(edge.app()), document, variables=variables)
    assert response.json()["errors"][0]["message"]
    assert SECRET_PHONE not in response.text
