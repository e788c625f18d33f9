"""authlib's server over one request and what was read for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidRequestError,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc6749.requests import OAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from app.gateway.oauth.clients import PublicClient, ServiceClient
from app.gateway.plain_answers import json_answer
from app.ports.applications import AuthorizationCode

BEHIND_TLS = "https://server"
"""Whether a request came over TLS is the proxy's and the edge's to see; authlib asks for it once
more, of an address that it uses for nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read before a request is judged: who asks, and the code that it brought."""

    client: PublicClient | ServiceClient | None = None
    code: AuthorizationCode | None = None


class Fields(OAuth2Payload):
    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)

    @property
    def data(self) -> Any:
        return self._fields

    @property
    def datalist(self) -> Any:
        return {name: [value] for name, value in self._fields.items()}


class FormRequest(OAuth2Request):
    """`fields`: of the form, or of the address; each came once."""

    def __init__(self, method: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__(method, BEHIND_TLS, headers=dict(headers))
        self.payload: Any = Fields(fields)

    @property
    def form(self) -> Any:
        return self.payload.data

    @property
    def args(self) -> Any:
        return self.payload.data


class KnownCode:
    """A code as authlib asks about it."""

    def __init__(self, code: AuthorizationCode) -> None:
        self.code = code
        self.code_challenge = code.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return ""


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]  # noqa: RUF012 -- as authlib declares it

    def query_authorization_code(self, code: str, client: Any) -> Any:
        """The one that was taken for this request, if it is this client's."""
        taken = self.server.read.code
        if taken is None or taken.client_id != client.client.client_id:
            return None
        return KnownCode(taken)


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]  # noqa: RUF012 -- as authlib declares it

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        """Whether it is genuine is known when it is turned, in a transaction."""
        return AnyRefresh()


class AnyRefresh:
    def check_client(self, client: PublicClient) -> bool:
        return True

    def get_scope(self) -> str:
        return ""


class ServiceGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012 -- as authlib declares it


class S256Only(CodeChallenge):
    """OAuth 2.1: always a challenge, and never one that is the verifier itself."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 -- as authlib declares it

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        given = grant.request.payload.data
        if not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
            raise InvalidRequestError(
                "'code_challenge' with 'code_challenge_method=S256' is needed."
            )
        super().validate_code_challenge(grant, redirect_uri)


class OneRequestServer(AuthorizationServer):
    """Made for one request; `read` was read for it."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read
        self.register_grant(CodeGrant, [S256Only(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceGrant)

    def query_client(self, client_id: str) -> Any:
        return self.read.client

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        return json_answer(body, status, {"Pragma": "no-cache", **dict(headers)})
