"""The whole edge as one Starlette application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan
from strawberry import Schema

from app.gateway.boundary import REQUEST_ID_HEADER, Boundary
from app.gateway.context import CHANNEL_HEADER, DEVICE_HEADER, Services
from app.gateway.cookie_sessions import CookieSessions
from app.gateway.cross_origin import CrossOrigin
from app.gateway.ending import Ending
from app.gateway.errors import fault_answer
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.graphql_view import COST_HEADER, GraphQLView, ViewOptions
from app.gateway.health import Health, Probe
from app.gateway.negotiation import choose_language
from app.gateway.proxies import Network, TrustedProxies
from app.gateway.subscriptions import SubscriptionEndpoint
from app.gateway.trusted.versions import VERSION_HEADER

ACCEPTED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Accept-Language",
    CHANNEL_HEADER,
    COST_HEADER,
    DEVICE_HEADER,
    VERSION_HEADER,
)
EXPOSED_HEADERS = (REQUEST_ID_HEADER, "Retry-After")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """`proxies`: whose X-Forwarded-For and X-Forwarded-Proto are believed. `h5_origins`: of H5's
    own pages, which come with cookies; `other_origins`: further pages that may call, without.
    `more_routes`: webhooks, and those of the demo. `drain_s`: see `Ending`."""

    view: ViewOptions = field(default_factory=ViewOptions)
    proxies: Sequence[Network] = ()
    h5_origins: Sequence[str] = ()
    other_origins: Sequence[str] = ()
    more_routes: Sequence[BaseRoute] = ()
    drain_s: float = 0


def build_edge(
    schema: Schema,
    services: Services,
    probes: Mapping[str, Probe],
    options: EdgeOptions,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """`state.ending` of the answer: what is to be done when the process is asked to end."""
    health = Health(services.catalogs, probes)
    view = GraphQLView(schema, services, options.view)
    subscriptions = SubscriptionEndpoint(view.admission, view.streams, options.view.caps)
    edge = Starlette(
        routes=[
            Route("/graphql", view),
            WebSocketRoute("/graphql", subscriptions),
            Route("/health/live", health.live, methods=["GET"]),
            Route("/health/startup", health.startup, methods=["GET"]),
            Route("/health/ready", health.ready, methods=["GET"]),
            *options.more_routes,
        ],
        middleware=[
            Middleware(TrustedProxies, networks=options.proxies),
            Middleware(Boundary, requests=view.requests),
            *_cross_origin(options),
            *_with_cookies(services),
        ],
        exception_handlers={HTTPException: _refuse},
        lifespan=lifespan,
    )
    edge.state.ending = Ending(health, view.streams, options.drain_s)
    return edge


def _with_cookies(services: Services) -> list[Middleware]:
    if services.cookies is None:
        return []
    return [Middleware(CookieSessions, options=services.cookies)]


def _cross_origin(options: EdgeOptions) -> list[Middleware]:
    if not options.h5_origins and not options.other_origins:
        return []
    return [
        Middleware(
            CrossOrigin,
            own=options.h5_origins,
            others=options.other_origins,
            accepted=ACCEPTED_HEADERS,
            exposed=EXPOSED_HEADERS,
        )
    ]


_TEXTS: dict[int, tuple[EdgeCode, str, str]] = {
    404: (EdgeCode.NOT_FOUND, "没有这个地址。", "There is nothing at this address."),
    405: (EdgeCode.METHOD_NOT_ALLOWED, "这个地址不接受该方法。", "The method is not allowed here."),
}


async def _refuse(request: Request, refusal: Any) -> Response:
    """Starlette's own refusals, as JSON like every other answer."""
    status: int = refusal.status_code
    code, zh, en = _TEXTS.get(status, (EdgeCode.BAD_REQUEST, "请求有误。", "Bad request."))
    fault = EdgeFault(status, code, zh, en, refusal.headers)
    language = choose_language(request.headers.get("accept-language"))
    return Response(
        orjson.dumps(fault_answer(fault, language)),
        status_code=status,
        media_type="application/json",
        headers={**fault.headers, "Cache-Control": "no-store"},
    )
