"""What watches one serving process: its metrics, its traces, and where they can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.sdk.trace import TracerProvider

from app import VERSION
from app.gateway.trusted.shelf import Shelf
from app.gateway.watching.endpoint import MetricsEndpoint
from app.gateway.watching.labels import Labels
from app.gateway.watching.metrics import Metrics
from app.gateway.watching.tracing import tracing
from app.gateway.watching.watcher import Watcher
from app.settings import WatchingSettings

AD_HOC_NAMES = 100
"""Operations that no manifest names and that get series of their own, where they may run at all."""


@dataclass(frozen=True, slots=True)
class Watch:
    watcher: Watcher
    endpoint: MetricsEndpoint
    provider: TracerProvider | None

    @classmethod
    def of(cls, settings: WatchingSettings, shelf: Shelf) -> "Watch":
        """Operations and versions of live manifests have series of their own."""
        names = {document.name for document in shelf.by_text.values()}
        versions = {str(manifest.version) for manifest in shelf.manifests}
        provider = None
        if settings.otlp_endpoint is not None:
            provider = tracing(settings.otlp_endpoint, settings.trace_ratio, VERSION)
        metrics = Metrics()
        folder = None if settings.metrics_dir is None else str(settings.metrics_dir)
        return cls(
            Watcher(metrics, Labels(names, room=AD_HOC_NAMES), Labels(versions), provider),
            MetricsEndpoint(metrics, settings.metrics_token, folder),
            provider,
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """At the end, what is left of the traces is sent."""
        try:
            yield
        finally:
            if self.provider is not None:
                self.provider.shutdown()
