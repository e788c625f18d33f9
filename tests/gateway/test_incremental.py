"""`@defer` and `@stream`: in parts to who asks for parts, whole to everybody else."""

import asyncio

import orjson
import pytest
from graphql import parse, print_ast
from starlette.testclient import TestClient

from app.gateway.execution.documents import without_increments
from app.gateway.graphql_view import ViewOptions
from tests.gateway.asking import NEW, PRIVATE, ask, codes
from tests.gateway.parts import parts_in
from tests.gateway.support import SECRET_PHONE, log_lines

PARTS = "multipart/mixed;incrementalSpec=v0.2"
APOLLO = f"{PARTS},{NEW},application/json;q=0.9"
URQL = f"{NEW}, application/json, text/event-stream, multipart/mixed"
DEFERRED = '{ ok ... @defer(label: "later") { leaf { value } } }'
NEVER = "{ ok leaf { ... @defer { never } } }"
STREAMED = "{ leaves @stream(initialCount: 1) { value } }"
WHOLE = {"data": {"ok": "好", "leaf": {"value": 1}}}


def test_what_is_deferred_comes_in_a_part_of_its_own(client):
    response = ask(client, DEFERRED, accept=APOLLO)
    assert response.headers["content-type"] == (
        'multipart/mixed; boundary="-"; incrementalSpec=v0.2'
    )
    assert response.headers["cache-control"] == PRIVATE
    assert parts_in(response) == [
        {
            "data": {"ok": "好"},
            "pending": [{"id": "0", "path": [], "label": "later"}],
            "hasNext": True,
        },
        {
            "hasNext": False,
            "incremental": [{"data": {"leaf": {"value": 1}}, "id": "0"}],
            "completed": [{"id": "0"}],
        },
    ]


def test_a_list_is_streamed(client):
    first, *rest = parts_in(ask(client, STREAMED, accept=APOLLO))
    assert first["data"] == {"leaves": [{"value": 1}]}
    items = [item for part in rest for each in part["incremental"] for item in each["items"]]
    assert items == [{"value": 2}, {"value": 3}]
    assert rest[-1]["hasNext"] is False


def test_parts_are_framed_so_that_each_can_be_read_at_once(client):
    """A boundary follows each part without waiting for the next."""
    body = ask(client, DEFERRED, accept=APOLLO).content
    assert body.startswith(b"\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{")
    assert body.count(b"\r\n---\r\n") == 2
    assert body.endswith(b"}\r\n-----\r\n")


@pytest.mark.parametrize(
    "accept", [NEW, "application/json", "*/*", URQL, "multipart/mixed, application/json",
               "multipart/mixed;deferSpec=20220824,application/json", f"{PARTS};q=0,{NEW}"]
)  # fmt: skip
def test_who_does_not_ask_for_parts_gets_one_whole_answer(client, accept):
    response = ask(client, DEFERRED, accept=accept)
    assert response.json() == WHOLE
    assert "json" in response.headers["content-type"]


def test_the_mini_program_never_gets_parts(client):
    response = ask(client, DEFERRED, accept=APOLLO, headers={"Youhui-Channel": "mini-program"})
    assert response.json() == WHOLE
    assert ask(client, DEFERRED, accept=APOLLO, headers={"Youhui-Channel": "h5"}).text != ""


def test_nothing_deferred_is_one_answer_also_for_who_reads_parts(client):
    assert ask(client, "{ ok }", accept=APOLLO).json() == {"data": {"ok": "好"}}
    unless = "query ($d: Boolean!) { ok ... @defer(if: $d) { leaf { value } } }"
    assert ask(client, unless, accept=APOLLO, variables={"d": False}).json() == WHOLE
    assert ask(client, unless, variables={"d": True}).json() == WHOLE


def test_who_reads_nothing_but_parts_gets_a_whole_answer_as_one_part(client):
    assert parts_in(ask(client, "{ ok }", accept=PARTS)) == [{"data": {"ok": "好"}}]


def test_a_fault_in_a_later_part_is_masked(client, caplog):
    response = ask(client, "{ ok ... @defer { leaf { value broken } } }", accept=APOLLO)
    _, later = parts_in(response)
    (error,) = later["incremental"][0]["errors"]
    assert error["extensions"] == {
        "code": "INTERNAL",
        "requestId": response.headers["x-request-id"],
    }
    assert SECRET_PHONE not in response.text + str(log_lines(caplog))


def test_a_part_that_fails_as_a_whole_says_so(client):
    _, later = parts_in(ask(client, "{ leaf { value ... @defer { needed } } }", accept=APOLLO))
    (completed,) = later["completed"]
    assert completed["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert SECRET_PHONE not in str(later)


def test_a_fault_in_the_first_part_is_masked(client):
    first = parts_in(ask(client, "{ fault ... @defer { ok } }", accept=APOLLO))[0]
    assert first["errors"][0]["extensions"]["code"] == "INTERNAL"


def test_what_takes_too_long_is_broken_off_with_a_typed_error(edge):
    edge.view = ViewOptions(deadline_s=0.05)
    first, last = parts_in(ask(TestClient(edge.app()), NEVER, accept=APOLLO))
    assert first["data"]["ok"] == "好"
    assert last["hasNext"] is False
    assert last["completed"][0]["id"] == first["pending"][0]["id"]
    assert last["completed"][0]["errors"][0]["extensions"]["code"] == "TIMEOUT"


async def test_a_client_that_goes_away_ends_what_is_still_to_come(edge):
    """The field that never ends is cancelled, not left behind."""
    begun: list[bytes] = []
    messages = [
        {"type": "http.request", "body": orjson.dumps({"query": NEVER}), "more_body": False}
    ]
    first_part = asyncio.Event()

    async def receive():
        if messages:
            return messages.pop()
        await first_part.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body" and message["body"]:
            begun.append(message["body"])
            first_part.set()

    headers = {"content-type": "application/json", "accept": APOLLO}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    before = asyncio.all_tasks()
    async with asyncio.timeout(30):
        await edge.app()(scope, receive, send)
    assert len(begun) == 1
    assert asyncio.all_tasks() == before


def test_a_first_part_that_takes_too_long_has_a_status(edge):
    edge.view = ViewOptions(deadline_s=0.05)
    response = ask(TestClient(edge.app()), "{ slow ... @defer { ok } }", accept=APOLLO)
    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])


def test_a_refusal_before_execution_is_no_part(client):
    for document in ("{ ok ... @defer { nothing } }", "subscription { ... @defer { endless } }"):
        response = ask(client, document, accept=APOLLO)
        assert (response.status_code, set(codes(response))) == (
            400,
            {"GRAPHQL_VALIDATION_FAILED"},
        )


def test_a_document_without_increments_is_left_as_it_is():
    plain = parse("{ a @include(if: true) { b } }")
    assert without_increments(plain) is plain
    stripped = without_increments(parse("{ a @include(if: true) @stream { b } ...F @defer }"))
    assert print_ast(stripped) == print_ast(parse("{ a @include(if: true) { b } ...F }"))
