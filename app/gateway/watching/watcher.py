"""One operation watched from its first byte to its outcome."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from opentelemetry.trace import NoOpTracerProvider, Span, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.requests import HTTPConnection

from app.gateway.admission import Admitted
from app.gateway.context import CHANNEL_HEADER, CHANNELS
from app.gateway.faults import EdgeCode
from app.gateway.outcomes import Chunks, Outcome
from app.gateway.watching.labels import Labels
from app.gateway.watching.metrics import Metrics
from app.ports.tally import Tally, tallied

PROPAGATOR = TraceContextTextMapPropagator()
FAULTS = frozenset({EdgeCode.INTERNAL, EdgeCode.UNAVAILABLE})
NONE = "none"


@dataclass(slots=True)
class Watched:
    """Filled in on the way. `admitted` None: refused before."""

    admitted: Admitted | None = None
    outcome: Outcome | Chunks | None = None


@dataclass(frozen=True, slots=True)
class _Labels:
    operation: str
    channel: str
    version: str
    outcome: str


class Watcher:
    """`operations`: names that get series of their own; `versions`: those of live manifests.
    `provider` None: nothing is traced."""

    def __init__(
        self,
        metrics: Metrics,
        operations: Labels,
        versions: Labels,
        provider: TracerProvider | None = None,
    ) -> None:
        self.metrics = metrics
        self._operations = operations
        self._versions = versions
        self._tracer = (provider or NoOpTracerProvider()).get_tracer("youhui.gateway")

    @contextmanager
    def watching(self, connection: HTTPConnection) -> Iterator[Watched]:
        """Whatever the block does is one operation's. A trace that the caller began goes on; of the
        request nothing enters it but names and counts, never a variable."""
        began = perf_counter()
        watched = Watched()
        parent = PROPAGATOR.extract(dict(connection.headers))
        with (
            tallied() as tally,
            self._tracer.start_as_current_span(
                "graphql", context=parent, record_exception=False, set_status_on_exception=False
            ) as span,
        ):
            try:
                yield watched
            finally:
                if watched.admitted is None:
                    self._count_refusal(connection, watched.outcome)
                else:
                    labels = self._labels(watched.admitted, watched.outcome)
                    cost = watched.admitted.paid.requested
                    self._count(labels, tally, cost, perf_counter() - began)
                    self.metrics.catalog_version.set(watched.admitted.context.catalog.version)
                    _describe(span, labels, tally, cost)

    def _count_refusal(self, connection: HTTPConnection, outcome: Outcome | Chunks | None) -> None:
        said = (connection.headers.get(CHANNEL_HEADER) or "").strip().lower()
        code = outcome.code if isinstance(outcome, Outcome) else None
        channel = said if said in CHANNELS else NONE
        self.metrics.refusals.labels(code or outcome_of(outcome), channel).inc()

    def _labels(self, admitted: Admitted, outcome: Outcome | Chunks | None) -> _Labels:
        client = admitted.client
        version = NONE if client.version is None else self._versions.of(str(client.version))
        name = self._operations.of(admitted.operation_name)
        return _Labels(name, client.channel or NONE, version, outcome_of(outcome))

    def _count(self, labels: _Labels, tally: Tally, cost: int, seconds: float) -> None:
        metrics, name = self.metrics, labels.operation
        series = (name, labels.channel, labels.version)
        metrics.operations.labels(*series, labels.outcome).inc()
        metrics.seconds.labels(*series).observe(seconds)
        metrics.statements.labels(name).observe(tally.statements)
        metrics.engine_seconds.labels(name).observe(tally.engine_s)
        metrics.cost.labels(name).observe(cost)
        metrics.cache_keys.labels("yes").inc(tally.cache_hits)
        metrics.cache_keys.labels("no").inc(tally.cache_misses)


def unnamed_watcher() -> Watcher:
    """With figures of its own, which nobody reads."""
    return Watcher(Metrics(), Labels(), Labels())


def outcome_of(outcome: Outcome | Chunks | None) -> str:
    """ok | partial | fault | timeout | refused | stream; None, an exception that got out: fault."""
    if outcome is None:
        return "fault"
    if isinstance(outcome, Chunks):
        return "stream"
    if outcome.status == 504:
        return "timeout"
    errors = outcome.body.get("errors", ())
    if any(error.get("extensions", {}).get("code") in FAULTS for error in errors):
        return "fault"
    if outcome.code is not None:
        return "refused"
    return "partial" if errors else "ok"


def _describe(span: Span, labels: _Labels, tally: Tally, cost: int) -> None:
    if not span.is_recording():
        return
    span.update_name(f"graphql {labels.operation}")
    span.set_attributes(
        {
            "graphql.operation.name": labels.operation,
            "youhui.channel": labels.channel,
            "youhui.version": labels.version,
            "youhui.outcome": labels.outcome,
            "youhui.cost": cost,
            "youhui.statements": tally.statements,
            "youhui.cache_hits": tally.cache_hits,
            "youhui.cache_misses": tally.cache_misses,
            "youhui.engine_s": tally.engine_s,
        }
    )
