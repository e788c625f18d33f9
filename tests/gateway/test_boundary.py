"""The outermost layer: headers on every answer, and no fault that escapes."""

import logging
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.gateway.support import SECRET_PHONE, log_lines

PATHS = ("/graphql?query={ok}", "/graphql", "/health/live", "/health/ready", "/nothing")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_json_with_security_headers_and_an_id(client, path):
    response = client.get(path)
    headers = response.headers
    assert "json" in headers["content-type"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert len(headers["x-request-id"]) == 16
    assert "strict-transport-security" not in headers


def test_over_https_browsers_are_told_to_stay_there(edge):
    client = TestClient(edge.app(), base_url="https://testserver")
    assert "max-age" in client.get("/health/live").headers["strict-transport-security"]


def test_ids_differ(client):
    assert len({client.get("/health/live").headers["x-request-id"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/demo/personas", 404, "NOT_FOUND"),
        ("POST", "/demo/token", 404, "NOT_FOUND"),
        ("GET", "/graphiql", 404, "NOT_FOUND"),
        ("POST", "/health/live", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_there_is_refused_in_json(client, method, path, status, code):
    response = client.request(method, path, headers={"Accept-Language": "en"})
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == code
    assert response.headers["content-type"] == "application/json"


async def broken(request: Request):
    raise KeyError(SECRET_PHONE)


async def broken_half_way(request: Request):
    async def chunks():
        yield b"begun"
        raise KeyError(SECRET_PHONE)

    return StreamingResponse(chunks())


@pytest.fixture
def breaking_client(edge) -> TestClient:
    routes = [Route("/broken", broken), Route("/half", broken_half_way)]
    edge.options = replace(edge.options, more_routes=routes)
    return TestClient(edge.app(), raise_server_exceptions=True)


def test_a_fault_outside_graphql_is_masked_too(breaking_client, caplog):
    response = breaking_client.get("/broken")
    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    (line,) = [line for line in log_lines(caplog) if line["event"] == "fault"]
    assert SECRET_PHONE not in response.text + str(line)
    assert "in broken" in line["exception"]
    assert line["request_id"] == response.headers["x-request-id"]


def test_an_answer_that_breaks_half_way_tells_the_server_nothing_personal(breaking_client, caplog):
    with pytest.raises(Exception) as raised:  # noqa: PT011 -- its type is private: no text is the point
        breaking_client.get("/half")
    assert SECRET_PHONE not in "".join(map(str, (raised.value, raised.value.__cause__)))
    assert SECRET_PHONE not in str(log_lines(caplog))


def test_the_access_log_names_routes_and_never_paths(client, caplog):
    caplog.set_level(logging.INFO, "youhui.access")
    client.get(f"/graphql?query={{ok}}&p={SECRET_PHONE}")
    client.get(f"/{SECRET_PHONE}")
    lines = [line for line in log_lines(caplog) if line["logger"] == "youhui.access"]
    assert [(line["route"], line["status"]) for line in lines] == [("/graphql", 200), ("-", 404)]
    assert SECRET_PHONE not in str(lines)
