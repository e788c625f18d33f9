"""One operation watched from its first byte to its outcome."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from opentelemetry.trace import NoOpTracerProvider, Span, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.requests import HTTPConnection

from app.gateway.admission import Admitted
from app.gateway.faults import EdgeCode
from app.gateway.outcomes import Chunks, Outcome
from app.gateway.trusted.versions import Client
from app.gateway.watching.labels import Labels
from app.gateway.watching.metrics import Metrics
from app.ports.tally import Tally, tallied

PROPAGATOR = TraceContextTextMapPropagator()
FAULTS = frozenset({EdgeCode.INTERNAL, EdgeCode.UNAVAILABLE})


@dataclass(slots=True)
class Watched:
    """Filled in on the way. `admitted` None: refused before. `cost`: static, where it is known."""

    client: Client = field(default_factory=Client)
    admitted: Admitted | None = None
    cost: int | None = None
    outcome: Outcome | Chunks | None = None


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
                self._tell(watched, tally, perf_counter() - began, span)

    def _tell(self, watched: Watched, tally: Tally, seconds: float, span: Span) -> None:
        client = watched.client
        channel = client.channel or "none"
        version = "none" if client.version is None else self._versions.of(str(client.version))
        found = outcome_of(watched.outcome)
        if watched.admitted is None:
            code = watched.outcome.code if isinstance(watched.outcome, Outcome) else None
            self.metrics.refusals.labels(code or found, channel).inc()
            return
        name = self._operations.of(watched.admitted.operation_name)
        labels = (name, channel, version)
        self.metrics.operations.labels(*labels, found).inc()
        self.metrics.seconds.labels(*labels).observe(seconds)
        self.metrics.statements.labels(name).observe(tally.statements)
        self.metrics.engine_seconds.labels(name).observe(tally.engine_s)
        self.metrics.cache_keys.labels("yes").inc(tally.cache_hits)
        self.metrics.cache_keys.labels("no").inc(tally.cache_misses)
        if watched.cost is not None:
            self.metrics.cost.labels(name).observe(watched.cost)
        if span.is_recording():
            span.update_name(f"graphql {name}")
            span.set_attributes(_attributes(labels, found, tally, watched.cost))


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


def _attributes(
    labels: tuple[str, str, str], found: str, tally: Tally, cost: int | None
) -> Mapping[str, str | int | float]:
    name, channel, version = labels
    told: dict[str, str | int | float] = {
        "graphql.operation.name": name,
        "youhui.channel": channel,
        "youhui.version": version,
        "youhui.outcome": found,
        "youhui.statements": tally.statements,
        "youhui.cache_hits": tally.cache_hits,
        "youhui.cache_misses": tally.cache_misses,
        "youhui.engine_s": tally.engine_s,
    }
    return told if cost is None else {**told, "youhui.cost": cost}
