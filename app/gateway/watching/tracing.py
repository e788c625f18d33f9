"""Traces, sent by OTLP where an endpoint is set; without one nothing is recorded."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio


def tracing(endpoint: str, ratio: float, version: str) -> TracerProvider:
    """Sends spans to `endpoint` (e.g. "http://collector:4318/v1/traces"), of `ratio` of the traces
    that begin here; a trace begun elsewhere follows its own decision. To be shut down at the end:
    what is left is sent then."""
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(ratio),
        resource=Resource({SERVICE_NAME: "youhui", SERVICE_VERSION: version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider
