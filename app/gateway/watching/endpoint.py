"""`/metrics`, for those who keep the platform running and nobody else."""

import hmac
from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.gateway.watching.metrics import Metrics

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class MetricsEndpoint:
    """`token`: a bearer token that opens it from anywhere; None: only this machine may ask, and not
    through a proxy. `folder`: where several processes of one server keep their figures."""

    def __init__(self, metrics: Metrics, token: SecretStr | None, folder: str | None) -> None:
        self._metrics = metrics
        self._token = token
        self._folder = folder

    def route(self) -> Route:
        return Route("/metrics", self.answer, methods=["GET"])

    async def answer(self, request: Request) -> Response:
        if not self._may_ask(request):
            raise HTTPException(404)
        return Response(
            generate_latest(self._registry()),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )

    def _may_ask(self, request: Request) -> bool:
        if self._token is not None:
            said = request.headers.get("authorization", "")
            wanted = f"Bearer {self._token.get_secret_value()}"
            return hmac.compare_digest(said.encode(), wanted.encode())
        client = request.client
        if client is None or any(name in request.headers for name in FORWARDED):
            return False
        try:
            return ip_address(client.host).is_loopback
        except ValueError:
            return False

    def _registry(self) -> CollectorRegistry:
        """Of one process its own; of several what all of them have written."""
        if self._folder is None:
            return self._metrics.registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=self._folder)
        return registry
