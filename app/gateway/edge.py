"""The whole edge as one Starlette application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan
from strawberry import Schema

from app.gateway.boundary import REQUEST_ID_HEADER, Boundary
from app.gateway.context import CHANNEL_HEADER, DEVICE_HEADER, Services
from app.gateway.cookie_sessions import CookieSessions
from app.gateway.errors import fault_answer
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.graphql_view import GraphQLView, ViewOptions
from app.gateway.health import Health, Probe
from app.gateway.negotiation import choose_language
from app.gateway.subscriptions import SubscriptionEndpoint
from app.gateway.trusted.versions import VERSION_HEADER


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """`allowed_origins`: browsers of which other origins may call; none by default.
    `more_routes`: webhooks, and those of the demo."""

    view: ViewOptions = field(default_factory=ViewOptions)
    allowed_origins: Sequence[str] = ()
    more_routes: Sequence[BaseRoute] = ()


def build_edge(
    schema: Schema,
    services: Services,
    probes: Mapping[str, Probe],
    options: EdgeOptions,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """`state.streams` of the answer: its subscriptions, to be closed when the process is to end."""
    health = Health(services.catalogs, probes)
    view = GraphQLView(schema, services, options.view)
    subscriptions = SubscriptionEndpoint(view.admission, view.streams, options.view.caps)
    edge = Starlette(
        routes=[
            Route("/graphql", view),
            WebSocketRoute("/graphql", subscriptions),
            Route("/health/live", health.live, methods=["GET"]),
            Route("/health/ready", health.ready, methods=["GET"]),
            *options.more_routes,
        ],
        middleware=[
            Middleware(Boundary, requests=view.requests),
            *_cross_origin(options.allowed_origins),
            *_with_cookies(services),
        ],
        exception_handlers={HTTPException: _refuse},
        lifespan=lifespan,
    )
    edge.state.streams = view.streams
    return edge


def _with_cookies(services: Services) -> list[Middleware]:
    if services.cookies is None:
        return []
    return [Middleware(CookieSessions, options=services.cookies)]


def _cross_origin(origins: Sequence[str]) -> list[Middleware]:
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Accept-Language",
                CHANNEL_HEADER,
                DEVICE_HEADER,
                VERSION_HEADER,
            ],
            expose_headers=[REQUEST_ID_HEADER],
            max_age=600,
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
