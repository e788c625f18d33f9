"""Subscriptions over WebSockets (graphql-transport-ws) and over server-sent events."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from app.gateway.graphql_view import ViewOptions
from app.gateway.streams import StreamLimits
from tests.gateway.support import NOW, SECRET_PHONE, Edge

PROTOCOL = "graphql-transport-ws"
COUNTED = "subscription { counted(to: 2) { number } }"
ENDLESS = "subscription { endless }"


@pytest.fixture
def bearer(edge: Edge) -> str:
    return f"Bearer {edge.tokens.issue(7, NOW)}"


def limited(edge: Edge, **limits: float) -> TestClient:
    edge.view = ViewOptions(streams=StreamLimits(**limits))
    return TestClient(edge.app())


def begin(session: WebSocketTestSession, **payload: Any) -> None:
    session.send_json({"type": "connection_init", "payload": payload})
    assert session.receive_json() == {"type": "connection_ack"}


def subscribe(session: WebSocketTestSession, query: str, name: str = "1") -> None:
    session.send_json({"type": "subscribe", "id": name, "payload": {"query": query}})


def closed_with(session: WebSocketTestSession) -> int:
    """The code with which the server closes, whatever it says before."""
    try:
        while True:
            session.receive_json()
    except WebSocketDisconnect as told:
        return told.code


def codes(message: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in message["payload"]]


def test_answers_come_one_by_one_and_then_the_end(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, COUNTED)
        answers = [session.receive_json() for _ in range(3)]
    assert [answer["type"] for answer in answers] == ["next", "next", "complete"]
    assert [answer["payload"]["data"]["counted"]["number"] for answer in answers[:2]] == [1, 2]


def test_frames_are_text(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        session.send_json({"type": "connection_init"})
        assert session.receive()["text"] == '{"type":"connection_ack"}'


def test_each_answer_has_a_context_of_its_own(edge: Edge):
    instants = iter(NOW + timedelta(minutes=n) for n in range(10))
    edge.clock.now = lambda: next(instants)
    with TestClient(edge.app()).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, "subscription { counted(to: 2) { at } }")
        seen = [session.receive_json()["payload"]["data"]["counted"]["at"] for _ in range(2)]
    assert seen[0] < seen[1]


@pytest.mark.parametrize("in_payload", [True, False])
def test_the_token_comes_in_the_payload_or_in_a_header(client: TestClient, bearer, in_payload):
    headers = {} if in_payload else {"Authorization": bearer}
    with client.websocket_connect("/graphql", [PROTOCOL], headers=headers) as session:
        begin(session, **({"Authorization": bearer} if in_payload else {}))
        subscribe(session, ENDLESS)
        assert session.receive_json()["payload"]["data"]["endless"] == "7"


def test_a_token_that_does_not_hold_closes_the_connection(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        session.send_json({"type": "connection_init", "payload": {"Authorization": "Bearer no"}})
        assert closed_with(session) == 4401


def test_a_token_that_expires_ends_the_stream_with_its_code(edge: Edge, bearer):
    instants = iter([NOW, NOW, NOW + timedelta(days=400)])
    edge.clock.now = lambda: next(instants, NOW + timedelta(days=400))
    with TestClient(edge.app()).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session, Authorization=bearer)
        subscribe(session, COUNTED)
        told = session.receive_json()
    assert told["payload"]["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"


def test_an_unknown_channel_is_refused_at_the_beginning(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        session.send_json({"type": "connection_init", "payload": {"Youhui-Channel": "fax"}})
        assert closed_with(session) == 4400


@pytest.mark.parametrize("protocols", [["graphql-ws"], []])
def test_other_protocols_are_not_spoken(client: TestClient, protocols):
    with client.websocket_connect("/graphql", protocols) as session:
        assert closed_with(session) == 4406


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (['{"type":"subscribe","id":"1","payload":{"query":"subscription { endless }"}}'], 4401),
        (['{"type":"connection_init"}'] * 2, 4429),
        (['{"type":"connection_init","payload":[1]}'], 4400),
        (["{"], 4400),
        (["[]"], 4400),
        (["[" * 100_000], 4400),
        (['{"type":"start"}'], 4400),
        (['{"type":"connection_init"}', '{"type":"subscribe","id":"1"}'], 4400),
        (['{"type":"connection_init"}', '{"type":"subscribe","id":"","payload":{"query":"x"}}'], 4400),
        (
            ['{"type":"connection_init"}']
            + ['{"type":"subscribe","id":"1","payload":{"query":"subscription { endless }"}}'] * 2,
            4409,
        ),
    ],
)  # fmt: skip
def test_whoever_breaks_the_protocol_is_cut_off_with_its_code(client: TestClient, messages, code):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        for message in messages:
            session.send_text(message)
        assert closed_with(session) == code


def test_a_binary_message_is_refused(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        session.send_bytes(b'{"type":"connection_init"}')
        assert closed_with(session) == 4400


def test_a_connection_that_does_not_begin_is_closed(edge: Edge):
    with limited(edge, init_s=0.01).websocket_connect("/graphql", [PROTOCOL]) as session:
        assert closed_with(session) == 4408


def test_a_client_that_answers_no_ping_is_gone(edge: Edge):
    with limited(edge, silence_s=0.05).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        assert session.receive_json() == {"type": "ping"}
        assert closed_with(session) == 1001


def test_a_ping_is_answered(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        session.send_json({"type": "ping"})
        assert session.receive_json() == {"type": "pong"}


def test_a_completed_subscription_s_id_may_be_used_again(client: TestClient):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, ENDLESS)
        session.receive_json()
        session.send_json({"type": "complete", "id": "1"})
        subscribe(session, COUNTED)
        assert session.receive_json()["payload"]["data"] == {"counted": {"number": 1}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ ok }", "OPERATION_NOT_SUPPORTED"),
        ("mutation { change }", "OPERATION_NOT_SUPPORTED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_what_is_no_subscription_is_refused_and_the_connection_stays(client, query, code):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, query)
        told = session.receive_json()
        assert (told["type"], told["id"], codes(told)) == ("error", "1", [code])
        subscribe(session, COUNTED)
        assert session.receive_json()["type"] == "next"


def test_a_connection_carries_so_many_and_no_more(edge: Edge):
    with limited(edge, most_of_connection=2).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        for name in "12":
            subscribe(session, ENDLESS, name)
            assert session.receive_json()["type"] == "next"
        subscribe(session, ENDLESS, "3")
        assert codes(session.receive_json()) == ["OPERATION_NOT_SUPPORTED"]


def test_a_process_carries_so_many_and_no_more(edge: Edge):
    with limited(edge, most=1).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, ENDLESS, "1")
        session.receive_json()
        subscribe(session, ENDLESS, "2")
        assert codes(session.receive_json()) == ["UNAVAILABLE"]
        session.send_json({"type": "complete", "id": "1"})
        session.send_json({"type": "ping"})
        session.receive_json()
        subscribe(session, COUNTED, "4")
        assert session.receive_json()["type"] == "next"


def test_a_stream_in_which_nothing_happens_ends(edge: Edge):
    with limited(edge, idle_s=0.05).websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, ENDLESS)
        assert [session.receive_json()["type"] for _ in range(2)] == ["next", "complete"]


def test_connections_are_closed_with_the_process(edge: Edge):
    app = edge.app()
    with TestClient(app) as client, client.websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, ENDLESS)
        session.receive_json()
        client.portal.call(app.state.ending.streams.close)
        assert closed_with(session) == 1001


@pytest.mark.parametrize("after", [0, 1])
def test_a_fault_is_masked_and_ends_the_stream(client: TestClient, after):
    with client.websocket_connect("/graphql", [PROTOCOL]) as session:
        begin(session)
        subscribe(session, f"subscription {{ b: broken(after: {after}) }}")
        messages = [session.receive_json() for _ in range(after + 2)]
    [error] = messages[after]["payload"]["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("INTERNAL", ["b"])
    assert messages[-1]["type"] == "complete"
    assert SECRET_PHONE not in str(messages)


# ---- server-sent events ------------------------------------------------------------------------
def sse(client: TestClient, query: str, accept: str = "text/event-stream", **headers: str):
    return client.post("/graphql", json={"query": query}, headers={"Accept": accept, **headers})


def test_events_are_framed_by_line_feeds_and_end_with_complete(client: TestClient):
    response = sse(client, COUNTED)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "private, no-store"
    assert response.content == (
        b'event: next\ndata: {"data":{"counted":{"number":1}}}\n\n'
        b'event: next\ndata: {"data":{"counted":{"number":2}}}\n\n'
        b"event: complete\ndata:\n\n"
    )


def test_a_get_may_subscribe_as_an_event_source_does(client: TestClient):
    headers = {"Accept": "text/event-stream"}
    response = client.get("/graphql", params={"query": COUNTED}, headers=headers)
    assert response.content.endswith(b"event: complete\ndata:\n\n")


URQL = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"


@pytest.mark.parametrize("accept", [URQL, "*/*"])
def test_a_subscription_takes_events_wherever_they_are_acceptable(client: TestClient, accept):
    assert sse(client, COUNTED, accept).headers["content-type"].startswith("text/event-stream")


def test_a_client_that_reads_no_events_cannot_subscribe(client: TestClient):
    response = sse(client, COUNTED, "application/json")
    assert response.status_code == 406
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    ("accept", "events"),
    [
        (URQL, False),
        ("*/*", False),
        ("text/event-stream", True),
        ("text/event-stream, application/json;q=0.5", True),
        ("text/event-stream;q=0.5, application/json", False),
    ],
)
def test_a_query_is_answered_by_events_only_where_they_are_liked_best(client, accept, events):
    response = sse(client, "{ ok }", accept)
    if events:
        ok = 'event: next\ndata: {"data":{"ok":"好"}}\n\nevent: complete\ndata:\n\n'
        assert response.text == ok
    else:
        assert response.json() == {"data": {"ok": "好"}}


def test_a_refusal_still_has_a_status(client: TestClient, edge: Edge):
    assert sse(client, COUNTED, Authorization="Bearer no").status_code == 401
    edge.view = ViewOptions(streams=StreamLimits(most=0))
    assert sse(TestClient(edge.app()), COUNTED).status_code == 503


def test_a_bad_request_of_the_field_is_told_in_the_stream(client: TestClient):
    response = sse(client, "subscription { refused }")
    assert '"code":"BAD_PAGE_SIZE"' in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")


def test_a_quiet_stream_says_that_it_lives(edge: Edge):
    response = sse(limited(edge, silence_s=0.05, idle_s=0.3), ENDLESS)
    assert b"\n\n:\n\n" in response.content
    assert response.content.endswith(b"event: complete\ndata:\n\n")
