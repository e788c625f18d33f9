"""Which documents are run: those of live manifests, by hash or text; in open mode others too."""

import asyncio
import logging
from typing import Any

import pytest
from graphql import build_schema
from starlette.testclient import TestClient

from app.gateway.execution.documents import Documents
from app.gateway.graphql_view import ViewOptions
from app.gateway.request import GraphQLRequest
from app.gateway.trusted.gate import DocumentGate, DocumentMode, TrustedOptions
from app.gateway.trusted.manifest import sha256_of
from app.gateway.trusted.shelf import Shelf
from app.gateway.trusted.versions import AppVersion, Client
from tests.gateway.asking import NEW, ask, codes
from tests.gateway.manifests import manifest, trusted
from tests.gateway.support import Edge

OK = "query Ok {\n  ok\n}"
TWICE = "query Twice($number: Int!) {\n  twice(number: $number)\n}"
CHANGE = "mutation Change { change }"
COUNTED = "subscription Counted { counted(to: 1) { number } }"
ALIAS = "d41d8cd98f00b204e9800998ecf8427e"
SHELF = Shelf.of(
    [
        manifest("mini-program", "1.1.0", trusted(OK, "Ok"), trusted(CHANGE, "Change")),
        manifest("mini-program", "1.3.0", trusted(OK, "Ok"), trusted(COUNTED, "Counted")),
        manifest("app", "2.0.0", trusted(TWICE, "Twice", ALIAS)),
    ],
    {"mini-program": frozenset({AppVersion(1, 2, 0)})},
)


class Memory:
    """A store of registered documents that several processes share."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def find(self, sha256: str) -> str | None:
        return self.texts.get(sha256)

    async def keep(self, sha256: str, text: str) -> None:
        self.texts[sha256] = text


def client_of(edge: Edge, mode: DocumentMode, **options: Any) -> TestClient:
    trusted_options = TrustedOptions(mode=mode, **({"shelf": SHELF} | options))
    edge.view = ViewOptions(trusted=trusted_options)
    return TestClient(edge.app())


@pytest.fixture
def closed(edge: Edge) -> TestClient:
    return client_of(edge, DocumentMode.TRUSTED)


def post(client: TestClient, *, accept: str = NEW, headers: Any = None, **body: Any):
    return client.post("/graphql", json=body, headers={"Accept": accept} | (headers or {}))


def persisted(sha256: str, version: int = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": sha256}}


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": f"sha256:{sha256_of(TWICE)}"},
        {"documentId": sha256_of(TWICE)},
        {"documentId": ALIAS},
        {"extensions": persisted(sha256_of(TWICE))},
        {"extensions": persisted(f"sha256:{sha256_of(TWICE)}")},
        {"query": TWICE},
        {"query": TWICE, "extensions": persisted(sha256_of(TWICE))},
        {"query": TWICE, "documentId": ALIAS},
        {"query": None, "documentId": sha256_of(TWICE)},
        {"query": "", "documentId": sha256_of(TWICE)},
    ],
)
def test_a_document_of_a_manifest_is_run_however_it_is_named(closed, named):
    answer = post(closed, variables={"number": 21}, **named)
    assert (answer.status_code, answer.json()) == (200, {"data": {"twice": 42}})


def test_by_hash_over_get(closed):
    for parameters in (
        {"documentId": sha256_of(OK)},
        {"extensions": f'{{"persistedQuery":{{"version":1,"sha256Hash":"{sha256_of(OK)}"}}}}'},
    ):
        answer = closed.get("/graphql", params=parameters)
        assert answer.json() == {"data": {"ok": "好"}}


def test_a_mutation_by_hash_is_not_run_over_get(closed):
    answer = closed.get("/graphql", params={"documentId": sha256_of(CHANGE)})
    assert (answer.status_code, codes(answer)) == (405, ["METHOD_NOT_ALLOWED"])


@pytest.mark.parametrize(
    "text", ["{ ok }", OK + " ", "query Ok { ok }", "{ __schema { types { name } } }", "}"]
)
def test_any_other_text_is_refused_and_not_even_parsed(closed, text):
    answer = ask(closed, text)
    assert (answer.status_code, codes(answer)) == (400, ["UNTRUSTED_DOCUMENT"])
    with_hash = ask(closed, text, extensions=persisted(sha256_of(text)))
    assert codes(with_hash) == ["UNTRUSTED_DOCUMENT"]


def test_nothing_is_parsed_or_validated_once_it_serves(closed, monkeypatch):
    def prepared(*_: object) -> None:
        raise AssertionError("a document is prepared while serving")

    monkeypatch.setattr(Documents, "_validated", prepared)
    for named in ({"documentId": sha256_of(OK)}, {"query": OK}):
        assert post(closed, **named).json() == {"data": {"ok": "好"}}
    assert codes(ask(closed, "{ ok }")) == ["UNTRUSTED_DOCUMENT"]


@pytest.mark.parametrize("mode", list(DocumentMode))
def test_a_hash_that_nobody_knows(edge, mode):
    """Apollo and urql look for this code, and this message, in an answer that they read."""
    client = client_of(edge, mode, registered=Memory())
    for named in ({"documentId": "sha256:abc"}, {"extensions": persisted("abc")}):
        answer = post(client, accept="application/json", **named)
        assert (answer.status_code, codes(answer)) == (200, ["PERSISTED_QUERY_NOT_FOUND"])
        assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        assert "no-store" in answer.headers["cache-control"]
        assert post(client, **named).status_code == 400


@pytest.mark.parametrize("mode", list(DocumentMode))
@pytest.mark.parametrize(
    "named",
    [
        {"query": TWICE, "documentId": sha256_of(OK)},
        {"query": "{ ok }", "documentId": sha256_of(OK)},
        {"query": OK, "extensions": persisted("0" * 64)},
    ],
)
def test_a_hash_that_is_not_the_texts_is_refused(edge, mode, named):
    memory = Memory()
    answer = post(client_of(edge, mode, registered=memory), variables={"number": 1}, **named)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])
    assert memory.texts == {}


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": 7},
        {"documentId": ""},
        {"documentId": "a" * 200},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}},
        {"extensions": []},
        {},
    ],
)
def test_ids_without_their_form(closed, named):
    answer = post(closed, **named)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])


def test_another_version_of_persisted_queries_is_not_spoken(closed):
    answer = post(closed, extensions=persisted(sha256_of(OK), version=2))
    assert codes(answer) == ["PERSISTED_QUERY_NOT_SUPPORTED"]


def test_open_mode_takes_any_document_and_registers_what_comes_with_its_hash(edge):
    shared = Memory()
    first = client_of(edge, DocumentMode.OPEN, registered=shared)
    second = client_of(edge, DocumentMode.OPEN, registered=shared)
    text = "{ twice(number: 4) }"
    assert ask(first, text).json() == {"data": {"twice": 8}}
    named = {"extensions": persisted(sha256_of(text))}
    assert codes(post(second, **named)) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert post(first, query=text, **named).json() == {"data": {"twice": 8}}
    assert post(second, **named).json() == {"data": {"twice": 8}}


def test_a_document_that_is_not_valid_is_not_registered(edge):
    shared = Memory()
    client = client_of(edge, DocumentMode.OPEN, registered=shared)
    text = "{ nowhere }"
    answer = post(client, query=text, extensions=persisted(sha256_of(text)))
    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]
    assert shared.texts == {}


def told(client: TestClient, channel: str | None, version: str | None, accept: str = "zh"):
    headers = {"Youhui-Channel": channel, "Youhui-Version": version, "Accept-Language": accept}
    given = {name: value for name, value in headers.items() if value is not None}
    return post(client, headers=given, documentId=sha256_of(OK))


@pytest.mark.parametrize(
    ("channel", "version", "lowest"),
    [
        ("mini-program", "1.0.9", "1.1.0"),
        ("mini-program", "1.2.0", "1.3.0"),
        ("app", "1.99.99", "2.0.0"),
    ],
)
@pytest.mark.parametrize("mode", list(DocumentMode))
def test_a_version_out_of_use_is_told_what_to_upgrade_to(edge, mode, channel, version, lowest):
    client = client_of(edge, mode)
    for language, word in (("zh", "升级"), ("en", "upgrade")):
        answer = told(client, channel, version, language)
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert error["extensions"] == {
            "code": "UPGRADE_REQUIRED",
            "lowestVersion": lowest,
            "advice": "UPGRADE",
        }
        assert word in error["message"]
        assert lowest in error["message"]


@pytest.mark.parametrize(
    ("channel", "version"),
    [
        ("mini-program", "1.1.0"),
        ("mini-program", "1.3.0"),
        ("mini-program", "1.10.0"),
        ("mini-program", None),
        ("h5", "0.0.1"),
        (None, "0.0.1"),
    ],
)
def test_versions_that_are_served(closed, channel, version):
    assert told(closed, channel, version).json() == {"data": {"ok": "好"}}


@pytest.mark.parametrize(
    "version", ["1.2", "v1.2.0", "1.2.0-beta", "一.二.三", "1.2.³", "1" * 9 + ".0.0", ""]
)
def test_a_version_without_its_form(closed, version):
    answer = told(closed, "app", version.encode())
    assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])


def test_subscriptions_pass_the_same_gate(edge):
    client = client_of(edge, DocumentMode.TRUSTED)
    with client.websocket_connect("/graphql", ["graphql-transport-ws"]) as session:
        session.send_json({"type": "connection_init"})
        assert session.receive_json() == {"type": "connection_ack"}
        refused = {"query": "subscription { counted(to: 2) { number } }"}
        session.send_json({"type": "subscribe", "id": "1", "payload": refused})
        (error,) = session.receive_json()["payload"]
        assert error["extensions"]["code"] == "UNTRUSTED_DOCUMENT"
        for name, payload in (
            ("2", {"documentId": sha256_of(COUNTED)}),
            ("3", {"query": "", "extensions": persisted(sha256_of(COUNTED))}),
        ):
            session.send_json({"type": "subscribe", "id": name, "payload": payload})
            assert session.receive_json()["payload"] == {"data": {"counted": {"number": 1}}}
            assert session.receive_json() == {"type": "complete", "id": name}


def test_a_retired_version_cannot_subscribe_either(edge):
    client = client_of(edge, DocumentMode.TRUSTED)
    with client.websocket_connect("/graphql", ["graphql-transport-ws"]) as session:
        said = {"Youhui-Channel": "mini-program", "Youhui-Version": "1.2.0"}
        session.send_json({"type": "connection_init", "payload": said})
        session.receive_json()
        payload = {"documentId": sha256_of(COUNTED)}
        session.send_json({"type": "subscribe", "id": "1", "payload": payload})
        (error,) = session.receive_json()["payload"]
        assert error["extensions"]["code"] == "UPGRADE_REQUIRED"


def test_events_pass_the_same_gate(closed):
    answer = post(closed, accept="text/event-stream", documentId=sha256_of(COUNTED))
    assert 'data: {"data":{"counted":{"number":1}}}' in answer.text
    refused = post(closed, accept="text/event-stream", query="subscription { endless }")
    assert "UNTRUSTED_DOCUMENT" in refused.text


def test_a_manifest_that_no_longer_fits_spoils_no_other(edge, caplog):
    shelf = Shelf.of([manifest("app", "1.0.0", trusted(OK, "Ok"), trusted("{ gone }", "Gone"))])
    with caplog.at_level(logging.ERROR):
        client = client_of(edge, DocumentMode.TRUSTED, shelf=shelf)
    assert "Gone" in caplog.text
    assert "gone" in caplog.text
    assert codes(post(client, documentId=sha256_of("{ gone }"))) == ["GRAPHQL_VALIDATION_FAILED"]
    assert post(client, documentId=sha256_of(OK)).json() == {"data": {"ok": "好"}}


def test_trusted_documents_are_never_pushed_out():
    """They are prepared at the start, beside the bound on what callers send."""
    documents = Documents(build_schema("type Query { ok: Int a: Int b: Int }"), most_characters=5)
    gate = DocumentGate(
        documents, TrustedOptions(shelf=Shelf.of([manifest("app", "1.0.0", trusted(OK, "Ok"))]))
    )
    asked = GraphQLRequest(query="", variables=None, operation_name=None, document_id=sha256_of(OK))
    before = asyncio.run(gate.document(asked, Client()))
    for text in ("{a}", "{b}", "{a}"):
        documents.prepare(text)
    assert asyncio.run(gate.document(asked, Client())) is before
