"""Statuses and media types by the edition of GraphQL over HTTP."""

import pytest
from starlette.testclient import TestClient

from app.gateway.graphql_view import ViewOptions
from app.gateway.http_profile import HttpProfile
from app.gateway.request import RequestCaps
from tests.gateway.asking import NEW, ask, codes

PLAIN = "application/json"

CASES = {
    "a whole answer": ({"query": "{ ok }"}, 200, 200, 200, 200),
    "data and errors": ({"query": "{ ok fault }"}, 200, 200, 294, 200),
    "data null and errors": ({"query": "{ needed }"}, 200, 200, 294, 200),
    "no JSON": (b"NONSENSE", 400, 400, 400, 400),
    "no query": ({"qeury": "{ ok }"}, 400, 400, 422, 422),
    "variables of a wrong type": ({"query": "{ ok }", "variables": [7]}, 400, 400, 422, 422),
    "a document that does not parse": ({"query": "{"}, 400, 200, 400, 400),
    "a document that does not fit": ({"query": "{ nothing }"}, 400, 200, 422, 422),
    "no such operation": ({"query": "{ ok }", "operationName": "A"}, 400, 200, 422, 422),
    "variables that do not fit": (
        {"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": "x"}},
        400, 200, 422, 422,
    ),
}  # fmt: skip


@pytest.fixture
def september(edge) -> TestClient:
    edge.view = ViewOptions(profile=HttpProfile.SEPTEMBER_2026)
    return TestClient(edge.app())


def post(client, body, accept):
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    headers = {"Accept": accept, "Content-Type": "application/json"}
    return client.post("/graphql", headers=headers, **content)


@pytest.mark.parametrize(
    ("body", "audited", "plain", "newer", "plainer"), CASES.values(), ids=CASES.keys()
)
def test_statuses_by_edition_and_media_type(
    client, september, body, audited, plain, newer, plainer
):
    assert post(client, body, NEW).status_code == audited
    assert post(client, body, PLAIN).status_code == plain
    assert post(september, body, NEW).status_code == newer
    assert post(september, body, PLAIN).status_code == plainer


def test_a_refusal_says_what_it_is_to_who_takes_plain_json_only(september):
    """Section 5.1: only successes are called plain JSON, for anybody may send a 4xx as that."""
    refused = ask(september, "{ nothing }", accept=PLAIN)
    assert refused.headers["content-type"] == f"{NEW}; charset=utf-8"
    assert ask(september, "{ ok }", accept=PLAIN).headers["content-type"].startswith(PLAIN)


@pytest.mark.parametrize("accept", ["*/*", "application/*", ""])
def test_who_names_no_media_type_gets_the_newer_one(september, accept):
    assert ask(september, "{ ok }", accept=accept).headers["content-type"].startswith(NEW)


def test_an_address_that_is_too_long_says_so(edge):
    edge.view = ViewOptions(caps=RequestCaps(body_bytes=2_048))
    long = {"query": "{ ok }", "variables": "x" * 4_000}
    response = TestClient(edge.app()).get("/graphql", params=long)
    assert (response.status_code, codes(response)) == (414, ["BODY_TOO_LARGE"])
