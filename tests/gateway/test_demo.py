"""What exists in demo mode only."""

import os
import shutil
import stat
import subprocess
from dataclasses import replace

import orjson
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from app.domain.shared.text import LocalizedText
from app.gateway.demo import graphiql
from app.gateway.demo.curls import demo_curls
from app.gateway.demo.graphiql import graphiql_routes
from app.gateway.demo.personas import Persona, PersonaRoutes, load_personas
from app.main import PERSONAS
from tests.gateway.support import NOW

TWO = (
    Persona("regular", LocalizedText(zh="老用户", en="Regular customer"), 7),
    Persona("new-user", LocalizedText(zh="新用户"), 8),
)


@pytest.fixture
def demo(edge) -> TestClient:
    routes = PersonaRoutes(TWO, lambda user_id: edge.tokens.issue(user_id, NOW)).routes()
    edge.options = replace(edge.options, more_routes=[*routes, *graphiql_routes()])
    return TestClient(edge.app())


def test_personas_are_listed_by_name_and_title(demo):
    assert demo.get("/demo/personas").json() == [
        {"name": "regular", "title": "老用户"},
        {"name": "new-user", "title": "新用户"},
    ]
    english = demo.get("/demo/personas", headers={"Accept-Language": "en"}).json()
    assert english[0] == {"name": "regular", "title": "Regular customer"}


def test_the_shipped_personas_hold_those_that_are_promised():
    names = {persona.name for persona in load_personas(PERSONAS)}
    assert {"new-user", "regular", "gold-member", "lapsed", "heavy-coupon-holder"} <= names


def test_a_token_makes_one_the_persona(demo):
    answer = demo.post("/demo/token", json={"persona": "new-user"})
    assert list(answer.json()) == ["token"]
    assert answer.headers["cache-control"] == "no-store"
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    mine = demo.post("/graphql", json={"query": "{ mine }"}, headers=bearer)
    assert mine.json() == {"data": {"mine": "8"}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[1]", 400),
        (b"{}", 400),
        (b'{"persona": 1}', 400),
        (b"\xff", 400),
        (b'{"persona": "' + b"x" * 5_000 + b'"}', 400),
        (b'{"persona": "nobody"}', 404),
    ],
)
def test_a_persona_that_is_not_there(demo, body, status):
    answer = demo.post("/demo/token", content=body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "NOT_FOUND"}


async def test_a_client_that_goes_away_is_no_fault(caplog):
    async def gone():
        return {"type": "http.disconnect"}

    routes = PersonaRoutes(TWO, str)
    answer = await routes.token(Request({"type": "http", "headers": []}, gone))
    assert answer.status_code == 400
    assert caplog.records == []


def test_without_the_build_the_page_says_what_to_do_and_lists_curls(demo, monkeypatch, tmp_path):
    monkeypatch.setattr(graphiql, "BUILT", tmp_path)
    answer = demo.get("/graphiql")
    assert answer.status_code == 200
    assert "npm ci" in answer.text
    assert answer.text.count("curl -s") == 9
    assert "http://testserver/graphql" in answer.text
    assert demo.get("/graphiql/assets/x.js").status_code == 404


@pytest.fixture
def built(monkeypatch, tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>GraphiQL</title>")
    (folder / "assets" / "a.js").write_text("1")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(graphiql, "BUILT", folder)
    return folder


def test_the_built_page_may_ask_no_other_address(demo, built):
    page = demo.get("/graphiql")
    assert page.text == "<title>GraphiQL</title>"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy
    assert "*" not in policy
    assert demo.get("/graphiql/assets/a.js").headers["content-security-policy"] == policy


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "%2e%2e/secret",
        "assets",
        "assets/../../secret",
        "/etc/passwd",
        "x.js",
        "%00",
        "x" * 300,
    ],
)
def test_only_files_of_the_build_are_served(demo, built, path):
    answer = demo.get(f"/graphiql/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_only_files_named_by_their_content_are_kept_for_ever(demo, built):
    assert demo.get("/graphiql/assets/a.js").headers["cache-control"].endswith("immutable")
    assert demo.get("/graphiql/index.html").headers["cache-control"] == "no-cache"
    assert demo.get("/graphiql").headers["cache-control"] == "no-cache"


def test_the_curls_run_as_they_are_printed(tmp_path):
    """A shell runs each; in place of curl stands a program that notes what it was given."""
    noted = tmp_path / "noted"
    fake = tmp_path / "curl"
    fake.write_text(
        "#!/bin/sh\n"
        'case "$*" in *demo/token*) echo \'{"token":"T.O.K"}\';; '
        '*"query preview"*) echo \'{"quote":{"token":"Q.Q","a":1}}\';; '
        f'*) for a in "$@"; do printf "%s\\0" "$a"; done > {noted};; esac\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    shell = shutil.which("sh")
    assert shell is not None
    curls = demo_curls("http://127.0.0.1:9")
    assert len(curls) == 4
    body: dict = {}
    for curl in curls:
        path = f"{tmp_path}:{os.environ['PATH']}"
        subprocess.run([shell, "-c", curl.command], env={"PATH": path}, check=True)
        arguments = noted.read_text().split("\0")
        assert "Authorization: Bearer T.O.K" in arguments
        assert "http://127.0.0.1:9/graphql" in arguments
        body = orjson.loads(arguments[arguments.index("-d") + 1])
        assert body["query"].startswith(("query ", "mutation placeOrder"))
        assert "#" not in body["query"]
    placed = body["variables"]["input"]
    assert placed["quoteToken"] == "Q.Q"
    assert placed["idempotencyKey"].isdigit()
