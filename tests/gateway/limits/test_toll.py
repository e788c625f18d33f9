"""The edge with a toll: what is told of the cost, what is refused, what is given back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from starlette.testclient import TestClient

from app.gateway.graphql_view import ViewOptions
from app.gateway.limits.toll import CHARACTERS_A_POINT, TollOptions
from app.ports.rate_limiting import Bucket, Payer, Standing
from tests.gateway.asking import ask, codes

BUCKET = Bucket(1_000, 100)


@dataclass
class FakeLimiter:
    """Everyone has one bucket; the test says what is left in it."""

    remaining: int = 1_000
    taken: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    payers: dict[Payer, str] = field(default_factory=dict)

    async def take(self, payers: Mapping[Payer, str], points: int) -> Standing:
        self.payers = dict(payers)
        if points > self.remaining:
            wait_s = (points - self.remaining) / BUCKET.restored_per_s
            return self._standing(wait_s)
        self.taken.append(points)
        self.remaining -= points
        return self._standing(0.0)

    def _standing(self, wait_s: float) -> Standing:
        return Standing(payer=Payer.ADDRESS, bucket=BUCKET, remaining=self.remaining, wait_s=wait_s)

    def give_back(self, payers: Mapping[Payer, str], points: int) -> None:
        self.given_back.append(points)


@pytest.fixture
def limiter() -> FakeLimiter:
    return FakeLimiter()


@pytest.fixture
def client(edge, limiter) -> TestClient:
    edge.view = ViewOptions(toll=TollOptions(most=60, limiter=limiter, reported=True))
    return TestClient(edge.app())


def test_a_post_tells_what_it_cost(client):
    cost = ask(client, "{ leaf { value } }").json()["extensions"]["cost"]
    assert cost == {
        "requested": 1,
        "actual": 1,
        "maximum": 60,
        "bucket": "ADDRESS",
        "capacity": 1_000,
        "remaining": 998,  # one for reading a document nobody sent before
        "restoreRate": 10.0,
    }


def test_a_get_tells_it_only_when_asked_and_is_then_kept_nowhere(client):
    plain = client.get("/graphql", params={"query": "{ ok }"})
    assert "extensions" not in plain.json()
    again = client.get(
        "/graphql", params={"query": "{ ok }"}, headers={"If-None-Match": plain.headers["etag"]}
    )
    assert again.status_code == 304, "what remains has changed, the answer has not"
    asked = client.get("/graphql", params={"query": "{ ok }"}, headers={"Youhui-Cost": "1"})
    assert asked.json()["extensions"]["cost"]["requested"] == 1
    assert asked.headers["cache-control"] == "private, no-store"
    assert "etag" not in asked.headers


def test_an_answer_with_errors_tells_it_too(client):
    body = ask(client, "{ fault }").json()
    assert body["errors"]
    assert body["extensions"]["cost"]["requested"] == 1


def test_what_no_operation_may_cost_is_refused_before_it_is_charged(client, limiter):
    document = "mutation { a: change b: change }"
    response = ask(client, document)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "COST_EXCEEDED", "requested": 100, "maximum": 60}
    assert limiter.taken == [1 + len(document) // CHARACTERS_A_POINT]


def test_too_fast_is_429_with_the_seconds_to_wait(client, limiter):
    ask(client, "mutation { change }")
    limiter.remaining = 35
    response = ask(client, "mutation { change }")
    assert response.status_code == 429
    assert response.headers["retry-after"] == "2"
    [error] = response.json()["errors"]
    assert error["extensions"] == {
        "code": "RATE_LIMITED",
        "requested": 50,
        "bucket": "ADDRESS",
        "capacity": 1_000,
        "remaining": 35,
        "restoreRate": 10.0,
        "retryAfterSeconds": 2,
    }


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_it_is_429_in_either_media_type(client, limiter, accept):
    limiter.remaining = 0
    assert ask(client, "{ ok }", accept=accept).status_code == 429


def test_a_document_seen_before_is_not_charged_for_reading(client, limiter):
    document = "{ ok " + " " * 200 + "}"
    ask(client, document)
    assert limiter.taken == [1 + len(document) // CHARACTERS_A_POINT, 1]
    ask(client, document)
    assert limiter.taken[2:] == [1]


def test_an_invalid_document_is_charged_each_time(client, limiter):
    for _ in range(2):
        assert codes(ask(client, "{ nothing }")) == ["GRAPHQL_VALIDATION_FAILED"]
    assert limiter.taken == [1, 1]


def test_whom_a_request_counts_against(client, edge, limiter):
    token = edge.tokens.issue(7, edge.clock.now())
    headers = {
        "Authorization": f"Bearer {token}",
        "Youhui-Device": "device-0001",
        "Youhui-Channel": "h5",
    }
    ask(client, "{ ok }", headers=headers)
    assert limiter.payers == {
        Payer.VIEWER: "MEMBER:7",
        Payer.DEVICE: "device-0001",
        Payer.ADDRESS: "testclient",
        Payer.CHANNEL: "H5",
    }
    ask(client, "{ ok }")
    assert set(limiter.payers) == {Payer.ADDRESS, Payer.CHANNEL}


def test_a_list_in_the_variables_is_limited(client):
    response = ask(client, "{ ok }", variables={"unused": list(range(101))})
    assert response.json()["errors"][0]["extensions"]["limit"] == "LIST_LENGTH"


def test_unless_it_is_reported_nothing_is_told(edge, limiter):
    edge.view = replace(edge.view, toll=TollOptions(limiter=limiter))
    assert ask(TestClient(edge.app()), "{ ok }").json() == {"data": {"ok": "好"}}
    assert limiter.taken


def test_a_long_value_is_not_sent_back_whole(client):
    value = "x" * 5_000
    response = ask(client, "query ($n: Int!) { twice(number: $n) }", variables={"n": value})
    assert codes(response) == ["BAD_USER_INPUT"]
    assert len(response.json()["errors"][0]["message"]) < 500
