"""Figures of a process in Prometheus's form. Labels hold no person, token, place or free text."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
STATEMENTS = (0, 1, 2, 3, 5, 8, 13, 21, 50)
COSTS = (1, 10, 50, 100, 500, 1_000, 5_000)
ENGINE_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
OPERATION = ("operation", "channel", "version")


@dataclass(frozen=True, slots=True)
class Metrics:
    """One set a process: two in one registry would be refused as duplicates."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    operations: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    statements: Histogram = field(init=False)
    cost: Histogram = field(init=False)
    engine_seconds: Histogram = field(init=False)
    cache_keys: Counter = field(init=False)
    refusals: Counter = field(init=False)
    requests: Counter = field(init=False)
    streams: Gauge = field(init=False)
    catalog_version: Gauge = field(init=False)

    def __post_init__(self) -> None:
        for name, metric in _made(self.registry).items():
            object.__setattr__(self, name, metric)


def _made(registry: CollectorRegistry) -> dict[str, Counter | Gauge | Histogram]:
    def counter(name: str, told: str, *labels: str) -> Counter:
        return Counter(f"youhui_{name}", told, labels, registry=registry)

    def gauge(name: str, told: str) -> Gauge:
        return Gauge(f"youhui_{name}", told, registry=registry, multiprocess_mode="livemax")

    def histogram(name: str, told: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"youhui_{name}", told, labels, registry=registry, buckets=buckets)

    return {
        "operations": counter("operations", "Operations run, by outcome.", *OPERATION, "outcome"),
        "seconds": histogram("operation_seconds", "Their duration.", SECONDS, *OPERATION),
        "statements": histogram(
            "operation_statements", "SQL statements of one.", STATEMENTS, "operation"
        ),
        "cost": histogram("operation_cost", "Static cost of one.", COSTS, "operation"),
        "engine_seconds": histogram(
            "engine_seconds", "Computing of prices in one.", ENGINE_SECONDS, "operation"
        ),
        "cache_keys": counter("cache_keys", "Keys asked of the shared cache.", "found"),
        "refusals": counter("refusals", "Requests refused before execution.", "code", "channel"),
        "requests": counter("http_requests", "HTTP requests answered.", "route", "status"),
        "streams": gauge("streams", "Subscriptions that are open."),
        "catalog_version": gauge("catalog_version", "Version of the catalog served."),
    }
