"""The routes of OAuth, and the document by which clients find them (RFC 8414)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.identity.permissions import NEVER_SERVICES, Permission
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.oauth import authorize
from app.gateway.oauth.authorize import AuthorizeEndpoint, issuer_of
from app.gateway.oauth.tokens import TokenEndpoints
from app.gateway.plain_answers import json_answer, refused
from app.ports.errors import StorageUnavailable

TOKEN, REVOKE = "/oauth/token", "/oauth/revoke"
METADATA = "/.well-known/oauth-authorization-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthRoutes:
    authorize: AuthorizeEndpoint
    tokens: TokenEndpoints

    def routes(self) -> list[Route]:
        return [
            Route(authorize.PATH, _answering(self.authorize.answer), methods=["GET", "POST"]),
            Route(TOKEN, _answering(self.tokens.token), methods=["POST"]),
            Route(REVOKE, _answering(self.tokens.revoke), methods=["POST"]),
            Route(METADATA, self.metadata, methods=["GET"]),
        ]

    async def metadata(self, request: Request) -> Response:
        return json_answer(metadata_of(issuer_of(request)))


def metadata_of(issuer: str) -> AuthorizationServerMetadata:
    return AuthorizationServerMetadata(
        issuer=issuer,
        authorization_endpoint=issuer + authorize.PATH,
        token_endpoint=issuer + TOKEN,
        revocation_endpoint=issuer + REVOKE,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        scopes_supported=sorted(set(Permission) - NEVER_SERVICES),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        token_endpoint_auth_methods_supported=["none", "client_secret_basic", "client_secret_post"],
        revocation_endpoint_auth_methods_supported=["none"],
        code_challenge_methods_supported=["S256"],
        ui_locales_supported=["zh-CN", "en"],
        authorization_response_iss_parameter_supported=True,
    )


def _answering(
    act: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await act(request)
        except EdgeFault as fault:
            return refused(request, fault)
        except StorageUnavailable:
            return refused(request, _unavailable())

    return endpoint


def _unavailable() -> EdgeFault:
    return EdgeFault(
        503,
        EdgeCode.UNAVAILABLE,
        "登录暂时不可用，请稍后再试。",
        "Signing in is not available for the moment. Try again soon.",
    )
