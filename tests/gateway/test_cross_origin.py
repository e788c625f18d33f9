"""Pages of other origins: H5's own, others that are named, and strangers."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.gateway.asking import ask
from tests.gateway.support import NOW

H5 = "https://m.youhui.example"
PARTNER = "https://partner.example"
STRANGERS = (
    "https://evil.example",
    "https://m.youhui.example.evil.example",
    "https://m.youhui.example:444",
    "http://m.youhui.example",
    "null",
    "",
)


@pytest.fixture
def named(edge) -> TestClient:
    edge.options = replace(edge.options, h5_origins=(H5,), other_origins=(PARTNER,))
    return TestClient(edge.app())


def leave(headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("access-control")}


def preflight(client, origin, method="POST"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return client.options("/graphql", headers=asked)


def test_nobody_is_named_by_default(client):
    assert leave(ask(client, "{ ok }", headers={"Origin": H5}).headers) == {}
    assert preflight(client, H5).status_code == 405


def test_h5_s_own_pages_come_with_cookies(named):
    headers = ask(named, "{ ok }", headers={"Origin": H5}).headers
    assert headers["access-control-allow-origin"] == H5
    assert headers["access-control-allow-credentials"] == "true"


def test_other_pages_come_without(named, edge):
    token = edge.tokens.issue(42, NOW)
    headers = {"Origin": PARTNER, "Authorization": f"Bearer {token}"}
    answer = ask(named, "{ mine }", headers=headers)
    assert answer.json() == {"data": {"mine": "42"}}
    assert answer.headers["access-control-allow-origin"] == PARTNER
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_stranger_s_page_is_kept_from_the_answer(named, origin):
    assert leave(ask(named, "{ ok }", headers={"Origin": origin}).headers) == {}
    refused = preflight(named, origin)
    assert (refused.status_code, leave(refused.headers)) == (403, {})


@pytest.mark.parametrize("origin", [H5, PARTNER])
def test_a_preflight_tells_what_may_be_sent(named, origin):
    allowed = preflight(named, origin)
    assert allowed.status_code == 204
    told = leave(allowed.headers)
    assert told["access-control-allow-origin"] == origin
    assert told["access-control-allow-methods"] == "GET, POST"
    sent = told["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Content-Type", "Youhui-Channel", "Youhui-Version"} <= set(sent)
    assert told.get("access-control-allow-credentials") == ("true" if origin == H5 else None)


def test_a_page_may_read_the_request_s_id_and_when_to_come_back(named):
    headers = ask(named, "{ ok }", headers={"Origin": H5}).headers
    assert headers["access-control-expose-headers"] == "X-Request-Id, Retry-After"


def test_refusals_are_readable_too(named):
    refused = ask(named, "{ nothing }", headers={"Origin": H5})
    assert refused.headers["access-control-allow-origin"] == H5
    assert (
        named.get("/nothing", headers={"Origin": H5}).headers["access-control-allow-origin"] == H5
    )


@pytest.mark.parametrize("origin", [None, H5, STRANGERS[0]])
def test_no_cache_gives_one_origin_s_answer_to_another(named, origin):
    headers = {} if origin is None else {"Origin": origin}
    assert "Origin" in ask(named, "{ ok }", headers=headers).headers["vary"].split(", ")
