"""What operators see: figures by operation, channel and outcome; traces; and nothing personal."""

from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest
from pydantic import SecretStr
from starlette.testclient import TestClient

from app.gateway.watching.endpoint import MetricsEndpoint
from app.gateway.watching.labels import Labels
from app.gateway.watching.metrics import Metrics
from app.gateway.watching.watcher import Watcher
from tests.gateway.asking import ask
from tests.gateway.support import SECRET_PHONE

TOKEN = "a-token-of-the-scraper"


class Watching:
    """The small edge, watched."""

    def __init__(self, edge, token: str | None = TOKEN) -> None:
        self.spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.metrics = Metrics()
        operations = Labels({"Known"}, room=1)
        watcher = Watcher(self.metrics, operations, Labels({"1.2.0"}), provider)
        endpoint = MetricsEndpoint(self.metrics, token and SecretStr(token), None)
        edge.view = replace(edge.view, watcher=watcher)
        edge.options = replace(edge.options, more_routes=[endpoint.route()])
        self.client = TestClient(edge.app(), raise_server_exceptions=False)

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"youhui_{name}", labels)

    def written(self) -> str:
        return generate_latest(self.metrics.registry).decode()


@pytest.fixture
def watching(edge) -> Watching:
    return Watching(edge)


SAID = {"Youhui-Channel": "h5", "Youhui-Version": "1.2.0"}
SERIES = {"operation": "Known", "channel": "h5", "version": "1.2.0"}


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        ("query Known { ok }", "ok"),
        ("query Known { ok fault }", "fault"),
        ("query Known { ok badPageSize }", "partial"),
    ],
)
def test_operations_are_counted_by_outcome(watching, document, outcome):
    ask(watching.client, document, headers=SAID)
    assert watching.figure("operations_total", **SERIES, outcome=outcome) == 1
    assert watching.figure("operation_seconds_count", **SERIES) == 1
    assert watching.figure("operation_cost_count", operation="Known") == 1


def test_names_that_callers_invent_make_no_series(watching):
    for name in ("One", "Two", "Three"):
        ask(watching.client, f"query {name} {{ ok }}", headers={"Youhui-Version": "9.9.9"})
    series = {"channel": "none", "version": "other", "outcome": "ok"}
    assert watching.figure("operations_total", operation="One", **series) == 1
    assert watching.figure("operations_total", operation="other", **series) == 2


def test_refusals_are_counted_by_code(watching):
    ask(watching.client, "{ ok", headers=SAID)
    labels = {"code": "GRAPHQL_PARSE_FAILED", "channel": "h5"}
    assert watching.figure("refusals_total", **labels) == 1


def test_requests_are_counted_by_route_and_never_by_path(watching):
    watching.client.get(f"/{SECRET_PHONE}")
    assert watching.figure("http_requests_total", route="-", status="404") == 1
    assert SECRET_PHONE not in watching.written()


def test_a_trace_goes_on_and_holds_names_and_counts_alone(watching):
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {**SAID, "traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
    ask(
        watching.client,
        "query Known($yes: Boolean!) { ok @include(if: $yes) }",
        headers=headers,
        variables={"yes": True, "phone": SECRET_PHONE},
    )
    ask(watching.client, "query Known { ok fault }", headers=headers)
    spans = watching.spans.get_finished_spans()
    assert {f"{span.context.trace_id:032x}" for span in spans} == {trace_id}
    assert SECRET_PHONE not in "".join(span.to_json() for span in spans)
    assert [span.name for span in spans] == ["graphql Known"] * 2
    assert [span.attributes["youhui.outcome"] for span in spans] == ["ok", "fault"]


@pytest.mark.parametrize("said", [None, "Bearer wrong", TOKEN])
def test_figures_are_told_to_the_scraper_alone(watching, said):
    headers = {} if said is None else {"Authorization": said}
    assert watching.client.get("/metrics", headers=headers).status_code == 404


def test_the_scraper_gets_them(watching):
    answer = watching.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "youhui_http_requests_total" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, 404),
        ("10.0.0.7", {}, 404),
        ("testclient", {}, 404),
    ],
)
def test_without_a_token_only_this_machine_may_ask(edge, host, headers, status):
    app = Watching(edge, token=None).client.app
    asking = TestClient(app, client=(host, 5000))
    assert asking.get("/metrics", headers=headers).status_code == status
