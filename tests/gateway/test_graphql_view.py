"""`/graphql`: what goes in: bodies, addresses, types, sizes, documents."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.gateway.graphql_view import ViewOptions
from app.gateway.request import RequestCaps, _nested_deeper
from tests.gateway.asking import NEW, PRIVATE, ask, codes


def test_a_query_by_post_and_by_get(client):
    for response in (
        ask(client, "{ ok }"),
        client.get("/graphql?query=" + quote("{ ok }"), headers={"Accept": NEW}),
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{NEW}; charset=utf-8"
        assert response.json() == {"data": {"ok": "好"}}


def test_variables_and_operation_name_by_post_and_by_get(client):
    document = "query A { ok } query B($n: Int!) { twice(number: $n) }"
    posted = ask(client, document, variables={"n": 4}, operationName="B")
    fetched = client.get(
        "/graphql", params={"query": document, "variables": '{"n": 4}', "operationName": "B"}
    )
    assert posted.json() == fetched.json() == {"data": {"twice": 8}}


def test_plain_json_is_answered_to_who_asks_for_it_or_for_anything(client):
    for accept in ("application/json", "*/*"):
        assert (
            ask(client, "{ ok }", accept=accept).headers["content-type"]
            == "application/json; charset=utf-8"
        )


def test_who_takes_no_json_is_told_so_in_json(client):
    response = ask(client, "{ ok }", accept="text/html")
    assert response.status_code == 406
    assert codes(response) == ["NOT_ACCEPTABLE"]


def test_an_answer_varies_by_what_it_depends_on(client):
    vary = ask(client, "{ ok }").headers["vary"]
    assert vary == "Accept, Accept-Language, Authorization, Cookie, Youhui-Channel"


MALFORMED = {
    "empty": b"",
    "null": b"null",
    "number": b"1",
    "string": b'"x"',
    "array": b"[1]",
    "batch": b'[{"query": "{ ok }"}]',
    "cut off": b'{"query": "{ ok }"',
    "not JSON": b"query { ok }",
    "invalid UTF-8": b'{"query": "\xff"}',
    "lone surrogate": b'{"query": "\\ud800"}',
    "UTF-16": '{"query": "{ ok }"}'.encode("utf-16"),
    "NaN": b'{"query": "{ ok }", "variables": {"n": NaN}}',
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query empty": b'{"query": ""}',
    "query number": b'{"query": 1}',
    "query object": b'{"query": {"a": 1}}',
    "variables array": b'{"query": "{ ok }", "variables": [1]}',
    "variables string": b'{"query": "{ ok }", "variables": "{}"}',
    "extensions string": b'{"query": "{ ok }", "extensions": "x"}',
    "operationName number": b'{"query": "{ ok }", "operationName": 1}',
    "deep arrays": b'{"query": "{ ok }", "variables": ' + b'{"a":' * 100 + b"1" + b"}" * 101,
    "very deep": b'{"query": "{ ok }", "variables": {"a":' + b"[" * 100_000,
    "deep behind strings": b'{"x": "\\"[", "v": ' + b"[" * 70 + b"]" * 70 + b"}",
}


@pytest.mark.parametrize("accept", [NEW, "application/json"])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_gets_a_clear_400_in_json(client, body, accept):
    response = client.post(
        "/graphql", content=body, headers={"Content-Type": "application/json", "Accept": accept}
    )
    assert response.status_code == 400
    assert codes(response) == ["BAD_REQUEST"]
    assert "data" not in response.json()
    assert response.headers["cache-control"] == PRIVATE


def test_brackets_inside_strings_are_not_depth(client):
    assert ask(client, "{ ok }", variables={"text": '[{"' * 200 + "\\"}).status_code == 200


def test_a_depth_check_is_linear_also_on_hostile_strings():
    """Quotes that never close, all escaped: a backtracking check would take minutes."""
    unclosed = b'[[{"' + b'\\"[' * 500_000
    assert _nested_deeper(unclosed, 2)
    assert not _nested_deeper(unclosed, 3)


QUERIES_IN_URL = {
    "nothing": "",
    "invalid UTF-8": "query=%ff",
    "variables no JSON": "query={ok}&variables=x",
    "variables array": "query={ok}&variables=[1]",
    "extensions no JSON": "query={ok}&extensions=x",
}


@pytest.mark.parametrize("url", QUERIES_IN_URL.values(), ids=QUERIES_IN_URL.keys())
def test_a_malformed_url_gets_a_clear_400_in_json(client, url):
    response = client.get(f"/graphql?{url}")
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        "application/jsonx",
    ],
)
def test_a_body_of_another_type_is_not_read(client, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = client.post("/graphql", content=b'{"query": "{ ok }"}', headers=headers)
    assert (response.status_code, codes(response)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", "Application/JSON"])
def test_json_is_json_in_any_spelling(client, content_type):
    response = client.post(
        "/graphql", content=b'{"query": "{ ok }"}', headers={"Content-Type": content_type}
    )
    assert response.json() == {"data": {"ok": "好"}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_refused_with_those_allowed(client, method):
    response = client.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


def test_a_mutation_never_runs_by_get(client):
    response = client.get("/graphql?query=" + quote("mutation { change }"))
    assert (response.status_code, codes(response)) == (405, ["METHOD_NOT_ALLOWED"])
    assert response.headers["allow"] == "POST"
    assert ask(client, "mutation { change }").json() == {"data": {"change": "changed"}}


def test_a_body_over_the_cap_is_refused_whether_it_says_so_or_not(edge):
    edge.view = ViewOptions(caps=RequestCaps(body_bytes=2_048))
    client = TestClient(edge.app())
    body = b'{"query": "{ ok }", "variables": {"x": "' + b"x" * 4_000 + b'"}}'

    def chunks():
        yield body[:1_000]
        yield body[1_000:]

    for content in (body, chunks()):
        response = client.post(
            "/graphql", content=content, headers={"Content-Type": "application/json"}
        )
        assert (response.status_code, codes(response)) == (413, ["BODY_TOO_LARGE"])


REFUSED_DOCUMENTS = {
    "{": "GRAPHQL_PARSE_FAILED",
    "{ ok " + "# \n" * 10: "GRAPHQL_PARSE_FAILED",
    "{ unknown }": "GRAPHQL_VALIDATION_FAILED",
    "{ ok { deeper } }": "GRAPHQL_VALIDATION_FAILED",
    "{ ...F }": "GRAPHQL_VALIDATION_FAILED",
    "{ ok } query B { ok }": "GRAPHQL_VALIDATION_FAILED",
    "query A { ok } query B { ok }": "OPERATION_UNKNOWN",
    "query ($n: Int!) { twice(number: $n) }": "BAD_USER_INPUT",
    '{ twice(number: "x") }': "GRAPHQL_VALIDATION_FAILED",
    "query ($n: Int = 1) { twice(number: $n) }": None,
    "{ leaf ": "GRAPHQL_PARSE_FAILED",
}


@pytest.mark.parametrize(("document", "code"), REFUSED_DOCUMENTS.items(), ids=range(11))
def test_refused_before_execution(client, document, code):
    """The newer type says it in the status; plain JSON keeps 200 (GraphQL over HTTP, 6.4)."""
    if code is None:
        assert ask(client, document).json() == {"data": {"twice": 2}}
        return
    for accept, status in ((NEW, 400), ("application/json", 200)):
        response = ask(client, document, accept=accept)
        assert response.status_code == status
        assert set(codes(response)) == {code}
        assert "data" not in response.json()
        assert response.headers["cache-control"] == PRIVATE


TOO_LARGE = {
    "{ ...F } fragment F on Query { ...F }": "FRAGMENT_CYCLES",
    "fragment F on Query { ok }": "UNUSED_FRAGMENTS",
    "{ " + "ok " * 5_000 + "}": "TOKENS",
    "{ " * 4_000: "NESTING",
    "{ leaf " * 1_500: "NESTING",
}


@pytest.mark.parametrize(("document", "limit"), TOO_LARGE.items(), ids=TOO_LARGE.values())
@pytest.mark.parametrize("accept", [NEW, "application/json"])
def test_a_document_past_a_limit_is_refused_by_the_limits_name(client, document, limit, accept):
    response = ask(client, document, accept=accept)
    assert response.status_code == 400
    assert response.headers["cache-control"] == PRIVATE
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "DOCUMENT_TOO_LARGE"
    assert error["extensions"]["limit"] == limit
    assert error["extensions"]["figure"] > error["extensions"]["maximum"]


def test_a_null_given_to_a_required_argument_is_the_callers_mistake(client):
    document = "query ($n: Int = 1) { twice(number: $n) }"
    response = ask(client, document, variables={"n": None})
    assert codes(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("name", ["C", "ok"])
def test_an_operation_name_that_does_not_exist(client, name):
    response = ask(client, "query A { ok }", operationName=name)
    assert (response.status_code, codes(response)) == (400, ["OPERATION_UNKNOWN"])


def test_suggestions_are_hidden_unless_opened(edge, client):
    text = ask(client, "{ twicf(number: 1) }").text + ask(client, "{ twice(numbr: 1) }").text
    assert "Did you mean" not in text
    edge.view = ViewOptions(closed=False)
    assert "Did you mean" in ask(TestClient(edge.app()), "{ twicf(number: 1) }").text
